//! Plays a story over real sockets, with the whole gateway behind them: on a phone of the simulated
//! network, with its USSD centre and an SMPP link, or of an aggregator, which calls for every step.

use std::collections::HashMap;

use setara::{
    app::Gateway,
    config::{Callback, Config, LinkConfig, Operator as Account},
    menu::story::{Act, Session, Story},
};
use simulator::{
    aggregator::{Aggregator, Retries, Settings, post::Proof, provider::Provider},
    operator::{self, Operator, dialect},
    phone::{Phone, PhoneError, Screen},
};

use crate::{Seen, country::Country, support::log};

const SECRET: &str = "known to these two alone";

const CODES: [&str; 2] = ["*119#", "*131#"];

/// What stands between a phone and the gateway.
pub enum Road {
    /// A network, and the name of its dialect.
    Network(Operator, &'static str),
    /// An aggregator, and how it speaks.
    Aggregator(Aggregator, Provider),
}

pub async fn run(country: &Country, road: Road, story: &Story) -> Seen {
    let config = road.connected(&country.config);
    let mut gateway = road.start(&config).await;
    let mut phones: HashMap<String, Phone> = HashMap::new();
    let mut current = String::new();
    let mut seen = Seen::new();
    let mut last: Option<Screen> = None;
    for (at, step) in story.steps.iter().enumerate() {
        if let Act::Phone(number) = &step.act {
            current.clone_from(number);
            if !phones.contains_key(number) {
                phones.insert(current.clone(), road.phone(number).await);
            }
            continue;
        }
        if matches!(step.act, Act::Close(_) | Act::Open(_) | Act::Silent(_)) {
            country.staff(&step.act).await.expect("what staff do");
            continue;
        }
        if step.act == Act::Restart {
            gateway.shutdown().await;
            gateway = road.start(&config).await;
            continue;
        }
        road.expect(story.steps.get(at + 1).map(|next| &next.act));
        let phone = phones.get_mut(&current).expect("a story begins with `phone`");
        let screen = match &step.act {
            Act::Dial(string) => Some(phone.dial(string).await),
            Act::Type(answer) => Some(phone.answer(answer).await),
            Act::Again => road.again(phone, last.as_ref()).await,
            Act::HangUp => phone.hang_up().await.map(|()| None).transpose(),
            Act::LoseSignal => phone.drop_signal().await.map(|()| None).transpose(),
            Act::Cut => phone.network_abort().await.map(|()| None).transpose(),
            Act::Phone(_) | Act::Restart | Act::Close(_) | Act::Open(_) | Act::Silent(_) => None,
            Act::Text(_) => panic!("texts are another road"),
        };
        match screen {
            Some(Ok(screen)) => {
                let session = if screen.open { Session::Open } else { Session::Closed };
                seen.push((step.line, screen.text.clone(), session));
                last = Some(screen);
            }
            Some(Err(error)) => {
                seen.push((step.line, format!("line {}: {error}", step.line), Session::Closed));
                break;
            }
            None => {}
        }
    }
    road.stop(gateway).await;
    seen
}

impl Road {
    pub async fn network(dialect: &'static str) -> Self {
        let account = operator::Account { system_id: "setara".into(), password: "secret".into() };
        let network = Operator::start(operator::Settings {
            name: "Nusantara".into(),
            listen: "127.0.0.1:0".parse().expect("an address"),
            accounts: vec![account],
            dialect: dialect::named(dialect).expect("a dialect of the simulator"),
            codes: CODES.map(str::to_owned).to_vec(),
            timing: Default::default(),
            sms: Default::default(),
        });
        Self::Network(network.await.expect("a network"), dialect)
    }

    pub async fn aggregator(provider: &'static str) -> Self {
        let provider = Provider::named(provider).expect("a provider of the simulator");
        let proof = Proof::Hmac(SECRET.into());
        let settings = Settings::new("Gerbang", provider, "gerbang", proof, &CODES);
        Self::Aggregator(Aggregator::start(settings), provider)
    }

    /// The configuration with one operator, or one account, in it.
    fn connected(&self, config: &Config) -> Config {
        let mut config = config.clone();
        match self {
            Self::Network(network, dialect) => {
                let account = Account {
                    dialect: Some((*dialect).into()),
                    push_from: None,
                    sms: None,
                    link: vec![link(network)],
                };
                config.operator.insert("nusantara".into(), account);
            }
            Self::Aggregator(_, provider) => {
                let text = format!(
                    "provider = \"{}\"\nproof = \"hmac\"\nsecret = \"{SECRET}\"\n\
                     url = \"https://gateway.example/ussd/gerbang\"",
                    provider.name()
                );
                let account: Callback = toml::from_str(&text).expect("an account");
                config.callback.insert("gerbang".into(), account);
            }
        }
        config
    }

    async fn start(&self, config: &Config) -> Gateway {
        let gateway = Gateway::start(config).await.expect("a gateway");
        match self {
            Self::Network(network, _) => network.bound(1).await.expect("the link"),
            Self::Aggregator(aggregator, _) => aggregator.calls(gateway.http()),
        }
        gateway
    }

    async fn phone(&self, number: &str) -> Phone {
        let number = number.parse().expect("a number of the simulator");
        match self {
            Self::Network(network, _) => Phone::new(network, number).await,
            Self::Aggregator(aggregator, _) => Phone::new(aggregator, number).await,
        }
        .expect("a phone")
    }

    /// Prepares a step by what follows it. Where messages are not numbered, what was answered is not
    /// repeated: there the connection falls before the reply is heard, and the step is sent again.
    fn expect(&self, next: Option<&Act>) {
        if let Self::Aggregator(aggregator, provider) = self {
            let lossy = next == Some(&Act::Again) && !provider.numbers();
            aggregator.retry(if lossy { Retries::EveryStep } else { Retries::Off });
        }
    }

    /// The last message comes again.
    async fn again(
        &self,
        phone: &mut Phone,
        last: Option<&Screen>,
    ) -> Option<Result<Screen, PhoneError>> {
        match self {
            Self::Network(network, _) => {
                // The link is lost before the network heard our confirmation (it did, so that the
                // repetition is only this one), and the message comes again on the next bind.
                while network.figures().await.expect("a network").unconfirmed > 0 {
                    tokio::task::yield_now().await;
                }
                network.cut_links().await.expect("a network");
                network.links().wait_for(Vec::is_empty).await.expect("a network");
                network.bound(1).await.expect("the link");
                Some(phone.repeat_last().await)
            }
            // It has come twice already.
            Self::Aggregator(_, provider) if !provider.numbers() => last.cloned().map(Ok),
            Self::Aggregator(..) => Some(phone.repeat_last().await),
        }
    }

    async fn stop(self, gateway: Gateway) {
        log::metrics(gateway.http()).await;
        match self {
            Self::Network(network, _) => {
                gateway.shutdown().await;
                network.stop().await;
            }
            Self::Aggregator(aggregator, _) => {
                aggregator.stop().await;
                gateway.shutdown().await;
            }
        }
    }
}

/// The link to a network.
pub fn link(network: &Operator) -> LinkConfig {
    let text = format!(
        "address = \"{}\"\nsystem_id = \"setara\"\npassword = \"secret\"",
        network.address()
    );
    toml::from_str(&text).expect("a link")
}
