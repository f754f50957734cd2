//! What a code that confirms is for. Whoever reads it on a phone that they share, or did not write at all, must
//! see whose it is and what it does (`domain.md` §8): the brand of the service, and for every call that changes
//! something what that is. With both, the text is one SMS of the basic table, whatever the call.

use std::collections::BTreeMap;

use crate::{
    diagnostic::{Finding, Severity},
    menu::{
        catalogue::{Catalogue, Effect},
        check::{fit::WIDEST_CODE, letters},
        load::{Draft, suggest},
        model::{Act, CONFIRM, Menu, NOT_CONFIRMED, Phrase},
    },
    text::{gsm7, segment::GSM7_ALONE},
};

/// Findings about brand and purposes.
pub fn check(draft: &Draft, menu: &Menu, catalogue: &Catalogue) -> Vec<Finding> {
    let mut findings = Vec::new();
    let changing = changing(menu);
    for (call, at) in &changing {
        if !menu.purposes.contains_key(*call) {
            let message = format!("`{call}` changes something, and nothing says what");
            let made = draft.screens.get(*at).and_then(|screen| screen.call.as_ref());
            let finding = match made {
                Some(made) => Finding::error("menu::purpose", &made.at, message),
                None => Finding::nowhere("menu::purpose", message),
            };
            findings.push(finding.help(format!("add \"{call}\".id = \"…\" to [purpose]")));
        }
    }
    let calls = catalogue.calls.iter().filter(|call| call.effect == Effect::Changes);
    let calls: Vec<&str> = calls.map(|call| call.name).collect();
    for (name, phrase) in draft.purposes.iter().filter(|(name, _)| !calls.contains(&name.as_str()))
    {
        let message = format!("there is no call `{name}` that changes something");
        let finding = Finding::error("menu::purpose", &phrase.at, message);
        findings.push(finding.help(suggest(name, calls.iter().copied())));
    }
    if menu.brand.is_empty() && !changing.is_empty() {
        let message = "the menu does not say whose its codes are";
        let finding = Finding::nowhere("menu::purpose", message);
        findings.push(finding.help("add brand = \"…\", which codes begin with"));
    }
    let words = [CONFIRM, NOT_CONFIRMED].map(|word| draft.words.get(word.name));
    let texts = draft.purposes.values().chain(words.into_iter().flatten());
    let brand = draft.brand.iter();
    for text in texts.flat_map(|phrase| phrase.texts.iter().map(|(_, text)| text)).chain(brand) {
        let foreign = letters::foreign(text).into_iter();
        findings.extend(foreign.map(|finding| Finding { severity: Severity::Error, ..finding }));
    }
    if !changing.is_empty() {
        findings.extend(room(draft, menu));
    }
    findings
}

/// Every call that changes something, and a screen that makes it.
fn changing(menu: &Menu) -> BTreeMap<&'static str, usize> {
    let calls = menu.screens.iter().enumerate().filter_map(|(at, screen)| match &screen.act {
        Act::Call { call, .. } if call.effect == Effect::Changes => Some((call.name, at)),
        _ => None,
    });
    calls.collect()
}

/// The text is whole: it says all three, and is no longer than one SMS for the longest purpose.
fn room(draft: &Draft, menu: &Menu) -> Vec<Finding> {
    let mut findings = Vec::new();
    for word in [CONFIRM, NOT_CONFIRMED] {
        let Some(written) = draft.words.get(word.name) else { continue };
        for (at, language) in menu.languages.iter().enumerate() {
            let spot = written.texts.iter().find(|(code, _)| code.value == language.as_str());
            let place = spot.map_or(&written.at, |(_, text)| &text.at);
            let says: Vec<&str> = menu.words.get(word.name).map_or(vec![], |Phrase(all)| {
                all.get(at).map(|of| of.names().collect()).unwrap_or_default()
            });
            if let Some(missing) = word.values.iter().find(|value| !says.contains(*value)) {
                let message = format!("a code that confirms says its `{{{missing}}}`");
                findings.push(Finding::error("menu::purpose", place, message));
                continue;
            }
            let length = |call: &&String| {
                let text = menu.confirms(word, language, WIDEST_CODE, call);
                gsm7::count(&text).unwrap_or(usize::MAX)
            };
            let Some(longest) = menu.purposes.keys().max_by_key(length) else { continue };
            let needs = length(&longest);
            if needs > GSM7_ALONE {
                let message = format!("with `{longest}` this is longer than one SMS");
                let finding = Finding::error("menu::overflow", place, message).label("too long");
                findings.push(finding.help(format!("it has {needs} of {GSM7_ALONE} characters")));
            }
        }
    }
    findings
}
