//! Exposure notices, from the app's back end over real HTTP to the phones that are told: nothing without a
//! yes, each phone and day once, and nothing from what is forged, replayed, late or wrong.

use std::time::Duration;

use jiff::{ToSpan, civil::Date};
use setara::{
    clock::{self, Zone},
    store::{Store, StoreOptions, Table},
    vault::Vault,
};
use simulator::{
    operator::Operator,
    phone::Phone,
    sijejak::{App, Came},
};

use crate::{
    node::{Node, PATIENCE},
    site::{Site, network, told},
};

const SECRET: &str = "geheim-und-lang-genug";
const CASE: &str = "081255550041";
const NEAR: &str = "081290000001";
const OTHER: &str = "081255550042";

struct Country {
    site: Site,
    network: Operator,
    node: Node,
    app: App,
}

impl Country {
    async fn with(site: Site, lines: &str) -> Self {
        let network = network("plain").await;
        let sms = "[operator.telco.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
                   per_second = 1000\nprefixes = [\"0812\"]\n";
        let more = format!(
            "conversation.sweep_seconds = 1\noutbox.decent_from = 0\noutbox.decent_until = 24\n\
             exposure.enabled = true\nexposure.secret = \"{SECRET}\"\n{lines}"
        );
        let site =
            site.operator("telco", "plain", &network.address().to_string(), sms).configured(&more);
        let node = Node::start(&site.config()).await;
        network.bound(1).await.unwrap();
        let app = App::new(node.http(), SECRET);
        Self { site, network, node, app }
    }

    async fn phone(&self, number: &str) -> Phone {
        let phone = Phone::new(&self.network, number.parse().unwrap()).await.unwrap();
        phone.with_patience(PATIENCE)
    }

    /// What stands in a table, counted beside the node.
    async fn count(&self, table: Table) -> u64 {
        let store = self.store().await;
        let count = store.count(table).await.unwrap();
        store.close().await;
        count
    }

    async fn store(&self) -> Store {
        let vault = Vault::open_file(self.site.folder().join("setara.key")).unwrap();
        Store::open(&self.site.url(), vault, StoreOptions::default()).await.unwrap()
    }

    async fn end(self) {
        self.node.stop().await;
        self.network.stop().await;
    }
}

fn day(ago: i32) -> Date {
    clock::now().date(Zone::Wib).saturating_sub(ago.days())
}

fn shown(day: Date) -> String {
    day.strftime("%d-%m-%Y").to_string()
}

#[track_caller]
fn came(came: &Came, status: u16, word: &str) {
    assert_eq!((came.status, came.word()), (status, word), "{came:?}");
}

/// Dials and types; the last screen.
async fn goes(phone: &mut Phone, dialled: &str, typed: &[&str]) -> String {
    let mut screen = phone.dial(dialled).await.unwrap();
    if screen.text.starts_with("Tadi Anda belum selesai") {
        screen = phone.answer("2").await.unwrap();
    }
    for answer in typed {
        screen = phone.answer(answer).await.unwrap();
    }
    if screen.open {
        phone.hang_up().await.unwrap();
    }
    screen.text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_says_yes_and_its_contacts_are_told_on_sqlite() {
    a_case_says_yes(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_says_yes_and_its_contacts_are_told_on_postgres() {
    a_case_says_yes(Site::on_postgres().await).await;
}

async fn a_case_says_yes(site: Site) {
    let country = Country::with(site, "").await;
    let app = &country.app;
    let [near, second, other, own] = std::array::from_fn(|_| App::draw());
    let bound =
        [(near.as_str(), NEAR), (second.as_str(), NEAR), (other.as_str(), OTHER), (&own, CASE)];
    assert_eq!(app.bind(&bound).await.unwrap().status, 200);
    assert_eq!(app.bind(&bound).await.unwrap().status, 200);
    came(&app.bind(&[(near.as_str(), OTHER)]).await.unwrap(), 409, "token_taken");

    // Nothing is taken before there is a case, nor before it has answered.
    let (today, before) = (day(0).to_string(), day(1).to_string());
    let heard = [
        (near.as_str(), before.as_str()),
        (second.as_str(), &before),
        (near.as_str(), &today),
        (other.as_str(), &before),
        (own.as_str(), &today),
    ];
    came(&app.upload("lab-0001", &heard).await.unwrap(), 404, "no_case");
    came(&app.open("lab-0001", CASE, &today).await.unwrap(), 201, "asked");
    came(&app.open("lab-0001", CASE, &today).await.unwrap(), 200, "asked");
    came(&app.open("lab-0001", OTHER, &today).await.unwrap(), 409, "case_taken");
    came(&app.upload("lab-0001", &heard).await.unwrap(), 409, "no_consent");
    let mut case = country.phone(CASE).await;
    let asked = case.next_text().await.expect("a text").text;
    assert!(asked.contains("penelusuran kontak") && !asked.contains("positif"), "{asked}");

    // No, and then yes.
    let question = goes(&mut case, "*119*6*8#", &[]).await;
    assert!(question.contains("boleh HP yang pernah dekat"), "{question}");
    let no = goes(&mut case, "*119*6*8#", &["2"]).await;
    assert!(no.contains("TIDAK dicatat"), "{no}");
    came(&app.look("lab-0001").await.unwrap(), 200, "refused");
    came(&app.upload("lab-0001", &heard).await.unwrap(), 409, "refused");
    let yes = goes(&mut case, "*119*6*8#", &["1"]).await;
    assert!(yes.contains("YA dicatat"), "{yes}");
    came(&app.look("lab-0001").await.unwrap(), 200, "given");
    let back = goes(&mut case, "*119*6*8#", &["1"]).await;
    assert!(back.contains("TIDAK dicatat"), "{back}");
    came(&app.look("lab-0001").await.unwrap(), 200, "withdrawn");
    goes(&mut case, "*119*6*8#", &["1"]).await;
    assert_eq!(country.count(Table::Exposure).await, 0);

    // What is wrong changes nothing, and the yes stands.
    let (old, ahead) = (day(14).to_string(), day(-2).to_string());
    let strange = App::draw();
    for (heard, word) in [
        (vec![heard[0], (near.as_str(), old.as_str())], "day_too_old"),
        (vec![heard[0], (near.as_str(), ahead.as_str())], "day_to_come"),
        (vec![heard[0], (strange.as_str(), today.as_str())], "unknown_token"),
        (vec![heard[0], ("short", today.as_str())], "token"),
        (vec![heard[0]; 501], "too_many_contacts"),
    ] {
        came(&app.upload("lab-0001", &heard).await.unwrap(), 422, word);
    }
    let forged = App::new(country.node.http(), "another secret, as long");
    assert_eq!(forged.upload("lab-0001", &heard).await.unwrap().status, 401);
    assert_eq!(country.count(Table::Exposure).await, 0);
    came(&app.look("lab-0001").await.unwrap(), 200, "given");

    // Many times at once: taken once.
    let uploads = (0..8).map(|_| {
        let (app, heard) =
            (app.clone(), heard.map(|(token, day)| (token.to_owned(), day.to_owned())));
        tokio::spawn(async move {
            let heard = heard.each_ref().map(|(token, day)| (token.as_str(), day.as_str()));
            app.upload("lab-0001", &heard).await.unwrap()
        })
    });
    let mut taken = 0;
    for upload in uploads.collect::<Vec<_>>() {
        let came = upload.await.unwrap();
        assert_eq!(came.status, 200, "{came:?}");
        taken += u32::from(came.word() == "taken");
    }
    assert_eq!(taken, 1);
    came(&app.upload("lab-0001", &heard[..1]).await.unwrap(), 409, "other_upload");
    assert_eq!(country.count(Table::Exposure).await, 3);

    // Each is told once, by the latest day; nobody is named, and the case is no contact.
    let (mut near_phone, mut other_phone) = (country.phone(NEAR).await, country.phone(OTHER).await);
    let told = near_phone.next_text().await.expect("a text").text;
    assert!(told.contains(&shown(day(0))) && told.contains("119 ext 9"), "{told}");
    assert!(told.chars().count() <= 160, "{told}");
    let told = other_phone.next_text().await.expect("a text").text;
    assert!(told.contains(&shown(day(1))) && told.contains("puskesmas"), "{told}");
    let black = goes(&mut near_phone, "*119*6*8#", &[]).await;
    assert!(black.starts_with(&format!("HITAM s.d. {}", shown(day(-13)))), "{black}");
    // The status says so first, and then goes on.
    let way = ["3173014502900001", "05021990"];
    let status = goes(&mut near_phone, "*119*2#", &way).await;
    assert!(status.starts_with("HITAM"), "{status}");
    let status = goes(&mut near_phone, "*119*2#", &["1"]).await;
    assert!(status.contains("belum terdaftar"), "{status}");
    let own = goes(&mut case, "*119*6*8#", &[]).await;
    assert!(own.contains("sesuai hasil tes"), "{own}");

    // Another case, with a day that is told already and one that is news.
    came(&app.open("lab-0002", OTHER, &today).await.unwrap(), 201, "asked");
    other_phone.next_text().await.expect("the question");
    let mut consent = country.phone(OTHER).await;
    let yes = goes(&mut consent, "*119*6*8#", &["1"]).await;
    assert!(yes.contains("YA dicatat"), "{yes}");
    let earlier = day(3).to_string();
    let heard = [(near.as_str(), earlier.as_str()), (second.as_str(), &before)];
    came(&app.upload("lab-0002", &heard).await.unwrap(), 200, "taken");
    let told = near_phone.next_text().await.expect("a text").text;
    assert!(told.contains(&shown(day(3))), "{told}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let figures = country.network.sms_figures().await.unwrap();
    assert_eq!(figures.accepted, 5, "two questions, three notices: {figures:?}");
    let (_, metrics) = country.node.get("/metrics").await;
    for counted in [
        "setara_exposure_notices_total 3\n",
        "setara_exposure_calls_total{call=\"upload\",outcome=\"taken\"} 2\n",
        "setara_exposure_calls_total{call=\"upload\",outcome=\"repeated\"} 7\n",
        "setara_exposure_calls_total{call=\"any\",outcome=\"unproved\"} 1\n",
    ] {
        assert!(metrics.contains(counted), "{counted}{metrics}");
    }
    country.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_asked_on_its_screen_where_that_is_wanted() {
    let country = Country::with(Site::on_sqlite().await, "exposure.push = true\n").await;
    while country.node.get("/readyz").await.0 != "HTTP/1.1 200 OK" {
        tokio::task::yield_now().await;
    }
    let mut case = country.phone(CASE).await;
    let opened = country.app.open("lab-0001", CASE, &day(0).to_string()).await.unwrap();
    came(&opened, 201, "asked");
    assert_eq!(opened.body["push"], "accepted", "{opened:?}");
    let pushed = case.pushed().await.unwrap();
    assert!(pushed.open && pushed.text.contains("Boleh ya, boleh tidak"), "{pushed:?}");
    let asked = case.answer("1").await.unwrap();
    assert!(asked.text.contains("TANGGALNYA saja"), "{asked:?}");
    let yes = case.answer("1").await.unwrap();
    assert!(!yes.open && yes.text.contains("YA dicatat"), "{yes:?}");
    came(&country.app.look("lab-0001").await.unwrap(), 200, "given");
    // Once more it is the same order, and the phone is left alone.
    let again = country.app.open("lab-0001", CASE, &day(0).to_string()).await.unwrap();
    came(&again, 200, "given");
    assert!(again.body["push"].is_null(), "nothing was pushed: {again:?}");
    country.end().await;
}

/// The power fails at any moment of an upload, which is sent until somebody answers: each is told once.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_outlives_a_crash() {
    let mut country = Country::with(Site::on_sqlite().await, "").await;
    let token = App::draw();
    country.app.bind(&[(token.as_str(), NEAR)]).await.unwrap();
    let today = day(0).to_string();
    let mut case = country.phone(CASE).await;
    let mut near = country.phone(NEAR).await;
    for round in 0..3 {
        let (id, day) = (format!("lab-{round:04}"), day(round).to_string());
        came(&country.app.open(&id, CASE, &today).await.unwrap(), 201, "asked");
        let yes = goes(&mut case, "*119*6*8#", &["1"]).await;
        assert!(yes.contains("YA dicatat"), "{yes}");
        let (app, heard) = (country.app.clone(), (token.clone(), day.clone()));
        let sent = {
            let id = id.clone();
            tokio::spawn(async move { app.upload(&id, &[(&heard.0, &heard.1)]).await })
        };
        tokio::time::sleep(Duration::from_millis(3 * u64::from(round.unsigned_abs()))).await;
        country.node.kill().await;
        let _ = sent.await;
        country.node = Node::start(&country.site.config()).await;
        country.network.bound(1).await.unwrap();
        country.app = App::new(country.node.http(), SECRET);
        let again = country.app.upload(&id, &[(&token, &day)]).await.unwrap();
        assert!(again.status == 200, "{again:?}");
        came(&country.app.upload(&id, &[(&token, &day)]).await.unwrap(), 200, "repeated");
        let told = near.next_text().await.expect("a text").text;
        assert!(told.contains(&shown(self::day(round))), "{told}");
    }
    assert_eq!(country.count(Table::Exposure).await, 3);
    country.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_are_described_and_off_unless_they_are_wanted() {
    let country = Country::with(Site::on_sqlite().await, "").await;
    let (_, described) = country.node.get("/exposure/openapi.json").await;
    let described: serde_json::Value = serde_json::from_str(&described).unwrap();
    insta::assert_snapshot!("exposure", serde_json::to_string_pretty(&described).unwrap());
    country.end().await;
    let site = Site::on_sqlite().await;
    let node = Node::start(&site.config()).await;
    let came = App::new(node.http(), SECRET).look("lab-0001").await.unwrap();
    assert_eq!(came.status, 404);
    node.stop().await;
}

/// A number that nobody carries cannot be asked; nor can anybody where the menus have no words for it.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_be_asked_or_told_is_not_said_to_be() {
    const FAR: &str = "081755550043";
    let country = Country::with(Site::on_sqlite().await, "").await;
    let (app, today) = (&country.app, day(0).to_string());
    came(&app.open("lab-0001", FAR, &today).await.unwrap(), 422, "no_route");
    came(&app.look("lab-0001").await.unwrap(), 404, "no_case");

    let [near, far] = std::array::from_fn(|_| App::draw());
    app.bind(&[(near.as_str(), NEAR), (far.as_str(), FAR)]).await.unwrap();
    came(&app.open("lab-0001", CASE, &today).await.unwrap(), 201, "asked");
    let mut case = country.phone(CASE).await;
    goes(&mut case, "*119*6*8#", &["1"]).await;
    let heard = [(near.as_str(), today.as_str()), (far.as_str(), &today)];
    came(&app.upload("lab-0001", &heard).await.unwrap(), 200, "taken");
    let (_, metrics) = country.node.get("/metrics").await;
    for counted in ["setara_exposure_notices_total 1\n", "setara_exposure_unreached_total 1\n"] {
        assert!(metrics.contains(counted), "{counted}{metrics}");
    }
    country.end().await;

    let site = Site::on_sqlite().await.service("antrean").operator("t", "plain", "127.0.0.1:1", "");
    let lines = format!("exposure.enabled = true\nexposure.secret = \"{SECRET}\"\n");
    let started = site.configured(&lines).run(&["serve"]).await;
    assert!(!started.status.success());
    assert!(told(&started).contains("exposure_ask"), "{}", told(&started));
}
