//! Requests: what is asked of Satu Data, as method, target, headers and body.

use jiff::civil::Date;
use serde::Serialize;

use crate::identity::{Msisdn, Nik, PersonName};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// What is known of a person.
    Person,
    /// To register a person.
    Register,
    /// What has happened since.
    Events,
}

impl Question {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Person, Self::Register, Self::Events];

    /// The word of metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Register => "register",
            Self::Events => "events",
        }
    }
}

/// A request before it is signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What it asks.
    pub question: Question,
    /// Its method.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// The one name of what it changes, if it changes anything.
    pub key: Option<String>,
    /// Its body; JSON, or nothing.
    pub body: Vec<u8>,
}

/// The body names a person.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("question", &self.question).finish_non_exhaustive()
    }
}

/// A registration as it is sent.
pub struct Registering<'a> {
    /// Its one name, whoever sends it and however often.
    pub reference: &'a str,
    /// The number that the person was given.
    pub number: &'a str,
    /// Whom it is for, as typed.
    pub nik: &'a Nik,
    /// The name, as typed.
    pub name: &'a PersonName,
    /// The birth date, as typed.
    pub birth: Date,
    /// The phone that registered the person.
    pub phone: &'a Msisdn,
    /// Where the person lives: four-digit regency code.
    pub regency: &'a str,
    /// The self-screening.
    pub screening: &'a str,
    /// The version of the consent text that was agreed to.
    pub consent: &'a str,
    /// When it was taken, RFC 3339.
    pub taken_at: String,
}

#[derive(Serialize)]
struct Lookup<'a> {
    nik: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    number: &'a str,
    nik: &'a str,
    name: &'a str,
    birth_date: Date,
    phone: &'a str,
    regency: &'a str,
    screening: &'a str,
    consent: &'a str,
    taken_at: &'a str,
}

/// What is known of a person?
pub fn person(nik: &Nik) -> Request {
    Request {
        question: Question::Person,
        method: "POST",
        target: "/v1/persons/lookup".to_owned(),
        key: None,
        body: json(&Lookup { nik: nik.as_str() }),
    }
}

/// Register this person.
pub fn register(of: &Registering<'_>) -> Request {
    let body = Body {
        number: of.number,
        nik: of.nik.as_str(),
        name: of.name.as_str(),
        birth_date: of.birth,
        phone: of.phone.as_str(),
        regency: of.regency,
        screening: of.screening,
        consent: of.consent,
        taken_at: &of.taken_at,
    };
    Request {
        question: Question::Register,
        method: "POST",
        target: "/v1/registrations".to_owned(),
        key: Some(of.reference.to_owned()),
        body: json(&body),
    }
}

/// Events that are asked for at once.
pub const MOST_EVENTS: usize = 100;

/// What has happened since?
pub fn events(after: Option<&str>) -> Request {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &MOST_EVENTS.to_string());
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    Request {
        question: Question::Events,
        method: "GET",
        target: format!("/v1/events?{}", query.finish()),
        key: None,
        body: Vec::new(),
    }
}

fn json(body: &impl Serialize) -> Vec<u8> {
    // Texts and numbers only: there is nothing JSON cannot hold.
    serde_json::to_vec(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nik_stands_in_no_target_and_in_no_debug() {
        let nik = Nik::parse("3173014502900001").unwrap();
        let asked = person(&nik);
        assert!(!asked.target.contains(nik.as_str()) && !format!("{asked:?}").contains("3173"));
        assert!(String::from_utf8(asked.body).unwrap().contains(nik.as_str()));
        assert_eq!(events(Some("a b&c")).target, "/v1/events?limit=100&after=a+b%26c");
    }
}
