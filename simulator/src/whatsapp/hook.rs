//! How the cloud tells the gateway: signed bodies, posted until they are acknowledged.
//!
//! What is not acknowledged comes again, later and later, for seven days by the clock of the cloud;
//! what came after it does not wait for it, so a gateway sees events out of order.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::Inner;
use super::event::{self, Part};
use super::faults::{Order, Times};

/// Events are tried for so long, in milliseconds: seven days.
pub const RETRIED_MS: u64 = 7 * 24 * 3600 * 1000;
/// The longest time between two attempts, in milliseconds.
const BACK_OFF_MAX_MS: u64 = 3600 * 1000;
/// Bodies on their way at once.
const AT_ONCE: usize = 16;
/// Events that may wait; further ones are given up.
const WAITING_MAX: usize = 100_000;
/// How long events wait for each other, when several are to come together, in milliseconds.
const TOGETHER_MS: u64 = 300;
/// The longest that an event is held when order is mixed, and before it comes again, milliseconds.
const HELD_MS: u64 = 2000;
/// Octets of the longest answer that is read.
const ANSWER_MAX: usize = 64 * 1024;

pub(super) type Poster = Client<HttpConnector, Full<Bytes>>;

pub(super) fn poster() -> Poster {
    Client::builder(TokioExecutor::new()).build_http()
}

/// What waits to be told.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<VecDeque<Waiting>>,
    pub changed: Notify,
}

#[derive(Debug, Clone)]
struct Waiting {
    user: String,
    part: Part,
    /// When it may go.
    due: u64,
    /// When it happened.
    since: u64,
    attempts: u32,
    /// A copy comes when it likes.
    ordered: Order,
}

impl Queue {
    /// Puts events of one user into the queue. Gives how many found no room.
    pub fn put(&self, user: &str, parts: Vec<Part>, faults: &super::Faults, now: u64) -> u64 {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lost = 0;
        for part in parts {
            let held = match (faults.order, faults.together) {
                (Order::Mixed, _) => rand::random::<u64>() % HELD_MS,
                (Order::Kept, 0 | 1) => 0,
                (Order::Kept, _) => TOGETHER_MS,
            };
            let one = Waiting {
                user: user.to_owned(),
                part,
                due: now + held,
                since: now,
                attempts: 0,
                ordered: faults.order,
            };
            let again = (faults.events == Times::Twice).then(|| {
                let due = now + held + rand::random::<u64>() % HELD_MS;
                Waiting { due, ordered: Order::Mixed, ..one.clone() }
            });
            for one in std::iter::once(one).chain(again) {
                if waiting.len() < WAITING_MAX {
                    waiting.push_back(one);
                } else {
                    lost += 1;
                }
            }
        }
        drop(waiting);
        self.changed.notify_one();
        lost
    }

    fn put_back(&self, mut events: Vec<Waiting>, now: u64, first: Duration) -> u64 {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = events.len();
        events.retain(|it| now < it.since + RETRIED_MS);
        let given_up = before - events.len();
        for mut event in events {
            let first = u64::try_from(first.as_millis()).unwrap_or(BACK_OFF_MAX_MS);
            let back_off = first.saturating_mul(1 << event.attempts.min(30)).min(BACK_OFF_MAX_MS);
            event.attempts += 1;
            event.due = now + back_off;
            event.ordered = Order::Mixed;
            waiting.push_back(event);
        }
        given_up as u64
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What may go now, and must not wait for a user that is being told something.
    fn next(&self, now: u64, most: usize, busy: &HashSet<String>) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken: Vec<Waiting> = Vec::new();
        // Those of a user in order: nothing passes an earlier one that is not due.
        let mut behind: HashSet<String> = HashSet::new();
        let mut at = 0;
        while at < waiting.len() && taken.len() < most.max(1) {
            let Some(event) = waiting.get(at) else { break };
            let ordered = event.ordered == Order::Kept;
            let blocked = ordered && (busy.contains(&event.user) || behind.contains(&event.user));
            if event.due <= now && !blocked {
                taken.extend(waiting.remove(at));
            } else {
                if ordered {
                    behind.insert(event.user.clone());
                }
                at += 1;
            }
        }
        taken
    }

    fn next_due(&self) -> Option<u64> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.iter().map(|event| event.due).min()
    }
}

/// Posts what waits, until the cloud stops.
pub(super) async fn deliver(inner: Arc<Inner>) {
    let poster = poster();
    let mut posting: JoinSet<(Vec<Waiting>, u16)> = JoinSet::new();
    let mut busy: HashSet<String> = HashSet::new();
    let mut url = inner.webhook.subscribe();
    let mut shift = inner.clock.shifted();
    loop {
        let target = url.borrow_and_update().clone();
        let now = inner.clock.now();
        let together = inner.with(|account| usize::from(account.faults.together));
        while let Some(target) = target.as_ref().filter(|_| posting.len() < AT_ONCE) {
            let events = inner.queue.next(now, together, &busy);
            if events.is_empty() {
                break;
            }
            busy.extend(
                events.iter().filter(|it| it.ordered == Order::Kept).map(|it| it.user.clone()),
            );
            let (inner, poster, target) = (Arc::clone(&inner), poster.clone(), target.clone());
            posting.spawn(async move {
                let parts: Vec<_> = events.iter().map(|event| event.part.clone()).collect();
                let body = event::body(&inner.line(), &parts);
                let status = post(&poster, &target, &inner.settings, body).await;
                (events, status)
            });
        }
        // Whoever waits for a user that is busy is woken by the end of that.
        let due = inner.queue.next_due().filter(|due| *due > now);
        let rest = due.map_or(Duration::from_secs(1), |due| Duration::from_millis(due - now));
        tokio::select! {
            () = inner.queue.changed.notified() => {}
            Some(done) = posting.join_next() => {
                if let Ok((events, status)) = done {
                    for event in events.iter().filter(|it| it.ordered == Order::Kept) {
                        busy.remove(&event.user);
                    }
                    settle(&inner, events, status);
                }
            }
            () = tokio::time::sleep(rest.min(Duration::from_secs(1))) => {}
            _ = shift.changed() => {}
            _ = url.changed() => {}
            () = inner.stopped() => return,
        }
    }
}

fn settle(inner: &Inner, events: Vec<Waiting>, status: u16) {
    // The documentation asks for 200, and nothing else.
    let acknowledged = status == 200;
    let given_up = if acknowledged {
        0
    } else {
        let user = events.first().map(|event| event.user.clone()).unwrap_or_default();
        inner.pass(&user, super::Passed::Unacknowledged(status));
        inner.queue.put_back(events, inner.clock.now(), inner.settings.first_retry)
    };
    inner.with(|account| {
        account.figures.last_status = status;
        account.figures.given_up += given_up;
        if acknowledged {
            account.figures.acknowledged += 1;
        } else {
            account.figures.unacknowledged += 1;
        }
    });
}

/// Posts a body; gives the status, or 0 when there is none.
async fn post(poster: &Poster, url: &str, settings: &super::Settings, body: Vec<u8>) -> u16 {
    let request = hyper::Request::post(url)
        .header("content-type", "application/json")
        .header("user-agent", "facebookexternalua")
        .header("x-hub-signature-256", event::signature(&settings.app_secret, &body))
        .body(Full::new(Bytes::from(body)));
    let Ok(request) = request else { return 0 };
    let exchanged = async {
        let answer = poster.request(request).await.ok()?;
        let status = answer.status().as_u16();
        // Read to its end, so that the connection can be used again.
        let _ = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
        Some(status)
    };
    tokio::time::timeout(settings.patience, exchanged).await.ok().flatten().unwrap_or_default()
}

/// Why a webhook was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Nobody answers there.
    #[error("nobody answers the verification")]
    Unreachable,
    /// The webhook does not know the token.
    #[error("the webhook answered the verification with status {0}")]
    Status(u16),
    /// The challenge did not come back as it was.
    #[error("the webhook did not give the challenge back")]
    Challenge,
}

/// Asks a webhook whether it knows the verify token.
pub(super) async fn verify(url: &str, token: &str, patience: Duration) -> Result<(), VerifyError> {
    let challenge = format!("{}", rand::random::<u32>());
    let escaped: String = token.bytes().map(escape).collect();
    let separator = if url.contains('?') { '&' } else { '?' };
    let target = format!(
        "{url}{separator}hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token={escaped}"
    );
    let request = hyper::Request::get(target).body(Full::new(Bytes::new()));
    let request = request.map_err(|_| VerifyError::Unreachable)?;
    let exchanged = async {
        let answer = poster().request(request).await.ok()?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await.ok()?;
        Some((status, body.to_bytes()))
    };
    let answer = tokio::time::timeout(patience, exchanged).await.ok().flatten();
    match answer.ok_or(VerifyError::Unreachable)? {
        (200, body) if body == challenge.as_bytes() => Ok(()),
        (200, _) => Err(VerifyError::Challenge),
        (status, _) => Err(VerifyError::Status(status)),
    }
}

fn escape(octet: u8) -> String {
    match octet {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(octet).to_string()
        }
        _ => format!("%{octet:02X}"),
    }
}
