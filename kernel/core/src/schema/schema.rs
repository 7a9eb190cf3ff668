//! A schema that values can be held against.
//! Knows nothing of where it comes from.

use std::collections::BTreeSet;

use super::check::Checker;
use super::compile::Compiler;
use super::rules::Node;
use super::{Misfit, Unsupported};
use crate::json::Json;

/// A schema of drafts 6 to 2020-12, as far as it is judged here: all of it, or it is not made.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(super) nodes: Vec<Node>,
    pub(super) root: usize,
    unchecked: BTreeSet<String>,
}

impl Schema {
    /// Reads a schema. References lead to places of the same document, patterns are linear in time.
    ///
    /// # Errors
    /// Every place that cannot be judged.
    pub fn read(schema: &Json) -> Result<Self, Vec<Unsupported>> {
        let mut compiler = Compiler::of(schema);
        let root = compiler.root();
        let (nodes, unchecked) = compiler.end()?;
        Ok(Self {
            nodes,
            root,
            unchecked,
        })
    }

    /// Words in it that demand nothing here: `format` and the like, and words that JSON Schema does not know.
    #[must_use]
    pub fn unchecked(&self) -> &BTreeSet<String> {
        &self.unchecked
    }

    /// Whether a value fits, within a bound of steps and depth.
    ///
    /// # Errors
    /// The first word that it does not fulfil.
    pub fn check(&self, value: &Json) -> Result<(), Misfit> {
        Checker::of(self).check(self.root, value)
    }
}
