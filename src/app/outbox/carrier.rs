//! Carries what is in the line over one link: keeps its window full, and hears what came of it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::{mpsc, watch};

use super::{
    LOOK_AGAIN, Reminders, TO_END,
    desk::{Desk, Item, Next, given_back, settlement},
    journal::Journal,
    now,
};
use crate::{
    app::stop::{self, Stop},
    clock::{self, Timestamp},
    outbox::{
        Fate,
        full::Whose,
        policy::{Meaning, after_failure, meaning},
        work::{Claimed, Doubt, Settlement, Verdict},
    },
    smpp::link::{Awaiting, Late, Link, LinkStatus, Outcome},
    store::Store,
    telemetry::Metrics,
};

/// So many windows without a single answer, and a link gets one message at a time: what a network that has
/// fallen silent, or breaks its links, leaves unanswered too often is lost.
const SILENT_WINDOWS: usize = 2;

/// How long a link is left alone that did not take a message.
const LINK_PAUSE: Duration = Duration::from_millis(50);

/// For so long it is believed that a broadcast is wanted.
const UNKNOWN: Duration = Duration::from_secs(2);

/// Carries until told to stop, and then until every message has ended.
pub async fn run(
    desk: Arc<Desk>,
    link: Link,
    store: Store,
    settled: mpsc::Sender<Settlement>,
    journal: Journal,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<Stop>,
) {
    let place = desk.links.iter().position(|own| own.name() == link.name());
    let Some(filled) = place.and_then(|place| desk.filled.get(place)).cloned() else { return };
    let mut status = link.status();
    let at_once = desk.at_once(&link);
    let mut carrier = Carrier {
        desk,
        link,
        reminders: Reminders::new(store),
        settled,
        journal,
        metrics,
        begun: None,
        under_way: FuturesUnordered::new(),
        overdue: FuturesUnordered::new(),
        unanswered: 0,
        not_before: None,
    };
    loop {
        let stopping = *stop.borrow() == Stop::Now;
        if stopping {
            break;
        }
        let bound = *status.borrow_and_update() == LinkStatus::Bound;
        if bound {
            carrier.fill(at_once).await;
        } else if let Some(item) = carrier.begun.take() {
            carrier.desk.put_back(vec![item]);
        }
        let wait = carrier.not_before.unwrap_or_else(|| now() + Duration::from_secs(3600));
        tokio::select! {
            Some(first) = carrier.under_way.next(), if !carrier.under_way.is_empty() => {
                carrier.hear(first).await;
            }
            Some(late) = carrier.overdue.next(), if !carrier.overdue.is_empty() => {
                carrier.hear_late(late).await;
            }
            () = filled.notified() => {}
            () = tokio::time::sleep_until(wait.into()) => carrier.not_before = None,
            _ = status.changed() => {}
            () = stop::told(&mut stop) => {}
        }
    }
    carrier.end().await;
}

struct Carrier {
    desk: Arc<Desk>,
    link: Link,
    reminders: Reminders,
    settled: mpsc::Sender<Settlement>,
    journal: Journal,
    metrics: Arc<Metrics>,
    /// A text of which the network has a part.
    begun: Option<Item>,
    under_way: FuturesUnordered<UnderWay>,
    /// What was not answered in time; as many as the link remembers.
    overdue: FuturesUnordered<Overdue>,
    /// So many in a row were not answered, in time or before the link broke.
    unanswered: usize,
    /// The pace allows nothing before.
    not_before: Option<Instant>,
}

/// A message whose end is awaited.
struct UnderWay {
    item: Option<Item>,
    left: Instant,
    end: Awaiting,
}

/// A message, when it left, and how it ended.
struct Ended {
    item: Item,
    left: Instant,
    outcome: Outcome,
    /// Says what the network answers after its time.
    late: Option<Late>,
}

/// A message whose time was over; its answer may come yet.
type Overdue = BoxFuture<'static, Option<(Item, Instant, Outcome)>>;

impl Future for UnderWay {
    type Output = Option<Ended>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        let outcome = std::task::ready!(self.end.poll_unpin(cx));
        let (left, late) = (self.left, self.end.late());
        std::task::Poll::Ready(self.item.take().map(|item| Ended { item, left, outcome, late }))
    }
}

impl Carrier {
    /// Hands over as much as the link and the pace allow.
    async fn fill(&mut self, at_once: usize) {
        let mut took = false;
        let silent = self.unanswered >= SILENT_WINDOWS * at_once;
        let at_once = if silent { 1 } else { at_once };
        while self.under_way.len() < at_once {
            let at = now();
            if self.not_before.is_some_and(|not_before| at < not_before) {
                break;
            }
            match self.desk.next(&mut self.begun, at) {
                Next::Send(item) => {
                    took = true;
                    if let Some(item) = self.still_ours(item, at).await {
                        self.hand_over(item, at).await;
                    }
                }
                Next::At(at) => {
                    self.not_before = Some(at);
                    break;
                }
                Next::Nothing => break,
            }
        }
        if took {
            self.desk.taken.notify_one();
        }
    }

    /// Nothing leaves whose lease is nearly over, that is of no use any more, was taken back, or at an hour
    /// that has become indecent; and no broadcast of which the database could not say whether it is still
    /// wanted.
    async fn still_ours(&mut self, item: Item, at: Instant) -> Option<Item> {
        let clock = clock::now();
        let mut item = item;
        let answered = self.desk.answered.of(item.claimed.id);
        if let Some(Verdict::Again { parts, .. }) = answered {
            item.parts = item.parts.max(parts);
        }
        let broadcast = item.claimed.lane.class.is_broadcast();
        let end = if let Some(verdict @ (Verdict::Sent { .. } | Verdict::Ended(_))) = answered {
            settlement(&item.claimed, verdict)
        } else if at >= item.until || (broadcast && at >= item.looked + UNKNOWN) {
            given_back(&item, clock)
        } else if item.claimed.expires <= clock {
            settlement(&item.claimed, Verdict::Ended(item.claimed.doubt.out_of_time()))
        } else if item.parts == 0 && !self.desk.patience.hours.allow(item.claimed.lane, clock) {
            let decent = self.desk.patience.hours.decent(item.claimed.lane.zone, clock);
            given_back(&item, decent)
        } else {
            match self.reminders.stands(&item.claimed).await {
                Some(true) => return Some(item),
                Some(false) => settlement(&item.claimed, Verdict::Ended(Fate::Cancelled)),
                None => given_back(&item, clock.plus(LOOK_AGAIN)),
            }
        };
        self.desk.not_sent();
        self.desk.handed_over();
        let _ = self.settled.send(end).await;
        None
    }

    async fn hand_over(&mut self, item: Item, at: Instant) {
        let message = self.desk.write(&item, clock::now());
        self.desk.handed_over();
        let deadline = at + self.desk.patience.lease / 3;
        let end = self.link.hand_over(message, deadline).await;
        self.under_way.push(UnderWay { item: Some(item), left: at, end });
    }

    /// Takes in one end, and all others that are known by now. What they say stands in the journal before
    /// anything is done with it, and before anything else is handed over.
    async fn hear(&mut self, first: Option<Ended>) {
        let (mut heard, mut ends, mut back) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = first;
        while let Some(ended) = next {
            match self.understand(ended) {
                Then::Settle(settlement) => {
                    heard.push(settlement.clone());
                    ends.push(settlement);
                }
                Then::Overdue(settlement, overdue) => {
                    heard.push(settlement.clone());
                    ends.push(settlement);
                    self.overdue.push(overdue);
                }
                Then::PutBack(item) => back.push(item),
                Then::GoOn(item) => {
                    heard.push(given_back(&item, clock::now()));
                    match self.begun {
                        // Two texts at once: this one goes on when the line comes to it again.
                        Some(_) => back.push(item),
                        None => {
                            self.begun = Some(item);
                            self.desk.written_down(1);
                        }
                    }
                }
            }
            next = self.under_way.next().now_or_never().flatten().flatten();
        }
        self.journal.write(&heard);
        for settlement in ends {
            let _ = self.settled.send(settlement).await;
        }
        if !back.is_empty() {
            self.desk.written_down(back.len());
            self.desk.put_back(back);
            self.desk.filled.iter().for_each(|filled| filled.notify_one());
        }
    }

    /// Takes in what the network said after its time. Its notice is settled by that, unless somebody has
    /// claimed it since: then it is told who has it in the line.
    async fn hear_late(&mut self, late: Option<(Item, Instant, Outcome)>) {
        let Some((mut item, left, outcome)) = late else { return };
        self.unanswered = 0;
        self.metrics.outbox().answered_late(&self.desk.account);
        let (at, clock) = (now(), clock::now());
        let meaning = meaning(&outcome, &self.desk.vendor);
        if meaning == Meaning::TooFast {
            self.desk.too_fast(left, at);
        }
        let settlement = match (meaning, outcome) {
            (Meaning::Accepted, Outcome::Accepted { message_id }) => {
                item.parts = item.parts.saturating_add(1);
                if item.parts >= item.total {
                    self.desk.took(&item);
                    self.desk.sent(&item, &message_id, on_the_clock(left))
                } else {
                    given_back(&item, clock)
                }
            }
            (meaning, _) => {
                let Claimed { tries, doubt, expires, .. } = item.claimed;
                let class = item.claimed.lane.class;
                let verdict =
                    after_failure(meaning, class, tries, item.parts, doubt, expires, clock);
                settlement(&item.claimed, verdict)
            }
        };
        let mut ends = self.desk.answered_late(item.claimed.id, &settlement.verdict, at);
        ends.push(settlement);
        self.journal.write(&ends);
        for settlement in ends {
            self.desk.handed_over();
            let _ = self.settled.send(settlement).await;
        }
    }

    fn understand(&mut self, ended: Ended) -> Then {
        let Ended { mut item, left, outcome, late } = ended;
        let mut meaning = meaning(&outcome, &self.desk.vendor);
        self.unanswered = match meaning {
            Meaning::Unanswered | Meaning::Unknown => self.unanswered.saturating_add(1),
            Meaning::Unsent => self.unanswered,
            _ => 0,
        };
        if meaning == Meaning::Full && self.desk.full(&item.phone, now()) == Whose::Everybody {
            meaning = Meaning::TooFast;
        }
        match (meaning, outcome) {
            (Meaning::Accepted, Outcome::Accepted { message_id }) => {
                self.desk.took_part(now());
                item.parts = item.parts.saturating_add(1);
                if item.parts >= item.total {
                    self.desk.took(&item);
                    return Then::Settle(self.desk.sent(&item, &message_id, on_the_clock(left)));
                }
                if matches!(item.claimed.doubt, Doubt::Unanswered(_)) {
                    // That part was; what comes now is another PDU.
                    item.claimed.doubt = Doubt::Perhaps;
                }
                Then::GoOn(item)
            }
            (Meaning::TooFast, _) => {
                self.metrics.outbox().tried_again(&self.desk.account, "too_fast");
                let at = now();
                self.desk.too_fast(left, at);
                self.metrics.outbox().factor(&self.desk.account, self.desk.factor());
                Then::PutBack(item)
            }
            (Meaning::Unsent, _) => {
                self.not_before = Some(now() + LINK_PAUSE);
                if self.desk.is_up() {
                    return Then::PutBack(item);
                }
                Then::Settle(given_back(&item, clock::now()))
            }
            (meaning, _) => {
                if let Some(verdict @ Verdict::Sent { .. }) = self.desk.answered.of(item.claimed.id)
                {
                    return Then::Settle(settlement(&item.claimed, verdict));
                }
                let class = item.claimed.lane.class;
                let word = match meaning {
                    Meaning::Unknown | Meaning::Unanswered => "unknown",
                    Meaning::Full => "full",
                    _ => "later",
                };
                let Claimed { tries, doubt, expires, .. } = item.claimed;
                let verdict =
                    after_failure(meaning, class, tries, item.parts, doubt, expires, clock::now());
                let again = matches!(verdict, Verdict::Again { .. });
                if again {
                    self.metrics.outbox().tried_again(&self.desk.account, word);
                }
                let settlement = settlement(&item.claimed, verdict);
                match late.filter(|_| again && meaning == Meaning::Unanswered) {
                    Some(late) => {
                        let overdue = late.map(move |said| Some((item, left, said?)));
                        Then::Overdue(settlement, overdue.boxed())
                    }
                    None => Then::Settle(settlement),
                }
            }
        }
    }

    /// Hears what is under way to its end, and gives back what was begun.
    async fn end(mut self) {
        let until = now() + TO_END;
        loop {
            let next = tokio::time::timeout_at(until.into(), self.under_way.next()).await;
            let Ok(Some(ended)) = next else { break };
            self.hear(ended).await;
            if let Some(item) = self.begun.take() {
                self.desk.handed_over();
                let _ = self.settled.send(given_back(&item, clock::now())).await;
            }
        }
        for item in self.desk.empty() {
            self.desk.handed_over();
            let _ = self.settled.send(given_back(&item, clock::now())).await;
        }
    }
}

/// The time of day at which something left.
fn on_the_clock(left: Instant) -> Timestamp {
    clock::now().minus(now().saturating_duration_since(left))
}

/// What a message's end leads to.
enum Then {
    Settle(Settlement),
    /// The same, and its answer may come yet.
    Overdue(Settlement, Overdue),
    /// The network has nothing more of it than before.
    PutBack(Item),
    /// It has one part more, and not all of them.
    GoOn(Item),
}
