//! Tickets: what a menu cannot settle, and a person of the staff has to look at.
//!
//! Owns what a ticket is, the calls that open one and read one's own, and what staff may do with one
//! ([`step`]). A complaint (`complaint`) and a change that needs documents (`change`) both end here.
//!
//! - A ticket belongs to the phone that opened it, and only that phone reads it. Whom it is about is
//!   what was typed or picked; nobody has proved it, and staff are told so.
//! - Where the law sets a clock (UU 27/2022 art. 30: a correction within 3 x 24 hours, with the result
//!   told), a ticket has a time by which it is due.
//! - Who asks twice gets the number they were given, and a phone has a bounded number of open tickets.

mod check;
mod kind;
mod step;

use std::{fmt, time::Duration};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::check::{
    About, Because, Check, LONGEST_REFUSAL, REFUSED, close, nobody, of_waiting, review,
};
pub(super) use self::check::{Checked, ToCheck, settled, withdrawn};
pub use self::kind::{Category, Onset, Severity, TicketState};
pub use self::step::{Answered, Asked, Refused, Stepped, TicketStep, step};
use crate::{
    clock::Timestamp,
    identity::{Msisdn, Nik, PersonName, birth},
    menu::{
        catalogue::{Call, Effect, Given, List, Outcome, Privacy, Sends},
        state::Row,
    },
    service::{
        Asking, Decision, Desk, Note, Silence,
        audit::{Act, Deed},
        number::Number,
        open, personal,
        record::{Change, DeskChange, Facts},
        registration::Typed,
        status::visible,
    },
    vault::{NikIndex, SubscriberKey},
};

/// `[tickets]` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketRules {
    /// Hours within which the law wants a correction made (UU 27/2022 art. 30).
    pub due_hours: u32,
    /// Hours within which a severe reaction is looked at.
    pub severe_hours: u32,
    /// Hours before a lost number can be replaced by another.
    pub cooling_hours: u32,
    /// Hours before what is kept of a person can be deleted.
    pub erase_after_hours: u32,
    /// Open tickets of one phone.
    pub open_per_phone: u32,
    /// Registrations of one phone that staff look at.
    pub checks_per_phone: u32,
    /// Days between two corrections of one name that nobody looks at.
    pub name_days: u32,
}

/// What was written and asked for: sealed where it is kept.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Body {
    /// In the person's own words; of a withdrawal the number of the registration that ended.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Whom it is about, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nik: Option<String>,
    /// The birth date, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth: Option<Date>,
    /// The name that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone number that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The registration that is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Box<Check>>,
}

/// Somebody's words are not for logs.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

/// A ticket as a turn opens it. The phone is the turn's.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTicket {
    /// Its number, drawn at random; one that is taken is a conflict, and the turn runs again.
    pub number: Number,
    /// Whom it is about.
    pub person: Option<NikIndex>,
    /// What it is about.
    pub category: Category,
    /// How bad a reaction is.
    pub severity: Option<Severity>,
    /// When it began.
    pub onset: Option<Onset>,
    /// What was written.
    pub body: Body,
    /// When the law wants it answered.
    pub due: Option<Timestamp>,
    /// No change is made because of it any earlier.
    pub not_before: Option<Timestamp>,
}

/// A ticket as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// What it was opened with.
    pub made: NewTicket,
    /// The phone that opened it.
    pub by: SubscriberKey,
    /// When.
    pub opened: Timestamp,
    /// How it stands.
    pub state: TicketState,
    /// Who of the staff has it, or had it last.
    pub staff: Option<String>,
    /// What staff answered.
    pub answer: Option<String>,
    /// The ticket that has it all, if it was merged.
    pub merged_into: Option<Number>,
    /// Counts its writes.
    pub version: i64,
}

impl Ticket {
    /// Whether it ought to have been answered by now.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state.is_pending() && self.made.due.is_some_and(|due| due < now)
    }

    /// Whether its phone lists it. A registration that stands, or that other words took the place of, is
    /// told of elsewhere.
    fn is_listed(&self) -> bool {
        let check = self.made.category == Category::Registration;
        !check || self.state.is_pending() || self.answer.is_some()
    }

    /// The number that its phone knows it by.
    fn label(&self) -> &Number {
        self.made.body.check.as_ref().map_or(&self.made.number, |check| &check.registration)
    }
}

/// The most tickets that one phone lists, latest first.
pub const MOST_TICKETS: usize = 12;

/// A ticket's number, as shown.
pub(super) const TICKET: Given = open("ticket", "123 456 7890");
const ANSWER: Given = personal("answer", WIDEST_ANSWER);
const DUE: Given = open("due", "17-08-2021");
const FOUND: Given = open("tickets", "");

/// The longest answer of staff, in characters of the GSM basic table.
pub const LONGEST_ANSWER: usize = 160;

const WIDE: [u8; LONGEST_ANSWER] = [b'W'; LONGEST_ANSWER];
const WIDEST_ANSWER: &str = match std::str::from_utf8(&WIDE) {
    Ok(wide) => wide,
    Err(_) => "",
};

/// The tickets that `ticket.mine` found.
pub const TICKETS: List = List {
    name: "tickets",
    needs: &["tickets"],
    rows: |values| values.rows("tickets").to_vec(),
    longest: "123 456 7890",
    most: MOST_TICKETS,
    privacy: Privacy::Open,
};

/// Outcomes of every call that opens a ticket.
pub(super) const OPENED: Outcome =
    Outcome { name: "opened", means: "A ticket is open; here is its number.", gives: &[TICKET] };
pub(super) const MANY: Outcome = Outcome {
    name: "many",
    means: "The phone has so many open tickets that it gets no more.",
    gives: &[],
};

/// Opens a ticket of the category that the menu names; words and whom it is about are taken where the
/// category wants them.
pub const OPEN: Call = Call {
    name: "ticket.open",
    effect: Effect::Changes,
    needs: &["category"],
    outcomes: &[OPENED, MANY],
};

/// Lists the phone's own tickets.
pub const MINE: Call = Call {
    name: "ticket.mine",
    effect: Effect::Reads,
    needs: &[],
    outcomes: &[
        Outcome { name: "none", means: "The phone has no ticket.", gives: &[] },
        Outcome { name: "some", means: "Its tickets, to pick from.", gives: &[FOUND] },
    ],
};

/// How one of the phone's own tickets stands.
pub const READ: Call = Call {
    name: "ticket.read",
    effect: Effect::Reads,
    needs: &["ticket"],
    outcomes: &[
        Outcome { name: "open", means: "Nobody has taken it yet.", gives: &[] },
        Outcome { name: "open_by", means: "As open, and due by then.", gives: &[DUE] },
        Outcome { name: "taken", means: "Somebody works on it.", gives: &[] },
        Outcome { name: "taken_by", means: "As taken, and due by then.", gives: &[DUE] },
        Outcome { name: "late", means: "It ought to have been answered by now.", gives: &[] },
        Outcome { name: "answered", means: "It was answered.", gives: &[ANSWER] },
        Outcome { name: "closed", means: "It ended without an answer.", gives: &[] },
        Outcome {
            name: "merged",
            means: "It goes on in another one.",
            gives: &[open("other", TICKET.longest)],
        },
        Outcome { name: "gone", means: "This phone has no such ticket.", gives: &[] },
    ],
};

/// The ticket's number, to keep.
pub(super) const OPENED_TEXT: Sends =
    Sends { call: OPEN.name, name: "ticket_opened", gives: &[TICKET] };
/// What staff send: that there is an answer, that there is none, that another ticket has it all.
pub(super) const STAFF_TEXTS: [Sends; 3] = [
    Sends { call: OPEN.name, name: ANSWERED, gives: &[TICKET] },
    Sends { call: OPEN.name, name: CLOSED, gives: &[TICKET] },
    Sends { call: OPEN.name, name: MERGED, gives: &[TICKET, open("other", TICKET.longest)] },
];

/// Names of the texts that staff send (`[notice.*]`).
pub const ANSWERED: &str = "ticket_answered";
/// See [`ANSWERED`].
pub const CLOSED: &str = "ticket_closed";
/// See [`ANSWERED`].
pub const MERGED: &str = "ticket_merged";

pub(super) fn open_call(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let values = asking.values;
    let category = Category::parse(values.text("category")?)?;
    let mut body = Body::default();
    let mut person = None;
    // Of whom there was no proof the NIK is kept as typed. Whoever feels ill need not prove anything.
    let (picked, typed) = match values.text("about") {
        Some("typed") => (None, true),
        Some("nobody") => (None, false),
        _ => (visible(asking, facts).map(|person| person.index), false),
    };
    match category {
        Category::Certificate | Category::WrongData if !typed => person = picked,
        Category::Kipi => person = picked,
        Category::Other => {}
        // Of nobody whom the phone may not see.
        Category::Copy => person = Some(picked?),
        // What is done at once with it is done by `right`.
        Category::Erasure | Category::Withdrawal | Category::Registration => return None,
        Category::Certificate
        | Category::WrongData
        | Category::NikUsed
        | Category::Name
        | Category::Phone
        | Category::Identity => {
            person = desk.typed_person(asking);
            body = Body::of(&Typed::of(asking)?);
        }
    }
    // Of a certificate that is not there the record says all; but not to whoever went there in vain.
    let told = typed || values.text("about") == Some("told");
    if category != Category::Certificate || told {
        body.text = values.text("text").unwrap_or_default().to_owned();
    }
    let kipi = category == Category::Kipi;
    let reaction = |name: &str| values.text(name).filter(|_| kipi);
    let wanted = Wanted {
        person,
        category,
        severity: reaction("severity").and_then(Severity::parse),
        onset: reaction("onset").and_then(Onset::parse),
        body,
    };
    Some(desk.open_ticket(asking, facts, wanted))
}

pub(super) fn mine(asking: Asking<'_>, facts: &Facts) -> Decision {
    let row = |ticket: &Ticket| Row {
        id: ticket.made.number.as_str().to_owned(),
        label: ticket.label().to_string(),
    };
    let listed = facts.tickets.iter().filter(|ticket| ticket.is_listed());
    let rows: Vec<Row> = listed.take(MOST_TICKETS).map(row).collect();
    if rows.is_empty() || asking.silence == Silence::TooLong {
        return Decision::of("none");
    }
    let mut decision = Decision::of("some");
    decision.given.keep_rows("tickets", rows);
    decision
}

pub(super) fn read(desk: &Desk, asking: Asking<'_>, facts: &Facts) -> Option<Decision> {
    let number = Number::parse(asking.values.text("ticket")?).ok()?;
    let short = asking.silence == Silence::Short;
    let mut own = facts.tickets.iter().filter(|ticket| short && ticket.is_listed());
    let Some(ticket) = own.find(|ticket| ticket.made.number == number) else {
        return Some(Decision::of("gone"));
    };
    let by = |plain, dated| match ticket.made.due {
        _ if ticket.is_overdue(asking.now) => Decision::of("late"),
        Some(due) => Decision::of(dated).give(DUE.name, birth::show(due.date(desk.zone))),
        None => Decision::of(plain),
    };
    Some(match ticket.state {
        TicketState::Open => by("open", "open_by"),
        TicketState::Taken => by("taken", "taken_by"),
        TicketState::Answered => {
            Decision::of("answered").give("answer", ticket.answer.clone().unwrap_or_default())
        }
        TicketState::Closed => Decision::of("closed"),
        TicketState::Merged => match &ticket.merged_into {
            Some(other) => Decision::of("merged").give("other", other.to_string()),
            None => Decision::of("closed"),
        },
    })
}

/// A ticket that is wanted.
pub(super) struct Wanted {
    pub person: Option<NikIndex>,
    pub category: Category,
    pub severity: Option<Severity>,
    pub onset: Option<Onset>,
    pub body: Body,
}

impl Wanted {
    /// About somebody who was typed.
    pub(super) fn about(person: NikIndex, category: Category, body: Body) -> Self {
        Self { person: Some(person), category, severity: None, onset: None, body }
    }
}

impl Body {
    pub(super) fn of(typed: &Typed) -> Self {
        let nik = Some(typed.nik.as_str().to_owned());
        Self { nik, birth: Some(typed.birth), ..Self::default() }
    }

    /// The NIK that was typed.
    pub fn nik(&self) -> Option<Nik> {
        Nik::parse(self.nik.as_deref()?).ok()
    }

    /// The name that is wanted.
    pub fn name(&self) -> Option<PersonName> {
        PersonName::parse(self.name.as_deref()?).ok()
    }

    /// The phone number that is wanted.
    pub fn phone(&self) -> Option<Msisdn> {
        Msisdn::parse(self.phone.as_deref()?).ok()
    }
}

impl Desk {
    /// Opens a ticket, or says why not. The same thing asked twice is one ticket.
    pub(super) fn open_ticket(
        &self,
        asking: Asking<'_>,
        facts: &Facts,
        wanted: Wanted,
    ) -> Decision {
        let Wanted { person, category, severity, onset, body } = wanted;
        // What a number had that was silent too long is another's.
        let own = |ticket: &&Ticket| asking.silence == Silence::Short && ticket.state.is_pending();
        let pending = || facts.tickets.iter().filter(own);
        let same = pending().find(|ticket| {
            let made = &ticket.made;
            made.category == category && made.person == person && made.body == body
        });
        if let Some(same) = same {
            return told(Decision::of(OPENED.name), &same.made.number);
        }
        // What has ended has to be told on, however much else is open.
        let bounded = category != Category::Withdrawal;
        let asked = pending().filter(|ticket| ticket.made.category != Category::Registration);
        if bounded && asked.count() >= self.tickets.open_per_phone as usize {
            return Decision::of(MANY.name);
        }
        let hours =
            |hours: u32| Some(asking.now.plus(Duration::from_secs(3600 * u64::from(hours))));
        let due = match category {
            Category::Kipi => {
                hours(self.tickets.severe_hours).filter(|_| severity == Some(Severity::Severe))
            }
            Category::Other => None,
            _ => hours(self.tickets.due_hours),
        };
        let not_before = match category {
            Category::Phone => hours(self.tickets.cooling_hours),
            Category::Erasure => hours(self.tickets.erase_after_hours),
            _ => None,
        };
        let number = Number::from_random(asking.random);
        let decision = told(Decision::of(OPENED.name), &number);
        let act = Act::new(Deed::TicketOpened).about(person).ticket(&number);
        let ticket = NewTicket { number, person, category, severity, onset, body, due, not_before };
        decision
            .change(Change::Desk(DeskChange::Open(Box::new(ticket))))
            .change(Change::Desk(DeskChange::Audit(act)))
    }
}

fn told(decision: Decision, number: &Number) -> Decision {
    let note = Note::to_caller(OPENED_TEXT.name).give(TICKET.name, number.to_string());
    decision.give(TICKET.name, number.to_string()).note(note)
}
