//! A place for a gateway: a folder, keys, a database of either kind, a configuration.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use setara::{
    app,
    certificate::keys::InUse,
    clock::{self, Timestamp, Zone},
    config::Config,
    engine::Shelf,
    front::campaign::Campaigns,
    identity::{ChatId, Msisdn, Nik},
    menu::{check::check, model::Menu},
    menus::{MenuError, Menus, read},
    outbox::{Class, Fate, Lane, Notice, NoticeId, Over, Sender},
    service::{
        DESKS,
        appointment::{AppointmentChange, Ended, EndedAs, Seat},
        facility::FacilityCode,
        number::Number,
        record::Change,
    },
    store::{Spoke, Store, StoreOptions, TurnWrite},
    vault::{NikIndex, SubscriberKey, Vault},
};
use simulator::whatsapp::{Cloud, Settings};

use crate::support::{chat, postgres};

pub struct Bed {
    folder: PathBuf,
    url: String,
    settings: String,
    operators: String,
    menus: Vec<PathBuf>,
    vault: Vault,
    pub store: Store,
}

/// How long what a node has claimed is its own.
pub const LEASE: Duration = Duration::from_secs(4);

/// One of each kind.
pub async fn both() -> [Bed; 2] {
    [Bed::on_sqlite().await, Bed::on_postgres().await]
}

impl Bed {
    pub async fn on_sqlite() -> Self {
        let folder = folder();
        let url = format!("sqlite:{}", folder.join("setara.db").display());
        Self::at(folder, url).await
    }

    pub async fn on_postgres() -> Self {
        Self::at(folder(), postgres::database().await).await
    }

    pub async fn at(folder: PathBuf, url: String) -> Self {
        let vault = Vault::open_or_create_file(folder.join("setara.key")).unwrap();
        let store = Store::open(&url, vault.clone(), StoreOptions::default()).await.unwrap();
        let menus = vec![menus().join("pedulilindungi")];
        let (settings, operators) = (String::new(), String::new());
        Self { folder, url, settings, operators, menus, vault, store }
    }

    /// With the queue of a clinic, which invites by a text of the same name as the vaccination does.
    pub fn clinic(mut self) -> Self {
        let clinic = self.folder.join("antrean");
        std::fs::create_dir_all(&clinic).unwrap();
        for file in ["words.toml", "antrean/antrean.toml", "antrean/number.toml"] {
            std::fs::copy(menus().join(file), self.folder.join(file)).unwrap();
        }
        let text = "[campaign.invitation]\nclass = \"campaign\"\n\
                    say.id = \"Klinik: {name}, ambil nomor: {dial}. Tidak mau: STOP ke {code}\"\n\
                    say.en = \"Clinic: {name}, take a number: {dial}. No more: STOP to {code}\"\n";
        std::fs::write(clinic.join("campaigns.toml"), text).unwrap();
        self.menus.push(clinic);
        self
    }

    /// An appointment of which this notice reminds, as it ends.
    pub async fn booked(&self, nik: &str, reminder: NoticeId) -> Ended {
        use sqlx::{Connection, Executor};
        let person = self.person(nik);
        let octets: String = person.as_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
        let sqlite = self.url.starts_with("sqlite");
        let blob =
            if sqlite { format!("x'{octets}'") } else { format!("decode('{octets}', 'hex')") };
        let random = u64::from_str_radix(&octets[..8], 16).unwrap();
        let number = Number::from_random(random);
        let start = later(86_400);
        let sql = format!(
            "insert into appointment (nik_index, number, dose, facility, start, seat, minutes, \
             subscriber, state, booked_at, changed_at, reminder) values ({blob}, $1, 1, 'PKM-1', \
             {}, {}, 60, {blob}, 'booked', 1, 1, {})",
            start.millis(),
            random % 30_000,
            reminder.as_i64()
        );
        // The number is no part of the statement, which is logged: by chance it looks like that of a phone.
        let sql = sqlx::AssertSqlSafe(sql);
        if sqlite {
            let mut database = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            database.execute(sqlx::query(sql).bind(number.as_str())).await.unwrap();
        } else {
            let mut database = sqlx::PgConnection::connect(&self.url).await.unwrap();
            database.execute(sqlx::query(sql).bind(number.as_str())).await.unwrap();
        }
        let facility = FacilityCode::parse("PKM-1").unwrap();
        let seat = Seat { facility, start, seat: (random % 30_000) as u16 };
        Ended { person, number, seat, reminder: Some(reminder), how: EndedAs::Cancelled }
    }

    /// The turn in which its phone cancels it.
    pub async fn cancel(&self, phone: &str, ended: Ended) {
        let number = Msisdn::parse(phone).unwrap();
        let write = TurnWrite {
            channel: Some("ussd"),
            changes: vec![Change::Appointment(AppointmentChange::End(ended))],
            ..TurnWrite::of(Spoke::Subscriber, self.phone(&number), number, clock::now())
        };
        self.store.begin().await.unwrap().commit(&[write]).await.unwrap();
    }

    /// Checked menus.
    pub fn menus(&self) -> Vec<Menu> {
        let menu = |folder: &PathBuf| check(&read(folder).unwrap(), DESKS, &[]).unwrap().menu;
        self.menus.iter().map(menu).collect()
    }

    /// The shelf of a gateway that starts.
    pub async fn shelf(&self) -> Result<Shelf, MenuError> {
        let config = Config::read(&self.config()).unwrap();
        let keyring = InUse::new(app::keyring(&config).unwrap());
        Menus::new(&config, &self.vault, &keyring).open(&self.store).await
    }

    /// With a line of the configuration, such as `outbox.keep_days = 1`.
    pub fn setting(mut self, line: &str) -> Self {
        writeln!(self.settings, "{line}").unwrap();
        self
    }

    /// With an operator that carries SMS; `sms` and `link` are more lines of the two tables.
    pub fn operator(mut self, name: &str, addresses: &[u16], sms: &str, link: &str) -> Self {
        writeln!(
            self.operators,
            "[operator.{name}.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n{sms}"
        )
        .unwrap();
        for port in addresses {
            writeln!(
                self.operators,
                "[[operator.{name}.link]]\naddress = \"127.0.0.1:{port}\"\n\
                 system_id = \"setara\"\npassword = \"secret\"\n{link}"
            )
            .unwrap();
        }
        self
    }

    /// With a number on WhatsApp at this cloud; `lines` are more of its table. What we present stands in
    /// a file, and [`Bed::token`] changes it.
    pub fn whatsapp(mut self, cloud: &Cloud, lines: &str) -> Self {
        let Settings { phone_number_id, token, app_secret, verify_token, .. } = cloud.settings();
        self.token(token);
        writeln!(
            self.operators,
            "[whatsapp]\napi = {:?}\nphone_number_id = {phone_number_id:?}\n\
             token_file = \"whatsapp.token\"\napp_secret = {app_secret:?}\n\
             verify_token = {verify_token:?}\n{lines}",
            cloud.api()
        )
        .unwrap();
        self
    }

    /// Under which the record has somebody.
    pub fn person(&self, nik: &str) -> NikIndex {
        self.vault.nik_index(&Nik::parse(nik).unwrap())
    }

    /// Under which the database has a phone.
    pub fn phone(&self, phone: &Msisdn) -> SubscriberKey {
        self.vault.subscriber_key(phone)
    }

    /// Lets a chat speak for a phone.
    pub async fn bind(&self, address: &ChatId, phone: &Msisdn) {
        chat::bind(&self.store, &self.vault, address, phone).await;
    }

    /// Lets a chat speak for a phone that was last heard some time ago.
    pub async fn bind_heard(&self, address: &ChatId, phone: &Msisdn, ago: Duration) {
        chat::bind_heard(&self.store, &self.vault, address, phone, ago).await;
    }

    /// What stands in the journal of answers.
    pub fn journal(&self) -> Vec<u8> {
        std::fs::read(self.folder.join("setara.answers")).unwrap()
    }

    /// Campaigns of this configuration.
    pub fn campaigns(&self) -> Campaigns {
        let config = Config::read(&self.config()).unwrap();
        Campaigns::new(self.store.clone(), self.vault.clone(), &config)
    }

    /// A file in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes what we present to the cloud.
    pub fn token(&self, token: &str) {
        std::fs::write(self.folder.join("whatsapp.token"), token).unwrap();
    }

    /// Writes the configuration and says where it is.
    pub fn config(&self) -> PathBuf {
        let path = self.folder.join("setara.toml");
        let text = format!(
            "database.url = {:?}\nhttp.listen = \"127.0.0.1:0\"\nlog.filter = \"debug\"\n\
             menu.folders = {:?}\noutbox.lease_seconds = {}\noutbox.decent_from = 0\n\
             outbox.decent_until = 24\n{}{}",
            self.url,
            self.menus,
            LEASE.as_secs(),
            self.settings,
            self.operators
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Stores that many notices to phones of their own, and says to which.
    pub async fn enqueue(&self, many: u32, class: Class, route: &str) -> Vec<Msisdn> {
        let notices: Vec<Notice> = (0..many).map(|_| notice(class, route)).collect();
        for some in notices.chunks(5_000) {
            self.store.enqueue(some).await.unwrap();
        }
        notices.iter().filter_map(|notice| notice.to.phone().cloned()).collect()
    }

    /// Waits until that many notices stand like this.
    pub async fn until(&self, fate: Fate, many: u64) {
        let mut stands = 0;
        for _ in 0..3000 {
            stands = self.standing(fate).await;
            if stands == many {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{stands} of {many} are {} in {}", fate.as_str(), &self.url[..6]);
    }

    /// How many notices stand like this.
    pub async fn standing(&self, fate: Fate) -> u64 {
        self.store.notices_standing(fate).await.unwrap_or(u64::MAX)
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn menus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("menus")
}

pub fn folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("setara-outbox-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A notice to a phone that no other has.
pub fn notice(class: Class, route: &str) -> Notice {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = clock::now();
    Notice {
        id: NoticeId::draw(now, count),
        to: Msisdn::parse(&format!("0812{count:08}")).unwrap().into(),
        card: None,
        enclosure: None,
        framed: None,
        over: Over::Any,
        route: route.into(),
        sender: Sender::Name,
        text: format!("PeduliLindungi: giliran Anda nomor {count}. Balas ke 1199"),
        lane: Lane { class, zone: Zone::Wib },
        campaign: 0,
        due: now,
        day: 0,
        expires: now.plus(Duration::from_secs(3600)),
    }
}

pub fn later(seconds: u64) -> Timestamp {
    clock::now().plus(Duration::from_secs(seconds))
}
