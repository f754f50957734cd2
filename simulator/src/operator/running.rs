//! The task behind an operator network: connects the two centres with phones and links.
//!
//! A `submit_sm` with `ussd_service_op` is for the USSD centre, one without for the SMS centre.
//! Answers that have to wait are kept here, in the order in which they are due.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use setara::smpp::session::ReplyTo;

use super::centre::{Answered, Centre, DeliveryId, Effect};
use super::dialect::Dialect;
use super::face::{Air, AirKind, Face, Figures, NotNow};
use super::message::{Deliver, Submit, USSD_SERVICE_OP};
use super::sms::faults::Faults;
use super::sms::{self, Epoch, Exchange};
use super::smsc::{self, Delivers, Delivery, FromLink, LinkId, ToLink};
use super::speech::Refusal;
use super::{Act, LinkView, PhoneEvent, Settings};
use crate::number::Number;
use crate::wire::{now, sleep_until};

/// How many events of one phone are kept for a slow watcher.
const PHONE_EVENTS: usize = 32;
/// Answers that wait at once; a further one is given early.
const ANSWERS_MAX: usize = 100_000;

pub(super) enum Command {
    Act(Number, Act, oneshot::Sender<Result<(), NotNow>>),
    Watch(Number, oneshot::Sender<(Face, broadcast::Receiver<PhoneEvent>)>),
    Overhear(Number, oneshot::Sender<broadcast::Receiver<PhoneEvent>>),
    Inbox(Number, u64, oneshot::Sender<Vec<sms::Text>>),
    Figures(oneshot::Sender<Figures>),
    SmsFigures(oneshot::Sender<sms::figures::Figures>),
    Faults(oneshot::Sender<Faults>),
    SetFaults(Faults, oneshot::Sender<()>),
    Outage(Duration, oneshot::Sender<usize>),
    CutLinks(oneshot::Sender<usize>),
    Stop(oneshot::Sender<()>),
}

/// What the task holds on to for others.
pub(super) struct Sides {
    pub air: broadcast::Sender<Air>,
    pub links_view: watch::Sender<Vec<LinkView>>,
    /// Dropped, it closes the port and ends every bind.
    pub open: watch::Sender<()>,
    /// Until when binds are refused.
    pub out_of_order: watch::Sender<Option<Instant>>,
    pub accepting: JoinHandle<()>,
}

pub(super) struct Running {
    centre: Centre,
    exchange: Exchange,
    links: Vec<Link>,
    /// Where the round over the links goes on.
    next_link: usize,
    watched: HashMap<Number, broadcast::Sender<PhoneEvent>>,
    /// Answers that wait, by the time when they are due and the order in which they came.
    answers: BTreeMap<(Instant, u64), (LinkId, ToLink)>,
    serial: u64,
    /// Which message of a phone is waited for a reply to, and the links it went out on.
    asked: HashMap<Number, (DeliveryId, Vec<LinkId>)>,
    /// Replies on a link that their question did not go out on.
    strays: u64,
    sides: Sides,
}

struct Link {
    id: LinkId,
    view: LinkView,
    delivers: Delivers,
    to: mpsc::Sender<ToLink>,
}

impl Running {
    #[expect(clippy::disallowed_methods, reason = "a network has a wall clock of its own")]
    pub fn new(settings: Settings, sides: Sides) -> Self {
        let Settings { dialect, codes, timing, sms, .. } = settings;
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_ms = u64::try_from(unix.as_millis()).unwrap_or_default();
        Self {
            centre: Centre::new(dialect, codes, timing),
            exchange: Exchange::new(sms, Epoch { at: now(), unix_ms }),
            links: Vec::new(),
            next_link: 0,
            watched: HashMap::new(),
            answers: BTreeMap::new(),
            serial: 0,
            asked: HashMap::new(),
            strays: 0,
            sides,
        }
    }

    pub async fn run(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut links: mpsc::Receiver<FromLink>,
    ) {
        loop {
            let answer = self.answers.keys().next().map(|(due, _)| *due);
            let timers = [self.centre.poll_timeout(), self.exchange.poll_timeout(), answer];
            let timer = timers.into_iter().flatten().min();
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Stop(done)) => {
                        drop(links);
                        self.stop().await;
                        let _ = done.send(());
                        return;
                    }
                    Some(command) => self.command(command),
                    None => return,
                },
                Some(event) = links.recv() => self.link(event),
                () = sleep_until(timer) => {}
            }
            self.work(now());
        }
    }

    /// Binds whose orders end unbind; the port closes when the last is gone.
    async fn stop(mut self) {
        self.links.clear();
        drop(self.sides.open);
        if let Err(error) = self.sides.accepting.await {
            tracing::warn!(%error, "the port ended with an error");
        }
    }

    fn command(&mut self, command: Command) {
        // Nobody waits for an answer any more: then nobody is told.
        match command {
            Command::Act(number, act, done) => drop(done.send(self.act(number, act))),
            Command::Watch(number, done) => drop(done.send(self.watch(number))),
            Command::Figures(done) => drop(done.send(self.figures())),
            Command::Overhear(number, done) => drop(done.send(self.news(number))),
            Command::Inbox(number, after, done) => {
                drop(done.send(self.exchange.inbox(number, after)));
            }
            Command::SmsFigures(done) => drop(done.send(self.exchange.figures(now()))),
            Command::Faults(done) => drop(done.send(self.exchange.faults())),
            Command::SetFaults(faults, done) => {
                self.exchange.set_faults(faults);
                let _ = done.send(());
            }
            Command::Outage(lasts, done) => {
                self.sides.out_of_order.send_replace(Some(now() + lasts));
                let _ = done.send(self.cut_links());
            }
            Command::CutLinks(done) => drop(done.send(self.cut_links())),
            Command::Stop(_) => {}
        }
    }

    fn figures(&self) -> Figures {
        Figures { strays: self.strays, ..self.centre.figures() }
    }

    fn cut_links(&self) -> usize {
        for link in &self.links {
            let _ = link.to.try_send(ToLink::Cut);
        }
        self.links.len()
    }

    fn act(&mut self, number: Number, act: Act) -> Result<(), NotNow> {
        let now = now();
        match act {
            Act::Dial(text) => self.centre.dial(number, &text, now),
            Act::Answer(text) => self.centre.answer(number, &text, now),
            Act::Read => self.centre.read(number, now),
            Act::HangUp => self.centre.hang_up(number, now),
            Act::NetworkAbort => self.centre.network_abort(number, now),
            Act::Signal(signal) => {
                self.exchange.set_signal(number, signal, now);
                self.centre.set_signal(number, signal)
            }
            Act::Text { to, text } => self.exchange.text(number, &to, &text),
            Act::RepeatLast => self.centre.repeat_last(number, now),
        }
    }

    fn watch(&mut self, number: Number) -> (Face, broadcast::Receiver<PhoneEvent>) {
        // Whoever is looked at is switched on; a full network has no room for it.
        let _ = self.centre.attach(number);
        (self.centre.face(number), self.news(number))
    }

    fn news(&mut self, number: Number) -> broadcast::Receiver<PhoneEvent> {
        self.watched.retain(|_, news| news.receiver_count() > 0);
        let news =
            self.watched.entry(number).or_insert_with(|| broadcast::Sender::new(PHONE_EVENTS));
        news.subscribe()
    }

    fn link(&mut self, event: FromLink) {
        match event {
            FromLink::Bound { id, view, delivers, to } => {
                tracing::info!(system_id = view.system_id, kind = view.kind, "gateway bound");
                self.links.push(Link { id, view, delivers, to });
                self.show_links();
            }
            FromLink::Submit { id, reply, submit } => {
                let Some(link) = self.links.iter().find(|link| link.id == id) else { return };
                self.serial += 1;
                if submit.optional(USSD_SERVICE_OP).is_some() {
                    self.strays += u64::from(self.is_stray(id, &submit));
                    let taken = self.centre.submit(&link.view.system_id, &submit, now());
                    let says = taken.map(|()| format!("{:x}{:08x}", id.0, self.serial));
                    self.answer(id, ToLink::Answer(reply, says.map_err(Refusal::status)));
                } else {
                    self.take(id, reply, &submit, now());
                }
            }
            FromLink::Delivered { delivery: Delivery::Sms(delivery), answered, .. } => {
                self.exchange.delivered(delivery, answered, now());
            }
            FromLink::Delivered { id, delivery: Delivery::Ussd(delivery), answered } => {
                let link = self.links.iter().find(|link| link.id == id);
                let account = link.map_or("", |link| &link.view.system_id);
                self.centre.delivered(delivery, account, answered, now());
            }
            FromLink::Down { id } => {
                tracing::info!("bind gone");
                self.links.retain(|link| link.id != id);
                self.show_links();
            }
        }
    }

    /// Whether the phone's last words went out on other links only. A push answers nothing.
    fn is_stray(&self, id: LinkId, submit: &Submit) -> bool {
        let phone = Dialect::addressee(submit).ok();
        let asked = phone.and_then(|phone| self.asked.get(&phone));
        asked.is_some_and(|(_, links)| !links.contains(&id))
    }

    /// A message for a phone's inbox.
    fn take(&mut self, id: LinkId, reply: ReplyTo, submit: &Submit, now: Instant) {
        let sms::Answer { says, after } = self.exchange.submit(submit, now);
        let answer = ToLink::Answer(reply, says.map_err(sms::Refusal::status));
        if after.is_zero() || self.answers.len() >= ANSWERS_MAX {
            self.answer(id, answer);
        } else {
            self.answers.insert((now + after, self.serial), (id, answer));
        }
    }

    fn answer(&self, id: LinkId, answer: ToLink) {
        if let Some(link) = self.links.iter().find(|link| link.id == id) {
            // Places for answers are reserved, and a closed bind needs none.
            let _ = link.to.try_send(answer);
        }
    }

    fn show_links(&self) {
        self.sides
            .links_view
            .send_replace(self.links.iter().map(|link| link.view.clone()).collect());
    }

    fn work(&mut self, now: Instant) {
        self.centre.handle_timeout(now);
        self.exchange.handle_timeout(now);
        while let Some(due) = self.answers.first_entry().filter(|first| first.key().0 <= now) {
            let (link, answer) = due.remove();
            self.answer(link, answer);
        }
        while let Some(effect) = self.centre.poll_effect() {
            match effect {
                Effect::Deliver(delivery, message) => self.deliver(delivery, message),
                Effect::Face(number, face) => self.tell(number, PhoneEvent::Face(face)),
                Effect::Came(number, reply, taken) => {
                    self.tell(number, PhoneEvent::Came(reply, taken));
                }
                Effect::Air(air) => drop(self.sides.air.send(air)),
            }
        }
        while let Some(effect) = self.exchange.poll_effect() {
            match effect {
                sms::Effect::Arrived(number, text) => self.tell(number, PhoneEvent::Text(text)),
                sms::Effect::Air(number, passed, length) => {
                    let kind = AirKind::Sms(passed);
                    let _ = self.sides.air.send(Air { number, kind, length });
                }
            }
        }
        while self.links.iter().any(Link::takes)
            && let Some((delivery, message)) = self.exchange.poll_deliver(now)
        {
            if self.carry(Delivery::Sms(delivery), message).is_none() {
                self.exchange.delivered(delivery, Answered::NoLink, now);
            }
        }
    }

    fn tell(&self, number: Number, event: PhoneEvent) {
        if let Some(news) = self.watched.get(&number) {
            // Whoever watched may have gone.
            let _ = news.send(event);
        }
    }

    fn deliver(&mut self, delivery: DeliveryId, message: Deliver) {
        let phone = message.source.text.parse().ok();
        match self.carry(Delivery::Ussd(delivery), message) {
            None => self.centre.delivered(delivery, "", Answered::NoLink, now()),
            Some(link) => {
                let Some(phone) = phone else { return };
                let (asked, links) = self.asked.entry(phone).or_insert((delivery, Vec::new()));
                if *asked != delivery {
                    (*asked, *links) = (delivery, Vec::new());
                }
                links.push(link);
            }
        }
    }

    /// Links take turns; one whose queue is full is passed over. Gives the one that took the message.
    fn carry(&mut self, delivery: Delivery, message: Deliver) -> Option<LinkId> {
        for _ in 0..self.links.len() {
            self.next_link = (self.next_link + 1) % self.links.len();
            let Some(link) = self.links.get(self.next_link).filter(|link| link.takes()) else {
                continue;
            };
            if link.to.try_send(ToLink::Deliver(delivery, message.clone())).is_ok() {
                return Some(link.id);
            }
        }
        None
    }
}

impl Link {
    fn takes(&self) -> bool {
        self.delivers == Delivers::Yes && self.to.capacity() > smsc::RESERVED
    }
}
