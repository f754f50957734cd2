//! What the tasks of one operator share: the line, the pace, and how its messages are written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::Notify;

use super::{
    answered::{Answered, MOST as MOST_AHEAD},
    locked,
    tempo::Tempo,
};
use crate::{
    app::{nodes::Budget, sms::Post},
    channel::sms::receipt::{Numbering, normal},
    clock::Timestamp,
    config::{Config, Sms},
    identity::Msisdn,
    outbox::{
        Class, Fate, NoticeId, Sender,
        full::{FullQueues, Whose},
        line::Line,
        parts::{self, Writing},
        policy::{Hours, VendorCodes},
        work::{Claimed, Letter, Settlement, Verdict},
    },
    smpp::{
        link::{Link, LinkStatus},
        pdu::{Address, Message},
    },
};

/// How long what is ours, and at which hours.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From a claim to its end.
    pub lease: Duration,
    /// When broadcasts go out.
    pub hours: Hours,
    /// How many to one phone on one day.
    pub per_day: u32,
}

/// One operator.
pub struct Desk {
    /// Its name: the account that receipts name, and the route of its phones.
    pub account: Arc<str>,
    /// Its links.
    pub links: Vec<Link>,
    /// Who takes the answers to what is sent.
    post: Option<Arc<Post>>,
    pub patience: Patience,
    /// How much of the account's pace is ours.
    pub budget: Budget,
    pub vendor: VendorCodes,
    fallback_for: Vec<String>,
    short_code: Bytes,
    sender: Bytes,
    writing: Writing,
    numbering: Numbering,
    per_second: u32,
    windows: usize,
    tempo: Arc<Tempo>,
    queue: Mutex<Queue>,
    /// What was answered of what may be claimed again.
    pub answered: Answered,
    /// Handed to a link and not settled yet.
    unsettled: AtomicUsize,
    /// Somebody took from the line.
    pub taken: Notify,
    /// One for each link: there is something to carry.
    pub filled: Vec<Arc<Notify>>,
}

struct Queue {
    line: Line<Item>,
    full: FullQueues,
}

/// A claimed notice on its way.
pub struct Item {
    pub claimed: Claimed,
    pub letter: Letter,
    /// Whose phone it is for.
    pub phone: Msisdn,
    /// Parts that the network has.
    pub parts: u8,
    /// Of so many.
    pub total: u8,
    /// It is not handed over after this: the lease would end before the answer came.
    pub until: Instant,
    /// When the database was last asked whether it is still wanted.
    pub looked: Instant,
}

/// What a carrier is to do next.
#[expect(clippy::large_enum_variant, reason = "one a message, looked at as soon as it is made")]
pub enum Next {
    Send(Item),
    /// Nothing before this moment.
    At(Instant),
    Nothing,
}

impl Patience {
    pub fn new(config: &Config) -> Self {
        let lease = Duration::from_secs(config.outbox.lease_seconds.into());
        let links = config.operator.values().flat_map(|operator| &operator.link);
        // A lease has room for an answer that comes at the last moment.
        let slowest = links.map(|link| link.response()).max().unwrap_or_default();
        Self {
            lease: lease.max(slowest * 4),
            hours: config.outbox.hours(),
            per_day: config.outbox.broadcasts_per_day,
        }
    }
}

impl Desk {
    pub fn new(
        name: &str,
        sms: &Sms,
        links: &[Link],
        post: Option<Arc<Post>>,
        patience: Patience,
        (budget, tempo): (Budget, Arc<Tempo>),
    ) -> Self {
        let queue = Queue { line: Line::default(), full: FullQueues::new(super::now()) };
        Self {
            account: name.into(),
            post,
            answered: Answered::new(patience.lease),
            budget,
            links: links.to_vec(),
            patience,
            vendor: sms.vendor_codes(),
            fallback_for: sms.fallback_for.clone(),
            short_code: sms.short_code.clone().into(),
            sender: sms.sender.clone().into(),
            writing: sms.writing(),
            numbering: sms.numbering(),
            per_second: sms.per_second,
            windows: links.iter().map(|link| link.load().window).sum(),
            tempo,
            queue: Mutex::new(queue),
            unsettled: AtomicUsize::new(0),
            taken: Notify::new(),
            filled: links.iter().map(|_| Arc::default()).collect(),
        }
    }

    /// Whether it serves another operator's phones while that one is down.
    pub fn serves(&self, other: &Self) -> bool {
        self.fallback_for.iter().any(|name| **name == *other.account)
    }

    /// Whether any of its links takes messages.
    pub fn is_up(&self) -> bool {
        self.links.iter().any(|link| *link.status().borrow() == LinkStatus::Bound)
    }

    /// How much is claimed ahead: what all windows hold twice, or a fifth of a second's worth.
    pub fn ahead(&self) -> usize {
        let fifth = (self.per_second / 5) as usize;
        (2 * self.windows).max(16).max(fifth).min(MOST_AHEAD)
    }

    /// Messages that a link may have whose answer is not in the journal: what a killed process sends twice.
    pub fn at_once(&self, link: &Link) -> usize {
        link.load().window
    }

    /// What may be sent and not be written down. It bounds what is sent twice after a power cut.
    pub fn most_unsettled(&self) -> usize {
        2 * self.windows + 64
    }

    pub fn waiting(&self) -> usize {
        locked(&self.queue).line.len()
    }

    pub fn waiting_as_urgent_as(&self, class: Class) -> usize {
        locked(&self.queue).line.as_urgent_as(class)
    }

    pub fn fill(&self, items: impl Iterator<Item = Item>) {
        let mut queue = locked(&self.queue);
        for item in items {
            queue.line.push(item.claimed.lane.class, item);
        }
        drop(queue);
        self.filled.iter().for_each(|filled| filled.notify_one());
    }

    /// Broadcasts in the line of which nobody has asked since `before` whether they are still wanted.
    pub fn broadcasts_since(&self, before: Instant) -> BTreeSet<NoticeId> {
        let queue = locked(&self.queue);
        let old = |item: &&Item| item.claimed.lane.class.is_broadcast() && item.looked <= before;
        queue.line.iter().filter(old).map(|item| item.claimed.id).collect()
    }

    /// Of these the database was asked at `asked_at` which are not wanted: those are taken out of the line,
    /// and how they are settled is said.
    pub fn drop_unwanted(
        &self,
        asked: &BTreeSet<NoticeId>,
        unwanted: &BTreeMap<NoticeId, Option<Fate>>,
        asked_at: Instant,
        at: Timestamp,
    ) -> Vec<Settlement> {
        let dropped = locked(&self.queue).line.take_out(|item| {
            if asked.contains(&item.claimed.id) {
                item.looked = asked_at;
            }
            unwanted.contains_key(&item.claimed.id)
        });
        let settled = |item: &Item| match unwanted.get(&item.claimed.id) {
            Some(Some(fate)) => settlement(&item.claimed, Verdict::Ended(*fate)),
            _ => given_back(item, at),
        };
        dropped.iter().map(settled).collect()
    }

    /// Puts back what no link took, in the order in which it was taken.
    pub fn put_back(&self, items: Vec<Item>) {
        let mut queue = locked(&self.queue);
        for item in items.into_iter().rev() {
            queue.line.put_back(item.claimed.lane.class, item);
        }
    }

    pub fn empty(&self) -> Vec<Item> {
        locked(&self.queue).line.drain().collect()
    }

    /// What goes next; `begun` is a text of which the network has a part, and goes before others.
    pub fn next(&self, begun: &mut Option<Item>, now: Instant) -> Next {
        if self.unsettled.load(Relaxed) >= self.most_unsettled() {
            return Next::Nothing;
        }
        let mut queue = locked(&self.queue);
        if begun.is_none() && queue.line.is_empty() {
            return Next::Nothing;
        }
        if let Err(at) = self.tempo.notice(now) {
            return Next::At(at);
        }
        match begun.take().or_else(|| queue.line.take()) {
            Some(item) => Next::Send(item),
            None => Next::Nothing,
        }
    }

    /// What was next did not leave: its place in the pace is somebody else's.
    pub fn not_sent(&self) {
        self.tempo.not_sent();
    }

    /// Something was handed to a link whose end must be written down.
    pub fn handed_over(&self) {
        self.unsettled.fetch_add(1, Relaxed);
    }

    /// So much is written down, or needs not be.
    pub fn written_down(&self, many: usize) {
        let before = self.unsettled.fetch_sub(many, Relaxed);
        if before >= self.most_unsettled() {
            self.filled.iter().for_each(|filled| filled.notify_one());
        }
    }

    /// The network said that what left at `left` was too fast.
    pub fn too_fast(&self, left: Instant, now: Instant) {
        self.tempo.too_fast(left, now);
    }

    /// The network took a message.
    pub fn took_part(&self, now: Instant) {
        locked(&self.queue).full.taken(now);
    }

    /// The network said that a queue is full, and it is likely that of this phone, or everybody's.
    pub fn full(&self, phone: &Msisdn, now: Instant) -> Whose {
        locked(&self.queue).full.full(phone, now)
    }

    /// The share of the budget that is used at the moment.
    pub fn factor(&self) -> f64 {
        self.tempo.factor()
    }

    /// The network said of a notice, late, what makes this of it. If it has been claimed since and stands in
    /// the line, it is settled so; whoever has it otherwise looks here before it leaves once more. After a
    /// lease nobody can have it that does not know.
    pub fn answered_late(
        &self,
        notice: NoticeId,
        verdict: &Verdict,
        now: Instant,
    ) -> Vec<Settlement> {
        // Before the line is looked through: who takes it from there meanwhile finds it.
        self.answered.late(notice, verdict.clone(), now);
        let mut queue = locked(&self.queue);
        let ended = queue.line.take_out(|item| match verdict {
            _ if item.claimed.id != notice => false,
            Verdict::Again { parts, .. } => {
                item.parts = item.parts.max(*parts);
                false
            }
            _ => true,
        });
        ended.iter().map(|item| settlement(&item.claimed, verdict.clone())).collect()
    }

    /// The `submit_sm` of an item's next part.
    pub fn write(&self, item: &Item, now: Timestamp) -> Message {
        let source = match item.letter.sender {
            Sender::Code => Address::short_code(self.short_code.clone()),
            Sender::Name => Address::alphanumeric(self.sender.clone()),
        };
        let to = item.phone.without_plus().to_owned();
        let mut message =
            Message { source, destination: Address::international(to), ..Message::default() };
        // The parts of a text that is sent again have the number that they had before, so that the
        // phone knows them; the texts before and after it have another one.
        let [.., reference] = item.claimed.id.as_i64().to_be_bytes();
        parts::write(&mut message, &item.letter.text, item.parts, reference, self.writing);
        if item.parts.saturating_add(1) >= item.total {
            message.registered_delivery = RECEIPT_AT_THE_END;
        }
        if item.claimed.lane.class == Class::Code {
            message.validity = relative_time(item.claimed.expires.since(now)).into();
        }
        message
    }

    /// The network took a whole notice. Whatever is written after an answer is new.
    pub fn took(&self, item: &Item) {
        if let (Class::Reply, Some(post)) = (item.claimed.lane.class, &self.post) {
            post.took(&item.phone);
        }
    }

    /// How a notice is settled that left then, and that the network took under this name.
    pub fn sent(&self, item: &Item, message_id: &[u8], left: Timestamp) -> Settlement {
        let message_id = normal(&String::from_utf8_lossy(message_id), self.numbering);
        let verdict = Verdict::Sent { account: Arc::clone(&self.account), message_id, left };
        settlement(&item.claimed, verdict)
    }
}

/// How a claim ended.
pub fn settlement(claimed: &Claimed, verdict: Verdict) -> Settlement {
    Settlement { id: claimed.id, attempts: claimed.attempts, day: claimed.day, verdict }
}

/// How a notice is settled that goes back untouched.
pub fn given_back(item: &Item, due: Timestamp) -> Settlement {
    let Claimed { tries, doubt, .. } = item.claimed;
    let verdict = Verdict::Again { due, tries, parts: item.parts, doubt };
    settlement(&item.claimed, verdict)
}

/// A receipt when the message is delivered or is not (SMPP 3.4 §5.2.17).
const RECEIPT_AT_THE_END: u8 = 1;

/// A span as SMPP writes it: `YYMMDDhhmmss000R` (SMPP 3.4 §7.1.1.2), up to a day.
fn relative_time(span: Duration) -> String {
    let seconds = span.as_secs().clamp(1, 86_399);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("000000{hours:02}{minutes:02}{:02}000R", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_as_the_standard_says() {
        assert_eq!(relative_time(Duration::from_secs(300)), "000000000500000R");
        assert_eq!(relative_time(Duration::ZERO), "000000000001000R");
        assert_eq!(relative_time(Duration::from_secs(1_000_000)), "000000235959000R");
    }
}
