//! The way of people through the menus: how many begin, go on and finish, and for each screen how
//! many come to it, go on from it and turn back. Who stops at a screen for good is in the ends of
//! sessions, by class.

use prometheus_client::{encoding::EncodeLabelSet, metrics::counter::Counter, registry::Registry};

use super::{Counts, known::Known, register_all};
use crate::{
    conversation::{End, Ending},
    menu::state::Move,
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WayLabels {
    service: String,
    channel: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ScreenLabels {
    service: String,
    screen: String,
}

/// What is counted of a service on a channel.
#[derive(Debug)]
struct Ways {
    started: Counter,
    resumed: Counter,
    finished: Counter,
}

/// What is counted of a screen.
#[derive(Debug)]
struct Passages {
    shown: Counter,
    entered: Counter,
    passed: Counter,
    turned_back: Counter,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Journeys {
    started: Counts<WayLabels>,
    resumed: Counts<WayLabels>,
    finished: Counts<WayLabels>,
    shown: Counts<ScreenLabels>,
    entered: Counts<ScreenLabels>,
    passed: Counts<ScreenLabels>,
    turned_back: Counts<ScreenLabels>,
    ways: Known<Ways>,
    passages: Known<Passages>,
}

impl Journeys {
    pub fn register(&self, registry: &mut Registry) {
        let ways = [
            ("journeys_started", "Ways through a menu that began", &self.started),
            ("journeys_resumed", "Ways that were gone on with after a break", &self.resumed),
            ("journeys_finished", "Ways that came to a last screen", &self.finished),
        ];
        let screens = [
            ("screens", "Screens shown", &self.shown),
            ("screen_entered", "Times somebody came to a screen", &self.entered),
            ("screen_passed", "Times somebody went on from a screen", &self.passed),
            ("screen_turned_back", "Times somebody went back or home", &self.turned_back),
        ];
        register_all(registry, ways);
        register_all(registry, screens);
    }

    /// Counts the way of one turn.
    pub fn went(&self, service: &str, channel: &'static str, way: &[Move], ends: &[Ending]) {
        let ways = || {
            let labels = WayLabels { service: service.to_owned(), channel };
            Ways {
                started: self.started.get_or_create_owned(&labels),
                resumed: self.resumed.get_or_create_owned(&labels),
                finished: self.finished.get_or_create_owned(&labels),
            }
        };
        self.ways.with(service, channel, ways, |ways| {
            for to in way {
                match to {
                    Move::Began => ways.started.inc(),
                    Move::Resumed => ways.resumed.inc(),
                    Move::Entered(_) | Move::Passed(_) | Move::TurnedBack(_) => 0,
                };
            }
            let finished = ends.iter().filter(|ending| ending.end == End::Completed).count();
            ways.finished.inc_by(finished as u64);
        });
        for to in way {
            match to {
                Move::Began | Move::Resumed => {}
                Move::Entered(screen) => self.at(service, screen, |at| at.entered.inc()),
                Move::Passed(screen) => self.at(service, screen, |at| at.passed.inc()),
                Move::TurnedBack(screen) => self.at(service, screen, |at| at.turned_back.inc()),
            }
        }
    }

    /// Counts a screen that is shown, again or for the first time.
    pub fn shown(&self, service: &str, screen: &str) {
        self.at(service, screen, |at| at.shown.inc());
    }

    fn at(&self, service: &str, screen: &str, count: impl FnOnce(&Passages) -> u64) {
        let make = || {
            let labels = ScreenLabels { service: service.to_owned(), screen: screen.to_owned() };
            Passages {
                shown: self.shown.get_or_create_owned(&labels),
                entered: self.entered.get_or_create_owned(&labels),
                passed: self.passed.get_or_create_owned(&labels),
                turned_back: self.turned_back.get_or_create_owned(&labels),
            }
        };
        self.passages.with(service, screen, make, |at| {
            count(at);
        });
    }
}
