//! A gateway beside a Satu Data of the simulator, with a network that carries USSD and SMS: an empty
//! database of either kind, and the sample people on the other side.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use jiff::civil::Date;
use serde_json::{Value, json};
use setara::{
    app::Gateway,
    clock::{self, Zone},
    config::Config,
    service::{roster::Entry, sample::People},
};
use simulator::{
    operator::{self, Operator, dialect},
    phone::{Phone, Screen},
    satudata::{Faults, Requests, SatuData, Settings},
};
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::support::{log, postgres};

/// How long anything may take before a test fails. Generous: machines that test are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How many people the record has.
const PEOPLE: usize = 40;

pub struct Bed {
    pub folder: PathBuf,
    pub url: String,
    pub record: SatuData,
    pub network: Operator,
    /// More lines of `[record]`.
    pub lines: String,
    /// Where the gateway finds the record, if not at the record itself.
    pub url_of_record: Option<String>,
}

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

    async fn at(folder: PathBuf, url: String) -> Self {
        log::keep();
        let record = SatuData::start(Settings::default()).await.expect("a record");
        for entry in sample() {
            record.put(entry.nik.as_str(), person(&entry), "person");
        }
        let account = operator::Account { system_id: "setara".into(), password: "secret".into() };
        let network = Operator::start(operator::Settings {
            name: "Nusantara".into(),
            listen: "127.0.0.1:0".parse().expect("an address"),
            accounts: vec![account],
            dialect: dialect::named("plain").expect("a dialect of the simulator"),
            codes: vec!["*119#".to_owned()],
            timing: Default::default(),
            sms: operator::sms::Settings {
                short_codes: vec!["1199".to_owned()],
                ..Default::default()
            },
        });
        let network = network.await.expect("a network");
        Self { folder, url, record, network, lines: String::new(), url_of_record: None }
    }

    /// With more lines in `[record]`.
    pub fn configured(mut self, lines: &str) -> Self {
        self.lines.push_str(lines);
        self
    }

    /// Writes the configuration and says where it is.
    pub fn config(&self) -> PathBuf {
        let path = self.folder.join("setara.toml");
        let menus = Path::new(env!("CARGO_MANIFEST_DIR")).join("menus");
        let [menus, officers] = ["pedulilindungi", "petugas"].map(|name| menus.join(name));
        let Settings { client, secret, .. } = self.record.settings();
        let text = format!(
            "database.url = {:?}\nhttp.listen = \"127.0.0.1:0\"\nlog.filter = \"debug\"\n\
             menu.folders = [{menus:?}, {officers:?}]\nlimits.subscriber_per_minute = 60000\n\
             limits.subscriber_burst = 1000\noutbox.decent_from = 0\noutbox.decent_until = 24\n\
             [record]\nfrom = \"outside\"\nurl = {:?}\nclient = {client:?}\nsecret = {secret:?}\n\
             retry_ms = 200\nretry_most_ms = 500\nbreaker_ms = 300\n{}\n\
             [operator.nusantara]\ndialect = \"plain\"\n\
             [operator.nusantara.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
             per_second = 100\nprefixes = [\"\"]\n\
             [[operator.nusantara.link]]\naddress = \"{}\"\nsystem_id = \"setara\"\n\
             password = \"secret\"\n",
            self.url,
            self.url_of_record.clone().unwrap_or_else(|| self.record.url()),
            self.lines,
            self.network.address()
        );
        std::fs::write(&path, text).expect("a file");
        path
    }

    pub async fn gateway(&self) -> Gateway {
        let config = Config::read(&self.config()).expect("a configuration");
        let gateway = Gateway::start(&config).await.expect("a gateway");
        self.network.bound(1).await.expect("the link");
        gateway
    }

    pub async fn phone(&self, number: &str) -> Someone {
        let phone = Phone::new(&self.network, number.parse().expect("a number")).await;
        Someone { phone: phone.expect("a phone").with_patience(PATIENCE) }
    }

    pub fn faults(&self, requests: Requests, percent: u8, answer_ms: u32) {
        self.record.set_faults(Faults { answer_ms, requests, percent });
    }

    /// Does something to the gateway's database.
    pub async fn run(&self, sql: &'static str) {
        if self.url.starts_with("postgres") {
            let mut connection = PgConnection::connect(&self.url).await.expect("the database");
            sqlx::query(sql).execute(&mut connection).await.expect("done");
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("the database");
            sqlx::query(sql).execute(&mut connection).await.expect("done");
        }
    }

    pub fn well(&self) {
        self.record.set_faults(Faults::default());
    }

    /// What the gateway counts, once it was counted again.
    pub async fn metrics(&self, gateway: &Gateway) -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        let mut stream =
            tokio::net::TcpStream::connect(gateway.http()).await.expect("the web side");
        let asked = b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(asked).await.expect("asked");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("metrics");
        text
    }

    pub async fn end(self, gateway: Gateway) {
        log::metrics(gateway.http()).await;
        gateway.shutdown().await;
        self.network.stop().await;
        self.record.stop().await;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Somebody with a phone.
pub struct Someone {
    pub phone: Phone,
}

impl Someone {
    /// Dials, and answers one screen after the other; the last one.
    pub async fn goes(&mut self, string: &str, answers: &[&str]) -> Screen {
        let mut screen = self.phone.dial(string).await.expect("a screen");
        for answer in answers {
            assert!(screen.open, "`{answer}` after: {}", screen.text);
            screen = self.phone.answer(answer).await.expect("a screen");
        }
        screen
    }

    /// As far as the last screen of a registration; what is typed behind the birth date is `rest`.
    pub async fn registers(
        &mut self,
        (nik, name, birth): (&str, &str, &str),
        rest: &[&str],
    ) -> Screen {
        let answers: Vec<&str> = ["1", nik, name, birth].iter().chain(rest).copied().collect();
        self.goes("*119*1#", &answers).await
    }

    /// Waits for a text with these words in it.
    pub async fn reads(&mut self, words: &str) -> String {
        for _ in 0..20 {
            let text = self.phone.next_text().await.expect("a text").text;
            if text.contains(words) {
                return text;
            }
        }
        panic!("no text with `{words}`");
    }
}

/// The sample people.
pub fn sample() -> Vec<Entry> {
    People::new(1, today()).take(PEOPLE).collect()
}

pub fn today() -> Date {
    clock::now().date(Zone::Wib)
}

/// With a registration that was made over another channel: only the record has it.
pub fn registered_there(entry: &Entry) -> Value {
    let mut of = person(entry);
    of["registration"] = json!({});
    of
}

/// A person as the interface of Satu Data has them.
pub fn person(entry: &Entry) -> Value {
    let doses: Vec<Value> = entry
        .doses
        .iter()
        .map(|dose| {
            let mut of = json!({
                "number": dose.number, "vaccine": dose.vaccine, "batch": dose.batch,
                "place": dose.place,
            });
            if let Some(on) = dose.given_on {
                of["date"] = on.to_string().into();
            }
            if let Some(certificate) = &dose.certificate {
                of["certificate"] = certificate.clone().into();
            }
            of
        })
        .collect();
    let mut of = json!({
        "name": entry.name.as_str(), "birth_date": entry.birth.to_string(), "doses": doses,
        "blocked": entry.blocked,
    });
    if let Some(phone) = &entry.phone {
        of["phone"] = phone.as_str().into();
    }
    if let Some(group) = entry.group {
        of["group"] = group.as_str().into();
    }
    if let Some(from) = entry.eligible_from {
        of["eligible_from"] = from.to_string().into();
    }
    if let Some(regency) = &entry.regency {
        of["regency"] = regency.clone().into();
    }
    of
}

fn folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("setara-satu-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
