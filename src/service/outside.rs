//! Our copy of an outside record: what its answers and its events change in it.
//!
//! The outside record is the truth, and our tables of people are a copy with an age. Every answer has a
//! version, which grows with each change of the person there: an older one than we have changes nothing,
//! whatever way and in whatever order it comes. Where our copy says something else than the record ever
//! said to us (a correction that did not get there, a file that was imported), nobody can know who is
//! right: name, birth date and phone stay as they are, and a ticket is opened, once for each thing that the
//! record says.

use crate::{
    clock::Timestamp,
    identity::{Msisdn, Nik, PersonName},
    service::{
        audit::{Act, Deed},
        number::Number,
        record::{DeskChange, Person},
        roster::Entry,
        ticket::{Body, Category, NewTicket},
    },
    vault::{SubscriberKey, Vault},
};

use std::time::Duration;

use jiff::civil::Date;

/// Where the record is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// Our own tables are the record.
    #[default]
    Embedded,
    /// Somebody else has it, and our tables are a copy.
    Outside,
}

/// What the outside record says of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    /// Whom it was asked about.
    pub nik: Nik,
    /// Grows with every change of the person there.
    pub version: i64,
    /// What it says.
    pub said: Said,
}

/// What it says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// It has the person.
    Listed(Box<Entry>, Option<Elsewhere>),
    /// It has nobody.
    NotListed,
    /// It has two records under one NIK.
    Double,
}

/// A registration that the outside record has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its number, if it is one of ours.
    pub number: Option<Number>,
    /// Under which name it was sent, if we sent it.
    pub reference: Option<String>,
}

/// What is known of the last answer about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// When it came.
    pub at: Timestamp,
    /// Its version.
    pub version: i64,
    /// Whether the record has the person.
    pub standing: Listing,
    /// The registration that it has.
    pub elsewhere: Option<Elsewhere>,
    /// Digest of name, birth date and phone as we took them over.
    pub taken: Option<[u8; 16]>,
    /// The same of what a ticket was opened for.
    pub disputed: Option<[u8; 16]>,
}

/// Whether the record has a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It does.
    Listed,
    /// It does not.
    NotListed,
    /// Twice.
    Double,
}

impl Listing {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::NotListed => "not_listed",
            Self::Double => "double",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Listed, Self::NotListed, Self::Double].into_iter().find(|of| of.as_str() == word)
    }
}

/// What an answer changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Absorbed {
    /// Nothing: we have a later one.
    Late,
    /// This.
    Taken {
        /// What is known of the answer from now on.
        fetched: Fetched,
        /// The person as they stand from now on, if they are to be written.
        person: Option<Box<Entry>>,
        /// A ticket because of a disagreement, and the rows of the log.
        changes: Vec<DeskChange>,
    },
}

/// What there is to be reckoned with when an answer comes.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Makes the digests.
    pub vault: &'a Vault,
    /// The person as we have them.
    pub kept: Option<&'a Person>,
    /// The answer before.
    pub last: Option<&'a Fetched>,
    /// When it came.
    pub now: Timestamp,
    /// How long staff have for a ticket.
    pub due: Duration,
    /// A random value, for the number of a ticket.
    pub random: u64,
}

/// The holder of a ticket that nobody opened.
pub const NOBODY: SubscriberKey = SubscriberKey::from_bytes([0; 16]);

/// Takes an answer in.
pub fn absorb(arrival: Arrival<'_>, arrived: &Arrived) -> Absorbed {
    let Arrival { vault, kept, last, now, .. } = arrival;
    if last.is_some_and(|last| arrived.version < last.version) {
        return Absorbed::Late;
    }
    let mut fetched = Fetched {
        at: now,
        version: arrived.version,
        standing: Listing::Listed,
        elsewhere: None,
        taken: last.and_then(|last| last.taken),
        disputed: last.and_then(|last| last.disputed),
    };
    let (entry, elsewhere) = match &arrived.said {
        Said::Listed(entry, elsewhere) => (entry, elsewhere),
        Said::NotListed => {
            fetched.standing = Listing::NotListed;
            return Absorbed::Taken { fetched, person: None, changes: Vec::new() };
        }
        Said::Double => {
            fetched.standing = Listing::Double;
            let mark = vault.message_key(b"double");
            let dispute = (fetched.disputed != Some(mark)).then(|| Dispute::double(&arrived.nik));
            fetched.disputed = Some(mark);
            let changes = dispute.map(|of| of.ticket(arrival, &arrived.nik)).unwrap_or_default();
            return Absorbed::Taken { fetched, person: None, changes };
        }
    };
    fetched.elsewhere.clone_from(elsewhere);
    let theirs = digest(vault, &entry.name, entry.birth, entry.phone.as_ref());
    let ours = kept.map(|kept| digest(vault, &kept.name, kept.birth, kept.phone.as_ref()));
    let mut person = entry.clone();
    let mut changes = Vec::new();
    if ours.is_none() || ours == Some(theirs) || ours == fetched.taken {
        changes = kept.map(|kept| followed(kept, entry)).unwrap_or_default();
        (fetched.taken, fetched.disputed) = (Some(theirs), None);
    } else if let Some(kept) = kept {
        if fetched.disputed != Some(theirs) {
            changes = Dispute::between(kept, entry).ticket(arrival, &arrived.nik);
        }
        fetched.disputed = Some(theirs);
        person.name.clone_from(&kept.name);
        person.birth = kept.birth;
        person.phone.clone_from(&kept.phone);
    }
    Absorbed::Taken { fetched, person: Some(person), changes }
}

/// The rows of the log of what our copy said of the person, and says no longer.
fn followed(kept: &Person, entry: &Entry) -> Vec<DeskChange> {
    let mut changes = Vec::new();
    let mut log = |deed, old: &str, new: &str| {
        let act = Act::new(deed).about(Some(kept.index)).from_to(old, new);
        changes.push(DeskChange::Audit(act));
    };
    if kept.name != entry.name {
        log(Deed::NameFollowed, kept.name.as_str(), entry.name.as_str());
    }
    if kept.phone != entry.phone {
        let text = |phone: &Option<Msisdn>| {
            phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default()
        };
        log(Deed::PhoneFollowed, &text(&kept.phone), &text(&entry.phone));
    }
    changes
}

fn digest(vault: &Vault, name: &PersonName, birth: Date, phone: Option<&Msisdn>) -> [u8; 16] {
    let phone = phone.map(Msisdn::as_str).unwrap_or_default();
    vault.message_key(format!("identity\n{}\n{birth}\n{phone}", name.as_str()).as_bytes())
}

/// Two records that disagree.
struct Dispute {
    what: String,
    body: Body,
}

impl Dispute {
    fn double(nik: &Nik) -> Self {
        let body = Body { nik: Some(nik.as_str().to_owned()), ..Body::default() };
        Self { what: "Satu Data has two records under this NIK.".to_owned(), body }
    }

    /// The ticket asks for what the outside record says: staff may change ours by it.
    fn between(kept: &Person, entry: &Entry) -> Self {
        let mut differs = Vec::new();
        let mut body = Body {
            nik: Some(kept.nik.as_str().to_owned()),
            birth: Some(kept.birth),
            ..Body::default()
        };
        if kept.name != entry.name {
            differs.push("name");
            body.name = Some(entry.name.as_str().to_owned());
        }
        if kept.birth != entry.birth {
            differs.push("birth date");
        }
        if kept.phone != entry.phone {
            differs.push("phone");
            body.phone = entry.phone.as_ref().map(|phone| phone.as_str().to_owned());
        }
        Self { what: format!("Satu Data has another {}.", differs.join(" and ")), body }
    }

    fn ticket(self, arrival: Arrival<'_>, nik: &Nik) -> Vec<DeskChange> {
        let person = Some(arrival.vault.nik_index(nik));
        let number = Number::from_random(arrival.random);
        let act = Act::new(Deed::TicketOpened).about(person).ticket(&number);
        let ticket = NewTicket {
            number,
            person,
            category: Category::WrongData,
            severity: None,
            onset: None,
            body: Body { text: self.what, ..self.body },
            due: Some(arrival.now.plus(arrival.due)),
            not_before: None,
        };
        vec![DeskChange::Open(Box::new(ticket)), DeskChange::Audit(act)]
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::vault::Keys;

    const NOW: Timestamp = Timestamp::from_millis(1_629_127_800_000);

    fn vault() -> Vault {
        Vault::from_keys(Keys { id: 1, index: [7; 32], seal: [8; 32] })
    }

    fn nik() -> Nik {
        Nik::parse("3173014502900001").unwrap()
    }

    fn entry(name: &str, phone: Option<&str>) -> Entry {
        Entry {
            nik: nik(),
            name: PersonName::parse(name).unwrap(),
            birth: date(1990, 2, 5),
            phone: phone.map(|phone| Msisdn::parse(phone).unwrap()),
            group: None,
            eligible_from: None,
            blocked: false,
            regency: None,
            doses: Vec::new(),
        }
    }

    fn person(entry: &Entry) -> Person {
        Person {
            index: vault().nik_index(&entry.nik),
            nik: entry.nik.clone(),
            name: entry.name.clone(),
            birth: entry.birth,
            phone: entry.phone.clone(),
            eligible_from: None,
            blocked: false,
            doses: Vec::new(),
            registration: None,
        }
    }

    fn says(version: i64, entry: Entry) -> Arrived {
        Arrived { nik: nik(), version, said: Said::Listed(Box::new(entry), None) }
    }

    fn take(kept: Option<&Person>, last: Option<&Fetched>, arrived: &Arrived) -> Absorbed {
        let due = Duration::from_secs(3600);
        absorb(Arrival { vault: &vault(), kept, last, now: NOW, due, random: 7 }, arrived)
    }

    fn taken(absorbed: Absorbed) -> (Fetched, Option<Box<Entry>>, usize) {
        match absorbed {
            Absorbed::Taken { fetched, person, changes } => (fetched, person, changes.len()),
            Absorbed::Late => panic!("taken for late"),
        }
    }

    #[test]
    fn a_copy_follows_the_record_and_an_older_word_changes_nothing() {
        let first = entry("Siti Aminah", Some("081290000001"));
        let (fetched, person_, tickets) = taken(take(None, None, &says(3, first.clone())));
        assert_eq!((person_.as_deref(), tickets), (Some(&first), 0));
        let kept = person(&first);
        let moved = entry("Siti Aminah", Some("081290000077"));
        let (later, person_, tickets) =
            taken(take(Some(&kept), Some(&fetched), &says(4, moved.clone())));
        // That it did so is a row of the log, with what it was.
        assert_eq!((person_.as_deref(), tickets), (Some(&moved), 1));
        let Absorbed::Taken { changes, .. } =
            take(Some(&kept), Some(&fetched), &says(4, moved.clone()))
        else {
            panic!("taken for late")
        };
        let [DeskChange::Audit(act)] = &changes[..] else { panic!("one row") };
        assert_eq!((act.deed, act.person), (Deed::PhoneFollowed, Some(kept.index)));
        let told = (act.old.as_deref(), act.new.as_deref());
        assert_eq!(told, (Some("+6281290000001"), Some("+6281290000077")));
        assert_eq!(take(Some(&person(&moved)), Some(&later), &says(3, first)), Absorbed::Late);
    }

    #[test]
    fn a_disagreement_is_a_ticket_once_and_overwrites_nothing() {
        let ours = entry("Siti Aminah", Some("081290000001"));
        let theirs = entry("Siti Halimah", Some("081290000001"));
        let kept = person(&ours);
        let (fetched, person_, tickets) = taken(take(Some(&kept), None, &says(1, theirs.clone())));
        let person_ = person_.unwrap();
        assert_eq!((person_.name.as_str(), tickets), ("Siti Aminah", 2));
        // The same word again is no second ticket, another word is.
        let again = take(Some(&kept), Some(&fetched), &says(2, theirs));
        let (fetched, _, tickets) = taken(again);
        assert_eq!(tickets, 0);
        let other = says(3, entry("Siti Fatimah", None));
        assert_eq!(taken(take(Some(&kept), Some(&fetched), &other)).2, 2);
        // Agreed again, all is forgotten.
        let (fetched, _, tickets) = taken(take(Some(&kept), Some(&fetched), &says(4, ours)));
        assert_eq!((fetched.disputed, tickets), (None, 0));
    }

    #[test]
    fn two_records_under_one_nik_are_a_ticket_once_and_nobody() {
        let double = |version| Arrived { nik: nik(), version, said: Said::Double };
        let (fetched, person_, tickets) = taken(take(None, None, &double(1)));
        assert_eq!((fetched.standing, person_, tickets), (Listing::Double, None, 2));
        assert_eq!(taken(take(None, Some(&fetched), &double(2))).2, 0);
    }
}
