//! What a message to a user may contain: every limit of the Cloud API, read off the JSON.
//!
//! Pure. Lengths are counted in characters. Knows no user, no file and no clock.
//! Source: WhatsApp Cloud API, "Messages" and "Interactive messages".

use serde::Serialize;
use serde_json::Value;

use super::refusal::{Code, Refusal};

/// Characters of a text.
pub const TEXT_MAX: usize = 4096;
/// Characters of the body of buttons or a list.
pub const BODY_MAX: usize = 1024;
/// Characters of a header or a footer.
pub const HEADER_MAX: usize = 60;
/// Characters under a document or a picture.
pub const CAPTION_MAX: usize = 1024;
/// Buttons of a message.
pub const BUTTONS_MAX: usize = 3;
/// Characters of a button.
pub const BUTTON_TITLE_MAX: usize = 20;
/// Characters of a button's id.
pub const BUTTON_ID_MAX: usize = 256;
/// Rows of a list, in all its sections.
pub const ROWS_MAX: usize = 10;
/// Characters of a row.
pub const ROW_TITLE_MAX: usize = 24;
/// Characters under a row.
pub const ROW_DESCRIPTION_MAX: usize = 72;
/// Characters of a row's id.
pub const ROW_ID_MAX: usize = 200;
/// Characters of the button that opens a list.
pub const LIST_BUTTON_MAX: usize = 20;
/// Characters above the rows of a section.
pub const SECTION_TITLE_MAX: usize = 24;
/// Characters of a document's name.
pub const FILENAME_MAX: usize = 240;

/// Something to tap: a button, or a row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What comes back when it is tapped.
    pub id: String,
    /// What the user reads.
    pub title: String,
    /// What stands under it in a list; empty for nothing.
    pub description: String,
}

/// Rows of a list that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What stands above them; empty for nothing.
    pub title: String,
    /// The rows.
    pub rows: Vec<Choice>,
}

/// What a user sees in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Words.
    Text {
        /// The words.
        body: String,
    },
    /// Words with up to three buttons.
    Buttons {
        /// Above the words; empty for nothing.
        header: String,
        /// The words.
        body: String,
        /// Below the words; empty for nothing.
        footer: String,
        /// The buttons.
        buttons: Vec<Choice>,
    },
    /// Words with a button that opens rows.
    List {
        /// Above the words; empty for nothing.
        header: String,
        /// The words.
        body: String,
        /// Below the words; empty for nothing.
        footer: String,
        /// The button that opens the rows.
        button: String,
        /// The rows.
        sections: Vec<Section>,
    },
    /// A file.
    Document {
        /// Which file.
        media: String,
        /// What it is called.
        filename: String,
        /// Under it; empty for nothing.
        caption: String,
    },
    /// A picture.
    Image {
        /// Which file.
        media: String,
        /// Under it; empty for nothing.
        caption: String,
    },
    /// A text that was approved before.
    Template {
        /// Its name.
        name: String,
        /// Its language.
        language: String,
        /// The text with its values; empty until the template is looked up.
        text: String,
        /// The values, in order.
        values: Vec<String>,
    },
    /// A place.
    Location {
        /// Degrees north, as written.
        latitude: String,
        /// Degrees east, as written.
        longitude: String,
        /// What it is called; empty for nothing.
        name: String,
    },
    /// Something else from a user: its type in the events.
    Other {
        /// `sticker`, `audio`, …
        what: String,
    },
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A phone number, digits only.
    Phone(String),
    /// A business-scoped user id.
    UserId(String),
}

/// A message as the gateway wants it sent; every limit holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// For whom.
    pub to: To,
    /// What.
    pub content: Content,
    /// The message that it answers, if it says so.
    pub answers: Option<String>,
    /// The identity key that the sender knows, if it says so.
    pub identity: Option<String>,
}

impl Content {
    /// What can be tapped, buttons or rows.
    pub fn choices(&self) -> Vec<&Choice> {
        match self {
            Self::Buttons { buttons, .. } => buttons.iter().collect(),
            Self::List { sections, .. } => {
                sections.iter().flat_map(|section| &section.rows).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The kind in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Buttons { .. } => "buttons",
            Self::List { .. } => "list",
            Self::Document { .. } => "document",
            Self::Image { .. } => "image",
            Self::Template { .. } => "template",
            Self::Location { .. } => "location",
            Self::Other { .. } => "other",
        }
    }

    /// The words of a message: its body, text or caption.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { body } | Self::Buttons { body, .. } | Self::List { body, .. } => body,
            Self::Document { caption, .. } | Self::Image { caption, .. } => caption,
            Self::Template { text, .. } => text,
            Self::Location { name, .. } => name,
            Self::Other { what } => what,
        }
    }
}

/// Reads a message, or says which limit it breaks.
pub fn read(message: &Value) -> Result<Outgoing, Refusal> {
    let top = At { value: message, path: String::new() };
    product(&top)?;
    let to = match (top.get("to"), top.get("recipient")) {
        (Some(to), _) => To::Phone(to.phone()?),
        (None, Some(recipient)) => To::UserId(recipient.user_id()?),
        (None, None) => return Err(missing("to")),
    };
    if let Some(kind) = top.get("recipient_type")
        && kind.words()? != "individual"
    {
        return Err(kind.invalid("is `individual` here"));
    }
    let kind = match top.get("type") {
        Some(kind) => kind.words()?,
        None => "text",
    };
    let content = match kind {
        "text" => text(&top.need("text")?)?,
        "interactive" => interactive(&top.need("interactive")?)?,
        "document" => document(&top.need("document")?)?,
        "image" => image(&top.need("image")?)?,
        "template" => template(&top.need("template")?)?,
        other => {
            let known = other.chars().take(20).collect::<String>();
            return Err(Refusal::new(Code::UnknownType, format!("type {known:?} is not known")));
        }
    };
    let answers = match top.get("context") {
        Some(context) => Some(context.need("message_id")?.words()?.to_owned()),
        None => None,
    };
    let identity = match top.get("recipient_identity_key_hash") {
        Some(hash) => Some(hash.words()?.to_owned()),
        None => None,
    };
    Ok(Outgoing { to, content, answers, identity })
}

/// Every body of the API says for which product it is.
pub(super) fn product(top: &At<'_>) -> Result<(), Refusal> {
    let product = top.get("messaging_product").ok_or_else(|| {
        Refusal::new(Code::Parameter, "The parameter messaging_product is required.")
    })?;
    match product.words()? {
        "whatsapp" => Ok(()),
        _ => Err(Refusal::new(Code::Parameter, "messaging_product is `whatsapp`")),
    }
}

fn text(at: &At<'_>) -> Result<Content, Refusal> {
    let body = at.need("body")?.within(1..=TEXT_MAX, Code::Parameter)?;
    if body.trim().is_empty() {
        return Err(Refusal::new(Code::Parameter, "text.body has no letter"));
    }
    Ok(Content::Text { body })
}

fn interactive(at: &At<'_>) -> Result<Content, Refusal> {
    let kind = at.need("type")?;
    let header = match at.get("header") {
        Some(header) if header.need("type")?.words()? == "text" => {
            header.need("text")?.within(1..=HEADER_MAX, Code::Invalid)?
        }
        Some(header) => return Err(header.invalid("is a text here")),
        None => String::new(),
    };
    let body = at.need("body")?.need("text")?.within(1..=BODY_MAX, Code::Invalid)?;
    if body.trim().is_empty() {
        return Err(at.invalid("body has no letter"));
    }
    let footer = match at.get("footer") {
        Some(footer) => footer.need("text")?.within(1..=HEADER_MAX, Code::Invalid)?,
        None => String::new(),
    };
    let action = at.need("action")?;
    match kind.words()? {
        "button" => Ok(Content::Buttons { header, body, footer, buttons: buttons(&action)? }),
        "list" => {
            let button = action.need("button")?.label(LIST_BUTTON_MAX)?;
            Ok(Content::List { header, body, footer, button, sections: sections(&action)? })
        }
        _ => Err(kind.invalid("is `button` or `list`")),
    }
}

fn buttons(action: &At<'_>) -> Result<Vec<Choice>, Refusal> {
    let list = action.need("buttons")?;
    let items = list.items()?;
    if !(1..=BUTTONS_MAX).contains(&items.len()) {
        return Err(list.invalid(&format!("has 1 to {BUTTONS_MAX} buttons, not {}", items.len())));
    }
    let read = |item: &At<'_>| {
        if item.need("type")?.words()? != "reply" {
            return Err(item.invalid("is of type `reply`"));
        }
        let reply = item.need("reply")?;
        let id = reply.need("id")?.within(1..=BUTTON_ID_MAX, Code::Invalid)?;
        let title = reply.need("title")?.label(BUTTON_TITLE_MAX)?;
        Ok(Choice { id, title, description: String::new() })
    };
    let buttons = items.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    all_different(&list, &buttons)?;
    Ok(buttons)
}

fn sections(action: &At<'_>) -> Result<Vec<Section>, Refusal> {
    let list = action.need("sections")?;
    let items = list.items()?;
    if !(1..=ROWS_MAX).contains(&items.len()) {
        return Err(list.invalid("has 1 to 10 sections"));
    }
    let read = |item: &At<'_>| {
        let title = match item.get("title") {
            Some(title) => title.label(SECTION_TITLE_MAX)?,
            None if items.len() > 1 => return Err(missing(&format!("{}.title", item.path))),
            None => String::new(),
        };
        let rows = item.need("rows")?.items()?.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            return Err(item.invalid("has a row"));
        }
        Ok(Section { title, rows })
    };
    let sections = items.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<_> = sections.iter().flat_map(|section| section.rows.clone()).collect();
    if rows.len() > ROWS_MAX {
        return Err(
            list.invalid(&format!("has at most {ROWS_MAX} rows in all, not {}", rows.len()))
        );
    }
    all_different(&list, &rows)?;
    Ok(sections)
}

fn row(row: &At<'_>) -> Result<Choice, Refusal> {
    let id = row.need("id")?.within(1..=ROW_ID_MAX, Code::Invalid)?;
    let title = row.need("title")?.label(ROW_TITLE_MAX)?;
    let description = match row.get("description") {
        Some(description) => description.within(1..=ROW_DESCRIPTION_MAX, Code::Invalid)?,
        None => String::new(),
    };
    Ok(Choice { id, title, description })
}

/// Two choices with the same id or the same title cannot be told apart.
fn all_different(list: &At<'_>, choices: &[Choice]) -> Result<(), Refusal> {
    for (at, choice) in choices.iter().enumerate() {
        let before = choices.iter().take(at);
        if before.clone().any(|other| other.id == choice.id) {
            return Err(list.invalid(&format!("has the id of choice {} twice", at + 1)));
        }
        if before.clone().any(|other| other.title.trim() == choice.title.trim()) {
            return Err(list.invalid(&format!("has the title of choice {} twice", at + 1)));
        }
    }
    Ok(())
}

fn document(at: &At<'_>) -> Result<Content, Refusal> {
    let media = at.need("id")?.words()?.to_owned();
    let filename = match at.get("filename") {
        Some(name) => name.within(1..=FILENAME_MAX, Code::Parameter)?,
        None => String::new(),
    };
    Ok(Content::Document { media, filename, caption: caption(at)? })
}

fn image(at: &At<'_>) -> Result<Content, Refusal> {
    let media = at.need("id")?.words()?.to_owned();
    Ok(Content::Image { media, caption: caption(at)? })
}

fn caption(at: &At<'_>) -> Result<String, Refusal> {
    at.get("caption")
        .map_or(Ok(String::new()), |text| text.within(0..=CAPTION_MAX, Code::Parameter))
}

fn template(at: &At<'_>) -> Result<Content, Refusal> {
    let name = at.need("name")?.words()?.to_owned();
    let language = at.need("language")?.need("code")?.words()?.to_owned();
    let mut values = Vec::new();
    if let Some(components) = at.get("components") {
        for component in components.items()? {
            let kind = component.need("type")?;
            if !kind.words()?.eq_ignore_ascii_case("body") {
                // The code of an authentication template stands on its button a second time.
                if kind.words()?.eq_ignore_ascii_case("button") {
                    continue;
                }
                return Err(kind.invalid("is `body` or `button` here"));
            }
            for parameter in component.need("parameters")?.items()? {
                let text = parameter.need("text")?;
                values.push(template_value(text.words()?)?);
            }
        }
    }
    Ok(Content::Template { name, language, text: String::new(), values })
}

/// A value of a template is one line without gaps.
fn template_value(value: &str) -> Result<String, Refusal> {
    if value.is_empty() || value.contains(['\n', '\r', '\t']) || value.contains("     ") {
        return Err(Refusal::new(
            Code::TemplateValue,
            "a value is not empty and has no line break, no tab and no more than four spaces",
        ));
    }
    Ok(value.to_owned())
}

/// A value and the way to it, for the words of a refusal.
pub(super) struct At<'a> {
    pub value: &'a Value,
    pub path: String,
}

impl<'a> At<'a> {
    fn get(&self, name: &str) -> Option<At<'a>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(At { value, path: self.below(name) })
    }

    fn need(&self, name: &str) -> Result<At<'a>, Refusal> {
        self.get(name).ok_or_else(|| missing(&self.below(name)))
    }

    fn below(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn items(&self) -> Result<Vec<At<'a>>, Refusal> {
        let items = self.value.as_array().ok_or_else(|| self.invalid("is an array"))?;
        let item = |(at, value)| At { value, path: format!("{}[{at}]", self.path) };
        Ok(items.iter().enumerate().map(item).collect())
    }

    fn words(&self) -> Result<&'a str, Refusal> {
        self.value
            .as_str()
            .ok_or_else(|| Refusal::new(Code::Parameter, format!("{} is a string", self.path)))
    }

    fn within(
        &self,
        length: std::ops::RangeInclusive<usize>,
        code: Code,
    ) -> Result<String, Refusal> {
        let words = self.words()?;
        let count = words.chars().count();
        if length.contains(&count) {
            return Ok(words.to_owned());
        }
        let (least, most, path) = (length.start(), length.end(), &self.path);
        Err(Refusal::new(code, format!("{path} has {least} to {most} characters, not {count}")))
    }

    /// One line that somebody reads.
    fn label(&self, most: usize) -> Result<String, Refusal> {
        let words = self.within(1..=most, Code::Invalid)?;
        if words.trim().is_empty() || words.contains('\n') {
            return Err(self.invalid("is one line with a letter in it"));
        }
        Ok(words)
    }

    fn phone(&self) -> Result<String, Refusal> {
        let words = self.words()?;
        let digits: String =
            words.chars().filter(|c| !matches!(c, '+' | ' ' | '-' | '(' | ')')).collect();
        if digits.bytes().all(|octet| octet.is_ascii_digit()) && (7..=15).contains(&digits.len()) {
            return Ok(digits);
        }
        Err(Refusal::new(Code::Parameter, format!("{} is a phone number", self.path)))
    }

    /// Two letters of a country, a dot, letters and digits.
    fn user_id(&self) -> Result<String, Refusal> {
        let words = self.words()?;
        let good = words.split_once('.').is_some_and(|(country, rest)| {
            country.len() == 2
                && country.bytes().all(|octet| octet.is_ascii_uppercase())
                && (1..=128).contains(&rest.len())
                && rest.bytes().all(|octet| octet.is_ascii_alphanumeric())
        });
        if good {
            return Ok(words.to_owned());
        }
        Err(Refusal::new(Code::Parameter, format!("{} is a business-scoped user id", self.path)))
    }

    fn invalid(&self, why: &str) -> Refusal {
        Refusal::new(Code::Invalid, format!("{} {why}", self.path))
    }
}

fn missing(path: &str) -> Refusal {
    Refusal::new(Code::Missing, format!("{path} is missing"))
}
