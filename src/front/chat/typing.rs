//! Shows a chat that we write, where an answer takes long.
//!
//! It is shown for slow work only: most turns are answered sooner than it could be seen. It is no message,
//! keeps nobody waiting, and what cannot be shown at once is not shown.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use crate::telemetry::{Metrics, outbox::Shown};

/// Chats that wait to be shown it. Who waits behind so many is shown an answer before.
const WAITING: usize = 64;

/// Says to which chats it is to be shown. Cheap to clone.
#[derive(Clone)]
pub struct Typing {
    after: Duration,
    slow: mpsc::Sender<String>,
    metrics: Arc<Metrics>,
}

/// Messages that are not answered yet, by the provider's names for them.
pub type Slow = mpsc::Receiver<String>;

impl Typing {
    /// Work that takes longer than `after` is slow; none is where that is zero. Whoever has the other end
    /// tells the provider.
    pub fn new(after: Duration, metrics: &Arc<Metrics>) -> (Self, Slow) {
        let (slow, unanswered) = mpsc::channel(WAITING);
        (Self { after, slow, metrics: Arc::clone(metrics) }, unanswered)
    }

    /// Does some work, and shows the writer of `message` that we are at it once that takes long. Nothing
    /// is known of a message without a name.
    pub async fn beside<W: Future>(&self, message: Option<&str>, work: W) -> W::Output {
        let Some(message) = message.filter(|_| self.after > Duration::ZERO) else {
            return work.await;
        };
        let mut work = pin!(work);
        if let Ok(done) = tokio::time::timeout(self.after, &mut work).await {
            return done;
        }
        if self.slow.try_send(message.to_owned()).is_err() {
            self.metrics.outbox().typing(Shown::TooMany);
        }
        work.await
    }
}

/// A message's name has its writer's number in it.
impl std::fmt::Debug for Typing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Typing").field("after", &self.after).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_millis(700);

    #[tokio::test(start_paused = true)]
    async fn it_is_shown_for_slow_work_only() {
        for (millis, message, after, shown) in [
            (0, Some("a"), AFTER, false),
            (690, Some("a"), AFTER, false),
            (710, Some("a"), AFTER, true),
            (710, None, AFTER, false),
            (60_000, Some("a"), Duration::ZERO, false),
        ] {
            let (typing, mut slow) = Typing::new(after, &Arc::default());
            let work = async {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                millis
            };
            assert_eq!(typing.beside(message, work).await, millis);
            assert_eq!(slow.try_recv().is_ok(), shown, "{millis}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_who_does_not_listen() {
        let (typing, slow) = Typing::new(AFTER, &Arc::default());
        let work = || tokio::time::sleep(2 * AFTER);
        for _ in 0..=WAITING {
            typing.beside(Some("a"), work()).await;
        }
        assert_eq!(slow.len(), WAITING);
        drop(slow);
        typing.beside(Some("a"), work()).await;
    }
}
