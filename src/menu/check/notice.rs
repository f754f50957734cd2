//! Texts that are sent must arrive as they were written: one segment of 160 characters of the basic
//! table (TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1) in every language with the widest values, because
//! parts and extension characters get lost on the way. A broadcast says how it is refused.

use std::collections::HashMap;

use crate::{
    diagnostic::{Finding, Place, Severity, Spot},
    menu::{
        catalogue::Catalogue,
        check::letters,
        load::{Draft, DraftNotice, NoticeTable, suggest},
        model::{Menu, Phrase},
        notice::{CODE, DIAL, Kind, NoticeText, WIDEST_CODE},
        template::{Piece, Template},
    },
    text::{gsm7, segment::GSM7_ALONE},
};

/// The word by which broadcasts are refused. It is the same in every language.
const REFUSE: &str = "STOP";

/// The values that a text can be filled with, and their widths, but for that of `dial`. `left` are those that
/// the menu's calls leave: a broadcast is sent outside of any conversation.
fn offered<'v>(
    draft: &DraftNotice,
    catalogue: &Catalogue,
    left: &'v HashMap<String, usize>,
) -> HashMap<&'v str, usize> {
    let mut offered = HashMap::new();
    match draft.table {
        NoticeTable::Notice => {
            let sends = catalogue.sends.iter().filter(|sends| sends.name == draft.id.value);
            let gives = sends.flat_map(|sends| sends.gives);
            offered.extend(left.iter().map(|(name, width)| (name.as_str(), *width)));
            offered.extend(gives.map(|given| (given.name, given.longest.len())));
        }
        NoticeTable::Campaign => {
            offered.extend(catalogue.tells.iter().map(|given| (given.name, given.longest.len())));
        }
    }
    offered.insert(CODE, WIDEST_CODE.len());
    offered
}

/// The text of a draft. `left` are the widths of the values that the menu's calls leave.
pub(super) fn text(
    draft: &DraftNotice,
    say: Phrase,
    catalogue: &Catalogue,
    left: &HashMap<String, usize>,
) -> NoticeText {
    let kind = match draft.table {
        NoticeTable::Notice => Kind::Service,
        NoticeTable::Campaign => class(draft).unwrap_or(Kind::Campaign),
    };
    let offered = offered(draft, catalogue, left);
    let names = say.0.iter().flat_map(Template::names);
    let widths = names.filter_map(|name| Some((name.to_owned(), *offered.get(name)?))).collect();
    NoticeText { name: draft.id.value.clone(), kind, say, widths }
}

fn class(draft: &DraftNotice) -> Option<Kind> {
    match draft.class.as_ref()?.value.as_str() {
        "campaign" => Some(Kind::Campaign),
        "reminder" => Some(Kind::Reminder),
        _ => None,
    }
}

/// Findings about every text that is sent.
pub fn check(draft: &Draft, menu: &Menu, catalogue: &Catalogue) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (written, text) in draft.notices.iter().zip(&menu.notices) {
        findings.extend(known_class(written));
        findings.extend(once(draft, written));
        for (language, template) in menu.languages.iter().zip(&text.say.0) {
            let texts = written.say.iter().flat_map(|say| &say.texts);
            let spot = texts.into_iter().find(|(code, _)| code.value == language.as_str());
            let Some((_, spot)) = spot else { continue };
            findings.extend(basic(spot));
            let stranger = strangers(text, template, &spot.at);
            findings.extend(stranger.map(|(finding, name)| {
                let offered = offered(written, catalogue, &menu.widths);
                finding.help(suggest(name, offered.into_keys().chain([DIAL])))
            }));
            findings.extend(room(menu, text, template, &spot.at));
            if text.kind.is_broadcast() {
                findings.extend(refusable(template, &spot.at));
            }
        }
    }
    findings
}

fn known_class(written: &DraftNotice) -> Option<Finding> {
    if written.table == NoticeTable::Notice || class(written).is_some() {
        return None;
    }
    let at = written.class.as_ref().map_or(&written.id.at, |class| &class.at);
    let finding = Finding::error("menu::class", at, "a campaign has a class");
    Some(finding.help("class = \"campaign\", or \"reminder\" for what somebody signed up for"))
}

fn once(draft: &Draft, written: &DraftNotice) -> Option<Finding> {
    let same =
        |other: &&DraftNotice| other.table == written.table && other.id.value == written.id.value;
    let first = draft.notices.iter().find(same)?;
    let message = format!("there is another text `{}`", written.id.value);
    (first.id.at != written.id.at).then(|| Finding::error("menu::twice", &written.id.at, message))
}

/// What is a warning on a screen is an error here: nobody can ask for the text again.
fn basic(text: &Spot<String>) -> impl Iterator<Item = Finding> {
    letters::foreign(text)
        .into_iter()
        .map(|finding| Finding { severity: Severity::Error, ..finding })
}

/// What nothing fills, with its name.
fn strangers<'t>(
    text: &NoticeText,
    template: &'t Template,
    at: &Place,
) -> Option<(Finding, &'t str)> {
    let known = |name: &&str| *name == DIAL || text.widths.contains_key(*name);
    let stranger = template.names().find(|name| !known(name))?;
    let message = format!("`{{{stranger}}}` has no value here");
    Some((Finding::error("menu::placeholder", at, message), stranger))
}

fn room(menu: &Menu, text: &NoticeText, template: &Template, at: &Place) -> Option<Finding> {
    let width = |name: &str| match name {
        DIAL => menu.dial.iter().map(String::len).max().unwrap_or_default(),
        _ => text.widths.get(name).copied().unwrap_or_default(),
    };
    let needs: usize = template
        .pieces()
        .map(|piece| match piece {
            Piece::Words(words) => gsm7::count(words).unwrap_or(words.chars().count()),
            Piece::Value(name) => width(name),
        })
        .sum();
    let over = needs.checked_sub(GSM7_ALONE).filter(|over| *over > 0)?;
    let message = format!("this is longer than one SMS of {GSM7_ALONE} characters");
    let finding = Finding::error("menu::overflow", at, message).label("too long");
    Some(
        finding.help(format!("{over} of {needs} characters are too many, with the longest values")),
    )
}

/// Nobody can answer a name, so a broadcast says where its refusal goes (`domain.md` §9).
fn refusable(template: &Template, at: &Place) -> Option<Finding> {
    let says = |piece: &Piece| match piece {
        Piece::Words(words) => {
            words.split(|c: char| !c.is_alphanumeric()).any(|word| word == REFUSE)
        }
        Piece::Value(_) => false,
    };
    if template.pieces().any(says) && template.names().any(|name| name == CODE) {
        return None;
    }
    let finding = Finding::error("menu::refuse", at, "a broadcast says how it is refused");
    Some(finding.help("nobody can answer its sender: write `STOP ke {code}`, or alike"))
}
