//! Which session of a network is which: a small memory of the phones that are talking to us.
//!
//! Many networks number nothing. What tells an answer from the same answer delivered twice is that
//! nobody can answer a screen that the network has not taken yet: the mark of a session changes
//! with every reply the network takes, and is part of the key by which a repetition is known.
//! Whether a reply was taken is looked up when the phone speaks again, and not told by the task
//! that waits for it: a bind hears the response before the answer, and that order must hold. Where
//! the answer comes on another bind than the response (a pair, or a second link), whoever looks
//! waits a moment for the response: [`Sessions::unsettled`].
//!
//! What a network takes without hearing our confirmation, because the link was lost in between, it
//! delivers again on the next bind: a phone that spoke on a bind which is gone is one whose next
//! words may be its last ones again.

use std::{
    collections::HashMap,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, ready},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::{
    channel::{REDELIVERY, Sureness},
    identity::Msisdn,
    smpp::link::{Awaiting, Outcome},
};

/// The sessions of one operator.
pub struct Sessions {
    known: HashMap<Msisdn, Session>,
    /// The newest bind of every link that something came on.
    binds: HashMap<Arc<str>, u64>,
    next_mark: u64,
    most: usize,
}

struct Session {
    mark: u64,
    bind: Bind,
    reply: Option<Sent>,
    touched: Instant,
    wrote: Option<Wrote>,
    /// Until when what a network delivers again may still come.
    doubt_until: Option<Instant>,
}

/// What a phone wrote last.
#[derive(Clone, Copy)]
struct Wrote {
    /// A digest of the words.
    words: u64,
    /// The mark under which they were heard first.
    mark: u64,
    /// When they were heard first, or the network took an answer since.
    at: Instant,
    turn: Turn,
}

/// Whether the turn of a text is stored, or failed; before that there is no answer that could wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    UnderWay,
    Over,
}

/// What is known when a text comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The session.
    pub heard: Heard,
    /// Whether these are the words of the text before, from so long ago that somebody may have
    /// written them again, had they been answered; and as far as this process knows they were not.
    pub in_doubt: bool,
}

/// A reply on its way, and what becomes of it: awaited by one task, looked at by others.
#[derive(Clone)]
pub struct Sent(Arc<Waited>);

struct Waited {
    fate: Mutex<Fate>,
    /// Told by the task that awaits the outcome, to those that only want to know that it is there.
    known: Notify,
}

enum Fate {
    Open(Awaiting),
    Known(Outcome),
}

impl Sent {
    /// A reply that was handed over.
    pub fn new(awaiting: Awaiting) -> Self {
        Self(Arc::new(Waited { fate: Mutex::new(Fate::Open(awaiting)), known: Notify::new() }))
    }

    /// What became of it, if that is known by now.
    fn now(&self) -> Option<Outcome> {
        let mut fate = self.fate();
        let outcome = match &mut *fate {
            Fate::Known(outcome) => return Some(outcome.clone()),
            Fate::Open(awaiting) => awaiting.try_outcome()?,
        };
        *fate = Fate::Known(outcome.clone());
        Some(outcome)
    }

    /// Waits for what becomes of it. Only one task may wait: it alone is woken.
    pub async fn outcome(&self) -> Outcome {
        let outcome = poll_fn(|cx| {
            let mut fate = self.fate();
            let outcome = match &mut *fate {
                Fate::Known(outcome) => return Poll::Ready(outcome.clone()),
                Fate::Open(awaiting) => ready!(Pin::new(awaiting).poll(cx)),
            };
            *fate = Fate::Known(outcome.clone());
            Poll::Ready(outcome)
        })
        .await;
        self.0.known.notify_waiters();
        outcome
    }

    /// Waits until another task has heard what became of it.
    pub async fn known(&self) {
        let known = self.0.known.notified();
        if self.now().is_none() {
            known.await;
        }
    }

    fn fate(&self) -> MutexGuard<'_, Fate> {
        self.0.fate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A bind: the link's name, and which of its binds.
pub type Bind = (Arc<str>, u64);

/// What is known of a session when its phone says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Changes with every reply that the network took.
    pub mark: u64,
    /// Whether what is said now may be what was said before.
    pub sureness: Sureness,
}

/// Longer than any receipt is kept and any network waits.
const FORGET_AFTER: Duration = Duration::from_secs(3600);

impl Sessions {
    /// An empty memory for at most `most` phones. `seed` sets this process's marks apart from those
    /// of every other.
    pub fn new(most: usize, seed: u64) -> Self {
        let (known, binds) = (HashMap::new(), HashMap::new());
        Self { known, binds, next_mark: seed, most: most.max(1) }
    }

    /// A phone says something on a bind: the mark of its session, and whether it may
    /// be a repetition that the mark does not show.
    pub fn hear(&mut self, phone: &Msisdn, bind: Bind, now: Instant) -> Heard {
        let newest = self.binds.entry(bind.0.clone()).or_default();
        *newest = bind.1.max(*newest);
        self.settle(phone);
        if let Some(session) = self.known.get_mut(phone) {
            let lost = self.binds.get(&session.bind.0).is_some_and(|&bind| bind > session.bind.1);
            session.touched = now;
            session.bind = bind;
            let sureness = if lost { Sureness::Unsure } else { Sureness::Here };
            return Heard { mark: session.mark, sureness };
        }
        self.make_room(now);
        let mark = self.fresh_mark();
        let session =
            Session { mark, bind, reply: None, touched: now, wrote: None, doubt_until: None };
        self.known.insert(phone.clone(), session);
        Heard { mark, sureness: Sureness::Unsure }
    }

    /// A reply to a phone is on its way.
    pub fn replies(&mut self, phone: &Msisdn, sent: Sent) {
        if let Some(session) = self.known.get_mut(phone) {
            session.reply = Some(sent);
        }
    }

    /// A phone writes on a bind. Some networks deliver a text again that we confirmed: the same words
    /// so soon, `within`, that nobody can have read the answer before, are the same text.
    pub fn read(
        &mut self,
        phone: &Msisdn,
        bind: Bind,
        words: u64,
        within: Duration,
        now: Instant,
    ) -> Read {
        let mut heard = self.hear(phone, bind, now);
        let mut in_doubt = false;
        if let Some(session) = self.known.get_mut(phone) {
            // Texts come in any order: what was not confirmed before a lost bind may come after
            // newer ones. Of what this process heard last it knows better.
            if heard.sureness == Sureness::Unsure {
                session.doubt_until = Some(now + REDELIVERY);
            } else if session.doubt_until.is_some_and(|until| now < until)
                && session.wrote.is_some_and(|wrote| wrote.words != words)
            {
                heard.sureness = Sureness::Unsure;
            }
            let last = session.wrote.filter(|last| last.words == words);
            match last {
                Some(last) if now.duration_since(last.at) < within => heard.mark = last.mark,
                Some(last) => in_doubt = last.mark == heard.mark && last.turn == Turn::Over,
                None => {}
            }
            let again = last.filter(|last| last.mark == heard.mark);
            session.wrote =
                again.or(Some(Wrote { words, mark: heard.mark, at: now, turn: Turn::UnderWay }));
        }
        Read { heard, in_doubt }
    }

    /// The network took an answer to a phone that was sent by somebody else: whatever comes next is
    /// new. Says under which mark.
    pub fn took(&mut self, phone: &Msisdn, now: Instant) -> u64 {
        let mark = self.fresh_mark();
        if let Some(session) = self.known.get_mut(phone) {
            session.mark = mark;
            if let Some(wrote) = &mut session.wrote {
                wrote.at = now;
            }
        }
        mark
    }

    /// The turn of what a phone wrote last is stored, or failed.
    pub fn turned(&mut self, phone: &Msisdn) {
        if let Some(wrote) = self.known.get_mut(phone).and_then(|session| session.wrote.as_mut()) {
            wrote.turn = Turn::Over;
        }
    }

    /// Whether the network took an answer to a phone since it was heard under this mark, as far as this
    /// process knows.
    pub fn has_moved_on(&self, phone: &Msisdn, mark: u64) -> bool {
        self.known.get(phone).is_some_and(|session| session.mark != mark)
    }

    /// Another node saw to it that the network took the answers to what a phone wrote under this mark. When
    /// that was nobody here knows, but nobody can bring these words again.
    pub fn moves_on(&mut self, phone: &Msisdn, mark: u64) {
        let newer = self.fresh_mark();
        if let Some(session) = self.known.get_mut(phone).filter(|of| of.mark == mark) {
            session.mark = newer;
        }
    }

    /// What we pushed to a phone is on its way. It answers nothing that the phone said, so what the
    /// network said of the reply before it still counts.
    pub fn pushes(&mut self, phone: &Msisdn, sent: Sent) {
        self.settle(phone);
        self.replies(phone, sent);
    }

    /// The reply to a phone of which the network has not said yet whether it took it.
    pub fn unsettled(&self, phone: &Msisdn) -> Option<Sent> {
        let sent = self.known.get(phone)?.reply.as_ref()?;
        sent.now().is_none().then(|| sent.clone())
    }

    /// Once the network took or refused a reply, whatever comes next is new.
    fn settle(&mut self, phone: &Msisdn) {
        let mark = self.fresh_mark();
        if let Some(session) = self.known.get_mut(phone)
            && let Some(outcome) = session.reply.as_ref().and_then(Sent::now)
        {
            session.reply = None;
            if !outcome.is_unknown() {
                session.mark = mark;
            }
        }
    }

    fn fresh_mark(&mut self) -> u64 {
        self.next_mark = self.next_mark.wrapping_add(1);
        self.next_mark
    }

    /// Forgets the old ones, and when all are young, some: a forgotten phone only loses the
    /// certainty of its next repetition.
    fn make_room(&mut self, now: Instant) {
        if self.known.len() < self.most {
            return;
        }
        self.known.retain(|_, session| now.duration_since(session.touched) < FORGET_AFTER);
        if self.known.len() >= self.most {
            let mut kept = 0;
            let half = self.most / 2;
            self.known.retain(|_, _| {
                kept += 1;
                kept <= half
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(n: u32) -> Msisdn {
        Msisdn::parse(&format!("0812{n:08}")).unwrap()
    }

    fn bind(number: u64) -> Bind {
        (Arc::from("telco/1"), number)
    }

    #[test]
    fn a_mark_stays_until_a_reply_is_settled() {
        let now = Instant::now();
        let mut sessions = Sessions::new(10, 7);
        let first = sessions.hear(&phone(1), bind(1), now);
        assert_eq!(first.sureness, Sureness::Unsure, "never heard of");
        let again = sessions.hear(&phone(1), bind(1), now);
        assert_eq!(again, Heard { sureness: Sureness::Here, ..first }, "delivered twice");
        let (outcome, sent) = tokio::sync::oneshot::channel();
        sessions.replies(&phone(1), Sent::new(Awaiting::from(sent)));
        assert_eq!(sessions.hear(&phone(1), bind(1), now).mark, first.mark, "not taken yet");
        outcome.send(Outcome::Accepted { message_id: Default::default() }).unwrap();
        assert_ne!(sessions.hear(&phone(1), bind(1), now).mark, first.mark);
    }

    #[test]
    fn a_reply_is_unsettled_until_the_network_has_spoken() {
        let now = Instant::now();
        let mut sessions = Sessions::new(10, 7);
        assert!(sessions.unsettled(&phone(1)).is_none());
        sessions.hear(&phone(1), bind(1), now);
        assert!(sessions.unsettled(&phone(1)).is_none());
        let (outcome, sent) = tokio::sync::oneshot::channel();
        sessions.replies(&phone(1), Sent::new(Awaiting::from(sent)));
        assert!(sessions.unsettled(&phone(1)).is_some());
        assert!(sessions.unsettled(&phone(2)).is_none());
        outcome.send(Outcome::Accepted { message_id: Default::default() }).unwrap();
        assert!(sessions.unsettled(&phone(1)).is_none());
    }

    #[test]
    fn what_comes_after_a_lost_bind_may_be_a_repetition_once() {
        let now = Instant::now();
        let mut sessions = Sessions::new(10, 7);
        sessions.hear(&phone(1), bind(1), now);
        assert_eq!(sessions.hear(&phone(1), bind(2), now).sureness, Sureness::Unsure);
        assert_eq!(sessions.hear(&phone(1), bind(2), now).sureness, Sureness::Here);
        // Another link of the operator, with all binds alive, is no reason to doubt.
        let other = (Arc::from("telco/2"), 1);
        assert_eq!(sessions.hear(&phone(1), other, now).sureness, Sureness::Here);
        assert_eq!(sessions.hear(&phone(1), bind(2), now).sureness, Sureness::Here);
    }

    #[test]
    fn a_text_that_was_answered_may_come_again_at_once() {
        let (now, within) = (Instant::now(), Duration::from_secs(3));
        let mut sessions = Sessions::new(10, 7);
        let reads = |sessions: &mut Sessions, words, after| {
            let now = now + Duration::from_secs(after);
            sessions.read(&phone(1), bind(1), words, within, now)
        };
        let mark = |read: Read| (read.heard.mark, read.in_doubt);
        let first = mark(reads(&mut sessions, 1, 0));
        assert_eq!(mark(reads(&mut sessions, 1, 2)), first, "not answered yet");
        assert_eq!(mark(reads(&mut sessions, 1, 8)), first, "its turn is still under way");
        sessions.turned(&phone(1));
        assert_eq!(mark(reads(&mut sessions, 1, 9)), (first.0, true), "nor now, it seems");
        sessions.took(&phone(1), now + Duration::from_secs(10));
        assert_eq!(mark(reads(&mut sessions, 1, 12)), first, "nobody reads so fast");
        let second = mark(reads(&mut sessions, 1, 13));
        assert_ne!(second, first, "written again");
        assert!(!second.1);
        sessions.took(&phone(1), now + Duration::from_secs(13));
        let other = mark(reads(&mut sessions, 2, 13));
        assert_ne!(other, second, "other words are new at once");
        sessions.took(&phone(1), now + Duration::from_secs(13));
        assert_ne!(mark(reads(&mut sessions, 1, 14)), second, "and so are these after others");
    }

    #[test]
    fn a_text_that_was_answered_elsewhere_is_new_when_it_comes_after_others() {
        let (now, within) = (Instant::now(), Duration::from_secs(3));
        let mut sessions = Sessions::new(10, 7);
        let reads = |sessions: &mut Sessions, words, after| {
            let now = now + Duration::from_secs(after);
            sessions.read(&phone(1), bind(1), words, within, now).heard.mark
        };
        let first = reads(&mut sessions, 1, 0);
        assert_eq!(reads(&mut sessions, 2, 1), first, "nobody has told of an answer");
        assert!(!sessions.has_moved_on(&phone(1), first));
        sessions.moves_on(&phone(1), first);
        assert!(sessions.has_moved_on(&phone(1), first));
        let second = reads(&mut sessions, 1, 4);
        assert_ne!(second, first);
        sessions.moves_on(&phone(1), first);
        assert_eq!(reads(&mut sessions, 2, 5), second, "that was told before");
    }

    #[test]
    fn what_was_not_confirmed_may_come_after_newer_words() {
        let (now, within) = (Instant::now(), Duration::from_secs(3));
        let mut sessions = Sessions::new(10, 7);
        let mut reads = |words, after| {
            let now = now + Duration::from_secs(after);
            sessions.read(&phone(1), bind(1), words, within, now).heard.sureness
        };
        assert_eq!(reads(2, 0), Sureness::Unsure, "never heard of");
        assert_eq!(reads(1, 1), Sureness::Unsure, "heard by another process, perhaps");
        assert_eq!(reads(1, 5), Sureness::Here, "heard by this one");
        assert_eq!(reads(2, 11), Sureness::Here, "whatever was to come has come");
    }

    #[test]
    fn the_memory_is_bounded() {
        let now = Instant::now();
        let mut sessions = Sessions::new(100, 0);
        for n in 0..1000 {
            sessions.hear(&phone(n), bind(1), now);
            assert!(sessions.known.len() <= 100);
        }
        let later = now + FORGET_AFTER;
        for n in 2000..2100 {
            sessions.hear(&phone(n), bind(1), later);
        }
        assert!(!sessions.known.contains_key(&phone(999)), "the old ones went first");
    }
}
