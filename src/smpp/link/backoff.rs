//! How long to wait before the next bind. Pure: the dice are an argument.

use std::time::Duration;

use super::Down;

/// How patient a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackoffSettings {
    /// The first wait after a loss; it doubles with every further failure.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// The first wait after the SMSC refused our name or password: somebody has to look at it.
    pub refused: Duration,
    /// The wait after ESME_RALYBND: the SMSC has yet to notice that our last bind is gone.
    pub already_bound: Duration,
    /// A bind that held so long was a good one: the next failure counts as the first.
    pub stable: Duration,
}

impl Default for BackoffSettings {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(60),
            refused: Duration::from_secs(30),
            already_bound: Duration::from_secs(15),
            stable: Duration::from_secs(10),
        }
    }
}

/// What went wrong, as far as the wait depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Lost,
    Credentials,
    AlreadyBound,
}

impl Failure {
    pub fn of(why: Down) -> Self {
        match why.refusal() {
            Some(status) if status.is_already_bound() => Self::AlreadyBound,
            Some(status) if status.is_credentials() => Self::Credentials,
            _ => Self::Lost,
        }
    }
}

#[derive(Debug)]
pub(super) struct Backoff {
    settings: BackoffSettings,
    failures: u32,
}

impl Backoff {
    pub fn new(settings: BackoffSettings) -> Self {
        Self { settings, failures: 0 }
    }

    /// A bind ended that had held for so long.
    pub fn held(&mut self, bound: Duration) {
        if bound >= self.settings.stable {
            self.failures = 0;
        }
    }

    /// The wait before the next attempt. `dice` is 0 to 1: half of the wait is left to it, so that
    /// links cut together do not come back together.
    pub fn wait(&mut self, failure: Failure, dice: f64) -> Duration {
        let settings = &self.settings;
        let doubled = |first: Duration| {
            first.saturating_mul(1 << self.failures.min(16)).min(settings.longest.max(first))
        };
        let full = match failure {
            Failure::Lost => doubled(settings.first),
            Failure::Credentials => doubled(settings.refused),
            Failure::AlreadyBound => settings.already_bound,
        };
        self.failures = self.failures.saturating_add(1);
        full.mul_f64(0.5 + dice.clamp(0.0, 1.0) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smpp::pdu::CommandStatus;
    use crate::smpp::session::Closed;

    const SETTINGS: BackoffSettings = BackoffSettings {
        first: Duration::from_millis(500),
        longest: Duration::from_secs(60),
        refused: Duration::from_secs(30),
        already_bound: Duration::from_secs(15),
        stable: Duration::from_secs(10),
    };

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits = |failure, dice| {
            let mut backoff = Backoff::new(SETTINGS);
            [(); 9].map(|()| backoff.wait(failure, dice).as_millis())
        };
        assert_eq!(
            waits(Failure::Lost, 1.0),
            [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]
        );
        assert_eq!(waits(Failure::Lost, 0.0)[..3], [250, 500, 1000]);
        assert_eq!(waits(Failure::Credentials, 1.0)[..3], [30_000, 60_000, 60_000]);
        assert_eq!(waits(Failure::AlreadyBound, 1.0)[..3], [15_000; 3]);
    }

    #[test]
    fn only_a_bind_that_held_makes_the_link_quick_again() {
        let mut backoff = Backoff::new(SETTINGS);
        backoff.wait(Failure::Lost, 1.0);
        backoff.held(Duration::from_secs(1));
        assert_eq!(backoff.wait(Failure::Lost, 1.0), Duration::from_secs(1));
        backoff.held(Duration::from_secs(10));
        assert_eq!(backoff.wait(Failure::Lost, 1.0), Duration::from_millis(500));
    }

    #[test]
    fn refusals_are_classed_by_their_status() {
        let refused = |status| Failure::of(Down::Session(Closed::BindRefused(status)));
        assert_eq!(refused(CommandStatus::RINVPASWD), Failure::Credentials);
        assert_eq!(refused(CommandStatus::RALYBND), Failure::AlreadyBound);
        assert_eq!(refused(CommandStatus::RSYSERR), Failure::Lost);
        assert_eq!(Failure::of(Down::Session(Closed::Silent)), Failure::Lost);
    }
}
