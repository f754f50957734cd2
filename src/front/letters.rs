//! Texts of the menus that go out because staff did something: in the language of their reader, over
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
        let found = self.menus.iter().find_map(|menu| Some((*menu, menu.notice(text)?)));
        let (Some((menu, text)), route) = (found, self.routes.of(phone)) else {
            return Ok(Written::NoText);
        };
        if route.is_empty() {
            tracing::warn!("no operator carries SMS to the phone of somebody whom staff write to");
            return Ok(Written::NoRoute);
        }
        let key: SubscriberKey = self.vault.subscriber_key(phone);
        let tongue = self.store.tongue(key).await?;
        let language = tongue.language.as_deref().and_then(Language::parse);
        let code = self.routes.short_code(route);
        let value = |name: &str| match name {
            "code" => Some(code),
            _ => values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()),
        };
        let text = menu.write(text, menu.language(language.as_ref()), value);
        let id = NoticeId::draw(self.at, rand_of(&key, self.at)).after(self.notices.len());
        let lane = Lane { class: self.class, zone: self.zone };
        let notice = Notice::at_once(id, phone.clone().into(), route, lane, text, self.at);
        self.notices.push(Notice { expires: self.at.plus(self.good_for), over, ..notice });
        Ok(Written::Yes)
    }
}

/// Tells notices of one millisecond apart: those of other phones, and of turns, have other bits.
fn rand_of(key: &SubscriberKey, at: Timestamp) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *key.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h]) ^ at.millis().unsigned_abs().rotate_left(17)
}
