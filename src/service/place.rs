//! A place in a queue: plain values, read by a [`QueueNeed`] and changed by a turn.

use jiff::civil::Date;

use crate::vault::SubscriberKey;

/// The queue of one unit on one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// The service whose unit it is.
    pub service: String,
    /// The unit's id.
    pub unit: String,
    /// The day.
    pub day: Date,
}

/// What a call has to read of the queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueNeed {
    /// The service.
    pub service: String,
    /// Today.
    pub day: Date,
    /// Whose place.
    pub subscriber: SubscriberKey,
    /// The unit for which a number is drawn, if the phone has no place yet. Numbers are drawn in the
    /// turn's transaction: what is not stored is drawn again by the next one.
    pub draw: Option<String>,
}

/// What was read of the queues.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFacts {
    /// The place that the phone has today.
    pub place: Option<Place>,
    /// The number that was drawn.
    pub drawn: Option<Place>,
}

/// A place in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The unit's id.
    pub unit: String,
    /// The number, from 1.
    pub number: u16,
    /// How many wait before it.
    pub before: u16,
    /// Whether it is still to be called.
    pub turn: Turn,
}

/// Whether a number was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It waits.
    ToCome,
    /// It was called.
    Called,
}
