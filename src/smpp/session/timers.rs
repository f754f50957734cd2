//! The timers of SMPP 3.4 §2.7 as a value: told what happened when, it says what is due when.
//!
//! A peer *action* (any PDU at all) keeps the link alive. A *transaction* (a message either way)
//! keeps it from being idle. `enquire_link` is an action and no transaction.

use std::time::{Duration, Instant};

/// How long what may take. SMPP 3.4 §2.7 leaves the values to the parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerSettings {
    /// From connection to completed bind.
    pub session_init: Duration,
    /// Silence of the peer after which it is asked whether it is there. None never asks.
    pub enquire_link: Option<Duration>,
    /// Time without a message either way after which the session is ended. None never ends it.
    pub inactivity: Option<Duration>,
    /// From a request on the wire to its response.
    pub response: Duration,
}

impl Default for TimerSettings {
    fn default() -> Self {
        Self {
            session_init: Duration::from_secs(10),
            enquire_link: Some(Duration::from_secs(30)),
            inactivity: None,
            response: Duration::from_secs(10),
        }
    }
}

/// What a timer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// No bind in time: close.
    SessionInit,
    /// Send `enquire_link` and say so with [`Timers::enquired`].
    EnquireLink,
    /// Not one PDU since we asked: the link is dead.
    Silent,
    /// No message for too long: unbind.
    Inactive,
    /// No answer to our unbind: close.
    UnbindUnanswered,
}

#[derive(Debug)]
pub(super) struct Timers {
    settings: TimerSettings,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Opening { since: Instant },
    Bound { action: Instant, enquired: Option<Instant>, transaction: Instant },
    Unbinding { since: Instant },
}

impl Timers {
    pub fn new(settings: TimerSettings, now: Instant) -> Self {
        Self { settings, phase: Phase::Opening { since: now } }
    }

    pub fn response(&self) -> Duration {
        self.settings.response
    }

    pub fn bound(&mut self, now: Instant) {
        self.phase = Phase::Bound { action: now, enquired: None, transaction: now };
    }

    pub fn unbinding(&mut self, now: Instant) {
        self.phase = Phase::Unbinding { since: now };
    }

    /// Any PDU came.
    pub fn peer_action(&mut self, now: Instant) {
        if let Phase::Bound { action, enquired, .. } = &mut self.phase {
            *action = now;
            *enquired = None;
        }
    }

    /// A message went or came, or was answered.
    pub fn transaction(&mut self, now: Instant) {
        if let Phase::Bound { transaction, .. } = &mut self.phase {
            *transaction = now;
        }
    }

    /// Our `enquire_link` went out.
    pub fn enquired(&mut self, now: Instant) {
        if let Phase::Bound { enquired, .. } = &mut self.phase {
            *enquired = Some(now);
        }
    }

    /// When to ask [`Timers::due`] next.
    pub fn next(&self) -> Option<Instant> {
        self.deadlines().into_iter().flatten().map(|(at, _)| at).min()
    }

    /// The first thing that is due by now.
    pub fn due(&self, now: Instant) -> Option<Due> {
        let mut due = self.deadlines().into_iter().flatten().filter(|(at, _)| *at <= now);
        due.next().map(|(_, what)| what)
    }

    /// What can fall due in this phase, the gravest first.
    fn deadlines(&self) -> [Option<(Instant, Due)>; 2] {
        let settings = &self.settings;
        match self.phase {
            Phase::Opening { since } => {
                [Some((since + settings.session_init, Due::SessionInit)), None]
            }
            Phase::Bound { action, enquired, transaction } => [
                match enquired {
                    Some(at) => Some((at + settings.response, Due::Silent)),
                    None => settings.enquire_link.map(|limit| (action + limit, Due::EnquireLink)),
                },
                settings.inactivity.map(|limit| (transaction + limit, Due::Inactive)),
            ],
            Phase::Unbinding { since } => {
                [Some((since + settings.response, Due::UnbindUnanswered)), None]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Step {
        Bound,
        Action,
        Transaction,
        Enquired,
        Unbinding,
    }
    use Step::*;

    /// Seconds: session_init 5, enquire_link 10, inactivity 30, response 3.
    #[test]
    fn a_table_of_seconds() {
        type Row<'a> = (&'a [(u64, Step)], u64, Option<Due>, u64);
        let rows: &[Row<'_>] = &[
            // what happened when, asked at, what is due, when to ask next
            (&[], 4, None, 5),
            (&[], 5, Some(Due::SessionInit), 5),
            (&[(3, Action)], 5, Some(Due::SessionInit), 5),
            (&[(4, Bound)], 5, None, 14),
            (&[(4, Bound)], 14, Some(Due::EnquireLink), 14),
            (&[(4, Bound), (9, Action)], 14, None, 19),
            (&[(4, Bound), (9, Transaction)], 14, Some(Due::EnquireLink), 14),
            (&[(4, Bound), (14, Enquired)], 16, None, 17),
            (&[(4, Bound), (14, Enquired)], 17, Some(Due::Silent), 17),
            (&[(4, Bound), (14, Enquired), (16, Action)], 17, None, 26),
            (&[(0, Bound), (25, Action)], 29, None, 30),
            (&[(0, Bound), (25, Action)], 30, Some(Due::Inactive), 30),
            (&[(0, Bound), (25, Action), (25, Transaction)], 30, None, 35),
            (&[(0, Bound), (28, Enquired)], 31, Some(Due::Silent), 30),
            (&[(0, Bound), (7, Unbinding)], 9, None, 10),
            (&[(0, Bound), (7, Unbinding), (9, Action)], 10, Some(Due::UnbindUnanswered), 10),
        ];
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        for (index, (steps, asked, due, next)) in rows.iter().enumerate() {
            let settings = TimerSettings {
                session_init: Duration::from_secs(5),
                enquire_link: Some(Duration::from_secs(10)),
                inactivity: Some(Duration::from_secs(30)),
                response: Duration::from_secs(3),
            };
            let mut timers = Timers::new(settings, start);
            for (when, step) in *steps {
                match step {
                    Bound => timers.bound(at(*when)),
                    Action => timers.peer_action(at(*when)),
                    Transaction => timers.transaction(at(*when)),
                    Enquired => timers.enquired(at(*when)),
                    Unbinding => timers.unbinding(at(*when)),
                }
            }
            assert_eq!(timers.due(at(*asked)), *due, "row {index}");
            assert_eq!(timers.next(), Some(at(*next)), "row {index}");
        }
    }

    #[test]
    fn a_session_without_enquiries_or_idle_limit_waits_for_ever() {
        let start = Instant::now();
        let settings =
            TimerSettings { enquire_link: None, inactivity: None, ..TimerSettings::default() };
        let mut timers = Timers::new(settings, start);
        timers.bound(start);
        assert_eq!(timers.next(), None);
        assert_eq!(timers.due(start + Duration::from_secs(86_400)), None);
    }
}
