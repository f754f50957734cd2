//! Chats at the door: what `service::chat` says of each message, for many chats in one transaction.

use super::{Clerk, Open, Said};
use crate::{
    clock::Timestamp,
    engine::{Engine, Shelf},
    identity::Msisdn,
    menu::model::Menu,
    outbox::{Class, Lane, Notice, NoticeId, Recipient, route::WHATSAPP},
    service::{
        chat::{Caller, Door, House, Knock, Opened},
        record::{CodeNeed, Need},
    },
    store::{ChatWrite, CommitError, DoorWrite, KnownChat},
    vault::SubscriberKey,
};

/// A message of a chat that speaks for no phone, and the chat as it is known.
pub(super) struct Visit {
    pub open: Open,
    pub known: Option<KnownChat>,
}

/// A chat speaks for a phone from now on.
pub(super) struct Bound {
    phone: Msisdn,
    /// What was written before the door: it is the first thing said for the phone.
    opening: Said,
}

impl Bound {
    /// What is to be a turn now.
    pub(super) fn turn(self, visit: Visit) -> (Open, Msisdn) {
        let Visit { mut open, .. } = visit;
        open.kept.said = self.opening;
        (open, self.phone)
    }
}

impl Clerk {
    /// Answers messages at the door, all of them or none, and leaves out who was answered meanwhile. Says
    /// of each chat whether it speaks for a phone now.
    ///
    /// # Errors
    /// As [`Batch::commit_doors`](crate::store::Batch::commit_doors).
    pub(super) async fn doors(&self, visits: &[Visit]) -> Result<Vec<Option<Bound>>, CommitError> {
        if visits.is_empty() {
            return Ok(Vec::new());
        }
        let engine = &self.front.engine;
        let shelf = engine.shelf();
        let mut batch = engine.store().begin().await?;
        let keys: Vec<_> = visits.iter().map(|visit| visit.open.key).collect();
        let open = batch.still_open(&keys).await?;
        let knocks: Vec<Option<Knocking>> = visits
            .iter()
            .map(|visit| open.contains(&visit.open.key).then(|| visit.knocking(engine, &shelf)))
            .map(Option::flatten)
            .collect();
        let need = |knock: &Option<Knocking>| {
            let Some(knock) = knock else { return Need::default() };
            let key = knock.door.need(self.house(knock.menu), knock.caller(), knock.knock);
            Need { code: key.map(|key| CodeNeed { key, at: knock.at }), ..Need::default() }
        };
        let needs: Vec<Need> = knocks.iter().map(need).collect();
        let facts = batch.facts(&needs).await?;
        let mut writes = Vec::with_capacity(visits.len());
        let mut bound = Vec::with_capacity(visits.len());
        for ((visit, knock), facts) in visits.iter().zip(knocks).zip(facts) {
            let Some(knock) = knock else {
                bound.push(None);
                continue;
            };
            let (house, caller) = (self.house(knock.menu), knock.caller());
            let opened = knock.door.clone().answer(house, caller, knock.knock, &facts.code);
            let (write, opens) = self.write(visit, &knock, opened);
            writes.push(write);
            bound.push(opens);
        }
        batch.commit_doors(&writes).await?;
        engine.wake().ring();
        Ok(bound)
    }

    fn house<'a>(&'a self, menu: &'a Menu) -> House<'a> {
        House { menu, vault: self.front.engine.vault(), codes: &self.codes }
    }

    fn write(
        &self,
        visit: &Visit,
        knock: &Knocking<'_>,
        opened: Opened,
    ) -> (DoorWrite, Option<Bound>) {
        let Visit { open, known } = visit;
        let engine = &self.front.engine;
        let now = knock.at;
        let Opened { card, door, change, text, bound } = opened;
        let id = NoticeId::draw(now, knock.random);
        let lane = |class| Lane { class, zone: engine.zone() };
        let mut notices = Vec::new();
        if let Some(card) = card {
            let to = Recipient::Chat { chat: open.kept.chat.clone(), phone: None };
            let text = card.body.clone();
            let reply = Notice::at_once(id, to, WHATSAPP, lane(Class::Reply), text, now);
            notices.push(Notice { card: Some(card), ..reply });
        }
        if let Some((phone, text)) = text {
            match engine.route(&phone) {
                "" => tracing::warn!("no operator carries SMS to a phone that a chat named"),
                route => {
                    let (route, to) = (route.to_owned(), phone.into());
                    let code = lane(Class::Code);
                    notices.push(Notice::at_once(id.after(1), to, &route, code, text, now));
                }
            }
        }
        let until = now.plus(self.manners.bound_for);
        let identity = open.kept.identity.clone();
        let chat = ChatWrite {
            key: knock.chat,
            alias: open.names.get(1).copied().filter(|alias| *alias != knock.chat),
            was: known.as_ref().map(|known| known.version),
            address: open.kept.chat.clone(),
            door,
            bound: bound.as_ref().map(|(phone, _)| (phone.clone(), now, until)),
            identity: identity.or(known.as_ref().and_then(|known| known.identity.clone())),
            at: now,
        };
        let bound = bound.map(|(phone, opening)| Bound { phone, opening: Said::Text(opening) });
        // Its turn is still to come, here or after a crash: until then the message is what was said first.
        let becomes = bound.as_ref().map(|bound| open.kept.saying(bound.opening.clone()).body());
        (DoorWrite { chat, change, notices, message: open.key, becomes }, bound)
    }
}

/// A message at the door, in the door's words.
struct Knocking<'a> {
    menu: &'a Menu,
    chat: SubscriberKey,
    door: Door,
    knock: Knock<'a>,
    own: Option<Msisdn>,
    at: Timestamp,
    random: u64,
}

impl Knocking<'_> {
    fn caller(&self) -> Caller<'_> {
        let Self { chat, at, random, .. } = *self;
        Caller { chat, own: self.own.as_ref(), now: at, random }
    }
}

impl Visit {
    /// `None` of a chat without a name, which there is not.
    fn knocking<'a>(&'a self, engine: &Engine, shelf: &'a Shelf) -> Option<Knocking<'a>> {
        let Self { open, known } = self;
        let known = known.as_ref();
        let chat = known.map(|known| known.key).or(open.names.first().copied())?;
        let knock = match &open.kept.said {
            Said::Text(text) => Knock::Wrote(text),
            Said::Tap { id, .. } => Knock::Tapped(id),
            Said::Hello => Knock::Wrote(""),
            Said::Near(_) | Said::Unreadable | Said::Other => Knock::Unreadable,
        };
        let written = match &open.kept.said {
            Said::Text(text) => shelf.written(text).0,
            _ => None,
        };
        let own = open.kept.chat.phone().and_then(|phone| Msisdn::from_international(phone).ok());
        Some(Knocking {
            menu: &written.unwrap_or_else(|| shelf.first()).menu,
            chat,
            door: known.and_then(|known| known.door.clone()).unwrap_or_default(),
            knock,
            own: own.filter(Msisdn::is_indonesian_mobile),
            at: open.at,
            random: engine.draw(),
        })
    }
}
