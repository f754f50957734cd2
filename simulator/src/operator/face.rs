//! What a phone shows, how a session ended, what went over the air, and what is counted.

use super::sms;
use super::speech::{Refusal, ReplyKind};
use crate::number::Number;

/// What the phone shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// Nothing: it can dial.
    Idle,
    /// It is out of reach of the network.
    NoSignal,
    /// It waits for the service.
    Running,
    /// A screen of the service that waits for an answer.
    Ask {
        /// The screen, with its line breaks.
        text: String,
    },
    /// A notice of the service, until the person closes it.
    Notice {
        /// The notice, with its line breaks.
        text: String,
    },
    /// The session is over.
    Ended {
        /// Who ended it.
        by: Ending,
        /// The last screen of the service, or the network's own words, or nothing.
        text: String,
    },
}

/// Who ended a session, or why it could not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The service, with its last screen.
    Service,
    /// The person hung up.
    User,
    /// The network broke it off and told the gateway.
    Network,
    /// The session was open too long.
    TimeOut,
    /// The service did not reply in time.
    NoReply,
    /// The gateway refused the message.
    Rejected,
    /// No gateway is bound.
    NoService,
    /// The network does not know the dialled string.
    UnknownCode,
}

impl Ending {
    /// The network's own words, as a phone in this country shows them.
    pub fn words(self) -> &'static str {
        match self {
            Self::Service | Self::User => "",
            Self::Network => "Sambungan diputus oleh jaringan.",
            Self::TimeOut => "Waktu habis. Silakan panggil lagi.",
            Self::NoReply | Self::Rejected => "Masalah sambungan atau kode MMI tidak sah.",
            Self::NoService => "Layanan sedang tidak dapat dihubungi.",
            Self::UnknownCode => "Kode tidak dikenal.",
        }
    }
}

/// Why the phone cannot do this now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// Out of reach of the network.
    #[error("the phone has no signal")]
    NoSignal,
    /// There is no session to answer or to end.
    #[error("the phone has no open session")]
    NoSession,
    /// The service has not replied yet.
    #[error("the phone still waits for the service")]
    Running,
    /// The network repeats only what it could not deliver.
    #[error("this network repeats only what it could not deliver")]
    NotRepeated,
    /// The network takes no more phones.
    #[error("the network is full")]
    NetworkFull,
    /// The network carries no texts.
    #[error("this network carries no texts")]
    NoTexts,
    /// Nobody takes texts under this address: a name, or another short code.
    #[error("nobody takes texts there")]
    NotAnswered,
}

/// One line of the log of what goes over the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Air {
    /// The phone.
    pub number: Number,
    /// What happened.
    pub kind: AirKind,
    /// Length of the text: octets towards the gateway, septets (or UCS-2 octets) from it.
    pub length: usize,
}

/// What went over the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AirKind {
    /// The phone dialled.
    Begin,
    /// The service asks.
    Ask,
    /// The person answers.
    Answer,
    /// The service asks, in a session of its own.
    Push,
    /// The service shows a notice.
    Notice,
    /// The person has read it.
    Read,
    /// The service ends.
    End,
    /// The person or the network ends, and the gateway is told.
    Abort,
    /// A message is delivered once more.
    Redelivered,
    /// A message of the gateway was refused.
    Refused(Refusal),
    /// The phone lost the network in mid-session.
    Lost,
    /// The session was open too long.
    TimeOut,
    /// The service did not reply in time.
    NoReply,
    /// Something went over the SMS centre.
    Sms(sms::Passed),
}

/// What one network counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Sessions begun by phones.
    pub begins: u64,
    /// Answers typed.
    pub answers: u64,
    /// Screens of the service that wait for an answer.
    pub asks: u64,
    /// Last screens of the service.
    pub ends: u64,
    /// Sessions begun by the service with a question.
    pub pushes: u64,
    /// Notices of the service shown.
    pub notices: u64,
    /// Notices that were read.
    pub read: u64,
    /// Sessions ended by the person or the network.
    pub aborts: u64,
    /// Messages delivered once more.
    pub redelivered: u64,
    /// Messages that the gateway refused for good.
    pub rejected: u64,
    /// Sessions dropped for their age.
    pub time_outs: u64,
    /// Sessions dropped because the service did not reply.
    pub no_replies: u64,
    /// Messages of the gateway refused because they were too long.
    pub too_long: u64,
    /// Messages of the gateway for sessions that are dead.
    pub too_late: u64,
    /// Messages of the gateway refused for any other reason.
    pub refused: u64,
    /// Messages of the gateway on another link than what they answer went out on.
    pub strays: u64,
    /// Messages that the gateway has not confirmed yet.
    pub unconfirmed: u64,
    /// Sessions open now.
    pub sessions_open: u64,
}

impl Figures {
    pub(super) fn count(&mut self, refusal: Refusal) {
        match refusal {
            Refusal::TooLong { .. } => self.too_long += 1,
            Refusal::NoSession => self.too_late += 1,
            _ => self.refused += 1,
        }
    }

    pub(super) fn count_reply(&mut self, kind: ReplyKind) {
        match kind {
            ReplyKind::Ask => self.asks += 1,
            ReplyKind::End => self.ends += 1,
        }
    }
}
