//! USSD over HTTP against the whole gateway, over real sockets: what an aggregator, a forger and a
//! slow database may do. The conversation files run over every aggregator in `tests/stories.rs`.

#[path = "support/mod.rs"]
mod support;

#[path = "stories/country.rs"]
mod country;

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use setara::{app::Gateway, config::Config};
use simulator::{
    aggregator::{
        Aggregator, Settings,
        post::{self, Proof, Response},
        provider::{Provider, Request, Session, Step, Why},
    },
    phone::{Phone, Screen},
};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use country::Country;

const SECRET: &str = "known to these two alone";
const SITI: &str = "081290000001";
const BUDI: &str = "081290000002";

/// A gateway with one account, and an aggregator that calls it.
struct Stage {
    country: Country,
    config: Config,
    gateway: Gateway,
    aggregator: Aggregator,
}

impl Stage {
    async fn at(provider: Provider) -> Self {
        Self::with(provider, "", |_| {}).await
    }

    async fn with(provider: Provider, lines: &str, change: impl FnOnce(&mut Config)) -> Self {
        Self::on(Country::on_sqlite().await, provider, lines, change).await
    }

    /// The same on each database.
    async fn on_both(provider: Provider) -> [Self; 2] {
        [
            Self::on(Country::on_sqlite().await, provider, "", |_| {}).await,
            Self::on(Country::on_postgres().await, provider, "", |_| {}).await,
        ]
    }

    async fn on(
        country: Country,
        provider: Provider,
        lines: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = country.config.clone();
        let account = format!(
            "provider = \"{}\"\nproof = \"hmac\"\nsecret = \"{SECRET}\"\n\
             url = \"https://gateway.example/ussd/a\"\n{lines}",
            provider.name()
        );
        config.callback.insert("a".into(), toml::from_str(&account).unwrap());
        change(&mut config);
        let gateway = Gateway::start(&config).await.unwrap();
        let aggregator = aggregator(provider, Proof::Hmac(SECRET.into()));
        aggregator.calls(gateway.http());
        Self { country, config, gateway, aggregator }
    }

    async fn phone(&self, number: &str) -> Phone {
        Phone::new(&self.aggregator, number.parse().unwrap()).await.unwrap()
    }

    /// What an aggregator sends for a step of a session.
    fn request(&self, session: &Session, step: &Step) -> Request {
        let provider = self.aggregator.settings().provider;
        provider.request(&self.aggregator.path(), session, step).unwrap()
    }

    async fn sent(&self, session: &Session, step: &Step) -> Response {
        self.aggregator.probe(&self.request(session, step)).await.unwrap()
    }

    /// A page of the gateway.
    async fn page(&self, path: &str) -> String {
        let request =
            Request { method: "GET", target: path.into(), content_type: "", body: String::new() };
        self.aggregator.probe(&request).await.unwrap().body
    }

    /// The value of a line of the metrics.
    async fn count(&self, line: &str) -> u64 {
        let metrics = self.page("/metrics").await;
        let value = metrics.lines().find_map(|known| known.strip_prefix(line));
        value.map_or(0, |value| value.trim().parse().unwrap())
    }

    async fn stop(self) {
        self.aggregator.stop().await;
        self.gateway.shutdown().await;
        drop(self.country);
    }
}

fn aggregator(provider: Provider, proof: Proof) -> Aggregator {
    Aggregator::start(Settings::new("Gerbang", provider, "a", proof, &["*119#"]))
}

fn session(id: &str, number: &str, answers: &[&str]) -> Session {
    Session {
        id: id.into(),
        number: number.parse().unwrap(),
        dialled: "*119#".into(),
        answers: answers.iter().map(|&answer| answer.to_owned()).collect(),
        sequence: 1 + u32::try_from(answers.len()).unwrap(),
        next: None,
    }
}

fn form(body: &str) -> Request {
    Request {
        method: "POST",
        target: "/ussd/a".into(),
        content_type: "application/x-www-form-urlencoded",
        body: body.into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_its_numbers_alone() {
    for provider in [Provider::AfricasTalking, Provider::Infobip, Provider::Hubtel] {
        for stage in Stage::on_both(provider).await {
            stolen(stage, provider).await;
        }
    }
}

async fn stolen(stage: Stage, provider: Provider) {
    let mut siti = stage.phone(SITI).await;
    siti.dial("*119*1*1#").await.unwrap();
    let mut stolen = stage.aggregator.session(siti.number()).unwrap();
    stolen.number = BUDI.parse().unwrap();
    stolen.answers.push("3173014502900001".into());
    stolen.sequence += 1;
    for step in [Step::Answer("3173014502900001".into()), Step::End(Why::User), Step::Begin] {
        let refused = stage.sent(&stolen, &step).await;
        let told = "the session is another number's\n";
        // Infobip does not say whose session ends.
        if provider != Provider::Infobip || step != Step::End(Why::User) {
            assert_eq!((refused.status, refused.body.as_str()), (403, told), "{step:?}");
        }
    }
    // Nothing happened: she is asked for the NIK, and he has never been here.
    let asked = siti.answer("1").await.unwrap();
    assert!(asked.text.starts_with("NIK harus 16 angka."), "{}", asked.text);
    let mut budi = stage.phone(BUDI).await;
    assert!(budi.dial("*119#").await.unwrap().text.starts_with("PeduliLindungi"));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_step_in_many_copies_is_taken_once() {
    for stage in Stage::on_both(Provider::AfricasTalking).await {
        copies(stage).await;
    }
}

async fn copies(stage: Stage) {
    let answers = ["1", "1", "3173014502900001", "Siti Aminah", "05021990", "1", "1"];
    let mut last = None;
    for n in 0..=answers.len() {
        let so_far = session("s", SITI, &answers[..n]);
        let step = n.checked_sub(1).map_or(Step::Begin, |at| Step::Answer(answers[at].into()));
        let copies = (0..8).map(|_| stage.sent(&so_far, &step));
        let came = futures_util::future::join_all(copies).await;
        assert!(came.iter().all(|one| one.status == 200 && one.body == came[0].body), "{came:?}");
        last = Some(came[0].body.clone());
    }
    let last = last.unwrap();
    assert!(last.starts_with("END Pendaftaran BERHASIL."), "{last}");
    let outcomes = "setara_outcomes_total{call=\"registration.submit\"";
    let metrics = stage.page("/metrics").await;
    let finished: Vec<_> = metrics.lines().filter(|line| line.starts_with(outcomes)).collect();
    assert!(finished.len() == 1 && finished[0].ends_with(" 1"), "{finished:?}");
    // An earlier step that comes late gets its own reply, and not the last one.
    let late = stage.sent(&session("s", SITI, &answers[..2]), &Step::Answer("1".into())).await;
    assert!(late.body.starts_with("CON Ketik 16 angka NIK"), "{}", late.body);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_are_counted_and_a_late_one_harms_no_newer_session() {
    let stage = Stage::at(Provider::AfricasTalking).await;
    let mut siti = stage.phone(SITI).await;
    siti.dial("*119*1*1#").await.unwrap();
    let first = stage.aggregator.session(siti.number()).unwrap();
    siti.drop_signal().await.unwrap();
    siti.dial("*119*1*1#").await.unwrap();
    let late = stage.sent(&first, &Step::End(Why::Network)).await;
    assert_eq!((late.status, late.body.as_str()), (200, ""));
    let told = "setara_session_ends_total{account=\"a\",end=\"network_abort\"}";
    assert_eq!(stage.count(told).await, 1);
    let ends = async |end: &str| {
        let metrics = stage.page("/metrics").await;
        let mark = format!("end=\"{end}\"");
        let is = |line: &&str| line.starts_with("setara_ends_total{") && line.contains(&mark);
        metrics.lines().filter(is).count()
    };
    // The redial itself showed that the first session was gone; the late word adds nothing.
    assert_eq!((ends("network_abort").await, ends("user_abort").await), (1, 0));
    let mut seen = siti.answer("1").await.unwrap();
    assert!(seen.open, "{}", seen.text);
    siti.hang_up().await.unwrap();
    // The next dial waits for the word of the end, as an aggregator's queue does.
    seen = siti.dial("*119#").await.unwrap();
    assert!(seen.text.contains("Lanjutkan?") || seen.text.starts_with("Pedul"), "{}", seen.text);
    assert_eq!(ends("user_abort").await, 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reply_leaves_in_time_though_the_database_is_slow() {
    let stage = Stage::with(Provider::AfricasTalking, "", |config| {
        config.turns.reply_seconds = 1;
    })
    .await;
    let begun = session("s", SITI, &[]);
    assert!(stage.sent(&begun, &Step::Begin).await.body.starts_with("CON Peduli"));

    let file = stage.config.database.url.clone();
    let mut writer = SqliteConnection::connect(&file).await.unwrap();
    sqlx::query("begin immediate").execute(&mut writer).await.unwrap();
    let (answered, since) = (session("s", SITI, &["1"]), Instant::now());
    let sorry = stage.sent(&answered, &Step::Answer("1".into())).await;
    assert!(sorry.body.starts_with("END "), "{}", sorry.body);
    assert!(since.elapsed() < Duration::from_millis(1500), "{:?}", since.elapsed());
    sqlx::query("rollback").execute(&mut writer).await.unwrap();

    // The turn was taken all the same: the step again gets what was to be said, once.
    let again = stage.sent(&answered, &Step::Answer("1".into())).await;
    assert!(again.body.starts_with("CON NIK, nama"), "{}", again.body);
    stage.stop().await;
}

/// An operator that carries texts to everybody, and is not there to take one.
fn carrier() -> Config {
    let carries_texts = r#"
        [operator.telco.sms]
        short_code = "1199"
        sender = "PEDULICOVID"
        per_second = 100
        prefixes = [""]
        [[operator.telco.link]]
        address = "127.0.0.1:9"
        system_id = "nobody"
        password = "listens"
    "#;
    Config::parse(carries_texts).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_could_not_wait_is_told_when_it_is_done() {
    let stage = Stage::with(Provider::AfricasTalking, "", |config| {
        config.turns.reply_seconds = 1;
        config.operator = carrier().operator;
    })
    .await;
    stage.sent(&session("s", SITI, &[]), &Step::Begin).await;
    let mut writer = SqliteConnection::connect(&stage.config.database.url).await.unwrap();
    sqlx::query("begin immediate").execute(&mut writer).await.unwrap();
    let sorry = stage.sent(&session("s", SITI, &["2"]), &Step::Answer("2".into())).await;
    assert!(sorry.body.starts_with("END "), "{}", sorry.body);
    sqlx::query("rollback").execute(&mut writer).await.unwrap();

    let mut told = 0;
    for _ in 0..100 {
        let notices = sqlx::query_scalar("select count(*) from notice");
        told = notices.fetch_one(&mut writer).await.unwrap();
        if told > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(told, 1, "by SMS");
    let outcome = "setara_outcomes_total{call=\"person.list\",outcome=\"none\"}";
    assert_eq!(stage.count(outcome).await, 1, "what came of it is counted");
    stage.stop().await;
}

/// Holds up what is stored, until it is let go.
enum Held {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Held {
    async fn of(url: &str) -> Self {
        if url.starts_with("sqlite") {
            let mut database = SqliteConnection::connect(url).await.unwrap();
            sqlx::query("begin immediate").execute(&mut database).await.unwrap();
            Self::Sqlite(database)
        } else {
            let mut database = PgConnection::connect(url).await.unwrap();
            sqlx::query("begin").execute(&mut database).await.unwrap();
            let lock = sqlx::query("lock table conversation in exclusive mode");
            lock.execute(&mut database).await.unwrap();
            Self::Postgres(database)
        }
    }

    async fn let_go(&mut self) {
        let end = "rollback";
        match self {
            Self::Sqlite(database) => _ = sqlx::query(end).execute(database).await.unwrap(),
            Self::Postgres(database) => _ = sqlx::query(end).execute(database).await.unwrap(),
        }
    }

    async fn notices(&mut self) -> i64 {
        let all = "select count(*) from notice";
        match self {
            Self::Sqlite(database) => sqlx::query_scalar(all).fetch_one(database).await.unwrap(),
            Self::Postgres(database) => sqlx::query_scalar(all).fetch_one(database).await.unwrap(),
        }
    }
}

/// A number of the clinic's queue stands on the last screen alone. Two callers go away while it is being
/// stored; the one who comes again sees it, and the other is told, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_last_screen_that_its_caller_did_not_wait_for_is_told_once() {
    let provider = Provider::AfricasTalking;
    for country in [Country::on_sqlite().await, Country::on_postgres().await] {
        let carried = |config: &mut Config| config.operator = carrier().operator;
        let stage = Stage::on(country, provider, "", carried).await;
        let so_far = |id: &str, number: &str, answers: &[&str]| Session {
            dialled: "*131#".into(),
            ..session(id, number, answers)
        };
        let both = [("s", SITI), ("b", BUDI)];
        for (id, number) in both {
            let asked = stage.sent(&so_far(id, number, &[]), &Step::Begin).await;
            assert!(asked.body.starts_with("CON Antrean"), "{}", asked.body);
            let asked = stage.sent(&so_far(id, number, &["1"]), &Step::Answer("1".into())).await;
            assert!(asked.body.starts_with("CON "), "{}", asked.body);
        }
        let mut held = Held::of(&stage.config.database.url).await;
        let proof = Proof::Hmac(SECRET.into());
        let mut lines = Vec::new();
        for (id, number) in both {
            let last = stage.request(&so_far(id, number, &["1", "1"]), &Step::Answer("1".into()));
            lines.push(post::send(stage.gateway.http(), &proof, &last).await.unwrap());
            // His may wait behind hers, but hers has to be begun: whose was not is not told.
            while stage.count("setara_database_connections{state=\"busy\"}").await == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        drop(lines);
        tokio::time::sleep(Duration::from_millis(500)).await;
        held.let_go().await;

        let again = so_far("b", BUDI, &["1", "1"]);
        let seen = stage.sent(&again, &Step::Answer("1".into())).await;
        assert!(seen.body.starts_with("END Nomor Anda"), "{}", seen.body);
        let mut told = 0;
        for _ in 0..300 {
            told = held.notices().await;
            if told > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!((told, held.notices().await), (1, 1), "she by SMS, and he has seen it");
        stage.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_and_harms_nobody() {
    let stage = Stage::at(Provider::AfricasTalking).await;
    let mut siti = stage.phone(SITI).await;
    siti.dial("*119#").await.unwrap();
    let long = format!("sessionId=1&phoneNumber=%2B6281290000002&text={}", "1".repeat(70_000));
    let rows = [
        (form(""), 400),
        (form("sessionId=1"), 400),
        (form("sessionId=1&phoneNumber=%00%ff"), 400),
        (form("\u{0}\u{1F600}=&&&===%%%"), 400),
        (form(&long), 413),
        (Request { method: "DELETE", ..form("") }, 405),
        (Request { target: "/ussd/a/session/1/start".into(), ..form("") }, 404),
        (Request { target: "/ussd/nobody".into(), ..form("") }, 404),
    ];
    for (request, status) in rows {
        let came = stage.aggregator.probe(&request).await.unwrap();
        assert_eq!(came.status, status, "{}", came.body);
        assert!(!came.body.contains("6281290000002"));
    }
    // Emoji, and a text as long as a body may be, are answers like others.
    for text in ["😀".to_owned(), "9".repeat(60_000)] {
        let came = stage.sent(&session("2", BUDI, &[&text]), &Step::Answer(text)).await;
        assert!(came.status == 200 && came.body.starts_with("CON "), "{}", came.body);
    }
    // Octets that are no HTTP, and a request that never comes to its end.
    for octets in
        ["\u{0}\u{1}nonsense\r\n\r\n", "POST /ussd/a HTTP/1.1\r\ncontent-length: 9\r\n\r\n"]
    {
        let mut stream = TcpStream::connect(stage.gateway.http()).await.unwrap();
        stream.write_all(octets.as_bytes()).await.unwrap();
    }
    assert_eq!(stage.page("/healthz").await, "ok\n");
    assert!(siti.answer("1").await.unwrap().open);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_prove_themselves_is_not_heard() {
    let stage = Stage::at(Provider::AfricasTalking).await;
    let begin = stage.request(&session("s", SITI, &[]), &Step::Begin);
    for proof in [Proof::Nothing, Proof::Header(SECRET.into()), Proof::Hmac("a guess".into())] {
        let stranger = aggregator(Provider::AfricasTalking, proof);
        stranger.calls(stage.gateway.http());
        let came = stranger.probe(&begin).await.unwrap();
        assert_eq!((came.status, came.body.as_str()), (403, "not allowed\n"));
    }
    assert_eq!(stage.aggregator.probe(&begin).await.unwrap().status, 200);
    let refused = "setara_strange_total{reason=\"callback without a proof\"}";
    assert_eq!(stage.count(refused).await, 3);
    stage.stop().await;

    let away = "allow = [\"192.0.2.0/24\"]";
    let stage = Stage::with(Provider::AfricasTalking, away, |_| {}).await;
    assert_eq!(stage.aggregator.probe(&begin).await.unwrap().status, 403);
    stage.stop().await;
}

/// Nothing but its nonce tells a step of a provider that numbers nothing from the next one.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_replayed_is_known_to_every_node_and_after_a_restart() {
    for provider in [Provider::Korba, Provider::Infobip, Provider::Nalo] {
        for stage in Stage::on_both(provider).await {
            let Stage { country, mut config, gateway, aggregator } = stage;
            let sent = async |gateway: &Gateway, nonce: &str, step: Step| {
                let proof = Proof::Replay { key: SECRET.into(), nonce: nonce.into() };
                let so_far = session("s", SITI, &[]);
                let request = provider.request(&aggregator.path(), &so_far, &step).unwrap();
                let patience = Duration::from_secs(10);
                post::exchange(gateway.http(), &proof, &request, patience).await.unwrap()
            };
            let answer = || Step::Answer("1".into());
            assert_eq!(sent(&gateway, "a", Step::Begin).await.status, 200);
            for nonce in ["b", "c"] {
                assert_eq!(sent(&gateway, nonce, answer()).await.status, 200);
            }
            let (gateway, other) = match config.database.url.starts_with("sqlite") {
                true => {
                    gateway.shutdown().await;
                    (None, Gateway::start(&config).await.unwrap())
                }
                false => {
                    config.outbox.answers.set_extension("other");
                    (Some(gateway), Gateway::start(&config).await.unwrap())
                }
            };
            for (nonce, step) in [("a", Step::Begin), ("b", answer()), ("c", answer())] {
                let refused = sent(&other, nonce, step).await;
                assert_eq!((refused.status, refused.body.as_str()), (403, "not allowed\n"));
            }
            // Nothing was taken for an answer meanwhile, and what is new goes on.
            let name = sent(&other, "d", Step::Answer("3173014502900001".into())).await;
            assert!(name.body.contains("Ketik nama lengkap"), "{}", name.body);
            if let Some(gateway) = &gateway {
                let refused = sent(gateway, "d", Step::Answer("3173014502900001".into())).await;
                assert_eq!(refused.status, 403);
            }
            aggregator.stop().await;
            other.shutdown().await;
            if let Some(gateway) = gateway {
                gateway.shutdown().await;
            }
            drop(country);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_account_is_told_so() {
    let stage = Stage::with(Provider::Hubtel, "", |config| {
        config.limits.subscriber_per_minute = 1;
        config.limits.subscriber_burst = 1;
    })
    .await;
    let mut siti = stage.phone(SITI).await;
    assert!(siti.dial("*119#").await.unwrap().open);
    let Screen { text, open } = siti.answer("1").await.unwrap();
    assert!(!open && !text.is_empty(), "{text}");
    assert!(!siti.dial("*119#").await.unwrap().open);
    stage.stop().await;
}

/// Node's own HTTP client and cryptography, as somebody else would write an aggregator.
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_is_not_ours_is_understood() {
    let stage = Stage::at(Provider::AfricasTalking).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/aggregator.mjs");
    let answers = ["", "1", "1", "3173014502900001", "Siti*Aminah", "Siti Aminah", "05021990"];
    let output = tokio::process::Command::new("node")
        .arg(script)
        .args([format!("http://{}/ussd/a", stage.gateway.http()), SECRET.into(), SITI.into()])
        .args(answers)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("Node is not installed: `tests/run` installs it");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let expected = [
        "200 CON PeduliLindungi",
        "200 CON NIK, nama & data",
        "200 CON Ketik 16 angka NIK",
        "200 CON Ketik nama lengkap",
        "200 CON Nama hanya berisi huruf.",
        "200 CON Tanggal lahir?",
        "200 CON Anda tinggal di Jakarta Barat?",
        "again 200 CON Anda tinggal di Jakarta Barat?",
        "forged 403 not allowed",
        "replayed 403 not allowed",
        "stale 403 not allowed",
        "unsigned 403 not allowed",
        "ended 200 ",
    ];
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{told}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line} / {expected}");
    }
    stage.stop().await;
}
