//! Events: what has happened to people, pushed to `/record/events` or pulled by a cursor.
//!
//! An event carries the whole person as they stand after it, with the version: so it may come twice, late
//! or before the one it followed. One that cannot be read is passed over, and told; the others count.

use jiff::civil::Date;
use serde::Deserialize;

use super::{
    answer::{Failed, Person},
    ask::MOST_EVENTS,
};
use crate::service::outside::Arrived;

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// A person was registered, over whatever channel.
    Registration,
    /// A dose was given, or its entry corrected.
    Dose,
    /// A certificate was issued.
    Certificate,
    /// Something else of a person changed.
    Person,
}

impl Happened {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Registration, Self::Dose, Self::Certificate, Self::Person];

    /// The word of metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Dose => "dose",
            Self::Certificate => "certificate",
            Self::Person => "person",
        }
    }
}

/// Events that came at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Those that can be read, in their order.
    pub events: Vec<(Happened, Arrived)>,
    /// How many cannot.
    pub spoilt: usize,
    /// Where the next page begins, if they were pulled.
    pub cursor: Option<String>,
    /// Whether there is more.
    pub full: bool,
}

#[derive(Deserialize)]
struct Body {
    events: Vec<serde_json::Value>,
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    happened: Happened,
    subject: Person,
}

/// The longest cursor that is kept, in octets.
const LONGEST_CURSOR: usize = 256;

/// Reads events.
///
/// # Errors
/// [`Failed::Unreadable`] for what is no page of events, or too long a one.
pub fn read(body: &[u8], today: Date) -> Result<Page, Failed> {
    let body: Body = serde_json::from_slice(body).map_err(|_| Failed::Unreadable)?;
    if body.events.len() > MOST_EVENTS {
        return Err(Failed::Unreadable);
    }
    let full = body.events.len() == MOST_EVENTS;
    let mut page = Page { full, ..Page::default() };
    page.cursor = body.cursor.filter(|cursor| !cursor.is_empty() && cursor.len() <= LONGEST_CURSOR);
    for event in body.events {
        let read = serde_json::from_value::<Event>(event).ok();
        let read = read.and_then(|event| Some((event.happened, event.subject.read(today)?)));
        match read {
            Some(event) => page.events.push(event),
            None => page.spoilt += 1,
        }
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2021, 8, 17);

    #[test]
    fn what_cannot_be_read_spoils_nothing_else() {
        let good = r#"{"type": "dose", "subject": {"nik": "3173014502900001", "version": 2,
            "status": "not_found"}}"#;
        let body =
            format!(r#"{{"events": [{good}, 7, {{"type": "war"}}, {good}], "cursor": "c7"}}"#);
        let page = read(body.as_bytes(), TODAY).unwrap();
        assert_eq!((page.events.len(), page.spoilt, page.full), (2, 2, false));
        assert_eq!(page.cursor.as_deref(), Some("c7"));
        let many = vec!["1"; 101].join(",");
        assert!(read(format!(r#"{{"events": [{many}]}}"#).as_bytes(), TODAY).is_err());
        assert!(read(b"[]", TODAY).is_err());
    }

    proptest! {
        #[test]
        fn no_body_is_too_much(body: Vec<u8>) {
            let _ = read(&body, TODAY);
        }
    }
}
