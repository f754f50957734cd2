//! The engine alone, with its database and its lanes, and no link or web side: how menus are tried
//! out. Every turn is taken and stored as in the gateway.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinHandle;

use crate::{
    app::{StartError, keyring, rules, waiting},
    certificate::keys::InUse,
    channel::{AnswerBy, Channel, Inbound, Once, Sureness, sms, ussd, ussd::Room, whatsapp},
    clock::Timestamp,
    config::Config,
    conversation::{End, Reply, Signal},
    engine::{Engine, TurnError},
    front::waiting::Waiting,
    identity::{ChatId, Msisdn},
    menu::view::Frame,
    menus::Menus,
    store::{Store, StoreOptions},
    telemetry::Metrics,
    vault::Vault,
};

/// A running engine without a network.
pub struct Alone {
    /// The engine.
    pub engine: Engine,
    lanes: Vec<JoinHandle<()>>,
}

/// What is done on a phone.
#[derive(Clone, PartialEq, Eq)]
pub enum Keyed {
    /// A string is dialled.
    Dial(String),
    /// An answer is typed.
    Answer(String),
    /// A text is written to the short code.
    Text(String),
    /// The session ends.
    End(End),
}

/// Why a turn came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AloneError {
    /// No service is dialled so.
    #[error("no service is dialled like this")]
    NoSuchCode,
    /// The engine did not take it.
    #[error(transparent)]
    Turn(#[from] TurnError),
}

/// A phone.
pub struct Line {
    from: Msisdn,
    /// The room of its network.
    room: Room,
    /// How it writes.
    writes: Channel,
}

/// Nobody hangs up what is written: it stays open as long as a chat does.
const A_DAY: Duration = Duration::from_secs(86_400);

impl Line {
    /// A phone that has dialled nothing yet, and writes texts to the short code.
    pub fn new(from: Msisdn, room: Room) -> Self {
        Self { from, room, writes: Channel::Sms }
    }

    /// A phone that only writes texts.
    pub fn texts(from: Msisdn) -> Self {
        let room = room(sms::frame());
        Self::new(from, room)
    }

    /// A chat that is bound to its phone.
    pub fn chat(from: Msisdn) -> Self {
        let room = room(whatsapp::frame());
        Self { from, room, writes: Channel::Whatsapp }
    }
}

/// What is written has one room, and no answers of a session: nothing cuts them.
fn room(frame: Frame) -> Room {
    Room { first: frame, next: frame, input: u16::MAX, open_for: A_DAY }
}

fn chat(phone: &Msisdn, message: usize) -> AnswerBy {
    let chat = ChatId::new(None, Some(phone.as_str().trim_start_matches('+')));
    // A phone number is one.
    let Ok(chat) = chat else { return AnswerBy::Session };
    AnswerBy::Chat { chat, answers: (message as u128).to_be_bytes() }
}

impl Alone {
    /// Starts an engine on the database of a configuration.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let vault = Vault::open_or_create_file(&config.vault.key_file)?;
        let options = StoreOptions::default();
        let store = Store::open(&config.database.url, vault.clone(), options).await?;
        let keyring = InUse::new(keyring(config)?);
        let shelf = Menus::new(config, &vault, &keyring).open(&store).await?;
        let (engine, lanes) = Engine::new(store, vault, shelf, rules(config));
        let lanes = lanes.into_iter().map(|lane| tokio::spawn(lane.run())).collect();
        // Here nobody makes rounds: what came free is offered when the engine starts.
        let metrics = Arc::new(Metrics::new(engine.batches()));
        waiting::round(&Waiting::new(engine.clone(), metrics, config)).await;
        Ok(Self { engine, lanes })
    }

    /// Takes what is done at a moment as a turn. `message` tells it from every other of this phone; the same
    /// one again is a repetition.
    ///
    /// # Errors
    /// See [`AloneError`].
    pub async fn turn(
        &self,
        line: &Line,
        keyed: Keyed,
        message: usize,
        at: Timestamp,
    ) -> Result<Option<Reply>, AloneError> {
        let (mut channel, mut answer_by) = (Channel::Ussd, AnswerBy::Session);
        let (service, signal, frame) = match keyed {
            Keyed::Dial(string) => {
                let shelf = self.engine.shelf();
                let (service, signal) = shelf.dialled(&string).ok_or(AloneError::NoSuchCode)?;
                (Some(service.menu.service().to_owned()), signal, line.room.first)
            }
            Keyed::Answer(text) => {
                let text = ussd::typed(&text, line.room.input);
                (None, Signal::Answer(text), line.room.next)
            }
            Keyed::Text(text) => {
                // The reply is a notice too, as in the gateway; here nobody sends it.
                let frame = match line.writes {
                    Channel::Whatsapp => {
                        answer_by = chat(&line.from, message);
                        whatsapp::frame()
                    }
                    Channel::Ussd | Channel::Sms => {
                        answer_by = AnswerBy::Notice { route: String::new() };
                        sms::frame()
                    }
                };
                channel = line.writes;
                let shelf = self.engine.shelf();
                let (service, signal) = shelf.written(&text);
                (service.map(|service| service.menu.service().to_owned()), signal, frame)
            }
            Keyed::End(end) => (None, Signal::Abort(end), line.room.next),
        };
        let said = message.to_string().into_bytes();
        let inbound = Inbound {
            channel,
            from: line.from.clone(),
            service,
            signal,
            once: Once { message: said.clone(), said, sureness: Sureness::Sure },
            at,
            session: None,
            frame,
            open_for: line.room.open_for,
            answer_by,
        };
        Ok(self.engine.take(inbound)?.answer().await?.reply)
    }

    /// Finishes what is taken in, and closes the database.
    pub async fn stop(self) {
        let store = self.engine.store().clone();
        drop(self.engine);
        for lane in self.lanes {
            // A lane that panicked has been told on standard error; nothing of it is left to wait for.
            let _ = lane.await;
        }
        store.close().await;
    }
}
