//! Where a place is, or somebody, and how far one is from the other. Distances are good enough to put places in order:
//! the earth is a ball here.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The mean radius of the earth, in metres.
const RADIUS: f64 = 6_371_000.0;

/// Millionths of a degree.
const MICRO: f64 = 1_000_000.0;

/// A point on the earth, in millionths of a degree: some ten centimetres.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[i64; 2]", into = "[i32; 2]")]
pub struct Coordinates {
    latitude: i32,
    longitude: i32,
}

/// Where somebody is, is not for logs.
impl fmt::Debug for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coordinates")
    }
}

/// Numbers are no point on the earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("latitude is a number from -90 to 90, and longitude one from -180 to 180")]
pub struct CoordinatesError;

impl Coordinates {
    /// A point, in degrees.
    ///
    /// # Errors
    /// [`CoordinatesError`].
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, CoordinatesError> {
        // Not a number is in no range.
        let good = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        #[expect(clippy::cast_possible_truncation, reason = "180 million fits")]
        let micro = |degrees: f64| (degrees * MICRO).round() as i32;
        good.then(|| Self { latitude: micro(latitude), longitude: micro(longitude) })
            .ok_or(CoordinatesError)
    }

    /// As stored: latitude and longitude in millionths of a degree.
    pub fn micro(self) -> (i32, i32) {
        (self.latitude, self.longitude)
    }

    /// As read back.
    ///
    /// # Errors
    /// [`CoordinatesError`].
    pub fn from_micro(latitude: i64, longitude: i64) -> Result<Self, CoordinatesError> {
        let degrees = |micro: i64| i32::try_from(micro).map(|micro| f64::from(micro) / MICRO);
        let (latitude, longitude) = (degrees(latitude), degrees(longitude));
        Self::new(latitude.map_err(|_| CoordinatesError)?, longitude.map_err(|_| CoordinatesError)?)
    }

    /// Latitude and longitude in degrees.
    pub fn degrees(self) -> (f64, f64) {
        (f64::from(self.latitude) / MICRO, f64::from(self.longitude) / MICRO)
    }

    /// The same to a hundredth of a degree, some kilometre: enough to say what is near, and not where
    /// somebody lives.
    #[must_use]
    pub fn coarse(self) -> Self {
        let round = |micro: i32| (micro + 5_000 * micro.signum()) / 10_000 * 10_000;
        Self { latitude: round(self.latitude), longitude: round(self.longitude) }
    }

    /// How far it is to another point, in metres, by the haversine formula.
    pub fn metres_to(self, other: Self) -> u32 {
        let ((here, east), (there, far_east)) = (self.degrees(), other.degrees());
        let half = |one: f64, other: f64| ((other - one).to_radians() / 2.0).sin().powi(2);
        let across = half(here, there)
            + here.to_radians().cos() * there.to_radians().cos() * half(east, far_east);
        let metres = 2.0 * RADIUS * across.sqrt().min(1.0).asin();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20,000 km")]
        let whole = metres.round() as u32;
        whole
    }
}

impl TryFrom<[i64; 2]> for Coordinates {
    type Error = CoordinatesError;

    fn try_from([latitude, longitude]: [i64; 2]) -> Result<Self, CoordinatesError> {
        Self::from_micro(latitude, longitude)
    }
}

impl From<Coordinates> for [i32; 2] {
    fn from(point: Coordinates) -> Self {
        [point.latitude, point.longitude]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_right_to_a_few_metres_in_a_thousand() {
        let at = |latitude, longitude| Coordinates::new(latitude, longitude).unwrap();
        let monas = at(-6.175_39, 106.827_15);
        for (to, metres) in [
            (at(-6.175_39, 106.827_15), 0),
            (at(-6.208_76, 106.845_60), 4_235),
            (at(-7.797_07, 110.370_53), 431_000),
            (at(6.175_39, -73.172_85), 20_015_000),
        ] {
            let found = monas.metres_to(to);
            assert!(found.abs_diff(metres) <= metres / 100 + 1, "{found} for {metres}");
        }
    }

    #[test]
    fn what_is_no_point_is_none() {
        for (latitude, longitude) in
            [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)]
        {
            assert_eq!(Coordinates::new(latitude, longitude), Err(CoordinatesError));
        }
        let point = Coordinates::new(-6.175_39, 106.827_15).unwrap();
        let (latitude, longitude) = point.micro();
        assert_eq!(Coordinates::from_micro(latitude.into(), longitude.into()), Ok(point));
        assert_eq!(Coordinates::from_micro(i64::MAX, 0), Err(CoordinatesError));
        assert_eq!(point.coarse(), Coordinates::new(-6.18, 106.83).unwrap());
        let kept = serde_json::to_string(&point).unwrap();
        assert_eq!(
            (kept.as_str(), serde_json::from_str(&kept).ok()),
            ("[-6175390,106827150]", Some(point))
        );
        assert!(serde_json::from_str::<Coordinates>("[91000000,0]").is_err());
    }
}
