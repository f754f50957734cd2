//! A menu that passed the check. There is no other way to get one (`check`), so whoever holds a
//! [`Menu`] need not ask whether a screen exists, a text fits or a language is complete.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use thiserror::Error;

use crate::{
    menu::{
        catalogue::{Call, List, Validator},
        keyword::{Command, Keyword},
        language::Language,
        notice::{Kind, NoticeText},
        refusal::Refusals,
        template::Template,
        version::Version,
    },
    text::{gsm7, transliterate},
};

/// A checked service.
#[derive(Debug, Clone)]
pub struct Menu {
    pub(super) version: Version,
    pub(super) service: String,
    pub(super) brand: String,
    pub(super) purposes: BTreeMap<String, Phrase>,
    pub(super) dial: Vec<String>,
    pub(super) keywords: Vec<String>,
    pub(super) keyword: Vec<Keyword>,
    pub(super) commands: BTreeMap<Command, Vec<String>>,
    pub(super) refusals: Refusals,
    pub(super) languages: Vec<Language>,
    pub(super) start: usize,
    pub(super) push: Vec<usize>,
    pub(super) screens: Vec<Screen>,
    pub(super) by_id: HashMap<String, usize>,
    pub(super) words: BTreeMap<String, Phrase>,
    pub(super) keys: Keys,
    pub(super) tries: u16,
    pub(super) widths: HashMap<String, usize>,
    pub(super) notices: Vec<NoticeText>,
}

/// Why two menus cannot stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Clash {
    /// They have one name.
    #[error("two menus are of the service `{0}`")]
    Service(String),
    /// One string, or one word, opens both.
    #[error("`{opens}` opens both `{one}` and `{two}`")]
    Opens {
        /// What is dialled or written.
        opens: String,
        /// A service.
        one: String,
        /// And another.
        two: String,
    },
}

/// One text in every language of the menu, in the menu's order of languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(pub(super) Vec<Template>);

/// What the author wrote.
#[derive(Debug, Clone)]
pub struct Screen {
    /// Its id.
    pub id: String,
    /// The text above everything else; empty for a call, which shows nothing.
    pub say: Phrase,
    /// The same for a channel with more room, if the author wrote more.
    pub fuller: Option<Phrase>,
    /// What happens there.
    pub act: Act,
}

/// What happens on a screen. Screens are named by their place in the menu.
#[derive(Debug, Clone)]
pub enum Act {
    /// Shows choices.
    Choose(Vec<Choice>),
    /// Asks for a value.
    Ask {
        /// What is accepted.
        validator: &'static Validator,
        /// The name it is kept under.
        keep: String,
        /// Where to go with it.
        go: usize,
    },
    /// Shows a list; the id of the row picked is kept, and its label as `<keep>_name`.
    Pick {
        /// Which list.
        list: &'static List,
        /// The name it is kept under.
        keep: String,
        /// Where to go with it.
        go: usize,
    },
    /// Calls the service; the outcome says where to go.
    Call {
        /// What to call.
        call: &'static Call,
        /// The screen for every outcome, in the order of the signature.
        on: Vec<usize>,
    },
    /// Shows a last text; the conversation is completed.
    Last,
}

/// A choice of a screen.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its id: stable over languages and channels.
    pub id: String,
    /// What is shown.
    pub say: Phrase,
    /// Where it leads.
    pub go: usize,
    /// Values it keeps.
    pub set: Vec<(String, String)>,
    /// The language it switches to.
    pub language: Option<Language>,
}

/// The keys of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// One screen back.
    pub back: String,
    /// To the first screen.
    pub home: String,
    /// The next page.
    pub next: String,
}

/// A word of the engine: what it is for, and the values its text may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The name in `[words]`.
    pub name: &'static str,
    /// Values its text may use.
    pub values: &'static [&'static str],
}

/// Labels of the engine's own keys.
pub const BACK: Word = Word { name: "back", values: &[] };
/// See [`BACK`].
pub const HOME: Word = Word { name: "home", values: &[] };
/// See [`BACK`].
pub const NEXT: Word = Word { name: "next", values: &[] };
/// Opens the rows of a list that a channel draws, and stands above them; at most 20 characters.
pub const CHOOSE_BUTTON: Word = Word { name: "choose_button", values: &[] };
/// Stands above the keys in such a list; at most 24 characters.
pub const OTHER_KEYS: Word = Word { name: "other_keys", values: &[] };
/// A number was typed that is on no row.
pub const WRONG_CHOICE: Word = Word { name: "wrong_choice", values: &["last"] };
/// The same where there is one row.
pub const ONLY_CHOICE: Word = Word { name: "only_choice", values: &[] };
/// A page without rows was answered with a number: the choices are on the next page.
pub const MORE_FIRST: Word = Word { name: "more_first", values: &["next"] };
/// Letters were typed that no row of a long list contains.
pub const NO_SUCH_ROW: Word = Word { name: "no_such_row", values: &[] };
/// Above a list that was put in the order of distance.
pub const NEAREST: Word = Word { name: "nearest", values: &[] };
/// A place on the map came where nothing can be done with it.
pub const CHAT_PLACE: Word = Word { name: "chat_place", values: &[] };
/// Asked after a redial: go on, or start again?
pub const RESUME: Word = Word { name: "resume", values: &[] };
/// The first answer to [`RESUME`].
pub const RESUME_YES: Word = Word { name: "resume_yes", values: &[] };
/// The second answer to [`RESUME`].
pub const RESUME_NO: Word = Word { name: "resume_no", values: &[] };
/// Too many wrong answers; the conversation is kept.
pub const TOO_MANY: Word = Word { name: "too_many", values: &["dial"] };
/// The gateway has too much to do.
pub const BUSY: Word = Word { name: "busy", values: &["dial"] };
/// Something failed on our side; nothing typed is lost.
pub const SORRY: Word = Word { name: "sorry", values: &["dial"] };
/// A NIK stood in the dial string.
pub const NIK_DIALLED: Word = Word { name: "nik_dialled", values: &["dial"] };

/// A code was dialled that no service has.
pub const UNKNOWN_CODE: Word = Word { name: "unknown_code", values: &["dial"] };

/// Before something is changed for whoever wrote a text: its source can be forged, but the answer
/// goes to the phone itself (`domain.md` §8).
pub const CONFIRM: Word = Word { name: "confirm", values: &["brand", "purpose", "code"] };
/// The code was not the one.
pub const NOT_CONFIRMED: Word =
    Word { name: "not_confirmed", values: &["brand", "purpose", "code"] };
/// Broadcasts are refused from now on.
pub const STOPPED: Word = Word { name: "stopped", values: &[] };
/// Was what was written to refuse broadcasts?
pub const REFUSE_MEANT: Word = Word { name: "refuse_meant", values: &[] };
/// Broadcasts are sent again.
pub const STARTED: Word = Word { name: "started", values: &[] };
/// What can be written.
pub const HELP: Word = Word { name: "help", values: &["dial"] };
/// A row of an older card was tapped; what follows is the screen where the subscriber stands.
pub const OLD_CHOICE: Word = Word { name: "old_choice", values: &[] };
/// What follows is old: the record does not answer just now. `time` is when it was so.
pub const OLD_DATA: Word = Word { name: "old_data", values: &["time"] };
/// By SMS: something came to an end that a session could not show.
pub const LATE: Word = Word { name: "late", values: &["dial"] };
/// Not every part of a long text came.
pub const INCOMPLETE: Word = Word { name: "incomplete", values: &[] };
/// To a chat that is bound to no phone: which number is it?
pub const CHAT_NUMBER: Word = Word { name: "chat_number", values: &[] };
/// That was no phone number.
pub const CHAT_NUMBER_WRONG: Word = Word { name: "chat_number_wrong", values: &[] };
/// A row: take the number of the chat's own account.
pub const CHAT_OWN: Word = Word { name: "chat_own", values: &["phone"] };
/// A code went there by SMS.
pub const CHAT_CODE_SENT: Word = Word { name: "chat_code_sent", values: &[] };
/// A row: send it once more.
pub const CHAT_AGAIN: Word = Word { name: "chat_again", values: &[] };
/// That was not the code.
pub const CHAT_CODE_WRONG: Word = Word { name: "chat_code_wrong", values: &[] };
/// A code was sent a moment ago.
pub const CHAT_WAIT: Word = Word { name: "chat_wait", values: &["minutes"] };
/// Too many codes were wrong.
pub const CHAT_LOCKED: Word = Word { name: "chat_locked", values: &["minutes", "dial"] };
/// No code can be sent now.
pub const CHAT_LATER: Word = Word { name: "chat_later", values: &["dial"] };
/// By SMS: the code that binds a chat.
pub const CHAT_CODE: Word = Word { name: "chat_code", values: &["code"] };
/// To a chat: what came cannot be read, a picture or a voice.
pub const CHAT_UNREADABLE: Word = Word { name: "chat_unreadable", values: &[] };

/// Every word that a menu must have, beside those of the validators it uses.
pub const WORDS: [Word; 40] = [
    BACK,
    HOME,
    NEXT,
    CHOOSE_BUTTON,
    OTHER_KEYS,
    WRONG_CHOICE,
    ONLY_CHOICE,
    MORE_FIRST,
    NO_SUCH_ROW,
    OLD_CHOICE,
    OLD_DATA,
    RESUME,
    RESUME_YES,
    RESUME_NO,
    TOO_MANY,
    BUSY,
    SORRY,
    NIK_DIALLED,
    UNKNOWN_CODE,
    CONFIRM,
    NOT_CONFIRMED,
    STOPPED,
    REFUSE_MEANT,
    STARTED,
    HELP,
    INCOMPLETE,
    LATE,
    CHAT_NUMBER,
    CHAT_NUMBER_WRONG,
    CHAT_OWN,
    CHAT_CODE_SENT,
    CHAT_AGAIN,
    CHAT_CODE_WRONG,
    CHAT_WAIT,
    CHAT_LOCKED,
    CHAT_LATER,
    CHAT_CODE,
    CHAT_UNREADABLE,
    NEAREST,
    CHAT_PLACE,
];

impl Menu {
    /// Which text of the menu this is.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// What stands in the way of two menus side by side.
    pub fn clash(&self, other: &Self) -> Option<Clash> {
        if self.service == other.service {
            return Some(Clash::Service(self.service.clone()));
        }
        let opens = |menu: &Self| -> Vec<String> {
            let keywords = menu.every_keyword().map(str::to_lowercase);
            menu.dial.iter().cloned().chain(keywords).collect()
        };
        let theirs = opens(other);
        let both = opens(self).into_iter().find(|opens| theirs.contains(opens))?;
        let (one, two) = (self.service.clone(), other.service.clone());
        Some(Clash::Opens { opens: both, one, two })
    }

    /// The name of the service, as stored with every conversation.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The MMI strings that open it, e.g. `*119#`.
    pub fn dial(&self) -> &[String] {
        &self.dial
    }

    /// The words that open it on channels where people write.
    pub fn keywords(&self) -> &[String] {
        &self.keywords
    }

    /// The languages it speaks; the first is spoken until somebody chooses.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// All screens.
    pub fn screens(&self) -> &[Screen] {
        &self.screens
    }

    /// The screen of that id.
    pub fn screen(&self, id: &str) -> Option<&Screen> {
        self.by_id.get(id).map(|&at| &self.screens[at])
    }

    /// The first screen.
    pub fn first(&self) -> &Screen {
        &self.screens[self.start]
    }

    /// The screens with which the service may begin by itself (USSR and USSN, TS 22.090 §5.1).
    pub fn push(&self) -> impl Iterator<Item = &Screen> {
        self.push.iter().filter_map(|&at| self.screens.get(at))
    }

    /// The screen of that id, if the service may begin with it by itself.
    pub fn pushed(&self, id: &str) -> Option<&Screen> {
        self.push().find(|screen| screen.id == id)
    }

    /// The texts that are sent outside of a session, in the order of files and names.
    pub fn notices(&self) -> &[NoticeText] {
        &self.notices
    }

    /// What a service call has to say under this name.
    pub fn notice(&self, name: &str) -> Option<&NoticeText> {
        self.notices.iter().find(|text| text.kind == Kind::Service && text.name == name)
    }

    /// The broadcast of that name.
    pub fn campaign(&self, name: &str) -> Option<&NoticeText> {
        self.notices.iter().find(|text| text.kind.is_broadcast() && text.name == name)
    }

    /// The keys of the engine.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// How many wrong answers in a row are taken on one screen before the session ends.
    pub fn tries(&self) -> u16 {
        self.tries
    }

    /// The language to speak when `wanted` was chosen: that one, or the default if the menu has
    /// lost it since.
    pub fn language(&self, wanted: Option<&Language>) -> &Language {
        wanted
            .and_then(|wanted| self.languages.iter().find(|language| *language == wanted))
            .unwrap_or(&self.languages[0])
    }

    /// A phrase in a language, filled in; `{dial}` is the service's first dial string. A value is
    /// written in the GSM alphabet and no wider than the check reckoned with, whatever a record says.
    pub fn say<'v>(
        &self,
        phrase: &Phrase,
        language: &Language,
        value: impl Fn(&str) -> Option<&'v str>,
    ) -> String {
        self.fill(phrase, language, |name| value(name).map(|text| self.fit(name, text)))
    }

    /// A phrase in a language, every value shown by its name: `Nomor Anda ‹number›`.
    pub(super) fn outline(&self, phrase: &Phrase, language: &Language) -> String {
        let named = |name: &str| Some(Cow::Owned(format!("‹{name}›")));
        phrase.0.get(self.place(language)).map(|of| of.fill(named)).unwrap_or_default()
    }

    /// A text to be sent, in a language, filled in: it is one segment of the basic table, whatever
    /// the values are (`check::notice`). `{dial}` is the service's first dial string.
    pub fn write<'v>(
        &self,
        text: &NoticeText,
        language: &Language,
        value: impl Fn(&str) -> Option<&'v str>,
    ) -> String {
        self.fill(&text.say, language, |name| value(name).map(|value| text.fit(name, value)))
    }

    /// A phrase in a language, with values that fit; `{dial}` is ours.
    fn fill<'v>(
        &self,
        phrase: &Phrase,
        language: &Language,
        fitting: impl Fn(&str) -> Option<Cow<'v, str>>,
    ) -> String {
        let dial = self.dial.first().map(String::as_str);
        let value = |name: &str| match name {
            "dial" => dial.map(|dial| Cow::Owned(dial.to_owned())),
            _ => fitting(name),
        };
        phrase.0.get(self.place(language)).map(|of| of.fill(value)).unwrap_or_default()
    }

    /// Where a language stands in the menu's order; one that it does not speak is the first.
    fn place(&self, language: &Language) -> usize {
        self.languages.iter().position(|known| known == language).unwrap_or(0)
    }

    pub(super) fn fit<'t>(&self, name: &str, text: &'t str) -> Cow<'t, str> {
        let text = transliterate::to_gsm7(text);
        match self.widths.get(name) {
            Some(&width) => clip(text, width),
            None => text,
        }
    }

    /// The text that asks for a code before a call, or asks once more: whose it is, and what it is for.
    pub fn confirms(&self, word: Word, language: &Language, code: &str, call: &str) -> String {
        let Some(phrase) = self.words.get(word.name) else { return String::new() };
        let purpose = self.purposes.get(call).and_then(|of| of.0.get(self.place(language)));
        let purpose = purpose.map(|of| of.fill(|_| None)).unwrap_or_default();
        self.say(phrase, language, |name| match name {
            "brand" => Some(self.brand.as_str()),
            "purpose" => Some(purpose.as_str()),
            _ => Some(code),
        })
    }

    /// A word of the engine or of a validator, in a language; `value` fills the one value it has
    /// beside `{dial}`, if any.
    pub fn word(&self, name: &str, language: &Language, value: &str) -> String {
        let Some(phrase) = self.words.get(name) else { return String::new() };
        self.say(phrase, language, |_| Some(value))
    }
}

/// The text, cut to a width in septets.
pub(super) fn clip(text: Cow<'_, str>, width: usize) -> Cow<'_, str> {
    let mut room = width;
    let fits = |c: char| {
        let takes = usize::from(gsm7::septets_of(c).unwrap_or(1));
        room = room.checked_sub(takes)?;
        Some(c.len_utf8())
    };
    let end: usize = text.chars().map_while(fits).sum();
    if end == text.len() { text } else { Cow::Owned(text[..end].to_owned()) }
}
