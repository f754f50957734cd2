//! Sends what is for chats at the number's pace, and hears what came of it; what there is comes from
//! `claim`.

mod claim;

use std::{
    collections::{HashMap, HashSet, VecDeque, hash_map::RandomState},
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    cloud::{Answer, Cloud, Renewed},
    papers::Papers,
};
use crate::{
    app::{
        nodes::Budget,
        outbox::{
            LOOK_AGAIN, Measure, Patience, Reminders, Running, TO_END, answered::Answered,
            journal::Journal, now, queues::Queues, settlement,
        },
        stop::{self, Stop},
    },
    channel::whatsapp::{
        frame::{Template, Templates},
        render::{self, Address},
        stored_name,
    },
    clock::{self, Timestamp},
    config::Config,
    engine::Engine,
    identity::ChatId,
    menu::language::Language,
    outbox::{
        Class, Fate, NoticeId, Recipient,
        chat::{self, Follow, Meaning, Standing},
        line::Line,
        pace::{Pace, below},
        pair::Pairs,
        route::{Routes, WHATSAPP},
        work::{Claimed, Letter, Settlement, Verdict},
    },
    store::Store,
    telemetry::Metrics,
};

/// How often the database is looked at when nobody rings.
const LOOK: Duration = Duration::from_millis(500);

/// The shortest time between two looks: on a busy day the bell never stops, and mostly rings for others.
const BREATH: Duration = Duration::from_millis(20);

/// How long nothing goes when the provider cannot be reached.
const UNREACHED: Duration = Duration::from_secs(1);

/// A notice whose user may not be written to so soon waits here for so long; for longer, it goes back
/// to the database.
const SOON: Duration = Duration::from_secs(1);

/// A claim that took longer waited for a database that was away.
const SLOW: Duration = Duration::from_millis(500);

/// For so long a template is let be that the provider did not take.
const SHUT: Duration = Duration::from_secs(300);

pub struct Sender {
    cloud: Cloud,
    papers: Papers,
    store: Store,
    reminders: Reminders,
    routes: Routes,
    patience: Patience,
    metrics: Arc<Metrics>,
    settled: mpsc::Sender<Settlement>,
    /// What was answered of what may be claimed again.
    pub answered: Answered,
    journal: Journal,
    changes: mpsc::Sender<ChatId>,
    templates: Templates,
    /// Templates that the provider does not take, and until when they are let be.
    shut: HashMap<Shut, Instant>,
    /// Which campaigns may send.
    running: Arc<ArcSwap<Vec<Running>>>,
    at_once: usize,
    give_up: Duration,
    /// What is claimed and may go.
    line: Line<Item>,
    /// What was taken from the line and could not go yet, mostly because its user has a message under
    /// way. It goes before the line, so that what is for one user stays in order.
    behind: VecDeque<Item>,
    /// Users with a message under way.
    busy: HashSet<u64>,
    under_way: JoinSet<(Item, Instant, Answer)>,
    pace: Pace,
    budget: Budget,
    pairs: Pairs,
    /// Users with a message that waits to be tried again, and until when: what is younger waits, too.
    waits: HashMap<u64, (NoticeId, Timestamp)>,
    hasher: RandomState,
    /// What the last looks found.
    queues: Queues,
    /// The database was away: until then what is answered may be claimed again before it is written.
    slow_until: Instant,
    /// Nothing goes before.
    held: Instant,
    account: Account,
    /// When there was a new token: what left before had the old one.
    renewed: Instant,
    /// The pace, or a user, allows nothing before.
    not_before: Option<Instant>,
}

/// Whether the provider takes anything from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Account {
    Good,
    /// Not with this token, or not before somebody has done something; since then.
    Refused(Instant),
}

/// A claimed notice on its way.
struct Item {
    claimed: Claimed,
    letter: Letter,
    to: Address,
    user: u64,
    /// The network of the phone that it can go to instead.
    by_sms: Option<Arc<str>>,
    /// The language of its reader, if one was chosen.
    language: Option<Language>,
    form: Form,
    /// It is not sent after this: the lease would end before the answer came.
    until: Instant,
    /// When the database was last asked whether it is still wanted.
    looked: Instant,
}

/// A template: its name, and the code of its language.
type Shut = (String, String);

/// In which form it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Free,
    Template,
}

impl Sender {
    pub fn new(
        config: &Config,
        cloud: Cloud,
        engine: &Engine,
        metrics: &Arc<Metrics>,
        settled: mpsc::Sender<Settlement>,
        changes: mpsc::Sender<ChatId>,
        Measure { budget, running, journal }: Measure,
    ) -> Self {
        let (settings, patience) = (cloud.settings(), Patience::new(config));
        let (templates, at_once) = (settings.templates(), settings.at_once);
        let (pair_burst, give_up) = (settings.pair_burst, settings.give_up());
        // An answer that comes at the last moment still finds the lease; a document has two of them, and what
        // is left for its file ([`Cloud::document`]).
        let lease = patience.lease.max(4 * (settings.answer() + settings.connect()));
        Self {
            pace: Pace::new(below(settings.per_second), now()),
            budget,
            patience: Patience { lease, ..patience },
            cloud,
            papers: Papers::new(config, engine, metrics),
            store: engine.store().clone(),
            reminders: Reminders::new(engine.store().clone()),
            routes: config.routes(),
            metrics: Arc::clone(metrics),
            settled,
            answered: Answered::new(lease),
            journal,
            changes,
            templates,
            shut: HashMap::new(),
            running,
            at_once,
            give_up,
            line: Line::default(),
            behind: VecDeque::new(),
            busy: HashSet::new(),
            under_way: JoinSet::new(),
            pairs: Pairs::new(pair_burst),
            waits: HashMap::new(),
            hasher: RandomState::new(),
            queues: Queues::default(),
            slow_until: now(),
            held: now(),
            account: Account::Good,
            renewed: now(),
            not_before: None,
        }
    }

    /// Sends until told to stop; then hears what is under way to its end, and gives back the rest.
    pub async fn run(
        mut self,
        mut rung: watch::Receiver<()>,
        mut released: watch::Receiver<bool>,
        mut stop: watch::Receiver<Stop>,
    ) {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            // What a dead process had is ours again, before anything else is claimed.
            _ = released.wait_for(|released| *released) => {}
        }
        let (mut look_at, mut looked) = (now(), now());
        while *stop.borrow() != Stop::Now {
            if now() >= look_at {
                rung.mark_unchanged();
                let asked = now();
                look_at = asked + self.claim().await;
                looked = now();
                if looked >= asked + SLOW {
                    // What was answered meanwhile may just have been claimed again.
                    self.slow_until = looked + self.patience.lease;
                    while let Some(ended) = self.under_way.try_join_next() {
                        self.hear(ended.ok()).await;
                    }
                }
            }
            self.fill().await;
            let wake_at = self.not_before.unwrap_or(look_at).min(look_at);
            tokio::select! {
                Some(ended) = self.under_way.join_next(), if !self.under_way.is_empty() => {
                    self.hear(ended.ok()).await;
                    // There is room again.
                    if self.waiting() == 0 && self.queues.have_more() {
                        look_at = looked + BREATH;
                    }
                }
                () = tokio::time::sleep_until(wake_at.into()) => {}
                rung = rung.changed() => {
                    if rung.is_ok() && now() >= self.held {
                        look_at = look_at.min(looked + BREATH);
                    }
                }
                () = stop::told(&mut stop) => {}
            }
        }
        self.end().await;
    }

    /// Claimed, and not sent yet.
    fn waiting(&self) -> usize {
        self.line.len() + self.behind.len()
    }

    /// Sends as much as may be under way.
    async fn fill(&mut self) {
        self.not_before = None;
        let mut soon = Vec::new();
        while self.under_way.len() < self.at_once {
            let at = now();
            if at < self.held {
                self.not_before = Some(self.held);
                break;
            }
            let Some(item) = self.next() else { break };
            let Some(item) = self.still_ours(item, at).await else { continue };
            match self.pairs.take(item.user, at) {
                Ok(()) => {}
                Err(again) if again <= at + SOON => {
                    self.may_wake_at(again);
                    soon.push(item);
                    continue;
                }
                Err(again) => {
                    self.metrics.outbox().tried_again(WHATSAPP, "pair_pace");
                    let due = clock::now().plus(again - at);
                    self.settle(&item, given_back(&item, due)).await;
                    continue;
                }
            }
            self.pace.share(self.budget.share(WHATSAPP, at), at);
            if let Err(again) = self.pace.take(1, at) {
                self.pairs.give_back(item.user);
                self.behind.push_front(item);
                self.may_wake_at(again);
                break;
            }
            self.send(item, at);
        }
        for item in soon.into_iter().rev() {
            self.behind.push_front(item);
        }
    }

    fn may_wake_at(&mut self, at: Instant) {
        self.not_before = Some(self.not_before.map_or(at, |before| before.min(at)));
    }

    /// What goes next: the oldest whose user has just become free, or the head of the line. Whoever has
    /// a message under way gets the next one after it.
    fn next(&mut self) -> Option<Item> {
        let free = self.behind.iter().position(|item| !self.busy.contains(&item.user));
        if let Some(item) = free.and_then(|at| self.behind.remove(at)) {
            return Some(item);
        }
        while let Some(item) = self.line.take() {
            if !self.busy.contains(&item.user) {
                return Some(item);
            }
            self.behind.push_back(item);
        }
        None
    }

    /// Nothing leaves whose lease is nearly over, that is of no use any more, was taken back, or at an hour
    /// that has become indecent.
    async fn still_ours(&mut self, mut item: Item, at: Instant) -> Option<Item> {
        let clock = clock::now();
        let lane = item.claimed.lane;
        let verdict = if let Some(answered) = self.answered.of(item.claimed.id) {
            answered
        } else if at >= item.until {
            given_back(&item, clock)
        } else if let Some(verdict) = self.unwanted(&mut item, at, clock).await {
            verdict
        } else if item.claimed.expires <= clock {
            Verdict::Ended(item.claimed.doubt.out_of_time())
        } else if !self.patience.hours.allow(lane, clock) {
            given_back(&item, self.patience.hours.decent(lane.zone, clock))
        } else if let Some(due) = self.has_to_wait(&item, clock) {
            given_back(&item, due)
        } else if item.form == Form::Template && self.template(&item, at).is_none() {
            // The provider has just refused the template; the next look finds another way.
            given_back(&item, clock)
        } else {
            match self.reminders.stands(&item.claimed).await {
                Some(true) => return Some(item),
                Some(false) => Verdict::Ended(Fate::Cancelled),
                None => given_back(&item, clock.plus(LOOK_AGAIN)),
            }
        };
        self.settle(&item, verdict).await;
        None
    }

    /// How a broadcast is settled that waited here for a while and is not wanted any more, or of which nobody
    /// knows.
    async fn unwanted(&self, item: &mut Item, at: Instant, clock: Timestamp) -> Option<Verdict> {
        if !item.claimed.lane.class.is_broadcast() || at < item.looked + LOOK {
            return None;
        }
        match self.store.unwanted(&[item.claimed.id]).await {
            Ok(unwanted) => match unwanted.get(&item.claimed.id) {
                Some(Some(fate)) => Some(Verdict::Ended(*fate)),
                Some(None) => Some(given_back(item, clock)),
                None => {
                    item.looked = at;
                    None
                }
            },
            Err(error) => {
                tracing::error!(account = WHATSAPP, %error, "nobody knows what is wanted");
                self.metrics.outbox().database_failed();
                Some(given_back(item, clock))
            }
        }
    }

    /// Until when an older message of the same user waits to be tried again. Broadcasts have no order.
    fn has_to_wait(&self, item: &Item, clock: Timestamp) -> Option<Timestamp> {
        let (older, due) = self.waits.get(&item.user)?;
        let waits = *older < item.claimed.id && *due > clock;
        (waits && !item.claimed.lane.class.is_broadcast()).then_some(*due)
    }

    /// The template that an item can still go in. A template for news is none for codes (131062): those
    /// have the SMS.
    fn template(&self, item: &Item, at: Instant) -> Option<&Template> {
        let template = match &item.letter.framed {
            Some(framed) => self.templates.for_text(framed.text_of(), &framed.language),
            None if item.claimed.lane.class == Class::Code || item.claimed.campaign != 0 => None,
            None => self.templates.for_notice(item.language.as_ref()),
        }?;
        let shut = self.shut.get(&shut_as(template)).is_some_and(|until| at < *until);
        (!shut).then_some(template)
    }

    fn send(&mut self, item: Item, at: Instant) {
        self.busy.insert(item.user);
        let cloud = self.cloud.clone();
        if item.form == Form::Free
            && let Some(enclosure) = item.letter.enclosure.clone()
        {
            let papers = self.papers.clone();
            self.under_way.spawn(async move {
                let text = &item.letter.text;
                let answer = papers.send(&cloud, &item.to, &enclosure, text, at).await;
                (item, at, answer)
            });
            return;
        }
        let message = self.write(&item);
        self.under_way.spawn(async move {
            let answer = cloud.send(&message).await;
            (item, at, answer)
        });
    }

    fn write(&self, item: &Item) -> Value {
        let template = (item.form == Form::Template).then(|| self.template(item, now())).flatten();
        match template {
            Some(template) => {
                let values = template.filled(&item.letter.text, item.letter.framed.as_ref());
                render::template(&item.to, template, &values)
            }
            None => render::message(&item.to, &item.letter.text, item.letter.card.as_ref()),
        }
    }

    /// Takes in one end. `None` is a task that broke down: its lease runs out.
    async fn hear(&mut self, ended: Option<(Item, Instant, Answer)>) {
        let Some((item, left, answer)) = ended else {
            if self.under_way.is_empty() {
                self.busy.clear();
            }
            return;
        };
        self.busy.remove(&item.user);
        match answer {
            Answer::Taken(message_id) => {
                self.pairs.took(item.user);
                self.account = Account::Good;
                let message_id = match message_id.as_str() {
                    "" => String::new(),
                    name => stored_name(name),
                };
                let account = WHATSAPP.into();
                let left = clock::now().minus(now().saturating_duration_since(left));
                self.settle(&item, Verdict::Sent { account, message_id, left }).await;
            }
            Answer::Refused { status, code } => {
                let meaning = chat::meaning(status, code);
                self.understand(item, left, meaning, code.unwrap_or(status.into())).await;
            }
            Answer::Unclear => self.understand(item, left, Meaning::Unclear, 0).await,
            Answer::Unsent => {
                self.pairs.give_back(item.user);
                self.held = self.held.max(now() + UNREACHED);
                self.understand(item, left, Meaning::Later, 0).await;
            }
        }
    }

    /// `code` is for the log: of the API's table, or else of HTTP.
    async fn understand(&mut self, mut item: Item, left: Instant, meaning: Meaning, code: u32) {
        let at = now();
        let mut wait = Duration::ZERO;
        match meaning {
            Meaning::Throttled { after } => {
                self.pairs.give_back(item.user);
                self.pace.too_fast(left, at);
                if after > SOON {
                    self.held = self.held.max(at + after);
                }
            }
            Meaning::PairRate => wait = self.pairs.too_fast(item.user, at),
            Meaning::TokenExpired | Meaning::Stopped => {
                self.pairs.give_back(item.user);
                if left < self.renewed || self.renew() == Renewed::Yes {
                    self.behind.push_front(item);
                    return;
                }
                if self.held <= at {
                    let why = meaning.as_str();
                    tracing::error!(code, why, "WhatsApp takes nothing: look after the account");
                }
                if self.account == Account::Good {
                    self.account = Account::Refused(at);
                }
                self.held = self.held.max(at + chat::HELD);
                if self.has_given_up() {
                    self.settle(&item, elsewhere(&item, clock::now())).await;
                    return;
                }
            }
            Meaning::IdentityChanged => {
                if let Recipient::Chat { chat, .. } = &item.letter.to {
                    let _ = self.changes.try_send(chat.clone());
                }
            }
            // The template, and not this message: whatever else would go in it goes by SMS for a while.
            Meaning::Refused if item.form == Form::Template && chat::is_of_template(code) => {
                if let Some(template) = self.template(&item, at) {
                    let name = &template.name;
                    tracing::error!(code, template = name, "WhatsApp does not take a template");
                    let template = shut_as(template);
                    self.shut.insert(template, at + SHUT);
                }
            }
            Meaning::Refused => {
                tracing::error!(code, "WhatsApp refuses a message: it is not as it should be");
                // The text says it without what it encloses.
                if item.letter.enclosure.take().is_some() {
                    self.behind.push_front(item);
                    return;
                }
            }
            _ => {}
        }
        let standing = Standing {
            class: item.claimed.lane.class,
            campaign: item.claimed.campaign,
            tries: item.claimed.tries,
            doubt: item.claimed.doubt,
            expires: item.claimed.expires,
            by_sms: item.by_sms.as_ref(),
            template: item.form == Form::Free && self.template(&item, at).is_some(),
        };
        let follow = chat::follow(meaning, &standing, wait, clock::now());
        if !matches!(follow, Follow::Settle(Verdict::Ended(_))) {
            self.metrics.outbox().tried_again(WHATSAPP, meaning.as_str());
        }
        match follow {
            Follow::Settle(verdict) => {
                let ordered = !item.claimed.lane.class.is_broadcast();
                if let Verdict::Again { due, .. } = verdict
                    && ordered
                {
                    self.waits.insert(item.user, (item.claimed.id, due));
                }
                self.settle(&item, verdict).await;
            }
            Follow::AsTemplate => {
                item.form = Form::Template;
                self.behind.push_front(item);
            }
        }
    }

    /// Reads the token again.
    fn renew(&mut self) -> Renewed {
        let renewed = self.cloud.renew_token();
        if renewed == Renewed::Yes {
            tracing::info!(account = WHATSAPP, "there is a new token");
            (self.account, self.renewed) = (Account::Good, now());
        }
        renewed
    }

    /// How an item ended stands in the journal at once: it may be what the provider answered.
    async fn settle(&self, item: &Item, verdict: Verdict) {
        let settlement = settlement(&item.claimed, verdict);
        let one = std::slice::from_ref(&settlement);
        self.journal.write(one);
        if now() < self.slow_until {
            self.answered.not_settled(one, now());
        }
        let _ = self.settled.send(settlement).await;
    }

    async fn end(mut self) {
        let until = now() + TO_END;
        while !self.under_way.is_empty() {
            let next = tokio::time::timeout_at(until.into(), self.under_way.join_next()).await;
            let Ok(Some(ended)) = next else { break };
            self.hear(ended.ok()).await;
        }
        let line: Vec<Item> = self.line.drain().collect();
        for item in line.iter().chain(&self.behind) {
            self.settle(item, given_back(item, clock::now())).await;
        }
    }
}

fn shut_as(template: &Template) -> Shut {
    (template.name.clone(), template.code().to_owned())
}

/// How a notice is settled that is not to wait for the account: by SMS, if there is a phone.
fn elsewhere(item: &Item, at: Timestamp) -> Verdict {
    match item.by_sms.clone() {
        Some(route) => Verdict::Reroute { route },
        None => given_back(item, at.plus(chat::HELD)),
    }
}

/// How a notice is settled that goes back untouched.
fn given_back(item: &Item, due: Timestamp) -> Verdict {
    let Claimed { tries, doubt, .. } = item.claimed;
    Verdict::Again { due, tries, parts: 0, doubt }
}
