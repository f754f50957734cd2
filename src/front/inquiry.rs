//! What the outside record was asked, from its answer to the person: decided by `service::inquiry`, stored
//! in one transaction with the notice that tells it, over the channel they asked from. Who asks, and when,
//! is not known here.

use std::sync::Arc;

use jiff::civil::Date;

use crate::{
    clock::{self, Timestamp},
    engine::{Engine, Service},
    menu::state::Values,
    outbox::{Class, Lane, Notice, NoticeId, route::WHATSAPP},
    service::{
        Asking, Silence,
        inquiry::{self, Followed, GIVEN_UP, Inquiry, Judged, Kind, Outcome, Settled, Tell, Wrote},
        number::Number,
        record::{Change, Facts, Need},
    },
    store::{CommitError, Spoke, StoreError, TurnWrite},
    vault::SubscriberKey,
};

/// How long word of an answer is of use: people are away, and phones are off.
const GOOD_FOR: std::time::Duration = std::time::Duration::from_secs(72 * 3600);

/// Answers what the outside record was asked. Cheap to clone.
#[derive(Clone)]
pub struct Inquiries {
    engine: Engine,
}

/// An inquiry with all that decides about it.
struct Case<'a> {
    inquiry: &'a Inquiry,
    service: Arc<Service>,
    now: Timestamp,
    today: Date,
    random: u64,
}

impl Case<'_> {
    /// Under which key it is stored.
    fn of(&self) -> SubscriberKey {
        self.inquiry.letter.behalf.as_ref().map_or(self.inquiry.by, |behalf| behalf.key)
    }

    fn asking(&self) -> Asking<'_> {
        Asking {
            values: &self.inquiry.letter.values,
            service: self.service.menu.service(),
            subscriber: self.of(),
            silence: Silence::Short,
            now: self.now,
            today: self.today,
            random: self.random,
        }
    }

    fn need(&self) -> Need {
        let call = match self.inquiry.kind {
            Kind::Register => "registration.submit",
            Kind::Prove => "person.prove",
            Kind::Status => "status.read",
        };
        let need = self.service.desk.need(call, self.asking());
        let person = Some(self.inquiry.person);
        let people = Some(self.of());
        Need { person, fetched: person, people, consent: people, ..need }
    }
}

impl Inquiries {
    /// Those of an engine.
    pub fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// What is to be written to the outside record for a registration that waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn judge(&self, inquiry: &Inquiry) -> Result<Judged, StoreError> {
        let case = self.case(inquiry);
        let facts = self.facts(&case).await?;
        let judged = inquiry::judge(case.asking(), inquiry, &facts);
        // What cannot be read any more is nobody's.
        Ok(judged.unwrap_or(Judged::Unmatched))
    }

    /// The name under which a registration is sent.
    pub fn reference(&self, inquiry: &Inquiry, number: &Number) -> String {
        inquiry.reference(self.engine.vault(), number)
    }

    /// Settles a registration, and tells it where nobody waits for it.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if somebody else has settled it, or another registration of the person
    /// stands.
    pub async fn settle(
        &self,
        inquiry: &Inquiry,
        outcome: &Outcome,
        tell: Tell,
    ) -> Result<Wrote, CommitError> {
        let case = self.case(inquiry);
        let facts = self.facts(&case).await?;
        let desk = &case.service.desk;
        let settled = inquiry::settle(desk, case.asking(), inquiry, &facts, (outcome, tell));
        let Settled { changes, text, given, wrote } = settled;
        let notices = text.and_then(|text| self.notice(&case, text, &given)).into_iter().collect();
        self.commit(&case, changes, notices).await?;
        Ok(wrote)
    }

    /// Tells what was asked, as the record knows it now.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if somebody else has told it.
    pub async fn tell(&self, inquiry: &Inquiry) -> Result<&'static str, CommitError> {
        let case = self.case(inquiry);
        let facts = self.facts(&case).await?;
        let followed = inquiry::follow(
            &case.service.desk,
            case.asking(),
            (inquiry.kind, &inquiry.letter.call),
            &facts,
        );
        let Some(Followed { text, decision }) = followed else {
            return self.give_up(inquiry).await;
        };
        let notices = self.notice(&case, text, &decision.given).into_iter().collect();
        let answered = Change::Answered(inquiry.answered());
        let changes = decision.changes.into_iter().chain([answered]).collect();
        self.commit(&case, changes, notices).await?;
        Ok(text)
    }

    /// Tells that there is no answer, and forgets the question.
    ///
    /// # Errors
    /// As [`Inquiries::tell`].
    pub async fn give_up(&self, inquiry: &Inquiry) -> Result<&'static str, CommitError> {
        let case = self.case(inquiry);
        let text = GIVEN_UP.name;
        let notices = self.notice(&case, text, &Values::default()).into_iter().collect();
        let changes = vec![Change::Answered(inquiry.answered())];
        self.commit(&case, changes, notices).await?;
        Ok(text)
    }

    fn case<'a>(&self, inquiry: &'a Inquiry) -> Case<'a> {
        let shelf = self.engine.shelf();
        let service = shelf.service(&inquiry.letter.service).unwrap_or_else(|| shelf.first());
        let (service, now) = (Arc::clone(service), clock::now());
        let today = now.date(self.engine.zone());
        Case { inquiry, service, now, today, random: self.engine.draw() }
    }

    async fn facts(&self, case: &Case<'_>) -> Result<Facts, StoreError> {
        let mut batch = self.engine.store().begin().await?;
        let facts = batch.facts(&[case.need()]).await?.pop().unwrap_or_default();
        batch.rollback().await?;
        Ok(facts)
    }

    async fn commit(
        &self,
        case: &Case<'_>,
        changes: Vec<Change>,
        notices: Vec<Notice>,
    ) -> Result<(), CommitError> {
        let number = case.inquiry.letter.phone().ok_or(StoreError::Unreadable("inquiry"))?;
        let rings = !notices.is_empty();
        let changes = match &case.inquiry.letter.behalf {
            Some(behalf) => changes.into_iter().filter_map(|of| behalf.change(of)).collect(),
            None => changes,
        };
        let said = TurnWrite::of(Spoke::We, case.inquiry.by, number, case.now);
        let write = TurnWrite { changes, notices, ..said };
        self.engine.store().begin().await?.commit(&[write]).await?;
        if rings {
            self.engine.wake().ring();
        }
        Ok(())
    }

    /// A text of the menu, to where the question came from: whoever asked on a chat reads it on the one that
    /// speaks for the phone when it is sent, which may have been cut since. A phone that no operator carries
    /// gets none, and sees the result in the menu.
    fn notice(&self, case: &Case<'_>, text: &'static str, given: &Values) -> Option<Notice> {
        let (menu, letter) = (&case.service.menu, &case.inquiry.letter);
        // Who was registered by an officer is told at home, if there is a number.
        let told = letter.behalf.as_ref().and_then(|behalf| behalf.tell());
        let by_chat = letter.chat.is_some() && told.is_none();
        let phone = told.or_else(|| letter.phone())?;
        let network = self.engine.route(&phone);
        let code = self.engine.short_code(network);
        let words = menu.notice(text)?;
        let value = |name: &str| if name == "code" { Some(code) } else { given.text(name) };
        let words = menu.write(words, menu.language(Some(&letter.language)), value);
        let route = if by_chat { WHATSAPP } else { network };
        if route.is_empty() {
            tracing::warn!(text, "no operator carries SMS to a phone");
            return None;
        }
        let lane = Lane { class: Class::Reply, zone: self.engine.zone() };
        let id = NoticeId::draw(case.now, case.random);
        let notice = Notice::at_once(id, phone.into(), route, lane, words, case.now);
        Some(Notice { expires: case.now.plus(GOOD_FOR), ..notice })
    }
}
