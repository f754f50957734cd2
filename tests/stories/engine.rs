//! Plays a story against the engine: no wire, but a real database and every turn stored.

use crate::{Seen, country::Country};
use setara::{
    channel::{Channel, Inbound, Once, Sureness, ussd::mmi},
    clock,
    conversation::{End, Signal, Then},
    identity::Msisdn,
    menu::story::{Act, Session, Story},
};

pub async fn run(country: &Country, story: &Story) -> Seen {
    let mut running = country.start().await;
    let mut phone = None;
    let mut last = None;
    let mut seen = Seen::new();
    for (turn, step) in story.steps.iter().enumerate() {
        let signal = match &step.act {
            Act::Phone(number) => {
                phone = Some(Msisdn::parse(number).expect("a phone number"));
                continue;
            }
            Act::LoseSignal => continue,
            Act::Restart => {
                running.stop().await;
                running = country.start().await;
                continue;
            }
            Act::Dial(string) => dialled(string),
            Act::Type(answer) => Signal::Answer(answer.clone()),
            Act::HangUp => Signal::Abort(End::UserAbort),
            Act::Cut => Signal::Abort(End::NetworkAbort),
            Act::Again => last.clone().map(|(_, signal)| signal).expect("something to repeat"),
        };
        let number = match &step.act {
            Act::Again => last.as_ref().map_or(turn, |(number, _)| *number),
            _ => turn,
        };
        last = Some((number, signal.clone()));
        let first = matches!(signal, Signal::Begin(_) | Signal::BeginWithNik);
        let dialect = &country.config.dialect["plain"];
        let inbound = Inbound {
            channel: Channel::Ussd,
            from: phone.clone().expect("a story begins with `phone`"),
            service: "pedulilindungi".into(),
            signal,
            once: Once {
                message: number.to_string().into_bytes(),
                said: number.to_string().into_bytes(),
                sureness: Sureness::Sure,
            },
            at: clock::now(),
            frame: if first { dialect.first_frame() } else { dialect.next_frame() },
            open_for: dialect.open_for(),
        };
        let answer = running.engine.take(inbound).expect("room").answer().await.expect("an answer");
        if step.act.shows() {
            let reply = answer.reply.expect("a reply");
            let session = match reply.then {
                Then::Wait => Session::Open,
                Then::Close => Session::Closed,
            };
            seen.push((step.line, reply.text, session));
        }
    }
    running.stop().await;
    seen
}

fn dialled(string: &str) -> Signal {
    let dialled = mmi::parse(string).expect("a dial string");
    if dialled.contains_nik() { Signal::BeginWithNik } else { Signal::Begin(dialled.groups) }
}
