//! The operator's SMSC: takes binds, carries messages both ways, and understands none of them.
//!
//! One task for the port, one for each connection. Every queue is bounded: a gateway that sends
//! faster than the network thinks is throttled by the session. // SMPP 3.4 §2.2 (binds), §4.1

use bytes::Bytes;
use setara::smpp::pdu::{self, Bind, BindKind, CommandStatus, Message, Tag};
use setara::smpp::session::{
    Event, Inbound, NotSent, Outcome, ReplyTo, Session, Settings, TimerSettings,
};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::centre::{Answered, DeliveryId};
use super::message::{Address, Deliver, Submit};
use super::sms;
use super::{Account, LinkView};
use crate::wire::{Wire, now};

/// Binds at one time; further connections wait in the port's backlog.
const LINKS_MAX: usize = 256;
/// Messages of a gateway that may wait for the network's answer, on one bind; of the network, that fill the
/// window of a bind and those that wait for it. As many as a gateway lets in.
const INBOUND: usize = 4096;
/// What may wait for a bind's task: its answers, and as many messages again.
const TO_LINK: usize = 4 * INBOUND;
/// With fewer free places than this, a bind gets no further messages, only its answers.
pub(super) const RESERVED: usize = 2 * INBOUND;
/// How long the binds may take to end when the network stops.
const GOODBYE: Duration = Duration::from_secs(3);
/// The interface version that the SMSC says it speaks: 3.4. `// SMPP 3.4 §5.2.4`
const VERSION: u8 = 0x34;

/// Names a bind for as long as the SMSC runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LinkId(pub(super) u64);

/// A message on its way to the gateway, of either centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Ussd(DeliveryId),
    Sms(sms::DeliveryId),
}

/// Who may come in, and when.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub accounts: Vec<Account>,
    /// Until then every bind is refused.
    pub out_of_order: watch::Receiver<Option<Instant>>,
}

/// What a bind tells the network.
#[derive(Debug)]
pub(super) enum FromLink {
    Bound { id: LinkId, view: LinkView, delivers: Delivers, to: mpsc::Sender<ToLink> },
    Submit { id: LinkId, reply: ReplyTo, submit: Submit },
    Delivered { id: LinkId, delivery: Delivery, answered: Answered },
    Down { id: LinkId },
}

/// Whether a bind takes messages from the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivers {
    Yes,
    No,
}

/// What the network tells a bind.
#[derive(Debug)]
pub(super) enum ToLink {
    Deliver(Delivery, Deliver),
    /// The message id, or the `command_status` of the refusal.
    Answer(ReplyTo, Result<String, u32>),
    /// Drop the connection without a word.
    Cut,
}

/// Takes connections until `open` is dropped; then gives the binds a moment to unbind.
pub(super) async fn accept(
    listener: TcpListener,
    door: Door,
    network: mpsc::Sender<FromLink>,
    mut open: watch::Receiver<()>,
) {
    let mut links = JoinSet::new();
    let mut next = 0;
    loop {
        while links.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept(), if links.len() < LINKS_MAX => accepted,
            Some(_) = links.join_next(), if links.len() >= LINKS_MAX => continue,
            _ = open.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                next += 1;
                links.spawn(serve(stream, LinkId(next), door.clone(), network.clone()));
            }
            Err(error) => {
                // Out of file handles: others may close soon.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let all = async { while links.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GOODBYE, all).await;
}

/// How often the SMSC asks a silent gateway whether it is there, and what else takes how long.
const TIMERS: TimerSettings = TimerSettings {
    session_init: Duration::from_secs(10),
    enquire_link: Some(Duration::from_secs(30)),
    inactivity: None,
    response: Duration::from_secs(10),
};

async fn serve(stream: TcpStream, id: LinkId, door: Door, network: mpsc::Sender<FromLink>) {
    let settings = Settings {
        window: INBOUND,
        queue: INBOUND,
        inbound: INBOUND,
        timers: TIMERS,
        ..Settings::default()
    };
    let session = Session::smsc(settings, now());
    let Ok(wire) = Wire::new(stream, session) else { return };
    let (to, orders) = mpsc::channel(TO_LINK);
    let mut link = Link { id, wire, door, network, to: Some(to), unsent: Vec::new() };
    link.run(orders).await;
    let _ = link.network.send(FromLink::Down { id }).await;
    link.wire.finish().await;
}

struct Link {
    id: LinkId,
    wire: Wire<Delivery>,
    door: Door,
    network: mpsc::Sender<FromLink>,
    /// Handed to the network with the bind.
    to: Option<mpsc::Sender<ToLink>>,
    /// What the session did not take, to be told to the network.
    unsent: Vec<(Delivery, Answered)>,
}

impl Link {
    async fn run(&mut self, mut orders: mpsc::Receiver<ToLink>) {
        let mut stopping = false;
        while self.wire.session.closed().is_none() {
            tokio::select! {
                () = self.wire.turn() => {}
                order = orders.recv(), if !stopping => match order {
                    Some(ToLink::Cut) => self.wire.session.handle_closed(),
                    Some(order) => self.carry(order),
                    // The network has been stopped.
                    None => {
                        stopping = true;
                        self.wire.session.unbind(now());
                    }
                },
            }
            while let Ok(order) = orders.try_recv() {
                match order {
                    ToLink::Cut => self.wire.session.handle_closed(),
                    order => self.carry(order),
                }
            }
            if self.tell().await.is_none() && !stopping {
                stopping = true;
                self.wire.session.unbind(now());
            }
        }
        // What was on the way when the bind ended is told as unknown.
        let _ = self.tell().await;
        while let Ok(order) = orders.try_recv() {
            if let ToLink::Deliver(delivery, _) = order {
                let _ = self.delivered(delivery, Answered::Unknown).await;
            }
        }
    }

    fn carry(&mut self, order: ToLink) {
        match order {
            ToLink::Deliver(delivery, message) => {
                let message = on_the_wire(message);
                let deadline = now() + TIMERS.response;
                let session = &mut self.wire.session;
                if let Err(refused) = session.submit(&message, delivery, deadline, now()) {
                    tracing::debug!(why = %refused.why, "a message could not be sent");
                    self.unsent.extend(
                        answered(Outcome::NotSent(refused.why))
                            .map(|answered| (delivery, answered)),
                    );
                }
            }
            ToLink::Answer(reply, says) => {
                let (status, message_id) = match says {
                    Ok(id) => (CommandStatus::ROK, Bytes::from(id)),
                    Err(status) => (CommandStatus(status), Bytes::new()),
                };
                let session = &mut self.wire.session;
                if let Err(error) = session.respond(reply, status, message_id, now()) {
                    tracing::warn!(%error, "an answer could not be sent");
                }
            }
            ToLink::Cut => {}
        }
    }

    /// Tells the network what the session has. `None` when there is no network any more.
    async fn tell(&mut self) -> Option<()> {
        for (delivery, answered) in std::mem::take(&mut self.unsent) {
            self.delivered(delivery, answered).await?;
        }
        while let Some(event) = self.wire.session.poll_event() {
            match event {
                Event::BindRequested(bind) => self.admit(&bind).await?,
                Event::Inbound(Inbound { message, reply, .. }) => {
                    let submit = off_the_wire(&message);
                    self.network
                        .send(FromLink::Submit { id: self.id, reply, submit })
                        .await
                        .ok()?;
                }
                Event::Settled { token, outcome } => {
                    if let Some(answered) = answered(outcome) {
                        self.delivered(token, answered).await?;
                    }
                }
                // The network's own timer decides.
                Event::TimedOut { .. } => {}
                Event::Odd { command, oddity, .. } => {
                    tracing::debug!(%command, ?oddity, "an odd PDU from the gateway");
                }
                Event::Closed(why) => tracing::debug!(%why, "a bind ended"),
                Event::Bound { .. } | Event::Alert(_) => {}
            }
        }
        Some(())
    }

    async fn delivered(&self, delivery: Delivery, answered: Answered) -> Option<()> {
        let event = FromLink::Delivered { id: self.id, delivery, answered };
        self.network.send(event).await.ok()
    }

    async fn admit(&mut self, bind: &Bind) -> Option<()> {
        let account =
            self.door.accounts.iter().find(|known| bind.system_id == known.system_id.as_bytes());
        let out_of_order = self.door.out_of_order.borrow().is_some_and(|until| now() < until);
        let refusal = match account {
            _ if out_of_order => Some(CommandStatus::RSYSERR),
            None => Some(CommandStatus::RINVSYSID),
            Some(account) if bind.password != account.password.as_bytes() => {
                Some(CommandStatus::RINVPASWD)
            }
            Some(_) => None,
        };
        if let Some(status) = refusal {
            tracing::warn!(%status, "a bind was refused");
            self.wire.session.refuse(status);
            return Some(());
        }
        if let Err(error) =
            self.wire.session.admit(Bytes::from_static(b"simulator"), Some(VERSION), now())
        {
            tracing::warn!(%error, "a bind could not be answered");
        }
        let Some(to) = self.to.take() else { return Some(()) };
        let kind = match bind.kind {
            BindKind::Receiver => "receiver",
            BindKind::Transmitter => "transmitter",
            BindKind::Transceiver => "transceiver",
        };
        let system_id = String::from_utf8_lossy(&bind.system_id).into_owned();
        let view = LinkView { system_id, kind };
        let delivers = if bind.kind.receives() { Delivers::Yes } else { Delivers::No };
        self.network.send(FromLink::Bound { id: self.id, view, delivers, to }).await.ok()
    }
}

/// What the outcome of a `deliver_sm` means to the network; nothing, where its own timer decides.
fn answered(outcome: Outcome) -> Option<Answered> {
    match outcome {
        Outcome::Accepted { .. } => Some(Answered::Status(0)),
        Outcome::Rejected(status) | Outcome::Nacked(status) => Some(Answered::Status(status.0)),
        Outcome::TimedOut => None,
        Outcome::NotSent(NotSent::Encode(_)) => {
            Some(Answered::Status(CommandStatus::RDELIVERYFAILURE.0))
        }
        Outcome::LinkLost | Outcome::NotSent(_) => Some(Answered::Unknown),
    }
}

fn on_the_wire(deliver: Deliver) -> Message {
    let address = |Address { ton, npi, text }| pdu::Address::new(ton, npi, text);
    let mut message =
        Message::new(address(deliver.source), address(deliver.destination), deliver.text);
    message.service_type = Bytes::from_static(deliver.service_type.as_bytes());
    message.data_coding = deliver.data_coding;
    message.esm_class = deliver.esm_class;
    for (tag, value) in deliver.optional {
        message.tlvs.push(Tag(tag), value);
    }
    message
}

fn off_the_wire(message: &Message) -> Submit {
    let text = |octets: &Bytes| String::from_utf8_lossy(octets).into_owned();
    let address = |address: &pdu::Address| Address {
        ton: address.ton,
        npi: address.npi,
        text: text(&address.octets),
    };
    Submit {
        service_type: text(&message.service_type),
        source: address(&message.source),
        destination: address(&message.destination),
        esm_class: message.esm_class,
        registered_delivery: message.registered_delivery,
        validity: text(&message.validity),
        data_coding: message.data_coding,
        text: message.text_octets().to_vec(),
        optional: message.tlvs.iter().map(|tlv| (tlv.tag.0, tlv.value.to_vec())).collect(),
    }
}
