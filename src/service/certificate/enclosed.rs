//! A certificate that a notice encloses, as the record has it when the notice is sent.

use crate::{
    certificate::{Paper, text},
    service::{
        Desk,
        certificate::CertificateNeed,
        record::{Facts, Need},
    },
    vault::NikIndex,
};

/// What is handed over.
#[derive(Debug, Clone, PartialEq)]
pub enum Handed {
    /// The document.
    Paper {
        /// What it says.
        paper: Box<Paper>,
        /// The certificate by text that says the same.
        signed: Option<String>,
    },
    /// There is a certificate, and no page for it: its vaccine is not configured any more.
    NoPage,
    /// There is none: it was revoked, or the record does not have it.
    Gone,
}

/// What has to be read of the person whose certificate is enclosed.
pub fn need(person: NikIndex) -> Need {
    let certificate = Some(CertificateNeed::Of(person));
    Need { person: Some(person), certificate, ..Need::default() }
}

impl Desk {
    /// What is handed over of a dose, by what [`need`] reads. Whoever asked for it was allowed to see it
    /// then; only the record is looked at again.
    pub fn handed(&self, dose: u8, facts: &Facts) -> Handed {
        let Some(person) = facts.person.as_ref().filter(|person| !person.blocked) else {
            return Handed::Gone;
        };
        let found = person.doses.iter().find(|of| of.number == dose);
        let Some(found) = found.filter(|of| of.certificate.is_some() && of.given_on.is_some())
        else {
            return Handed::Gone;
        };
        let issued = facts.certificate.issued.iter();
        let issued = issued.into_iter().find(|of| of.person == person.index && of.dose == dose);
        let Some(issued) = issued.filter(|issued| issued.revoked_at.is_none()) else {
            return Handed::Gone;
        };
        let Some(paper) = self.paper(person, found, issued) else { return Handed::NoPage };
        let claims = self.claims(person, found, issued);
        let signed = claims.and_then(|claims| text::sign(&claims, &self.keyring.now()));
        Handed::Paper { paper: Box::new(paper), signed }
    }
}
