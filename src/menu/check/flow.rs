//! The paths through a menu: what cannot be reached, what cannot be left, calls that chase each
//! other, and values that are used before anything gives them.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    diagnostic::{Finding, Place},
    menu::{
        catalogue::{Catalogue, Privacy},
        check::resolve::NOWHERE,
        load::{Draft, DraftPhrase},
        model::{Act, Menu, Phrase},
        step::LONGEST_CHAIN,
    },
};

/// Findings about paths. Nothing is said of broken screens, and what they lead to is unknown; with
/// no first screen there are no paths.
pub fn check(
    draft: &Draft,
    menu: &Menu,
    broken: &HashSet<usize>,
    catalogue: &Catalogue,
) -> Vec<Finding> {
    let paths = Paths { draft, menu, broken, personal: personal(menu, catalogue) };
    if draft.start.as_ref().is_none_or(|start| !menu.by_id.contains_key(&start.value)) {
        return Vec::new();
    }
    let mut findings = paths.unreachable();
    findings.extend(paths.no_way_out());
    findings.extend(paths.chased_calls());
    findings.extend(paths.missing_values());
    findings.extend(paths.personal_last());
    findings
}

struct Paths<'m> {
    draft: &'m Draft,
    menu: &'m Menu,
    broken: &'m HashSet<usize>,
    personal: HashSet<String>,
}

impl<'m> Paths<'m> {
    /// Where a screen leads, with the values each way leaves. Holes lead nowhere.
    fn ways(&self, at: usize) -> Vec<(usize, Vec<String>)> {
        let ways: Vec<(usize, Vec<String>)> = match &self.menu.screens[at].act {
            Act::Choose(choices) => choices
                .iter()
                .map(|choice| {
                    (choice.go, choice.set.iter().map(|(name, _)| name.clone()).collect())
                })
                .collect(),
            Act::Ask { keep, go, .. } => vec![(*go, vec![keep.clone()])],
            Act::Pick { keep, go, .. } => vec![(*go, vec![keep.clone(), format!("{keep}_name")])],
            Act::Call { call, on } => {
                let given = call.outcomes.iter().map(|outcome| {
                    outcome.gives.iter().map(|given| given.name.to_owned()).collect()
                });
                on.iter().copied().zip(given).collect()
            }
            Act::Last => Vec::new(),
        };
        ways
    }

    fn whole(&self, at: usize) -> bool {
        !self.broken.contains(&at) && self.ways(at).iter().all(|(to, _)| *to != NOWHERE)
    }

    fn place(&self, at: usize) -> &'m Place {
        &self.draft.screens[at].id.at
    }

    fn id(&self, at: usize) -> &'m str {
        &self.menu.screens[at].id
    }

    /// Where a conversation can begin: the first screen, and what the network may push.
    fn roots(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.menu.start).chain(self.menu.push.iter().copied())
    }

    fn screens(&self) -> std::ops::Range<usize> {
        0..self.menu.screens.len()
    }

    /// Screens that no name leads to. What counts is what the author wrote: a screen behind a broken
    /// one is reached once that is mended.
    fn unreachable(&self) -> Vec<Finding> {
        let mut reached: HashSet<usize> = self.roots().collect();
        let mut open: Vec<usize> = self.roots().collect();
        while let Some(at) = open.pop() {
            let named = self.named(at).filter_map(|id| self.menu.by_id.get(id).copied());
            open.extend(named.filter(|&to| reached.insert(to)));
        }
        self.screens()
            .filter(|at| !reached.contains(at))
            // Of two screens with one id the first has its own finding.
            .filter(|at| self.menu.by_id.get(self.id(*at)) == Some(at))
            .map(|at| {
                let message = format!("nothing leads to screen `{}`", self.id(at));
                Finding::error("menu::unreachable", self.place(at), message)
                    .help("lead a choice to it, or take it out")
            })
            .collect()
    }

    /// The screens that a screen names as written, broken or not.
    fn named(&self, at: usize) -> impl Iterator<Item = &'m str> {
        let screen = &self.draft.screens[at];
        let choices = screen.choose.iter().flatten().filter_map(|choice| choice.go.as_ref());
        let outcomes = screen.on.iter().map(|(_, to)| to);
        screen.go.iter().chain(choices).chain(outcomes).map(|to| to.value.as_str())
    }

    /// Screens from which no last screen can be reached, whatever is typed.
    fn no_way_out(&self) -> Vec<Finding> {
        let out = |at: usize| matches!(self.menu.screens[at].act, Act::Last) || !self.whole(at);
        let mut leaves: HashSet<usize> = self.screens().filter(|&at| out(at)).collect();
        loop {
            let before = leaves.len();
            for at in self.screens() {
                if self.ways(at).iter().any(|(to, _)| leaves.contains(to)) {
                    leaves.insert(at);
                }
            }
            if leaves.len() == before {
                break;
            }
        }
        self.screens()
            .filter(|at| !leaves.contains(at))
            .map(|at| {
                let message = format!("no way out of screen `{}`", self.id(at));
                Finding::error("menu::no_way_out", self.place(at), message)
                    .label("no last screen can be reached from here")
                    .help("lead it, or what follows it, to a screen with last = true")
            })
            .collect()
    }

    /// Calls that follow each other without a screen between them: in a circle, or too many for
    /// one turn.
    fn chased_calls(&self) -> Vec<Finding> {
        let calls = |at: &usize| matches!(self.menu.screens[*at].act, Act::Call { .. });
        let mut longest: HashMap<usize, usize> =
            self.screens().filter(calls).map(|at| (at, 1)).collect();
        // A chain grows by one a round at the least, so every chain that is too long, and every
        // circle, has shown itself by then.
        for _ in 0..=LONGEST_CHAIN {
            for at in self.screens().filter(calls) {
                let after =
                    self.ways(at).iter().filter_map(|(to, _)| longest.get(to)).max().copied();
                let length = (1 + after.unwrap_or(0)).min(LONGEST_CHAIN + 1);
                longest.insert(at, length);
            }
        }
        self.screens()
            .filter(|at| longest.get(at).is_some_and(|&length| length > LONGEST_CHAIN))
            .map(|at| {
                let message = format!(
                    "more than {LONGEST_CHAIN} calls follow `{}` without a screen between them",
                    self.id(at)
                );
                Finding::error("menu::call_chain", self.place(at), message)
                    .help("show a screen between them, or break the circle")
            })
            .collect()
    }

    /// Values that are used on a screen although a way leads there on which nothing gave them.
    fn missing_values(&self) -> Vec<Finding> {
        let known = self.known_values();
        let mut findings = Vec::new();
        for at in self.screens().filter(|at| !self.broken.contains(at)) {
            let Some(known) = &known[at] else { continue };
            let screen = &self.draft.screens[at];
            let needs = match &self.menu.screens[at].act {
                Act::Call { call, .. } => call.needs,
                Act::Pick { list, .. } => list.needs,
                _ => &[],
            };
            let by =
                screen.call.as_ref().or(screen.pick.as_ref()).map_or(&screen.id.at, |by| &by.at);
            let needed = needs.iter().map(|name| (*name, by.clone()));
            let shown = self.shown(at);
            let mut said = HashSet::new();
            for (name, place) in needed.chain(shown.iter().cloned()) {
                if name == "dial" || known.contains(name) || !said.insert(name) {
                    continue;
                }
                let message = format!("`{name}` may not be known on screen `{}`", self.id(at));
                findings.push(
                    Finding::error("menu::value", &place, message)
                        .label("used here")
                        .help(format!("a way leads here on which nothing keeps or gives `{name}`")),
                );
            }
            // Ids of rows and lists have no widest text, so no screen could be proved to fit.
            let widths = &self.menu.widths;
            let hidden =
                |name: &str| name != "dial" && known.contains(name) && !widths.contains_key(name);
            for (name, place) in shown.into_iter().filter(|(name, _)| hidden(name)) {
                let message = format!("`{name}` is not made to be shown");
                findings.push(
                    Finding::error("menu::value", &place, message).label("used here").help(
                        format!("it is an id or a list; a picked row's label is `{name}_name`"),
                    ),
                );
            }
        }
        findings
    }

    /// For every screen the values that every way to it leaves; `None` if there is no way.
    fn known_values(&self) -> Vec<Option<BTreeSet<String>>> {
        let mut known: Vec<Option<BTreeSet<String>>> = vec![None; self.menu.screens.len()];
        let mut open: Vec<usize> = self.roots().collect();
        for &root in &open {
            known[root] = Some(BTreeSet::new());
        }
        while let Some(at) = open.pop() {
            let here = known[at].clone().unwrap_or_default();
            for (to, gives) in self.ways(at).into_iter().filter(|(to, _)| *to != NOWHERE) {
                let mut there = here.clone();
                there.extend(gives);
                let met = match &known[to] {
                    Some(before) => before.intersection(&there).cloned().collect(),
                    None => there,
                };
                if known[to].as_ref() != Some(&met) {
                    known[to] = Some(met);
                    open.push(to);
                }
            }
        }
        known
    }

    /// The placeholders of a screen's texts, with the texts they stand in.
    fn shown(&self, at: usize) -> Vec<(&'m str, Place)> {
        let (drawn, screen) = (&self.draft.screens[at], &self.menu.screens[at]);
        let mut shown = names(&screen.say, drawn.say.as_ref());
        let fuller = screen.fuller.as_ref();
        shown.extend(fuller.into_iter().flat_map(|of| names(of, drawn.fuller.as_ref())));
        if let (Act::Choose(choices), Some(written)) = (&screen.act, &drawn.choose) {
            for choice in choices {
                let written = written.iter().find(|written| written.id.value == choice.id);
                shown.extend(names(&choice.say, written.and_then(|written| written.say.as_ref())));
            }
        }
        shown
    }

    /// A last screen stays on the display of a phone that is handed on.
    fn personal_last(&self) -> Vec<Finding> {
        self.screens()
            .filter(|&at| matches!(self.menu.screens[at].act, Act::Last))
            .flat_map(|at| self.shown(at).into_iter().map(move |shown| (at, shown)))
            .filter(|(_, (name, _))| self.personal.contains(*name))
            .map(|(at, (name, place))| {
                let message = format!("the last screen `{}` shows `{name}`", self.id(at));
                Finding::error("menu::personal_last", &place, message)
                    .label("personal")
                    .help("a last screen stays on the display: show it on a screen before")
            })
            .collect()
    }
}

fn names<'m>(phrase: &'m Phrase, written: Option<&DraftPhrase>) -> Vec<(&'m str, Place)> {
    let Some(written) = written else { return Vec::new() };
    let place = written.texts.first().map_or(&written.at, |(_, text)| &text.at);
    phrase
        .0
        .iter()
        .take(1)
        .flat_map(|text| text.names())
        .map(|name| (name, place.clone()))
        .collect()
}

/// The names of values that are personal, wherever they come from.
fn personal(menu: &Menu, catalogue: &Catalogue) -> HashSet<String> {
    let mut personal = HashSet::new();
    for screen in &menu.screens {
        match &screen.act {
            Act::Ask { validator, keep, .. } if validator.privacy == Privacy::Personal => {
                personal.insert(keep.clone());
            }
            Act::Pick { list, keep, .. } if list.privacy == Privacy::Personal => {
                personal.insert(keep.clone());
                personal.insert(format!("{keep}_name"));
            }
            _ => {}
        }
    }
    let given = catalogue.calls.iter().flat_map(|call| call.outcomes).flat_map(|o| o.gives);
    let given = given.filter(|given| given.privacy == Privacy::Personal);
    personal.extend(given.map(|given| given.name.to_owned()));
    personal
}
