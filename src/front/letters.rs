//! Texts of the menus that go out though their reader has asked for nothing just now: in their language, over
//! their network, stored with what was done.

use std::time::Duration;

use crate::{
    clock::{Timestamp, Zone},
    identity::Msisdn,
    menu::{language::Language, model::Menu},
    outbox::{Class, Lane, Notice, NoticeId, Over, route::Routes},
    store::{Store, StoreError},
    vault::{SubscriberKey, Vault},
};

/// What is written, and to whom.
pub(super) struct Letter<'l> {
    /// The reader.
    pub(super) phone: &'l Msisdn,
    /// The language that was chosen there.
    pub(super) language: Option<&'l str>,
    /// The name of the text.
    pub(super) text: &'l str,
    /// What it is filled with.
    pub(super) values: &'l [(&'l str, String)],
    /// Which way it may go.
    pub(super) over: Over,
}

impl Letter<'_> {
    /// The notice, in the words of the first menu that has the text. A phone that no operator carries gets
    /// none, and reads it in the menu.
    pub(super) fn notice(
        &self,
        menus: &[&Menu],
        routes: &Routes,
        zone: Zone,
        (id, at): (NoticeId, Timestamp),
    ) -> Option<Notice> {
        let (menu, text) = menus.iter().find_map(|menu| Some((*menu, menu.notice(self.text)?)))?;
        let route = routes.of(self.phone);
        if route.is_empty() {
            tracing::warn!(text = self.text, "no operator carries SMS to a phone");
            return None;
        }
        let language = self.language.and_then(Language::parse);
        let code = routes.short_code(route);
        let value = |name: &str| match name {
            "code" => Some(code),
            _ => {
                let mut values = self.values.iter();
                values.find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
            }
        };
        let text = menu.write(text, menu.language(language.as_ref()), value);
        let lane = Lane { class: Class::Reply, zone };
        let notice = Notice::at_once(id, self.phone.clone().into(), route, lane, text, at);
        Some(Notice { over: self.over, ..notice })
    }
}

/// The menus, those first of the service that something came from.
pub(super) fn own_first<'m>(service: &str, menus: &[&'m Menu]) -> Vec<&'m Menu> {
    let (own, others): (Vec<&Menu>, Vec<&Menu>) =
        menus.iter().partition(|menu| menu.service() == service);
    own.into_iter().chain(others).collect()
}

/// The notices of one act.
pub(super) struct Letters<'a> {
    pub store: &'a Store,
    pub vault: &'a Vault,
    pub routes: &'a Routes,
    pub zone: Zone,
    pub menus: &'a [&'a Menu],
    /// When it was done.
    pub at: Timestamp,
    /// How urgent they are, and how long they are of use.
    pub class: Class,
    /// See `class`.
    pub good_for: Duration,
    /// What is to be stored.
    pub notices: Vec<Notice>,
}

/// Whether a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// It is among the notices.
    Yes,
    /// No menu has it.
    NoText,
    /// No operator carries SMS to that phone.
    NoRoute,
}

impl Letters<'_> {
    /// A text of the menus, in the language of its reader. A phone that no operator carries gets none.
    pub async fn write(
        &mut self,
        phone: &Msisdn,
        text: &str,
        values: &[(&str, String)],
        over: Over,
    ) -> Result<Written, StoreError> {
        if !self.menus.iter().any(|menu| menu.notice(text).is_some()) {
            return Ok(Written::NoText);
        }
        let key: SubscriberKey = self.vault.subscriber_key(phone);
        let tongue = self.store.tongue(key).await?;
        let letter = Letter { phone, language: tongue.language.as_deref(), text, values, over };
        let id = NoticeId::draw(self.at, rand_of(&key, self.at)).after(self.notices.len());
        let notice = letter.notice(self.menus, self.routes, self.zone, (id, self.at));
        let Some(notice) = notice else { return Ok(Written::NoRoute) };
        let lane = Lane { class: self.class, ..notice.lane };
        let expires = self.at.plus(self.good_for);
        self.notices.push(Notice { expires, lane, ..notice });
        Ok(Written::Yes)
    }
}

/// Tells notices of one millisecond apart: those of other phones, and of turns, have other bits.
pub(super) fn rand_of(key: &SubscriberKey, at: Timestamp) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *key.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h]) ^ at.millis().unsigned_abs().rotate_left(17)
}
