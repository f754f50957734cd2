//! Starts the real gateway beside the simulated country, configured by a file as anybody would.
//!
//! The only file of the simulator that knows more of the gateway than its SMPP wire. The two still
//! talk over sockets alone.

use std::error::Error;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use serde_json::{Value, json};
use setara::app::Gateway;
use setara::cli::record::{self, Database, RecordCommand, SampleArgs};
use setara::cli::serve;
use setara::clock::{self, Zone};
use setara::config::Config;
use setara::service::sample::{self, People};
use setara::store::{Store, StoreOptions};
use setara::vault::Vault;
use simulator::aggregator::post::Proof;
use simulator::operator::dialect;
use simulator::operator::sms::receipt::Ids;
use simulator::play::{Country, OperatorAddress, SHORT_CODE};
use simulator::satudata::{self, SatuData};
use simulator::whatsapp::Cloud;
use simulator::whatsapp::template::{Category, Template};

const DATABASE: &str = "setara.db";
const TOKEN_FILE: &str = "setara.token";
/// Opens the admin pages. No secret: they listen on this machine alone, and all data are invented.
const TOKEN: &str = "simulasi-negeri-dalam-kotak";

/// What the app's back end signs with here.
pub const EXPOSURE_SECRET: &str = "simulasi-rahasia-sijejak";

type Failed = Box<dyn Error + Send + Sync>;

/// Who sends what nobody can answer.
const SENDER: &str = "PEDULICOVID";
/// Messages a second that an operator of the page takes.
const PER_SECOND: u32 = 100;
/// The first digits of each operator's phones, as they are shared out in the real country. What
/// none has goes to the first.
const PREFIXES: [&[&str]; 6] = [
    &["", "0811", "0812", "0813", "0821", "0822", "0823", "0851", "0852", "0853"],
    &["0814", "0815", "0816", "0855", "0856", "0857", "0858"],
    &["0817", "0818", "0819", "0859", "0877", "0878"],
    &["0831", "0832", "0833", "0838"],
    &["0895", "0896", "0897", "0898", "0899"],
    &["0881", "0882", "0883", "0884", "0885", "0886", "0887", "0888", "0889"],
];

/// Sessions under load are no part of that: what is measured of them is the gateway.
const USSD_BESIDE: &str = "counts_ussd = false\n";

/// The line of an operator's budget.
fn budget(per_second: u32) -> String {
    format!("per_second = {per_second}\n")
}

/// How many people are in the record, the well-known cases first.
const PEOPLE: u64 = 1000;

/// Writes the gateway's configuration into the country's data directory, fills a new database with
/// sample people, and starts the gateway there.
pub async fn start(country: &Country, menus: &[PathBuf]) -> Result<Gateway, Failed> {
    let file = country.data.join("setara.toml");
    std::fs::write(country.data.join(TOKEN_FILE), TOKEN)?;
    let admin = format!("\n[admin]\ntoken_file = \"{TOKEN_FILE}\"\n");
    let exposure = format!("\n[exposure]\nenabled = true\nsecret = \"{EXPOSURE_SECRET}\"\n");
    // Whoever plays in the evening would wait for a text until the morning.
    let hours = "\n[outbox]\ndecent_from = 0\ndecent_until = 24\n";
    std::fs::write(&file, configuration(country, menus)? + &admin + &exposure + hours)?;
    let config = Config::read(&file)?;
    serve::log(&config)?;
    match &country.record {
        Some(record) => fill_outside(record),
        None if !country.data.join(DATABASE).exists() => fill(&file, PEOPLE).await?,
        None => {}
    }
    enrol_officers(&config).await?;
    let gateway = Gateway::start(&config).await?;
    println!("gateway http://{}/, admin token {TOKEN}", gateway.http());
    for aggregator in &country.aggregators {
        aggregator.calls(gateway.http());
    }
    if let Some(cloud) = &country.cloud {
        tokio::spawn(subscribe(cloud.clone(), gateway.http()));
    }
    Ok(gateway)
}

/// Today and yesterday, as an app's back end writes them.
pub fn today() -> (String, String) {
    let today = clock::now().date(Zone::Wib);
    (today.to_string(), today.yesterday().unwrap_or(today).to_string())
}

/// The number of the service on WhatsApp, and the texts that were approved for it.
pub fn whatsapp() -> simulator::whatsapp::Settings {
    let template = |language| Template::new(TEMPLATE, language, "PeduliLindungi: {{1}}");
    let offer = |language, text| Template::new(INVITATION, language, text).of(Category::Marketing);
    let templates = vec![
        template("id"),
        template("en"),
        offer("id", "Halo {{1}}, vaksin COVID-19 untuk Anda. Daftar: balas YA atau *119#."),
        offer("en", "Hello {{1}}, there is a COVID-19 vaccine for you. Reply YA or dial *119#."),
    ];
    simulator::whatsapp::Settings { templates, ..Default::default() }
}

/// The template of notices.
const TEMPLATE: &str = "pemberitahuan";

/// The template of the campaign's text `invitation`.
const INVITATION: &str = "undangan";

/// Asks the gateway's webhook until it knows the cloud, and then tells it everything.
pub async fn subscribe(cloud: Cloud, gateway: SocketAddr) {
    let url = format!("http://{gateway}/whatsapp");
    let mut told = false;
    while let Err(error) = cloud.subscribe(&url).await {
        if !told {
            println!("WhatsApp waits for {url}: {error}");
        }
        told = true;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// What the gateway has to know of the cloud.
pub fn whatsapp_section(cloud: &Cloud) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let simulator::whatsapp::Settings {
        phone_number_id,
        display_number,
        token,
        app_secret,
        verify_token,
        limits,
        ..
    } = cloud.settings();
    write!(
        text,
        "\n[whatsapp]\napi = \"{}\"\nversion = \"v23.0\"\n\
         phone_number_id = \"{phone_number_id}\"\ndisplay_number = \"{display_number}\"\n\
         token = \"{token}\"\napp_secret = \"{app_secret}\"\nverify_token = \"{verify_token}\"\n\
         template = [{{ language = \"id\", name = \"{TEMPLATE}\" }}, {{ language = \"en\", name = \"{TEMPLATE}\" }}, \
         {{ language = \"id\", name = \"{INVITATION}\", text = \"invitation\", values = [\"name\"] }}, \
         {{ language = \"en\", name = \"{INVITATION}\", text = \"invitation\", values = [\"name\"] }}]\n\
         per_second = {}\n",
        cloud.api(),
        limits.per_second
    )?;
    Ok(text)
}

/// Writes the configuration of a gateway under load: SQLite in the country's data directory, or
/// another database, and limits that no script reaches.
pub fn write_load_configuration(
    country: &Country,
    menus: &[PathBuf],
    database: Option<&str>,
) -> Result<PathBuf, Failed> {
    let text = on_database(country, menus, database)?;
    let text = text.replace(&budget(PER_SECOND), &(budget(PER_SECOND) + USSD_BESIDE));
    let text = text + "window = 1000\n" + NO_LIMITS;
    let path = country.data.join("setara.toml");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Writes the configuration of nodes that share a database: an account that takes so many texts a
/// second, and little patience, so that what a dead node leaves behind is soon taken up.
pub fn write_cluster_configuration(
    country: &Country,
    menus: &[PathBuf],
    database: &str,
    per_second: u32,
) -> Result<PathBuf, Failed> {
    let text = on_database(country, menus, Some(database))?;
    let text = text.replace(&budget(PER_SECOND), &(budget(per_second) + USSD_BESIDE));
    let text = text
        + "window = 100\nresponse_seconds = 2\n"
        + NO_LIMITS
        + "\n[tickets]\nopen_per_phone = 1000\nchecks_per_phone = 1000\n\n[outbox]\ndecent_from = 0\ndecent_until = 24\n\
           lease_seconds = 8\n";
    let path = country.data.join("setara.toml");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Writes the configuration of a gateway under limits that no script reaches, at this address.
pub fn write_unlimited_configuration(
    country: &Country,
    menus: &[PathBuf],
    database: Option<&str>,
    listen: SocketAddr,
) -> Result<PathBuf, Failed> {
    let text = on_database(country, menus, database)? + NO_LIMITS;
    let path = country.data.join("setara.toml");
    std::fs::write(&path, at_address(&text, listen))?;
    Ok(path)
}

/// Writes the configuration of nodes that people race at for seats of one day, a file for each address
/// where one listens.
pub fn write_race_configuration(
    country: &Country,
    menus: &[PathBuf],
    database: Option<&str>,
    listens: &[SocketAddr],
) -> Result<Vec<PathBuf>, Failed> {
    let text = on_database(country, menus, database)?;
    let text = text.replace(&budget(PER_SECOND), &budget(RACE_PER_SECOND)) + RACE;
    let mut files = Vec::new();
    for (at, listen) in listens.iter().enumerate() {
        let path = country.data.join(format!("node{}.toml", at + 1));
        std::fs::write(&path, at_address(&text, *listen))?;
        files.push(path);
    }
    Ok(files)
}

/// Texts a second of the race's account: at 100 the operator's budget would be all that is measured.
const RACE_PER_SECOND: u32 = 10_000;

/// Nobody reads here, so a person is faster than the limit of a subscriber allows; and a day is what all
/// of them want. All other limits are as they are: who is told that the service is busy tries again.
const RACE: &str = "\n[limits]\nsubscriber_per_minute = 6000\nsubscriber_burst = 1000\n\n\
                    [appointments]\ndays = 1\n";

fn at_address(text: &str, listen: SocketAddr) -> String {
    text.replace("listen = \"127.0.0.1:0\"", &format!("listen = \"{listen}\""))
}

/// Limits that no script reaches.
const NO_LIMITS: &str = "\n[limits]\nsubscriber_per_minute = 1000000\n\
                         subscriber_burst = 1000000\nlink_per_second = 1000000\n\
                         global_per_second = 1000000\n";

/// The configuration on SQLite in the country's data directory, or on another database.
fn on_database(
    country: &Country,
    menus: &[PathBuf],
    database: Option<&str>,
) -> Result<String, Failed> {
    let text = configuration(country, menus)?;
    let Some(url) = database else { return Ok(text) };
    let file = quoted(Path::new(&format!("sqlite:{}", country.data.join(DATABASE).display())));
    Ok(text.replace(&format!("url = {file}"), &format!("url = {}", quoted(Path::new(url)))))
}

/// What one account of a gateway that is to send texts can do.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// Where it binds.
    pub operator: &'a OperatorAddress,
    /// The first digits of its phones.
    pub prefix: &'a str,
    /// How many links it has, and how many messages wait on each.
    pub links: usize,
    /// See `links`.
    pub window: usize,
}

/// Writes the configuration of a gateway that sends texts as fast as it can: at any hour, under no
/// limit, over these accounts.
pub fn write_sms_configuration(
    data: &Path,
    accounts: &[Account<'_>],
    menus: &[PathBuf],
    database: Option<&str>,
) -> Result<PathBuf, Failed> {
    let country = Country {
        operators: vec![],
        aggregators: vec![],
        cloud: None,
        record: None,
        data: data.to_owned(),
    };
    let mut text = on_database(&country, menus, database)? + NO_LIMITS;
    text.push_str("\n[outbox]\ndecent_from = 0\ndecent_until = 24\n");
    for Account { operator, prefix, links, window } in accounts {
        let OperatorAddress { name, dialect, address, account, .. } = operator;
        let (system_id, password) = (&account.system_id, &account.password);
        write!(text, "\n[operator.{name}]\ndialect = \"{dialect}\"\n")?;
        write_sms(&mut text, name, operator.ids, &[prefix], 10_000_000)?;
        for _ in 0..*links {
            write!(
                text,
                "\n[[operator.{name}.link]]\naddress = \"{address}\"\n\
                 system_id = \"{system_id}\"\npassword = \"{password}\"\nwindow = {window}\n"
            )?;
        }
    }
    let path = data.join("setara.toml");
    std::fs::write(&path, text)?;
    Ok(path)
}

fn write_sms(
    text: &mut String,
    name: &str,
    ids: Ids,
    prefixes: &[&str],
    per_second: u32,
) -> Result<(), std::fmt::Error> {
    let receipt_ids = match ids {
        Ids::Decimal | Ids::LeadingZeros => "same",
        Ids::Hex => "hex",
    };
    let prefixes: Vec<_> = prefixes.iter().map(|prefix| format!("\"{prefix}\"")).collect();
    let prefixes = prefixes.join(", ");
    write!(
        text,
        "\n[operator.{name}.sms]\nshort_code = \"{SHORT_CODE}\"\nsender = \"{SENDER}\"\n\
         per_second = {per_second}\nprefixes = [{prefixes}]\nreceipt_ids = \"{receipt_ids}\"\n"
    )
}

/// Runs a command of the gateway, as on its own command line.
pub fn command(arguments: Vec<String>) -> ExitCode {
    let name = std::iter::once("setara".to_owned());
    setara::cli::run(setara::cli::Cli::parse_from(name.chain(arguments)))
}

/// Fills the record of a configuration with invented people.
pub async fn fill(file: &Path, people: u64) -> Result<(), Failed> {
    let config = Config::read(file)?;
    let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
    let sample = SampleArgs { people, seed: 1, out: None };
    record::run(RecordCommand::Sample(sample), database).await?;
    Ok(())
}

/// Officers who can register others, with a PIN that the page tells.
async fn enrol_officers(config: &Config) -> Result<(), Failed> {
    let vault = Vault::open_or_create_file(&config.vault.key_file)?;
    let store = Store::open(&config.database.url, vault.clone(), StoreOptions::default()).await?;
    if store.officers(None, 1).await?.is_empty() {
        store.put_officers(&sample::officers(&vault, clock::now())).await?;
    }
    store.close().await;
    Ok(())
}

/// The same people in a record that the gateway has to ask.
fn fill_outside(record: &SatuData) {
    let people = usize::try_from(PEOPLE).unwrap_or(usize::MAX);
    for entry in People::new(1, clock::now().date(Zone::Wib)).take(people) {
        let doses: Vec<Value> = entry
            .doses
            .iter()
            .map(|dose| {
                json!({
                    "number": dose.number, "vaccine": dose.vaccine, "batch": dose.batch,
                    "place": dose.place, "date": dose.given_on.map(|on| on.to_string()),
                    "certificate": dose.certificate,
                })
            })
            .collect();
        let person = json!({
            "name": entry.name.as_str(), "birth_date": entry.birth.to_string(),
            "phone": entry.phone.as_ref().map(|phone| phone.as_str()),
            "group": entry.group.map(|group| group.as_str()),
            "eligible_from": entry.eligible_from.map(|from| from.to_string()),
            "blocked": entry.blocked, "regency": entry.regency, "doses": doses,
        });
        record.put(entry.nik.as_str(), without_nulls(person), "person");
    }
}

/// What is not known is not said.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let known = fields.into_iter().filter(|(_, value)| !value.is_null());
            known.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// Where the record is that the gateway has to ask.
fn record_section(record: &SatuData) -> String {
    let satudata::Settings { client, secret, .. } = record.settings();
    format!(
        "\n[record]\nfrom = \"outside\"\nurl = \"{}\"\nclient = \"{client}\"\n\
         secret = \"{secret}\"\npull_seconds = 2\n",
        record.url()
    )
}

/// Runs a gateway alone until it is told to stop.
pub fn alone(file: &Path) -> Result<ExitCode, String> {
    serve::run(Config::read(file).map_err(|error| error.to_string())?)
}

fn configuration(country: &Country, menus: &[PathBuf]) -> Result<String, Failed> {
    let folders = menus.iter().map(std::path::absolute).collect::<Result<Vec<_>, _>>()?;
    let folders: Vec<_> = folders.iter().map(|folder| quoted(folder)).collect();
    let folders = folders.join(", ");
    let database = country.data.join(DATABASE);
    let database = quoted(Path::new(&format!("sqlite:{}", database.display())));
    let mut text = format!(
        "[database]\nurl = {database}\n\n[http]\nlisten = \"127.0.0.1:0\"\n\n\
         [log]\nfilter = \"warn\"\n\n[menu]\nfolders = [{folders}]\n"
    );
    for (at, operator) in country.operators.iter().enumerate() {
        let prefixes = PREFIXES.get(at).copied().unwrap_or_default();
        let name = operator.name.to_lowercase();
        let (dialect, address) = (operator.dialect, operator.address);
        let (system_id, password) = (&operator.account.system_id, &operator.account.password);
        let number = dialect::named(dialect).and_then(|dialect| dialect.telephone());
        let push = number.map(|number| format!("push_from = \"{number}\"\n")).unwrap_or_default();
        write!(text, "\n[operator.{name}]\ndialect = \"{dialect}\"\n{push}")?;
        write_sms(&mut text, &name, operator.ids, prefixes, PER_SECOND)?;
        write!(
            text,
            "\n[[operator.{name}.link]]\naddress = \"{address}\"\nsystem_id = \"{system_id}\"\npassword = \"{password}\"\n"
        )?;
    }
    for aggregator in &country.aggregators {
        let settings = aggregator.settings();
        let (account, provider) = (&settings.account, settings.provider.name());
        let proof = match &settings.proof {
            Proof::Hmac(secret) | Proof::Replay { key: secret, .. } => {
                format!("proof = \"hmac\"\nsecret = \"{secret}\"")
            }
            Proof::Header(secret) => format!("proof = \"header\"\nsecret = \"{secret}\""),
            Proof::Nothing => "proof = \"open\"".to_owned(),
        };
        write!(
            text,
            "\n[callback.{account}]\nprovider = \"{provider}\"\n{proof}\n\
             allow = [\"127.0.0.0/8\"]\nurl = \"http://gateway.example{}\"\n",
            aggregator.path()
        )?;
    }
    if let Some(cloud) = &country.cloud {
        text.push_str(&whatsapp_section(cloud)?);
    }
    if let Some(record) = &country.record {
        text.push_str(&record_section(record));
    }
    Ok(text)
}

/// A path as a TOML string.
fn quoted(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
