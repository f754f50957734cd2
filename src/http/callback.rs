//! USSD over HTTP, end to end: an aggregator's request comes in, its turn is taken and stored, and
//! the response carries the reply, within the time that the aggregator waits.
//!
//! The gate says who calls, `channel::ussd::provider` what was said, the front desk takes the turn.
//! Here stands what is between them: whose session it is, what was heard of it before, and what is
//! said when the time is up.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{ConnectInfo, Path, Request, State},
    http::{Method as Verb, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use crate::{
    channel::{
        AnswerBy, Channel, Inbound, Nonce, Once, REDELIVERY, Session, Sureness,
        ussd::provider::{self, Act, Heard, Known, Method, ParseError, Provider},
    },
    clock,
    config::{Callback, Config},
    conversation::{End, Reply, Signal},
    engine::{Answer, News, TurnError},
    front::{FOR_A_WORD, Front},
    http::{
        Site, arrived,
        gate::{Call, Gate, Refused},
    },
    identity::Msisdn,
    menu::model::{BUSY, UNKNOWN_CODE},
};

/// Sessions remembered whose reply did not leave.
const MOST_LOST: usize = 10_000;

/// Ends of sessions that are stored at once after a word for what went wrong; of further ones the
/// sweep finds the conversation.
const MOST_ENDS: usize = 64;

/// Turns whose result is waited for after their session was told to come again.
const MOST_LATE: usize = 4096;

/// One account at an aggregator.
pub struct Account {
    name: String,
    provider: Provider,
    gate: Gate,
    url: String,
    deadline: Duration,
    lost: Lost,
    ends: Arc<Semaphore>,
    late: Arc<Semaphore>,
}

impl Account {
    /// Every account of a configuration.
    pub fn all(config: &Config) -> HashMap<String, Self> {
        let account = |(name, callback): (&String, &Callback)| {
            let provider = config.provider.get(&callback.provider)?;
            Some((name.clone(), Self::new(config, name, callback, provider)))
        };
        config.callback.iter().filter_map(account).collect()
    }

    fn new(config: &Config, name: &str, callback: &Callback, provider: &Provider) -> Self {
        let reply_for = Duration::from_secs(config.turns.reply_seconds.into());
        Self {
            name: name.to_owned(),
            provider: provider.clone(),
            gate: Gate::new(callback, config.limits.http_nonces, clock::now()),
            url: callback.url.clone(),
            // The word for what went wrong has to leave in time, too.
            deadline: provider.deadline().min(reply_for).saturating_sub(FOR_A_WORD),
            lost: Lost::default(),
            ends: Arc::new(Semaphore::new(MOST_ENDS)),
            late: Arc::new(Semaphore::new(MOST_LATE)),
        }
    }
}

/// `/ussd/{account}`
pub async fn plain(
    State(site): State<Site>,
    Path(account): Path<String>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    hear(&site, &account, "", peer, request).await
}

/// `/ussd/{account}/{*tail}`
pub async fn with_tail(
    State(site): State<Site>,
    Path((account, tail)): Path<(String, String)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    hear(&site, &account, &tail, peer, request).await
}

async fn hear(
    site: &Site,
    account: &str,
    tail: &str,
    peer: SocketAddr,
    request: Request,
) -> Response {
    let since = Instant::now();
    let Some(account) = site.accounts.get(account) else {
        return refuse(StatusCode::NOT_FOUND, "there is no such account");
    };
    let (parts, body) = match arrived(request).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    let metrics = &site.front.metrics;
    let call = Call::of(&parts, &body, peer.ip(), clock::now());
    let nonce = match account.gate.admit(call) {
        Ok(nonce) => nonce,
        Err(refused) => {
            metrics.strange(&refused.to_string());
            tracing::warn!(account = account.name, %refused, "callback refused");
            return match refused {
                // It may be good: it is for the caller to come again.
                Refused::Crowded => Refusal::Unavailable.into_response(),
                _ => Refusal::Gate.into_response(),
            };
        }
    };
    let query = parts.uri.query().unwrap_or_default();
    let heard = method(&parts.method)
        .ok_or(ParseError::Method)
        .and_then(|method| provider::parse(&account.provider, method, tail, query, &body));
    let heard = match heard {
        Ok(heard) => heard,
        Err(error) => {
            metrics.strange(&error.to_string());
            tracing::warn!(account = account.name, %error, "callback not understood");
            return Refusal::Parse(error).into_response();
        }
    };
    // What is numbered, or says all that was said, is known by that.
    let nonce = nonce.filter(|_| !account.provider.numbers());
    Desk { account, front: &site.front, since, nonce }.answer(&heard).await
}

fn method(verb: &Verb) -> Option<Method> {
    match *verb {
        Verb::GET => Some(Method::Get),
        Verb::POST => Some(Method::Post),
        Verb::PUT => Some(Method::Put),
        _ => None,
    }
}

/// Why there is no reply.
enum Refusal {
    /// Who called is not proved. Nothing says what was missing.
    Gate,
    /// What was said is not for us.
    Parse(ParseError),
    /// The session began with another phone.
    Stolen,
    /// An end that could not be stored; it may come again.
    Unavailable,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Gate => refuse(StatusCode::FORBIDDEN, "not allowed"),
            Self::Parse(ParseError::Method) => {
                refuse(StatusCode::METHOD_NOT_ALLOWED, "not a method of this provider")
            }
            Self::Parse(ParseError::Path) => {
                refuse(StatusCode::NOT_FOUND, "not a path of this provider")
            }
            Self::Parse(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
            Self::Stolen => refuse(StatusCode::FORBIDDEN, "the session is another number's"),
            Self::Unavailable => refuse(StatusCode::SERVICE_UNAVAILABLE, "try again"),
        }
    }
}

fn refuse(status: StatusCode, why: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], why.to_owned() + "\n")
        .into_response()
}

/// What one request is answered with.
struct Desk<'a> {
    account: &'a Account,
    front: &'a Arc<Front>,
    since: Instant,
    /// By what alone it is known whether this request was here before.
    nonce: Option<Nonce>,
}

/// What a turn came to.
enum Came {
    /// This is said.
    Reply(Reply),
    /// The end of the session was heard.
    Noted,
    /// It could not be stored.
    Failed(TurnError),
    /// It goes on without its session.
    Late(Late),
}

/// A turn that its session did not wait for.
type Late = BoxFuture<'static, Result<Answer, TurnError>>;

impl Desk<'_> {
    /// The response, in time: whatever is not done by the deadline goes on without it.
    async fn answer(&self, heard: &Heard) -> Response {
        let came = match tokio::time::timeout_at(self.deadline(), self.turn(heard)).await {
            Ok(Ok(came)) => came,
            Ok(Err(refusal)) => return refusal.into_response(),
            Err(_) => Came::Failed(TurnError::Unavailable),
        };
        let (error, late) = match came {
            Came::Reply(reply) => return self.written(heard, Some(&reply)),
            Came::Noted => return self.written(heard, None),
            Came::Failed(error) => (error, None),
            Came::Late(late) => (TurnError::Unavailable, Some(late)),
        };
        match &heard.from {
            Some(from) if !heard.ends() => {
                let word = self.sorry(from, error, late).await;
                self.written(heard, Some(&word))
            }
            _ => Refusal::Unavailable.into_response(),
        }
    }

    fn deadline(&self) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.since + self.account.deadline)
    }

    fn written(&self, heard: &Heard, reply: Option<&Reply>) -> Response {
        let (provider, url) = (&self.account.provider, &self.account.url);
        let written = provider::render(provider, heard, url, reply);
        ([(header::CONTENT_TYPE, written.content_type)], written.body).into_response()
    }

    async fn turn(&self, heard: &Heard) -> Result<Came, Refusal> {
        let (front, provider) = (self.front, &self.account.provider);
        let key = self.session_key(heard);
        let kept = match front.engine.store().session(key, clock::now()).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::error!(account = self.account.name, %error, "session not read");
                return Ok(Came::Failed(TurnError::Unavailable));
            }
        };
        let replayed = self.nonce.zip(kept.as_ref());
        if replayed.is_some_and(|(nonce, kept)| kept.knows(nonce.digest)) {
            let refused = Refused::Replayed;
            front.metrics.strange(&refused.to_string());
            tracing::warn!(account = self.account.name, %refused, "callback refused");
            return Err(Refusal::Gate);
        }
        let from = match (&heard.from, &kept) {
            (Some(from), Some(kept)) if *from != kept.from => {
                front.metrics.strange("callback for a session of another number");
                tracing::warn!(account = self.account.name, "session of another number");
                return Err(Refusal::Stolen);
            }
            (Some(from), _) => from.clone(),
            (None, Some(kept)) => kept.from.clone(),
            (None, None) => return Ok(self.unknown_end()),
        };
        let turn = heard.turn(provider, kept.map(|kept| Known { heard: kept.heard }));
        let session = Session { key, heard: Some(turn.heard), nonce: self.nonce };
        match turn.act {
            Act::Abort(end) => self.end(heard, from, end, session, &turn.mark).await,
            Act::Dial(string) => {
                let Some((service, signal)) = front.dialled(&string) else {
                    return Ok(Came::Reply(front.word(&from, None, UNKNOWN_CODE).await));
                };
                let said = format!("dial {string}");
                let once = self.once(heard, &from, &said, &turn.mark, key);
                Ok(self.take(from, Some(service), signal, once, session).await)
            }
            Act::Answer(text) => {
                let once = self.once(heard, &from, &format!("answer {text}"), &turn.mark, key);
                Ok(self.take(from, None, Signal::Answer(text), once, session).await)
            }
        }
    }

    /// Takes a turn to which somebody waits for the reply.
    async fn take(
        &self,
        from: Msisdn,
        service: Option<String>,
        signal: Signal,
        once: Once,
        session: Session,
    ) -> Came {
        // Dropped before the turn is answered, it says that the caller has gone.
        let mut waiting = self.account.lost.waiting(session.key);
        let begins = !matches!(signal, Signal::Answer(_));
        let inbound = self.inbound(&from, service.clone(), signal, once, session, begins);
        let Ok(pending) = self.front.take(inbound, &self.account.name) else {
            waiting.answered();
            return Came::Reply(self.front.word(&from, service.as_deref(), BUSY).await);
        };
        let mut answer: Late = Box::pin(pending.answer());
        // A word for it has to be said in time; the turn itself is not lost with the session.
        let Ok(answered) = tokio::time::timeout_at(self.deadline(), &mut answer).await else {
            return Came::Late(answer);
        };
        waiting.answered();
        match answered {
            Ok(answer) => {
                self.front.answered(Channel::Ussd, &answer, self.since.elapsed());
                if answer.news == News::Repeated {
                    // Whoever missed it the first time has it now, and needs no text.
                    self.front.engine.taken().here(answer.receipt, Instant::now());
                }
                answer.reply.map_or(Came::Noted, Came::Reply)
            }
            Err(error) => Came::Failed(error),
        }
    }

    /// A session is over, by what its provider says.
    async fn end(
        &self,
        heard: &Heard,
        from: Msisdn,
        end: End,
        session: Session,
        mark: &str,
    ) -> Result<Came, Refusal> {
        let once = self.once(heard, &from, "end", mark, session.key);
        // Our last word ended the session; if we did ask something, whoever was asked has gone.
        let left = if end == End::Completed { End::UserAbort } else { end };
        let inbound = self.inbound(&from, None, Signal::Abort(left), once, session, false);
        let pending =
            self.front.take(inbound, &self.account.name).map_err(|_| Refusal::Unavailable)?;
        let answer = pending.answer().await.map_err(|error| {
            tracing::error!(account = self.account.name, %error, "an end was not stored");
            Refusal::Unavailable
        })?;
        // Not before it is stored: what could not be comes again.
        self.front.metrics.session_ended(&self.account.name, end);
        self.front.answered(Channel::Ussd, &answer, self.since.elapsed());
        Ok(Came::Noted)
    }

    /// The end of a session of which we know nothing, by a provider that does not say whose.
    fn unknown_end(&self) -> Came {
        self.front.metrics.strange("the end of a session that is not known");
        Came::Noted
    }

    fn inbound(
        &self,
        from: &Msisdn,
        service: Option<String>,
        signal: Signal,
        once: Once,
        session: Session,
        begins: bool,
    ) -> Inbound {
        let provider = &self.account.provider;
        Inbound {
            channel: Channel::Ussd,
            from: from.clone(),
            service,
            signal,
            once,
            at: clock::now(),
            session: Some(session),
            frame: if begins { provider.first_frame() } else { provider.next_frame() },
            open_for: provider.open_for(),
            answer_by: AnswerBy::Session,
        }
    }

    /// What a repetition of this message is known by. Where messages are not numbered, one whose
    /// reply did not leave may come again.
    fn once(&self, heard: &Heard, from: &Msisdn, said: &str, mark: &str, key: [u8; 16]) -> Once {
        let (account, session) = (&self.account.name, &heard.session);
        let said = format!("{} {said}", from.as_str());
        let numbered = self.account.provider.numbers();
        let sureness = match !numbered && self.account.lost.is_lost(key) {
            true => Sureness::Unsure,
            false => Sureness::Sure,
        };
        Once {
            message: format!("callback {account} {session}\n{mark}").into_bytes(),
            said: said.into_bytes(),
            sureness,
        }
    }

    fn session_key(&self, heard: &Heard) -> [u8; 16] {
        // A name in the configuration has no blank.
        let name = format!("{} {}", self.account.name, heard.session);
        self.front.engine.session_key(name.as_bytes())
    }

    /// The word for a turn that came to nothing, or not in time. That the session is over is stored
    /// when the word has left; what comes of the turn after all is told when it is there.
    async fn sorry(&self, from: &Msisdn, error: TurnError, late: Option<Late>) -> Reply {
        let word = self.front.failed(Channel::Ussd, None, error);
        let reply = self.front.word(from, None, word).await;
        let places = if late.is_some() { &self.account.late } else { &self.account.ends };
        if let Ok(place) = Arc::clone(places).try_acquire_owned() {
            let (front, from) = (Arc::clone(self.front), from.clone());
            tokio::spawn(async move {
                front.ended(&from, None, End::Error).await;
                if let Some(late) = late {
                    front.late(&from, late).await;
                }
                drop(place);
            });
        }
        reply
    }
}

/// Sessions whose caller went away before the reply left: what they say next may be what they said
/// before.
#[derive(Default)]
struct Lost(Mutex<HashMap<[u8; 16], Instant>>);

/// A caller that waits for a reply.
struct Waiting<'a> {
    lost: &'a Lost,
    session: Option<[u8; 16]>,
}

impl Lost {
    fn waiting(&self, session: [u8; 16]) -> Waiting<'_> {
        Waiting { lost: self, session: Some(session) }
    }

    fn is_lost(&self, session: [u8; 16]) -> bool {
        let lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lost.get(&session).is_some_and(|at| at.elapsed() < REDELIVERY)
    }

    fn remember(&self, session: [u8; 16]) {
        let mut lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lost.len() >= MOST_LOST {
            lost.retain(|_, at| at.elapsed() < REDELIVERY);
        }
        if lost.len() < MOST_LOST {
            lost.insert(session, Instant::now());
        }
    }

    fn forget(&self, session: [u8; 16]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    }
}

impl Waiting<'_> {
    /// The turn is answered while the caller is still there.
    fn answered(&mut self) {
        if let Some(session) = self.session.take() {
            self.lost.forget(session);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session {
            self.lost.remember(session);
        }
    }
}
