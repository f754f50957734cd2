//! Words that people write to open something: each leads somewhere, and no two are alike.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    diagnostic::{Finding, Spot},
    menu::{
        keyword::{Command, Keyword},
        load::{Draft, suggest},
        refusal::Refusals,
    },
};

/// The keywords with their paths; a path that no choice begins or goes on is a finding.
pub fn resolve(draft: &Draft, findings: &mut Vec<Finding>) -> Vec<Keyword> {
    let texts = |spots: &[Spot<String>]| spots.iter().map(|spot| spot.value.clone()).collect();
    words(draft, findings);
    let choices: HashSet<&str> = draft
        .screens
        .iter()
        .flat_map(|screen| screen.choose.iter().flatten())
        .map(|choice| choice.id.value.as_str())
        .collect();
    for keyword in &draft.keyword {
        if keyword.words.is_empty() {
            let message = format!("the keyword `{}` has no words", keyword.id.value);
            let finding = Finding::error("menu::keyword", &keyword.id.at, message);
            findings.push(finding.help("add words = [\"…\"]"));
        }
        let steps = keyword.path.iter().chain(keyword.with.iter().flatten());
        for step in steps.filter(|step| !choices.contains(step.value.as_str())) {
            let message = format!("no screen has a choice `{}`", step.value);
            let help = suggest(&step.value, choices.iter().copied());
            findings.push(Finding::error("menu::keyword", &step.at, message).help(help));
        }
    }
    let keyword = draft.keyword.iter().map(|keyword| Keyword {
        words: texts(&keyword.words),
        path: texts(&keyword.path),
        with: texts(keyword.with.as_ref().unwrap_or(&keyword.path)),
        data: keyword.data,
    });
    keyword.collect()
}

/// The words of every command; each has some.
pub fn commands(draft: &Draft, findings: &mut Vec<Finding>) -> BTreeMap<Command, Vec<String>> {
    let known = Command::ALL.map(Command::as_str);
    for (name, words) in &draft.commands {
        if !known.contains(&name.as_str()) {
            let message = format!("there is no command `{name}`");
            let finding = match words.first() {
                Some(word) => Finding::error("menu::command", &word.at, message),
                None => Finding::nowhere("menu::command", message),
            };
            findings.push(finding.help(suggest(name, known.iter().copied())));
        }
    }
    let mut commands = BTreeMap::new();
    for command in Command::ALL {
        let words = draft.commands.get(command.as_str()).map(Vec::as_slice).unwrap_or_default();
        if words.is_empty() {
            let message = format!("the command `{}` has no words", command.as_str());
            let help = format!("add {} = [\"…\"] to [commands]", command.as_str());
            findings.push(Finding::nowhere("menu::command", message).help(help));
        }
        commands.insert(command, words.iter().map(|word| word.value.clone()).collect());
    }
    commands
}

/// What is written with a refusal, and what only looks like one: single words, none of them a command.
pub fn refusals(draft: &Draft, findings: &mut Vec<Finding>) -> Refusals {
    let commands: HashSet<String> =
        draft.commands.values().flatten().map(|word| word.value.to_lowercase()).collect();
    let mut list = |name: &str| {
        let words = draft.refusal.get(name).map(Vec::as_slice).unwrap_or_default();
        for word in words {
            let message = match &word.value {
                value if value.is_empty() || !value.chars().all(char::is_alphanumeric) => {
                    "this is a single word of letters and digits"
                }
                value if name == "unlike" && commands.contains(&value.to_lowercase()) => {
                    "this word is a command, and cannot be unlike one"
                }
                _ => continue,
            };
            findings.push(Finding::error("menu::command", &word.at, message));
        }
        words.iter().map(|word| word.value.to_lowercase()).collect()
    };
    Refusals { beside: list("beside"), unlike: list("unlike") }
}

/// Every word is one word or two, and opens one thing only.
fn words(draft: &Draft, findings: &mut Vec<Finding>) {
    let paths = draft.keyword.iter().flat_map(|keyword| &keyword.words);
    let commands = draft.commands.values().flatten();
    let mut seen: HashMap<String, &Spot<String>> = HashMap::new();
    for word in commands.chain(&draft.keywords).chain(paths) {
        let mut parts = word.value.split(' ');
        let written = |part: &str| !part.is_empty() && part.chars().all(char::is_alphanumeric);
        if parts.clone().count() > 2 || !parts.all(written) {
            let message = "a keyword is one word of letters and digits, or two";
            findings.push(Finding::error("menu::keyword", &word.at, message));
        }
        if seen.insert(word.value.to_lowercase(), word).is_some() {
            let message = format!("`{}` opens something else already", word.value);
            findings.push(Finding::error("menu::keyword", &word.at, message));
        }
    }
}
