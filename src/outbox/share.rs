//! The share of an account's budget that one node may use, when several have the account.
//!
//! An operator's budget is for all nodes together, and each takes the same part of it. Nodes tell each
//! other by rows of the database: every node writes a row each [`BEAT`], and then reads all of them.
//! What a node may send is never more than the budget leaves over, also while others come and go, and
//! whatever their clocks say:
//!
//! - Who could not write its row for [`STALE`] uses nothing, because others may count it as gone.
//! - Whose row stood still for [`GONE`], longer than that, is gone, and its share is free.
//! - Who comes waits for [`STALE`] after its row stood: by then each of the others has seen it, or
//!   uses nothing. Who reads no row but its own is alone, and waits for nobody.
//! - An account stays a node's own for [`GONE`] after its last link fell, so that a link which flaps
//!   does not lose its share each time.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How often a node writes its row and reads the others'.
pub const BEAT: Duration = Duration::from_secs(1);
/// For so long after it began to write its row a node may believe what it read then.
pub const STALE: Duration = Duration::from_secs(3);
/// A node whose row stood still for so long is gone.
pub const GONE: Duration = Duration::from_secs(6);
/// What every node has, whatever it is bound to: for budgets of nobody's account.
pub const EVERY: &str = "*";

/// The row of another node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Drawn at its start.
    pub name: String,
    /// Another one with every sign of life.
    pub beat: i64,
    /// What it can send with.
    pub accounts: Vec<String>,
}

/// What a node knows of itself and of the others.
#[derive(Debug, Default)]
pub struct Shares {
    /// When each of our accounts had a link last.
    bound: BTreeMap<String, Instant>,
    /// From when on we have a share of each.
    ours: BTreeMap<String, Instant>,
    /// When we began to write the row that was written last.
    wrote: Option<Instant>,
    others: BTreeMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    beat: i64,
    /// When it was another one before.
    moved: Instant,
    accounts: Vec<String>,
}

impl Shares {
    /// The accounts to write into our row; `bound` have a link now.
    pub fn accounts(&mut self, bound: &[String], now: Instant) -> Vec<String> {
        for account in bound {
            self.bound.insert(account.clone(), now);
        }
        self.bound.retain(|_, last| now.saturating_duration_since(*last) < GONE);
        self.bound.keys().cloned().collect()
    }

    /// Our row stands, and the others' were read after that. `began`: before it was written, with
    /// these accounts.
    pub fn read(
        &mut self,
        began: Instant,
        accounts: &[String],
        others: Vec<Neighbour>,
        now: Instant,
    ) {
        let silent = self.wrote.is_none_or(|wrote| began.saturating_duration_since(wrote) >= STALE);
        if silent {
            // They may have thought us gone.
            self.ours.clear();
        }
        self.wrote = Some(began);
        let known = std::mem::take(&mut self.others);
        for Neighbour { name, beat, accounts } in others {
            let before = known.get(&name).filter(|seen| seen.beat == beat);
            let moved = before.map_or(now, |seen| seen.moved);
            self.others.insert(name, Seen { beat, moved, accounts });
        }
        self.ours.retain(|account, _| accounts.contains(account));
        for account in accounts {
            // A row that stands still may be that of a node which only just stopped.
            let alone = !self.others.values().any(|seen| seen.accounts.contains(account));
            let from = if alone { now } else { now + STALE };
            self.ours.entry(account.clone()).or_insert(from);
        }
    }

    /// Our share of an account's budget, from 0 to 1, and until when it is ours unless the rows are
    /// read again.
    pub fn of(&self, account: &str, now: Instant) -> (f64, Instant) {
        let until = self.wrote.map_or(now, |wrote| wrote + STALE);
        let ours = self.ours.get(account).is_some_and(|from| *from <= now);
        if !ours || until <= now {
            return (0.0, until);
        }
        let lives = |seen: &&Seen| now.saturating_duration_since(seen.moved) < GONE;
        let sharing = |seen: &&Seen| seen.accounts.iter().any(|theirs| theirs == account);
        let others = self.others.values().filter(lives).filter(sharing).count();
        (1.0 / (1.0 + others as f64), until)
    }

    /// Our accounts.
    pub fn ours(&self) -> impl Iterator<Item = &str> {
        self.ours.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TELCO: &str = "telco";

    fn row(name: &str, beat: i64) -> Neighbour {
        Neighbour { name: name.into(), beat, accounts: vec![TELCO.into()] }
    }

    fn beat(shares: &mut Shares, others: Vec<Neighbour>, now: Instant) -> f64 {
        let accounts = shares.accounts(&[TELCO.into()], now);
        shares.read(now, &accounts, others, now);
        shares.of(TELCO, now).0
    }

    #[test]
    fn who_is_alone_has_all_of_it_at_once() {
        let start = Instant::now();
        let mut shares = Shares::default();
        assert_eq!(shares.of(TELCO, start).0, 0.0, "nothing is known yet");
        assert_eq!(beat(&mut shares, vec![], start), 1.0);
        assert_eq!(shares.of("other", start).0, 0.0);
        assert_eq!(shares.of(TELCO, start + STALE).0, 0.0, "nothing was heard since");
    }

    #[test]
    fn who_comes_waits_and_who_dies_leaves_its_share_later() {
        let start = Instant::now();
        let second = |n: u64| start + Duration::from_secs(n);
        let (mut old, mut new) = (Shares::default(), Shares::default());
        assert_eq!(beat(&mut old, vec![], second(0)), 1.0);
        assert_eq!(
            beat(&mut new, vec![row("old", 0)], second(1)),
            0.0,
            "the old one knows nothing"
        );
        for n in 2..4 {
            assert_eq!(beat(&mut old, vec![row("new", n)], second(n as u64)), 0.5);
            assert_eq!(beat(&mut new, vec![row("old", n)], second(n as u64)), 0.0);
        }
        assert_eq!(beat(&mut new, vec![row("old", 4)], second(4)), 0.5);
        // The new one is killed: its row stands still.
        for n in 4..9 {
            assert_eq!(beat(&mut old, vec![row("new", 3)], second(n)), 0.5, "{n}");
        }
        assert_eq!(beat(&mut old, vec![row("new", 3)], second(9)), 1.0);
    }

    #[test]
    fn a_link_that_flaps_keeps_its_share() {
        let start = Instant::now();
        let mut shares = Shares::default();
        beat(&mut shares, vec![], start);
        let soon = start + Duration::from_secs(2);
        assert_eq!(shares.accounts(&[], soon), [TELCO]);
        assert!(shares.accounts(&[], start + GONE).is_empty());
    }

    /// What happens to one of the nodes at a moment.
    #[derive(Debug, Clone, Copy)]
    enum Fate {
        Beats,
        /// It hangs, and wakes up later as if nothing had been.
        Hangs,
        Dies,
    }

    proptest! {
        /// Nodes come, hang, wake up and die at any moment: together they never have more than all.
        #[test]
        fn together_they_never_have_more_than_all(
            fates in prop::collection::vec(
                (0..4usize, 100..1500u64, prop_oneof![
                    12 => Just(Fate::Beats), 2 => Just(Fate::Hangs), 1 => Just(Fate::Dies),
                ]),
                1..120,
            ),
        ) {
            let start = Instant::now();
            let mut now = start;
            let mut table: BTreeMap<usize, i64> = BTreeMap::new();
            let mut nodes: Vec<Option<(usize, Shares)>> = (0..4).map(|_| None).collect();
            let (mut names, mut beats) = (0, 0);
            for (at, wait, fate) in fates {
                now += Duration::from_millis(wait / 4);
                match fate {
                    // Time passes for it as for all, and nothing is read.
                    Fate::Hangs => {}
                    Fate::Dies => nodes[at] = None,
                    Fate::Beats => {
                        let (name, shares) = nodes[at].get_or_insert_with(|| {
                            names += 1;
                            (names, Shares::default())
                        });
                        beats += 1;
                        table.insert(*name, beats);
                        let others = table.iter().filter(|(other, _)| *other != name);
                        let others = others.map(|(other, beat)| row(&other.to_string(), *beat));
                        beat(shares, others.collect(), now);
                    }
                }
                for later in [0, 900, 2900, 3100, 5900] {
                    let then = now + Duration::from_millis(later);
                    let all: f64 = nodes.iter().flatten().map(|(_, of)| of.of(TELCO, then).0).sum();
                    prop_assert!(all <= 1.0 + 1e-9, "{all} after {:?}", then - start);
                }
            }
        }
    }
}
