//! Every screen is laid out in every language for every channel, with the longest values and the
//! longest complaint above it. What does not fit is found here, and not on somebody's phone.

use std::collections::HashSet;

use crate::{
    diagnostic::{Finding, Place},
    menu::{
        check::Profile,
        language::Language,
        load::{Draft, DraftPhrase},
        model::{
            Act, BUSY, CHAT_CODE, CHAT_CODE_SENT, CHAT_CODE_WRONG, CHAT_LATER, CHAT_LOCKED,
            CHAT_NUMBER, CHAT_NUMBER_WRONG, CHAT_PLACE, CHAT_UNREADABLE, CHAT_WAIT, HELP,
            INCOMPLETE, LATE, MORE_FIRST, Menu, NEAREST, NIK_DIALLED, NO_SUCH_ROW, OLD_CHOICE,
            OLD_DATA, ONLY_CHOICE, REFUSE_MEANT, RESUME, RESUME_NO, RESUME_YES, SORRY, STARTED,
            STOPPED, Screen, TOO_MANY, UNKNOWN_CODE, WRONG_CHOICE,
        },
        state::{Row, State, Values},
        view::{Manner, View},
    },
    text::page::PageError,
};

/// A code has six digits.
pub(super) const WIDEST_CODE: &str = "888888";

/// As [`OLD_DATA`] tells it.
const WIDEST_TIME: &str = "28-08 18:08";

/// A menu of choices that takes more pages than this is too long to be read on a phone.
const MOST_PAGES: usize = 3;

/// Findings about room.
pub fn check(
    draft: &Draft,
    menu: &Menu,
    broken: &HashSet<usize>,
    profiles: &[Profile],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let values = longest_values(menu);
    for profile in profiles {
        for language in &menu.languages {
            let fit = Fit { draft, menu, profile, language };
            let mut worst = fit.widest(values.clone());
            for at in (0..menu.screens.len()).filter(|at| !broken.contains(at)) {
                findings.extend(fit.screen(at, &mut worst));
            }
            findings.extend(fit.words());
        }
    }
    findings
}

struct Fit<'m> {
    draft: &'m Draft,
    menu: &'m Menu,
    profile: &'m Profile,
    language: &'m Language,
}

impl Fit<'_> {
    /// The state is taken from one screen to the next: it holds a text for each value of the menu.
    fn screen(&self, at: usize, worst: &mut State) -> Option<Finding> {
        let (menu, screen) = (self.menu, &self.menu.screens[at]);
        if matches!(screen.act, Act::Call { .. }) {
            return None;
        }
        self.come_to(screen, worst);
        let mut view = View::of(menu, screen, worst, self.profile.frame.manner);
        if let Act::Pick { list, keep, .. } = &screen.act {
            let label = menu.fit(&format!("{keep}_name"), list.longest).into_owned();
            let row = Row { id: String::new(), label };
            view.rows = vec![row; list.most];
        }
        let written = &self.draft.screens[at];
        let fuller = written.fuller.as_ref().filter(|_| self.profile.frame.manner == Manner::Card);
        let place = self.text(fuller.or(written.say.as_ref())).unwrap_or(&written.id.at);
        if matches!(screen.act, Act::Ask { .. } | Act::Last) {
            return self.one_page(place, screen, &view);
        }
        match view.cut(self.profile.frame) {
            Ok(pages) if matches!(screen.act, Act::Choose(_)) && pages.len() > MOST_PAGES => {
                let message = format!("it takes {} pages", pages.len());
                Some(self.overflow(place, message).help("split it in two screens").warning())
            }
            Ok(_) => None,
            Err(PageError::RowTooLong { row, needs, budget }) => {
                let choice = written.choose.iter().flatten().nth(row);
                let label = choice.and_then(|choice| self.text(choice.say.as_ref()));
                Some(
                    self.overflow(label.unwrap_or(place), "a row has to fit on one page".into())
                        .help(format!("it needs {needs} of {budget}, with the keys below it")),
                )
            }
            Err(PageError::NoRoom { needs, budget }) => Some(
                self.overflow(place, "the keys leave no room for the text".into())
                    .help(format!("it needs {needs} of {budget}")),
            ),
        }
    }

    /// A question is asked, and a last text said, at once.
    fn one_page(&self, place: &Place, screen: &Screen, view: &View) -> Option<Finding> {
        let Err(error) = view.whole(self.profile.frame) else { return None };
        let (what, with) = match screen.act {
            Act::Last => ("a last screen", "the longest values"),
            _ => ("a question", "the longest values and complaint, and its keys"),
        };
        let (PageError::NoRoom { needs, budget } | PageError::RowTooLong { needs, budget, .. }) =
            error;
        let over = needs.saturating_sub(budget);
        let finding = self.overflow(place, format!("{what} has one page"));
        Some(finding.help(format!("{over} of {needs} characters are too many, with {with}")))
    }

    /// The words that are a whole message.
    fn words(&self) -> Vec<Finding> {
        let alone = [
            BUSY,
            SORRY,
            TOO_MANY,
            NIK_DIALLED,
            UNKNOWN_CODE,
            STOPPED,
            REFUSE_MEANT,
            STARTED,
            HELP,
            INCOMPLETE,
            LATE,
            CHAT_CODE,
        ];
        let on_chat = [
            CHAT_NUMBER,
            CHAT_NUMBER_WRONG,
            CHAT_CODE_SENT,
            CHAT_CODE_WRONG,
            CHAT_WAIT,
            CHAT_LOCKED,
            CHAT_LATER,
            CHAT_UNREADABLE,
            CHAT_PLACE,
        ];
        let is_chat = self.profile.frame.manner == Manner::Card;
        let on_chat = on_chat.into_iter().filter(|_| is_chat);
        let long = alone.into_iter().chain(on_chat).filter_map(|word| {
            let body = self.menu.word(word.name, self.language, WIDEST_CODE);
            self.message(word.name, View { body, ..self.bare() })
        });
        let rows = [RESUME_YES, RESUME_NO].map(|word| Row {
            id: word.name.into(),
            label: self.menu.word(word.name, self.language, ""),
        });
        let wrong = self.menu.word(WRONG_CHOICE.name, self.language, "2");
        let body = format!("{wrong}\n{}", self.menu.word(RESUME.name, self.language, ""));
        let resume = self.message(RESUME.name, View { body, rows: rows.into(), ..self.bare() });
        long.chain(resume).collect()
    }

    fn message(&self, word: &str, view: View) -> Option<Finding> {
        let phrase = self.draft.words.get(word)?;
        let fits = view.whole(self.profile.frame).is_ok();
        let place = self.text(Some(phrase)).unwrap_or(&phrase.at);
        (!fits).then(|| self.overflow(place, "this word is a message of its own".into()))
    }

    fn bare(&self) -> View {
        View {
            body: String::new(),
            rows: vec![],
            tail: vec![],
            next: Default::default(),
            drawn: Default::default(),
        }
    }

    /// A state in which every value is as long as it can get.
    fn widest(&self, values: Values) -> State {
        State {
            version: self.menu.version().clone(),
            screen: String::new(),
            page: 0,
            filter: None,
            note: None,
            units: self.profile.frame.budget.units,
            wrong: 0,
            trail: vec![],
            kept: true,
            calls: 0,
            way: Vec::new(),
            values,
            digits: Default::default(),
            errand: Default::default(),
            language: self.language.clone(),
        }
    }

    /// Comes to a screen with the longest complaint above it.
    fn come_to(&self, screen: &Screen, state: &mut State) {
        let wrongs: Vec<&str> = match &screen.act {
            Act::Ask { validator, .. } => validator.wrongs.to_vec(),
            Act::Choose(_) => {
                vec![WRONG_CHOICE.name, ONLY_CHOICE.name, MORE_FIRST.name, OLD_CHOICE.name]
            }
            Act::Pick { .. } => {
                vec![
                    WRONG_CHOICE.name,
                    ONLY_CHOICE.name,
                    MORE_FIRST.name,
                    NO_SUCH_ROW.name,
                    NEAREST.name,
                ]
            }
            Act::Call { .. } | Act::Last => vec![],
        };
        let notes = wrongs.into_iter().map(|word| self.menu.word(word, self.language, "8"));
        let listed = matches!(screen.act, Act::Choose(_) | Act::Pick { .. });
        let old = self.menu.word(OLD_DATA.name, self.language, WIDEST_TIME);
        let notes = notes.chain(listed.then_some(old));
        state.note = notes.max_by_key(|note| self.profile.frame.budget.alphabet.units(note));
        state.screen = screen.id.clone();
        state.trail = vec![screen.id.clone(), screen.id.clone()];
    }

    fn text<'p>(&self, phrase: Option<&'p DraftPhrase>) -> Option<&'p Place> {
        let texts = &phrase?.texts;
        texts
            .iter()
            .find(|(code, _)| code.value == self.language.as_str())
            .map(|(_, text)| &text.at)
    }

    fn overflow(&self, at: &Place, why: String) -> Finding {
        let (language, channel) = (self.language, &self.profile.name);
        let message = format!("this does not fit in `{language}` on `{channel}`: {why}");
        Finding::error("menu::overflow", at, message).label("too long")
    }
}

/// For every value a text as wide as it can get.
fn longest_values(menu: &Menu) -> Values {
    let mut values = Values::default();
    for (name, &width) in &menu.widths {
        // The widest words have the most natural breaks too few rather than too many.
        values.keep(name, "W".repeat(width));
    }
    values
}
