//! *Data saya*: the rights of a person over their data (UU 27/2022): what is kept of them (art. 7), who
//! looked at it (art. 32), what was agreed to and its end (art. 9, 40), and its end altogether (art. 8,
//! 43). Corrections are the business of `change`.
//!
//! Every call is about somebody who was proved in this very conversation, by NIK and birth date, from a
//! phone that is tied to them (`change.prove`).
//!
//! - **Consent** belongs to the phone that gave it, as long as whoever gave it has that phone ([`Parting`]).
//!   Its end is at once: registrations and appointments
//!   that were made from the phone end, nobody waits for a place because of it, nothing reminds, no
//!   broadcast goes there any more. Doses that were given stay: the law has them kept, whoever agrees.
//!   What an officer heard belongs to the person. `consent` has what needs nobody proved, and that.
//! - **Deletion** is a ticket, because what is gone cannot be brought back: the registered number is told,
//!   staff cannot do it before a cooling-off, and until it is done anybody who proves the person can
//!   take it back. What goes and what stays is said by `store::erase`.

pub(super) mod consent;

use std::{collections::BTreeSet, time::Duration};

use crate::{
    clock::Timestamp,
    identity::birth,
    menu::catalogue::{Call, Effect, Given, Outcome, Sends},
    outbox::Class,
    service::{
        Asking, Decision, Desk, Note,
        appointment::{Booked, cancelled},
        audit::{Act, Deed},
        number::Number,
        open,
        outside::Source,
        person::PROVED,
        personal, picked_person,
        record::{Change, DeskChange, Facts, Need, Person},
        ticket::{
            self, Body, Category, MANY, OPENED, TICKET, Ticket, TicketState, TicketStep, Wanted,
        },
    },
    vault::{NikIndex, SubscriberKey},
};

/// What a call reads about the rights of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RightNeed {
    /// Whose; nobody's, where only the phone's own matter.
    pub person: Option<NikIndex>,
    /// The phone that asks.
    pub by: SubscriberKey,
    /// Looks before then are not read.
    pub since: Timestamp,
}

/// What was read about the rights of a person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RightFacts {
    /// What the phone agreed to, latest first.
    pub consents: Vec<Consent>,
    /// What the person agreed to by word of mouth and has not taken back, latest first.
    pub heard: Vec<Consent>,
    /// Registrations that rest on that.
    pub assisted: Vec<(NikIndex, Number)>,
    /// Registrations that were made from the phone, oldest first: whose, and their numbers.
    pub registered: Vec<(NikIndex, Number)>,
    /// Appointments that were made from the phone and stand.
    pub booked: Vec<Booked>,
    /// Phones that may see the person.
    pub phones: u32,
    /// Who looked at the person, latest first.
    pub looks: Vec<Look>,
    /// The deletion that was asked for, and not done yet.
    pub erasure: Option<Ticket>,
    /// What staff still have to look at of the registrations that rest on what was heard.
    pub checks: Vec<Ticket>,
}

/// What was agreed to by a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// That data is processed for vaccination.
    Service,
    /// That contacts of a case are told (`exposure`, which has a screen of its own for it).
    Exposure,
}

impl Purpose {
    /// The word in the database, and in what is written out for the person.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Exposure => "exposure",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Service, Self::Exposure].into_iter().find(|of| of.as_str() == word)
    }
}

/// Why a consent ended that nobody took back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parting {
    /// The number was silent so long that it may have been sold.
    Silent,
    /// The phone knows nobody any more: whoever gave it has another, or was let go of.
    Left,
}

impl Parting {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Left => "left",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Silent, Self::Left].into_iter().find(|of| of.as_str() == word)
    }
}

/// Something that a phone agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// To what.
    pub purpose: Purpose,
    /// The version of the text.
    pub version: String,
    /// Over which channel.
    pub channel: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Since when it is so no longer.
    pub withdrawn: Option<Timestamp>,
    /// Why, if nobody took it back. It was then given by whoever had the phone before, as far as we know.
    pub parted: Option<Parting>,
}

/// Somebody who looked at a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// What they saw.
    pub deed: Deed,
    /// The phone that looked; none if it was staff, or anybody on a page.
    pub phone: Option<SubscriberKey>,
    /// When.
    pub at: Timestamp,
}

/// The kinds of those who look, as the person is told: nobody's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Looker {
    /// The number that the record has of the person, or the one that asks.
    Own,
    /// Another phone.
    Other,
    /// Staff, and officers.
    Staff,
    /// Whoever was shown a certificate.
    Checker,
}

impl Look {
    /// Of which kind it was, for whom these phones are their own.
    pub fn looker(&self, own: &[SubscriberKey]) -> Looker {
        match self.phone {
            _ if self.deed == Deed::CertificateChecked => Looker::Checker,
            _ if self.deed.is_officers() => Looker::Staff,
            None => Looker::Staff,
            Some(phone) if own.contains(&phone) => Looker::Own,
            Some(_) => Looker::Other,
        }
    }
}

const WIDEST_DAY: &str = "17-08-2021";
const WIDEST_COUNT: &str = "999+";
const DAY: Given = open("consent_day", WIDEST_DAY);

/// How far back who looked is told. The log itself is kept for longer (`[retention]`).
const TOLD_FOR: Duration = Duration::from_secs(90 * 86_400);

/// What is kept of the person.
pub const KEPT: Call = Call {
    name: "right.kept",
    effect: Effect::Reads,
    needs: &["person"],
    outcomes: &[Outcome {
        name: "kept",
        means: "What is kept, in numbers.",
        gives: &[
            personal("doses", "3"),
            personal("registration", "123 456 7890"),
            personal("phones", WIDEST_COUNT),
            personal("appointments", WIDEST_COUNT),
        ],
    }],
};

/// Who looked at the person, by kind: how often, and when last.
pub const LOOKS: Call = Call {
    name: "right.looks",
    effect: Effect::Reads,
    needs: &["person"],
    outcomes: &[Outcome {
        name: "looks",
        means: "How often each kind of looker looked, and the day they last did.",
        gives: &[
            personal("own", WIDEST_COUNT),
            personal("own_last", WIDEST_DAY),
            personal("other", WIDEST_COUNT),
            personal("other_last", WIDEST_DAY),
            personal("staff", WIDEST_COUNT),
            personal("staff_last", WIDEST_DAY),
            personal("checks", WIDEST_COUNT),
            personal("checks_last", WIDEST_DAY),
            open("since", WIDEST_DAY),
        ],
    }],
};

const NEVER: Outcome = Outcome { name: "none", means: "It never agreed to anything.", gives: &[] };
const VERSION: Given = open("consent_version", "2022-11-W");
/// What is read aloud has versions of its own.
const HEARD_VERSION: Given = open("heard_version", "2022-11-lisan");
const GIVEN: Outcome =
    Outcome { name: "given", means: "It did: to which text, and when.", gives: &[VERSION, DAY] };
const TAKEN_BACK: Outcome =
    Outcome { name: "withdrawn", means: "It did, and took it back.", gives: &[DAY] };

/// What this phone agreed to, so that it can use the service, or what an officer heard the person agree to. A
/// case's yes or no has nothing to do with it.
pub const CONSENT: Call = Call {
    name: "right.consent",
    effect: Effect::Reads,
    needs: &["person"],
    outcomes: &[
        NEVER,
        GIVEN,
        TAKEN_BACK,
        Outcome {
            name: "heard",
            means: "Whatever the phone did: an officer heard the person agree, to which text and when.",
            gives: &[HEARD_VERSION, DAY],
        },
    ],
};

/// Whether what this phone agreed to is the text whose version the menu names: whoever agreed to former words
/// is shown those.
pub const TEXT: Call = Call {
    name: "right.text",
    effect: Effect::Reads,
    needs: &["person", "consent"],
    outcomes: &[
        Outcome { name: "current", means: "That text is it.", gives: &[] },
        Outcome { name: "former", means: "It is one that came before.", gives: &[] },
    ],
};

/// Takes back what this phone agreed to.
pub const WITHDRAW: Call = Call {
    name: "right.withdraw",
    effect: Effect::Changes,
    needs: &["person"],
    outcomes: &[ENDED, REPORTED],
};

const ENDED: Outcome =
    Outcome { name: "withdrawn", means: "All that rested on it has ended.", gives: &[] };
const REPORTED: Outcome = Outcome {
    name: "reported",
    means: "As withdrawn; staff tell whoever keeps the record, by a ticket.",
    gives: &[TICKET],
};

const PENDING: Outcome =
    Outcome { name: "pending", means: "It was asked for, and is not done yet.", gives: &[TICKET] };

/// Whether the deletion of what is kept of the person was asked for.
pub const ERASURE: Call = Call {
    name: "right.erasure",
    effect: Effect::Reads,
    needs: &["person"],
    outcomes: &[
        Outcome { name: "none", means: "Nobody asked for it, or it is done.", gives: &[] },
        PENDING,
    ],
};

/// Asks for the deletion of what is kept of the person.
pub const ERASE: Call = Call {
    name: "right.erase",
    effect: Effect::Changes,
    needs: &["person"],
    outcomes: &[OPENED, PENDING, MANY],
};

/// Takes that back.
pub const KEEP: Call = Call {
    name: "right.keep",
    effect: Effect::Changes,
    needs: &["person"],
    outcomes: &[
        Outcome { name: "kept", means: "Nothing will be deleted.", gives: &[] },
        Outcome { name: "gone", means: "No deletion is waiting.", gives: &[] },
    ],
};

/// That consent was taken back, and what ended.
pub(super) const WITHDRAWN_TEXT: Sends =
    Sends { call: WITHDRAW.name, name: "consent_withdrawn", gives: &[] };
/// To the registered number: a deletion was asked for, and how to object.
pub(super) const ERASURE_TEXT: Sends =
    Sends { call: ERASE.name, name: "erasure_asked", gives: &[TICKET] };
/// To the registered number: nothing will be deleted.
pub(super) const KEPT_TEXT: Sends =
    Sends { call: KEEP.name, name: "erasure_undone", gives: &[TICKET] };

pub(super) fn need(asking: Asking<'_>) -> Need {
    let person = picked_person(asking.values);
    let since = asking.now.minus(TOLD_FOR);
    Need {
        person,
        rights: person.map(|_| RightNeed { person, by: asking.subscriber, since }),
        tickets: Some(asking.subscriber),
        appointment: Some(super::appointment::of_person(asking)),
        ..Need::default()
    }
}

/// The person picked, proved in this conversation.
fn proved<'f>(asking: Asking<'_>, facts: &'f Facts) -> Option<&'f Person> {
    let picked = picked_person(asking.values)?;
    let now = asking.values.text(PROVED.name) == Some(&picked.to_hex());
    facts.person.as_ref().filter(|person| now && !person.blocked)
}

pub(super) fn kept(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = proved(asking, facts)?;
    let registration = person.registration.as_ref().map(|of| of.number.to_string());
    Some(
        Decision::of("kept")
            .give("doses", person.doses.len().to_string())
            .give("registration", registration.unwrap_or_else(|| "-".to_owned()))
            .give("phones", count(facts.rights.phones as usize))
            .give("appointments", count(facts.appointment.booked.len())),
    )
}

pub(super) fn looks(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = proved(asking, facts)?;
    let registered = person.phone.as_ref().map(|phone| desk.vault.subscriber_key(phone));
    let own: Vec<SubscriberKey> = registered.into_iter().chain([asking.subscriber]).collect();
    let day = |at: Timestamp| birth::show(at.date(desk.zone));
    let kinds = [
        (Looker::Own, "own", "own_last"),
        (Looker::Other, "other", "other_last"),
        (Looker::Staff, "staff", "staff_last"),
        (Looker::Checker, "checks", "checks_last"),
    ];
    let mut decision = Decision::of("looks").give("since", day(asking.now.minus(TOLD_FOR)));
    for (kind, times, last) in kinds {
        let of_kind = || facts.rights.looks.iter().filter(|look| look.looker(&own) == kind);
        let latest = of_kind().map(|look| look.at).max();
        decision = decision
            .give(times, count(of_kind().count()))
            .give(last, latest.map_or_else(|| "-".to_owned(), day));
    }
    Some(decision)
}

/// A number that fits its place.
fn count(of: usize) -> String {
    if of > 999 { WIDEST_COUNT.to_owned() } else { of.to_string() }
}

pub(super) fn consent(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    proved(asking, facts)?;
    Some(match facts.rights.heard.first() {
        Some(heard) => agreed(desk, "heard", HEARD_VERSION, heard),
        None => of_phone(desk, facts),
    })
}

fn of_phone(desk: &Desk, facts: &Facts) -> Decision {
    match latest(facts) {
        None => Decision::of(NEVER.name),
        Some(latest) => match latest.withdrawn {
            Some(at) => {
                Decision::of(TAKEN_BACK.name).give(DAY.name, birth::show(at.date(desk.zone)))
            }
            None => agreed(desk, GIVEN.name, VERSION, latest),
        },
    }
}

fn agreed(desk: &Desk, outcome: &'static str, version: Given, consent: &Consent) -> Decision {
    Decision::of(outcome)
        .give(version.name, consent.version.as_str())
        .give(DAY.name, birth::show(consent.at.date(desk.zone)))
}

fn latest(facts: &Facts) -> Option<&Consent> {
    // What somebody else may have said with this number is nobody's to see.
    let own = |of: &&Consent| of.purpose == Purpose::Service && of.parted.is_none();
    facts.rights.consents.iter().find(own)
}

pub(super) fn text(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    proved(asking, facts)?;
    let named = asking.values.text("consent")?;
    let former = latest(facts).is_some_and(|of| of.version != named);
    Some(Decision::of(if former { "former" } else { "current" }))
}

pub(super) fn withdraw(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = proved(asking, facts)?;
    Some(ended(desk, asking, facts, Some(person.index)).note(Note::to_caller(WITHDRAWN_TEXT.name)))
}

/// What the phone agreed to ends, with all that rested on it, and that is logged of each whom it concerns:
/// who was proved, and whoever was registered or booked for from the phone.
fn ended(desk: &Desk, asking: Asking<'_>, facts: &Facts, proved: Option<NikIndex>) -> Decision {
    let RightFacts { registered, booked, .. } = &facts.rights;
    let decision = reported(desk, asking, facts, registered);
    let decision = booked.iter().map(cancelled).fold(decision, Decision::change);
    let decision = decision.change(Change::WithdrawConsent).change(Change::RefuseBroadcasts);
    let checks = ticket::withdrawn(asking, facts);
    let decision = checks.into_iter().fold(decision, Decision::change);
    let of_registered = registered.iter().map(|(person, _)| *person);
    let of_booked = booked.iter().map(|booked| booked.person);
    let persons: BTreeSet<NikIndex> =
        proved.into_iter().chain(of_registered).chain(of_booked).collect();
    let nobody = persons.is_empty().then_some(None);
    let rows = persons.into_iter().map(Some).chain(nobody).map(withdrawn);
    rows.fold(decision, Decision::change)
}

/// The row of the log.
fn withdrawn(person: Option<NikIndex>) -> Change {
    let act = Act::new(Deed::ConsentWithdrawn).about(person);
    Change::Desk(DeskChange::Audit(act))
}

/// What is answered to whoever takes a consent back on which these registrations rested.
fn reported(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
    registered: &[(NikIndex, Number)],
) -> Decision {
    match desk.source {
        Source::Outside => report(desk, asking, facts, registered),
        Source::Embedded => Decision::of(ENDED.name),
    }
}

/// With the record elsewhere, staff see to it that what was sent there ends, too: a ticket for each who was
/// registered, with the number that the record knows, for nothing here tells it afterwards. Whoever
/// asks is told the number of the first.
fn report(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
    registered: &[(NikIndex, Number)],
) -> Decision {
    /// Odd, so that no two numbers of a turn are drawn from one random value.
    const APART: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut all: Option<Decision> = None;
    for (nth, (person, number)) in (0..).zip(registered) {
        let random = asking.random.wrapping_add(APART.wrapping_mul(nth));
        let body = Body { text: number.to_string(), ..Body::default() };
        let wanted = Wanted::about(*person, Category::Withdrawal, body);
        let opened = desk.open_ticket(Asking { random, ..asking }, facts, wanted);
        all = Some(match all {
            Some(all) => opened.changes.into_iter().fold(all, Decision::change),
            None => Decision { outcome: REPORTED.name, notes: Vec::new(), ..opened },
        });
    }
    all.unwrap_or_else(|| Decision::of(ENDED.name))
}

pub(super) fn erasure(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    proved(asking, facts)?;
    let pending = facts.rights.erasure.as_ref();
    Some(pending.map_or_else(|| Decision::of("none"), is_pending))
}

fn is_pending(ticket: &Ticket) -> Decision {
    Decision::of(PENDING.name).give(TICKET.name, ticket.made.number.to_string())
}

pub(super) fn erase(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = proved(asking, facts)?;
    if let Some(pending) = &facts.rights.erasure {
        return Some(is_pending(pending));
    }
    let wanted = Wanted::about(person.index, Category::Erasure, Body::default());
    let mut decision = desk.open_ticket(asking, facts, wanted);
    let number = decision.given.text(TICKET.name).map(str::to_owned);
    if let (Some(number), false) = (number, decision.changes.is_empty()) {
        decision.notes = vec![to_registered(person, ERASURE_TEXT.name, number)];
    }
    Some(decision)
}

pub(super) fn keep(asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let person = proved(asking, facts)?;
    let Some(pending) = &facts.rights.erasure else { return Some(Decision::of("gone")) };
    let number = &pending.made.number;
    let step = TicketStep {
        number: number.clone(),
        was: pending.version,
        state: TicketState::Closed,
        staff: None,
        answer: None,
        merged_into: None,
    };
    let act = Act::new(Deed::TicketClosed).about(Some(person.index)).ticket(number);
    Some(
        Decision::of("kept")
            .change(Change::Desk(DeskChange::Step(step)))
            .change(Change::Desk(DeskChange::Audit(act)))
            .note(to_registered(person, KEPT_TEXT.name, number.to_string())),
    )
}

/// To the registered number, from staff: it was done.
pub(super) const ERASED_TEXT: Sends = Sends { call: ERASE.name, name: ERASED_NOTICE, gives: &[] };

/// The text that says that a person's data was deleted (`[notice.*]`).
pub const ERASED_NOTICE: &str = "data_erased";

/// A note to the number that the record has, whoever asks; to whoever asks, if it has none.
fn to_registered(person: &Person, text: &'static str, number: String) -> Note {
    let note = match &person.phone {
        Some(phone) => Note::to(text, Class::Reply, phone.clone()),
        None => Note::to_caller(text),
    };
    note.give(TICKET.name, number)
}
