//! A menu as a graph: what stands on its boxes, where its arrows lead, how far each box is from
//! the start. Drawn as Mermaid text (`mermaid`) or as a picture (`svg`, laid out by `layout`).
//! Pure: a function of a menu and a language.

pub mod layout;
pub mod mermaid;
pub mod svg;

use std::collections::VecDeque;

use crate::menu::{
    catalogue::Outcome,
    language::Language,
    model::{Act, Choice, Menu, Phrase, Screen},
};

/// Boxes and arrows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The boxes, in the menu's order of screens.
    pub boxes: Vec<Node>,
    /// Which of them comes first, or where a part begins.
    pub start: usize,
    /// Those with which the service may begin by itself.
    pub pushed: Vec<usize>,
    /// What is dialled to get there; empty for a part that begins elsewhere.
    pub dial: String,
}

/// A screen or a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The screen's id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// What it says, placeholders shown as `‹name›`; for a call, what is called.
    pub words: String,
    /// Steps from the start on the shortest way.
    pub rank: usize,
    /// Where it leads.
    pub arrows: Vec<Arrow>,
}

/// What a box stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Shows choices.
    Choose,
    /// Asks for a value; the validator.
    Ask(&'static str),
    /// Shows a list; which one.
    Pick(&'static str),
    /// Calls the service; shows nothing.
    Call,
    /// The end of a conversation.
    Last,
    /// A screen where a part ends: it leads on, which is not drawn.
    Beyond,
}

/// A way from one box to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// The choice or the outcome; empty after a question.
    pub label: String,
    /// The language it switches to.
    pub language: Option<Language>,
    /// The box it leads to.
    pub to: usize,
}

impl Graph {
    /// The graph of a menu, its texts in a language.
    pub fn of(menu: &Menu, language: &Language) -> Self {
        let by_id = |id: &str| menu.screens().iter().position(|screen| screen.id == id);
        let start = by_id(&menu.first().id).unwrap_or(0);
        let mut boxes: Vec<Node> =
            menu.screens().iter().map(|screen| node(menu, screen, language)).collect();
        let pushed: Vec<usize> = menu.push().filter_map(|screen| by_id(&screen.id)).collect();
        rank(&mut boxes, start, &pushed);
        Self { boxes, start, pushed, dial: menu.dial().join(" ") }
    }

    /// What is reached from a box in so many steps. What these lead to beyond that stands at the edge, without
    /// its arrows.
    #[must_use]
    pub fn part(&self, from: usize, steps: usize) -> Self {
        let mut boxes = self.boxes.clone();
        rank(&mut boxes, from, &[]);
        let mut places = vec![None; boxes.len()];
        let kept = (0..boxes.len()).filter(|&at| boxes[at].rank <= steps.saturating_add(1));
        kept.enumerate().for_each(|(place, at)| places[at] = Some(place));
        let drawn = boxes.into_iter().zip(&places).filter(|(_, place)| place.is_some());
        let boxes = drawn.map(|(mut node, _)| {
            if node.rank > steps && !node.arrows.is_empty() {
                (node.kind, node.arrows) = (Kind::Beyond, Vec::new());
            }
            // Whatever an arrow leads to is one step further at most, and so has a place.
            node.arrows.iter_mut().for_each(|arrow| arrow.to = places[arrow.to].unwrap_or(0));
            node
        });
        Self {
            boxes: boxes.collect(),
            start: places[from].unwrap_or(0),
            pushed: self.pushed.iter().filter_map(|&at| places[at]).collect(),
            dial: if from == self.start { self.dial.clone() } else { String::new() },
        }
    }

    /// Whether an arrow leads further away from the start.
    pub fn is_forward(&self, from: usize, arrow: &Arrow) -> bool {
        self.boxes[arrow.to].rank > self.boxes[from].rank
    }
}

fn node(menu: &Menu, screen: &Screen, language: &Language) -> Node {
    let say = |phrase: &Phrase| menu.outline(phrase, language);
    let onward = |to: usize| vec![Arrow { label: String::new(), language: None, to }];
    let words = say(&screen.say);
    let (kind, words, arrows) = match &screen.act {
        Act::Choose(choices) => {
            let arrow = |choice: &Choice| Arrow {
                label: say(&choice.say),
                language: choice.language.clone(),
                to: choice.go,
            };
            (Kind::Choose, words, choices.iter().map(arrow).collect())
        }
        Act::Ask { validator, go, .. } => (Kind::Ask(validator.name), words, onward(*go)),
        Act::Pick { list, go, .. } => (Kind::Pick(list.name), words, onward(*go)),
        Act::Call { call, on } => {
            let arrow = |(outcome, &to): (&Outcome, &usize)| Arrow {
                label: outcome.name.to_owned(),
                language: None,
                to,
            };
            let arrows = call.outcomes.iter().zip(on).map(arrow).collect();
            (Kind::Call, call.name.to_owned(), arrows)
        }
        Act::Last => (Kind::Last, words, vec![]),
    };
    Node { id: screen.id.clone(), kind, words, rank: 0, arrows }
}

/// Walks the boxes by distance. What is not reached has no rank that anything could have.
fn rank(boxes: &mut [Node], start: usize, pushed: &[usize]) {
    boxes.iter_mut().for_each(|node| node.rank = usize::MAX);
    let mut met = vec![false; boxes.len()];
    let roots = std::iter::once(&start).chain(pushed);
    let mut waiting: VecDeque<(usize, usize)> = roots.map(|&root| (root, 0)).collect();
    while let Some((at, rank)) = waiting.pop_front() {
        if std::mem::replace(&mut met[at], true) {
            continue;
        }
        boxes[at].rank = rank;
        waiting.extend(boxes[at].arrows.iter().map(|arrow| (arrow.to, rank + 1)));
    }
}

/// The beginning of a text, at most `most` characters, `…` for the rest.
fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn small() -> Graph {
        let arrow = |label: &str, to| Arrow { label: label.into(), language: None, to };
        let node = |id: &str, kind, words: &str, rank, arrows| Node {
            id: id.into(),
            kind,
            words: words.into(),
            rank,
            arrows,
        };
        let mut english = arrow("English", 0);
        english.language = Language::parse("en");
        let home = vec![arrow("Ambil \"nomor\"", 1), english];
        Graph {
            boxes: vec![
                node("home", Kind::Choose, "Puskesmas", 0, home),
                node("nik", Kind::Ask("nik"), "Ketik NIK:", 1, vec![arrow("", 2)]),
                node("take", Kind::Call, "queue.take", 2, vec![arrow("full", 0), arrow("ok", 3)]),
                node("done", Kind::Last, "Nomor Anda ‹number›.", 3, vec![]),
            ],
            start: 0,
            pushed: vec![],
            dial: "*120#".into(),
        }
    }

    #[test]
    fn ranks_are_the_shortest_ways() {
        let mut graph = small();
        let wanted: Vec<_> = graph.boxes.iter().map(|node| node.rank).collect();
        graph.boxes.iter_mut().for_each(|node| node.rank = 9);
        rank(&mut graph.boxes, 0, &[]);
        assert_eq!(graph.boxes.iter().map(|node| node.rank).collect::<Vec<_>>(), wanted);
        assert!(!graph.is_forward(2, &graph.boxes[2].arrows[0]));
    }

    #[test]
    fn a_part_ends_where_it_is_told_to() {
        let part = small().part(1, 1);
        let drawn: Vec<_> = part.boxes.iter().map(|node| (&*node.id, node.rank)).collect();
        assert_eq!(drawn, [("home", 2), ("nik", 0), ("take", 1), ("done", 2)]);
        assert_eq!((&*part.boxes[part.start].id, &*part.dial), ("nik", ""));
        let kinds: Vec<_> = part.boxes.iter().map(|node| &node.kind).collect();
        assert!(matches!(kinds[..], [Kind::Beyond, Kind::Ask("nik"), Kind::Call, Kind::Last]));
        let leads: Vec<_> = part.boxes[2].arrows.iter().map(|arrow| arrow.to).collect();
        assert_eq!((part.boxes[0].arrows.len(), leads), (0, vec![0, 3]));
    }

    #[test]
    fn long_words_are_clipped() {
        assert_eq!(clipped("satu dua", 8), "satu dua");
        assert_eq!(clipped("satu dua", 6), "satu…");
    }
}
