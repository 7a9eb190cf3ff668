//! Shows problems: `file:line:column: message`, the line with a caret, and the fix.
//! Knows nothing of what is wrong with what.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};

use aegis_core::json::Json;
use aegis_core::source::Problem;
use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It must be corrected.
    Error,
    /// It is probably not meant.
    Warning,
}

impl Severity {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Tells all problems on standard error, in colour on a terminal where `NO_COLOR` is not set.
pub(super) fn show(problems: &[Problem], severity: Severity) {
    let mut err = std::io::stderr();
    let color = err.is_terminal() && !crate::environment::is_set("NO_COLOR");
    let _ = err.write_all(render(problems, severity, color).as_bytes());
}

/// All problems as text; `color` for a terminal. Files are read again for the lines that are shown.
#[must_use]
pub fn render(problems: &[Problem], severity: Severity, color: bool) -> String {
    let mut texts = Texts::default();
    let mut out = String::new();
    for problem in problems {
        let text = texts.of(&problem.file);
        let (line, column) = problem.position(text);
        let _ = writeln!(
            out,
            "{}:{line}:{column}: {}: {}",
            problem.file,
            severity.word(),
            problem.message
        );
        if problem.span.is_empty() {
            let _ = writeln!(out, "  fix: {}", problem.fix);
        } else {
            out.push_str(&snippet(problem, text, color));
        }
        out.push('\n');
    }
    out
}

/// All problems as JSON, with line and column from 1.
#[must_use]
pub fn to_json(problems: &[Problem]) -> Json {
    let mut texts = Texts::default();
    let one = |problem: &Problem| {
        let (line, column) = problem.position(texts.of(&problem.file));
        let count = |n: usize| Json::from(u64::try_from(n).unwrap_or(u64::MAX));
        Json::object([
            ("file", Json::from(problem.file.as_str())),
            ("line", count(line)),
            ("column", count(column)),
            ("message", Json::from(problem.message.as_str())),
            ("fix", Json::from(problem.fix.as_str())),
        ])
    };
    Json::Array(problems.iter().map(one).collect())
}

/// The line with what is meant underlined, and the fix; the header stands above it already.
fn snippet(problem: &Problem, text: &str, color: bool) -> String {
    // A section is marked by its first line: its whole body would bury the caret.
    let marked = text.get(problem.span.clone()).unwrap_or_default();
    let first = marked.lines().next().map_or(0, str::len).max(1);
    let span = problem.span.start..problem.span.start.saturating_add(first);
    let config = Config::default()
        .with_index_type(IndexType::Byte)
        .with_color(color)
        .with_char_set(CharSet::Unicode);
    let label = Label::new(span.clone())
        .with_message(format!("fix: {}", problem.fix))
        .with_color(Color::Red);
    let report = Report::build(ReportKind::Error, span)
        .with_config(config)
        .with_label(label)
        .finish();
    let mut bytes = Vec::new();
    if report.write(Source::from(text), &mut bytes).is_err() {
        return String::new();
    }
    let shown = String::from_utf8_lossy(&bytes);
    // Without "Error:" and the place, which the header says better, and without the closing rule.
    let body = shown.lines().skip(2).filter(|line| !line.contains('╯'));
    body.fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{}", line.trim_end());
        out
    })
}

/// The texts of files, read once.
#[derive(Default)]
struct Texts(BTreeMap<String, String>);

impl Texts {
    fn of(&mut self, file: &str) -> &str {
        self.0
            .entry(file.to_owned())
            .or_insert_with(|| std::fs::read_to_string(file).unwrap_or_default())
    }
}
