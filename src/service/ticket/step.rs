//! What staff may do with a ticket. Pure: the ticket and the person as they are go in, what is to be
//! written comes out; the store refuses it if somebody was faster.

use thiserror::Error;

use crate::{
    clock::Timestamp,
    service::{
        audit::{Act, Deed, StaffName},
        number::Number,
        record::{Correction, DeskChange, Person},
        ticket::{
            ANSWERED, About, CLOSED, Category, LONGEST_ANSWER, LONGEST_REFUSAL, MERGED, Ticket,
            TicketState, check,
        },
    },
    text::gsm7,
    vault::Vault,
};

/// What somebody of the staff wants to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Work on it.
    Take,
    /// Answer it.
    Answer {
        /// The answer.
        text: String,
        /// Whether the record is changed as the ticket asks.
        with: Answered,
    },
    /// Let the registration stand that it is about.
    Accept {
        /// Whether the record gets what was typed.
        with: Answered,
    },
    /// End it without an answer.
    Close,
    /// Let another ticket have it all.
    Merge {
        /// That one, which nobody has ended.
        into: Box<Ticket>,
    },
}

/// Whether an answer changes the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It is words only.
    InWords,
    /// It makes the change that the ticket asks for.
    ByChange,
}

/// What is to be written, and which text says so to the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Stepped {
    /// What changes.
    pub changes: Vec<DeskChange>,
    /// The text of the menu, if there is anything to say.
    pub text: Option<&'static str>,
}

/// A step of a ticket, as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketStep {
    /// The ticket.
    pub number: Number,
    /// The version that was read; another one in the database is a conflict.
    pub was: i64,
    /// How it stands from now on.
    pub state: TicketState,
    /// Who of the staff did it; nobody if the person did.
    pub staff: Option<StaffName>,
    /// The answer.
    pub answer: Option<String>,
    /// The ticket that has it all.
    pub merged_into: Option<Number>,
}

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// It has ended.
    #[error("the ticket is {} already", .0.as_str())]
    Ended(TicketState),
    /// Somebody else works on it.
    #[error("{0} has taken the ticket")]
    Others(String),
    /// No change is made because of it yet: whoever has the old number can still object.
    #[error("that can be done in {} minutes: whoever it concerns may object until then", .0)]
    Cooling(u64),
    /// The ticket asks for no change.
    #[error("the ticket asks for no change that can be made; answer in words")]
    NoChange,
    /// NIK and birth date that were typed are nobody's.
    #[error("NIK and birth date of the ticket are of nobody in the record")]
    Nobody,
    /// An answer that no phone shows.
    #[error("an answer has 1 to {LONGEST_ANSWER} letters that every phone has")]
    Words,
    /// It would go on in itself, or in one that has ended.
    #[error("it can be merged only into another ticket that nobody has ended")]
    Into,
    /// It is about no registration.
    #[error("only a registration is accepted; answer this ticket")]
    NoRegistration,
    /// Somebody waits for what comes of it.
    #[error("somebody waits to be registered: accept it, or answer in words that say why not")]
    Waits,
    /// Why a registration ends does not fit its text.
    #[error("why a registration ends has 1 to {LONGEST_REFUSAL} letters that every phone has")]
    Why,
    /// Nothing waits any more.
    #[error("the registration does not wait any longer; close the ticket")]
    Over,
    /// The record has nobody to register.
    #[error("the record has nobody of that NIK: enter the person there first")]
    NotListed,
    /// Somebody else has registered the person.
    #[error("the person is registered already; answer in words that say so")]
    Registered,
    /// That may be somebody else.
    #[error(
        "the record has another name and another birth date: it may be somebody else's NIK; \
         correct one of them there first, or accept without a change"
    )]
    Neither,
    /// An outside record is corrected there.
    #[error("the record is kept elsewhere: correct it there first, then accept without a change")]
    Elsewhere,
}

/// What comes of a step.
///
/// # Errors
/// See [`Refused`].
pub fn step(
    vault: &Vault,
    ticket: &Ticket,
    about: About<'_>,
    asked: &Asked,
    staff: &StaffName,
    now: Timestamp,
) -> Result<Stepped, Refused> {
    if !ticket.state.is_pending() {
        return Err(Refused::Ended(ticket.state));
    }
    let other = ticket.staff.as_deref().filter(|other| *other != staff.as_str());
    // Whoever takes it takes it over, and that is in the log; but nobody ends another's work by chance.
    if let (Some(other), TicketState::Taken, false) =
        (other, ticket.state, matches!(asked, Asked::Take))
    {
        return Err(Refused::Others(other.to_owned()));
    }
    let number = &ticket.made.number;
    let mut step = TicketStep {
        number: number.clone(),
        was: ticket.version,
        state: ticket.state,
        staff: Some(staff.clone()),
        answer: None,
        merged_into: None,
    };
    let mut changes = Vec::new();
    let is_check = ticket.made.category == Category::Registration;
    let (deed, text) = match asked {
        Asked::Take => {
            step.state = TicketState::Taken;
            (Deed::TicketTaken, None)
        }
        Asked::Answer { text, with } => {
            let words = text.trim();
            let fits = |most| gsm7::count(words).is_ok_and(|count| count <= most);
            step.state = TicketState::Answered;
            step.answer = Some(words.to_owned());
            if is_check {
                if *with == Answered::ByChange {
                    return Err(Refused::Waits);
                }
                if words.is_empty() || !fits(LONGEST_REFUSAL) {
                    return Err(Refused::Why);
                }
                let refused = check::refuse(ticket, about)?;
                changes = refused.changes;
                (Deed::RegistrationRefused, refused.text)
            } else {
                if words.is_empty() || !fits(LONGEST_ANSWER) {
                    return Err(Refused::Words);
                }
                if *with == Answered::ByChange {
                    changes = change(vault, ticket, about.person, now)?;
                }
                (Deed::TicketAnswered, Some(ANSWERED))
            }
        }
        Asked::Accept { with } => {
            let accepted = check::accept(vault, ticket, about, *with, now)?;
            changes = accepted.changes;
            step.state = TicketState::Answered;
            (Deed::RegistrationAccepted, accepted.text)
        }
        Asked::Close | Asked::Merge { .. } if is_check && about.waiting.is_some() => {
            return Err(Refused::Waits);
        }
        // Nothing waits, so nobody does.
        Asked::Close if is_check => {
            step.state = TicketState::Closed;
            (Deed::TicketClosed, None)
        }
        Asked::Close => {
            step.state = TicketState::Closed;
            (Deed::TicketClosed, Some(CLOSED))
        }
        Asked::Merge { into } => {
            if into.made.number == *number || !into.state.is_pending() {
                return Err(Refused::Into);
            }
            step.state = TicketState::Merged;
            step.merged_into = Some(into.made.number.clone());
            // A phone that does not have the other ticket could not read it.
            let text = if into.by == ticket.by { MERGED } else { CLOSED };
            (Deed::TicketMerged, Some(text))
        }
    };
    changes.push(DeskChange::Step(step));
    changes.push(DeskChange::Audit(Act::new(deed).about(ticket.made.person).ticket(number)));
    Ok(Stepped { changes, text })
}

/// The change that a ticket asks for.
fn change(
    vault: &Vault,
    ticket: &Ticket,
    person: Option<&Person>,
    now: Timestamp,
) -> Result<Vec<DeskChange>, Refused> {
    if let Some(until) = ticket.made.not_before.filter(|until| *until > now) {
        return Err(Refused::Cooling(until.since(now).as_secs().div_ceil(60)));
    }
    if let (Category::Erasure, Some(of)) = (ticket.made.category, ticket.made.person) {
        let number = &ticket.made.number;
        let act = Act::new(Deed::DataErased).about(Some(of)).ticket(number);
        return Ok(vec![DeskChange::Erase(of, number.clone()), DeskChange::Audit(act)]);
    }
    let body = &ticket.made.body;
    let (name, phone) = (body.name(), body.phone());
    if name.is_none() && phone.is_none() {
        return Err(Refused::NoChange);
    }
    let known = person.filter(|person| Some(person.birth) == body.birth && !person.blocked);
    let person = known.ok_or(Refused::Nobody)?;
    let mut changes = Vec::new();
    if let Some(name) = name {
        changes.extend(Correction::name(person, name).changes(vault, Some(&ticket.made.number)));
    }
    if let Some(phone) = phone {
        let correction = Correction::phone(person, Some(phone));
        changes.extend(correction.changes(vault, Some(&ticket.made.number)));
    }
    Ok(changes)
}
