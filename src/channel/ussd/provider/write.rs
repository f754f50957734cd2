//! A reply to the body of a response.

use serde_json::{Map, Value};

use super::{Heard, Provider, ReplyForm};
use crate::{
    conversation::{Reply, Then},
    text::transliterate,
};

/// The body of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its media type.
    pub content_type: &'static str,
    /// Its text, UTF-8.
    pub body: String,
}

/// Writes a reply, or that the end of a session was heard. `url` is where the provider calls us;
/// it may be empty where no reply says it. Letters that phones lack are written with those they
/// have.
pub fn render(provider: &Provider, heard: &Heard, url: &str, reply: Option<&Reply>) -> Written {
    let number = heard.next_number().to_string();
    let ways = [("{url}", url), ("{number}", number.as_str())];
    let plain = reply.map(|reply| (transliterate::to_gsm7(&reply.text), reply.then));
    let reply = plain.as_ref().map(|(text, then)| (text.as_ref(), *then));
    match &provider.reply {
        ReplyForm::Plain { ask, end } => Written {
            content_type: "text/plain; charset=utf-8",
            body: reply.map_or_else(String::new, |(text, then)| {
                filled(chosen(then, ask, end), text, ways, str::to_owned)
            }),
        },
        ReplyForm::Xml { ask, end } => Written {
            content_type: "text/xml; charset=utf-8",
            body: reply.map_or_else(String::new, |(text, then)| {
                filled(chosen(then, ask, end), text, ways, escaped)
            }),
        },
        ReplyForm::Json { text: field, then: then_field, ask, end, echo, with } => {
            let again = echo.iter().filter_map(|name| {
                heard.fields.get(name).map(|value| (name.clone(), value.clone()))
            });
            let always = with.iter().map(|(name, value)| (name.clone(), value.clone()));
            let mut object: Map<String, Value> = again.chain(always).collect();
            if let Some((text, then)) = reply {
                object.insert(field.clone(), Value::String(text.to_owned()));
                object.insert(then_field.clone(), chosen(then, ask, end).clone());
            }
            Written { content_type: "application/json", body: Value::Object(object).to_string() }
        }
    }
}

fn chosen<'a, T: ?Sized>(then: Then, ask: &'a T, end: &'a T) -> &'a T {
    match then {
        Then::Wait => ask,
        Then::Close => end,
    }
}

/// Fills a template. What is filled in is not looked at again, so that a text with braces stays
/// as it is.
fn filled(
    template: &str,
    text: &str,
    ways: [(&str, &str); 2],
    safe: impl Fn(&str) -> String,
) -> String {
    let mut whole = String::with_capacity(template.len() + text.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        whole.push_str(before);
        let mut parts = [("{text}", text)].into_iter().chain(ways);
        match parts.find(|(name, _)| from.starts_with(name)) {
            Some((name, value)) => {
                whole.push_str(&safe(value));
                rest = from.get(name.len()..).unwrap_or_default();
            }
            None => {
                whole.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    whole + rest
}

/// XML 1.0 §2.4, and the quote for attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML 1.0 §2.2 knows no other control characters.
            char if char.is_control() && !matches!(char, '\n' | '\r' | '\t') => {}
            char => safe.push(char),
        }
    }
    safe
}
