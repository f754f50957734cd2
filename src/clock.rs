//! Time as a value: an instant, Indonesia's three zones, and the one reading of the wall clock.
//!
//! Owns [`Timestamp`] and [`Zone`]. Everything below the shells takes `now: Timestamp` as an
//! argument; [`now`] is called where a turn, a timer or a worker begins and nowhere else. Knows no
//! time-zone database: Indonesia has fixed offsets and no daylight saving.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Span;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z. Stored and sent as that number.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// As RFC 3339 writes it, in UTC.
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map(|at| at.to_string()).unwrap_or_default()
    }

    /// The instant `millis` milliseconds after the epoch; negative is before it.
    pub const fn from_millis(millis: i64) -> Self {
        Timestamp(millis)
    }

    /// The first moment of `local`, read on a clock in `zone`.
    pub fn at(local: DateTime, zone: Zone) -> Self {
        // A civil time at the very ends of jiff's range has no instant; the nearest one does.
        let instant = zone.offset().to_timestamp(local).unwrap_or_else(|_| {
            if local.year() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX }
        });
        Timestamp(instant.as_millisecond())
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// `span` later; stays at the end of time instead of overflowing.
    pub fn plus(self, span: Duration) -> Self {
        Timestamp(self.0.saturating_add(whole_millis(span)))
    }

    /// `span` earlier; stays at the beginning of time instead of overflowing.
    pub fn minus(self, span: Duration) -> Self {
        Timestamp(self.0.saturating_sub(whole_millis(span)))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Timestamp) -> Duration {
        let gap = i128::from(self.0) - i128::from(earlier.0);
        Duration::from_millis(u64::try_from(gap).unwrap_or(0))
    }

    /// The day on the wall calendar in `zone`.
    pub fn date(self, zone: Zone) -> Date {
        self.local(zone).date()
    }

    /// The day on the wall calendar in `zone`, in days since 1970.
    pub fn day(self, zone: Zone) -> i64 {
        let ahead = i64::from(zone.hours()) * 3_600_000;
        self.0.saturating_add(ahead).div_euclid(86_400_000)
    }

    /// The date of a day as [`Timestamp::day`] counts them.
    pub fn date_of(day: i64) -> Option<Date> {
        Date::new(1970, 1, 1).ok()?.checked_add(Span::new().try_days(day).ok()?).ok()
    }

    /// The day and time on a clock in `zone`.
    pub fn local(self, zone: Zone) -> DateTime {
        let (first, last) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
        let millis = self.0.clamp(first.as_millisecond(), last.as_millisecond());
        zone.offset().to_datetime(jiff::Timestamp::from_millisecond(millis).unwrap_or(last))
    }
}

/// One of Indonesia's three time zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// Waktu Indonesia Barat, UTC+7.
    Wib,
    /// Waktu Indonesia Tengah, UTC+8.
    Wita,
    /// Waktu Indonesia Timur, UTC+9.
    Wit,
}

impl Zone {
    /// Hours ahead of UTC.
    pub const fn hours(self) -> i8 {
        match self {
            Zone::Wib => 7,
            Zone::Wita => 8,
            Zone::Wit => 9,
        }
    }

    fn offset(self) -> Offset {
        Offset::constant(self.hours())
    }
}

/// The wall clock. The only reading of it in the library: shells call it, rules never do.
#[allow(clippy::disallowed_methods, reason = "the one place where time enters")]
pub fn now() -> Timestamp {
    // A machine whose clock stands before 1970 is told as 1970.
    Timestamp::default().plus(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn whole_millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_day_turns_in_each_zone_at_its_own_midnight() {
        // 2021-08-16T15:30:00Z
        let instant = Timestamp::from_millis(1_629_127_800_000);
        assert_eq!(instant.date(Zone::Wib), date(2021, 8, 16));
        assert_eq!(instant.date(Zone::Wita), date(2021, 8, 16));
        assert_eq!(instant.date(Zone::Wit), date(2021, 8, 17));
        assert_eq!(instant.local(Zone::Wit), datetime(2021, 8, 17, 0, 30, 0, 0));
    }

    #[test]
    fn since_never_goes_below_zero() {
        let (early, late) = (Timestamp::from_millis(1_000), Timestamp::from_millis(4_500));
        assert_eq!(late.since(early), Duration::from_millis(3_500));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn is_a_bare_number_in_json() {
        let instant = Timestamp::from_millis(1_629_127_800_000);
        assert_eq!(serde_json::to_string(&instant).unwrap(), "1629127800000");
        assert_eq!(serde_json::from_str::<Timestamp>("1629127800000").unwrap(), instant);
    }

    proptest! {
        #[test]
        fn every_instant_has_a_day_and_arithmetic_saturates(millis: i64, span: u64) {
            let instant = Timestamp::from_millis(millis);
            let _ = (instant.date(Zone::Wib), instant.date(Zone::Wita), instant.date(Zone::Wit));
            let span = Duration::from_millis(span);
            prop_assert!(instant.plus(span) >= instant);
            prop_assert!(instant.minus(span) <= instant);
        }

        #[test]
        fn a_local_time_leads_back_to_its_instant(millis in -3_000_000_000_000i64..8_000_000_000_000) {
            let instant = Timestamp::from_millis(millis);
            for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
                prop_assert_eq!(Timestamp::at(instant.local(zone), zone), instant);
            }
        }
    }
}
