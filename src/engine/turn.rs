//! One turn of a batch: stepped as far as it goes, decided call by call, and what it stores. `post` is what it
//! sends.

mod post;

use std::sync::Arc;

use crate::{
    channel::{AnswerBy, Channel, Inbound},
    clock::Timestamp,
    conversation::{
        self, Carried, CodeBack, End, Ending, Finished, Keep, NotPushed, Progress, Reply, Signal,
        Then, Trust,
    },
    engine::{
        Answer, Ask, Core, Job, News, Sends, Service, Shelf,
        again::Again,
        batch::{Ended, Leave},
        body::{Body, Guesses, Last},
    },
    identity::Nik,
    menu::{
        catalogue::Call,
        keyword::Command,
        language::Language,
        model::SORRY,
        state::{State, Values},
        step::Context,
    },
    outbox::NoticeId,
    service::{
        Asking, Decision, Noticed, Silence, To,
        appointment::hung_up as hung_up_on,
        inquiry::{Inquiry, Letter, Outward, show_time},
        officer::Behalf,
        record::{Change, Facts, Need},
        ticket::Check,
    },
    store::{ConversationWrite, Recalled, ReceiptWrite, SessionWrite, Spoke, TurnWrite},
    vault::NikIndex,
};

use self::post::Written;

/// One turn of a batch.
pub(super) struct Turn<'t> {
    core: &'t Core,
    /// The version in which the conversation began.
    own: Arc<Service>,
    /// The version in which one begins.
    current: Arc<Service>,
    job: &'t Job,
    version: Option<i64>,
    language: Option<Language>,
    silence: Silence,
    /// Wrong codes before this turn.
    guesses: Option<Guesses>,
    /// When the subscriber's allowance is whole again.
    whole: Option<Timestamp>,
    /// The key under which its reply is kept.
    receipt: [u8; 16],
    random: u64,
    stage: Stage,
    changes: Vec<Change>,
    outcomes: Vec<(&'static str, &'static str)>,
    noticed: Vec<Noticed>,
    notes: Vec<Written>,
}

#[expect(clippy::large_enum_variant, reason = "one a turn, looked at as soon as it is made")]
enum Stage {
    /// It has been answered before.
    Repeated(Reply),
    /// It has been answered elsewhere, and its sender has gone on.
    Overtaken,
    /// It may have been answered, with the reply under this key.
    InDoubt([u8; 16]),
    /// Its subscriber takes too many.
    Refused,
    /// It waits for a call.
    Calling { state: State, call: &'static Call, carried: Carried },
    /// It has to ask the outside record first.
    Asks(Ask),
    /// It is finished.
    Done(Finished),
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
    pub(super) fn open(
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
        let guesses = body.as_ref().and_then(|body| body.guesses);
        let whole = body.as_ref().and_then(|body| body.whole);
        let counts = !matches!(job.inbound.signal, Signal::Abort(_) | Signal::Push(_));
        let taken = counts.then(|| core.rules.allowance.take(whole, job.inbound.at));
        // The words of the message before are answered as that was.
        let last = body.as_ref().map(|body| body.last).filter(|last| last.said == job.said);
        let receipt = match last {
            Some(last) if repeated.is_some() => last.receipt,
            _ => job.receipt,
        };
        let kept = known.conversation.map(|kept| conversation::Kept {
            elsewhere,
            conversation: body.and_then(|body| body.conversation),
            ended: kept.ended,
            keep_until: guesses.map_or(kept.keep_until, |guesses| guesses.fresh_until),
        });
        let mut turn = Self {
            core,
            own,
            current,
            job,
            version,
            language,
            silence,
            guesses,
            whole: taken.flatten().or(whole),
            receipt,
            random: rand::random(),
            stage: Stage::Done(Finished::default()),
            changes: Vec::new(),
            outcomes: Vec::new(),
            noticed: Vec::new(),
            notes: Vec::new(),
        };
        if silence == Silence::TooLong && !turn.pushes() {
            turn.changes.push(Change::ForgetEverybody);
        }
        turn.stage = match repeated {
            Some(reply) => Stage::Repeated(reply),
            None if taken == Some(None) => Stage::Refused,
            None if over => Stage::Done(Finished::default()),
            None => {
                let signal = job.inbound.signal.clone();
                let (cx, at) = (turn.context(&turn.own), job.inbound.at);
                let (fresh, trust) = (&turn.current.menu, channel.trust(turn.random));
                let doubted = guesses.is_some_and(|guesses| guesses.too_many(at));
                let trust = if doubted && !trust.is_sure() { Trust::Doubted } else { trust };
                let language = turn.language.as_ref();
                conversation::turn(cx, fresh, kept, language, signal, trust, at).into()
            }
        };
        turn
    }

    /// Whether it waits for a call.
    pub(super) fn is_calling(&self) -> bool {
        matches!(self.stage, Stage::Calling { .. })
    }

    /// Whether we speak first, and the subscriber has not been heard.
    fn pushes(&self) -> bool {
        matches!(self.job.inbound.signal, Signal::Push(_))
    }

    /// Nothing is pushed, unless it was before.
    pub(super) fn refuse_push(&mut self, why: NotPushed) {
        if !matches!(self.stage, Stage::Repeated(_)) {
            let not_pushed = Some(why);
            self.stage = Stage::Done(Finished { not_pushed, ..Finished::default() });
        }
    }

    /// What came again where another node has it too says and stores nothing, or not yet.
    pub(super) fn came_again(&mut self, again: Again) {
        self.stage = match again {
            Again::New | Again::Same(_) => return,
            Again::InDoubt(receipt) => Stage::InDoubt(receipt),
            Again::Overtaken => Stage::Overtaken,
        };
        self.changes.clear();
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

    pub(super) fn need(&self) -> Need {
        let Stage::Calling { state, call, .. } = &self.stage else { return Need::default() };
        let need = self.service(state).desk.need(call.name, self.asking(&state.values));
        let fetched = need.person.filter(|_| self.core.outside.is_some());
        Need { fetched, ..need }
    }

    pub(super) fn decide(&mut self, need: &Need, mut facts: Facts) {
        let idle = Stage::Done(Finished::default());
        let Stage::Calling { state, call, carried } = std::mem::replace(&mut self.stage, idle)
        else {
            return;
        };
        let service = Arc::clone(self.service(&state));
        if let Some(outside) = &self.core.outside {
            let nik = need.person.and_then(|person| self.nik_of(person, &state, &facts));
            match outside.look(self.job, need, nik, &facts) {
                Ok(known) => facts.known = known,
                Err(ask) => return self.ask(ask),
            }
            facts.wrote.clone_from(&self.job.wrote);
        }
        let decision = service.desk.answer(call.name, self.asking(&state.values), &facts);
        let Some(mut decision) = decision else {
            tracing::error!(service = service.menu.service(), call = call.name, "no outcome");
            return self.sorry(&state, carried.ends);
        };
        let inquiry = decision.outward.zip(need.person).and_then(|(outward, person)| {
            let behalf = decision.behalf.clone();
            Some((
                outward,
                Box::new(self.inquiry((outward, behalf, call.name), person, &state, &facts)?),
            ))
        });
        match inquiry {
            Some((Outward::First(_), inquiry)) => {
                // Stored before it is asked, without anything else of the turn.
                self.changes.retain(|change| *change == Change::ForgetEverybody);
                self.changes.extend(decision.changes);
                self.changes.push(Change::Inquire(inquiry.clone()));
                self.noticed.clear();
                self.notes.clear();
                self.stage = Stage::Asks(Ask::Register(inquiry));
                return;
            }
            Some((Outward::Later(_), inquiry)) => self.changes.push(Change::Inquire(inquiry)),
            None => {}
        }
        self.keep_asked(&mut decision, call.name, need, (&state, &facts));
        self.outcomes.push((call.name, decision.outcome));
        self.changes.extend(decision.changes);
        self.noticed.extend(decision.noticed);
        for note in decision.notes {
            self.write_note(&service, &state.language, note);
        }
        let cx = self.context(&service);
        let (outcome, given) = (decision.outcome, decision.given);
        let as_of = decision.as_of.map(|at| show_time(at, self.core.rules.zone));
        let carried = Carried { as_of, ..carried };
        self.stage = conversation::resume(cx, state, outcome, given, carried).into();
    }

    /// Leaves the batch as if it had not been begun.
    fn ask(&mut self, ask: Ask) {
        self.changes.clear();
        self.notes.clear();
        self.stage = Stage::Asks(ask);
    }

    /// The NIK behind an index: the one that was typed, or the one that we have.
    fn nik_of(&self, person: NikIndex, state: &State, facts: &Facts) -> Option<Nik> {
        let typed = state.values.text("nik").and_then(|typed| Nik::parse(typed).ok());
        typed
            .filter(|nik| self.core.vault.nik_index(nik) == person)
            .or_else(|| facts.person.as_ref().map(|person| person.nik.clone()))
    }

    /// A registration that staff look at is kept with all that was typed, and with whom to tell.
    fn keep_asked(
        &self,
        decision: &mut Decision,
        call: &str,
        need: &Need,
        (state, facts): (&State, &Facts),
    ) {
        let opened = decision.changes.iter_mut().find_map(Change::checked);
        let Some((ticket, person)) = opened.zip(need.person) else { return };
        if let Some(letter) = self.letter((decision.behalf.clone(), call), person, state, facts) {
            Check::ask(ticket, &letter);
        }
    }

    /// What the outside record is asked, with all that whoever asks needs to tell the answer.
    fn inquiry(
        &self,
        (outward, behalf, call): (Outward, Option<Box<Behalf>>, &str),
        person: NikIndex,
        state: &State,
        facts: &Facts,
    ) -> Option<Inquiry> {
        let at = self.job.inbound.at;
        let (kind, due) = match outward {
            Outward::First(kind) => (kind, at.plus(self.core.outside.as_ref()?.lease)),
            Outward::Later(kind) => (kind, at),
        };
        let letter = self.letter((behalf, call), person, state, facts)?;
        let id = NoticeId::draw(at, self.random).as_i64();
        Some(Inquiry { id, kind, by: self.job.subscriber, person, letter, at, due })
    }

    fn letter(
        &self,
        (behalf, call): (Option<Box<Behalf>>, &str),
        person: NikIndex,
        state: &State,
        facts: &Facts,
    ) -> Option<Letter> {
        let Inbound { from, answer_by, .. } = &self.job.inbound;
        Some(Letter {
            nik: self.nik_of(person, state, facts)?.as_str().to_owned(),
            phone: from.as_str().to_owned(),
            chat: match answer_by {
                AnswerBy::Chat { chat, .. } => Some(chat.clone()),
                AnswerBy::Session | AnswerBy::Notice { .. } => None,
            },
            service: self.current.menu.service().to_owned(),
            call: call.to_owned(),
            language: state.language.clone(),
            values: state.values.clone(),
            behalf,
        })
    }

    /// A turn that would go on calling is cut off. The check proves that no menu calls so often.
    pub(super) fn end_calls(&mut self) {
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
        let reply = Some(Reply::say(text, Then::Close));
        // What a silent number knew is forgotten all the same: by the next turn it is silent no more.
        self.changes.retain(|change| *change == Change::ForgetEverybody);
        self.notes.clear();
        let way = state.way.clone();
        self.stage = Stage::Done(Finished { reply, ends, way, ..Finished::default() });
    }

    /// What the turn stores; a repetition stores nothing.
    pub(super) fn write(&self, core: &Core) -> Option<TurnWrite> {
        let finished = match &self.stage {
            Stage::Done(finished) => finished,
            Stage::Asks(_) if !self.changes.is_empty() => return Some(self.question()),
            Stage::Asks(_)
            | Stage::Calling { .. }
            | Stage::Repeated(_)
            | Stage::Overtaken
            | Stage::InDoubt(_)
            | Stage::Refused => return None,
        };
        if finished.not_pushed.is_some() {
            return None;
        }
        let at = self.job.inbound.at;
        let said = finished.command.and_then(|command| match command {
            Command::Stop => Some(Change::RefuseBroadcasts),
            Command::Start => Some(Change::WantBroadcasts),
            Command::Help => None,
        });
        let hung_up = matches!(self.job.inbound.signal, Signal::Abort(End::UserAbort));
        let left = finished.keep.as_ref().filter(|_| hung_up);
        let left = left.and_then(|keep| hung_up_on(&keep.conversation.as_ref()?.state.values));
        let Job { said: words, receipt, .. } = *self.job;
        let last = Last { said: words, receipt, at, node: core.node };
        let chosen = finished.keep.as_ref().map(|keep| &keep.language);
        let chosen =
            chosen.filter(|&chosen| *chosen != *self.current.menu.language(self.language.as_ref()));
        Some(TurnWrite {
            subscriber: self.job.subscriber,
            number: self.job.inbound.from.clone(),
            language: chosen.map(|language| language.as_str().to_owned()),
            at,
            channel: Some(self.job.inbound.channel.as_str()),
            spoke: if self.pushes() { Spoke::We } else { Spoke::Subscriber },
            conversation: finished
                .keep
                .as_ref()
                .map(|keep| self.conversation(keep, last, finished.code)),
            receipt: finished.reply.as_ref().map(|reply| ReceiptWrite {
                key: self.job.receipt,
                reply: serde_json::to_vec(reply).unwrap_or_default(),
                keep_until: at.plus(core.rules.receipt_for),
            }),
            session: self.session(),
            changes: self.changes.iter().cloned().chain(said).chain(left).collect(),
            notices: self.notices(finished),
            answers: match self.job.inbound.answer_by {
                AnswerBy::Chat { answers, .. } => Some(answers),
                AnswerBy::Session | AnswerBy::Notice { .. } => None,
            },
        })
    }

    /// What is stored before the outside record is asked.
    fn question(&self) -> TurnWrite {
        let inbound = &self.job.inbound;
        let number = inbound.from.clone();
        TurnWrite {
            channel: Some(inbound.channel.as_str()),
            changes: self.changes.clone(),
            ..TurnWrite::of(Spoke::Subscriber, self.job.subscriber, number, inbound.at)
        }
    }

    /// A provider's session stays with its phone for as long as a repetition may come. An end adds nothing.
    fn session(&self) -> Option<SessionWrite> {
        let inbound = &self.job.inbound;
        let session = inbound.session.filter(|_| !matches!(inbound.signal, Signal::Abort(_)))?;
        let replayed_for = session.nonce.map(|nonce| nonce.good_for).unwrap_or_default();
        let keep_for = self.core.rules.receipt_for.max(inbound.open_for).max(replayed_for);
        let keep_until = inbound.at.plus(keep_for);
        let nonce = session.nonce.map(|nonce| nonce.digest);
        session.heard.map(|heard| SessionWrite { key: session.key, heard, keep_until, nonce })
    }

    fn conversation(&self, keep: &Keep, last: Last, code: CodeBack) -> ConversationWrite {
        let at = self.job.inbound.at;
        let session = self.job.inbound.session.map(|session| session.key);
        let channel = Some(self.job.inbound.channel).filter(|&channel| channel != Channel::Ussd);
        let keep_for = match keep.conversation {
            Some(_) => self.core.rules.resume_for,
            None => self.core.rules.receipt_for,
        };
        let keep_until = keep.until;
        let keep_until =
            keep_until.unwrap_or_else(|| at.plus(keep_for.max(self.job.inbound.open_for)));
        let guesses = Guesses::after(self.guesses, code, at, keep_until);
        let conversation = keep.conversation.clone();
        let body = Body { conversation, last, session, channel, guesses, whole: self.whole };
        ConversationWrite {
            service: self.current.menu.service().to_owned(),
            was: self.version,
            body: body.to_octets(),
            ended: keep.ended,
            screen: keep.screen.clone(),
            channel: self.job.inbound.channel.as_str().to_owned(),
            open_until: at.plus(self.job.inbound.open_for),
            keep_until: guesses
                .map_or(keep_until, |guesses| keep_until.max(guesses.remembered_until())),
        }
    }

    pub(super) fn end(self) -> Ended {
        match self.stage {
            Stage::Asks(ask) => Ended::Leaves(Leave::ToAsk(ask)),
            Stage::InDoubt(receipt) => Ended::Leaves(Leave::InDoubt(receipt)),
            Stage::Refused => Ended::Refused,
            _ => Ended::Answered(Box::new(self.answer())),
        }
    }

    fn answer(self) -> Answer {
        let kept = |written: &Written| written.note.to == To::Caller;
        let sends = match self.notes.iter().any(kept) {
            true => Sends::Something,
            false => Sends::Nothing,
        };
        let (done, news) = match self.stage {
            Stage::Repeated(reply) => {
                (Finished { reply: Some(reply), ..Finished::default() }, News::Repeated)
            }
            Stage::Overtaken => (Finished::default(), News::Overtaken),
            Stage::Done(done) => (done, News::New),
            // Cut off before it came here, refused, or gone from the batch.
            Stage::Calling { .. } | Stage::Refused | Stage::Asks(_) | Stage::InDoubt(_) => {
                (Finished::default(), News::New)
            }
        };
        Answer {
            reply: done.reply,
            receipt: self.receipt,
            subscriber: self.job.subscriber,
            service: self.current,
            news,
            screen: done.keep.map(|keep| keep.screen),
            ends: done.ends,
            way: done.way,
            outcomes: self.outcomes,
            noticed: self.noticed,
            not_pushed: done.not_pushed,
            sends,
        }
    }
}

/// The version in which a conversation began, while it is there.
fn begun_in(shelf: &Shelf, current: &Arc<Service>, body: Option<&Body>) -> Arc<Service> {
    let state = body.and_then(|body| body.conversation.as_ref()).map(|of| &of.state);
    let own = state.and_then(|state| shelf.version(current.menu.service(), &state.version));
    Arc::clone(own.unwrap_or(current))
}

/// Whether it is the end of a session that is not the last one: the phone is in another by now.
fn belated(inbound: &Inbound, body: Option<&Body>) -> bool {
    let (Signal::Abort(_), Some(session)) = (&inbound.signal, inbound.session) else {
        return false;
    };
    // Where nothing is known of the phone's session, only a provider that names each of them is believed.
    body.is_some_and(|body| match body.session {
        Some(own) => own != session.key,
        None => session.heard.is_some(),
    })
}
