//! A broadcast as its values: what a template of the provider's is filled with, when nobody may be written
//! to in any other way. The template is looked up when it is sent, by the service, its text and the language; so a
//! template that got another name, or was added later, is found.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::menu::language::Language;

/// A text of a campaign: whose, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextOf<'t> {
    /// The service in whose menu it stands.
    pub service: &'t str,
    /// Its name there.
    pub text: &'t str,
}

/// The values of a broadcast, beside the text that they stand in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framed {
    /// The service whose text it is; empty where an older program wrote it.
    #[serde(default)]
    pub service: String,
    /// The name of the text, as in `[campaign.*]` of the service's menu.
    pub text: String,
    /// The language that it is written in.
    pub language: Language,
    /// Each value by its name.
    pub values: BTreeMap<String, String>,
}

impl Framed {
    /// Which text it is.
    pub fn text_of(&self) -> TextOf<'_> {
        TextOf { service: &self.service, text: &self.text }
    }
}

/// Values are about somebody, and not for logs.
impl fmt::Debug for Framed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framed")
            .field("service", &self.service)
            .field("text", &self.text)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}
