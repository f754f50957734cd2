//! What a notice of a breach needs (UU 27/2022 art. 46, within 3 x 24 hours): which data, when and how,
//! and whom it concerns. It is read from the audit log for a window of time; what was done about the
//! breach is for people to write.

use std::{collections::BTreeMap, fmt::Write as _, io};

use serde::Serialize;
use thiserror::Error;

use crate::{
    clock::{self, Timestamp},
    service::{
        audit::{Act, Deed, Doer, StaffName},
        record::{Need, Person},
    },
    store::{CommitError, Store, StoreError, Tally},
};

/// People that are read at a time.
const PIECE: u32 = 1000;

/// Reports of breaches.
#[derive(Debug, Clone)]
pub struct Breaches {
    store: Store,
}

/// From a moment on, and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From then on.
    pub from: Timestamp,
    /// Before then.
    pub to: Timestamp,
}

/// What was seen and changed in a window. It names nobody but accounts of the staff.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// RFC 3339.
    pub from: String,
    /// RFC 3339.
    pub to: String,
    /// How many people it concerns.
    pub persons: u64,
    /// Which classes of data, and how often each was seen or changed.
    pub data: BTreeMap<String, u64>,
    /// What was done, by whom.
    pub acts: Vec<Done>,
}

/// Something that was done in the window.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// The word of the audit log.
    pub act: String,
    /// `look`, or `change`.
    pub kind: String,
    /// `phone`, `staff` (an officer, where a channel is told), or `anybody` on a page.
    pub by: String,
    /// Over which channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Which account of the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// How often.
    pub times: u64,
    /// How many people it concerned.
    pub persons: u64,
    /// Which classes of data.
    pub data: Vec<String>,
}

/// How many people were listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listed {
    /// Of whom a number is known.
    pub reachable: u64,
    /// Who have to be told in another way.
    pub unreachable: u64,
}

/// Why there is no report.
#[derive(Debug, Error)]
pub enum BreachError {
    /// It ends before it begins.
    #[error("a window ends after it begins")]
    Window,
    /// The list could not be written.
    #[error("the list could not be written")]
    Write(#[from] io::Error),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Breaches {
    /// Those of a database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// What was seen and changed in a window.
    ///
    /// # Errors
    /// See [`BreachError`].
    pub async fn report(&self, window: Window) -> Result<Report, BreachError> {
        let Window { from, to } = window.check()?;
        let (tallies, persons) = self.store.done_between(from, to).await?;
        let acts: Vec<Done> = tallies.into_iter().map(Done::of).collect();
        let mut data = BTreeMap::new();
        for act in &acts {
            for class in &act.data {
                *data.entry(class.clone()).or_default() += act.times;
            }
        }
        Ok(Report { from: from.to_rfc3339(), to: to.to_rfc3339(), persons, data, acts })
    }

    /// Writes the people whom a window concerns as a list that a campaign takes (`phone,name`), so that
    /// they can be told. That somebody had the list is logged before its first row is there.
    ///
    /// # Errors
    /// See [`BreachError`].
    pub async fn list(
        &self,
        window: Window,
        staff: &StaffName,
        out: &mut (impl io::Write + Send),
    ) -> Result<Listed, BreachError> {
        let Window { from, to } = window.check()?;
        let (since, until) = (from.to_rfc3339(), to.to_rfc3339());
        let act = Act::new(Deed::BreachListed).from_to(&since, &until);
        let logged = self.store.log(&act, Doer::Staff(staff.clone()), clock::now()).await;
        logged.map_err(|error| match error {
            CommitError::Unavailable(error) => error,
            CommitError::Conflict => StoreError::Unreadable("audit"),
        })?;
        writeln!(out, "phone,name")?;
        let (mut listed, mut after) = (Listed::default(), None);
        loop {
            let piece = self.store.concerned_between((from, to), after, PIECE).await?;
            let Some(last) = piece.last() else { return Ok(listed) };
            after = Some(*last);
            let need = |person| Need { person: Some(person), ..Need::default() };
            let needs: Vec<Need> = piece.into_iter().map(need).collect();
            let mut batch = self.store.begin().await?;
            let facts = batch.facts(&needs).await?;
            batch.rollback().await?;
            for person in facts.into_iter().map(|facts| facts.person) {
                match person.as_ref().and_then(row) {
                    Some(row) => {
                        writeln!(out, "{row}")?;
                        listed.reachable += 1;
                    }
                    None => listed.unreachable += 1,
                }
            }
        }
    }
}

/// RFC 4180: a name has no quotation mark, and may have a comma.
fn row(person: &Person) -> Option<String> {
    let phone = person.phone.as_ref()?;
    Some(format!("{},\"{}\"", phone.as_str(), person.name.as_str().replace('"', "\"\"")))
}

impl Window {
    fn check(self) -> Result<Self, BreachError> {
        if self.from < self.to { Ok(self) } else { Err(BreachError::Window) }
    }
}

impl Done {
    fn of(tally: Tally) -> Self {
        let Tally { act, channel, staff, times, persons } = tally;
        let deed = Deed::parse(&act);
        let by = match (&staff, act.as_str(), &channel) {
            (Some(_), ..) => "staff",
            _ if deed.is_some_and(Deed::is_officers) => "staff",
            (None, "certificate_checked", Some(channel)) if channel == "web" => "anybody",
            _ => "phone",
        };
        let kind = if deed.is_some_and(Deed::is_look) { "look" } else { "change" };
        let data = deed.map(Deed::concerns).unwrap_or_default();
        let data = data.iter().map(|of| of.as_str().to_owned()).collect();
        let (by, kind) = (by.to_owned(), kind.to_owned());
        Self { act, kind, by, channel, staff, times, persons, data }
    }
}

impl Report {
    /// The report as a page to read: Markdown.
    pub fn page(&self) -> String {
        let mut page = String::new();
        let Self { from, to, persons, .. } = self;
        let _ = writeln!(page, "# What was seen and changed, {from} to {to}\n");
        let _ = writeln!(
            page,
            "UU 27/2022 art. 46: a notice goes to the people and the authority within"
        );
        let _ = writeln!(
            page,
            "3 x 24 hours, and says which data, when and how, and what is done about it.\n"
        );
        let _ = writeln!(page, "**People concerned:** {persons}\n\n## Data\n");
        for (class, times) in &self.data {
            let _ = writeln!(page, "- {class}: seen or changed {times} times");
        }
        let _ = writeln!(page, "\n## When and how\n");
        let _ = writeln!(page, "| act | kind | by | channel or account | times | people |");
        let _ = writeln!(page, "| --- | --- | --- | --- | ---: | ---: |");
        for Done { act, kind, by, channel, staff, times, persons, .. } in &self.acts {
            let whence = staff.as_deref().or(channel.as_deref()).unwrap_or("-");
            let _ = writeln!(page, "| {act} | {kind} | {by} | {whence} | {times} | {persons} |");
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::audit::Concerned;

    #[test]
    fn a_list_is_told_by_what_stands_in_it() {
        // `phone,name`
        let listed = Deed::BreachListed.concerns();
        assert_eq!(listed, [Concerned::Identity, Concerned::Phone]);
    }

    #[test]
    fn an_officer_is_staff_on_a_channel() {
        let tally = |act: Deed| Tally {
            act: act.as_str().into(),
            channel: Some("ussd".into()),
            staff: None,
            times: 2,
            persons: 1,
        };
        for (deed, by) in [(Deed::AssistedRegistered, "staff"), (Deed::StatusSeen, "phone")] {
            let done = Done::of(tally(deed));
            assert_eq!((done.by.as_str(), done.channel.as_deref()), (by, Some("ussd")));
        }
    }
}
