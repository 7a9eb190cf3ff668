//! The story on a terminal: colour and live steps for a person, plain lines in a pipe.
//! Knows nothing of what is true; it shows what it is given.

use std::io::{IsTerminal, Write};

use serde_json::Value;

use super::claims::Claim;
use super::event::Event;

/// A writer for people.
pub(super) struct Show {
    colour: bool,
    quiet: bool,
}

const WIDTH: usize = 96;

impl Show {
    /// Colour where standard output is a terminal and `NO_COLOR` is not set; nothing at all where `quiet`.
    pub(super) fn new(quiet: bool) -> Self {
        let colour = std::io::stdout().is_terminal() && !crate::environment::is_set("NO_COLOR");
        Self { colour, quiet }
    }

    fn line(&self, text: &str) {
        if !self.quiet {
            let mut out = std::io::stdout();
            // A reader that went away is no reason to stop the checks.
            let _ = writeln!(out, "{text}").and_then(|()| out.flush());
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// A heading with a word about it.
    pub(super) fn heading(&self, title: &str, about: &str) {
        self.line("");
        self.line(&format!(
            "{}  {}",
            self.paint("1;7", &format!(" {title} ")),
            self.paint("2", about)
        ));
    }

    /// A plain line.
    pub(super) fn text(&self, text: &str) {
        self.line(text);
    }

    /// One step: what the agent says, sends and hears.
    pub(super) fn event(&self, event: &Event) {
        self.line("");
        self.line(&format!("  {} {}", self.paint("36", "▸"), event.say));
        self.line(&format!(
            "    {} {}",
            self.paint("1", &event.tool),
            self.paint("2", &sent(&event.arguments))
        ));
        if event.is_denied() {
            let rule = self.paint("1;31", &format!("✗ denied by {}", event.structured("rule")));
            self.line(&format!("    {rule}  {}", event.structured("reason")));
            self.line(&format!(
                "      {} {}",
                self.paint("33", "fix:"),
                event.structured("fix")
            ));
        } else if event.is_error() {
            let code = if event.structured("code").is_empty() {
                "error"
            } else {
                event.structured("code")
            };
            self.line(&format!("    {} {}", self.paint("31", "✗ failed:"), code));
        } else {
            for line in heard(event.answer()) {
                self.line(&format!("    {} {line}", self.paint("32", "✓")));
            }
        }
    }

    /// One checked claim.
    pub(super) fn claim(&self, claim: &Claim) {
        let mark = if claim.held {
            self.paint("1;32", "✓")
        } else {
            self.paint("1;31", "✗ DID NOT HOLD:")
        };
        self.line(&format!(
            "  {mark} {}  {}",
            claim.text,
            self.paint("2", &format!("({})", claim.seen))
        ));
    }
}

/// The arguments in one line: the statement or key first.
fn sent(arguments: &Value) -> String {
    let members: Vec<String> = arguments
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| match value.as_str() {
            Some(text) if key == "sql" => text.to_owned(),
            Some(text) if text.len() > 60 => format!("{key}=<{} bytes>", text.len()),
            Some(text) => format!("{key}={text}"),
            None => format!("{key}={value}"),
        })
        .collect();
    cut(&members.join("  "))
}

/// The answer in a few lines: rows first, else members.
fn heard(answer: &Value) -> Vec<String> {
    if let Some(rows) = answer
        .get("rows")
        .and_then(Value::as_array)
        .filter(|rows| !rows.is_empty())
    {
        let mut lines: Vec<String> = rows.iter().take(3).map(|row| cut(&flat(row))).collect();
        if rows.len() > lines.len() {
            lines.push(format!("… {} rows in all", rows.len()));
        }
        return lines;
    }
    if let Some(checks) = answer
        .get("checks")
        .and_then(Value::as_array)
        .filter(|_| answer.get("passed").is_some())
    {
        let failed = checks
            .iter()
            .filter(|check| check.get("status").and_then(Value::as_str) == Some("failed"));
        let mut lines: Vec<String> = failed
            .map(|check| cut(&format!("check failed: {}", flat(check))))
            .collect();
        let passed = answer
            .get("passed")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let verdict = if passed {
            "every check passed"
        } else {
            "not valid"
        };
        lines.insert(
            0,
            format!(
                "{verdict}: {} rows",
                answer.get("rows").unwrap_or(&Value::Null)
            ),
        );
        return lines;
    }
    vec![cut(&flat(answer))]
}

fn flat(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| match value {
                Value::String(text) if text.len() > 60 => format!("{key}=<{} bytes>", text.len()),
                Value::String(text) => format!("{key}={}", visible(text)),
                other => format!("{key}={other}"),
            };
            members.iter().map(member).collect::<Vec<_>>().join("  ")
        }
        Value::String(text) => visible(text),
        other => visible(&other.to_string()),
    }
}

/// Data may hold terminal escapes and characters that hide: they are shown as what they are.
fn visible(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| {
            if hidden(c) {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

fn cut(text: &str) -> String {
    let text = visible(text);
    if text.chars().count() <= WIDTH {
        return text;
    }
    text.chars().take(WIDTH - 1).chain(['…']).collect()
}
