//! Menu files as they were written: every value with its place, nothing looked up yet.
//!
//! A service is a folder. All its `.toml` files are one menu, whatever their names, together with
//! the `words.toml` beside the folder, which holds the engine's words for every service. Loading
//! reports everything that is not of the expected shape and goes on; what the names mean is the
//! business of `check`.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use toml::de::{DeTable, DeValue};

use crate::{
    diagnostic::{Finding, Place, SourceFile, Spot},
    menu::keyword::Data,
};

/// A menu as written.
#[derive(Debug, Default)]
pub struct Draft {
    /// The name of the service.
    pub service: Option<Spot<String>>,
    /// What its codes begin with.
    pub brand: Option<Spot<String>>,
    /// What calls change, by the names of the calls.
    pub purposes: BTreeMap<String, DraftPhrase>,
    /// The desk that serves it.
    pub desk: Option<Spot<String>>,
    /// MMI strings.
    pub dial: Vec<Spot<String>>,
    /// Words that open it.
    pub keywords: Vec<Spot<String>>,
    /// Words that lead past the first screen.
    pub keyword: Vec<DraftKeyword>,
    /// The words of commands, by the command's name.
    pub commands: BTreeMap<String, Vec<Spot<String>>>,
    /// What stands beside a refusal, and what is near one and is none, by the list's name.
    pub refusal: BTreeMap<String, Vec<Spot<String>>>,
    /// Language codes.
    pub languages: Vec<Spot<String>>,
    /// Id of the first screen.
    pub start: Option<Spot<String>>,
    /// Ids of the screens that the network may push.
    pub push: Vec<Spot<String>>,
    /// Wrong answers taken on one screen.
    pub tries: Option<Spot<i64>>,
    /// Keys of the engine, by name.
    pub keys: BTreeMap<String, Spot<String>>,
    /// Words, by name; a word of the service replaces one of the shared file.
    pub words: BTreeMap<String, DraftPhrase>,
    /// Screens, in the order of files and then of ids.
    pub screens: Vec<DraftScreen>,
    /// Texts that are sent outside of a session.
    pub notices: Vec<DraftNotice>,
}

/// A word that leads past the first screen, as written.
#[derive(Debug)]
pub struct DraftKeyword {
    /// Its name.
    pub id: Spot<String>,
    /// `words = [...]`
    pub words: Vec<Spot<String>>,
    /// `path = [...]`
    pub path: Vec<Spot<String>>,
    /// `with = [...]`; without it, the same as `path`.
    pub with: Option<Vec<Spot<String>>>,
    /// `whole = true`
    pub data: Data,
}

/// A text in several languages, as written.
#[derive(Debug, Clone)]
pub struct DraftPhrase {
    /// What the text belongs to.
    pub at: Place,
    /// Language and text.
    pub texts: Vec<(Spot<String>, Spot<String>)>,
}

/// A text to be sent, as written.
#[derive(Debug)]
pub struct DraftNotice {
    /// Its name.
    pub id: Spot<String>,
    /// The table it stands in.
    pub table: NoticeTable,
    /// `say.*`
    pub say: Option<DraftPhrase>,
    /// `class = "..."`
    pub class: Option<Spot<String>>,
}

/// The tables of texts that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeTable {
    /// `[notice.*]`: what a service call has to say.
    Notice,
    /// `[campaign.*]`: broadcasts.
    Campaign,
}

/// A screen as written: whatever keys it had.
#[derive(Debug)]
pub struct DraftScreen {
    /// Its id.
    pub id: Spot<String>,
    /// `say.*`
    pub say: Option<DraftPhrase>,
    /// `fuller.*`
    pub fuller: Option<DraftPhrase>,
    /// `choose = [...]`
    pub choose: Option<Vec<DraftChoice>>,
    /// `ask = "..."`
    pub ask: Option<Spot<String>>,
    /// `pick = "..."`
    pub pick: Option<Spot<String>>,
    /// `call = "..."`
    pub call: Option<Spot<String>>,
    /// `last = true`
    pub last: Option<Place>,
    /// `keep = "..."`
    pub keep: Option<Spot<String>>,
    /// `go = "..."`
    pub go: Option<Spot<String>>,
    /// `on.* = "..."`
    pub on: Vec<(Spot<String>, Spot<String>)>,
}

/// A choice as written.
#[derive(Debug)]
pub struct DraftChoice {
    /// `id = "..."`
    pub id: Spot<String>,
    /// `say.*`
    pub say: Option<DraftPhrase>,
    /// `go = "..."`
    pub go: Option<Spot<String>>,
    /// `set.* = "..."`
    pub set: Vec<(Spot<String>, Spot<String>)>,
    /// `language = "..."`
    pub language: Option<Spot<String>>,
}

/// Reads the files of one service, the shared words first.
pub fn load(files: &[Arc<SourceFile>]) -> (Draft, Vec<Finding>) {
    let mut draft = Draft::default();
    let mut findings = Vec::new();
    for file in files {
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        for error in errors {
            let span = whole_characters(&file.text, error.span().unwrap_or(0..0));
            let at = Place { file: Arc::clone(file), span };
            findings.push(Finding::error("menu::syntax", &at, error.message().to_owned()));
        }
        let mut reader = Reader { file, findings: &mut findings };
        reader.file(table.get_ref(), &mut draft);
    }
    (draft, findings)
}

/// The parser counts octets, and may point into the middle of a character.
fn whole_characters(text: &str, span: Range<usize>) -> Range<usize> {
    text.floor_char_boundary(span.start)..text.ceil_char_boundary(span.end)
}

type Table<'i> = DeTable<'i>;
type Value<'i> = toml::Spanned<DeValue<'i>>;
type Key<'i> = toml::Spanned<std::borrow::Cow<'i, str>>;

struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    findings: &'f mut Vec<Finding>,
}

impl Reader<'_> {
    fn file(&mut self, table: &Table<'_>, draft: &mut Draft) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "service" => draft.service = self.once(key, draft.service.take(), value),
                "desk" => draft.desk = self.once(key, draft.desk.take(), value),
                "brand" => draft.brand = self.once(key, draft.brand.take(), value),
                "purpose" => {
                    for (name, value) in self.table(value).into_iter().flatten() {
                        if let Some(phrase) = self.phrase(name, value) {
                            draft.purposes.insert(name.get_ref().to_string(), phrase);
                        }
                    }
                }
                "start" => draft.start = self.once(key, draft.start.take(), value),
                "dial" => draft.dial.extend(self.texts(value)),
                "keywords" => draft.keywords.extend(self.texts(value)),
                "languages" => draft.languages.extend(self.texts(value)),
                "push" => draft.push.extend(self.texts(value)),
                "tries" => draft.tries = self.number(value),
                "keyword" => {
                    for (id, value) in self.table(value).into_iter().flatten() {
                        draft.keyword.extend(self.keyword(id, value));
                    }
                }
                "commands" => {
                    for (name, value) in self.table(value).into_iter().flatten() {
                        let words = self.texts(value);
                        draft.commands.insert(name.get_ref().to_string(), words);
                    }
                }
                "refusal" => {
                    for (name, value) in self.table(value).into_iter().flatten() {
                        if !REFUSAL_KEYS.contains(&name.get_ref().as_ref()) {
                            self.unknown(name, "a refusal", REFUSAL_KEYS);
                        }
                        let words = self.texts(value);
                        draft.refusal.insert(name.get_ref().to_string(), words);
                    }
                }
                "keys" => {
                    for (name, value) in self.pairs(value) {
                        draft.keys.insert(name.value, value);
                    }
                }
                "words" => {
                    for (name, value) in self.table(value).into_iter().flatten() {
                        if let Some(phrase) = self.phrase(name, value) {
                            draft.words.insert(name.get_ref().to_string(), phrase);
                        }
                    }
                }
                "screen" => {
                    for (id, value) in self.table(value).into_iter().flatten() {
                        if let Some(screen) = self.screen(id, value) {
                            draft.screens.push(screen);
                        }
                    }
                }
                "notice" => draft.notices.extend(self.notices(NoticeTable::Notice, value)),
                "campaign" => draft.notices.extend(self.notices(NoticeTable::Campaign, value)),
                _ => self.unknown(key, "a menu file", MENU_KEYS),
            }
        }
    }

    fn keyword(&mut self, id: &Key<'_>, value: &Value<'_>) -> Option<DraftKeyword> {
        let mut keyword = DraftKeyword {
            id: self.spot(id),
            words: vec![],
            path: vec![],
            with: None,
            data: Data::Parts,
        };
        for (key, value) in self.table(value)? {
            match key.get_ref().as_ref() {
                "words" => keyword.words = self.texts(value),
                "path" => keyword.path = self.texts(value),
                "with" => keyword.with = Some(self.texts(value)),
                "whole" => keyword.data = self.whole(value),
                _ => self.unknown(key, "a keyword", KEYWORD_KEYS),
            }
        }
        Some(keyword)
    }

    fn whole(&mut self, value: &Value<'_>) -> Data {
        match value.get_ref().as_bool() {
            Some(true) => Data::Whole,
            Some(false) => Data::Parts,
            None => {
                self.shape(value, "true or false");
                Data::Parts
            }
        }
    }

    fn notices(&mut self, table: NoticeTable, value: &Value<'_>) -> Vec<DraftNotice> {
        let texts = self.table(value).into_iter().flatten();
        texts.filter_map(|(id, value)| self.notice(table, id, value)).collect()
    }

    fn notice(
        &mut self,
        table: NoticeTable,
        id: &Key<'_>,
        value: &Value<'_>,
    ) -> Option<DraftNotice> {
        let mut notice = DraftNotice { id: self.spot(id), table, say: None, class: None };
        for (key, value) in self.table(value)? {
            match (key.get_ref().as_ref(), table) {
                ("say", _) => notice.say = self.phrase(key, value),
                ("class", NoticeTable::Campaign) => notice.class = self.text(value),
                (_, NoticeTable::Campaign) => self.unknown(key, "a campaign", CAMPAIGN_KEYS),
                (_, NoticeTable::Notice) => self.unknown(key, "a notice", NOTICE_KEYS),
            }
        }
        Some(notice)
    }

    fn screen(&mut self, id: &Key<'_>, value: &Value<'_>) -> Option<DraftScreen> {
        let mut screen = DraftScreen {
            id: self.spot(id),
            say: None,
            fuller: None,
            choose: None,
            ask: None,
            pick: None,
            call: None,
            last: None,
            keep: None,
            go: None,
            on: Vec::new(),
        };
        for (key, value) in self.table(value)? {
            match key.get_ref().as_ref() {
                "say" => screen.say = self.phrase(key, value),
                "fuller" => screen.fuller = self.phrase(key, value),
                "choose" => screen.choose = Some(self.choices(value)),
                "ask" => screen.ask = self.text(value),
                "pick" => screen.pick = self.text(value),
                "call" => screen.call = self.text(value),
                "keep" => screen.keep = self.text(value),
                "go" => screen.go = self.text(value),
                "on" => screen.on = self.pairs(value),
                "last" => match value.get_ref().as_bool() {
                    Some(true) => screen.last = Some(self.place(key.span())),
                    _ => self.shape(value, "`last = true`, or no `last` at all"),
                },
                _ => self.unknown(key, "a screen", SCREEN_KEYS),
            }
        }
        Some(screen)
    }

    fn choices(&mut self, value: &Value<'_>) -> Vec<DraftChoice> {
        let Some(array) = value.get_ref().as_array() else {
            self.shape(value, "an array of choices");
            return Vec::new();
        };
        array.iter().filter_map(|value| self.choice(value)).collect()
    }

    fn choice(&mut self, value: &Value<'_>) -> Option<DraftChoice> {
        let table = self.table(value)?;
        let (mut id, mut say, mut go, mut set, mut language) = (None, None, None, vec![], None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "id" => id = self.text(value),
                "say" => say = self.phrase(key, value),
                "go" => go = self.text(value),
                "set" => set = self.pairs(value),
                "language" => language = self.text(value),
                _ => self.unknown(key, "a choice", CHOICE_KEYS),
            }
        }
        if id.is_none() {
            let at = self.place(value.span());
            self.findings.push(
                Finding::error("menu::shape", &at, "a choice without an id").help(
                    "give it a short name that stays when the label changes: id = \"status\"",
                ),
            );
        }
        Some(DraftChoice { id: id?, say, go, set, language })
    }

    fn phrase(&mut self, key: &Key<'_>, value: &Value<'_>) -> Option<DraftPhrase> {
        if value.get_ref().as_str().is_some() {
            self.shape(value, "a text for every language: say.id = \"…\", say.en = \"…\"");
            return None;
        }
        Some(DraftPhrase { at: self.place(key.span()), texts: self.pairs(value) })
    }

    fn pairs(&mut self, value: &Value<'_>) -> Vec<(Spot<String>, Spot<String>)> {
        let table = self.table(value);
        table
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((self.spot(key), self.text(value)?)))
            .collect()
    }

    fn table<'v, 'i>(&mut self, value: &'v Value<'i>) -> Option<&'v Table<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.shape(value, "a table");
        }
        table
    }

    fn texts(&mut self, value: &Value<'_>) -> Vec<Spot<String>> {
        let Some(array) = value.get_ref().as_array() else {
            self.shape(value, "an array of texts");
            return Vec::new();
        };
        array.iter().filter_map(|value| self.text(value)).collect()
    }

    fn text(&mut self, value: &Value<'_>) -> Option<Spot<String>> {
        let Some(text) = value.get_ref().as_str() else {
            self.shape(value, "a text in quotes");
            return None;
        };
        Some(Spot { value: text.to_owned(), at: self.place(value.span()) })
    }

    fn number(&mut self, value: &Value<'_>) -> Option<Spot<i64>> {
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        let Some(number) = number else {
            self.shape(value, "a whole number");
            return None;
        };
        Some(Spot { value: number, at: self.place(value.span()) })
    }

    fn once(
        &mut self,
        key: &Key<'_>,
        before: Option<Spot<String>>,
        value: &Value<'_>,
    ) -> Option<Spot<String>> {
        if let Some(before) = &before {
            let at = self.place(key.span());
            let first = format!("{}:{}", before.at.file.name, before.at.line());
            self.findings.push(
                Finding::error("menu::twice", &at, format!("`{}` is said twice", key.get_ref()))
                    .help(format!("it was said first in {first}; keep one of the two")),
            );
        }
        self.text(value)
    }

    fn spot(&self, key: &Key<'_>) -> Spot<String> {
        Spot { value: key.get_ref().to_string(), at: self.place(key.span()) }
    }

    fn place(&self, span: std::ops::Range<usize>) -> Place {
        let span = whole_characters(&self.file.text, span);
        Place { file: Arc::clone(self.file), span }
    }

    fn shape(&mut self, value: &Value<'_>, expected: &str) {
        let at = self.place(value.span());
        self.findings.push(
            Finding::error("menu::shape", &at, format!("this should be {expected}"))
                .label(format!("this is {}", value.get_ref().type_str())),
        );
    }

    fn unknown(&mut self, key: &Key<'_>, of: &str, known: &[&str]) {
        let at = self.place(key.span());
        let word = key.get_ref();
        self.findings.push(
            Finding::error("menu::unknown_key", &at, format!("`{word}` is not a key of {of}"))
                .help(suggest(word, known.iter().copied())),
        );
    }
}

const MENU_KEYS: &[&str] = &[
    "service",
    "brand",
    "desk",
    "dial",
    "keywords",
    "keyword",
    "commands",
    "refusal",
    "languages",
    "start",
    "push",
    "tries",
    "keys",
    "words",
    "purpose",
    "screen",
    "notice",
    "campaign",
];
const KEYWORD_KEYS: &[&str] = &["words", "path", "with", "whole"];
const REFUSAL_KEYS: &[&str] = &["beside", "unlike"];
const SCREEN_KEYS: &[&str] =
    &["say", "fuller", "choose", "ask", "pick", "call", "keep", "go", "on", "last"];
const NOTICE_KEYS: &[&str] = &["say"];
const CAMPAIGN_KEYS: &[&str] = &["say", "class"];
const CHOICE_KEYS: &[&str] = &["id", "say", "go", "set", "language"];

/// Advice for a name that is not known: the nearest known one, or all of them.
pub fn suggest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> String {
    let mut known: Vec<&str> = known.collect();
    let near = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), *name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4);
    match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "there is none".into(),
        None => {
            known.sort_unstable();
            known.truncate(24);
            format!("known are: {}", known.join(", "))
        }
    }
}
