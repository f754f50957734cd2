//! Starts the real gateway beside the simulated country, configured by a file as anybody would.
//!
//! The only file of the simulator that knows more of the gateway than its SMPP wire. The two still
//! talk over sockets alone.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use setara::app::Gateway;
use setara::cli::record::{self, Database, RecordCommand, SampleArgs};
use setara::config::Config;
use simulator::play::Country;

const DATABASE: &str = "setara.db";

type Failed = Box<dyn Error + Send + Sync>;

/// How many people are in the record, the well-known cases first.
const PEOPLE: u64 = 1000;

/// Writes the gateway's configuration into the country's data directory, fills a new database with
/// sample people, and starts the gateway there.
pub async fn start(country: &Country, menus: &[PathBuf]) -> Result<Gateway, Failed> {
    let file = country.data.join("setara.toml");
    std::fs::write(&file, configuration(country, menus)?)?;
    let config = Config::read(&file)?;
    setara::cli::serve::log(&config)?;
    if !country.data.join(DATABASE).exists() {
        let sample = SampleArgs { people: PEOPLE, seed: 1, out: None };
        let database = Database { url: &config.database.url, key_file: &config.vault.key_file };
        record::run(RecordCommand::Sample(sample), database).await?;
    }
    Ok(Gateway::start(&config).await?)
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
        write!(
            text,
            "\n[operator.{name}]\ndialect = \"{dialect}\"\n\n[[operator.{name}.link]]\n\
             address = \"{address}\"\nsystem_id = \"{system_id}\"\npassword = \"{password}\"\n"
        )?;
    }
    Ok(text)
}

/// A path as a TOML string.
fn quoted(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
