//! What is claimed and not yet sent, in the order in which it will be.

use std::collections::VecDeque;

use super::Class;

/// Four queues, the most urgent first; the lower ones get every eighth turn, so that they never
/// starve.
#[derive(Debug)]
pub struct Line<T> {
    queues: [VecDeque<T>; 4],
    turns: usize,
}

/// Every so many turns somebody else than the most urgent goes first.
const EIGHTH: usize = 8;

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { queues: Default::default(), turns: 0 }
    }
}

impl<T> Line<T> {
    /// Puts something at the end of its queue.
    pub fn push(&mut self, class: Class, what: T) {
        self.queues[class as usize].push_back(what);
    }

    /// Puts something at the head of its queue, where it was taken from.
    pub fn put_back(&mut self, class: Class, what: T) {
        self.queues[class as usize].push_front(what);
    }

    /// What goes next.
    pub fn take(&mut self) -> Option<T> {
        let first = self.queues.iter().position(|queue| !queue.is_empty())?;
        self.turns = self.turns.wrapping_add(1);
        let at = if self.turns.is_multiple_of(EIGHTH) {
            // The lower ones take turns at it.
            let lower = (self.turns / EIGHTH) % 4;
            (0..4).map(|at| (lower + at) % 4).find(|at| *at > first && !self.queues[*at].is_empty())
        } else {
            None
        };
        self.queues[at.unwrap_or(first)].pop_front()
    }

    /// How much is in it.
    pub fn len(&self) -> usize {
        self.queues.iter().map(VecDeque::len).sum()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }

    /// How much of it is as urgent as this, or more.
    pub fn as_urgent_as(&self, class: Class) -> usize {
        self.queues.iter().take(class as usize + 1).map(VecDeque::len).sum()
    }

    /// What is in it.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.queues.iter().flatten()
    }

    /// Takes some out; the others keep their places.
    pub fn take_out(&mut self, mut which: impl FnMut(&mut T) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        for queue in &mut self.queues {
            for mut what in std::mem::take(queue) {
                if which(&mut what) {
                    taken.push(what);
                } else {
                    queue.push_back(what);
                }
            }
        }
        taken
    }

    /// Takes everything out.
    pub fn drain(&mut self) -> impl Iterator<Item = T> + '_ {
        self.queues.iter_mut().flat_map(|queue| queue.drain(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_goes_first_and_nobody_starves() {
        let mut line = Line::default();
        for _ in 0..1000 {
            for class in Class::ALL {
                line.push(class, class);
            }
        }
        let taken: Vec<Class> = (0..800).filter_map(|_| line.take()).collect();
        let count = |class| taken.iter().filter(|taken| **taken == class).count();
        assert_eq!(count(Class::Code), 700);
        for class in [Class::Reply, Class::Reminder, Class::Campaign] {
            assert!((20..=60).contains(&count(class)), "{class:?} {}", count(class));
        }
        assert_eq!(line.len(), 3200);
    }

    #[test]
    fn what_is_put_back_is_taken_next() {
        let mut line = Line::default();
        for n in 0..3 {
            line.push(Class::Reply, n);
        }
        assert_eq!(line.take(), Some(0));
        line.put_back(Class::Reply, 0);
        assert_eq!(line.as_urgent_as(Class::Code), 0);
        assert_eq!(line.as_urgent_as(Class::Reply), 3);
        assert_eq!(line.take_out(|n| *n == 1), [1]);
        assert_eq!(line.iter().collect::<Vec<_>>(), [&0, &2]);
        assert_eq!(line.drain().collect::<Vec<_>>(), [0, 2]);
        assert_eq!((line.take(), line.is_empty()), (None, true));
    }
}
