//! A lane: turns that wait, taken batch after batch. A batch that conflicts is taken turn by turn; a turn
//! that has to ask an outside record, or may have come to another node too, leaves its batch and comes back.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::Hash,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::mpsc;
use tracing::Instrument;

use crate::{
    engine::{
        Ask, Core, Job, Parked, TurnError,
        batch::{BatchError, Ended, Leave, run},
    },
    telemetry::spans,
    vault::SubscriberKey,
};

/// One queue of turns.
pub struct Lane {
    queue: mpsc::Receiver<Job>,
    /// Turns whose subscriber already had one in the batch before.
    carried: VecDeque<Job>,
    /// Turns that come back from an outside record, as many as are away at most.
    back: (mpsc::Sender<Job>, mpsc::Receiver<Job>),
    /// Turns that wait for what another node has to say.
    doubts: FuturesUnordered<BoxFuture<'static, Job>>,
    /// Whose turn is away, and what they said meanwhile.
    away: HashMap<SubscriberKey, VecDeque<Job>>,
    core: Arc<Core>,
}

impl Lane {
    pub(super) fn new(queue: mpsc::Receiver<Job>, most: usize, core: Arc<Core>) -> Self {
        let back = mpsc::channel(most);
        let (carried, doubts) = (VecDeque::new(), FuturesUnordered::new());
        Self { queue, carried, back, doubts, away: HashMap::new(), core }
    }

    /// Takes batch after batch until every [`Engine`](super::Engine) is gone and nothing waits.
    pub async fn run(mut self) {
        let mut arrived = Vec::with_capacity(self.core.rules.batch);
        let mut open = true;
        loop {
            if self.carried.is_empty() {
                let most = self.core.rules.batch;
                tokio::select! {
                    biased;
                    Some(job) = self.back.1.recv() => self.came_back(job),
                    Some(job) = self.doubts.next() => self.came_back(job),
                    taken = self.queue.recv_many(&mut arrived, most), if open => open = taken > 0,
                }
                if !open && self.away.is_empty() && self.carried.is_empty() {
                    return;
                }
            } else {
                // Somebody waits already: take what is there, and do not wait for more.
                while arrived.len() + self.carried.len() < self.core.rules.batch {
                    let Ok(job) = self.queue.try_recv() else { break };
                    arrived.push(job);
                }
            }
            while let Ok(job) = self.back.1.try_recv() {
                self.came_back(job);
            }
            while let Some(Some(job)) = self.doubts.next().now_or_never() {
                self.came_back(job);
            }
            let batch = self.one_of_each(&mut arrived);
            for (job, leave) in self.core.serve(batch).await {
                match leave {
                    Leave::ToAsk(ask) => self.park(job, ask),
                    Leave::InDoubt(receipt) => self.wait(job, receipt),
                }
            }
        }
    }

    /// At most one turn of every subscriber, oldest first; the others are carried to the next
    /// batch. Those of a subscriber whose turn is away wait for it.
    fn one_of_each(&mut self, arrived: &mut Vec<Job>) -> Vec<Job> {
        let mut waiting = Vec::with_capacity(self.carried.len() + arrived.len());
        for job in self.carried.drain(..).chain(arrived.drain(..)) {
            match self.away.get_mut(&job.subscriber) {
                None => waiting.push(job),
                Some(held) if held.len() < MOST_HELD => held.push_back(job),
                Some(_) => job.end(Err(TurnError::Overloaded)),
            }
        }
        let most = self.core.rules.batch;
        let (batch, later) = one_of_each(waiting.into_iter(), most, |job| job.subscriber);
        self.carried = later;
        batch
    }

    /// Hands a turn to whoever asks the outside record. Without room there it is decided at once.
    fn park(&mut self, job: Job, ask: Ask) {
        let Some(outside) = &self.core.outside else { return };
        let subscriber = job.subscriber;
        let parked = Parked::new(job, ask, outside, self.back.0.clone());
        // Full or not, it comes back; but it must not find that it is not expected.
        self.away.entry(subscriber).or_default();
        if self.away.len() <= self.back.0.max_capacity() {
            // What cannot be sent is dropped, and so comes back.
            let _ = outside.asks.try_send(parked);
        } else {
            let mut job = parked.into_job();
            self.away.remove(&subscriber);
            if let Some(job) = &mut job {
                job.give_up();
            }
            self.carried.extend(job);
        }
    }

    /// Lets a turn wait for what another node may have to say.
    fn wait(&mut self, job: Job, receipt: [u8; 16]) {
        self.away.entry(job.subscriber).or_default();
        self.doubts.push(job.doubt(receipt, self.core.taken.clone()).boxed());
    }

    fn came_back(&mut self, job: Job) {
        let held = self.away.remove(&job.subscriber).unwrap_or_default();
        for job in std::iter::once(job).chain(held).rev() {
            self.carried.push_front(job);
        }
    }
}

/// What a subscriber may say while a turn is away.
const MOST_HELD: usize = 64;

/// At most one of every kind and `most` in all, oldest first; and what is left for later, in its order.
pub fn one_of_each<T, K: Hash + Eq>(
    waiting: impl Iterator<Item = T>,
    most: usize,
    kind: impl Fn(&T) -> K,
) -> (Vec<T>, VecDeque<T>) {
    let (mut seen, mut batch, mut later) = (HashSet::new(), Vec::new(), VecDeque::new());
    for one in waiting {
        if batch.len() < most && seen.insert(kind(&one)) {
            batch.push(one);
        } else {
            later.push_back(one);
        }
    }
    (batch, later)
}

/// A batch that took longer is told: people notice that they wait.
const SLOW: Duration = Duration::from_secs(2);

/// How soon a database that is away is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// How often a turn is tried alone before it fails.
const TRIES: usize = 4;

impl Job {
    /// Ends the turn, unless it leaves its batch.
    fn ended(self, ended: Ended) -> Option<(Self, Leave)> {
        match ended {
            Ended::Answered(answer) => self.end(Ok(*answer)),
            Ended::Refused => self.end(Err(TurnError::TooOften)),
            Ended::Leaves(leave) => return Some((self, leave)),
        }
        None
    }
}

impl Core {
    /// Answers every turn of a batch, but those that leave it. One that cannot be stored does not
    /// take the others with it, and one that nobody waits for any more is not begun: its caller has been
    /// told that it failed. While the database is away they wait for it: a session that is still open is
    /// worth more than an early excuse.
    async fn serve(&self, mut batch: Vec<Job>) -> Vec<(Job, Leave)> {
        let mut parked = Vec::new();
        loop {
            batch.retain(|job| !job.answer.is_closed());
            if batch.is_empty() {
                return parked;
            }
            let jobs: Vec<&Job> = batch.iter().collect();
            match self.run(&jobs).await {
                Ok(ended) => {
                    let ended = batch.into_iter().zip(ended);
                    return ended.filter_map(|(job, ended)| job.ended(ended)).collect();
                }
                Err(BatchError::Conflict | BatchError::Unreadable) => {
                    for job in batch {
                        match self.alone(&job).await {
                            Ok(ended) => parked.extend(job.ended(ended)),
                            Err(error) => job.end(Err(error)),
                        }
                    }
                    return parked;
                }
                Err(BatchError::Away) => {
                    for job in batch.extract_if(.., |job| !self.may_wait(job)) {
                        job.end(Err(TurnError::Unavailable));
                    }
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Err(BatchError::Unavailable) => {
                    for job in batch {
                        job.end(Err(TurnError::Unavailable));
                    }
                    return parked;
                }
            }
        }
    }

    /// Whether there is time left to wait for the database.
    fn may_wait(&self, job: &Job) -> bool {
        job.came.elapsed() < self.rules.patience
    }

    /// Runs a batch, and counts how it went.
    async fn run(&self, jobs: &[&Job]) -> Result<Vec<Ended>, BatchError> {
        let span = spans::batch(jobs.iter().map(|job| &job.span));
        let began = Instant::now();
        let done = run(self, jobs).instrument(span).await;
        let took = began.elapsed();
        if took >= SLOW {
            let took_ms = took.as_millis() as u64;
            tracing::warn!(turns = jobs.len(), took_ms, "a batch of turns took long");
        }
        self.batches.turns.observe(jobs.len() as f64);
        match done {
            Ok(_) => {}
            Err(BatchError::Conflict) => _ = self.batches.conflicts.inc(),
            Err(BatchError::Away | BatchError::Unavailable | BatchError::Unreadable) => {
                _ = self.batches.unavailable.inc();
            }
        }
        done
    }

    async fn alone(&self, job: &Job) -> Result<Ended, TurnError> {
        let mut tries = 0;
        while tries < TRIES {
            if job.answer.is_closed() {
                return Err(TurnError::Unavailable);
            }
            match self.run(&[job]).await {
                Ok(mut ended) => return ended.pop().ok_or(TurnError::Unavailable),
                Err(BatchError::Conflict) => tries += 1,
                Err(BatchError::Away) if self.may_wait(job) => {
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Err(BatchError::Away | BatchError::Unavailable | BatchError::Unreadable) => {
                    return Err(TurnError::Unavailable);
                }
            }
        }
        tracing::error!(service = ?job.inbound.service, tries = TRIES, "a turn conflicts for ever");
        Err(TurnError::Unavailable)
    }
}
