//! The journal of answers, as it is written: what a network said of notices, until the database has it.
//!
//! A line for each, behind a check sum: `crc32 {json}`. A process that is killed leaves at most a torn
//! last line, which is passed over. Nothing of a person is in it.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Fate, NoticeId,
    work::{Doubt, Settlement, Verdict},
};
use crate::clock::Timestamp;

/// The first line of every journal.
pub const HEADER: &[u8] = b"setara answers 1\n";

/// Which claim a line is about: later ones of the same claim hold.
pub type Claim = (NoticeId, i64);

/// What a journal says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How claims ended, or how far they came.
    pub settlements: Vec<Settlement>,
    /// When the last of it was written.
    pub at: Option<Timestamp>,
    /// Lines that nobody can read, a torn last one not counted.
    pub unreadable: usize,
}

/// A file that is no journal of answers.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("it is no journal of answers of this version")]
pub struct Foreign;

/// One line, without its check sum.
#[derive(Serialize, Deserialize)]
struct Line {
    at: i64,
    id: i64,
    attempts: i64,
    day: i64,
    how: How,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum How {
    Sent {
        account: Arc<str>,
        message_id: String,
        /// Older journals have no such time: it left a moment before this was written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<i64>,
    },
    Again {
        due: i64,
        tries: u32,
        parts: u8,
        #[serde(default)]
        doubt: i64,
    },
    Reroute {
        route: Arc<str>,
    },
    Ended {
        fate: String,
    },
}

/// The claim that a settlement is of.
pub fn claim(settlement: &Settlement) -> Claim {
    (settlement.id, settlement.attempts)
}

/// A settlement as a line, heard at `at`.
pub fn write(settlement: &Settlement, at: Timestamp) -> String {
    let Settlement { id, attempts, day, verdict } = settlement;
    let how = match verdict.clone() {
        Verdict::Sent { account, message_id, left } => {
            How::Sent { account, message_id, left: Some(left.millis()) }
        }
        Verdict::Again { due, tries, parts, doubt } => {
            How::Again { due: due.millis(), tries, parts, doubt: doubt.as_i64() }
        }
        Verdict::Reroute { route } => How::Reroute { route },
        Verdict::Ended(fate) => How::Ended { fate: fate.as_str().to_owned() },
    };
    let line = Line { at: at.millis(), id: id.as_i64(), attempts: *attempts, day: *day, how };
    // Numbers and texts always become JSON.
    let json = serde_json::to_string(&line).unwrap_or_default();
    let mut written = String::with_capacity(json.len() + 10);
    let _ = writeln!(written, "{:08x} {json}", sum(&json));
    written
}

/// Reads a journal. One that is empty, or torn in its first line, says nothing.
///
/// # Errors
/// [`Foreign`]
pub fn read(octets: &[u8]) -> Result<Found, Foreign> {
    let Some(lines) = octets.strip_prefix(HEADER) else {
        return if HEADER.starts_with(octets) { Ok(Found::default()) } else { Err(Foreign) };
    };
    let mut found = Found::default();
    let mut last = BTreeMap::new();
    // What comes after the last line end was not written to its end.
    let whole = lines.iter().rposition(|octet| *octet == b'\n').unwrap_or(0);
    let lines = lines.get(..whole).unwrap_or_default();
    for line in lines.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()) {
        match read_line(line) {
            Some((at, settlement)) => {
                found.at = found.at.max(Some(at));
                last.insert(claim(&settlement), settlement);
            }
            None => found.unreadable += 1,
        }
    }
    found.settlements = last.into_values().collect();
    Ok(found)
}

fn read_line(line: &[u8]) -> Option<(Timestamp, Settlement)> {
    let (written, json) = str::from_utf8(line).ok()?.split_once(' ')?;
    if u32::from_str_radix(written, 16) != Ok(sum(json)) {
        return None;
    }
    let Line { at, id, attempts, day, how } = serde_json::from_str(json).ok()?;
    let verdict = match how {
        How::Sent { account, message_id, left } => {
            let left = Timestamp::from_millis(left.unwrap_or(at));
            Verdict::Sent { account, message_id, left }
        }
        How::Again { due, tries, parts, doubt } => {
            let (due, doubt) = (Timestamp::from_millis(due), Doubt::from_i64(doubt));
            Verdict::Again { due, tries, parts, doubt }
        }
        How::Reroute { route } => Verdict::Reroute { route },
        How::Ended { fate } => Verdict::Ended(Fate::parse(&fate)?),
    };
    let id = NoticeId::from_i64(id);
    Some((Timestamp::from_millis(at), Settlement { id, attempts, day, verdict }))
}

fn sum(json: &str) -> u32 {
    crc32fast::hash(json.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            ("[a-z]{1,8}", ".{0,70}", any::<i64>()).prop_map(|(account, message_id, left)| {
                let left = Timestamp::from_millis(left);
                Verdict::Sent { account: account.into(), message_id, left }
            }),
            (any::<i64>(), any::<u32>(), any::<u8>(), 0..6_i64).prop_map(
                |(due, tries, parts, doubt)| {
                    let (due, doubt) = (Timestamp::from_millis(due), Doubt::from_i64(doubt));
                    Verdict::Again { due, tries, parts, doubt }
                }
            ),
            "[a-z]{0,8}".prop_map(|route| Verdict::Reroute { route: route.into() }),
            (0..Fate::ALL.len()).prop_map(|at| Verdict::Ended(Fate::ALL[at])),
        ]
    }

    /// Of different claims, in the order in which they are read back.
    fn settlements() -> impl Strategy<Value = Vec<Settlement>> {
        prop::collection::btree_map((any::<i64>(), any::<i64>()), (any::<i64>(), verdict()), 0..20)
            .prop_map(|all| {
                let settlement = |((id, attempts), (day, verdict))| Settlement {
                    id: NoticeId::from_i64(id),
                    attempts,
                    day,
                    verdict,
                };
                all.into_iter().map(settlement).collect()
            })
    }

    fn journal(settlements: &[Settlement]) -> Vec<u8> {
        let mut octets = HEADER.to_vec();
        for (at, settlement) in (0..).zip(settlements) {
            octets.extend(write(settlement, Timestamp::from_millis(at)).bytes());
        }
        octets
    }

    #[test]
    fn the_last_word_on_a_claim_holds() {
        let of = |attempts, parts| Settlement {
            id: NoticeId::from_i64(7),
            attempts,
            day: 0,
            verdict: Verdict::Again {
                due: Timestamp::from_millis(5),
                tries: 0,
                parts,
                doubt: Doubt::None,
            },
        };
        let sent = Settlement { verdict: Verdict::Ended(Fate::Refused), ..of(1, 0) };
        let found = read(&journal(&[of(1, 1), of(2, 1), of(2, 2), sent.clone()])).unwrap();
        assert_eq!(found.settlements, [sent, of(2, 2)]);
        assert_eq!((found.at, found.unreadable), (Some(Timestamp::from_millis(3)), 0));
    }

    #[test]
    fn a_file_of_somebody_else_is_told_from_an_empty_one() {
        for (octets, expected) in [
            (&b""[..], Ok(0)),
            (b"setara ans", Ok(0)),
            (HEADER, Ok(0)),
            (b"SQLite format 3\0", Err(Foreign)),
            (b"setara answers 2\n", Err(Foreign)),
            (b"\0\0\0\0", Err(Foreign)),
        ] {
            assert_eq!(read(octets).map(|found| found.settlements.len()), expected);
        }
    }

    #[test]
    fn it_has_the_form_of_before() {
        let left = Timestamp::from_millis(1_599_999_999_000);
        let verdict = Verdict::Sent { account: "telco".into(), message_id: "a\n1".into(), left };
        let settlement =
            Settlement { id: NoticeId::from_i64(12), attempts: 3, day: 19_000, verdict };
        let line = write(&settlement, Timestamp::from_millis(1_600_000_000_000));
        let expected = r#"{"at":1600000000000,"id":12,"attempts":3,"day":19000,"how":{"sent":{"account":"telco","message_id":"a\n1","left":1599999999000}}}"#;
        assert_eq!(line.split_once(' ').map(|(_, json)| json.trim_end()), Some(expected));
        // Before there was a doubt.
        let before = r#"{"at":1,"id":12,"attempts":3,"day":0,"how":{"again":{"due":5,"tries":1,"parts":2}}}"#;
        let line = format!("{:08x} {before}\n", sum(before));
        let found = read(&[HEADER, line.as_bytes()].concat()).unwrap();
        let due = Timestamp::from_millis(5);
        let again = Verdict::Again { due, tries: 1, parts: 2, doubt: Doubt::None };
        assert_eq!(found.settlements[0].verdict, again);
        // One of before says nothing of when it left.
        let json = expected.replace(",\"left\":1599999999000", "");
        let octets = [HEADER, format!("{:08x} {json}\n", sum(&json)).as_bytes()].concat();
        let verdict = read(&octets).unwrap().settlements.pop().map(|of| of.verdict);
        let heard = Timestamp::from_millis(1_600_000_000_000);
        assert!(matches!(verdict, Some(Verdict::Sent { left, .. }) if left == heard));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in settlements()) {
            let found = read(&journal(&all)).unwrap();
            prop_assert_eq!(found.unreadable, 0);
            prop_assert_eq!(found.settlements, all);
        }

        #[test]
        fn a_torn_end_loses_its_line_only(all in settlements(), torn: prop::sample::Index) {
            let octets = journal(&all);
            let torn = &octets[..torn.index(octets.len() + 1)];
            let whole = torn.iter().filter(|octet| **octet == b'\n').count().saturating_sub(1);
            let found = read(torn).unwrap();
            prop_assert_eq!(found.unreadable, 0);
            prop_assert_eq!(&found.settlements[..], &all[..whole]);
        }

        #[test]
        fn what_is_damaged_is_told_and_the_rest_is_read(
            all in settlements(),
            place: prop::sample::Index,
            octet: u8,
        ) {
            let mut octets = journal(&all);
            let rest = octets.len() - HEADER.len();
            prop_assume!(rest > 0);
            let place = HEADER.len() + place.index(rest);
            let changed = octets[place] != octet;
            octets[place] = octet;
            let found = read(&octets).unwrap();
            // A line end more or less spoils two lines at the most.
            prop_assert!(found.settlements.len() + 2 >= all.len());
            prop_assert!(found.settlements.iter().all(|one| all.contains(one)));
            prop_assert!(changed || found.settlements == all);
        }

        #[test]
        fn garbage_is_no_news(octets: Vec<u8>) {
            let mut journal = HEADER.to_vec();
            journal.extend(octets);
            prop_assert_eq!(read(&journal).unwrap().settlements, []);
        }
    }
}
