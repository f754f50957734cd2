//! Sessions that the service begins: a question (USSR) or a notice (USSN). // TS 22.090 §5.1
//!
//! Where sessions go by the number alone, nothing on the wire tells a question that begins a session
//! from the reply to a phone: that is for the centre to know.

use super::{END_BIT, EndBit, Refusal, Reply, ReplyKind, Tag};
use crate::operator::dialect::{Destination, Dialect, Key, PushKey};
use crate::operator::message::{ITS_SESSION_INFO, Submit, USER_MESSAGE_REFERENCE, USSD_SERVICE_OP};

/// What a session of the service begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushKind {
    /// A text that waits for an answer.
    Question,
    /// A text that is read.
    Notice,
}

impl Dialect {
    /// What a message would begin, by its operation.
    pub fn push_kind(&self, submit: &Submit) -> Option<PushKind> {
        let &[operation] = submit.optional(USSD_SERVICE_OP)? else { return None };
        let ends = self.carried(submit).is_some_and(|info| info & END_BIT == END_BIT);
        let has_end_bit = self.key == Key::SessionInfo && self.end.end_bit == EndBit::Set;
        if has_end_bit && ends {
            None
        } else if operation == self.ask {
            Some(PushKind::Question)
        } else {
            (operation == self.notify).then_some(PushKind::Notice)
        }
    }

    /// Whether a message is for a session that goes by this tag, as far as its key tells; `None`
    /// where sessions have no key, or the message none where the network gives it.
    pub fn is_for(&self, submit: &Submit, tag: &Tag) -> Option<bool> {
        let key = match self.key {
            Key::Number | Key::CountingInfo => return None,
            Key::SessionInfo => tag.info,
            Key::StaleReference => tag.reference,
        };
        let mask = if self.key == Key::SessionInfo { !END_BIT } else { u16::MAX };
        self.carried(submit).map(|carried| carried & mask == key & mask)
    }

    /// The tag of a session that the service begins. `fresh` has the network's own names for it,
    /// and `codes` are those of the service.
    pub fn push_tag(&self, submit: &Submit, codes: &[String], fresh: Tag) -> Result<Tag, Refusal> {
        let mut tag = fresh;
        match (self.key, self.push_key, self.carried(submit)) {
            (Key::Number | Key::CountingInfo, _, _) | (_, PushKey::Network, None) => {}
            // The name of a session that is over.
            (_, PushKey::Network, Some(_)) => return Err(Refusal::NoSession),
            (_, PushKey::Service, None | Some(0)) => return Err(Refusal::BadKey),
            (Key::SessionInfo, PushKey::Service, Some(info)) => tag.info = info & !END_BIT,
            (Key::StaleReference, PushKey::Service, Some(named)) => tag.reference = named,
        }
        let from = |code: &&String| {
            let tag = Tag { dialled: code.as_str().into(), ..tag.clone() };
            let empty = self.destination == Destination::Empty;
            empty || self.service_address(&tag).text == submit.source.text
        };
        let code = codes.iter().find(from).ok_or(Refusal::BadSource)?;
        Ok(Tag { dialled: code.as_str().into(), ..tag })
    }

    /// The text with which the service begins a session.
    pub fn pushed(&self, submit: &Submit, kind: PushKind) -> Result<Reply, Refusal> {
        if submit.service_type != self.service_type {
            return Err(Refusal::BadServiceType);
        }
        let (text, length) = self.check_text(submit, 0)?;
        let kind = match kind {
            PushKind::Question => ReplyKind::Ask,
            PushKind::Notice => ReplyKind::End,
        };
        Ok(Reply { kind, text, length })
    }

    /// The key that a message carries, where the dialect has one.
    fn carried(&self, submit: &Submit) -> Option<u16> {
        let tag = match self.key {
            Key::Number | Key::CountingInfo => return None,
            Key::SessionInfo => ITS_SESSION_INFO,
            Key::StaleReference => USER_MESSAGE_REFERENCE,
        };
        submit.optional(tag).and_then(|value| value.try_into().ok()).map(u16::from_be_bytes)
    }
}
