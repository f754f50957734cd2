//! What goes out, one message at a time (Cloud API, `POST /{phone_number_id}/messages`; limits in
//! `wire.md` §5).
//!
//! A card becomes buttons where three are enough and their labels fit, else a list, else the text as
//! it is laid out for typed numbers: nothing of a card is ever left out to make it fit. Lengths are
//! counted in UTF-16 code units, which are never fewer than the characters that the limits speak of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{frame::Template, tap};
use crate::{
    identity::ChatId,
    menu::{state::Row, view::Card},
    text::ucs2,
};

/// The longest text of a message without buttons or a list.
pub const TEXT: usize = 4096;
/// The longest text above buttons or a list.
pub const BODY: usize = 1024;
/// The most buttons.
pub const BUTTONS: usize = 3;
/// The longest label of a button, of a row's message as well as of the one that opens a list.
pub const BUTTON_TITLE: usize = 20;
/// The most rows of a list, over all its sections.
pub const ROWS: usize = 10;
/// The longest first line of a row, and the longest title of a section.
pub const ROW_TITLE: usize = 24;
/// The longest second line of a row.
pub const ROW_MORE: usize = 72;
/// The longest words beside a document.
pub const CAPTION: usize = 1024;
/// The longest value of a template: its body has 1,024 in all, with the words around the value.
pub const PARAMETER: usize = 900;
/// The longest name of a document; no limit is known, and file systems have 255 octets.
pub const FILE_NAME: usize = 80;

/// To whom a message goes.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// Digits of a phone.
    Phone(String),
    /// An id of a user, where no number is known.
    User(String),
}

impl From<&ChatId> for Address {
    fn from(chat: &ChatId) -> Self {
        match (chat.phone(), chat.user()) {
            (Some(phone), _) => Self::Phone(phone.to_owned()),
            (None, user) => Self::User(user.unwrap_or_default().to_owned()),
        }
    }
}

/// Who somebody is is not for logs.
impl std::fmt::Debug for Address {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Phone(_) => "Phone(****)",
            Self::User(_) => "User(****)",
        })
    }
}

/// A reply or a notice: its card, or its text where there is no card or the card has no room.
pub fn message(to: &Address, text: &str, card: Option<&Card>) -> Value {
    let drawn = card.and_then(|card| buttons(card).or_else(|| list(card)));
    match drawn {
        Some(interactive) => envelope(to, "interactive", interactive),
        None => {
            let text = if is_blank(text) { card.map_or("", |card| &card.body) } else { text };
            let body = said(text, TEXT);
            envelope(to, "text", json!({"preview_url": false, "body": body}))
        }
    }
}

/// A template, filled with these values in their order.
pub fn template(to: &Address, template: &Template, values: &[String]) -> Value {
    // All of them share the room that one would have.
    let most = PARAMETER / values.len().max(1);
    let value = |value: &String| {
        // A value has no line ends, and no more than four blanks in a row.
        let text = one_line(&said(value, usize::MAX));
        json!({"type": "text", "text": cut(&text, most)})
    };
    let values: Vec<Value> = values.iter().map(value).collect();
    let mut content = json!({
        "name": template.name,
        "language": {"code": template.code()},
    });
    if !values.is_empty() {
        content["components"] = json!([{"type": "body", "parameters": values}]);
    }
    envelope(to, "template", content)
}

/// A document that was given to the provider before, under the id that it got there.
pub fn document(to: &Address, media: &str, name: &str, caption: &str) -> Value {
    let name: String =
        one_line(name).chars().map(|c| if is_separator(c) { '-' } else { c }).collect();
    let mut content = json!({"id": media, "filename": cut(&name, FILE_NAME)});
    if !is_blank(caption) {
        content["caption"] = said(caption, CAPTION).into();
    }
    envelope(to, "document", content)
}

/// A picture that was given to the provider before, under the id that it got there.
pub fn image(to: &Address, media: &str, caption: &str) -> Value {
    let mut content = json!({"id": media});
    if !is_blank(caption) {
        content["caption"] = said(caption, CAPTION).into();
    }
    envelope(to, "image", content)
}

/// Marks a message of somebody as read, and shows for a while that we write.
pub fn typing(message_id: &str) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": message_id,
        "typing_indicator": {"type": "text"},
    })
}

fn envelope(to: &Address, kind: &str, content: Value) -> Value {
    let mut message = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": kind,
    });
    let (field, to) = match to {
        Address::Phone(digits) => ("to", digits),
        Address::User(id) => ("recipient", id),
    };
    message[field] = to.as_str().into();
    message[kind] = content;
    message
}

/// A card with as few rows as there are buttons, if all of them fit.
fn buttons(card: &Card) -> Option<Value> {
    let (body, ids) = (body_of(card)?, ids(card)?);
    let rows = || card.rows.iter().chain(&card.keys);
    let fit = |row: &Row| ucs2::units(&one_line(&row.label)) <= BUTTON_TITLE;
    if ids.is_empty() || ids.len() > BUTTONS || !rows().all(fit) {
        return None;
    }
    let mut titles = Titles::default();
    let button = |(id, row): (&String, &Row)| {
        let title = titles.title(&one_line(&row.label), BUTTON_TITLE);
        json!({"type": "reply", "reply": {"id": id, "title": title}})
    };
    let buttons: Vec<Value> = ids.iter().zip(rows()).map(button).collect();
    Some(json!({"type": "button", "body": {"text": body}, "action": {"buttons": buttons}}))
}

/// A card with as many rows as a list has. The keys stand apart, below.
fn list(card: &Card) -> Option<Value> {
    let (body, ids) = (body_of(card)?, ids(card)?);
    if ids.is_empty() || ids.len() > ROWS {
        return None;
    }
    let mut titles = Titles::default();
    let mut drawn = card.rows.iter().chain(&card.keys).zip(&ids).map(|(row, id)| {
        let (title, more) = titles.row(&row.label);
        let mut drawn = json!({"id": id, "title": title});
        if let Some(more) = more {
            drawn["description"] = more.into();
        }
        drawn
    });
    let choices: Vec<Value> = drawn.by_ref().take(card.rows.len()).collect();
    let keys: Vec<Value> = drawn.collect();
    let word = |word: &str| if is_blank(word) { "Menu".to_owned() } else { one_line(word) };
    let (choose, other) = (word(&card.drawn.choose), word(&card.drawn.other));
    let sections = if choices.is_empty() || keys.is_empty() {
        let rows = [choices, keys].concat();
        json!([{"rows": rows}])
    } else {
        json!([
            {"title": cut(&choose, ROW_TITLE), "rows": choices},
            {"title": cut(&other, ROW_TITLE), "rows": keys},
        ])
    };
    let action = json!({"button": cut(&choose, BUTTON_TITLE), "sections": sections});
    Some(json!({"type": "list", "body": {"text": body}, "action": action}))
}

/// The text above, if there is room for all of it.
fn body_of(card: &Card) -> Option<String> {
    let body = said(&card.body, usize::MAX);
    (ucs2::units(&body) <= BODY).then_some(body)
}

/// The ids of rows and keys; `None` where one is too long or there are two of the same: then only
/// what is typed can tell them apart.
fn ids(card: &Card) -> Option<Vec<String>> {
    let rows = card.rows.iter().chain(&card.keys);
    let ids: Vec<String> = rows.map(|row| tap::write(&card.screen, &row.id)).collect();
    let different: BTreeSet<&String> = ids.iter().collect();
    let short = ids.iter().all(|id| id.len() <= tap::LONGEST_ID);
    (short && different.len() == ids.len()).then_some(ids)
}

/// The titles of a message so far: no two of them are alike.
#[derive(Default)]
struct Titles(BTreeSet<String>);

impl Titles {
    /// A row's label in two lines: what the first has no room for stands on the second.
    fn row(&mut self, label: &str) -> (String, Option<String>) {
        let label = one_line(label);
        if ucs2::units(&label) <= ROW_TITLE {
            let title = self.title(&label, ROW_TITLE);
            return (title, None);
        }
        let head = ucs2::prefix(&label, ROW_TITLE);
        let (first, rest) = match label.get(head.len()..) {
            Some(rest) if rest.starts_with(' ') => (head, rest),
            _ => match head.rsplit_once(' ') {
                Some((first, _)) => (first, label.get(first.len()..).unwrap_or_default()),
                // One long word: it stands below as a whole.
                None => (label.as_str(), label.as_str()),
            },
        };
        let wanted = cut(first, ROW_TITLE);
        let title = self.title(&wanted, ROW_TITLE);
        // A title that had to change says less than it should.
        let rest = if title == wanted { rest } else { &label };
        (title, Some(cut(rest.trim(), ROW_MORE)))
    }

    /// This label, or its beginning and a number that no other has.
    fn title(&mut self, label: &str, most: usize) -> String {
        let label = if is_blank(label) { "-" } else { label };
        let numbered = |number: usize| {
            let end = format!(" ({number})");
            format!("{}{end}", ucs2::prefix(label, most - end.len()).trim_end())
        };
        let wanted = std::iter::once(cut(label, most)).chain((2..).map(numbered));
        let mut free = wanted.filter(|title| !self.0.contains(title));
        let title = free.next().unwrap_or_default();
        self.0.insert(title.clone());
        title
    }
}

/// A text as it may be sent: not empty, without what cannot be seen, and with no mark that would be
/// taken for layout. What has no room ends in dots.
fn said(text: &str, most: usize) -> String {
    let visible: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let lines: Vec<String> = visible.trim().lines().map(plain).collect();
    match lines.join("\n") {
        text if is_blank(&text) => "-".to_owned(),
        text => cut(&text, most),
    }
}

/// A line without pairs of marks that WhatsApp takes for layout (`*bold*`, `_italic_`, `~struck~`,
/// `` `code` ``, `> quoted`). A name with stars in it is shown with stars: a mark has no escape, so
/// the marks of such a line become signs that look alike. A `*119#` on its own is no pair, and stays
/// what one can dial.
fn plain(line: &str) -> String {
    let mut line = line.to_owned();
    for (mark, alike) in
        [('*', "\u{2217}"), ('_', "\u{02CD}"), ('~', "\u{223C}"), ('`', "\u{02CB}")]
    {
        if has_pair(&line, mark) {
            line = line.replace(mark, alike);
        }
    }
    match line.strip_prefix("> ") {
        Some(rest) => format!("\u{203A} {rest}"),
        None => line,
    }
}

/// Whether a mark opens something in this line and another closes it: the first has no letter before
/// it and no blank behind it, the second the other way round.
fn has_pair(line: &str, mark: char) -> bool {
    let (mut before, mut opened) = (None, false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        if c == mark {
            let opens = before.is_none_or(|c: char| !c.is_alphanumeric())
                && after.is_some_and(|c| !c.is_whitespace());
            let closes = before.is_some_and(|c| !c.is_whitespace())
                && after.is_none_or(|c| !c.is_alphanumeric());
            if opened && closes {
                return true;
            }
            opened |= opens;
        }
        before = Some(c);
    }
    false
}

/// A label: one line, one blank between words, nothing that cannot be seen.
fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As much of a text as there is room for; what is cut off is replaced by dots.
fn cut(text: &str, most: usize) -> String {
    if ucs2::units(text) <= most {
        return text.to_owned();
    }
    format!("{}…", ucs2::prefix(text, most.saturating_sub(1)).trim_end())
}

/// Nothing to be seen.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control())
}

fn is_separator(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '"' | '<' | '>' | '|' | '?' | '*')
}

#[cfg(test)]
mod tests;
