//! Names become what they name. A name that means nothing is a finding, and a hole is left in its
//! place, so that the rest can still be checked; a menu with holes never leaves the check.

mod acts;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::notice;
use crate::{
    diagnostic::{Finding, Place, Spot},
    menu::{
        catalogue::{Catalogue, NO_DESK},
        check::keyword,
        language::Language,
        load::{Draft, DraftNotice, DraftPhrase, NoticeTable, suggest},
        model::{Act, Keys, Menu, Phrase, Screen, WORDS, Word},
        notice::NoticeText,
        template::{Template, is_name},
        version::Version,
    },
    text::{gsm7, transliterate},
};

/// The target of a name that no screen has.
pub const NOWHERE: usize = usize::MAX;

/// A menu with holes, and what is wrong with it.
pub struct Resolved {
    /// The menu.
    pub menu: Menu,
    /// Screens whose act could not be made out; nothing more is said of them.
    pub broken: HashSet<usize>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// The desk that a menu names; a menu that names none calls on nothing.
pub fn desk<'c>(draft: &Draft, desks: &[&'c Catalogue]) -> Result<&'c Catalogue, Box<Finding>> {
    let Some(name) = &draft.desk else { return Ok(&NO_DESK) };
    desks.iter().find(|desk| desk.desk == name.value).copied().ok_or_else(|| {
        let message = format!("there is no desk `{}`", name.value);
        let help = suggest(&name.value, desks.iter().map(|desk| desk.desk));
        Box::new(Finding::error("menu::desk", &name.at, message).help(help))
    })
}

/// Looks every name up. Fails only when there is nothing to go on with: no language, or no screen.
///
/// `desks` are all there are: the shared words hold those of every desk's validators.
pub fn resolve(
    draft: &Draft,
    catalogue: &Catalogue,
    desks: &[&Catalogue],
) -> Result<Resolved, Vec<Finding>> {
    let mut resolver = Resolver {
        catalogue,
        desks,
        languages: Vec::new(),
        ids: HashMap::new(),
        widths: HashMap::new(),
        findings: Vec::new(),
    };
    resolver.languages(draft);
    resolver.ids(draft);
    if resolver.languages.is_empty() || draft.screens.is_empty() {
        if draft.screens.is_empty() {
            resolver.findings.push(Finding::nowhere("menu::empty", "the menu has no screens"));
        }
        return Err(resolver.findings);
    }
    Ok(resolver.menu(draft))
}

struct Resolver<'c> {
    catalogue: &'c Catalogue,
    desks: &'c [&'c Catalogue],
    languages: Vec<Language>,
    ids: HashMap<String, usize>,
    widths: HashMap<String, usize>,
    findings: Vec<Finding>,
}

impl Resolver<'_> {
    fn menu(mut self, draft: &Draft) -> Resolved {
        let service = self.service(draft);
        let start = match &draft.start {
            Some(start) => self.target(start),
            None => {
                let finding =
                    Finding::nowhere("menu::start", "the menu does not say where it starts");
                self.findings.push(finding.help("add start = \"home\", with the id of a screen"));
                NOWHERE
            }
        };
        let push = self.push(draft);
        let mut broken = HashSet::new();
        let mut screens = Vec::new();
        for (at, screen) in draft.screens.iter().enumerate() {
            let act = self.act(screen);
            if act.is_none() {
                broken.insert(at);
            }
            let act = act.unwrap_or(Act::Choose(Vec::new()));
            let say = match (&screen.say, &act) {
                (Some(say), _) => self.phrase(say, None),
                (None, Act::Call { .. }) => Phrase(vec![Template::default(); self.languages.len()]),
                (None, _) => {
                    if !broken.contains(&at) {
                        let finding = Finding::error(
                            "menu::silent",
                            &screen.id.at,
                            format!("screen `{}` says nothing", screen.id.value),
                        );
                        self.findings.push(finding.help("add say.id = \"…\""));
                    }
                    Phrase(vec![Template::default(); self.languages.len()])
                }
            };
            let fuller = screen.fuller.as_ref().map(|fuller| self.phrase(fuller, None));
            screens.push(Screen { id: screen.id.value.clone(), say, fuller, act });
        }
        let words = self.words(draft, &screens);
        let notices = self.notices(draft);
        let purposes = draft.purposes.iter();
        let purposes: BTreeMap<String, Phrase> =
            purposes.map(|(call, phrase)| (call.clone(), self.phrase(phrase, Some(&[])))).collect();
        let keys = self.keys(draft);
        let tries = match &draft.tries {
            Some(tries) if (1..=20).contains(&tries.value) => tries.value as u16,
            Some(tries) => {
                self.error("menu::tries", &tries.at, "`tries` is a number from 1 to 20");
                5
            }
            None => 5,
        };
        let texts = |spots: &[Spot<String>]| spots.iter().map(|spot| spot.value.clone()).collect();
        let menu = Menu {
            // Given by `check`, which has the files.
            version: Version::default(),
            service,
            brand: draft.brand.as_ref().map(|brand| brand.value.clone()).unwrap_or_default(),
            purposes,
            dial: texts(&draft.dial),
            keywords: texts(&draft.keywords),
            keyword: keyword::resolve(draft, &mut self.findings),
            commands: keyword::commands(draft, &mut self.findings),
            refusals: keyword::refusals(draft, &mut self.findings),
            start: if start == NOWHERE { 0 } else { start },
            push,
            by_id: self.ids,
            languages: self.languages,
            screens,
            words,
            keys,
            tries,
            widths: self.widths,
            notices,
        };
        Resolved { menu, broken, findings: self.findings }
    }

    fn service(&mut self, draft: &Draft) -> String {
        for dial in &draft.dial {
            let groups = dial.value.strip_prefix('*').and_then(|rest| rest.strip_suffix('#'));
            let digits = |group: &str| {
                !group.is_empty() && group.bytes().all(|octet| octet.is_ascii_digit())
            };
            if !groups.is_some_and(|groups| groups.split('*').all(digits)) {
                self.error("menu::dial", &dial.at, "a dial string looks like \"*119#\"");
            }
        }
        match &draft.service {
            Some(service) if is_name(&service.value) => service.value.clone(),
            Some(service) => {
                self.error("menu::service", &service.at, "a name is small letters, digits and `_`");
                String::new()
            }
            None => {
                let finding =
                    Finding::nowhere("menu::service", "the menu does not say its service");
                self.findings.push(finding.help("add service = \"name\""));
                String::new()
            }
        }
    }

    fn languages(&mut self, draft: &Draft) {
        for code in &draft.languages {
            match Language::parse(&code.value) {
                Some(language) if self.languages.contains(&language) => {
                    self.error("menu::language", &code.at, "this language is named twice");
                }
                Some(language) => self.languages.push(language),
                None => self.error(
                    "menu::language",
                    &code.at,
                    "a language is two or three small letters",
                ),
            }
        }
        if self.languages.is_empty() {
            let finding = Finding::nowhere("menu::language", "the menu names no language");
            self.findings.push(finding.help("add languages = [\"id\"]; the first is the default"));
        }
    }

    fn ids(&mut self, draft: &Draft) {
        for (at, screen) in draft.screens.iter().enumerate() {
            self.name(&screen.id);
            if self.ids.insert(screen.id.value.clone(), at).is_some() {
                let message = format!("there is another screen `{}`", screen.id.value);
                self.error("menu::twice", &screen.id.at, message);
            }
        }
    }

    fn name(&mut self, name: &Spot<String>) {
        let letter = name.value.starts_with(|c: char| c.is_ascii_lowercase());
        if !letter || !is_name(&name.value) {
            let message = "a name begins with a small letter and goes on with letters, digits, `_`";
            self.error("menu::name", &name.at, message);
        }
    }

    fn target(&mut self, to: &Spot<String>) -> usize {
        if let Some(&at) = self.ids.get(&to.value) {
            return at;
        }
        let help = suggest(&to.value, self.ids.keys().map(String::as_str));
        let message = format!("there is no screen `{}`", to.value);
        self.findings.push(Finding::error("menu::dangling", &to.at, message).help(help));
        NOWHERE
    }

    /// What the network pushes is shown to somebody who has asked for nothing: a screen, once, and
    /// no call.
    fn push(&mut self, draft: &Draft) -> Vec<usize> {
        let mut known = Vec::new();
        for name in &draft.push {
            let at = self.target(name);
            if at == NOWHERE {
                continue;
            }
            if known.contains(&at) {
                self.error("menu::push", &name.at, "this screen is named twice");
            } else if draft.screens.get(at).is_some_and(|screen| screen.call.is_some()) {
                let message = format!("`{}` is a call, and shows nothing", name.value);
                let help = "push a screen that says what it is about, and call what follows it";
                self.findings.push(Finding::error("menu::push", &name.at, message).help(help));
            } else {
                known.push(at);
            }
        }
        known
    }

    /// A text in every language. `values` are the only ones it may use, if that is fixed, as it is for
    /// words. Words are shared, and may be there in languages that this service does not speak.
    fn phrase(&mut self, draft: &DraftPhrase, values: Option<&[&str]>) -> Phrase {
        for (code, _) in draft.texts.iter().filter(|_| values.is_none()) {
            if Language::parse(&code.value).is_none_or(|code| !self.languages.contains(&code)) {
                let message = format!("the language `{}` is not in `languages`", code.value);
                self.findings.push(Finding::error("menu::language", &code.at, message).warning());
            }
        }
        let mut first: Option<(&str, HashSet<String>)> = None;
        let mut templates = Vec::new();
        for language in self.languages.clone() {
            let text = draft.texts.iter().find(|(code, _)| code.value == language.as_str());
            let Some((code, text)) = text else {
                let message = format!("this text is missing in `{language}`");
                self.findings.push(
                    Finding::error("menu::missing_language", &draft.at, message)
                        .help(format!("add say.{language} = \"…\"")),
                );
                templates.push(Template::default());
                continue;
            };
            let template = self.template(text);
            let names: HashSet<String> = template.names().map(str::to_owned).collect();
            if let Some(stranger) = values.and_then(|known| {
                names.iter().find(|name| !known.contains(&name.as_str())).cloned()
            }) {
                let message = format!("`{{{stranger}}}` has no value here");
                self.error("menu::placeholder", &text.at, message);
            }
            match &first {
                Some((code, before)) if *before != names => {
                    let message = format!("the placeholders differ from those in `{code}`");
                    let help = format!("there it is {}; here it is {}", list(before), list(&names));
                    let finding = Finding::error("menu::placeholder", &text.at, message);
                    self.findings.push(finding.help(help));
                }
                Some(_) => {}
                None => first = Some((&code.value, names)),
            }
            templates.push(template);
        }
        Phrase(templates)
    }

    fn template(&mut self, text: &Spot<String>) -> Template {
        match Template::parse(&text.value) {
            Ok(template) => template,
            Err(error) => {
                let written = text.value.get(error.at).unwrap_or_default();
                let message = format!("`{written}` is not a placeholder");
                self.findings.push(
                    Finding::error("menu::placeholder", &text.at, message)
                        .help("a placeholder is the name of a value in braces: {number}"),
                );
                Template::default()
            }
        }
    }

    fn words(&mut self, draft: &Draft, screens: &[Screen]) -> BTreeMap<String, Phrase> {
        let validators = screens.iter().filter_map(|screen| match &screen.act {
            Act::Ask { validator, .. } => Some(validator.wrongs),
            _ => None,
        });
        let wrongs = validators.flatten().map(|&name| Word { name, values: &[] });
        let mut words = BTreeMap::new();
        for word in WORDS.into_iter().chain(wrongs) {
            if words.contains_key(word.name) {
                continue;
            }
            match draft.words.get(word.name) {
                Some(phrase) => {
                    let phrase = self.phrase(phrase, Some(word.values));
                    words.insert(word.name.to_owned(), phrase);
                }
                None => {
                    let message = format!("the word `{}` is missing", word.name);
                    let finding = Finding::nowhere("menu::word", message);
                    self.findings
                        .push(finding.help(format!("add {}.id = \"…\" to [words]", word.name)));
                }
            }
        }
        let known: HashSet<&str> = WORDS
            .iter()
            .map(|word| word.name)
            .chain(
                self.desks
                    .iter()
                    .flat_map(|desk| desk.validators)
                    .flat_map(|of| of.wrongs)
                    .copied(),
            )
            .collect();
        for (name, phrase) in &draft.words {
            if !known.contains(name.as_str()) {
                let finding = Finding::error(
                    "menu::word",
                    &phrase.at,
                    format!("nothing uses the word `{name}`"),
                );
                self.findings.push(finding.help(suggest(name, known.iter().copied())));
            }
        }
        words
    }

    /// Texts that are sent; whether they may be sent is the business of `notice`.
    fn notices(&mut self, draft: &Draft) -> Vec<NoticeText> {
        self.sent_texts(draft);
        let mut notices = Vec::new();
        for notice in &draft.notices {
            self.name(&notice.id);
            let say = match &notice.say {
                Some(say) => self.phrase(say, None),
                None => {
                    self.error("menu::silent", &notice.id.at, "this text says nothing");
                    Phrase(vec![Template::default(); self.languages.len()])
                }
            };
            notices.push(notice::text(notice, say, self.catalogue, &self.widths));
        }
        notices
    }

    /// What a call of the menu sends has a text.
    fn sent_texts(&mut self, draft: &Draft) {
        for sends in self.catalogue.sends {
            let calls = draft.screens.iter().filter_map(|screen| screen.call.as_ref());
            let Some(call) = calls.into_iter().find(|call| call.value == sends.call) else {
                continue;
            };
            let of_service = |notice: &&DraftNotice| notice.table == NoticeTable::Notice;
            let mut texts = draft.notices.iter().filter(of_service);
            if !texts.any(|notice| notice.id.value == sends.name) {
                let message =
                    format!("`{}` sends a text `{}`, and there is none", sends.call, sends.name);
                let finding = Finding::error("menu::notice", &call.at, message);
                self.findings.push(finding.help(format!("add [notice.{}]", sends.name)));
            }
        }
    }

    fn keys(&mut self, draft: &Draft) -> Keys {
        let key = |name: &str, usual: &str| {
            draft.keys.get(name).map_or_else(|| usual.to_owned(), |key| key.value.clone())
        };
        let keys = Keys { back: key("back", "0"), home: key("home", "00"), next: key("next", "9") };
        for (name, key) in &draft.keys {
            if !["back", "home", "next"].contains(&name.as_str()) {
                let message = format!("there is no key `{name}`; there are back, home and next");
                self.error("menu::keys", &key.at, message);
            } else if key.value.is_empty()
                || key.value.len() > 3
                || !key.value.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'*' | b'#'))
                || matches!(key.value.as_bytes(), [b'1'..=b'8'])
            {
                let message = "a key is up to three of 0-9, * and #, and not one of 1 to 8";
                self.error("menu::keys", &key.at, message);
            }
        }
        if keys.back == keys.home || keys.back == keys.next || keys.home == keys.next {
            self.findings
                .push(Finding::nowhere("menu::keys", "two keys of the engine are the same"));
        }
        keys
    }

    /// Remembers how wide a value can get, in septets, once it is written in the GSM alphabet.
    fn width(&mut self, name: &str, longest: &str) {
        let width = gsm7::count(&transliterate::to_gsm7(longest)).unwrap_or(longest.len());
        let known = self.widths.entry(name.to_owned()).or_default();
        *known = (*known).max(width);
    }

    fn error(&mut self, code: &'static str, at: &Place, message: impl Into<String>) {
        self.findings.push(Finding::error(code, at, message));
    }
}

fn list(names: &HashSet<String>) -> String {
    let mut names: Vec<_> = names.iter().map(|name| format!("{{{name}}}")).collect();
    names.sort();
    if names.is_empty() { "none".into() } else { names.join(" ") }
}
