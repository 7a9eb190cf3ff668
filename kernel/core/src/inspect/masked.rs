//! Masks that come back in arguments: restored where the manifest says so, passed where it says so, else refused.
//! Knows nothing of which tokens were ever given out, and never sees a value.

use std::collections::BTreeSet;

use super::{Fact, Finding, Readings};
use crate::denial::{Denial, Phase};
use crate::egress::{carried, type_of_label, types_of};
use crate::json::{Json, Pointer};
use crate::manifest::{Argument, ArgumentKind, Label, System};

/// A token that is to be exchanged for its value on the way south.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoration {
    /// The text that it stands in, from the arguments.
    pub pointer: Pointer,
    /// The token.
    pub token: String,
    /// The type that it names.
    pub kind: String,
}

/// Which columns the values bound to a statement are written to, by position: their labels.
pub(super) type Targets = [Option<Label>];

/// Reads one argument's masks into facts.
///
/// # Errors
/// `kernel.masked-value` where a mask would go where its value belongs.
pub(super) fn read(
    argument: &Argument,
    value: &Json,
    system: &System,
    targets: &Targets,
    all: &mut Readings,
) -> Result<(), Denial> {
    let labels = system.labels.values();
    let reader = Reader {
        argument,
        names: labels
            .map(|(label, _)| type_of_label(label.as_str()))
            .collect(),
        restores: types_of(argument),
        targets,
    };
    let pointer = Pointer::root().child(argument.name.as_str());
    reader.value(value, &pointer, None, all)
}

struct Reader<'a> {
    argument: &'a Argument,
    /// Names of redactions beside the built-in types.
    names: BTreeSet<String>,
    restores: BTreeSet<String>,
    targets: &'a Targets,
}

impl Reader<'_> {
    fn value(
        &self,
        value: &Json,
        pointer: &Pointer,
        position: Option<usize>,
        all: &mut Readings,
    ) -> Result<(), Denial> {
        match value {
            Json::String(text) => self.text(text, pointer, position, all),
            Json::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.value(item, &pointer.child(at.to_string()), Some(at), all)?;
                }
                Ok(())
            }
            Json::Object(object) => {
                for (key, member) in object.iter() {
                    self.key(key, all)?;
                    self.value(member, &pointer.child(key), None, all)?;
                }
                Ok(())
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
        }
    }

    /// A key is never restored.
    fn key(&self, key: &str, all: &mut Readings) -> Result<(), Denial> {
        if carried(key, &self.names).is_empty() {
            return Ok(());
        }
        self.pass("key", all)
    }

    fn text(
        &self,
        text: &str,
        pointer: &Pointer,
        position: Option<usize>,
        all: &mut Readings,
    ) -> Result<(), Denial> {
        let carried = carried(text, &self.names);
        if carried.others {
            self.pass("mask", all)?;
        }
        for token in carried.tokens {
            if !self.may_restore(&token.kind, token.text == text, position) {
                self.pass(&token.kind, all)?;
                continue;
            }
            self.note(Fact::Restores(token.kind.clone()), all);
            all.restorations.push(Restoration {
                pointer: pointer.clone(),
                token: token.text,
                kind: token.kind,
            });
        }
        Ok(())
    }

    /// A bound value goes back to a column that carries its label and to no other: from any other it would
    /// come back unmasked.
    fn may_restore(&self, kind: &str, whole: bool, position: Option<usize>) -> bool {
        if !self.restores.contains(kind) {
            return false;
        }
        if !matches!(self.argument.kind, ArgumentKind::SqlParams) {
            return true;
        }
        let target = position.and_then(|at| self.targets.get(at)?.as_ref());
        whole && target.is_some_and(|label| type_of_label(label.as_str()) == kind)
    }

    /// The mask stays as it is, where the argument takes it so.
    fn pass(&self, what: &str, all: &mut Readings) -> Result<(), Denial> {
        if !self.argument.masked.passes {
            return Err(refusal(&self.argument.kind));
        }
        self.note(Fact::Passes(what.to_owned()), all);
        Ok(())
    }

    fn note(&self, fact: Fact, all: &mut Readings) {
        all.findings.push(Finding {
            fact,
            argument: self.argument.name.clone(),
            span: None,
        });
    }
}

fn refusal(kind: &ArgumentKind) -> Denial {
    let fix = match kind {
        ArgumentKind::Sql(_) => {
            "name rows by key and leave masked columns out of the statement; a mask stands for nothing in the database"
        }
        ArgumentKind::SqlParams => {
            "leave masked columns out of the statement, so that their real values stay; a token goes back only into the column that it came from, by INSERT … VALUES or SET column = ?"
        }
        _ => "leave the masked value out, or ask the operator to let this argument take it",
    };
    Denial::kernel(
        "kernel.masked-value",
        Phase::Examination,
        "an argument holds a masked value, which would be taken for the real one",
        fix,
    )
}
