//! The audit log: who did what about whom, when, and what it was before.
//!
//! A turn says what is worth a row ([`Act`]) among its changes, staff's acts likewise; both are
//! written in the transaction of the change itself. Rows are only ever added, and each has a hash over
//! the one before it ([`link`]): nobody can change, take out or put in a row unseen ([`Chain`]).
//!
//! One chain for everybody would make every node wait for every other at its end. So what changes a
//! person has 256, by the first octet of the person's index ([`Act::home`]; the phone's where nobody is
//! named, which is spread as evenly): a writer locks the ends of the chains that it adds to, in their
//! order, for as long as its transaction takes, and each chain stays whole however many nodes write.
//! What turns do all the time, such as a look at a status (`looked`), goes into one of 64 further
//! chains, whichever nobody is writing to: a batch of turns has one end to move, and waits for none.
//! Nothing is chained later, so there is no time in which a row can be changed unseen. What a chain
//! cannot show is that its newest rows were cut off together with its end: whoever writes down what
//! `setara audit verify` prints sees that as well. Its oldest rows are deleted when their time is over
//! (`store::retention`); the hash of the last of them is kept, and the chain is followed from there.

mod deed;
mod looked;

use std::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

pub use self::deed::{Concerned, Deed, Often};
pub(super) use self::looked::logged;
use crate::{
    clock::Timestamp,
    service::number::Number,
    vault::{NikIndex, SubscriberKey},
};

/// Something that was done.
#[derive(Clone, PartialEq, Eq)]
pub struct Act {
    /// What.
    pub deed: Deed,
    /// About whom.
    pub person: Option<NikIndex>,
    /// Because of which ticket.
    pub ticket: Option<Number>,
    /// What it was before; sealed where it is kept.
    pub old: Option<String>,
    /// What it is from now on; sealed where it is kept.
    pub new: Option<String>,
}

/// Names and numbers are not for logs.
impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Act").field("deed", &self.deed).finish_non_exhaustive()
    }
}

impl Act {
    /// That this was done.
    pub fn new(deed: Deed) -> Self {
        Self { deed, person: None, ticket: None, old: None, new: None }
    }

    /// About whom.
    #[must_use]
    pub fn about(mut self, person: Option<NikIndex>) -> Self {
        self.person = person;
        self
    }

    /// Because of which ticket.
    #[must_use]
    pub fn ticket(mut self, number: &Number) -> Self {
        self.ticket = Some(number.clone());
        self
    }

    /// From what, to what.
    #[must_use]
    pub fn from_to(mut self, old: &str, new: &str) -> Self {
        (self.old, self.new) = (Some(old.to_owned()), Some(new.to_owned()));
        self
    }

    /// The chain that it belongs to; none, if any of the turns' will do.
    pub fn home(&self, doer: &Doer) -> Option<u16> {
        if self.deed.how_often() == Often::EveryTurn {
            return None;
        }
        let person = self.person.map(|person| person.as_bytes()[0]);
        let shard = person.unwrap_or_else(|| match doer {
            Doer::Phone { key, .. } => key.as_bytes()[0],
            Doer::Staff(_) | Doer::Anybody { .. } => 0,
        });
        Some(u16::from(shard))
    }
}

/// The chains of what turns do all the time; those before them are people's.
pub const TURNS: std::ops::Range<u16> = 256..320;

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doer {
    /// Whoever had that phone.
    Phone {
        /// The phone.
        key: SubscriberKey,
        /// Over which channel.
        channel: Option<String>,
    },
    /// Somebody of the staff.
    Staff(StaffName),
    /// Whoever it was: a page that anybody may open.
    Anybody {
        /// Over which channel.
        channel: String,
    },
}

/// The account of somebody of the staff: 2 to 40 small letters, digits, dots, dashes. Nobody's own
/// name has to be in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StaffName(String);

/// A text is no account of the staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name of the staff is 2 to 40 small letters, digits, dots and dashes")]
pub struct StaffNameError;

impl StaffName {
    /// Reads one.
    ///
    /// # Errors
    /// [`StaffNameError`].
    pub fn parse(text: &str) -> Result<Self, StaffNameError> {
        let letter = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b".-".contains(&c);
        let good = (2..=40).contains(&text.len()) && text.bytes().all(letter);
        good.then(|| Self(text.to_owned())).ok_or(StaffNameError)
    }

    /// The account.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A row as it is chained: what stands in the database, sealed as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its chain.
    pub shard: u16,
    /// Its place there, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: String,
    /// The channel of the phone that did it.
    pub channel: Option<String>,
    /// The phone that did it.
    pub subscriber: Option<Vec<u8>>,
    /// Who of the staff did it.
    pub staff: Option<String>,
    /// About whom.
    pub person: Option<Vec<u8>>,
    /// Because of which ticket.
    pub ticket: Option<String>,
    /// What it was, sealed.
    pub old: Option<Vec<u8>>,
    /// What it is, sealed.
    pub new: Option<Vec<u8>>,
}

/// The hash of a row: SHA-256 (FIPS 180-4) over the hash before it and every column, each with its
/// length in front, so that no two rows read the same. The first row of a chain has 32 zeros before it.
pub fn link(before: &[u8; 32], row: &Row) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    match u8::try_from(row.shard) {
        Ok(of_people) => hash.update([of_people]),
        Err(_) => hash.update(row.shard.to_be_bytes()),
    }
    hash.update(row.seq.to_be_bytes());
    hash.update(row.at.millis().to_be_bytes());
    let columns = [
        Some(row.act.as_bytes()),
        row.channel.as_deref().map(str::as_bytes),
        row.subscriber.as_deref(),
        row.staff.as_deref().map(str::as_bytes),
        row.person.as_deref(),
        row.ticket.as_deref().map(str::as_bytes),
        row.old.as_deref(),
        row.new.as_deref(),
    ];
    for column in columns {
        match column {
            Some(octets) => {
                hash.update((octets.len() as u64 + 1).to_be_bytes());
                hash.update(octets);
            }
            None => hash.update(0u64.to_be_bytes()),
        }
    }
    hash.finalize().into()
}

/// Follows a chain from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chain {
    /// The last row that was good.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// Where a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Broken {
    /// A row is missing, or was put in.
    #[error("row {0} is not the one that follows")]
    Gap(i64),
    /// A row is not what it was when it was written.
    #[error("row {0} was changed")]
    Changed(i64),
    /// The last rows are missing, or rows were added past the end.
    #[error("the chain ends with row {found}, and {kept} is kept as its end")]
    End {
        /// The last row there is.
        found: i64,
        /// The one that ought to be the last.
        kept: i64,
    },
}

impl Chain {
    /// The next row, with the hash that stands in it.
    ///
    /// # Errors
    /// See [`Broken`].
    pub fn follow(&mut self, row: &Row, hash: &[u8]) -> Result<(), Broken> {
        if row.seq != self.seq.saturating_add(1) {
            return Err(Broken::Gap(row.seq));
        }
        let good = link(&self.hash, row);
        if good.as_slice() != hash {
            return Err(Broken::Changed(row.seq));
        }
        *self = Self { seq: row.seq, hash: good };
        Ok(())
    }

    /// That this is the end which is kept.
    ///
    /// # Errors
    /// [`Broken::End`].
    pub fn ends(&self, kept: &Self) -> Result<(), Broken> {
        if self == kept {
            return Ok(());
        }
        Err(Broken::End { found: self.seq, kept: kept.seq })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seq: i64) -> Row {
        Row {
            shard: 7,
            seq,
            at: Timestamp::from_millis(1_700_000_000_000 + seq),
            act: "name_changed".into(),
            channel: Some("ussd".into()),
            subscriber: Some(vec![1; 16]),
            staff: None,
            person: Some(vec![7; 16]),
            ticket: None,
            old: Some(vec![2; 50]),
            new: Some(vec![3; 50]),
        }
    }

    #[test]
    fn a_chain_shows_every_change_of_it() {
        let mut rows = Vec::new();
        let mut before = [0; 32];
        for seq in 1..=5 {
            before = link(&before, &row(seq));
            rows.push((row(seq), before));
        }
        let verify = |rows: &[(Row, [u8; 32])]| {
            let mut chain = Chain::default();
            rows.iter().try_for_each(|(row, hash)| chain.follow(row, hash)).map(|()| chain)
        };
        let end = verify(&rows).unwrap();
        assert_eq!(end.ends(&Chain { seq: 5, hash: before }), Ok(()));

        let mut changed = rows.clone();
        changed[2].0.staff = Some("rina".into());
        assert_eq!(verify(&changed), Err(Broken::Changed(3)));
        // With its own hash made good, the next row gives it away.
        changed[2].1 = link(&rows[1].1, &changed[2].0);
        assert_eq!(verify(&changed), Err(Broken::Changed(4)));
        let mut cut = rows.clone();
        cut.remove(1);
        assert_eq!(verify(&cut), Err(Broken::Gap(3)));
        cut = rows.clone();
        cut.pop();
        let short = verify(&cut).unwrap();
        let kept = Chain { seq: 5, hash: before };
        assert_eq!(short.ends(&kept), Err(Broken::End { found: 4, kept: 5 }));
    }

    #[test]
    fn what_stands_in_two_columns_does_not_stand_in_one() {
        let (mut one, mut other) = (row(1), row(1));
        (one.staff, one.ticket) = (Some("ab".into()), Some("c".into()));
        (other.staff, other.ticket) = (Some("a".into()), Some("bc".into()));
        assert_ne!(link(&[0; 32], &one), link(&[0; 32], &other));
        (one.staff, other.staff) = (None, Some(String::new()));
        other.ticket = one.ticket.clone();
        assert_ne!(link(&[0; 32], &one), link(&[0; 32], &other));
    }

    #[test]
    fn an_account_is_read() {
        for good in ["rina.k", "ab", "petugas-7"] {
            assert_eq!(StaffName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a", "Rina", "rina k", "rina\n", &"a".repeat(41)] {
            assert_eq!(StaffName::parse(bad), Err(StaffNameError));
        }
    }
}
