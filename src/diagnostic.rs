//! A finding: what is wrong in a file somebody wrote, where, and what to do about it.
//!
//! Findings are values, so that all of them can be collected, counted and tested; `miette` only
//! draws them.

use std::{
    fmt::{self, Write as _},
    ops::Range,
    sync::Arc,
};

use serde::Serialize;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

/// A text file as it was read, shared by all findings about it. `Debug` shows its name: a log line
/// with a finding in it is not to hold a whole menu.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as the author knows it.
    pub name: String,
    /// The whole content.
    pub text: String,
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A piece of a source file, in octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which file.
    pub file: Arc<SourceFile>,
    /// Octets of its text.
    pub span: Range<usize>,
}

impl Place {
    /// The line of the first octet, counted from 1.
    pub fn line(&self) -> usize {
        let end = self.span.start.min(self.file.text.len());
        self.file.text.as_bytes()[..end].iter().filter(|&&octet| octet == b'\n').count() + 1
    }

    /// The column of the first octet in its line, in characters, counted from 1.
    pub fn column(&self) -> usize {
        let end = self.span.start.min(self.file.text.len());
        let line = self.file.text.as_bytes()[..end].split(|&octet| octet == b'\n').next_back();
        // Every octet but those that go on with a character begins one. RFC 3629 §3.
        line.unwrap_or_default().iter().filter(|&&octet| octet & 0xC0 != 0x80).count() + 1
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: Place,
}

/// Whether a finding stops the file from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the file works.
    Warning,
    /// The file is refused.
    Error,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for the kind of finding, e.g. `menu::dangling`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where, if it is anywhere.
    pub at: Option<Place>,
    /// The words under the caret.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// A finding as machines read it. The names are a promise: editors, CI and scripts depend on them.
#[derive(Debug, Clone, Serialize)]
pub struct Told<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    help: Option<&'a str>,
}

impl<'a> Told<'a> {
    /// That finding.
    pub fn of(finding: &'a Finding) -> Self {
        let Finding { code, severity, message, at, help, .. } = finding;
        Self {
            file: at.as_ref().map(|at| at.file.name.as_str()),
            line: at.as_ref().map(Place::line),
            column: at.as_ref().map(Place::column),
            code,
            severity: match severity {
                Severity::Warning => "warning",
                Severity::Error => "error",
            },
            message,
            help: help.as_deref(),
        }
    }
}

impl Finding {
    /// An error at a place.
    pub fn error(code: &'static str, at: &Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            at: Some(at.clone()),
            label: "here".into(),
            help: None,
        }
    }

    /// An error that no line of a file is to blame for.
    pub fn nowhere(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            at: None,
            label: String::new(),
            help: None,
        }
    }

    /// The same finding, as a warning.
    pub fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// The same finding with words under the caret.
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// The same finding with advice.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// Draws findings for people, ordered by file and line. `width` is the terminal's, in columns.
pub fn draw(findings: &[Finding], theme: GraphicalTheme, width: usize) -> String {
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false);
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_by_key(|finding| {
        finding.at.as_ref().map(|at| (at.file.name.clone(), at.span.start, at.span.end))
    });
    let mut drawn = String::new();
    for finding in ordered {
        let drawable = Drawable {
            finding,
            source: finding.at.as_ref().map(|at| {
                NamedSource::new(&at.file.name, at.file.text.clone()).with_language("toml")
            }),
        };
        // Writing into a string cannot fail; a drawing that does is shown as its bare message.
        if handler.render_report(&mut drawn, &drawable).is_err() {
            let _ = writeln!(drawn, "{}", finding.message);
        }
        drawn.push('\n');
    }
    drawn
}

#[derive(Debug)]
struct Drawable<'a> {
    finding: &'a Finding,
    source: Option<NamedSource<String>>,
}

impl fmt::Display for Drawable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.finding.message)
    }
}

impl std::error::Error for Drawable<'_> {}

impl miette::Diagnostic for Drawable<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.finding.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.finding.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let at = self.finding.at.as_ref()?;
        let label = LabeledSpan::new(
            Some(self.finding.label.clone()),
            at.span.start,
            at.span.end.saturating_sub(at.span.start).max(1),
        );
        Some(Box::new(std::iter::once(label)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_knows_its_line_and_column() {
        let file = Arc::new(SourceFile { name: "a".into(), text: "ab\né = 1\n".into() });
        let at = |start| {
            let place = Place { file: Arc::clone(&file), span: start..start };
            (place.line(), place.column())
        };
        assert_eq!(
            [at(0), at(1), at(2), at(3), at(6), at(99)],
            [(1, 1), (1, 2), (1, 3), (2, 1), (2, 3), (3, 1)]
        );
    }
}
