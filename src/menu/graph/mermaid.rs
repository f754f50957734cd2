//! The graph as the text of a Mermaid flowchart, as many code hosts draw it.

use std::fmt::Write as _;

use crate::menu::graph::{Graph, Kind, clipped};

/// The most characters of a screen that stand in its box.
const MOST: usize = 60;

/// The most arrows, and characters of text, that Mermaid draws unless its page allows more (`maxEdges` and
/// `maxTextSize` of its configuration; a drawing may not set them itself).
const DRAWN: (usize, usize) = (500, 50_000);

/// The flowchart. Arrows back are dotted; a call is round, a last screen has a double wall;
/// where a part ends, a box is a flag.
pub fn draw(graph: &Graph) -> String {
    let mut drawn = String::from("flowchart LR\n");
    if !graph.dial.is_empty() {
        let start = &graph.boxes[graph.start].id;
        let _ = writeln!(drawn, "  dial([\"{}\"]) --> s_{start}", escaped(&graph.dial));
    }
    for &pushed in &graph.pushed {
        let _ = writeln!(drawn, "  push([\"push\"]) --> s_{}", graph.boxes[pushed].id);
    }
    for node in &graph.boxes {
        let (open, close) = match node.kind {
            Kind::Call => ("(", ")"),
            Kind::Last => ("[[", "]]"),
            Kind::Beyond => (">", "]"),
            Kind::Choose | Kind::Ask(_) | Kind::Pick(_) => ("[", "]"),
        };
        let words = escaped(&clipped(&node.words.replace('\n', " "), MOST));
        let _ = writeln!(drawn, "  s_{}{open}\"{}<br/>{words}\"{close}", node.id, node.id);
    }
    for (from, node) in graph.boxes.iter().enumerate() {
        for arrow in &node.arrows {
            let line = if graph.is_forward(from, arrow) { "-->" } else { "-.->" };
            let language = arrow.language.as_ref().map(|code| format!(" [{code}]"));
            let label = escaped(&arrow.label) + &language.unwrap_or_default();
            let label = if label.is_empty() { label } else { format!("|\"{label}\"|") };
            let to = &graph.boxes[arrow.to].id;
            let _ = writeln!(drawn, "  s_{} {line}{label} s_{to}", node.id);
        }
    }
    drawn
}

/// Whether renderers draw a flowchart as they come.
pub fn is_small(drawn: &str) -> bool {
    let arrows = drawn.lines().filter(|line| line.contains("-->") || line.contains("-.->"));
    arrows.count() <= DRAWN.0 && drawn.len() <= DRAWN.1
}

/// A text between quotation marks: what would end them, or begin a tag, is written as an entity.
fn escaped(text: &str) -> String {
    let mut written = String::new();
    for c in text.chars() {
        match c {
            '"' => written.push_str("#quot;"),
            '#' => written.push_str("#35;"),
            '<' => written.push_str("#lt;"),
            '>' => written.push_str("#gt;"),
            '&' => written.push_str("#amp;"),
            '\n' => written.push(' '),
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::menu::graph::tests::small;

    #[test]
    fn a_small_menu_is_a_small_flowchart() {
        insta::assert_snapshot!(draw(&small()), @r##"
        flowchart LR
          dial(["*120#35;"]) --> s_home
          s_home["home<br/>Puskesmas"]
          s_nik["nik<br/>Ketik NIK:"]
          s_take("take<br/>queue.take")
          s_done[["done<br/>Nomor Anda ‹number›."]]
          s_home -->|"Ambil #quot;nomor#quot;"| s_nik
          s_home -.->|"English [en]"| s_home
          s_nik --> s_take
          s_take -.->|"full"| s_home
          s_take -->|"ok"| s_done
        "##);
    }
}
