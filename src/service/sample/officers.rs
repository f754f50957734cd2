//! Officers of an invented country, with a PIN and a code that everybody knows.

use crate::{
    clock::Timestamp,
    identity::{Msisdn, PersonName},
    service::{
        audit::StaffName,
        officer::{Enrolled, Officer, OfficerKind, Post, Stage, known_code, pin},
    },
    vault::Vault,
};

/// An officer of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleOfficer {
    /// E.164.
    pub phone: &'static str,
    /// The officer's own name.
    pub name: &'static str,
    /// What they are.
    pub kind: OfficerKind,
    /// Where.
    pub post: &'static str,
    /// The PIN, or the code of the enrolment.
    pub secret: &'static str,
    /// How far they are.
    pub stage: Stage,
    /// Whether staff have suspended them.
    pub suspended: bool,
}

/// Has a PIN, and registers people in Kupang.
pub const OFFICER: SampleOfficer = SampleOfficer {
    phone: "+6281290000201",
    name: "Wahyu Nugroho",
    kind: OfficerKind::Babinsa,
    post: "5301",
    secret: "864297",
    stage: Stage::Active,
    suspended: false,
};

/// Has got a code, and chooses a PIN.
pub const NEW_OFFICER: SampleOfficer = SampleOfficer {
    phone: "+6281290000202",
    name: "Lina Marlina",
    kind: OfficerKind::Puskesmas,
    post: "3173-A",
    secret: "530718",
    stage: Stage::Invited,
    suspended: false,
};

/// Is no officer any more.
pub const FORMER_OFFICER: SampleOfficer =
    SampleOfficer { phone: "+6281290000203", name: "Tono Hartono", suspended: true, ..OFFICER };

/// The officers as they stand in a database with these keys.
pub fn officers(vault: &Vault, now: Timestamp) -> Vec<Officer> {
    [OFFICER, NEW_OFFICER, FORMER_OFFICER].map(|of| of.enrolled(vault, now)).into()
}

impl SampleOfficer {
    /// The phone.
    pub fn phone(&self) -> Msisdn {
        Msisdn::parse(self.phone).expect("a mobile number")
    }

    fn enrolled(&self, vault: &Vault, now: Timestamp) -> Officer {
        let phone = self.phone();
        let key = vault.officer_key(&vault.subscriber_key(&phone));
        let who = Enrolled {
            key,
            phone,
            name: PersonName::parse(self.name).expect("a name"),
            kind: self.kind,
            post: Post::parse(self.post).expect("a post"),
            staff: StaffName::parse("contoh").expect("an account"),
        };
        let secret = match self.stage {
            Stage::Active => pin(vault, key, self.secret),
            Stage::Invited => {
                let a_year = std::time::Duration::from_secs(365 * 86_400);
                known_code(vault, key, self.secret, now.plus(a_year))
            }
        };
        let suspended = self.suspended.then_some(now);
        Officer { stage: self.stage, suspended, ..Officer::new(who, secret, now) }
    }
}
