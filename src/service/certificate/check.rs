//! *Periksa sertifikat*: whoever stands at a door is told whether what they are shown is worth anything,
//! and as little of its holder as will do (`domain.md` §8, §10).
//!
//! A code that does not exist and a wrong year of birth are one answer; both count in the budget of the
//! phone that checks, so that nobody learns codes by trying.

use jiff::civil::Date;

use crate::{
    certificate::{
        CertificateId,
        dcc::{self, WhyNot},
        proof::{Proof, ProofError},
        serial::Serial,
        text::{self, Claims, Verdict},
    },
    clock::Timestamp,
    identity::birth,
    menu::catalogue::{Call, Effect, Given, Outcome, Privacy, Validator, Wrong},
    service::{
        Asking, Decision, Desk,
        certificate::{CertificateChange, CertificateNeed, Handle, Issued},
        personal,
        record::{Change, Dose, Facts, Need, Person},
    },
};

/// What was shown, as it was typed, forwarded or pasted.
pub(in crate::service) const PROOF: Validator = Validator {
    name: "certificate_proof",
    read: proof,
    wrongs: &["proof_none", "proof_slip"],
    longest: "",
    privacy: Privacy::Personal,
};

/// A year in which somebody living was born.
pub(in crate::service) const YEAR: Validator = Validator {
    name: "birth_year",
    read: year,
    wrongs: &["year_digits"],
    longest: "1990",
    privacy: Privacy::Personal,
};

/// Says what was shown. A short code is worth nothing without the year of birth.
pub const READ: Call = Call {
    name: "certificate.read",
    effect: Effect::Reads,
    needs: &["proof"],
    outcomes: &[
        Outcome {
            name: "code",
            means: "A short code; the year of birth has to be asked.",
            gives: &[],
        },
        Outcome {
            name: "whole",
            means: "All there is to it.",
            gives: &[personal("birth_year", "1990")],
        },
    ],
};

const HOLDER: Given = personal("holder", "W*** W****");
const HOLDER_YEAR: Given = personal("holder_year", "1990");
const DOSE_OF: Given = personal("dose_of", "3 (booster)");
const DATE: Given = personal("dose_date", "17-08-2021");

/// Says what it is worth.
pub const CHECK: Call = Call {
    name: "certificate.check",
    effect: Effect::Reads,
    needs: &["proof", "birth_year"],
    outcomes: &[
        Outcome {
            name: "valid",
            means: "It is good: the masked name, the year of birth, the dose and its date.",
            gives: &[HOLDER, HOLDER_YEAR, DOSE_OF, DATE],
        },
        Outcome { name: "expired", means: "It was good once.", gives: &[] },
        Outcome { name: "revoked", means: "It was revoked.", gives: &[] },
        Outcome {
            name: "not_valid",
            means: "There is none like it, or the year is another one.",
            gives: &[],
        },
        Outcome {
            name: "unreadable",
            means: "It is damaged, or none that can be checked here: nothing is known of it.",
            gives: &[],
        },
        Outcome {
            name: "too_many",
            means: "This phone has checked enough for today; nothing was looked up.",
            gives: &[],
        },
    ],
};

/// What a proof is worth, by the keys and the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It is good.
    Valid(Holder),
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
    /// There is none like it, or the year is another one.
    NotValid,
    /// It came damaged, or a key signed it that nobody here knows: to be sent once more.
    Unreadable,
}

/// When something is checked.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The moment.
    pub now: Timestamp,
    /// The day where the service is.
    pub today: Date,
}

/// As much of a holder as whoever checks needs to compare with an identity card.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// The masked name: `B*** S****`.
    pub name: String,
    /// The year of birth.
    pub year: i16,
    /// Which dose: `2/2`, `3 (booster)`.
    pub dose: String,
    /// When it was given.
    pub given_on: Date,
}

/// Nobody's name is for logs.
impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder(..)")
    }
}

fn proof(typed: &str, _: Date) -> Result<String, Wrong> {
    match Proof::parse(typed) {
        Ok(_) => Ok(typed.to_owned()),
        Err(ProofError::Nothing) => Err("proof_none"),
        Err(ProofError::Slip) => Err("proof_slip"),
    }
}

fn year(typed: &str, today: Date) -> Result<String, Wrong> {
    let year: Option<i16> = typed.trim().parse().ok();
    let living = year.filter(|year| (1900..=today.year()).contains(year));
    living.map(|year| year.to_string()).ok_or("year_digits")
}

pub(in crate::service) fn need(desk: &Desk, asking: Asking<'_>) -> Need {
    let shown = shown(asking);
    let by = shown.and_then(|shown| desk.handle(&shown, asking.at()));
    let (checker, day) = (asking.subscriber, asking.today);
    let certificate = Some(CertificateNeed::Shown { by, checker, day });
    Need { certificate, ..Need::default() }
}

pub(in crate::service) fn read(asking: Asking<'_>) -> Option<Decision> {
    Some(match shown(asking)? {
        Proof::Code { year: None, .. } => Decision::of("code"),
        Proof::Code { year: Some(year), .. } => {
            Decision::of("whole").give("birth_year", year.to_string())
        }
        // What is signed says the year itself.
        Proof::Text(_) | Proof::Document(_) => Decision::of("whole").give("birth_year", "-"),
    })
}

pub(in crate::service) fn check(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
) -> Option<Decision> {
    let shown = shown(asking)?;
    if facts.certificate.checks >= desk.certificates.checks.per_day {
        return Some(Decision::of("too_many"));
    }
    let year = asking.values.text("birth_year").and_then(|year| year.parse().ok());
    let (found, person) = (facts.certificate.issued.first(), facts.person.as_ref());
    let decision = match desk.judge(&shown, year, found.zip(person), asking.at()) {
        Judged::Valid(holder) => Decision::of("valid")
            .give(HOLDER.name, holder.name)
            .give(HOLDER_YEAR.name, holder.year.to_string())
            .give(DOSE_OF.name, holder.dose)
            .give(DATE.name, birth::show(holder.given_on)),
        Judged::Expired => Decision::of("expired"),
        Judged::Revoked => Decision::of("revoked"),
        Judged::NotValid => Decision::of("not_valid"),
        Judged::Unreadable => Decision::of("unreadable"),
    };
    let checked = CertificateChange::Checked { day: asking.today };
    Some(decision.change(Change::Certificate(checked)))
}

impl Asking<'_> {
    fn at(&self) -> At {
        At { now: self.now, today: self.today }
    }
}

fn shown(asking: Asking<'_>) -> Option<Proof> {
    Proof::parse(asking.values.text("proof")?).ok()
}

impl Desk {
    /// By what the record finds a proof; `None` if it is not one that our keys signed, and good.
    pub fn handle(&self, shown: &Proof, at: At) -> Option<Handle> {
        let keyring = self.keyring.now();
        let keys = keyring.public();
        match shown {
            Proof::Code { code, .. } => Some(Handle::Code(code.clone())),
            Proof::Text(words) => match text::verify(words, keys, at.today) {
                Verdict::Valid(claims) | Verdict::Expired(claims) => {
                    Some(Handle::Serial(claims.serial))
                }
                Verdict::NoCertificate | Verdict::UnknownKey | Verdict::Forged => None,
            },
            Proof::Document(words) => {
                let seen = dcc::verify(words, keys, at.now).ok()?;
                serial_of(&seen.id).map(Handle::Serial)
            }
        }
    }

    /// What a proof is worth. `year` is that of birth as whoever checks typed it; a code is worth nothing
    /// without one, and a wrong one makes everything worthless. `found` is the certificate that
    /// [`Desk::handle`] finds, with its holder.
    pub fn judge(
        &self,
        shown: &Proof,
        year: Option<i16>,
        found: Option<(&Issued, &Person)>,
        at: At,
    ) -> Judged {
        if let Some(judged) = self.judge_signed(shown, at) {
            return judged;
        }
        let Some((issued, person)) = found.filter(|(_, person)| !person.blocked) else {
            return Judged::NotValid;
        };
        let fits = |year| year == person.birth.year();
        let year_fits = match shown {
            Proof::Code { .. } => year.is_some_and(fits),
            Proof::Text(_) | Proof::Document(_) => year.is_none_or(fits),
        };
        let dose = person.doses.iter().find(|dose| dose.number == issued.dose);
        let dose = dose.filter(|dose| year_fits && dose.certificate.is_some());
        let Some((dose, given_on)) = dose.and_then(|dose| Some((dose, dose.given_on?))) else {
            return Judged::NotValid;
        };
        let Some(over) = self.is_over(shown, person, dose, issued, at) else {
            return Judged::NotValid;
        };
        if issued.revoked_at.is_some() {
            return Judged::Revoked;
        }
        if over {
            return Judged::Expired;
        }
        let dose = self.dose_of(person, dose);
        let (name, year) = (person.name.masked(), person.birth.year());
        Judged::Valid(Holder { name, year, dose, given_on })
    }

    /// What is wrong with what is signed, as far as it tells itself; `None` if the record has to say more.
    fn judge_signed(&self, shown: &Proof, at: At) -> Option<Judged> {
        let keyring = self.keyring.now();
        match shown {
            Proof::Code { .. } => None,
            Proof::Text(words) => match text::verify(words, keyring.public(), at.today) {
                Verdict::NoCertificate | Verdict::UnknownKey => Some(Judged::Unreadable),
                Verdict::Forged => Some(Judged::NotValid),
                Verdict::Valid(_) | Verdict::Expired(_) => None,
            },
            Proof::Document(words) => match dcc::verify(words, keyring.public(), at.now) {
                Ok(_) => None,
                Err(WhyNot::Expired) => Some(Judged::Expired),
                Err(why) if why.is_unreadable() => Some(Judged::Unreadable),
                Err(_) => Some(Judged::NotValid),
            },
        }
    }

    /// Whether the time of a proof is over; `None` if it says something else than the record does now,
    /// as after a correction.
    fn is_over(
        &self,
        shown: &Proof,
        person: &Person,
        dose: &Dose,
        issued: &Issued,
        at: At,
    ) -> Option<bool> {
        let keyring = self.keyring.now();
        let keys = keyring.public();
        match shown {
            Proof::Code { .. } => Some(issued.good_until < at.today),
            Proof::Text(words) => {
                let (signed, over) = match text::verify(words, keys, at.today) {
                    Verdict::Valid(claims) => (claims, false),
                    Verdict::Expired(claims) => (claims, true),
                    Verdict::NoCertificate | Verdict::UnknownKey | Verdict::Forged => return None,
                };
                let says = |claims: &Claims| {
                    (claims.serial, claims.birth, claims.dose, claims.vaccine, claims.given_on)
                };
                let now = self.claims(person, dose, issued)?;
                (says(&now) == says(&signed)).then_some(over)
            }
            Proof::Document(words) => {
                let seen = dcc::verify(words, keys, at.now).ok()?;
                let now = self.paper(person, dose, issued)?;
                let same = seen.id == now.id
                    && seen.birth == now.birth
                    && seen.given_on == now.shot.given_on
                    && seen.product == now.shot.product
                    && seen.doses == now.doses();
                same.then_some(false)
            }
        }
    }
}

/// The serial at the end of a document's number.
fn serial_of(id: &CertificateId) -> Option<Serial> {
    let id = id.as_str();
    Serial::parse(id.get(id.len().checked_sub(Serial::LENGTH)?..)?)
}
