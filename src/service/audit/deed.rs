//! What is logged, word by word: how often it happens, and which data it concerns.

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// A ticket was opened.
    TicketOpened,
    /// Somebody of the staff read a ticket.
    TicketSeen,
    /// Somebody of the staff took it.
    TicketTaken,
    /// It was answered.
    TicketAnswered,
    /// It was closed without an answer.
    TicketClosed,
    /// It was merged into another.
    TicketMerged,
    /// A name of the record was changed.
    NameChanged,
    /// A birth date of the record was changed.
    BirthChanged,
    /// A phone number of the record was changed.
    PhoneChanged,
    /// A phone may see and act for a person.
    GuardianAdded,
    /// It may no longer.
    GuardianRemoved,
    /// An appointment was looked at, by a phone or by somebody of the staff.
    AppointmentSeen,
    /// Somebody came to an appointment.
    AppointmentAttended,
    /// Staff called an appointment off.
    AppointmentCalledOff,
    /// A person was registered.
    Registered,
    /// A phone proved to know a person, and may see them.
    PersonProved,
    /// A status was looked at.
    StatusSeen,
    /// Certificates were looked at.
    CertificateSeen,
    /// A certificate was sent to a phone.
    CertificateSent,
    /// A certificate was shown to somebody, who checked it.
    CertificateChecked,
    /// What is kept of a person, and who looked at it, was shown.
    DataSeen,
    /// A consent was withdrawn.
    ConsentWithdrawn,
    /// All that is kept of a person was written out.
    DataExported,
    /// What is kept of a person was deleted.
    DataErased,
    /// The people whom a breach concerns were listed.
    BreachListed,
    /// Staff made somebody an officer.
    OfficerEnrolled,
    /// Staff suspended an officer.
    OfficerSuspended,
    /// Staff took that back.
    OfficerRestored,
    /// Staff gave an officer a new code.
    OfficerReset,
    /// An officer chose a PIN.
    OfficerPinSet,
    /// An officer typed the PIN.
    OfficerOpened,
    /// An officer's code or PIN was wrong so often that none is taken for a while.
    OfficerLocked,
    /// An officer closed the office.
    OfficerClosed,
    /// An officer looked whether somebody can be registered; consent was given by word of mouth.
    AssistedLooked,
    /// An officer was refused a look-up, because too many had failed.
    AssistedRefused,
    /// An officer registered somebody.
    AssistedRegistered,
    /// The outside record has another name of a person, and our copy follows it.
    NameFollowed,
    /// As [`Deed::NameFollowed`], of the phone.
    PhoneFollowed,
    /// Staff took a certificate back, or all of a person.
    CertificateRevoked,
    /// Staff let a person have certificates again.
    CertificateAllowed,
    /// A registration that had to be checked stands: staff found it good, or the record says so by now.
    RegistrationAccepted,
    /// Staff ended a registration that had to be checked.
    RegistrationRefused,
}

/// How often something is done, which decides about its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Often {
    /// Turns do it all the time.
    EveryTurn,
    /// Now and then.
    NowAndThen,
}

/// Which data of a person something concerns, as a notice of a breach names it (UU 27/2022 art. 46).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concerned {
    /// Name, NIK, birth date.
    Identity,
    /// The phone number.
    Phone,
    /// Doses and certificates: health data, which is specific (art. 4).
    Health,
    /// Where and when somebody is to come.
    Appointment,
    /// What somebody wrote to us.
    Words,
    /// What was agreed to.
    Consent,
}

impl Concerned {
    /// The word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Phone => "phone",
            Self::Health => "health",
            Self::Appointment => "appointment",
            Self::Words => "words",
            Self::Consent => "consent",
        }
    }
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 42] = [
        Self::TicketOpened,
        Self::TicketSeen,
        Self::TicketTaken,
        Self::TicketAnswered,
        Self::TicketClosed,
        Self::TicketMerged,
        Self::NameChanged,
        Self::BirthChanged,
        Self::PhoneChanged,
        Self::GuardianAdded,
        Self::GuardianRemoved,
        Self::AppointmentSeen,
        Self::AppointmentAttended,
        Self::AppointmentCalledOff,
        Self::Registered,
        Self::PersonProved,
        Self::StatusSeen,
        Self::CertificateSeen,
        Self::CertificateSent,
        Self::CertificateChecked,
        Self::DataSeen,
        Self::ConsentWithdrawn,
        Self::DataExported,
        Self::DataErased,
        Self::BreachListed,
        Self::OfficerEnrolled,
        Self::OfficerSuspended,
        Self::OfficerRestored,
        Self::OfficerReset,
        Self::OfficerPinSet,
        Self::OfficerOpened,
        Self::OfficerLocked,
        Self::OfficerClosed,
        Self::AssistedLooked,
        Self::AssistedRefused,
        Self::AssistedRegistered,
        Self::NameFollowed,
        Self::PhoneFollowed,
        Self::CertificateRevoked,
        Self::CertificateAllowed,
        Self::RegistrationAccepted,
        Self::RegistrationRefused,
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TicketOpened => "ticket_opened",
            Self::TicketSeen => "ticket_seen",
            Self::TicketTaken => "ticket_taken",
            Self::TicketAnswered => "ticket_answered",
            Self::TicketClosed => "ticket_closed",
            Self::TicketMerged => "ticket_merged",
            Self::NameChanged => "name_changed",
            Self::BirthChanged => "birth_changed",
            Self::PhoneChanged => "phone_changed",
            Self::GuardianAdded => "guardian_added",
            Self::GuardianRemoved => "guardian_removed",
            Self::AppointmentSeen => "appointment_seen",
            Self::AppointmentAttended => "appointment_attended",
            Self::AppointmentCalledOff => "appointment_called_off",
            Self::Registered => "registered",
            Self::PersonProved => "person_proved",
            Self::StatusSeen => "status_seen",
            Self::CertificateSeen => "certificate_seen",
            Self::CertificateSent => "certificate_sent",
            Self::CertificateChecked => "certificate_checked",
            Self::DataSeen => "data_seen",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::DataExported => "data_exported",
            Self::DataErased => "data_erased",
            Self::BreachListed => "breach_listed",
            Self::OfficerEnrolled => "officer_enrolled",
            Self::OfficerSuspended => "officer_suspended",
            Self::OfficerRestored => "officer_restored",
            Self::OfficerReset => "officer_reset",
            Self::OfficerPinSet => "officer_pin_set",
            Self::OfficerOpened => "officer_opened",
            Self::OfficerLocked => "officer_locked",
            Self::OfficerClosed => "officer_closed",
            Self::AssistedLooked => "assisted_looked",
            Self::AssistedRefused => "assisted_refused",
            Self::AssistedRegistered => "assisted_registered",
            Self::NameFollowed => "name_followed",
            Self::PhoneFollowed => "phone_followed",
            Self::CertificateRevoked => "certificate_revoked",
            Self::CertificateAllowed => "certificate_allowed",
            Self::RegistrationAccepted => "registration_accepted",
            Self::RegistrationRefused => "registration_refused",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }

    /// How often it is done.
    pub fn how_often(self) -> Often {
        match self {
            Self::AppointmentSeen
            | Self::Registered
            | Self::PersonProved
            | Self::StatusSeen
            | Self::CertificateSeen
            | Self::CertificateSent
            | Self::CertificateChecked
            | Self::DataSeen => Often::EveryTurn,
            _ => Often::NowAndThen,
        }
    }

    /// Whether somebody got to see something of a person.
    pub fn is_look(self) -> bool {
        matches!(
            self,
            Self::TicketSeen
                | Self::AppointmentSeen
                | Self::PersonProved
                | Self::StatusSeen
                | Self::CertificateSeen
                | Self::CertificateSent
                | Self::CertificateChecked
                | Self::DataSeen
                | Self::DataExported
                | Self::BreachListed
                | Self::AssistedLooked
        )
    }

    /// Whether an officer does it: staff to whom it concerns, although it is done from a phone.
    pub fn is_officers(self) -> bool {
        matches!(
            self,
            Self::OfficerPinSet
                | Self::OfficerOpened
                | Self::OfficerLocked
                | Self::OfficerClosed
                | Self::AssistedLooked
                | Self::AssistedRefused
                | Self::AssistedRegistered
        )
    }

    /// Which data it shows or changes.
    pub fn concerns(self) -> &'static [Concerned] {
        use Concerned::{Appointment, Consent, Health, Identity, Phone, Words};
        match self {
            Self::TicketOpened | Self::TicketAnswered => &[Words],
            Self::TicketSeen => &[Identity, Phone, Words],
            Self::TicketTaken | Self::TicketClosed | Self::TicketMerged => &[],
            Self::NameChanged
            | Self::BirthChanged
            | Self::NameFollowed
            | Self::PersonProved
            | Self::AssistedLooked => &[Identity],
            Self::PhoneChanged
            | Self::PhoneFollowed
            | Self::GuardianAdded
            | Self::GuardianRemoved => &[Phone],
            Self::AppointmentSeen => &[Identity, Appointment],
            Self::AppointmentAttended | Self::AppointmentCalledOff => &[Appointment],
            Self::Registered
            | Self::AssistedRegistered
            | Self::RegistrationAccepted
            | Self::RegistrationRefused => &[Identity, Health],
            Self::StatusSeen | Self::CertificateRevoked | Self::CertificateAllowed => &[Health],
            Self::CertificateSeen | Self::CertificateSent | Self::CertificateChecked => {
                &[Identity, Health]
            }
            Self::DataSeen => &[Health, Consent],
            Self::ConsentWithdrawn => &[Consent],
            Self::DataExported | Self::DataErased => {
                &[Identity, Phone, Health, Appointment, Words, Consent]
            }
            Self::BreachListed => &[Identity, Phone],
            Self::OfficerEnrolled
            | Self::OfficerSuspended
            | Self::OfficerRestored
            | Self::OfficerReset
            | Self::OfficerPinSet
            | Self::OfficerOpened
            | Self::OfficerLocked
            | Self::OfficerClosed
            | Self::AssistedRefused => &[],
        }
    }
}
