//! Where a person lives: province, then regency.

use crate::{
    identity::{Nik, region},
    menu::{
        catalogue::{Call, Effect, List, Outcome, Privacy},
        state::{Row, Values},
    },
    service::{Asking, Decision, open},
};

/// The widest name of `regions.csv`; a test holds it to that.
pub(super) const WIDEST: &str = "Kab. Ogan Komering Ulu Selatan";

/// All provinces.
pub const PROVINCES: List = List {
    name: "provinces",
    needs: &[],
    rows: provinces,
    longest: WIDEST,
    most: 38,
    privacy: Privacy::Open,
};

/// The regencies and cities of the province picked.
pub const REGENCIES: List = List {
    name: "regencies",
    needs: &["province"],
    rows: regencies,
    longest: WIDEST,
    most: 38,
    privacy: Privacy::Open,
};

/// The regency in which a NIK was first registered: for most people the one they live in, and one
/// question instead of two. A code that was retired is no regency.
pub const OF_NIK: Call = Call {
    name: "region.of_nik",
    effect: Effect::Reads,
    needs: &["nik"],
    outcomes: &[
        Outcome { name: "unknown", means: "The code in the NIK is no regency today.", gives: &[] },
        Outcome {
            name: "known",
            means: "The code is this regency.",
            gives: &[open("regency", "3173"), open("regency_name", WIDEST)],
        },
    ],
};

pub(super) fn of_nik(asking: Asking<'_>) -> Option<Decision> {
    let nik = Nik::parse(asking.values.text("nik")?).ok()?;
    Some(match region::regency(nik.regency_code()) {
        Some(regency) => {
            Decision::of("known").give("regency", regency.code).give("regency_name", regency.name)
        }
        None => Decision::of("unknown"),
    })
}

fn provinces(_: &Values) -> Vec<Row> {
    region::provinces().iter().map(row).collect()
}

fn regencies(values: &Values) -> Vec<Row> {
    values.text("province").map(region::regencies).unwrap_or_default().iter().map(row).collect()
}

fn row(region: &region::Region) -> Row {
    Row { id: region.code.to_string(), label: region.name.to_string() }
}
