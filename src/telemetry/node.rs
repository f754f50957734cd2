//! What a node looks like at the moment somebody asks: links, limiter, queue, database. Nothing of
//! it costs a turn anything; it is read when the metrics are.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, info::Info},
    registry::Registry,
};

use super::register_all;
use crate::{smpp::link::LinkLoad, store::Connections};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LinkLabels {
    link: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

type Total = Counter<u64, AtomicU64>;

/// What is read when somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Turns that wait for a lane, and how many may.
    pub waiting: (usize, usize),
    /// Subscribers that the limiter remembers, and how many it may.
    pub subscribers: (usize, usize),
    /// Connections to the database.
    pub connections: Connections,
}

#[derive(Debug, Default)]
pub(super) struct Node {
    link_up: Family<LinkLabels, Gauge>,
    link_window: Family<LinkLabels, Gauge>,
    link_in_flight: Family<LinkLabels, Gauge>,
    link_queued: Family<LinkLabels, Gauge>,
    link_unanswered: Family<LinkLabels, Gauge>,
    link_binds: Family<LinkLabels, Total>,
    link_refused: Family<LinkLabels, Total>,
    link_lost: Family<LinkLabels, Total>,
    link_turned_away: Family<LinkLabels, Total>,
    turns_waiting: Gauge,
    turns_waiting_most: Gauge,
    subscribers: Gauge,
    subscribers_most: Gauge,
    connections: Family<StateLabels, Gauge>,
    connections_most: Gauge,
}

impl Node {
    pub fn register(&self, registry: &mut Registry) {
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "This program", Info::new(version));
        let loads = [
            ("link_up", "1 while a link is bound", &self.link_up),
            ("link_window", "Messages that may be unanswered at once", &self.link_window),
            ("link_in_flight", "Messages of ours that are unanswered", &self.link_in_flight),
            ("link_queued", "Messages of ours that wait for the window", &self.link_queued),
            ("link_unanswered", "Messages that wait for our answer", &self.link_unanswered),
        ];
        let totals = [
            ("link_binds", "Binds that were accepted", &self.link_binds),
            ("link_refused", "Binds that were refused", &self.link_refused),
            ("link_lost", "Connections that failed or were lost", &self.link_lost),
            ("link_turned_away", "Messages to be brought later", &self.link_turned_away),
        ];
        let levels = [
            ("turns_waiting", "Turns that wait for a lane", &self.turns_waiting),
            ("turns_waiting_most", "Turns that may wait for a lane", &self.turns_waiting_most),
            ("limiter_subscribers", "Subscribers that are remembered", &self.subscribers),
            ("limiter_subscribers_most", "Subscribers that may be", &self.subscribers_most),
            ("database_connections_most", "Connections there may be", &self.connections_most),
        ];
        register_all(registry, loads);
        register_all(registry, totals);
        register_all(registry, levels);
        let help = "Connections to the database, by whether a batch uses them";
        registry.register("database_connections", help, self.connections.clone());
    }

    pub fn link(&self, name: &str, up: bool, load: LinkLoad) {
        let labels = LinkLabels { link: name.to_owned() };
        for (family, value) in [
            (&self.link_up, usize::from(up)),
            (&self.link_window, load.window),
            (&self.link_in_flight, load.in_flight),
            (&self.link_queued, load.queued),
            (&self.link_unanswered, load.unanswered),
        ] {
            family.get_or_create(&labels).set(whole(value));
        }
        for (family, value) in [
            (&self.link_binds, load.binds),
            (&self.link_refused, load.refused),
            (&self.link_lost, load.lost),
            (&self.link_turned_away, load.turned_away),
        ] {
            // The link counts; here it is only shown.
            family.get_or_create(&labels).inner().store(value, Ordering::Relaxed);
        }
    }

    pub fn moment(&self, now: Moment) {
        let Moment { waiting, subscribers, connections } = now;
        for (gauge, value) in [
            (&self.turns_waiting, waiting.0),
            (&self.turns_waiting_most, waiting.1),
            (&self.subscribers, subscribers.0),
            (&self.subscribers_most, subscribers.1),
            (&self.connections_most, connections.most),
        ] {
            gauge.set(whole(value));
        }
        for (state, value) in [("busy", connections.busy), ("idle", connections.idle)] {
            self.connections.get_or_create(&StateLabels { state }).set(whole(value));
        }
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
