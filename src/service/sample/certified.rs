//! Certificates that people of the fixed rows have asked for, with keys that everybody knows: so that
//! a conversation file can hold what somebody shows.

use jiff::civil::{Date, date};

use super::{BOOSTED, COMPLETE, Case, HALFWAY, ONE_DOSE, cases};
use crate::{
    certificate::{
        Issuer, Keyring,
        code::ShortCode,
        dcc,
        keys::Seed,
        serial::Serial,
        text::{self, Claims},
    },
    clock::Timestamp,
    identity::Nik,
    service::{
        certificate::{Issued, paper, vaccine},
        record::Person,
        roster::Entry,
        vaccine::Vaccines,
    },
    vault::Vault,
};

/// A certificate that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certified {
    /// By whom.
    pub case: Case,
    /// For which dose.
    pub dose: u8,
    /// The short code without its check digit.
    pub digits: u64,
    /// The last day on which it is good.
    pub good_until: Date,
    /// Whether it stands.
    pub standing: Standing,
}

/// Whether a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Good,
    /// It was revoked.
    Revoked,
}

const LONG_AFTER: Date = date(2040, 12, 31);

/// Both doses of [`COMPLETE`], the three of [`BOOSTED`] (the first revoked, the second run out), and
/// the first of others.
pub const CERTIFIED: [Certified; 7] = [
    certified(COMPLETE, 1, 271_004_918_350),
    certified(COMPLETE, 2, 608_823_145_077),
    Certified { standing: Standing::Revoked, ..certified(BOOSTED, 1, 350_112_794_681) },
    Certified { good_until: date(2021, 12, 31), ..certified(BOOSTED, 2, 914_660_275_303) },
    certified(BOOSTED, 3, 127_739_404_862),
    certified(HALFWAY, 1, 483_905_617_229),
    certified(ONE_DOSE, 1, 750_286_331_904),
];

const fn certified(case: Case, dose: u8, digits: u64) -> Certified {
    Certified { case, dose, digits, good_until: LONG_AFTER, standing: Standing::Good }
}

/// Keys that everybody knows, in use since then: documents are signed for some years only. Nothing that is
/// true is signed with them.
pub fn keyring(since: Timestamp) -> Keyring {
    let seed = Seed { document: [0x1d; 32], short: [0x11; 32] };
    Keyring::new(&seed, "Setara Sample", since).expect("a name that fits")
}

impl Certified {
    /// As it stands in a database with these keys.
    pub fn issued(&self, vault: &Vault) -> Issued {
        let nik = Nik::parse(self.case.nik).expect("a NIK of the table");
        Issued {
            person: vault.nik_index(&nik),
            dose: self.dose,
            code: self.code(),
            serial: Serial::from_random(self.digits),
            good_until: self.good_until,
            sent: None,
            revoked_at: (self.standing == Standing::Revoked).then(|| Timestamp::from_millis(0)),
        }
    }

    /// The short code.
    pub fn code(&self) -> ShortCode {
        ShortCode::from_random(self.digits)
    }

    /// What its SMS carries, if the dose was given on a fixed day.
    pub fn signed(&self) -> String {
        let entry = self.entry();
        let dose = entry.doses.iter().find(|of| of.number == self.dose);
        let dose = dose.expect("a dose of the table");
        let claims = Claims {
            serial: Serial::from_random(self.digits),
            // Of the keys of no database.
            holder: [0; 4],
            birth: entry.birth,
            dose: self.dose,
            vaccine: vaccine(&dose.vaccine),
            given_on: dose.given_on.expect("a day of the table"),
            good_until: self.good_until,
        };
        // However old the key is, these words are the same.
        text::sign(&claims, &keyring(Timestamp::from_millis(0))).expect("claims that fit")
    }

    /// What its QR code says if it is made out `now`; `None` where one of these vaccines is unknown.
    pub fn document(
        &self,
        vaccines: &Vaccines,
        issuer: &Issuer,
        keys: &Keyring,
        vault: &Vault,
        now: Timestamp,
    ) -> Option<String> {
        let Entry { nik, name, birth, doses, .. } = self.entry();
        let index = vault.nik_index(&nik);
        let (phone, eligible_from, blocked, registration) = (None, None, false, None);
        let person =
            Person { index, nik, name, birth, phone, eligible_from, blocked, doses, registration };
        let dose = person.doses.iter().find(|of| of.number == self.dose)?;
        let paper = paper(vaccines, &person, dose, &self.issued(vault))?;
        dcc::sign(&paper, keys, issuer, now).ok()
    }

    /// The row of its holder.
    fn entry(&self) -> Entry {
        let mut entries = cases::entries(date(2021, 8, 16)).into_iter();
        let found = entries.find(|entry| entry.nik.as_str() == self.case.nik);
        found.expect("a row of the table")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversation_files_hold_what_these_keys_signed() {
        let told = include_str!("../../../tests/texts/text_certificate.story");
        for certified in CERTIFIED.iter().filter(|of| [COMPLETE, BOOSTED].contains(&of.case)) {
            let signed = certified.signed();
            assert!(told.contains(&signed), "{} {}: {signed}", certified.case.name, certified.dose);
        }
    }
}
