//! What a link can say about itself.

use std::io;
use std::sync::Mutex;
use std::time::Instant;

use tokio::sync::watch;

use crate::smpp::pdu::CommandStatus;
use crate::smpp::session::Closed;

/// The state of a link. Of a transmitter and receiver pair, the worse of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStatus {
    /// Connecting or waiting for the bind response.
    Connecting,
    /// Messages may flow.
    Bound,
    /// The SMSC refused the bind.
    Refused {
        /// With this status.
        status: CommandStatus,
        /// When the next attempt begins.
        retry_at: Instant,
    },
    /// There is no connection.
    Down {
        /// Why not.
        why: Down,
        /// When the next attempt begins.
        retry_at: Instant,
    },
    /// Shutting down: nothing new is taken.
    Unbinding,
    /// Shut down for good.
    Closed,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Down {
    /// No connection, or no TLS on it.
    #[error("cannot connect: {0}")]
    Unreachable(io::ErrorKind),
    /// No connection in time.
    #[error("cannot connect in time")]
    ConnectTimeout,
    /// There was a session and it ended.
    #[error(transparent)]
    Session(#[from] Closed),
}

impl Down {
    /// The status of a refused bind, if that is why.
    pub fn refusal(self) -> Option<CommandStatus> {
        match self {
            Self::Session(Closed::BindRefused(status)) => Some(status),
            _ => None,
        }
    }
}

impl LinkStatus {
    /// The worse a status, the higher.
    fn weight(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Bound => 1,
            Self::Unbinding => 2,
            Self::Connecting => 3,
            Self::Down { .. } => 4,
            Self::Refused { .. } => 5,
        }
    }
}

/// One status out of one for each bind of a link.
#[derive(Debug)]
pub(super) struct Board {
    binds: Mutex<Vec<LinkStatus>>,
    whole: watch::Sender<LinkStatus>,
}

impl Board {
    pub fn new(binds: usize) -> Self {
        let (whole, _) = watch::channel(LinkStatus::Connecting);
        Self { binds: Mutex::new(vec![LinkStatus::Connecting; binds]), whole }
    }

    pub fn subscribe(&self) -> watch::Receiver<LinkStatus> {
        self.whole.subscribe()
    }

    /// Every bind that is not closed yet is on its way there.
    pub fn unbinding(&self) {
        self.change(|binds| {
            for bind in binds.iter_mut().filter(|bind| **bind != LinkStatus::Closed) {
                *bind = LinkStatus::Unbinding;
            }
        });
    }

    pub fn set(&self, bind: usize, status: LinkStatus) {
        self.change(|binds| {
            if let Some(place) = binds.get_mut(bind) {
                *place = status;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut [LinkStatus])) {
        // A thread that died while it held this lock can have left no half-written status.
        let mut binds = self.binds.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        change(&mut binds);
        let worst = binds.iter().copied().max_by_key(|status| status.weight());
        self.whole.send_replace(worst.unwrap_or(LinkStatus::Closed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_shuts_down_says_so() {
        let board = Board::new(2);
        let whole = board.subscribe();
        board.set(0, LinkStatus::Closed);
        board.unbinding();
        assert_eq!(*whole.borrow(), LinkStatus::Unbinding);
        board.set(1, LinkStatus::Closed);
        assert_eq!(*whole.borrow(), LinkStatus::Closed);
    }

    #[test]
    fn a_pair_is_as_good_as_its_worse_half() {
        let board = Board::new(2);
        let whole = board.subscribe();
        board.set(0, LinkStatus::Bound);
        assert_eq!(*whole.borrow(), LinkStatus::Connecting);
        board.set(1, LinkStatus::Bound);
        assert_eq!(*whole.borrow(), LinkStatus::Bound);
        let down = LinkStatus::Down { why: Down::ConnectTimeout, retry_at: Instant::now() };
        board.set(0, down);
        assert_eq!(*whole.borrow(), down);
        board.set(0, LinkStatus::Closed);
        assert_eq!(*whole.borrow(), LinkStatus::Bound);
        board.set(1, LinkStatus::Closed);
        assert_eq!(*whole.borrow(), LinkStatus::Closed);
    }
}
