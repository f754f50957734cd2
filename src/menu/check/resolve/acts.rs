//! What a screen does: its choices, its question, its list or its call, with what these name.

use std::collections::HashSet;

use super::{NOWHERE, Resolver};
use crate::{
    diagnostic::{Finding, Spot},
    menu::{
        language::Language,
        load::{DraftChoice, DraftScreen, suggest},
        model::{Act, Choice, Phrase},
        template::Template,
    },
};

const ACTS: &str = "a screen has one of: choose, ask, pick, call, or last = true";

impl Resolver<'_> {
    pub(super) fn act(&mut self, screen: &DraftScreen) -> Option<Act> {
        let kinds = [
            screen.choose.is_some(),
            screen.ask.is_some(),
            screen.pick.is_some(),
            screen.call.is_some(),
            screen.last.is_some(),
        ];
        match kinds.iter().filter(|&&kind| kind).count() {
            1 => {}
            0 => {
                let message = format!("screen `{}` does nothing", screen.id.value);
                let finding = Finding::error("menu::no_way_out", &screen.id.at, message);
                self.findings.push(finding.label("no way out of here").help(ACTS));
                return None;
            }
            _ => {
                let message = format!("screen `{}` does more than one thing", screen.id.value);
                self.findings.push(Finding::error("menu::act", &screen.id.at, message).help(ACTS));
                return None;
            }
        }
        self.strays(screen);
        if let Some(choices) = &screen.choose {
            return self.choose(screen, choices);
        }
        if let Some(ask) = &screen.ask {
            let validator = self.catalogue.validator(&ask.value);
            let known = self.catalogue.validators.iter().map(|validator| validator.name);
            let validator = self.known(validator, ask, "validator", known);
            let (keep, go) = self.keep_and_go(screen)?;
            let validator = validator?;
            self.width(&keep, validator.longest);
            return Some(Act::Ask { validator, keep, go });
        }
        if let Some(pick) = &screen.pick {
            let list = self.catalogue.list(&pick.value);
            let known = self.catalogue.lists.iter().map(|list| list.name);
            let list = self.known(list, pick, "list", known);
            let (keep, go) = self.keep_and_go(screen)?;
            let list = list?;
            self.width(&format!("{keep}_name"), list.longest);
            return Some(Act::Pick { list, keep, go });
        }
        if let Some(call) = &screen.call {
            return self.call(screen, call);
        }
        Some(Act::Last)
    }

    /// Keys that the act of a screen has no use for.
    fn strays(&mut self, screen: &DraftScreen) {
        let keeps = screen.ask.is_some() || screen.pick.is_some();
        let stray = [
            screen.keep.as_ref().filter(|_| !keeps).map(|keep| ("keep", &keep.at)),
            screen.go.as_ref().filter(|_| !keeps).map(|go| ("go", &go.at)),
            screen.on.first().filter(|_| screen.call.is_none()).map(|(name, _)| ("on", &name.at)),
            screen.say.as_ref().filter(|_| screen.call.is_some()).map(|say| ("say", &say.at)),
            screen.fuller.as_ref().filter(|_| screen.call.is_some()).map(|of| ("fuller", &of.at)),
        ];
        for (key, at) in stray.into_iter().flatten() {
            self.error("menu::stray", at, format!("`{key}` has no meaning on this kind of screen"));
        }
    }

    fn choose(&mut self, screen: &DraftScreen, choices: &[DraftChoice]) -> Option<Act> {
        if choices.is_empty() {
            let message = format!("screen `{}` offers no choice", screen.id.value);
            let finding = Finding::error("menu::no_way_out", &screen.id.at, message);
            self.findings.push(finding.label("no way out of here"));
            return None;
        }
        let mut seen = HashSet::new();
        let mut made = Vec::new();
        for choice in choices {
            self.name(&choice.id);
            if !seen.insert(choice.id.value.as_str()) {
                self.error(
                    "menu::twice",
                    &choice.id.at,
                    "another choice of this screen has this id",
                );
            }
            let say = match &choice.say {
                Some(say) => self.phrase(say, None),
                None => {
                    self.error("menu::silent", &choice.id.at, "this choice has no label");
                    Phrase(vec![Template::default(); self.languages.len()])
                }
            };
            let go = match &choice.go {
                Some(go) => self.target(go),
                None => {
                    self.error("menu::no_way_out", &choice.id.at, "this choice leads nowhere");
                    NOWHERE
                }
            };
            let language = choice.language.as_ref().and_then(|code| self.spoken(code));
            let set: Vec<(String, String)> =
                choice.set.iter().map(|(n, v)| (n.value.clone(), v.value.clone())).collect();
            for (name, value) in &set {
                self.width(name, value);
            }
            made.push(Choice { id: choice.id.value.clone(), say, go, set, language });
        }
        self.alike(choices);
        Some(Act::Choose(made))
    }

    /// Two rows that read the same cannot be told apart.
    fn alike(&mut self, choices: &[DraftChoice]) {
        let mut seen = HashSet::new();
        let texts =
            choices.iter().filter_map(|choice| choice.say.as_ref()).flat_map(|say| &say.texts);
        for (language, text) in texts {
            if !seen.insert((language.value.as_str(), text.value.as_str())) {
                self.error("menu::alike", &text.at, "another choice of this screen reads the same");
            }
        }
    }

    fn call(&mut self, screen: &DraftScreen, name: &Spot<String>) -> Option<Act> {
        let call = self.catalogue.call(&name.value);
        let known = self.catalogue.calls.iter().map(|call| call.name);
        let call = self.known(call, name, "call", known)?;
        let mut on = vec![NOWHERE; call.outcomes.len()];
        for (outcome, to) in &screen.on {
            let target = self.target(to);
            match call.outcomes.iter().position(|known| known.name == outcome.value) {
                Some(at) => on[at] = target,
                None => {
                    let message = format!("`{}` has no outcome `{}`", call.name, outcome.value);
                    let known = call.outcomes.iter().map(|outcome| outcome.name);
                    let help = suggest(&outcome.value, known);
                    let finding = Finding::error("menu::outcome", &outcome.at, message);
                    self.findings.push(finding.help(help));
                }
            }
        }
        for outcome in call.outcomes {
            for given in outcome.gives.iter().filter(|given| !given.longest.is_empty()) {
                self.width(given.name, given.longest);
            }
            if !screen.on.iter().any(|(name, _)| name.value == outcome.name) {
                let message = format!("nothing is said for the outcome `{}`", outcome.name);
                let finding = Finding::error("menu::outcome", &name.at, message);
                self.findings.push(finding.help(format!("add on.{} = \"…\"", outcome.name)));
            }
        }
        Some(Act::Call { call, on })
    }

    fn known<'k, T>(
        &mut self,
        found: Option<&'static T>,
        name: &Spot<String>,
        kind: &str,
        known: impl Iterator<Item = &'k str>,
    ) -> Option<&'static T> {
        if found.is_none() {
            let message = format!("there is no {kind} `{}`", name.value);
            let finding = Finding::error("menu::unknown", &name.at, message);
            self.findings.push(finding.help(suggest(&name.value, known)));
        }
        found
    }

    fn keep_and_go(&mut self, screen: &DraftScreen) -> Option<(String, usize)> {
        if screen.keep.is_none() || screen.go.is_none() {
            let message = format!("screen `{}` needs both `keep` and `go`", screen.id.value);
            self.error("menu::act", &screen.id.at, message);
        }
        if let Some(keep) = &screen.keep {
            self.name(keep);
        }
        let go = screen.go.as_ref().map(|go| self.target(go));
        Some((screen.keep.as_ref()?.value.clone(), go?))
    }

    fn spoken(&mut self, code: &Spot<String>) -> Option<Language> {
        let language = Language::parse(&code.value).filter(|code| self.languages.contains(code));
        if language.is_none() {
            self.error("menu::language", &code.at, "this language is not in `languages`");
        }
        language
    }
}
