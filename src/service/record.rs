//! What the national record says of a person, and what a turn may change in our own tables.
//!
//! The types here are plain values: a service call asks for [`Facts`] by a [`Need`], decides, and
//! answers with [`Change`]s, which the engine commits together with the conversation
//! (`ARCHITECTURE.md`, law 2). Nothing here knows a database, a channel or a menu.

use std::{fmt, time::Duration};

use jiff::civil::Date;

use crate::{
    clock::Timestamp,
    identity::{Msisdn, Nik, PersonName},
    service::{
        appointment::{AppointmentChange, AppointmentFacts, AppointmentNeed, CheckIn, Ended},
        audit::{Act, Deed},
        certificate::{CertificateChange, CertificateFacts, CertificateNeed},
        code::{CodeChange, CodeFacts, CodeKey},
        exposure::{ExposureChange, ExposureFacts, ExposureNeed},
        inquiry::{Answered, Inquiry, Known, Wrote},
        number::Number,
        officer::{Officer, OfficerAct, OfficerChange},
        outside::{Elsewhere, Fetched},
        place::{Line, QueueFacts, QueueNeed},
        right::{Consent, RightFacts, RightNeed},
        ticket::{NewTicket, Ticket, TicketStep},
    },
    vault::{NikIndex, StemIndex, SubscriberKey, Vault},
};

/// One person of the national record ("Satu Data"), with what we keep of them. `Debug` shows nothing
/// of their life: no birth date, no dose.
#[derive(Clone, PartialEq)]
pub struct Person {
    /// Blind index of the NIK, the key under which the person is stored.
    pub index: NikIndex,
    /// The NIK itself.
    pub nik: Nik,
    /// The name as the record spells it.
    pub name: PersonName,
    /// The birth date as the record states it; it may differ from the one inside the NIK.
    pub birth: Date,
    /// The phone number the record knows, if any.
    pub phone: Option<Msisdn>,
    /// When the person's group may be vaccinated; `None` means now.
    pub eligible_from: Option<Date>,
    /// A blocked record answers like one that does not exist (protected persons, disputes).
    pub blocked: bool,
    /// Doses given, in order of their number.
    pub doses: Vec<Dose>,
    /// The registration that stands, if there is one.
    pub registration: Option<Registered>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("index", &self.index)
            .field("name", &self.name)
            .field("doses", &self.doses.len())
            .finish_non_exhaustive()
    }
}

/// A dose as PCare reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dose {
    /// 1, 2, or 3 for a booster.
    pub number: u8,
    /// The day it was given. A facility that never entered it leaves this empty: the person was
    /// there, the record does not say when (`domain.md` §3, case a).
    pub given_on: Option<Date>,
    /// Vaccine code of the configuration's `[vaccine.*]` table, e.g. `sinovac`.
    pub vaccine: String,
    /// Batch number as printed on the vial.
    pub batch: String,
    /// Name of the facility, at most 40 characters of the GSM basic table.
    pub place: String,
    /// Certificate number, once it has been issued (`domain.md` §3, case b).
    pub certificate: Option<String>,
}

/// A standing registration, as far as others may know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// The number the person was given.
    pub number: Number,
    /// The phone that registered the person.
    pub by: SubscriberKey,
    /// When.
    pub at: Timestamp,
}

/// What a registration waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It matched the national record and stands. At most one per NIK.
    Registered,
    /// Taken for validation by the ministry. At most one per NIK and phone, so that a stranger who
    /// mistypes somebody's NIK cannot stand in that person's way.
    Waiting,
}

impl Standing {
    /// The word stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Waiting => "waiting",
        }
    }
}

/// A registration as one turn hands it over.
#[derive(Clone, PartialEq)]
pub struct Registration {
    /// Its number, drawn at random; a number already taken is a conflict, and the turn runs again.
    pub number: Number,
    /// Whether it stands or waits.
    pub standing: Standing,
    /// The person, as typed.
    pub nik: Nik,
    /// The name, as typed.
    pub name: PersonName,
    /// The birth date, as typed.
    pub birth: Date,
    /// Where the person lives: four-digit regency code.
    pub regency: String,
    /// The self-screening: `clear`, or the word of the answer that the desk has to look at.
    pub screening: String,
    /// The version of the consent text that was agreed to.
    pub consent: String,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("standing", &self.standing)
            .field("nik", &self.nik)
            .finish_non_exhaustive()
    }
}

/// A registration of this phone that waits for validation.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its number.
    pub number: Number,
    /// Whom it is for.
    pub person: NikIndex,
    /// The name as it was typed.
    pub name: PersonName,
    /// When it was taken.
    pub at: Timestamp,
}

/// A person this phone has proved to know (NIK and birth date), and may see.
#[derive(Debug, Clone, PartialEq)]
pub struct Acquaintance {
    /// Whom.
    pub person: NikIndex,
    /// The name in the record.
    pub name: PersonName,
    /// Since when.
    pub since: Timestamp,
}

/// What a service call has to read before it can decide.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Need {
    /// One person of the record, by NIK.
    pub person: Option<NikIndex>,
    /// Everybody this phone may see, and what it has waiting.
    pub people: Option<SubscriberKey>,
    /// What this phone agreed to last.
    pub consent: Option<SubscriberKey>,
    /// The place of this phone in a queue.
    pub queue: Option<QueueNeed>,
    /// What has been tried of late, by a phone and on a NIK.
    pub tries: Option<Look>,
    /// A one-time code.
    pub code: Option<CodeNeed>,
    /// Certificates. With one that somebody shows comes its holder, as [`Facts::person`].
    pub certificate: Option<CertificateNeed>,
    /// The tickets of this phone.
    pub tickets: Option<SubscriberKey>,
    /// When this person's name was corrected last.
    pub renamed: Option<NikIndex>,
    /// The chats that speak for this phone.
    pub chats: Option<SubscriberKey>,
    /// When an outside record was asked about this person last.
    pub fetched: Option<NikIndex>,
    /// Appointments, and where and when there can be one.
    pub appointment: Option<AppointmentNeed>,
    /// The rights of a person.
    pub rights: Option<RightNeed>,
    /// An officer, by the keyed name.
    pub officer: Option<SubscriberKey>,
    /// Contacts and cases of a phone.
    pub exposure: Option<ExposureNeed>,
}

/// A phone that asks for a code, or types one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeNeed {
    /// Which code.
    pub key: CodeKey,
    /// When: what is forgotten by then is not read.
    pub at: Timestamp,
}

/// A phone that wants to look a NIK up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The phone.
    pub by: SubscriberKey,
    /// The NIK.
    pub person: NikIndex,
    /// When: what is forgotten by then is not read.
    pub at: Timestamp,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The person asked for, if the record has them.
    pub person: Option<Person>,
    /// Whom this phone may see, oldest first.
    pub people: Vec<Acquaintance>,
    /// What this phone has waiting, oldest first.
    pub waiting: Vec<Waiting>,
    /// Its place in a queue.
    pub queue: QueueFacts,
    /// What has been tried of late.
    pub tries: Tries,
    /// What is known of a one-time code.
    pub code: CodeFacts,
    /// What is known of certificates.
    pub certificate: CertificateFacts,
    /// Tickets of this phone, latest first: the latest, and all that are pending.
    pub tickets: Vec<Ticket>,
    /// When the person's name was corrected last, if it was.
    pub renamed: Option<Timestamp>,
    /// What this phone agreed to last, so that it can use the service.
    pub consent: Option<Consent>,
    /// Chats that were bound to this phone, oldest first. Some may have expired.
    pub chats: Vec<BoundChat>,
    /// What an outside record said of the person last. Whom it does not have is not in `person`.
    pub fetched: Option<Fetched>,
    /// How what is known of the person stands to the record.
    pub known: Known,
    /// What became of the registration that this turn has sent to an outside record.
    pub wrote: Option<Wrote>,
    /// What is known of appointments.
    pub appointment: AppointmentFacts,
    /// What is known of the rights of a person.
    pub rights: RightFacts,
    /// The officer asked for, if there is one.
    pub officer: Option<Officer>,
    /// What is known of contacts and cases.
    pub exposure: ExposureFacts,
}

impl Facts {
    /// The registration of which only an outside record knows, if it does.
    pub fn elsewhere(&self) -> Option<&Elsewhere> {
        self.fetched.as_ref()?.elsewhere.as_ref()
    }
}

/// A chat that was bound to a phone by a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundChat {
    /// The chat.
    pub chat: SubscriberKey,
    /// Since when it speaks for the phone.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Look-ups that failed and are not forgotten. The budgets bound their number: who is refused does
/// not fail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tries {
    /// Those of this phone, whatever the NIK.
    pub own: Vec<Failed>,
    /// When each other phone that failed on this NIK is forgotten.
    pub others: Vec<Timestamp>,
    /// Whether this phone has proved to know the person.
    pub acquainted: bool,
}

/// A NIK that a phone failed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The NIK.
    pub person: NikIndex,
    /// The NIK without its serial.
    pub stem: StemIndex,
    /// How often.
    pub failures: u32,
    /// When that is forgotten.
    pub until: Timestamp,
}

/// What a turn changes beside its conversation. Applied in the turn's own transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The subscriber agreed to a text. Consents are only ever added, and end.
    Consent {
        /// Version of the text, as the menu names it.
        version: String,
    },
    /// Somebody agreed to a text that was read to them: it is theirs, and no phone's.
    ConsentHeard {
        /// Version of the text, as the menu names it.
        version: String,
        /// Who agreed.
        person: NikIndex,
    },
    /// What the subscriber agreed to holds no longer: neither do the registrations that it made.
    WithdrawConsent,
    /// The subscriber may see this person from now on. Repeating it changes nothing.
    Know(NikIndex),
    /// The subscriber may no longer see this person.
    Forget(NikIndex),
    /// The subscriber may no longer see anybody: the number was silent so long that it may have
    /// been sold to somebody else (`domain.md` §6).
    ForgetEverybody,
    /// A one-time code was asked for, tried or used.
    Code(CodeChange),
    /// A certificate was asked for, sent or checked.
    Certificate(CertificateChange),
    /// The subscriber wants no broadcasts.
    RefuseBroadcasts,
    /// The subscriber wants broadcasts again.
    WantBroadcasts,
    /// A look-up of this NIK failed. It is counted until `window` after the first one.
    LookUpFailed {
        /// The NIK.
        person: NikIndex,
        /// The NIK without its serial.
        stem: StemIndex,
        /// How long it counts.
        window: Duration,
    },
    /// A registration of this phone that waits is taken back.
    Withdraw(Number),
    /// A registration. A second one that stands for the same NIK is a conflict; a second one that
    /// waits for the same NIK and phone replaces the first and keeps its number.
    Register(Registration),
    /// This phone has that number in a queue, instead of any it had in the same service.
    QueueUp {
        /// The queue.
        line: Line,
        /// The number that was drawn for it.
        number: u16,
    },
    /// This phone gives its place in a service's queue back.
    LeaveQueue {
        /// The service.
        service: String,
    },
    /// This chat speaks for the subscriber no longer. One that speaks for another phone is left alone.
    CutChat(SubscriberKey),
    /// The outside record is to be asked. A second time for the same is the first.
    Inquire(Box<Inquiry>),
    /// What the outside record was asked is answered, and told. If somebody else did that in the meantime,
    /// or it was asked anew, it is a conflict.
    Answered(Answered),
    /// A registration of this phone that waits stands from now on. A second one that stands for the same
    /// NIK is a conflict.
    Stand(Number),
    /// A seat is held no longer, booked, or given back.
    Appointment(AppointmentChange),
    /// An officer's row.
    Officer(OfficerChange),
    /// A change that is stored as another's than the phone's that made it: under this key.
    OnBehalf(SubscriberKey, Box<Change>),
    /// A case with this phone has answered.
    Exposure(ExposureChange),
    /// A change that staff can make as well.
    Desk(DeskChange),
}

impl Change {
    /// The ticket that it opens about a registration, if it does.
    pub fn checked(&mut self) -> Option<&mut NewTicket> {
        match self {
            Self::Desk(DeskChange::Open(ticket)) => {
                Some(&mut **ticket).filter(|ticket| ticket.body.check.is_some())
            }
            Self::OnBehalf(_, change) => change.checked(),
            _ => None,
        }
    }
}

/// A change that names whom it is about, whoever makes it: a turn, or somebody of the staff.
#[derive(Debug, Clone, PartialEq)]
pub enum DeskChange {
    /// A ticket.
    Open(Box<NewTicket>),
    /// A step of a ticket.
    Step(TicketStep),
    /// The record is corrected.
    Correct(Correction),
    /// Another phone may see a person.
    Acquaint(SubscriberKey, NikIndex),
    /// Another phone may no longer see a person.
    Estrange(SubscriberKey, NikIndex),
    /// Somebody came to an appointment.
    CheckIn(CheckIn),
    /// Staff call an appointment off. One that stands no longer is a conflict.
    CallOff(Ended),
    /// What is kept of a person is deleted, because of a ticket.
    Erase(NikIndex, Number),
    /// What a person agreed to by word of mouth holds no longer, nor do the registrations that rest on it.
    WithdrawHeard(NikIndex),
    /// A registration of that phone that waits stands from now on. One that does not wait is a conflict.
    Stand(Number, SubscriberKey),
    /// A registration of that phone that waits ends.
    Withdraw(Number, SubscriberKey),
    /// The outside record is to be asked.
    Inquire(Box<Inquiry>),
    /// An officer.
    Officer(OfficerAct),
    /// A row of the audit log.
    Audit(Act),
}

/// A correction of the record. What it was is named, and another value there by then is a conflict:
/// of two that correct at once, the second looks again.
#[derive(Clone, PartialEq)]
pub struct Correction {
    /// Whose.
    pub person: NikIndex,
    /// What.
    pub item: Item,
}

/// What is corrected, as it was and as it is from now on.
#[derive(Clone, PartialEq)]
pub enum Item {
    /// The name.
    Name(PersonName, PersonName),
    /// The birth date.
    Birth(Date, Date),
    /// The phone number.
    Phone(Option<Msisdn>, Option<Msisdn>),
}

impl fmt::Debug for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Correction").field("person", &self.person).finish_non_exhaustive()
    }
}

impl Correction {
    /// The person has this name.
    pub fn name(person: &Person, name: PersonName) -> Self {
        Self { person: person.index, item: Item::Name(person.name.clone(), name) }
    }

    /// The person was born on this day.
    pub fn birth(person: &Person, birth: Date) -> Self {
        Self { person: person.index, item: Item::Birth(person.birth, birth) }
    }

    /// The person has this phone.
    pub fn phone(person: &Person, phone: Option<Msisdn>) -> Self {
        Self { person: person.index, item: Item::Phone(person.phone.clone(), phone) }
    }

    /// The correction with all that goes along: the row of the log, and who may see the person. A
    /// number that is no longer theirs may be sold, so it does not.
    pub fn changes(self, vault: &Vault, ticket: Option<&Number>) -> Vec<DeskChange> {
        let person = self.person;
        let mut changes = Vec::new();
        let act = match &self.item {
            Item::Name(was, to) => Act::new(Deed::NameChanged).from_to(was.as_str(), to.as_str()),
            Item::Birth(was, to) => {
                Act::new(Deed::BirthChanged).from_to(&was.to_string(), &to.to_string())
            }
            Item::Phone(was, to) => {
                let key = |phone: &Msisdn| vault.subscriber_key(phone);
                changes.extend(was.as_ref().map(|of| DeskChange::Estrange(key(of), person)));
                changes.extend(to.as_ref().map(|of| DeskChange::Acquaint(key(of), person)));
                let text = |phone: &Option<Msisdn>| {
                    phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default()
                };
                Act::new(Deed::PhoneChanged).from_to(&text(was), &text(to))
            }
        };
        let act = Act { ticket: ticket.cloned(), ..act.about(Some(person)) };
        changes.push(DeskChange::Correct(self));
        changes.push(DeskChange::Audit(act));
        changes
    }
}
