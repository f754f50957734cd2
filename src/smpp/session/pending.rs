//! Our requests that wait for their response, found by sequence number. SMPP 3.4 §2.6.
//!
//! A ring of slots, twice as many as there can be requests: a sequence number belongs to one slot,
//! and a number whose slot is taken is skipped, so an unanswered request never makes the table grow.
//! Deadlines need no timer each: the table knows a time before which nothing can fall due.

use std::time::Instant;

/// The highest sequence number a request may carry. SMPP 3.4 §5.1.4.
const LAST: u32 = 0x7FFF_FFFF;

#[derive(Debug)]
pub(super) struct Request<K> {
    pub sequence: u32,
    pub deadline: Instant,
    pub kind: K,
}

#[derive(Debug)]
pub(super) struct Pending<K> {
    slots: Vec<Option<Request<K>>>,
    next: u32,
    earliest: Option<Instant>,
}

impl<K> Pending<K> {
    /// A table for up to `requests` unanswered requests, its first number 1.
    pub fn new(requests: usize) -> Self {
        let slots = (requests.max(1) * 2).next_power_of_two();
        Self { slots: (0..slots).map(|_| None).collect(), next: 1, earliest: None }
    }

    /// Writes a request down and gives it its sequence number.
    pub fn insert(&mut self, kind: K, deadline: Instant) -> u32 {
        let sequence = self.free_sequence();
        self.earliest = Some(self.earliest.map_or(deadline, |earliest| earliest.min(deadline)));
        let slot = self.slot(sequence);
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some(Request { sequence, deadline, kind });
        }
        self.next = after(sequence);
        sequence
    }

    /// The number the next [`Pending::insert`] will give.
    pub fn free_sequence(&mut self) -> u32 {
        // Half of the slots are free at the worst, so this ends within one round.
        for _ in 0..self.slots.len() {
            let slot = self.slot(self.next);
            if self.slots.get(slot).is_some_and(Option::is_none) {
                break;
            }
            self.next = after(self.next);
        }
        self.next
    }

    /// The request of this number, if it is one that waits.
    pub fn get(&self, sequence: u32) -> Option<&K> {
        let request = self.slots.get(self.slot(sequence))?.as_ref()?;
        (request.sequence == sequence).then_some(&request.kind)
    }

    /// Takes the request of this number out.
    pub fn take(&mut self, sequence: u32) -> Option<K> {
        self.get(sequence)?;
        let slot = self.slot(sequence);
        self.slots.get_mut(slot)?.take().map(|request| request.kind)
    }

    /// Nothing falls due before this.
    pub fn earliest(&self) -> Option<Instant> {
        self.earliest
    }

    /// Takes out what is due by now, in order of deadline.
    pub fn expire(&mut self, now: Instant) -> Vec<Request<K>> {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return Vec::new();
        }
        let mut due: Vec<_> = self
            .slots
            .iter_mut()
            .filter_map(|slot| slot.take_if(|request| request.deadline <= now))
            .collect();
        due.sort_by_key(|request| request.deadline);
        self.earliest = self.slots.iter().flatten().map(|request| request.deadline).min();
        due
    }

    /// Takes everything out.
    pub fn drain(&mut self) -> Vec<Request<K>> {
        self.earliest = None;
        self.slots.iter_mut().filter_map(Option::take).collect()
    }

    fn slot(&self, sequence: u32) -> usize {
        sequence as usize & (self.slots.len() - 1)
    }
}

fn after(sequence: u32) -> u32 {
    if sequence >= LAST { 1 } else { sequence + 1 }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_old_request_is_stepped_over_and_found_again() {
        let start = Instant::now();
        let mut pending = Pending::new(2);
        let old = pending.insert("old", start + Duration::from_secs(9));
        for round in 0..20 {
            let sequence = pending.insert("new", start + Duration::from_secs(round));
            assert_ne!(sequence, old);
            assert_eq!(pending.take(sequence), Some("new"));
            assert_eq!(pending.take(sequence), None, "answered twice");
        }
        assert_eq!(pending.get(old + 4), None, "same slot, other number");
        assert_eq!(pending.take(old), Some("old"));
    }

    #[test]
    fn numbers_wrap_to_one() {
        let now = Instant::now();
        let mut pending = Pending::new(1);
        pending.next = LAST;
        assert_eq!(pending.insert((), now), LAST);
        assert_eq!(pending.take(LAST), Some(()));
        pending.next = LAST;
        assert_eq!(pending.insert((), now), LAST);
        assert_eq!(pending.insert((), now), 2, "1 shares a slot with the number before it");
    }

    #[test]
    fn deadlines_come_in_order() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pending = Pending::new(4);
        for (name, seconds) in [("c", 9), ("a", 3), ("b", 5)] {
            pending.insert(name, at(seconds));
        }
        assert_eq!(pending.earliest(), Some(at(3)));
        assert!(pending.expire(at(2)).is_empty());
        let due: Vec<_> = pending.expire(at(6)).into_iter().map(|request| request.kind).collect();
        assert_eq!(due, ["a", "b"]);
        assert_eq!(pending.earliest(), Some(at(9)));
    }
}
