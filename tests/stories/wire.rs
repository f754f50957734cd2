//! Plays a story over the wire: a phone of the simulated network, its USSD centre, an SMPP link,
//! and the whole gateway behind it.

use std::collections::HashMap;

use setara::{
    app::Gateway,
    config::{Config, LinkConfig, Operator as Account},
    menu::story::{Act, Session, Story},
};
use simulator::{
    operator::{self, Operator, dialect},
    phone::Phone,
};

use crate::{Seen, country::Country};

pub async fn run(country: &Country, dialect: &str, story: &Story) -> Seen {
    let network = Operator::start(operator::Settings {
        name: "Nusantara".into(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        accounts: vec![operator::Account { system_id: "setara".into(), password: "secret".into() }],
        dialect: dialect::named(dialect).expect("a dialect of the simulator"),
        codes: vec!["*119#".into(), "*131#".into()],
        timing: Default::default(),
    })
    .await
    .expect("a network");
    let config = connected(&country.config, dialect, &network);
    let mut gateway = start(&config, &network).await;
    let mut phones: HashMap<String, Phone> = HashMap::new();
    let mut current = String::new();
    let mut seen = Seen::new();
    for step in &story.steps {
        if let Act::Phone(number) = &step.act {
            current.clone_from(number);
            if !phones.contains_key(number) {
                let number = number.parse().expect("a number of the simulator");
                let phone = Phone::new(&network, number).await.expect("a phone");
                phones.insert(current.clone(), phone);
            }
            continue;
        }
        if step.act == Act::Restart {
            gateway.shutdown().await;
            gateway = start(&config, &network).await;
            continue;
        }
        let phone = phones.get_mut(&current).expect("a story begins with `phone`");
        let screen = match &step.act {
            Act::Dial(string) => Some(phone.dial(string).await),
            Act::Type(answer) => Some(phone.answer(answer).await),
            Act::Again => {
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
            Act::HangUp => phone.hang_up().await.map(|()| None).transpose(),
            Act::LoseSignal => phone.drop_signal().await.map(|()| None).transpose(),
            Act::Cut => phone.network_abort().await.map(|()| None).transpose(),
            Act::Phone(_) | Act::Restart => None,
        };
        match screen {
            Some(Ok(screen)) => {
                let session = if screen.open { Session::Open } else { Session::Closed };
                seen.push((step.line, screen.text, session));
            }
            Some(Err(error)) => {
                seen.push((step.line, format!("line {}: {error}", step.line), Session::Closed));
                break;
            }
            None => {}
        }
    }
    gateway.shutdown().await;
    network.stop().await;
    seen
}

/// The configuration with one operator in it.
fn connected(config: &Config, dialect: &str, network: &Operator) -> Config {
    let text = format!(
        "address = \"{}\"\nsystem_id = \"setara\"\npassword = \"secret\"",
        network.address()
    );
    let link: LinkConfig = toml::from_str(&text).expect("a link");
    let account =
        Account { dialect: Some(dialect.into()), push_from: None, sms: None, link: vec![link] };
    let mut config = config.clone();
    config.operator.insert("nusantara".into(), account);
    config
}

async fn start(config: &Config, network: &Operator) -> Gateway {
    let gateway = Gateway::start(config).await.expect("a gateway");
    network.bound(1).await.expect("the link");
    gateway
}
