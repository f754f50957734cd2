//! Chat identities.
//!
//! A chat is known by an id that the provider made for this business (`ID.1349…`), by the phone number
//! of its account, or by both (WhatsApp Cloud API, "business-scoped user IDs": `from` and `wa_id` may be
//! missing). It is no phone number: whose phone it is, its owner has to prove.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest id of either kind, in octets.
const LONGEST: usize = 128;

/// A chat, by the ids that its provider gave. Exists only with one of them; `Debug` masks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ids", into = "Ids")]
pub struct ChatId {
    user: Option<String>,
    phone: Option<String>,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Ids {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

/// Ids that name no chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no id of a chat: visible ASCII is expected, or digits for a phone")]
pub struct NoChat;

impl ChatId {
    /// A chat of the provider's own id, of the digits of its account's phone, or of both.
    ///
    /// # Errors
    /// [`NoChat`] if there is neither, or one is longer than 128 octets or has other characters than
    /// visible ASCII (an id) and digits (a phone).
    pub fn new(user: Option<&str>, phone: Option<&str>) -> Result<Self, NoChat> {
        let phone = phone.map(|phone| phone.trim_start_matches('+'));
        let short = |id: &&str| !id.is_empty() && id.len() <= LONGEST;
        let visible = |id: &&str| short(id) && id.bytes().all(|octet| octet.is_ascii_graphic());
        let digits = |id: &&str| short(id) && id.bytes().all(|octet| octet.is_ascii_digit());
        if !user.iter().all(visible) || !phone.iter().all(digits) || user.or(phone).is_none() {
            return Err(NoChat);
        }
        Ok(Self { user: user.map(str::to_owned), phone: phone.map(str::to_owned) })
    }

    /// The provider's own id of its user.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The digits of the account's phone. The provider says so; nobody proved it to us.
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// What it is kept under. A chat that is known by both ids today may come with either tomorrow, so
    /// there are up to two.
    pub fn names(&self) -> Vec<String> {
        let user = self.user.iter().map(|user| format!("user {user}"));
        user.chain(self.phone.iter().map(|phone| format!("phone {phone}"))).collect()
    }
}

impl TryFrom<Ids> for ChatId {
    type Error = NoChat;

    fn try_from(ids: Ids) -> Result<Self, NoChat> {
        Self::new(ids.user.as_deref(), ids.phone.as_deref())
    }
}

impl From<ChatId> for Ids {
    fn from(chat: ChatId) -> Self {
        Self { user: chat.user, phone: chat.phone }
    }
}

/// Who somebody is on another service is for no log.
impl fmt::Debug for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = |id: &Option<String>| if id.is_some() { "****" } else { "-" };
        write!(f, "ChatId(user {}, phone {})", has(&self.user), has(&self.phone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_exists_only_with_an_id() {
        assert_eq!(ChatId::new(None, None), Err(NoChat));
        assert_eq!(ChatId::new(Some(""), None), Err(NoChat));
        assert_eq!(ChatId::new(None, Some("0812x")), Err(NoChat));
        assert_eq!(ChatId::new(Some("ID.13 49"), None), Err(NoChat));
        assert_eq!(ChatId::new(Some(&"x".repeat(129)), None), Err(NoChat));
        let chat = ChatId::new(Some("ID.1349"), Some("+628123")).unwrap();
        assert_eq!((chat.user(), chat.phone()), (Some("ID.1349"), Some("628123")));
        assert_eq!(chat.names(), ["user ID.1349", "phone 628123"]);
    }

    #[test]
    fn it_is_written_and_read_and_never_shown() {
        let chat = ChatId::new(Some("ID.1349"), Some("628123")).unwrap();
        let written = serde_json::to_string(&chat).unwrap();
        assert_eq!(serde_json::from_str::<ChatId>(&written).unwrap(), chat);
        assert!(serde_json::from_str::<ChatId>("{}").is_err());
        assert_eq!(format!("{chat:?}"), "ChatId(user ****, phone ****)");
    }
}
