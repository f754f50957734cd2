//! What goes to a chat beside the words of a notice. A notice names it and does not hold it: it is looked up
//! and made when it is sent, so that what it says is what the record says then. A correction that comes
//! in between is in it, and what was revoked in between is not sent.
//!
//! The text of a notice is what every other way carries, and what the chat gets where the enclosure cannot
//! be made: it says on its own what has to be said.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that is enclosed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enclosure {
    /// The certificate of a dose, as a document.
    Certificate(EnclosedCertificate),
    /// The number of an e-ticket, as a picture.
    Ticket(EnclosedTicket),
}

/// Which e-ticket is enclosed, and the words around it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnclosedTicket {
    /// Its number, ten digits: all that the picture says.
    pub number: String,
    /// What is said instead if it stands no longer.
    pub gone: String,
}

/// Which certificate is enclosed, and the words around it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnclosedCertificate {
    /// Whose: the blind index of the NIK.
    pub person: [u8; 16],
    /// Of which dose.
    pub dose: u8,
    /// The words beside the document. The text of the notice is added to them while it still holds.
    pub caption: String,
    /// What is said instead if there is no such certificate any more.
    pub gone: String,
}

/// Whose it is, is not for logs.
impl fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(_) => f.write_str("Certificate"),
            Self::Ticket(_) => f.write_str("Ticket"),
        }
    }
}
