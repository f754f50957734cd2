//! Starts the real gateway beside the simulated country, configured by a file as anybody would.
//!
//! The only file of the simulator that knows more of the gateway than its SMPP wire. The two still
//! talk over sockets alone.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use setara::app::Gateway;
use setara::cli::record::{self, Database, RecordCommand, SampleArgs};
use setara::cli::serve;
use setara::config::Config;
use simulator::aggregator::post::Proof;
use simulator::operator::dialect;
use simulator::play::Country;

const DATABASE: &str = "setara.db";
const TOKEN_FILE: &str = "setara.token";
/// Opens the admin pages. No secret: they listen on this machine alone, and all data are invented.
const TOKEN: &str = "simulasi-negeri-dalam-kotak";

type Failed = Box<dyn Error + Send + Sync>;

/// How many people are in the record, the well-known cases first.
const PEOPLE: u64 = 1000;

/// Writes the gateway's configuration into the country's data directory, fills a new database with
/// sample people, and starts the gateway there.
pub async fn start(country: &Country, menus: &[PathBuf]) -> Result<Gateway, Failed> {
    let file = country.data.join("setara.toml");
    std::fs::write(country.data.join(TOKEN_FILE), TOKEN)?;
    let admin = format!("\n[admin]\ntoken_file = \"{TOKEN_FILE}\"\n");
    std::fs::write(&file, configuration(country, menus)? + &admin)?;
    let config = Config::read(&file)?;
    serve::log(&config)?;
    if !country.data.join(DATABASE).exists() {
        fill(&file, PEOPLE).await?;
    }
    let gateway = Gateway::start(&config).await?;
    println!("gateway http://{}/, admin token {TOKEN}", gateway.http());
    for aggregator in &country.aggregators {
        aggregator.calls(gateway.http());
    }
    Ok(gateway)
}

/// Writes the configuration of a gateway under load: SQLite in the country's data directory, or
/// another database, and limits that no script reaches.
pub fn write_load_configuration(
    country: &Country,
    menus: &[PathBuf],
    database: Option<&str>,
) -> Result<PathBuf, Failed> {
    let mut text = configuration(country, menus)?;
    if let Some(url) = database {
        let file = quoted(Path::new(&format!("sqlite:{}", country.data.join(DATABASE).display())));
        text = text.replace(&format!("url = {file}"), &format!("url = {}", quoted(Path::new(url))));
    }
    text.push_str("window = 1000\n");
    text.push_str(
        "\n[limits]\nsubscriber_per_minute = 1000000\nsubscriber_burst = 1000000\n\
         link_per_second = 1000000\nglobal_per_second = 1000000\n",
    );
    let path = country.data.join("setara.toml");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Fills the record of a configuration with invented people.
pub async fn fill(file: &Path, people: u64) -> Result<(), Failed> {
    let config = Config::read(file)?;
    let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
    let sample = SampleArgs { people, seed: 1, out: None };
    record::run(RecordCommand::Sample(sample), database).await?;
    Ok(())
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
    for operator in &country.operators {
        let name = operator.name.to_lowercase();
        let (dialect, address) = (operator.dialect, operator.address);
        let (system_id, password) = (&operator.account.system_id, &operator.account.password);
        let number = dialect::named(dialect).and_then(|dialect| dialect.telephone());
        let push = number.map(|number| format!("push_from = \"{number}\"\n")).unwrap_or_default();
        write!(
            text,
            "\n[operator.{name}]\ndialect = \"{dialect}\"\n{push}\n[[operator.{name}.link]]\n\
             address = \"{address}\"\nsystem_id = \"{system_id}\"\npassword = \"{password}\"\n"
        )?;
    }
    for aggregator in &country.aggregators {
        let settings = aggregator.settings();
        let (account, provider) = (&settings.account, settings.provider.name());
        let proof = match &settings.proof {
            Proof::Hmac(secret) => format!("proof = \"hmac\"\nsecret = \"{secret}\""),
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
    Ok(text)
}

/// A path as a TOML string.
fn quoted(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
