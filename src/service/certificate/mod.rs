//! *Sertifikat*: which doses have one, its number and short code, and the one that fits a text. Whoever
//! checks one is the business of `check`.
//!
//! A short code is drawn when somebody first asks for it and stays the same afterwards; so does the
//! serial, by which the record knows the certificate that somebody shows. What a certificate says is
//! always what the record says now: after a correction, what was signed before is not valid any more.

pub mod check;
pub mod enclosed;
pub mod revoke;

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    certificate::{
        CertificateId, Paper, Shot,
        code::ShortCode,
        serial::Serial,
        text::{self, Claims, VACCINES},
    },
    clock::Timestamp,
    identity::birth,
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy, Sends},
        state::{Row, Values},
    },
    outbox::Class,
    service::{
        Asking, Decision, Desk, Encloses, Note, To, open,
        person::waiting_number,
        personal, picked_person,
        record::{Change, Dose, Facts, Need, Person},
        status::{CERTIFICATE_DAYS, days_between, visible},
        vaccine::Vaccines,
    },
    vault::{NikIndex, SubscriberKey},
};

/// How long certificates are good, and how many are checked and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRules {
    /// Days for which one is good after it was asked for, and to the end of that month.
    pub valid_days: u32,
    /// How many are checked and sent.
    pub checks: CheckRules,
}

/// `[checks]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRules {
    /// Certificates that a phone may check in a day, right or wrong.
    pub per_day: u32,
    /// How often the same one is sent by SMS in a day.
    pub texts_per_day: u32,
    /// Checks a minute on the page, from one address.
    pub web_per_minute: u32,
    /// Checks a second on the page, from all addresses.
    pub web_per_second: u32,
    /// Addresses that are remembered at once; while there are more, nobody checks on the page.
    pub web_addresses: usize,
}

/// A certificate that somebody has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Whose.
    pub person: NikIndex,
    /// For which dose.
    pub dose: u8,
    /// The short code.
    pub code: ShortCode,
    /// The serial.
    pub serial: Serial,
    /// The last day on which it is good.
    pub good_until: Date,
    /// When it last went out by SMS.
    pub sent: Option<Sent>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// How often a certificate went out by SMS on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The day.
    pub on: Date,
    /// How often.
    pub times: u32,
}

/// What has to be read about certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateNeed {
    /// Those of a person.
    Of(NikIndex),
    /// The one that somebody shows, with its holder, and how much the phone that checks it has checked.
    Shown {
        /// How it is found; `None` if nothing can be found by what was shown.
        by: Option<Handle>,
        /// The phone.
        checker: SubscriberKey,
        /// The day.
        day: Date,
    },
}

/// By what a certificate is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handle {
    /// Its short code.
    Code(ShortCode),
    /// Its serial.
    Serial(Serial),
}

/// What was read about certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CertificateFacts {
    /// Those of the person asked for, or the one that was found.
    pub issued: Vec<Issued>,
    /// Whether the person asked for may have none.
    pub banned: bool,
    /// Certificates that this phone has checked today.
    pub checks: u32,
}

/// What changes about certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateChange {
    /// One is asked for the first time. A code or a serial already taken is a conflict.
    Issue(Issued),
    /// One is asked for after its time: it is good for longer.
    Renew {
        /// Whose.
        person: NikIndex,
        /// For which dose.
        dose: u8,
        /// The last day from now on.
        good_until: Date,
    },
    /// One goes out by SMS.
    Send {
        /// Whose.
        person: NikIndex,
        /// For which dose.
        dose: u8,
        /// How often on that day, with this time.
        sent: Sent,
    },
    /// This phone has checked one.
    Checked {
        /// On that day.
        day: Date,
    },
}

/// The most doses that are listed.
const MOST_DOSES: usize = 7;

const FOUND: Given = personal("doses", "");
pub(super) const DOSE: Given = personal("dose", "7");
const DATE: Given = personal("dose_date", "17-08-2021");
const DOSE_OF: Given = personal("dose_of", "3 (booster)");
const NUMBER: Given = personal("certificate", "WWWWWWWWWWWWWWWWWWWWWWWW");
const CODE: Given = personal("short_code", ShortCode::WIDEST);

/// The doses of a person, to pick the one whose certificate is wanted.
pub const DOSES: List = List {
    name: "doses",
    needs: &["doses"],
    rows: |values| values.rows("doses").to_vec(),
    longest: "17-08-2021 AstraZeneca",
    most: MOST_DOSES,
    privacy: Privacy::Personal,
};

/// Which doses the person picked has.
pub const LIST: Call = Call {
    name: "certificate.list",
    effect: Effect::Reads,
    needs: &["person"],
    outcomes: &[
        Outcome { name: "none", means: "There is no dose.", gives: &[] },
        Outcome { name: "one", means: "One dose, which is picked already.", gives: &[FOUND, DOSE] },
        Outcome { name: "many", means: "Several doses, to pick from.", gives: &[FOUND] },
    ],
};

/// Whether there is a certificate for a dose. The two ways of not having one need two answers
/// (`domain.md` §3): without a date the facility did not enter the dose; with a date, only the
/// ministry can issue it. Until ten days after the dose it may simply be on its way.
pub const STATE: Call = Call {
    name: "certificate.state",
    effect: Effect::Reads,
    needs: &["person", "dose"],
    outcomes: &[
        Outcome {
            name: "not_entered",
            means: "The dose has no date: the facility has to enter it.",
            gives: &[],
        },
        Outcome {
            name: "on_its_way",
            means: "The dose is recent; the certificate may still come.",
            gives: &[],
        },
        Outcome {
            name: "not_issued",
            means: "It should be there: only the ministry can issue it.",
            gives: &[],
        },
        Outcome { name: "revoked", means: "It was revoked.", gives: &[] },
        Outcome {
            name: "issued",
            means: "There is one, with a short code that stays the same.",
            gives: &[NUMBER, CODE, DOSE_OF, DATE],
        },
    ],
};

/// Sends the certificate of a dose to whoever asks: to a phone as one SMS that anybody can check, to a chat
/// as a document with the same text below.
pub const SEND: Call = Call {
    name: "certificate.send",
    effect: Effect::Reads,
    needs: &["person", "dose"],
    outcomes: &[
        Outcome { name: "sent", means: "It is on its way.", gives: &[] },
        Outcome { name: "enough", means: "It was sent often enough today.", gives: &[] },
        Outcome { name: "no", means: "There is none that an SMS has room for.", gives: &[] },
    ],
};

/// The words beside the document.
pub(super) const CAPTION: Sends =
    Sends { call: SEND.name, name: "certificate_document", gives: &[CODE, DOSE_OF] };

/// What a chat is told instead, if the certificate was revoked before it left.
pub(super) const GONE: Sends = Sends { call: SEND.name, name: "certificate_gone", gives: &[] };

/// The certificate itself. It begins with the keyword by which whoever it is forwarded from has it
/// checked.
pub(super) const TEXT: Sends =
    Sends { call: "certificate.send", name: "certificate", gives: &[open("signed", SIGNED)] };

const SIGNED: &str = "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM\
                      MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM";
const _: () = assert!(SIGNED.len() == text::LENGTH);

/// What has to be read for a call about the person picked.
pub(super) fn need(asking: Asking<'_>) -> Need {
    let person = picked_person(asking.values);
    Need {
        person,
        people: Some(asking.subscriber),
        certificate: person.map(CertificateNeed::Of),
        ..Need::default()
    }
}

pub(super) fn list(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    // Nothing is known yet of somebody who waits for validation.
    if waiting_number(asking.values).is_some() {
        return Some(Decision::of("none"));
    }
    let person = visible(asking, facts)?;
    let rows: Vec<Row> = person.doses.iter().take(MOST_DOSES).map(|dose| row(desk, dose)).collect();
    let mut decision = match rows.as_slice() {
        [] => return Some(Decision::of("none")),
        [only] => Decision::of("one").give(DOSE.name, only.id.clone()),
        _ => Decision::of("many"),
    };
    decision.given.keep_rows(FOUND.name, rows);
    Some(decision)
}

fn row(desk: &Desk, dose: &Dose) -> Row {
    // A dose without its date is there all the same, and is asked for as such.
    let on = dose.given_on.map_or_else(|| "?".to_owned(), birth::show);
    let label = format!("{on} {}", desk.vaccines.name(&dose.vaccine));
    Row { id: dose.number.to_string(), label }
}

pub(super) fn state(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = visible(asking, facts)?;
    let dose = picked_dose(asking.values, person)?;
    let Some(on) = dose.given_on else { return Some(Decision::of("not_entered")) };
    let Some(number) = &dose.certificate else {
        let recent = days_between(on, asking.today) <= CERTIFICATE_DAYS;
        return Some(Decision::of(if recent { "on_its_way" } else { "not_issued" }));
    };
    let Some((issued, change)) = desk.issued(asking, facts, person, dose) else {
        return Some(Decision::of("revoked"));
    };
    let decision = Decision::of("issued")
        .give(NUMBER.name, number.as_str())
        .give(CODE.name, issued.code.shown())
        .give(DOSE_OF.name, desk.dose_of(person, dose))
        .give(DATE.name, birth::show(on));
    Some(change.into_iter().fold(decision, Decision::change))
}

pub(super) fn send(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = visible(asking, facts)?;
    let dose = picked_dose(asking.values, person)?;
    let no = Some(Decision::of("no"));
    if dose.certificate.is_none() {
        return no;
    }
    let Some((issued, change)) = desk.issued(asking, facts, person, dose) else { return no };
    let today = issued.sent.filter(|sent| sent.on == asking.today).map_or(0, |sent| sent.times);
    if today >= desk.certificates.checks.texts_per_day {
        return Some(Decision::of("enough"));
    }
    let Some(signed) =
        desk.claims(person, dose, &issued).and_then(|of| text::sign(&of, &desk.keyring.now()))
    else {
        return no;
    };
    let sent = Sent { on: asking.today, times: today + 1 };
    let send = CertificateChange::Send { person: person.index, dose: dose.number, sent };
    let (caption, gone) = (CAPTION.name, GONE.name);
    let encloses = Encloses::Certificate { person: person.index, dose: dose.number, caption, gone };
    let note = Note::new(TEXT.name, Class::Reply, To::CallerToKeep)
        .give("signed", signed)
        .give(CODE.name, issued.code.shown())
        .give(DOSE_OF.name, desk.dose_of(person, dose))
        .enclose(encloses);
    let decision = change.into_iter().fold(Decision::of("sent"), Decision::change);
    Some(decision.change(Change::Certificate(send)).note(note))
}

impl Desk {
    /// The certificate of a dose, and what has to change for it; `None` if it was revoked, or its holder
    /// may have none.
    fn issued(
        &self,
        asking: Asking<'_>,
        facts: &Facts,
        person: &Person,
        dose: &Dose,
    ) -> Option<(Issued, Option<Change>)> {
        let good_until = text::good_until(asking.today, self.certificates.valid_days);
        let (person, dose) = (person.index, dose.number);
        let known = facts.certificate.issued.iter();
        let known = known.into_iter().find(|of| of.person == person && of.dose == dose);
        match known {
            Some(issued) if issued.revoked_at.is_some() => None,
            Some(issued) if issued.good_until >= asking.today => Some((issued.clone(), None)),
            Some(issued) => {
                let change = CertificateChange::Renew { person, dose, good_until };
                let renewed = Issued { good_until, ..issued.clone() };
                Some((renewed, Some(Change::Certificate(change))))
            }
            None if facts.certificate.banned => None,
            None => {
                let (code, serial) = self.draw_certificate(person, dose, asking.random);
                let (sent, revoked_at) = (None, None);
                let fresh = Issued { person, dose, code, serial, good_until, sent, revoked_at };
                let change = CertificateChange::Issue(fresh.clone());
                Some((fresh, Some(Change::Certificate(change))))
            }
        }
    }

    /// A code and a serial, of which neither gives the other away.
    fn draw_certificate(&self, person: NikIndex, dose: u8, random: u64) -> (ShortCode, Serial) {
        let of = format!("certificate {} {dose} {random}", person.to_hex());
        let drawn = u128::from_be_bytes(self.vault.code_key(of.as_bytes()));
        // The two halves of a keyed digest.
        let half = |drawn: u128| (drawn & u128::from(u64::MAX)) as u64;
        (ShortCode::from_random(half(drawn >> 64)), Serial::from_random(half(drawn)))
    }

    /// What a text says of a dose; `None` without its date.
    fn claims(&self, person: &Person, dose: &Dose, issued: &Issued) -> Option<Claims> {
        Some(Claims {
            serial: issued.serial,
            holder: self.vault.holder_hash(&person.nik),
            birth: person.birth,
            dose: dose.number,
            vaccine: vaccine(&dose.vaccine),
            given_on: dose.given_on?,
            good_until: issued.good_until,
        })
    }

    /// What a document says of a dose; `None` without its date, its number, or a vaccine that is configured.
    ///
    /// Its number is that of the certificate with the serial behind it, by which the record finds it.
    pub fn paper(&self, person: &Person, dose: &Dose, issued: &Issued) -> Option<Paper> {
        paper(&self.vaccines, person, dose, issued)
    }

    /// `2/2`, or `3 (booster)` after the first course, which is that of the first vaccine.
    fn dose_of(&self, person: &Person, dose: &Dose) -> String {
        let first = person.doses.iter().find(|of| of.number == 1).unwrap_or(dose);
        self.vaccines.dose_of(&first.vaccine, dose.number)
    }
}

/// [`Desk::paper`], where these vaccines are configured.
pub(crate) fn paper(
    vaccines: &Vaccines,
    person: &Person,
    dose: &Dose,
    issued: &Issued,
) -> Option<Paper> {
    let first = person.doses.iter().find(|of| of.number == 1).unwrap_or(dose);
    let (_, course) = vaccines.product(&first.vaccine)?;
    let number = format!("{}{}", dose.certificate.as_ref()?, issued.serial);
    let earlier = person.doses.iter().filter(|of| of.number < dose.number);
    Some(Paper {
        id: CertificateId::parse(&number).ok()?,
        name: person.name.clone(),
        nik: person.nik.clone(),
        birth: person.birth,
        course,
        shot: shot(vaccines, dose)?,
        earlier: earlier.filter_map(|dose| shot(vaccines, dose)).collect(),
    })
}

fn shot(vaccines: &Vaccines, dose: &Dose) -> Option<Shot> {
    let (product, _) = vaccines.product(&dose.vaccine)?;
    Some(Shot {
        number: dose.number,
        vaccine: vaccines.name(&dose.vaccine).to_owned(),
        product,
        batch: dose.batch.clone(),
        place: dose.place.clone(),
        given_on: dose.given_on?,
    })
}

/// The place of a vaccine in [`VACCINES`]; the first for one that is not there.
pub(super) fn vaccine(code: &str) -> u8 {
    let place = VACCINES.iter().position(|known| *known == code);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or_default()
}

fn picked_dose<'p>(values: &Values, person: &'p Person) -> Option<&'p Dose> {
    let number: u8 = values.text(DOSE.name)?.parse().ok()?;
    person.doses.iter().find(|dose| dose.number == number)
}
