//! Plays a story over HTTP: a phone at an aggregator of the simulated country, which calls the
//! whole gateway for every step.

use std::collections::HashMap;

use setara::{
    app::Gateway,
    config::{Callback, Config},
    menu::story::{Act, Session, Story},
};
use simulator::{
    aggregator::{Aggregator, Retries, Settings, post::Proof, provider::Provider},
    phone::{Phone, PhoneError, Screen},
};

use crate::{Seen, country::Country};

const SECRET: &str = "known to these two alone";

pub async fn run(country: &Country, provider: &str, story: &Story) -> Seen {
    let provider = Provider::named(provider).expect("a provider of the simulator");
    let proof = Proof::Hmac(SECRET.into());
    let settings = Settings::new("Gerbang", provider, "gerbang", proof, &["*119#", "*131#"]);
    let aggregator = Aggregator::start(settings);
    let config = connected(&country.config, provider);
    let mut gateway = start(&config, &aggregator).await;
    let mut phones: HashMap<String, Phone> = HashMap::new();
    let mut current = String::new();
    let mut seen = Seen::new();
    let mut last: Option<Screen> = None;
    for (at, step) in story.steps.iter().enumerate() {
        if let Act::Phone(number) = &step.act {
            current.clone_from(number);
            if !phones.contains_key(number) {
                let number = number.parse().expect("a number of the simulator");
                let phone = Phone::new(&aggregator, number).await.expect("a phone");
                phones.insert(current.clone(), phone);
            }
            continue;
        }
        if step.act == Act::Restart {
            gateway.shutdown().await;
            gateway = start(&config, &aggregator).await;
            continue;
        }
        // Where messages are not numbered, what was answered is not repeated: there the connection
        // falls before the reply is heard, and the step is sent again.
        let again = story.steps.get(at + 1).is_some_and(|next| next.act == Act::Again);
        let lossy = again && !provider.numbers();
        aggregator.retry(if lossy { Retries::EveryStep } else { Retries::Off });
        let phone = phones.get_mut(&current).expect("a story begins with `phone`");
        let screen = match &step.act {
            Act::Again if !provider.numbers() => last.clone().map(Ok),
            act => done(phone, act).await,
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
    aggregator.stop().await;
    gateway.shutdown().await;
    seen
}

async fn done(phone: &mut Phone, act: &Act) -> Option<Result<Screen, PhoneError>> {
    match act {
        Act::Dial(string) => Some(phone.dial(string).await),
        Act::Type(answer) => Some(phone.answer(answer).await),
        Act::Again => Some(phone.repeat_last().await),
        Act::HangUp => phone.hang_up().await.map(|()| None).transpose(),
        Act::LoseSignal => phone.drop_signal().await.map(|()| None).transpose(),
        Act::Cut => phone.network_abort().await.map(|()| None).transpose(),
        Act::Phone(_) | Act::Restart => None,
    }
}

/// The configuration with one account in it.
fn connected(config: &Config, provider: Provider) -> Config {
    let text = format!(
        "provider = \"{}\"\nproof = \"hmac\"\nsecret = \"{SECRET}\"\n\
         url = \"https://gateway.example/ussd/gerbang\"",
        provider.name()
    );
    let account: Callback = toml::from_str(&text).expect("an account");
    let mut config = config.clone();
    config.callback.insert("gerbang".into(), account);
    config
}

async fn start(config: &Config, aggregator: &Aggregator) -> Gateway {
    let gateway = Gateway::start(config).await.expect("a gateway");
    aggregator.calls(gateway.http());
    gateway
}
