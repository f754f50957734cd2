//! A batch of turns, from recall to commit.

use std::sync::Arc;

use crate::{
    channel::{AnswerBy, Channel, Inbound, Sureness},
    conversation::{
        self, Carried, End, Ending, Finished, Keep, NotPushed, Progress, Reply, Signal, Text, Then,
    },
    engine::{
        Answer, Core, Job, News, Service, Shelf,
        body::{Body, Last},
    },
    menu::{
        catalogue::Call,
        keyword::Command,
        language::Language,
        model::SORRY,
        state::{State, Values},
        step::{Context, MOST_CALLS},
    },
    outbox::{Class, Lane, Notice, NoticeId, Sender},
    service::{
        Asking, Noticed, Silence,
        record::{Change, Need},
    },
    store::{
        Batch, CommitError, ConversationWrite, Kept, Recalled, ReceiptWrite, SessionWrite, Spoke,
        StoreError, TurnKey, TurnWrite,
    },
};

/// Why a batch was not stored.
pub(super) enum BatchError {
    /// Somebody else changed what one of its turns had read.
    Conflict,
    /// The database does not answer.
    Unavailable,
}

impl From<StoreError> for BatchError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a batch of turns could not be read");
        Self::Unavailable
    }
}

/// Answers a batch: the answers stand in the order of the jobs, and are stored.
pub(super) async fn run(core: &Core, jobs: &[&Job]) -> Result<Vec<Answer>, BatchError> {
    let meters = &core.batches;
    let mut batch = meters.begin.time(core.store.begin()).await?;
    let mut turns = meters.read.time(step_all(core, &mut batch, jobs)).await?;
    for turn in &mut turns {
        turn.end_calls();
    }
    let writes: Vec<TurnWrite> = turns.iter().filter_map(|turn| turn.write(core)).collect();
    if writes.is_empty() {
        batch.rollback().await?;
    } else {
        meters.commit.time(batch.commit(&writes)).await.map_err(|error| match error {
            CommitError::Conflict => BatchError::Conflict,
            CommitError::Unavailable(error) => error.into(),
        })?;
        if writes.iter().any(|write| !write.notices.is_empty()) {
            core.wake.ring();
        }
    }
    Ok(turns.into_iter().map(Turn::answer).collect())
}

/// Steps every turn to its end, and makes the calls on the way.
async fn step_all<'t>(
    core: &'t Core,
    batch: &mut Batch,
    jobs: &[&'t Job],
) -> Result<Vec<Turn<'t>>, BatchError> {
    let mut turns = open(core, batch, jobs).await?;
    for _ in 0..MOST_CALLS {
        if !call_all(batch, &mut turns).await? {
            break;
        }
    }
    Ok(turns)
}

/// Recalls what is known and steps every turn as far as it goes.
async fn open<'t>(
    core: &'t Core,
    batch: &mut Batch,
    jobs: &[&'t Job],
) -> Result<Vec<Turn<'t>>, BatchError> {
    let key = |job: &&Job| TurnKey {
        receipt: job.receipt,
        subscriber: job.subscriber,
        service: job.inbound.service.clone(),
    };
    let mut keys: Vec<TurnKey> = jobs.iter().map(key).collect();
    let mut recalled = batch.recall(&keys).await?;
    let shelf = core.shelf.load_full();
    written_to(batch, jobs, &mut keys, &mut recalled).await?;
    offered_no_longer(batch, &shelf, &mut keys, &mut recalled).await?;
    let bodies: Vec<Option<Body>> = recalled
        .iter()
        .map(|known| known.conversation.as_ref().and_then(|kept| Body::parse(&kept.body)))
        .collect();
    repeated_after_restart(batch, jobs, &keys, &bodies, &mut recalled).await?;
    let busy = busy_elsewhere(batch, jobs, &keys).await?;
    let current = keys.iter().zip(&recalled).map(|(key, known)| current(&shelf, key, known));
    let current: Vec<Arc<Service>> = current.collect();
    let opened = jobs.iter().zip(current).zip(recalled.into_iter().zip(bodies));
    let mut turns: Vec<Turn<'_>> = opened
        .map(|((job, current), (known, body))| Turn::open(core, &shelf, job, current, known, body))
        .collect();
    for at in busy {
        turns[at].refuse_push(NotPushed::Busy);
    }
    Ok(turns)
}

/// Where a screen is to be pushed to a phone that has a session open with another service. A phone
/// has one session: the answer typed in it would be taken for one to what was pushed.
async fn busy_elsewhere(
    batch: &mut Batch,
    jobs: &[&Job],
    keys: &[TurnKey],
) -> Result<Vec<usize>, BatchError> {
    let pushes = |job: &Job| matches!(job.inbound.signal, Signal::Push(_));
    let places = (0..jobs.len()).filter(|&at| pushes(jobs[at]));
    let again = places.map(|at| (at, TurnKey { service: None, ..keys[at].clone() })).collect();
    let mut busy = recall_again(batch, again).await?;
    busy.retain(|(at, known)| {
        let Inbound { service, at: now, .. } = &jobs[*at].inbound;
        known.conversation.as_ref().is_some_and(|kept| {
            let other = service.as_ref() != Some(&kept.service);
            other && kept.ended.is_none() && kept.keep_until > *now
        })
    });
    Ok(busy.into_iter().map(|(at, _)| at).collect())
}

/// A text that perhaps asks something of another service than the one its writer was in does so
/// where no answer is awaited.
async fn written_to(
    batch: &mut Batch,
    jobs: &[&Job],
    keys: &mut [TurnKey],
    recalled: &mut [Recalled],
) -> Result<(), BatchError> {
    let mut again = Vec::new();
    for (at, job) in jobs.iter().enumerate() {
        let Signal::Text(Text { service: Some(service), .. }) = &job.inbound.signal else {
            continue;
        };
        let awaits = |kept: &Kept| kept.ended.is_none() && kept.keep_until > job.inbound.at;
        let key = &mut keys[at];
        if key.service.is_none() && !recalled[at].conversation.as_ref().is_some_and(awaits) {
            key.service = Some(service.clone());
            again.push((at, key.clone()));
        }
    }
    for (at, known) in recall_again(batch, again).await? {
        recalled[at] = known;
    }
    Ok(())
}

/// A turn with a service that is offered no longer is one with the first: what is kept of the first
/// is recalled for it.
async fn offered_no_longer(
    batch: &mut Batch,
    shelf: &Shelf,
    keys: &mut [TurnKey],
    recalled: &mut [Recalled],
) -> Result<(), BatchError> {
    let first = shelf.first().menu.service();
    let mut again = Vec::new();
    for (at, key) in keys.iter_mut().enumerate() {
        let name = service_of(key, &recalled[at]);
        if name.is_some_and(|name| shelf.service(name).is_none()) {
            key.service = Some(first.to_owned());
            again.push((at, key.clone()));
        }
    }
    for (at, known) in recall_again(batch, again).await? {
        recalled[at] = known;
    }
    Ok(())
}

/// The name of a turn's service: the one that was called, or the one that the subscriber is in.
fn service_of<'s>(key: &'s TurnKey, known: &'s Recalled) -> Option<&'s str> {
    let is_in = || known.conversation.as_ref().map(|kept| kept.service.as_str());
    key.service.as_deref().or_else(is_in)
}

/// The service of a turn, in the version in which a conversation begins.
fn current(shelf: &Shelf, key: &TurnKey, known: &Recalled) -> Arc<Service> {
    let name = service_of(key, known);
    Arc::clone(name.and_then(|name| shelf.service(name)).unwrap_or_else(|| shelf.first()))
}

/// Recalls some turns of a batch once more, each by another key.
async fn recall_again(
    batch: &mut Batch,
    again: Vec<(usize, TurnKey)>,
) -> Result<Vec<(usize, Recalled)>, BatchError> {
    let (places, keys): (Vec<usize>, Vec<TurnKey>) = again.into_iter().unzip();
    Ok(places.into_iter().zip(batch.recall(&keys).await?).collect())
}

/// The version in which a conversation began, while it is there.
fn begun_in(shelf: &Shelf, current: &Arc<Service>, body: Option<&Body>) -> Arc<Service> {
    let state = body.and_then(|body| body.conversation.as_ref()).map(|of| &of.state);
    let own = state.and_then(|state| shelf.version(current.menu.service(), &state.version));
    Arc::clone(own.unwrap_or(current))
}

/// A network that numbers nothing may deliver once more what we answered before a restart: the
/// same words again, at once. The reply is then the one it got.
async fn repeated_after_restart(
    batch: &mut Batch,
    jobs: &[&Job],
    keys: &[TurnKey],
    bodies: &[Option<Body>],
    recalled: &mut [Recalled],
) -> Result<(), BatchError> {
    let again: Vec<(usize, TurnKey)> = jobs
        .iter()
        .enumerate()
        .filter(|(_, job)| job.inbound.once.sureness == Sureness::Unsure)
        .filter_map(|(at, job)| {
            let last = bodies[at].as_ref()?.last;
            let again = recalled[at].reply.is_none() && last.is_again(job.said, job.inbound.at);
            again.then(|| (at, TurnKey { receipt: last.receipt, ..keys[at].clone() }))
        })
        .collect();
    for (at, known) in recall_again(batch, again).await? {
        recalled[at].reply = known.reply;
    }
    Ok(())
}

/// Makes the calls that turns wait for; `false` if none did.
async fn call_all(batch: &mut Batch, turns: &mut [Turn<'_>]) -> Result<bool, BatchError> {
    let calling: Vec<usize> = (0..turns.len()).filter(|&at| turns[at].stage.is_calling()).collect();
    let needs: Vec<Need> = calling.iter().map(|&at| turns[at].need()).collect();
    if calling.is_empty() {
        return Ok(false);
    }
    let facts = batch.facts(&needs).await?;
    for (at, facts) in calling.into_iter().zip(facts) {
        turns[at].decide(&facts);
    }
    Ok(true)
}

/// Whether it is the end of a session that is not the last one: the phone is in another by now.
fn belated(inbound: &Inbound, body: Option<&Body>) -> bool {
    let (Signal::Abort(_), Some(session)) = (&inbound.signal, inbound.session) else {
        return false;
    };
    body.is_some_and(|body| body.session != Some(session.key))
}

/// One turn of a batch.
struct Turn<'t> {
    core: &'t Core,
    /// The version in which the conversation began.
    own: Arc<Service>,
    /// The version in which one begins.
    current: Arc<Service>,
    job: &'t Job,
    version: Option<i64>,
    language: Option<Language>,
    silence: Silence,
    random: u64,
    stage: Stage,
    changes: Vec<Change>,
    outcomes: Vec<(&'static str, &'static str)>,
    noticed: Vec<Noticed>,
}

enum Stage {
    /// It has been answered before.
    Repeated(Reply),
    /// It waits for a call.
    Calling { state: State, call: &'static Call, carried: Carried },
    /// It is finished.
    Done(Finished),
}

impl Stage {
    fn is_calling(&self) -> bool {
        matches!(self, Self::Calling { .. })
    }
}

impl From<Progress> for Stage {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Call { state, call, carried } => Self::Calling { state, call, carried },
            Progress::Done(finished) => Self::Done(finished),
        }
    }
}

impl<'t> Turn<'t> {
    fn open(
        core: &'t Core,
        shelf: &Shelf,
        job: &'t Job,
        current: Arc<Service>,
        known: Recalled,
        body: Option<Body>,
    ) -> Self {
        let own = begun_in(shelf, &current, body.as_ref());
        let language = known
            .subscriber
            .as_ref()
            .and_then(|subscriber| Language::parse(subscriber.language.as_deref()?));
        let silent = known.subscriber.as_ref().map(|known| job.inbound.at.since(known.seen_at));
        let silence = match silent {
            Some(silent) if silent > core.rules.silent_after => Silence::TooLong,
            _ => Silence::Short,
        };
        let repeated = known.reply.and_then(|reply| serde_json::from_slice(&reply).ok());
        let version = known.conversation.as_ref().map(|kept| kept.version);
        let over = belated(&job.inbound, body.as_ref());
        let channel = job.inbound.channel;
        let elsewhere = body.as_ref().is_some_and(|body| body.elsewhere(channel));
        let kept = known.conversation.map(|kept| conversation::Kept {
            elsewhere,
            conversation: body.and_then(|body| body.conversation),
            ended: kept.ended,
            keep_until: kept.keep_until,
        });
        let mut turn = Self {
            core,
            own,
            current,
            job,
            version,
            language,
            silence,
            random: rand::random(),
            stage: Stage::Done(Finished::default()),
            changes: Vec::new(),
            outcomes: Vec::new(),
            noticed: Vec::new(),
        };
        if silence == Silence::TooLong && !turn.pushes() {
            turn.changes.push(Change::ForgetEverybody);
        }
        turn.stage = match repeated {
            Some(reply) => Stage::Repeated(reply),
            None if over => Stage::Done(Finished::default()),
            None => {
                let signal = job.inbound.signal.clone();
                let (cx, at) = (turn.context(&turn.own), job.inbound.at);
                let (fresh, trust) = (&turn.current.menu, channel.trust(turn.random));
                let language = turn.language.as_ref();
                conversation::turn(cx, fresh, kept, language, signal, trust, at).into()
            }
        };
        turn
    }

    /// Whether we speak first, and the subscriber has not been heard.
    fn pushes(&self) -> bool {
        matches!(self.job.inbound.signal, Signal::Push(_))
    }

    /// Nothing is pushed, unless it was before.
    fn refuse_push(&mut self, why: NotPushed) {
        if !matches!(self.stage, Stage::Repeated(_)) {
            let not_pushed = Some(why);
            self.stage = Stage::Done(Finished { not_pushed, ..Finished::default() });
        }
    }

    /// The service in whose version a state stands.
    fn service(&self, state: &State) -> &Arc<Service> {
        if state.version == *self.own.menu.version() { &self.own } else { &self.current }
    }

    fn context<'s>(&self, service: &'s Service) -> Context<'s> {
        Context {
            menu: &service.menu,
            frame: self.job.inbound.frame,
            today: self.job.inbound.at.date(self.core.rules.zone),
        }
    }

    fn asking<'v>(&'v self, values: &'v Values) -> Asking<'v> {
        Asking {
            values,
            service: self.current.menu.service(),
            subscriber: self.job.subscriber,
            silence: self.silence,
            now: self.job.inbound.at,
            today: self.job.inbound.at.date(self.core.rules.zone),
            random: self.random.wrapping_add(self.outcomes.len() as u64),
        }
    }

    fn need(&self) -> Need {
        match &self.stage {
            Stage::Calling { state, call, .. } => {
                self.service(state).desk.need(call.name, self.asking(&state.values))
            }
            _ => Need::default(),
        }
    }

    fn decide(&mut self, facts: &crate::service::record::Facts) {
        let idle = Stage::Done(Finished::default());
        let Stage::Calling { state, call, carried } = std::mem::replace(&mut self.stage, idle)
        else {
            return;
        };
        let service = Arc::clone(self.service(&state));
        let decision = service.desk.decide(call.name, self.asking(&state.values), facts);
        let Some(decision) = decision else {
            tracing::error!(service = service.menu.service(), call = call.name, "no outcome");
            return self.sorry(&state, carried.ends);
        };
        self.outcomes.push((call.name, decision.outcome));
        self.changes.extend(decision.changes);
        self.noticed.extend(decision.noticed);
        let cx = self.context(&service);
        let (outcome, given) = (decision.outcome, decision.given);
        self.stage = conversation::resume(cx, state, outcome, given, carried).into();
    }

    /// A turn that would go on calling is cut off. The check proves that no menu calls so often.
    fn end_calls(&mut self) {
        match std::mem::replace(&mut self.stage, Stage::Done(Finished::default())) {
            Stage::Calling { state, carried, .. } => self.sorry(&state, carried.ends),
            stage => self.stage = stage,
        }
    }

    /// Nothing can be said: the session closes, the calls change nothing, and what was
    /// kept stays.
    fn sorry(&mut self, state: &State, mut ends: Vec<Ending>) {
        let text = self.service(state).menu.word(SORRY.name, &state.language, "");
        ends.push(Ending { end: End::Error, screen: state.screen.clone() });
        let reply = Some(Reply { text, then: Then::Close });
        // What a silent number knew is forgotten all the same: by the next turn it is silent no more.
        self.changes.retain(|change| *change == Change::ForgetEverybody);
        let way = state.way.clone();
        self.stage = Stage::Done(Finished { reply, ends, way, ..Finished::default() });
    }

    /// What the turn stores; a repetition stores nothing.
    fn write(&self, core: &Core) -> Option<TurnWrite> {
        let Stage::Done(finished) = &self.stage else { return None };
        if finished.not_pushed.is_some() {
            return None;
        }
        let at = self.job.inbound.at;
        let said = finished.command.and_then(|command| match command {
            Command::Stop => Some(Change::RefuseBroadcasts),
            Command::Start => Some(Change::WantBroadcasts),
            Command::Help => None,
        });
        let last = Last { said: self.job.said, receipt: self.job.receipt, at };
        let chosen = finished.keep.as_ref().map(|keep| &keep.language);
        let chosen =
            chosen.filter(|&chosen| *chosen != *self.current.menu.language(self.language.as_ref()));
        Some(TurnWrite {
            subscriber: self.job.subscriber,
            number: self.job.inbound.from.clone(),
            language: chosen.map(|language| language.as_str().to_owned()),
            at,
            spoke: if self.pushes() { Spoke::We } else { Spoke::Subscriber },
            conversation: finished.keep.as_ref().map(|keep| self.conversation(keep, last)),
            receipt: finished.reply.as_ref().map(|reply| ReceiptWrite {
                key: self.job.receipt,
                reply: serde_json::to_vec(reply).unwrap_or_default(),
                keep_until: at.plus(core.rules.receipt_for),
            }),
            session: self.session(),
            changes: self.changes.iter().cloned().chain(said).collect(),
            notices: self.notices(finished),
        })
    }

    /// Where there is no session to answer in, the reply is a notice.
    fn notices(&self, finished: &Finished) -> Vec<Notice> {
        let AnswerBy::Notice { route } = &self.job.inbound.answer_by else { return Vec::new() };
        let Inbound { from, at, .. } = &self.job.inbound;
        let reply = finished.reply.iter().map(|reply| Notice {
            id: NoticeId::draw(*at, self.random),
            to: from.clone(),
            route: route.clone(),
            sender: Sender::Code,
            text: reply.text.clone(),
            lane: Lane { class: Class::Reply, zone: self.core.rules.zone },
            campaign: 0,
            due: *at,
            expires: at.plus(Class::Reply.good_for()),
        });
        reply.collect()
    }

    /// The session stays with its phone for as long as a repetition may come. An end adds nothing.
    fn session(&self) -> Option<SessionWrite> {
        let inbound = &self.job.inbound;
        let session = inbound.session.filter(|_| !matches!(inbound.signal, Signal::Abort(_)))?;
        let keep_for = self.core.rules.receipt_for.max(inbound.open_for);
        let keep_until = inbound.at.plus(keep_for);
        Some(SessionWrite { key: session.key, heard: session.heard, keep_until })
    }

    fn conversation(&self, keep: &Keep, last: Last) -> ConversationWrite {
        let at = self.job.inbound.at;
        let session = self.job.inbound.session.map(|session| session.key);
        let channel = Some(self.job.inbound.channel).filter(|&channel| channel != Channel::Ussd);
        let body = Body { conversation: keep.conversation.clone(), last, session, channel };
        let keep_for = match keep.conversation {
            Some(_) => self.core.rules.resume_for,
            None => self.core.rules.receipt_for,
        };
        ConversationWrite {
            service: self.current.menu.service().to_owned(),
            was: self.version,
            body: body.to_octets(),
            ended: keep.ended,
            screen: keep.screen.clone(),
            channel: self.job.inbound.channel.as_str().to_owned(),
            open_until: at.plus(self.job.inbound.open_for),
            keep_until: keep
                .until
                .unwrap_or_else(|| at.plus(keep_for.max(self.job.inbound.open_for))),
        }
    }

    fn answer(self) -> Answer {
        let (done, news) = match self.stage {
            Stage::Repeated(reply) => {
                (Finished { reply: Some(reply), ..Finished::default() }, News::Repeated)
            }
            Stage::Done(done) => (done, News::New),
            // Cut off before it came here.
            Stage::Calling { .. } => (Finished::default(), News::New),
        };
        Answer {
            reply: done.reply,
            subscriber: self.job.subscriber,
            service: self.current,
            news,
            screen: done.keep.map(|keep| keep.screen),
            ends: done.ends,
            way: done.way,
            outcomes: self.outcomes,
            noticed: self.noticed,
            not_pushed: done.not_pushed,
        }
    }
}
