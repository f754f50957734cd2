//! What menus may call, and what the ministry's record means.
//!
//! Every call is a pure function in two halves: [`Desk::need`] says what to read, [`Desk::decide`] looks at it
//! and answers with an outcome, the values it gives and the [`Change`]s to commit. The engine reads
//! and commits for a whole batch of turns at once; nothing here knows a database.
//!
//! One file a noun: `registration`, `status`, `certificate`, `person`, `region`, `complaint`, `change`,
//! `ticket`, `chat`, `appointment`, `exposure`.
//! [`DESKS`] lists what they offer. `lookup` holds the budgets of all calls that look a NIK up, `audit`
//! what is logged.

pub mod appointment;
pub mod audit;
pub mod campaign;
pub mod certificate;
pub mod change;
pub mod chat;
pub mod code;
mod complaint;
mod decision;
pub mod exposure;
pub mod facility;
pub mod inquiry;
pub mod lookup;
pub mod number;
pub mod officer;
pub mod otp;
pub mod outside;
mod person;
pub mod place;
pub mod queue;
pub mod record;
mod region;
mod registration;
pub mod retention;
pub mod right;
pub mod roster;
pub mod sample;
mod status;
pub mod ticket;
pub mod vaccine;
mod validators;

pub use self::decision::{Decision, Encloses, Later, Note, Noticed, To};

use jiff::civil::Date;

use crate::{
    certificate::keys::InUse,
    clock::{Timestamp, Zone},
    identity::Nik,
    menu::{
        catalogue::{Call, Catalogue, Effect, Given, Outcome, Privacy},
        state::Values,
    },
    service::{
        appointment::AppointmentRules,
        certificate::CertificateRules,
        code::{CodeKey, CodeRules},
        exposure::{ExposureRules, ExposureWhat},
        lookup::Budgets,
        officer::OfficerRules,
        outside::Source,
        queue::Units,
        record::{Change, CodeNeed, Facts, Need},
        ticket::TicketRules,
        vaccine::Vaccines,
    },
    vault::{NikIndex, SubscriberKey, Vault},
};

/// Every desk that a menu can name.
pub const DESKS: &[&Catalogue] = &[&VACCINATION, &QUEUE, &officer::OFFICER];

/// Everything that the queue of a clinic offers to its menu.
pub const QUEUE: Catalogue = Catalogue {
    desk: "queue",
    validators: &[],
    lists: &[queue::UNITS],
    calls: &[queue::LOOK, queue::TAKE, queue::LEAVE],
    sends: &[],
    tells: &[MASKED_NAME],
};

/// Everything the vaccination service offers to its menu.
pub const VACCINATION: Catalogue = Catalogue {
    desk: "vaccination",
    validators: validators::VALIDATORS,
    lists: &[
        person::PEOPLE,
        certificate::DOSES,
        region::PROVINCES,
        region::REGENCIES,
        ticket::TICKETS,
        chat::bound::CHATS,
        appointment::DISTRICTS_OF,
        appointment::PLACES_OF,
        appointment::DAYS_OF,
        appointment::SLOTS_OF,
        appointment::LINES_OF,
    ],
    calls: &[
        CONSENT,
        right::consent::LOOK,
        person::LIST,
        person::PROVE,
        person::DETACH,
        region::OF_NIK,
        registration::COMPARE,
        registration::MATCH,
        registration::SUBMIT,
        status::READ,
        certificate::LIST,
        certificate::STATE,
        certificate::SEND,
        certificate::check::READ,
        certificate::check::CHECK,
        otp::SEND,
        otp::VERIFY,
        ticket::OPEN,
        ticket::MINE,
        ticket::READ,
        complaint::LOOK,
        change::PROVE,
        change::NAME,
        change::ASK_OLD,
        change::PROVE_OLD,
        change::ASK_NEW,
        change::SET_PHONE,
        change::LOST,
        change::ASK_GUARDIAN,
        change::GUARDIAN,
        chat::bound::LIST,
        chat::bound::CUT,
        appointment::LOOK,
        appointment::DISTRICTS,
        appointment::PLACES,
        appointment::DAYS,
        appointment::SLOTS,
        appointment::HOLD,
        appointment::BOOK,
        appointment::RELEASE,
        appointment::CANCEL,
        right::KEPT,
        right::LOOKS,
        right::CONSENT,
        right::TEXT,
        right::WITHDRAW,
        right::consent::WITHDRAW_HEARD,
        right::consent::PHONE,
        right::consent::WITHDRAW_PHONE,
        right::ERASURE,
        right::ERASE,
        right::KEEP,
        appointment::WAIT,
        appointment::WAIT_DAY,
        appointment::IN_LINE,
        appointment::LEAVE,
        appointment::PASS,
        exposure::LOOK,
        exposure::BLACK,
        exposure::CONSENT,
        exposure::REFUSE,
        exposure::PLACE,
    ],
    sends: &[
        registration::REGISTERED_TEXT,
        registration::WAITING_TEXT,
        registration::PENDING_TEXT,
        inquiry::VALID,
        inquiry::UNMATCHED,
        inquiry::ALREADY,
        inquiry::LATER,
        inquiry::FORGOTTEN,
        ticket::REFUSED,
        inquiry::DOSES,
        inquiry::REGISTERED,
        inquiry::NO_DOSE,
        inquiry::NOT_SHOWN,
        inquiry::GIVEN_UP,
        inquiry::GO_ON,
        inquiry::CAN_CHOOSE,
        otp::CODE_TEXT,
        certificate::TEXT,
        certificate::CAPTION,
        certificate::GONE,
        ticket::OPENED_TEXT,
        ticket::STAFF_TEXTS[0],
        ticket::STAFF_TEXTS[1],
        ticket::STAFF_TEXTS[2],
        change::OLD_CODE,
        change::NEW_CODE,
        change::GUARDIAN_CODE,
        change::NAME_CHANGED,
        change::BIRTH_CHANGED,
        change::NAME_TICKET,
        change::PHONE_LEFT,
        change::PHONE_CAME,
        change::PHONE_LOST,
        change::LOST_TICKET,
        change::GUARDIAN_ADDED,
        change::GUARDIAN_YOU,
        change::GUARDIAN_LEFT,
        appointment::BOOKED_TEXT,
        appointment::NOT_BOOKED_TEXT,
        appointment::CANCELLED_TEXT,
        appointment::REMINDER_TEXT,
        right::WITHDRAWN_TEXT,
        right::consent::PHONE_TEXT,
        right::consent::HEARD_TEXT,
        right::ERASURE_TEXT,
        right::KEPT_TEXT,
        right::ERASED_TEXT,
        appointment::TICKET_GONE,
        appointment::OFFER_TEXT,
        appointment::LET_DOWN_TEXT,
        appointment::GOOD_AGAIN_TEXT,
        appointment::RECORDED_TEXT,
        appointment::CALLED_OFF_TEXT,
        appointment::LINE_OVER_TEXT,
        appointment::LINE_LONG_TEXT,
        appointment::LINE_MISSED_TEXT,
        exposure::ASK_TEXT,
        exposure::CONTACT_TEXT,
        exposure::CONTACT_NEAR_TEXT,
    ],
    tells: campaign::TELLS,
};

/// The text (`[notice.*]`) that says yes or no in the place of a screen that nobody saw: of the last of these
/// calls and outcomes that has one. It names nobody.
pub fn unseen(outcomes: &[(&str, &str)]) -> Option<&'static str> {
    outcomes.iter().rev().find_map(|(call, outcome)| appointment::unseen(call, outcome))
}

/// What a call is made with.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// What the subscriber typed so far.
    pub values: &'a Values,
    /// The service that is asked, by name.
    pub service: &'a str,
    /// Who asks.
    pub subscriber: SubscriberKey,
    /// Whether the number was silent too long to prove anything any more.
    pub silence: Silence,
    /// When.
    pub now: Timestamp,
    /// The day it is where the service is.
    pub today: Date,
    /// A random value, a new one for every call.
    pub random: u64,
}

/// Whether a number can still be taken for its old owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It was heard of lately.
    Short,
    /// It was not: what it knew is forgotten.
    TooLong,
}

/// The service with what it is configured with.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Makes the blind indexes.
    pub vault: Vault,
    /// Vaccines and their intervals.
    pub vaccines: Vaccines,
    /// Units that people queue for.
    pub units: Units,
    /// How often NIKs may be looked up in vain.
    pub budgets: Budgets,
    /// How many codes are sent.
    pub codes: CodeRules,
    /// How long certificates are good, and how many are checked.
    pub certificates: CertificateRules,
    /// The keys that sign them.
    pub keyring: InUse,
    /// When tickets are due, and how many a phone may have.
    pub tickets: TicketRules,
    /// How long seats are held, and which days can be booked.
    pub appointments: AppointmentRules,
    /// How many an officer registers, and how long nobody asks for the PIN.
    pub officers: OfficerRules,
    /// How long contacts and consents count.
    pub exposure: ExposureRules,
    /// Whose time it is on a screen.
    pub zone: Zone,
    /// Where the record is.
    pub source: Source,
}

impl Desk {
    /// What has to be read before `call` can be decided.
    pub fn need(&self, call: &str, asking: Asking<'_>) -> Need {
        match call {
            "officer.match" | "officer.submit" => officer::assist::need_person(self, asking),
            call if call.starts_with("officer.") => officer::call::need(self, asking),
            "queue.look" => queue::need(asking, None),
            "queue.take" => queue::need(asking, asking.values.text("unit")),
            "registration.match" | "person.prove" => Need {
                person: self.typed_person(asking),
                tries: self.look(asking),
                ..Need::default()
            },
            "otp.send" | "otp.verify" => self.code_need(asking, otp::key(self, asking)),
            "change.ask_old" | "change.prove_old" => {
                self.code_need(asking, change::old_key(self, asking))
            }
            "change.ask_new" | "change.phone" => {
                self.code_need(asking, change::new_key(self, asking))
            }
            "change.ask_guardian" | "change.guardian" => {
                self.code_need(asking, change::guardian_key(self, asking))
            }
            "change.prove" | "change.name" | "change.lost" => Need {
                person: self.typed_person(asking),
                tries: self.look(asking),
                tickets: Some(asking.subscriber),
                renamed: self.typed_person(asking),
                ..Need::default()
            },
            "registration.submit" => Need {
                person: self.typed_person(asking),
                people: Some(asking.subscriber),
                tries: self.look(asking),
                tickets: Some(asking.subscriber),
                ..Need::default()
            },
            "ticket.open" => Need {
                person: picked_person(asking.values),
                people: Some(asking.subscriber),
                tickets: Some(asking.subscriber),
                ..Need::default()
            },
            "ticket.mine" | "ticket.read" => {
                Need { tickets: Some(asking.subscriber), ..Need::default() }
            }
            "consent.look" => Need { consent: Some(asking.subscriber), ..Need::default() },
            "chat.list" => Need { chats: Some(asking.subscriber), ..Need::default() },
            "person.list" => Need { people: Some(asking.subscriber), ..Need::default() },
            "certificate.list" | "certificate.state" | "certificate.send" => {
                certificate::need(asking)
            }
            "certificate.check" => certificate::check::need(self, asking),
            "status.read" => Need {
                person: picked_person(asking.values),
                people: Some(asking.subscriber),
                exposure: exposure::need_days(asking),
                ..Need::default()
            },
            "complaint.look" => Need {
                person: picked_person(asking.values),
                people: Some(asking.subscriber),
                ..Need::default()
            },
            "exposure.look" | "exposure.black" | "exposure.consent" | "exposure.refuse" => {
                exposure::need(asking, ExposureWhat::Days)
            }
            "exposure.place" => exposure::need(asking, ExposureWhat::Place),
            "right.phone_consent" | "right.phone_withdraw" => right::consent::need(asking),
            call if call.starts_with("right.") => right::need(asking),
            call if call.starts_with("appointment.") => appointment::need(self, call, asking),
            _ => Need::default(),
        }
    }

    /// What `call` comes to; `None` if nothing can be said: a value is missing (the check proves that
    /// none is), or somebody is asked about who may not be seen any more.
    pub fn decide(&self, call: &str, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
        match call {
            "consent.give" => consent(asking),
            "consent.look" => Some(right::consent::look(asking, facts)),
            "region.of_nik" => region::of_nik(asking),
            "registration.compare" => registration::compare(asking),
            "registration.match" => registration::matching(self, asking, facts),
            "registration.submit" => registration::submit(self, asking, facts),
            "person.list" => person::list(asking, facts),
            "person.prove" => person::prove(self, asking, facts),
            "person.detach" => person::detach(asking),
            "status.read" => status::read_or_ask(self, asking, facts),
            "certificate.list" => {
                certificate::list(self, asking, facts).map(|decision| decision.known_since(facts))
            }
            "certificate.state" => {
                certificate::state(self, asking, facts).map(|decision| decision.known_since(facts))
            }
            "certificate.send" => certificate::send(self, asking, facts),
            "certificate.read" => certificate::check::read(asking),
            "certificate.check" => certificate::check::check(self, asking, facts),
            "otp.send" => otp::send(self, asking, facts),
            "otp.verify" => otp::verify(self, asking, facts),
            "ticket.open" => ticket::open_call(self, asking, facts),
            "ticket.mine" => Some(ticket::mine(asking, facts)),
            "ticket.read" => ticket::read(self, asking, facts),
            "complaint.look" => complaint::look(asking, facts),
            "change.prove" => change::prove(self, asking, facts),
            "change.name" => change::name(self, asking, facts),
            "change.ask_old" => change::ask_old(self, asking, facts),
            "change.prove_old" => change::prove_old(self, asking, facts),
            "change.ask_new" => change::ask_new(self, asking, facts),
            "change.phone" => change::set_phone(self, asking, facts),
            "change.lost" => change::lost(self, asking, facts),
            "change.ask_guardian" => change::ask_guardian(self, asking, facts),
            "change.guardian" => change::guardian(self, asking, facts),
            "chat.list" => Some(chat::bound::list(self, asking, facts)),
            "chat.cut" => chat::bound::cut(asking),
            call if call.starts_with("appointment.") => {
                appointment::decide(self, call, asking, facts)
            }
            "right.kept" => right::kept(asking, facts),
            "right.looks" => right::looks(self, asking, facts),
            "right.consent" => right::consent(self, asking, facts),
            "right.text" => right::text(asking, facts),
            "right.withdraw" => right::withdraw(self, asking, facts),
            "right.withdraw_heard" => right::consent::withdraw_heard(self, asking, facts),
            "right.phone_consent" => Some(right::consent::phone(self, asking, facts)),
            "right.phone_withdraw" => Some(right::consent::withdraw_phone(self, asking, facts)),
            "right.erasure" => right::erasure(asking, facts),
            "right.erase" => right::erase(self, asking, facts),
            "right.keep" => right::keep(asking, facts),
            "officer.look" => Some(officer::call::look(self, asking, facts)),
            "officer.code" => officer::call::look_at_code(self, asking, facts),
            "officer.enrol" => officer::call::enrol(self, asking, facts),
            "officer.open" => officer::call::open_office(self, asking, facts),
            "officer.close" => Some(officer::call::close(facts)),
            "officer.begin" => Some(officer::call::begin(self, asking, facts)),
            "officer.match" => officer::assist::matching(self, asking, facts),
            "officer.submit" => officer::assist::submit(self, asking, facts),
            "exposure.look" => exposure::look(self, asking, facts),
            "exposure.black" => Some(exposure::colour(self, asking, facts)),
            "exposure.consent" => exposure::consent(self, asking, facts),
            "exposure.refuse" => exposure::refuse(asking, facts),
            "exposure.place" => exposure::place(facts),
            "queue.look" => queue::look(self, facts),
            "queue.take" => queue::take(self, asking, facts),
            "queue.leave" => queue::leave(asking),
            _ => None,
        }
    }

    /// As [`Desk::decide`], with what is logged of it.
    pub fn answer(&self, call: &str, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
        Some(audit::logged(self, call, facts, self.decide(call, asking, facts)?))
    }

    fn code_need(&self, asking: Asking<'_>, key: Option<CodeKey>) -> Need {
        Need {
            person: self.typed_person(asking),
            tries: self.look(asking),
            code: key.map(|key| CodeNeed { key, at: asking.now }),
            ..Need::default()
        }
    }

    fn typed_person(&self, asking: Asking<'_>) -> Option<NikIndex> {
        let nik = Nik::parse(asking.values.text("nik")?).ok()?;
        Some(self.vault.nik_index(&nik))
    }
}

/// The person a row of the list stands for.
fn picked_person(values: &Values) -> Option<NikIndex> {
    NikIndex::from_hex(values.text("person")?).ok()
}

/// The subscriber agrees to the text whose version the menu names.
const CONSENT: Call = Call {
    name: "consent.give",
    effect: Effect::Changes,
    needs: &["consent"],
    outcomes: &[Outcome { name: "given", means: "The consent is kept.", gives: &[] }],
};

fn consent(asking: Asking<'_>) -> Option<Decision> {
    let version = asking.values.text("consent")?.to_owned();
    Some(Decision::of("given").change(Change::Consent { version }))
}

/// A value that may stay on a display.
const fn open(name: &'static str, longest: &'static str) -> Given {
    Given { name, longest, privacy: Privacy::Open }
}

/// A value that tells something of a person.
const fn personal(name: &'static str, longest: &'static str) -> Given {
    Given { name, longest, privacy: Privacy::Personal }
}

/// What a text tells of a person: whoever reads along does not know who that is.
const MASKED_NAME: Given = personal("name", "W*** W****");
const MASKED_NIK: Given = personal("nik", "3173********0001");
const DOSE: Given = personal("dose", "3");
const DATE: Given = personal("date", "17-08-2021");

#[cfg(test)]
mod tests;
