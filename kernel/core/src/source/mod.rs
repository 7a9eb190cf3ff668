//! Reads the TOML that operators write, strictly, and remembers where everything stands.
//! Knows nothing of manifests, policies or configuration: they say which keys they have.
//!
//! One habit for all three kinds of file: every problem is collected, none is skipped, and a key
//! that nobody asked for is a problem of its own.

mod digest;
mod nearest;
mod pattern;
mod problem;
mod section;
mod shape;
mod value;

use std::cell::RefCell;

use toml::de::DeTable;

pub use digest::digest;
pub use nearest::{did_you_mean, nearest};
pub use pattern::anchored;
pub use problem::Problem;
pub use section::Section;

use crate::json::Json;
use crate::limits;
use shape::Shape;

/// One file in reading.
pub struct Source<'t> {
    file: &'t str,
    problems: RefCell<Vec<Problem>>,
    /// What readers ask for, where that is what is asked.
    shape: Option<RefCell<Shape>>,
}

impl Source<'_> {
    /// Reads `text`, named `file` in problems, with `body`.
    ///
    /// # Errors
    /// Every problem, in the order of the file. `body` says "not readable" with `None`, after it has
    /// said why.
    pub fn read<T>(
        file: &str,
        text: &str,
        body: impl FnOnce(&mut Section<'_>) -> Option<T>,
    ) -> Result<T, Vec<Problem>> {
        let source = Source {
            file,
            problems: RefCell::default(),
            shape: None,
        };
        let found = source.parse(text).and_then(|table| {
            let mut root = Section::root(&source, table);
            body(&mut root)
        });
        let mut problems = source.problems.into_inner();
        problems.sort_by_key(|problem| problem.span.start);
        match found {
            Some(value) if problems.is_empty() => Ok(value),
            None if problems.is_empty() => Err(vec![Problem::whole_file(
                file,
                "the file cannot be read",
                "report this as a defect of the kernel",
            )]),
            _ => Err(problems),
        }
    }

    /// The JSON Schema of the files that `body` reads: what it asks for while it reads an example that holds every
    /// table there can be. What is wrong with the example is not looked at.
    pub fn schema<T>(
        kind: &str,
        example: &str,
        body: impl FnOnce(&mut Section<'_>) -> Option<T>,
    ) -> Json {
        let source = Source {
            file: kind,
            problems: RefCell::default(),
            shape: Some(RefCell::default()),
        };
        if let Some(table) = source.parse(example) {
            body(&mut Section::root(&source, table));
        }
        let shape = source.shape.map(RefCell::into_inner);
        shape.unwrap_or_default().schema(kind)
    }

    fn parse<'i>(&self, text: &'i str) -> Option<DeTable<'i>> {
        if text.len() > limits::CONFIG_BYTES_MAX {
            self.note(
                0..0,
                format!("larger than {} bytes", limits::CONFIG_BYTES_MAX),
                "split the file",
            );
            return None;
        }
        let (table, faults) = DeTable::parse_recoverable(text);
        for fault in &faults {
            let message = fault.message().trim().replace('\n', "; ");
            let fix = if message.contains("duplicate key") {
                "give each key once"
            } else {
                "correct the TOML here"
            };
            self.note(fault.span().unwrap_or(0..0), message, fix);
        }
        faults.is_empty().then(|| table.into_inner())
    }

    fn note(
        &self,
        span: std::ops::Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.problems.borrow_mut().push(Problem {
            file: self.file.to_owned(),
            span,
            message: message.into(),
            fix: fix.into(),
        });
    }
}
