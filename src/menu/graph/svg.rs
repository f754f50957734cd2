//! The graph as a picture.
//!
//! Every exit is a row of its box, and its arrow leaves from there: no label can cover another. An
//! arrow forward is a line; one back is drawn so faintly that it does not get in the way, and its
//! row names the box it leads to.

use std::fmt::Write as _;

use crate::menu::graph::{Graph, Kind, Node, clipped, layout};

const WIDTH: f64 = 210.0;
const BETWEEN_COLUMNS: f64 = 90.0;
const BETWEEN_BOXES: f64 = 22.0;
const MARGIN: f64 = 40.0;
const LINE: f64 = 15.0;
const PADDING: f64 = 8.0;
/// Characters of the small letters that go into a box.
const LETTERS: usize = 31;
/// The most lines of a screen's words.
const MOST_LINES: usize = 3;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#1d2733}\
.id{font-weight:600}.words{fill:#5b6773;font-size:11px}.exit{font-size:11px}\
.to{font-size:10px;fill:#98a2ad}.sort{font-size:10px;fill:#6b7785}\
rect{fill:#fff;stroke:#8a97a5}.call rect{fill:#eaf2fc;stroke:#5b8fd0}\
.ask rect,.pick rect{fill:#fffaf0;stroke:#d0a44f}.last rect{fill:#eef6ee;stroke:#4f9a5b}\
.beyond rect{fill:none;stroke-dasharray:4 4}.first rect{stroke-width:2.5;stroke:#1d2733}\
path{fill:none;stroke:#51606f;stroke-width:1.2}.back{stroke:#b9c2cb;stroke-width:.8;\
stroke-dasharray:2 4;opacity:.55}";

#[derive(Clone, Copy, Default)]
struct Spot {
    x: f64,
    y: f64,
    height: f64,
}

/// The picture, one SVG document.
pub fn draw(graph: &Graph) -> String {
    let columns = layout::columns(graph);
    let faces: Vec<Face> = graph.boxes.iter().map(Face::of).collect();
    let heights: Vec<f64> = columns.iter().map(|column| tall(column, &faces)).collect();
    let tallest = heights.iter().copied().fold(0.0, f64::max);
    let mut spots = vec![Spot::default(); faces.len()];
    for (at, (column, height)) in columns.iter().zip(&heights).enumerate() {
        let x = MARGIN + at as f64 * (WIDTH + BETWEEN_COLUMNS);
        let mut y = MARGIN + (tallest - height) / 2.0;
        for &at in column {
            spots[at] = Spot { x, y, height: faces[at].height() };
            y += spots[at].height + BETWEEN_BOXES;
        }
    }
    let width = 2.0 * MARGIN + columns.len() as f64 * (WIDTH + BETWEEN_COLUMNS) - BETWEEN_COLUMNS;
    let height = 2.0 * MARGIN + tallest;
    let mut drawn = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" \
         style=\"fill:#51606f;stroke:none\"/></marker></defs>\n\
         <rect width=\"{width}\" height=\"{height}\" style=\"fill:#fbfcfd;stroke:none\"/>\n"
    );
    arrows(&mut drawn, graph, &faces, &spots);
    for (at, node) in graph.boxes.iter().enumerate() {
        let pushed = || graph.pushed.contains(&at).then_some("push");
        let begins = (at == graph.start && !graph.dial.is_empty()).then_some(graph.dial.as_str());
        let begins = begins.or_else(pushed);
        node_box(&mut drawn, graph, (at, node), &faces[at], spots[at], begins);
    }
    drawn.push_str("</svg>\n");
    drawn
}

fn tall(column: &[usize], faces: &[Face]) -> f64 {
    let boxes: f64 = column.iter().map(|&at| faces[at].height() + BETWEEN_BOXES).sum();
    boxes - BETWEEN_BOXES
}

/// What stands in a box.
struct Face {
    sort: String,
    words: Vec<String>,
    exits: usize,
}

impl Face {
    fn of(node: &Node) -> Self {
        let sort = match node.kind {
            Kind::Choose => String::new(),
            Kind::Ask(what) => format!("asks {what}"),
            Kind::Pick(list) => format!("lists {list}"),
            Kind::Call => "calls".to_owned(),
            Kind::Last => "last".to_owned(),
            Kind::Beyond => "leads on".to_owned(),
        };
        Self { sort, words: wrapped(&node.words), exits: node.arrows.len() }
    }

    fn height(&self) -> f64 {
        2.0 * PADDING + LINE * (1 + self.words.len() + self.exits) as f64
    }

    /// The middle of an exit's row, from the top of the box.
    fn exit(&self, exit: usize) -> f64 {
        PADDING + LINE * (1 + self.words.len() + exit) as f64 + LINE / 2.0
    }
}

/// The first words of a screen, in lines.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().filter(|line| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= LETTERS
        });
        match last {
            Some(line) if line.is_empty() => line.push_str(&clipped(word, LETTERS)),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(clipped(word, LETTERS)),
        }
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            *last = format!("{} …", clipped(last, LETTERS - 2));
        }
    }
    lines
}

fn arrows(drawn: &mut String, graph: &Graph, faces: &[Face], spots: &[Spot]) {
    for (from, node) in graph.boxes.iter().enumerate() {
        for (exit, arrow) in node.arrows.iter().enumerate() {
            let (start, end) = (spots[from], spots[arrow.to]);
            let (x1, y1) = (start.x + WIDTH, start.y + faces[from].exit(exit));
            let y2 = end.y + PADDING + LINE / 2.0;
            let bend = BETWEEN_COLUMNS * 0.6;
            let _ = if graph.is_forward(from, arrow) {
                let (x2, c1, c2) = (end.x, x1 + bend, end.x - bend);
                writeln!(
                    drawn,
                    "<path d=\"M{x1} {y1}C{c1} {y1} {c2} {y2} {x2} {y2}\" \
                     marker-end=\"url(#tip)\"/>"
                )
            } else {
                let (x2, out) = (end.x + WIDTH, x1 + bend);
                let c2 = x2 + bend;
                writeln!(
                    drawn,
                    "<path class=\"back\" d=\"M{x1} {y1}C{out} {y1} {c2} {y2} {x2} {y2}\"/>"
                )
            };
        }
    }
}

fn node_box(
    drawn: &mut String,
    graph: &Graph,
    (at, node): (usize, &Node),
    face: &Face,
    spot: Spot,
    begins: Option<&str>,
) {
    let Spot { x, y, height } = spot;
    let class = match node.kind {
        Kind::Choose => "choose",
        Kind::Ask(_) => "ask",
        Kind::Pick(_) => "pick",
        Kind::Call => "call",
        Kind::Last => "last",
        Kind::Beyond => "beyond",
    };
    let first = if begins.is_some() { " first" } else { "" };
    let round = if node.kind == Kind::Call { 16 } else { 3 };
    let id = &node.id;
    let _ = writeln!(
        drawn,
        "<g id=\"{id}\" class=\"{class}{first}\"><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" \
         height=\"{height}\" rx=\"{round}\"/>"
    );
    if node.kind == Kind::Last {
        let (x, y, width, height) = (x + 3.0, y + 3.0, WIDTH - 6.0, height - 6.0);
        let _ = writeln!(
            drawn,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\"/>"
        );
    }
    let mut text = |class: &str, x: f64, y: f64, anchor: &str, words: &str| {
        let words = escaped(words);
        let _ = writeln!(
            drawn,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>"
        );
    };
    let (left, right) = (x + PADDING, x + WIDTH - PADDING);
    let base = |line: usize| y + PADDING + LINE * line as f64 + 11.0;
    if let Some(begins) = begins {
        text("id", x, y - 8.0, "start", begins);
    }
    text("id", left, base(0), "start", &clipped(id, 22));
    text("sort", right, base(0), "end", &face.sort);
    for (line, words) in face.words.iter().enumerate() {
        text("words", left, base(1 + line), "start", words);
    }
    for (exit, arrow) in node.arrows.iter().enumerate() {
        let line = base(1 + face.words.len() + exit);
        let language = arrow.language.as_ref().map(|code| format!(" ⇄ {code}"));
        let label = clipped(&arrow.label, 22) + &language.unwrap_or_default();
        if graph.is_forward(at, arrow) {
            text("exit", right, line, "end", &label);
        } else {
            let to = format!("↩ {}", clipped(&graph.boxes[arrow.to].id, 14));
            text("exit", left, line, "start", &label);
            text("to", right, line, "end", &to);
        }
    }
    drawn.push_str("</g>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::menu::graph::tests::small;

    #[test]
    fn a_picture_holds_every_box_and_every_exit() {
        let graph = small();
        let drawn = draw(&graph);
        for node in &graph.boxes {
            assert!(drawn.contains(&format!("<g id=\"{}\"", node.id)), "{drawn}");
        }
        assert_eq!(drawn.matches("marker-end").count(), 3, "arrows forward");
        assert_eq!(drawn.matches("class=\"back\"").count(), 2, "arrows back");
        assert!(drawn.contains("Ambil &quot;nomor&quot;") && drawn.contains("English ⇄ en"));
    }

    #[test]
    fn words_are_wrapped_and_cut() {
        let lines = wrapped(&"kata ".repeat(40));
        assert_eq!(lines.len(), MOST_LINES);
        assert!(lines.iter().all(|line| line.chars().count() <= LETTERS), "{lines:?}");
        assert_eq!(wrapped(&"x".repeat(50))[0].chars().count(), LETTERS);
    }
}
