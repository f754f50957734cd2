//! A registration that does not match the record, and that staff look at. Its ticket is opened with it, has
//! what was typed, and ends with it: it stands, or it ends with words that say why.
//!
//! - What was typed is kept as it was. Who sends other words for the same person has another ticket, which
//!   the former one is merged into, so that nobody decides about what is no longer wanted.
//! - What matches by now, because the record has changed, needs nobody ([`review`]). Whoever was refused a
//!   look-up is never found out about in this way: only staff end that wait.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Answered, Body, Category, NewTicket, Refused, Stepped, Ticket, TicketState, TicketStep,
};
use crate::{
    clock::Timestamp,
    identity::{Msisdn, PersonName, birth, name::Likeness},
    menu::catalogue::Sends,
    outbox::NoticeId,
    service::{
        Asking, Desk, Silence,
        audit::{Act, Deed, StaffName},
        inquiry::{ALREADY, CHECKED, Inquiry, Kind, Letter, VALID},
        number::Number,
        outside::Source,
        personal,
        record::{Change, Correction, DeskChange, Facts, Person, Waiting},
        registration::{self, Match, NUMBER, Typed},
    },
    vault::{NikIndex, Vault},
};

/// Why a registration is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The record had nobody of that NIK.
    NotListed,
    /// The record had the NIK with another name or birth date.
    Mismatch,
    /// The turn of the person's group came later.
    Later,
    /// The phone had looked up in vain too often, so nothing was compared.
    TooOften,
    /// An outside record did not take it.
    Refused,
}

impl Because {
    /// The word of lists and of the web.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotListed => "not_listed",
            Self::Mismatch => "mismatch",
            Self::Later => "later",
            Self::TooOften => "too_often",
            Self::Refused => "refused",
        }
    }

    /// Whether it may stand without staff once it matches. What an outside record did not take though it
    /// matched would come back again and again.
    fn ends_by_itself(self) -> bool {
        matches!(self, Self::NotListed | Self::Mismatch | Self::Later)
    }
}

/// What a ticket knows of the registration that it is about. Sealed with the rest of it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The number that the person was given.
    pub registration: Number,
    /// Why it is looked at.
    pub because: Because,
    /// All that was typed, and whom to tell; the engine knows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
}

impl Check {
    /// What was typed, and whom to tell, is kept with the ticket.
    pub fn ask(ticket: &mut NewTicket, letter: &Letter) {
        if let Some(check) = &mut ticket.body.check {
            check.letter = Some(letter.clone());
        }
    }

    /// Who is told what comes of it: at home, if an officer registered somebody who has a number there.
    pub fn reader(&self) -> Option<Msisdn> {
        let letter = self.letter.as_ref()?;
        let home = letter.behalf.as_ref().and_then(|behalf| behalf.tell());
        home.or_else(|| letter.phone())
    }
}

/// The longest word of why a registration ends: it is told in one text.
pub const LONGEST_REFUSAL: usize = 60;

const WIDE: [u8; LONGEST_REFUSAL] = [b'W'; LONGEST_REFUSAL];
const WIDEST: &str = match std::str::from_utf8(&WIDE) {
    Ok(wide) => wide,
    Err(_) => "",
};

/// A registration ended, and why.
pub const REFUSED: Sends = Sends {
    call: registration::SUBMIT.name,
    name: "registration_refused",
    gives: &[NUMBER, personal("why", WIDEST)],
};

/// What a ticket is opened about.
pub(in crate::service) struct ToCheck<'a> {
    pub typed: &'a Typed,
    pub name: &'a PersonName,
    pub registration: &'a Number,
    pub because: Because,
    /// So many of one phone; what was said to be looked at is.
    pub most: u32,
}

/// What comes of that.
pub(in crate::service) enum Checked {
    /// The phone has so many that it gets no more.
    Many,
    /// Staff look at just that already.
    Same,
    /// A ticket, and what goes along with it.
    Opened(Box<NewTicket>, Vec<Change>),
}

impl Desk {
    /// The ticket of a registration that does not match.
    pub(in crate::service) fn check(
        &self,
        asking: Asking<'_>,
        facts: &Facts,
        wanted: &ToCheck<'_>,
    ) -> Checked {
        let ToCheck { typed, name, registration, because, most } = *wanted;
        let person = self.vault.nik_index(&typed.nik);
        let body = Body { name: Some(name.as_str().to_owned()), ..Body::of(typed) };
        let words = |of: &Body| (of.nik.clone(), of.birth, of.name.clone());
        let former: Vec<&Ticket> = pending(asking, facts, person).collect();
        if former.iter().any(|ticket| words(&ticket.made.body) == words(&body)) {
            return Checked::Same;
        }
        if former.is_empty() && own(asking, facts).count() >= most as usize {
            return Checked::Many;
        }
        let number = Number::from_random(asking.random);
        let opened = Act::new(Deed::TicketOpened).about(Some(person)).ticket(&number);
        let mut changes = vec![Change::Desk(DeskChange::Audit(opened))];
        for ticket in former {
            let step = TicketStep {
                merged_into: Some(number.clone()),
                ..step_of(ticket, TicketState::Merged)
            };
            let act = act_of(ticket, Deed::TicketMerged);
            changes.extend([DeskChange::Step(step), DeskChange::Audit(act)].map(Change::Desk));
        }
        let hours = u64::from(self.tickets.due_hours);
        let check = Check { registration: registration.clone(), because, letter: None };
        let ticket = NewTicket {
            number,
            person: Some(person),
            category: Category::Registration,
            severity: None,
            onset: None,
            body: Body { check: Some(Box::new(check)), ..body },
            due: Some(asking.now.plus(std::time::Duration::from_secs(3600 * hours))),
            not_before: None,
        };
        Checked::Opened(Box::new(ticket), changes)
    }
}

/// The ticket of a registration that has waited since before there was one for each, and what goes along with
/// it. Why it waits nobody kept: whatever matches by now may be of a phone that was refused a look-up, or is what
/// an outside record did not take, so that staff look at it all the same.
pub fn of_waiting(
    desk: &Desk,
    asking: Asking<'_>,
    facts: &Facts,
    registration: &Number,
) -> Option<(Box<NewTicket>, Vec<Change>)> {
    let typed = Typed::of(asking)?;
    let name = PersonName::parse(asking.values.text("name")?).ok()?;
    let because = match registration::against(&typed, &name, asking.today, facts) {
        Match::NotListed => Because::NotListed,
        Match::Mismatch => Because::Mismatch,
        Match::Later(_) => Because::Later,
        _ if desk.source == Source::Outside => Because::Refused,
        _ => Because::TooOften,
    };
    let wanted = ToCheck { typed: &typed, name: &name, registration, because, most: u32::MAX };
    match desk.check(asking, facts, &wanted) {
        Checked::Opened(ticket, changes) => Some((ticket, changes)),
        Checked::Many | Checked::Same => None,
    }
}

/// The person has been registered, or is nobody's to look at any more: what is open about it ends.
pub(in crate::service) fn settled(
    asking: Asking<'_>,
    facts: &Facts,
    person: NikIndex,
) -> Vec<Change> {
    pending(asking, facts, person).flat_map(close).map(Change::Desk).collect()
}

/// The consent is taken back on which these rested, and nothing waits that staff could look at.
pub(in crate::service) fn withdrawn(asking: Asking<'_>, facts: &Facts) -> Vec<Change> {
    own(asking, facts).flat_map(close).map(Change::Desk).collect()
}

fn own<'f>(asking: Asking<'_>, facts: &'f Facts) -> impl Iterator<Item = &'f Ticket> {
    // What a number had that was silent too long is another's.
    let own = asking.silence == Silence::Short;
    facts.tickets.iter().filter(move |ticket| {
        own && ticket.state.is_pending() && ticket.made.category == Category::Registration
    })
}

fn pending<'f>(
    asking: Asking<'_>,
    facts: &'f Facts,
    person: NikIndex,
) -> impl Iterator<Item = &'f Ticket> {
    own(asking, facts).filter(move |ticket| ticket.made.person == Some(person))
}

/// What staff have to know when they decide.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Whom a ticket is about, as the record has them.
    pub person: Option<&'a Person>,
    /// The registration that waits, if it still does.
    pub waiting: Option<&'a Waiting>,
    /// Where the record is.
    pub source: Source,
}

impl<'a> About<'a> {
    /// What was read of a ticket.
    pub fn of(ticket: &Ticket, facts: &'a Facts, source: Source) -> Self {
        let check = ticket.made.body.check.as_ref();
        let own = |of: &&Waiting| check.is_some_and(|check| check.registration == of.number);
        let waiting = facts.waiting.iter().find(own);
        Self { person: facts.person.as_ref(), waiting, source }
    }
}

/// Staff find that it is this person. By change, the record gets what was typed; else what the record says is
/// right, and what was typed is not.
pub(super) fn accept(
    vault: &Vault,
    ticket: &Ticket,
    about: About<'_>,
    with: Answered,
    now: Timestamp,
) -> Result<Stepped, Refused> {
    let check = ticket.made.body.check.as_deref().ok_or(Refused::NoRegistration)?;
    about.waiting.ok_or(Refused::Over)?;
    let person = about.person.filter(|person| !person.blocked);
    if person.is_some_and(|person| person.registration.is_some()) {
        return Err(Refused::Registered);
    }
    if about.source == Source::Outside {
        if with == Answered::ByChange {
            return Err(Refused::Elsewhere);
        }
        let asks = ask_again(vault, ticket, check, person, now).ok_or(Refused::Over)?;
        return Ok(Stepped { changes: vec![asks], text: None });
    }
    let person = person.ok_or(Refused::NotListed)?;
    let mut changes = Vec::new();
    if with == Answered::ByChange {
        changes = correct(vault, ticket, person)?;
    }
    changes.extend(stand(vault, ticket, check, person));
    Ok(Stepped { changes, text: Some(VALID.name) })
}

/// The record gets name and birth date as they were typed. Where neither is what the record has, the NIK is
/// somebody else's, mistyped, and theirs is not written over: one of the two proves the other.
fn correct(vault: &Vault, ticket: &Ticket, person: &Person) -> Result<Vec<DeskChange>, Refused> {
    let body = &ticket.made.body;
    let (name, birth) = body.name().zip(body.birth).ok_or(Refused::NoChange)?;
    if birth != person.birth && person.name.compare(&name) == Likeness::Different {
        return Err(Refused::Neither);
    }
    let mut corrections = Vec::new();
    if name != person.name {
        corrections.push(Correction::name(person, name));
    }
    if birth != person.birth {
        corrections.push(Correction::birth(person, birth));
    }
    if corrections.is_empty() {
        return Err(Refused::NoChange);
    }
    let number = Some(&ticket.made.number);
    Ok(corrections.into_iter().flat_map(|of| of.changes(vault, number)).collect())
}

/// Staff find that it is not, and say why.
pub(super) fn refuse(ticket: &Ticket, about: About<'_>) -> Result<Stepped, Refused> {
    let waiting = about.waiting.ok_or(Refused::Over)?;
    let changes = vec![DeskChange::Withdraw(waiting.number.clone(), ticket.by)];
    Ok(Stepped { changes, text: Some(REFUSED.name) })
}

/// What has come of a registration without staff: it matches by now, or waits no longer. `None` if it is
/// theirs to look at.
pub fn review(
    vault: &Vault,
    ticket: &Ticket,
    facts: &Facts,
    source: Source,
    (now, today): (Timestamp, Date),
) -> Option<Stepped> {
    let body = &ticket.made.body;
    let check = body.check.as_deref()?;
    let done = |mut changes: Vec<DeskChange>, text| {
        changes.extend(close(ticket));
        Some(Stepped { changes, text })
    };
    let about = About::of(ticket, facts, source);
    let Some(waiting) = about.waiting else { return done(Vec::new(), None) };
    if check.because == Because::TooOften {
        return None;
    }
    let typed = Typed { nik: body.nik()?, birth: body.birth? };
    let accepted = || DeskChange::Audit(act_of(ticket, Deed::RegistrationAccepted));
    match registration::against(&typed, &body.name()?, today, facts) {
        Match::Eligible if !check.because.ends_by_itself() => None,
        Match::Eligible if source == Source::Outside => {
            let asks = ask_again(vault, ticket, check, None, now)?;
            done(vec![asks], None)
        }
        Match::Eligible => {
            let mut changes = stand(vault, ticket, check, about.person?);
            changes.push(accepted());
            done(changes, Some(VALID.name))
        }
        Match::Already(_) | Match::Elsewhere(_) => {
            let ends = DeskChange::Withdraw(waiting.number.clone(), ticket.by);
            done(vec![ends], Some(ALREADY.name))
        }
        Match::NotListed | Match::Mismatch | Match::Later(_) => None,
    }
}

/// It stands. The phone gets to know the person as it would have by registering; nobody whom an officer
/// registers is seen on a phone.
fn stand(vault: &Vault, ticket: &Ticket, check: &Check, person: &Person) -> Vec<DeskChange> {
    let mut changes = vec![DeskChange::Stand(check.registration.clone(), ticket.by)];
    let own = check.letter.as_ref().is_some_and(|letter| letter.behalf.is_none());
    let owner = person.phone.as_ref().map(|phone| vault.subscriber_key(phone));
    if own && owner.is_none_or(|owner| owner == ticket.by) {
        changes.push(DeskChange::Acquaint(ticket.by, person.index));
    }
    changes
}

/// The outside record is asked to take it, with what it says of the person itself. Its answer tells.
fn ask_again(
    vault: &Vault,
    ticket: &Ticket,
    check: &Check,
    person: Option<&Person>,
    now: Timestamp,
) -> Option<DeskChange> {
    let mut letter = check.letter.clone()?;
    letter.values.keep(CHECKED, ticket.made.number.as_str());
    if let Some(person) = person {
        letter.values.keep("name", person.name.as_str());
        letter.values.keep("birth_date", birth::show(person.birth));
    }
    let [a, b, c, d, e, f, g, h, ..] = *ticket.by.as_bytes();
    let random = u64::from_be_bytes([a, b, c, d, e, f, g, h]) ^ ticket.version.unsigned_abs();
    let inquiry = Inquiry {
        id: NoticeId::draw(now, random).as_i64(),
        kind: Kind::Register,
        by: vault.subscriber_key(&letter.phone()?),
        person: ticket.made.person?,
        letter,
        at: now,
        due: now,
    };
    Some(DeskChange::Inquire(Box::new(inquiry)))
}

/// It ends, and staff need not have seen it.
pub fn close(ticket: &Ticket) -> [DeskChange; 2] {
    let step = step_of(ticket, TicketState::Closed);
    [DeskChange::Step(step), DeskChange::Audit(act_of(ticket, Deed::TicketClosed))]
}

fn step_of(ticket: &Ticket, state: TicketState) -> TicketStep {
    TicketStep {
        number: ticket.made.number.clone(),
        was: ticket.version,
        state,
        staff: None,
        answer: None,
        merged_into: None,
    }
}

fn act_of(ticket: &Ticket, deed: Deed) -> Act {
    Act::new(deed).about(ticket.made.person).ticket(&ticket.made.number)
}

/// Who does what needs no staff, in the log.
pub fn nobody() -> StaffName {
    StaffName::parse("setara").unwrap_or_else(|_| unreachable!("a good name"))
}
