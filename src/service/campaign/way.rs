//! Which way a broadcast goes: to the chat of whoever writes there, by SMS to everybody else. Nobody gets
//! it twice: one that a chat does not take goes by SMS, as other notices do.

use crate::{clock::Timestamp, outbox::chat::WINDOW};

/// The way of a broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By SMS.
    Sms,
    /// To a chat, in the words of an SMS: its reader wrote there within the day.
    Chat,
    /// To a chat, in a template.
    Template,
}

/// What is known of a phone when a broadcast for it is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// When a chat that speaks for it was last heard, if there is one.
    pub heard: Option<Timestamp>,
    /// Whether an operator carries SMS to it.
    pub carried: bool,
    /// Whether there is a template for the text in its reader's language.
    pub template: bool,
}

impl Way {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Chat => "chat",
            Self::Template => "template",
        }
    }

    /// The way of a broadcast that goes out at `due`; `None` if nobody carries it.
    pub fn of(reach: Reach, due: Timestamp) -> Option<Self> {
        match reach {
            Reach { heard: Some(heard), .. } if heard.plus(WINDOW) > due => Some(Self::Chat),
            Reach { heard: Some(_), template: true, .. } => Some(Self::Template),
            Reach { carried: true, .. } => Some(Self::Sms),
            Reach { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_broadcast_goes_where_its_reader_writes() {
        let due = Timestamp::from_millis(1_800_000_000_000);
        let ago = |hours: u64| Some(due.minus(Duration::from_secs(3600 * hours)));
        for (heard, template, carried, way) in [
            (None, true, true, Some(Way::Sms)),
            (None, true, false, None),
            (ago(1), false, true, Some(Way::Chat)),
            (ago(1), false, false, Some(Way::Chat)),
            (ago(21), true, true, Some(Way::Chat)),
            (ago(23), true, true, Some(Way::Template)),
            (ago(23), true, false, Some(Way::Template)),
            (ago(23), false, true, Some(Way::Sms)),
            (ago(23), false, false, None),
        ] {
            let reach = Reach { heard, carried, template };
            assert_eq!(Way::of(reach, due), way, "{reach:?}");
        }
    }
}
