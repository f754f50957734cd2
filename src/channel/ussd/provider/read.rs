//! A request to what a subscriber did.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value};
use thiserror::Error;

use super::{Begins, FieldsIn, Method, Provider, TextIs};
use crate::{
    channel::ussd::{mmi, typed},
    conversation::End,
    identity::Msisdn,
};

/// The longest name of a session, in octets.
const LONGEST_SESSION: usize = 200;

/// Fields of a request at most; further ones are passed over.
const MOST_FIELDS: usize = 64;

/// Why a request is not for us. The words are few, so that they can be counted by them, and none
/// repeats what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseError {
    /// A method that this provider does not use.
    #[error("not a method of this provider")]
    Method,
    /// A path that this provider does not use.
    #[error("not a path of this provider")]
    Path,
    /// The body is not of the provider's kind.
    #[error("the body cannot be read")]
    Body,
    /// No session, or one with a name that is too long.
    #[error("no session is named")]
    NoSession,
    /// The phone's number is missing or none.
    #[error("no phone number")]
    NoNumber,
    /// It cannot be told whether this is a first message, an answer or an end.
    #[error("neither a begin nor an answer nor an end")]
    Step,
}

/// What a request says.
#[derive(Clone, PartialEq, Eq)]
pub struct Heard {
    /// Whose phone. Some providers do not say at the end of a session; every other message does.
    pub from: Option<Msisdn>,
    /// The provider's name of the session.
    pub session: String,
    /// What kind of message it is.
    pub step: Step,
    /// Everything typed that it carries.
    text: String,
    /// The dialled string, if it carries one.
    dialled: Option<String>,
    number: Option<String>,
    pub(super) fields: Map<String, Value>,
}

/// The kind of a message, as far as it says so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first of a session.
    Begin,
    /// An answer.
    Answer,
    /// The first if its session is not known, else an answer.
    AsKnown,
    /// The session is over.
    End(End),
}

/// What is known of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// How much of it was taken in: characters of a cumulative text, messages otherwise.
    pub heard: u32,
}

/// What a subscriber or the network did.
#[derive(Clone, PartialEq, Eq)]
pub enum Act {
    /// A string was dialled.
    Dial(String),
    /// An answer was typed.
    Answer(String),
    /// The session is over.
    Abort(End),
}

/// A message with its session's past.
#[derive(Clone, PartialEq, Eq)]
pub struct Turn {
    /// What was done.
    pub act: Act,
    /// How much of the session is taken in with it.
    pub heard: u32,
    /// The same for the same message, different for every other of this session.
    pub mark: String,
}

/// Reads a request. `tail` is what follows the account's own path, without a slash in front.
///
/// # Errors
/// See [`ParseError`].
pub fn parse(
    provider: &Provider,
    method: Method,
    tail: &str,
    query: &str,
    body: &[u8],
) -> Result<Heard, ParseError> {
    if !provider.methods.contains(&method) {
        return Err(ParseError::Method);
    }
    let mut fields = match provider.fields {
        FieldsIn::Form => form(body),
        FieldsIn::Query => form(query.as_bytes()),
        FieldsIn::Json => json(body, method)?,
    };
    // What stands in the path is said by the address itself, and no field takes its place.
    fields.extend(captured(&provider.path, tail)?);
    let text_of = |name: &str| fields.get(name).and_then(as_text);
    let session = text_of(&provider.session)
        .filter(|session| !session.is_empty() && session.len() <= LONGEST_SESSION)
        .ok_or(ParseError::NoSession)?
        .into_owned();
    let step = step(provider, &text_of)?;
    let from = text_of(&provider.phone).and_then(|phone| Msisdn::from_international(&phone).ok());
    if from.is_none() && !matches!(step, Step::End(_)) {
        return Err(ParseError::NoNumber);
    }
    let text = text_of(&provider.text).unwrap_or_default().into_owned();
    let dialled = dialled(provider, &text_of);
    let number = provider.number.as_deref().and_then(text_of).map(Cow::into_owned);
    Ok(Heard { from, session, step, text, dialled, number, fields })
}

impl Heard {
    /// The service code that the request names, also when it is an answer.
    pub fn dialled(&self) -> Option<&str> {
        self.dialled.as_deref()
    }

    /// Whether it says that the session is over.
    pub fn ends(&self) -> bool {
        matches!(self.step, Step::End(_))
    }

    /// The number of the message that will follow, where messages are numbered.
    pub(super) fn next_number(&self) -> u32 {
        let this = self.number.as_deref().and_then(|number| number.parse().ok()).unwrap_or(1u32);
        this.saturating_add(1)
    }

    /// Puts the message where it belongs in its session.
    pub fn turn(&self, provider: &Provider, known: Option<Known>) -> Turn {
        if let Step::End(end) = self.step {
            let heard = known.map_or(0, |known| known.heard);
            return Turn { act: Act::Abort(end), heard, mark: "end".into() };
        }
        match provider.text_is {
            TextIs::Cumulative => self.cumulative(provider, known),
            TextIs::Last => self.last(provider, known),
        }
    }

    /// The whole text tells messages apart, and what was not yet heard of it is the answer.
    fn cumulative(&self, provider: &Provider, known: Option<Known>) -> Turn {
        let length = u32::try_from(self.text.chars().count()).unwrap_or(u32::MAX);
        let act = match known {
            // The begin again: its reply is kept.
            Some(_) if self.text.is_empty() => Act::Dial(self.dial_string()),
            None => Act::Dial(self.dial_string()),
            Some(Known { heard }) => Act::Answer(cut(provider, self.unheard(heard))),
        };
        let heard = known.map_or(length, |known| known.heard.max(length));
        Turn { act, heard, mark: format!("text {}", self.text) }
    }

    /// What follows the part that was heard, and the `*` that joins them. Nothing follows in a
    /// repetition, whose reply is kept; were it forgotten, an empty answer changes nothing.
    fn unheard(&self, heard: u32) -> &str {
        let skipped = usize::try_from(heard).unwrap_or(usize::MAX);
        let at = self.text.char_indices().nth(skipped).map_or(self.text.len(), |(at, _)| at);
        let rest = self.text.get(at..).unwrap_or_default();
        if heard == 0 { rest } else { rest.strip_prefix('*').unwrap_or(rest) }
    }

    fn last(&self, provider: &Provider, known: Option<Known>) -> Turn {
        let heard = known.map_or(0, |known| known.heard);
        let begins = match self.step {
            Step::Begin => true,
            Step::AsKnown => known.is_none(),
            Step::Answer | Step::End(_) => false,
        };
        let act = match begins {
            true => Act::Dial(self.dial_string()),
            false => Act::Answer(cut(provider, &self.text)),
        };
        let mark = match &self.number {
            Some(number) => format!("number {number}"),
            // A session begins once.
            None if begins => "begin".into(),
            None => format!("after {heard} {}", self.text),
        };
        Turn { act, heard: heard.saturating_add(1), mark }
    }

    /// The dialled string. The answers that were dialled along may stand in the text.
    fn dial_string(&self) -> String {
        let Some(code) = &self.dialled else { return self.text.clone() };
        let digits = self.text.as_str();
        let brought = |code: &str| format!("{}*{digits}#", code.trim_end_matches('#'));
        let whole = (!digits.is_empty() && !digits.contains('#')).then(|| brought(code));
        whole.filter(|whole| mmi::parse(whole).is_ok()).unwrap_or_else(|| code.clone())
    }
}

fn cut(provider: &Provider, text: &str) -> String {
    typed(text, provider.input)
}

fn step<'t>(
    provider: &Provider,
    text_of: &impl Fn(&str) -> Option<Cow<'t, str>>,
) -> Result<Step, ParseError> {
    if let Some(ends) = &provider.ends
        && let Some(value) = text_of(&ends.field)
        && let Some(end) = ends.values.get(&*value).copied().or(ends.otherwise)
    {
        return Ok(Step::End(end));
    }
    match &provider.begins {
        Begins::Session => Ok(Step::AsKnown),
        Begins::Absent { field } => Ok(match text_of(field) {
            None => Step::Begin,
            Some(_) => Step::Answer,
        }),
        Begins::Field { field, begin, answer } => {
            let value = text_of(field).ok_or(ParseError::Step)?;
            let is = |values: &[String]| values.iter().any(|known| *known == *value);
            if is(begin) {
                Ok(Step::Begin)
            } else if is(answer) {
                Ok(Step::Answer)
            } else {
                Err(ParseError::Step)
            }
        }
    }
}

/// The dialled string, from the first field where one stands. A code field may have the bare
/// digits; the text of an answer is none.
fn dialled<'t>(
    provider: &Provider,
    text_of: &impl Fn(&str) -> Option<Cow<'t, str>>,
) -> Option<String> {
    provider.dialled_in.iter().find_map(|field| {
        let value = text_of(field)?;
        let value = value.trim();
        let string = match value.contains(['*', '#']) {
            true => value.to_owned(),
            false if *field == provider.text => return None,
            false => format!("*{value}#"),
        };
        mmi::parse(&string).is_ok().then_some(string)
    })
}

fn form(octets: &[u8]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(octets).take(MOST_FIELDS) {
        // Of a field that is there twice the first counts.
        fields.entry(name).or_insert_with(|| Value::String(value.into_owned()));
    }
    fields
}

fn json(body: &[u8], method: Method) -> Result<Map<String, Value>, ParseError> {
    if body.is_empty() && method == Method::Get {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(ParseError::Body),
    }
}

/// The fields that stand in the path.
fn captured(pattern: &str, tail: &str) -> Result<BTreeMap<String, Value>, ParseError> {
    let mut fields = BTreeMap::new();
    if pattern.is_empty() {
        return if tail.is_empty() { Ok(fields) } else { Err(ParseError::Path) };
    }
    let mut parts = tail.split('/');
    for expected in pattern.split('/') {
        let part = parts.next().ok_or(ParseError::Path)?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                fields.insert(name.to_owned(), Value::String(part.to_owned()));
            }
            None if part == expected => {}
            None => return Err(ParseError::Path),
        }
    }
    if parts.next().is_some() { Err(ParseError::Path) } else { Ok(fields) }
}

/// A field as text: some providers send numbers and truth values as such.
fn as_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
