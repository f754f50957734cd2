//! The whole country at once: networks, a gateway, and the page; until somebody says stop.
//!
//! [`run`] knows no gateway. Whoever calls it gives a function that starts one, told where the
//! operators are and where data may lie, and one that stops it. The order of the end is the reverse
//! of the beginning: page, gateway, networks, data.

use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::aggregator::post::Proof;
use crate::aggregator::provider::Provider;
use crate::aggregator::{self, Aggregator};
use crate::network::Network;
use crate::number::Number;
use crate::operator::centre::Timing;
use crate::operator::dialect::Dialect;
use crate::operator::sms;
use crate::operator::sms::parts::Concatenation;
use crate::operator::sms::receipt::{Ids, Spelling};
use crate::operator::{Account, Operator, Settings};
use crate::page::{Page, SamplePerson};
use crate::satudata::{self, SatuData};
use crate::whatsapp::{self, Cloud};

/// The first service's code on every network.
pub const CODE: &str = "*119#";
/// The code of the second service, a clinic's queue.
const QUEUE_CODE: &str = "*131#";
/// The code of officers, who register others; networks know it by [`CODE`].
const OFFICER_CODE: &str = "*119*77#";
/// The short code for texts on every network.
pub const SHORT_CODE: &str = "1199";
/// Invented names, one for each dialect there is.
const NETWORK_NAMES: [&str; 6] =
    ["Nusantara", "Selat", "Katulistiwa", "Samudra", "Cakrawala", "Bahari"];
/// Invented names, one for each aggregator there is.
const AGGREGATOR_NAMES: [&str; 7] =
    ["Gerbang", "Lintas", "Sambung", "Sapa", "Temu", "Antar", "Hubung"];
/// The phones on the page, in turn on each network: numbers of the first sample people.
const PHONES: [&str; 2] = ["081290000001", "081290000010"];

/// What the country consists of.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the page is served.
    pub page: SocketAddr,
    /// One network for each.
    pub dialects: Vec<&'static Dialect>,
    /// One aggregator for each.
    pub providers: Vec<Provider>,
    /// Port of the first SMSC, the next ones follow it; `None` takes free ones.
    pub first_port: Option<u16>,
    /// Where data is kept; `None` takes a fresh directory that is removed at the end.
    pub keep: Option<PathBuf>,
    /// The cloud of the chat phone; `None` for a country without WhatsApp.
    pub whatsapp: Option<whatsapp::Settings>,
    /// The national record over HTTP; `None` where the gateway keeps it itself.
    pub record: Option<satudata::Settings>,
}

/// What a gateway has to know of the country.
#[derive(Debug, Clone)]
pub struct Country {
    /// Where each operator's SMSC is, and how to bind.
    pub operators: Vec<OperatorAddress>,
    /// The aggregators, which have to be told where the gateway is.
    pub aggregators: Vec<Aggregator>,
    /// WhatsApp, which has to be told where the gateway is.
    pub cloud: Option<Cloud>,
    /// The national record, where the gateway does not keep it itself.
    pub record: Option<SatuData>,
    /// An existing directory for the gateway's data.
    pub data: PathBuf,
}

/// One operator, as the gateway's configuration wants it.
#[derive(Debug, Clone)]
pub struct OperatorAddress {
    /// Name of the network.
    pub name: String,
    /// Name of the dialect it speaks.
    pub dialect: &'static str,
    /// Where the SMSC listens.
    pub address: SocketAddr,
    /// Who may bind.
    pub account: Account,
    /// How it writes message ids.
    pub ids: Ids,
}

/// Why the country could not be started.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// An SMSC's port cannot be opened.
    #[error("cannot listen for the gateway on port {port}: {error}")]
    Operator {
        /// The port, 0 for any.
        port: u16,
        /// Why.
        error: io::Error,
    },
    /// The port of the Cloud API cannot be opened.
    #[error("cannot serve the Cloud API: {0}")]
    Cloud(io::Error),
    /// The port of Satu Data cannot be opened.
    #[error("cannot serve Satu Data: {0}")]
    Record(io::Error),
    /// The page's port cannot be opened.
    #[error("cannot serve the page at {address}: {error}")]
    Page {
        /// Where it should have been.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The directory for data cannot be made.
    #[error("cannot make the directory {directory}: {error}")]
    Directory {
        /// Which one.
        directory: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Signals cannot be heard.
    #[error("cannot wait for Ctrl-C: {0}")]
    Signal(io::Error),
    /// The gateway did not start.
    #[error("the gateway did not start: {0}")]
    Gateway(Box<dyn Error + Send + Sync>),
}

/// Starts everything, tells where the page is, and stops everything at Ctrl-C or SIGTERM.
///
/// `start` begins a gateway and names people to try it with; `stop` ends it in good order.
pub async fn run<G>(
    plan: Plan,
    start: impl AsyncFnOnce(&Country) -> Result<(G, Vec<SamplePerson>), Box<dyn Error + Send + Sync>>,
    stop: impl AsyncFnOnce(G),
) -> Result<(), PlayError> {
    let stopped = stop_signal().map_err(PlayError::Signal)?;
    let data = DataDirectory::new(plan.keep.clone())?;
    let operators = start_operators(&plan).await?;
    let aggregators = start_aggregators(&plan);
    let cloud = match plan.whatsapp.clone() {
        Some(settings) => Some(Cloud::start(settings).await.map_err(PlayError::Cloud)?),
        None => None,
    };
    let record = match plan.record.clone() {
        Some(settings) => Some(SatuData::start(settings).await.map_err(PlayError::Record)?),
        None => None,
    };
    let country = Country {
        operators: operators.iter().map(address_of).collect(),
        aggregators: aggregators.clone(),
        cloud: cloud.clone(),
        record: record.clone(),
        data: data.path().to_owned(),
    };
    let (gateway, people) = start(&country).await.map_err(PlayError::Gateway)?;
    let networks = operators.iter().map(Network::from);
    let networks: Vec<_> = networks.chain(aggregators.iter().map(Network::from)).collect();
    let page = Page {
        phones: phones(operators.len().max(1)),
        networks: networks.clone(),
        people,
        codes: vec![CODE.to_owned(), QUEUE_CODE.to_owned(), OFFICER_CODE.to_owned()],
        short_code: SHORT_CODE.to_owned(),
        cloud: cloud.clone(),
        record: record.clone(),
    };
    let page = page
        .serve(plan.page)
        .await
        .map_err(|error| PlayError::Page { address: plan.page, error })?;
    for OperatorAddress { name, dialect, address, account, .. } in &country.operators {
        let system_id = &account.system_id;
        println!("network {name} ({dialect}): SMSC at {address}, system_id {system_id}");
    }
    for aggregator in &country.aggregators {
        let aggregator::Settings { name, provider, .. } = aggregator.settings();
        println!("network {name} ({}): calls {}", provider.name(), aggregator.path());
    }
    if let Some(cloud) = &cloud {
        println!("WhatsApp: Cloud API at {}", cloud.api());
    }
    if let Some(record) = &record {
        println!(
            "Satu Data: {}, what goes wrong: on the page, or PUT /simulator/faults",
            record.url()
        );
    }
    println!("open http://{}/ and dial {CODE}; Ctrl-C ends", page.address());
    stopped.await;
    println!("stopping");
    page.stop().await;
    stop(gateway).await;
    if let Some(cloud) = cloud {
        cloud.stop().await;
    }
    if let Some(record) = record {
        record.stop().await;
    }
    for network in networks {
        network.stop().await;
    }
    Ok(())
}

/// Starts the networks of a plan, one for each dialect.
pub async fn start_operators(plan: &Plan) -> Result<Vec<Operator>, PlayError> {
    let mut operators = Vec::new();
    let ports = plan.first_port.map_or(0..=0, |first| first..=u16::MAX);
    let mut ports = ports.chain(std::iter::repeat(0));
    let names = plan.dialects.iter().zip(NETWORK_NAMES.iter().cycle());
    for (at, (&dialect, name)) in names.enumerate() {
        let port = ports.next().unwrap_or_default();
        let settings = Settings {
            name: (*name).to_owned(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port),
            accounts: vec![account()],
            dialect,
            codes: vec![CODE.to_owned(), QUEUE_CODE.to_owned()],
            timing: Timing::default(),
            sms: sms(at),
        };
        let operator =
            Operator::start(settings).await.map_err(|error| PlayError::Operator { port, error })?;
        operators.push(operator);
    }
    Ok(operators)
}

/// Starts the aggregators of a plan. The first proves itself by a signature, the others, as most
/// can no better, by a secret in a header.
pub fn start_aggregators(plan: &Plan) -> Vec<Aggregator> {
    let names = plan.providers.iter().zip(AGGREGATOR_NAMES.iter().cycle()).enumerate();
    names
        .map(|(at, (&provider, name))| {
            let proof =
                if at == 0 { Proof::Hmac(SECRET.into()) } else { Proof::Header(SECRET.into()) };
            let account = name.to_lowercase();
            Aggregator::start(aggregator::Settings::new(
                name,
                provider,
                &account,
                proof,
                &[CODE, QUEUE_CODE],
            ))
        })
        .collect()
}

/// The secret of every aggregator of the country.
const SECRET: &str = "simulasi-negeri-dalam-kotak";

/// How each network in turn carries SMS: no two write ids and receipts alike.
fn sms(at: usize) -> sms::Settings {
    const WAYS: [(Ids, Spelling, Concatenation); 6] = [
        (Ids::Decimal, Spelling::Full, Concatenation::Udh),
        (Ids::Hex, Spelling::Plain, Concatenation::Sar),
        (Ids::LeadingZeros, Spelling::Capitals, Concatenation::Udh),
        (Ids::Decimal, Spelling::Seconds, Concatenation::Sar),
        (Ids::Hex, Spelling::Full, Concatenation::Udh),
        (Ids::Decimal, Spelling::TlvsOnly, Concatenation::Udh),
    ];
    let (ids, spelling, concatenation) = WAYS[at % WAYS.len()];
    let short_codes = vec![SHORT_CODE.to_owned()];
    sms::Settings { short_codes, ids, spelling, concatenation, ..sms::Settings::default() }
}

/// The account under which a gateway binds to every network of the country.
pub fn account() -> Account {
    Account { system_id: "setara".to_owned(), password: "simulasi".to_owned() }
}

fn address_of(operator: &Operator) -> OperatorAddress {
    OperatorAddress {
        name: operator.name().to_owned(),
        dialect: operator.dialect().name,
        address: operator.address(),
        account: account(),
        ids: operator.ids(),
    }
}

fn phones(networks: usize) -> Vec<(Number, usize)> {
    let numbers = PHONES.iter().filter_map(|text| text.parse().ok());
    numbers.enumerate().map(|(at, number)| (number, at % networks.max(1))).collect()
}

/// Registers for Ctrl-C and SIGTERM at once, and waits for either.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// A directory that is kept, or removed when this is dropped.
#[derive(Debug)]
/// A directory for a run's data, removed at the end unless it is to be kept.
pub struct DataDirectory {
    path: PathBuf,
    at_end: AtEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtEnd {
    Keep,
    Remove,
}

impl DataDirectory {
    /// The directory `keep`, or a fresh one.
    pub fn new(keep: Option<PathBuf>) -> Result<Self, PlayError> {
        let failed = |directory: &Path| {
            let directory = directory.to_owned();
            move |error| PlayError::Directory { directory, error }
        };
        if let Some(path) = keep {
            std::fs::create_dir_all(&path).map_err(failed(&path))?;
            return Ok(Self { path, at_end: AtEnd::Keep });
        }
        let name = format!("setara-simulator-{:016x}", rand::random::<u64>());
        let path = std::env::temp_dir().join(name);
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new().mode(0o700).create(&path).map_err(failed(&path))?;
        Ok(Self { path, at_end: AtEnd::Remove })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for DataDirectory {
    fn drop(&mut self) {
        if self.at_end == AtEnd::Remove
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            tracing::warn!(%error, "the data directory could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_directory_goes_and_a_kept_one_stays() {
        let fresh = DataDirectory::new(None).unwrap();
        let path = fresh.path().to_owned();
        assert!(path.is_dir());
        drop(fresh);
        assert!(!path.exists());

        let kept = DataDirectory::new(Some(path.clone())).unwrap();
        drop(kept);
        assert!(path.is_dir());
        std::fs::remove_dir(path).unwrap();
    }
}
