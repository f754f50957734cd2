//! What tickets are told apart by, with the words of the menu, the database and the web.

/// What a ticket is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A dose stands in the record, and its certificate was not issued.
    Certificate,
    /// Something of the record is wrong.
    WrongData,
    /// Somebody else was vaccinated with the NIK.
    NikUsed,
    /// A reaction after the vaccination (KIPI).
    Kipi,
    /// Anything else.
    Other,
    /// A name that is to become quite another.
    Name,
    /// A phone number that is lost.
    Phone,
    /// NIK or birth date, which need documents.
    Identity,
    /// A copy of all that is kept of a person (UU 27/2022 art. 7, 32).
    Copy,
    /// What is kept of a person is to be deleted (art. 8).
    Erasure,
    /// Consent was taken back: whoever keeps the record has to hear of it (art. 40).
    Withdrawal,
    /// A registration whose data does not match the record.
    Registration,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Certificate,
        Self::WrongData,
        Self::NikUsed,
        Self::Kipi,
        Self::Other,
        Self::Name,
        Self::Phone,
        Self::Identity,
        Self::Copy,
        Self::Erasure,
        Self::Withdrawal,
        Self::Registration,
    ];

    /// The word in the database, in menus, in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::WrongData => "wrong_data",
            Self::NikUsed => "nik_used",
            Self::Kipi => "kipi",
            Self::Other => "other",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Identity => "identity",
            Self::Copy => "copy",
            Self::Erasure => "erasure",
            Self::Withdrawal => "withdrawal",
            Self::Registration => "registration",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }
}

/// How bad a reaction is, as the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Pain, a little fever, tired.
    Mild,
    /// High fever for days, a large swelling.
    Moderate,
    /// Breathless, fainted, a swollen face, convulsions: for a hospital, now.
    Severe,
}

impl Severity {
    /// The word in the database and in menus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mild => "mild",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Mild, Self::Moderate, Self::Severe].into_iter().find(|of| of.as_str() == word)
    }
}

/// How long after the vaccination a reaction began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Onset {
    /// Within half an hour: while the person is still watched.
    HalfHour,
    /// Within a day.
    Day,
    /// Within a week.
    Week,
    /// Later.
    Later,
}

impl Onset {
    /// The word in the database and in menus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HalfHour => "half_hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Later => "later",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::HalfHour, Self::Day, Self::Week, Self::Later]
            .into_iter()
            .find(|of| of.as_str() == word)
    }
}

/// How a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketState {
    /// Nobody has taken it.
    Open,
    /// Somebody of the staff works on it.
    Taken,
    /// It was answered.
    Answered,
    /// It ended without an answer.
    Closed,
    /// Another ticket has it all.
    Merged,
}

impl TicketState {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Taken, Self::Answered, Self::Closed, Self::Merged];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Taken => "taken",
            Self::Answered => "answered",
            Self::Closed => "closed",
            Self::Merged => "merged",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }

    /// Whether somebody still has to do something.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Open | Self::Taken)
    }
}
