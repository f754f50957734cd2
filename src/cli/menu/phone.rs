//! The display of a small phone, drawn with characters. Pure.

/// Characters of a line.
const COLUMNS: usize = 20;
/// Lines that are seen at once; more are scrolled to.
const LINES: usize = 7;

/// A screen as it looks on the phone. What lies below the seventh line follows under a dotted rule:
/// there one has to scroll.
pub fn draw(text: &str) -> String {
    let mut lines = wrapped(text);
    lines.resize(lines.len().max(LINES), String::new());
    let mut drawn = format!("╭{}╮\n", "─".repeat(COLUMNS + 2));
    for (at, line) in lines.iter().enumerate() {
        if at == LINES {
            drawn.push_str(&format!("├{}┤\n", "┄".repeat(COLUMNS + 2)));
        }
        drawn.push_str(&format!("│ {line:COLUMNS$} │\n"));
    }
    drawn.push_str(&format!("╰{}╯\n", "─".repeat(COLUMNS + 2)));
    drawn
}

/// The lines of a text on the display: words are kept whole where they fit on a line.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for written in text.lines() {
        let mut line = String::new();
        for word in written.split(' ') {
            let mut word: Vec<char> = word.chars().collect();
            let taken = line.chars().count();
            if taken > 0 && taken + 1 + word.len() > COLUMNS {
                lines.push(std::mem::take(&mut line));
            } else if taken > 0 {
                line.push(' ');
            }
            while word.len() > COLUMNS {
                lines.push(word.drain(..COLUMNS).collect());
            }
            line.extend(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_seven_lines_of_twenty() {
        insta::assert_snapshot!(draw("PeduliLindungi\n1 Orang di nomor ini, semua"), @r"
        ╭──────────────────────╮
        │ PeduliLindungi       │
        │ 1 Orang di nomor     │
        │ ini, semua           │
        │                      │
        │                      │
        │                      │
        │                      │
        ╰──────────────────────╯
        ");
    }

    proptest::proptest! {
        #[test]
        fn every_line_is_as_wide_as_the_display(text in "[a-z \n]{0,200}") {
            let drawn = draw(&text);
            proptest::prop_assert!(drawn.lines().count() >= LINES + 2);
            for line in drawn.lines() {
                proptest::prop_assert_eq!(line.chars().count(), COLUMNS + 4);
            }
            let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).count();
            proptest::prop_assert_eq!(letters(&drawn), letters(&text));
        }
    }
}
