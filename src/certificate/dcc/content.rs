//! What stands in a certificate: the claims (RFC 8392; eHN specification §3.3) and the vaccination
//! ("DCC schema" 1.3.0), written and read.

use ciborium::{Value, value::Integer};
use jiff::civil::Date;

use super::{
    Seen,
    name::{parts, transliterated},
};
use crate::{
    certificate::{CertificateId, Paper, Product, keys::Kid},
    clock::Timestamp,
};

/// The schema that is written; read is every one of version 1.
const VERSION: &str = "1.3.0";

/// COVID-19 (SNOMED CT): what the vaccine is against.
const COVID: &str = "840539006";

const COUNTRY: &str = "ID";

// Claims by their number: issuer, end, beginning, health certificate; and the first of the latter.
const ISS: i64 = 1;
const EXP: i64 = 4;
const IAT: i64 = 6;
const HCERT: i64 = -260;
const DCC: i64 = 1;

/// Entries of a map that is read.
const MOST_ENTRIES: usize = 64;

/// Room of a text in the schema, in characters.
const LONGEST: usize = 80;

/// The claims of a certificate.
pub(super) fn claims(paper: &Paper, authority: &str, from: Timestamp, until: Timestamp) -> Value {
    let health = Value::Map(vec![(number(DCC), dcc(paper, authority))]);
    Value::Map(vec![
        (number(ISS), text(COUNTRY)),
        (number(EXP), number(until.millis().div_euclid(1000))),
        (number(IAT), number(from.millis().div_euclid(1000))),
        (number(HCERT), health),
    ])
}

fn dcc(paper: &Paper, authority: &str) -> Value {
    let shot = &paper.shot;
    let (number_of, of) = paper.doses();
    let vaccination = map([
        ("tg", text(COVID)),
        ("vp", text(&shot.product.vp)),
        ("mp", text(&shot.product.mp)),
        ("ma", text(&shot.product.ma)),
        ("dn", number(number_of.into())),
        ("sd", number(of.into())),
        ("dt", text(&shot.given_on.to_string())),
        ("co", text(COUNTRY)),
        ("is", text(authority)),
        ("ci", text(&paper.id.uvci())),
    ]);
    let name = parts(&paper.name);
    let mut names = vec![
        (text("fn"), text(&name.surname)),
        (text("fnt"), text(&transliterated(&name.surname))),
    ];
    if !name.forename.is_empty() {
        names.push((text("gn"), text(&name.forename)));
        names.push((text("gnt"), text(&transliterated(&name.forename))));
    }
    map([
        ("ver", text(VERSION)),
        ("nam", Value::Map(names)),
        ("dob", text(&paper.birth.to_string())),
        ("v", Value::Array(vec![vaccination])),
    ])
}

/// Reads claims. `None` where anything is missing, twice there, or not of its kind.
pub(super) fn read(claims: &Value, kid: Kid) -> Option<Seen> {
    let claims = Map::of(claims)?;
    let health = Map::of(claims.number(HCERT)?)?;
    let dcc = Map::of(health.number(DCC)?)?;
    dcc.text("ver")?.strip_prefix("1.")?;
    let names = Map::of(dcc.get("nam")?)?;
    let [vaccination] = dcc.get("v")?.as_array()?.as_slice() else { return None };
    let vaccination = Map::of(vaccination)?;
    if vaccination.text("tg")? != COVID || vaccination.text("co")? != COUNTRY {
        return None;
    }
    let doses = (vaccination.dose("dn")?, vaccination.dose("sd")?);
    Some(Seen {
        id: CertificateId::from_uvci(vaccination.text("ci")?).ok()?,
        surname: names.text("fn")?.to_owned(),
        forename: if names.get("gn").is_some() {
            names.text("gn")?.to_owned()
        } else {
            String::new()
        },
        birth: date(dcc.text("dob")?)?,
        product: Product {
            vp: vaccination.text("vp")?.to_owned(),
            mp: vaccination.text("mp")?.to_owned(),
            ma: vaccination.text("ma")?.to_owned(),
        },
        doses,
        given_on: date(vaccination.text("dt")?)?,
        authority: vaccination.text("is")?.to_owned(),
        issued: claims.time(IAT)?,
        expires: claims.time(EXP)?,
        kid,
    })
}

/// A map in which no key is twice.
struct Map<'v>(&'v [(Value, Value)]);

impl<'v> Map<'v> {
    fn of(value: &'v Value) -> Option<Self> {
        // A certificate has a dozen, so each may be compared with all.
        let entries = value.as_map().filter(|entries| entries.len() <= MOST_ENTRIES)?.as_slice();
        let mut rest = entries;
        while let Some(((key, _), others)) = rest.split_first() {
            if others.iter().any(|(other, _)| other == key) {
                return None;
            }
            rest = others;
        }
        Some(Self(entries))
    }

    fn get(&self, key: &str) -> Option<&'v Value> {
        self.0.iter().find(|(known, _)| known.as_text() == Some(key)).map(|(_, value)| value)
    }

    fn number(&self, key: i64) -> Option<&'v Value> {
        let key = Value::Integer(Integer::from(key));
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    fn text(&self, key: &str) -> Option<&'v str> {
        self.get(key)?.as_text().filter(|text| text.chars().count() <= LONGEST)
    }

    fn dose(&self, key: &str) -> Option<u8> {
        let number = i128::from(self.get(key)?.as_integer()?);
        u8::try_from(number).ok().filter(|number| (1..=9).contains(number))
    }

    /// Seconds since 1970 (RFC 8392 §2, NumericDate).
    fn time(&self, key: i64) -> Option<Timestamp> {
        let seconds = i64::try_from(i128::from(self.number(key)?.as_integer()?)).ok()?;
        seconds.checked_mul(1000).map(Timestamp::from_millis)
    }
}

fn date(text: &str) -> Option<Date> {
    // Nothing but `YYYY-MM-DD`; the parser would take more.
    if text.len() != 10 {
        return None;
    }
    text.parse().ok()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(number: i64) -> Value {
    Value::Integer(Integer::from(number))
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (text(key), value)).collect())
}
