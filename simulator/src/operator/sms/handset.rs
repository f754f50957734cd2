//! A phone as the SMS centre knows it: its inbox, and what waits for it.

use std::collections::VecDeque;
use std::time::Instant;

use super::parts::{Assembly, Part};
use super::{Sender, Text};
use crate::operator::centre::Signal;
use crate::operator::message::Address;

/// Texts that an inbox keeps; the oldest goes for a further one, as on an old phone.
const INBOX_MAX: usize = 50;
/// Messages that wait for a phone out of reach.
const WAITING_MAX: usize = 20;

#[derive(Debug)]
pub(super) struct Handset {
    pub signal: Signal,
    pub inbox: VecDeque<Text>,
    pub waiting: VecDeque<Waiting>,
    assembly: Assembly<Sender>,
}

impl Default for Handset {
    fn default() -> Self {
        Self {
            signal: Signal::On,
            inbox: VecDeque::new(),
            waiting: VecDeque::new(),
            assembly: Assembly::default(),
        }
    }
}

/// A message that was taken and has not reached its phone.
#[derive(Debug)]
pub(super) struct Waiting {
    pub id: u64,
    pub from: Sender,
    pub part: Part,
    /// Which receipts are wanted: 0 none, 1 all, 2 of failures. `// SMPP 3.4 §5.2.17`
    pub receipt: u8,
    /// Whom a receipt goes to.
    pub source: Address,
    pub submitted: Instant,
}

impl Handset {
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING_MAX
    }

    /// Takes a part; gives the text when it is whole.
    pub fn take(&mut self, from: Sender, part: Part, serial: u64, at: u64) -> Option<Text> {
        let (from, text) = self.assembly.take(from, part)?;
        let text = Text { serial, from, text, at };
        if self.inbox.len() >= INBOX_MAX {
            self.inbox.pop_front();
        }
        self.inbox.push_back(text.clone());
        Some(text)
    }
}
