//! Whether one rule says nothing that others of its kind do not say of every call that it speaks of.
//! Knows nothing of files. A no means that it is not certain.

use std::collections::BTreeSet;

use super::implied::{Worth, capabilities, checks, implies, tools, words};
use crate::manifest::Label;
use crate::policy::phase::{ArgumentRule, Block, Caps, FieldRule, Grant, Mask, Transform};
use crate::policy::{Head, Operator, Resource};

fn within(one: &Head, other: &Head, worth: Worth) -> bool {
    implies(one.when.as_ref(), other.when.as_ref(), worth)
}

/// Whatever the first forbids, the second forbids.
pub(super) fn block(one: &Block, other: &Block) -> bool {
    capabilities(&one.capabilities, &other.capabilities)
        && within(&one.head, &other.head, Worth::Speaks)
}

/// Whatever the grant gives, the block takes.
pub(super) fn taken(grant: &Grant, block: &Block) -> bool {
    let always = block.head.when.is_none();
    always && capabilities(&grant.capabilities, &block.capabilities)
}

/// Whatever the first grants, the second grants, to whom and on what.
pub(super) fn grant(one: &Grant, other: &Grant) -> bool {
    let anyone = other
        .who
        .principals
        .iter()
        .any(|name| name.get_ref() == "*");
    let who = anyone
        || words(&one.who.principals, &other.who.principals)
            && words(&one.who.roles, &other.who.roles);
    let where_ = match (&one.tools, &other.tools) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) => tools(one, other),
    };
    let has = |wanted: &Resource, list: &[serde_spanned::Spanned<Resource>]| {
        list.iter().any(|resource| resource.get_ref() == wanted)
    };
    let what = match (&one.resources, &other.resources) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) => one.iter().all(|r| has(r.get_ref(), other)),
    };
    who && where_
        && what
        && capabilities(&one.capabilities, &other.capabilities)
        && within(&one.head, &other.head, Worth::Holds)
}

/// Whatever the first objects to, the second objects to.
pub(super) fn argument(one: &ArgumentRule, other: &ArgumentRule) -> bool {
    one.argument.get_ref() == other.argument.get_ref()
        && one.presence == other.presence
        && tools(&one.tools, &other.tools)
        && checks(&other.checks, &one.checks)
        && within(&one.head, &other.head, Worth::Speaks)
}

/// Each demand of the first is a demand, or a stricter one, of one of the others.
pub(super) fn transform(one: &Transform, others: &[&Transform], labels: &BTreeSet<Label>) -> bool {
    let others: Vec<&Transform> = others
        .iter()
        .copied()
        .filter(|other| within(&one.head, &other.head, Worth::Speaks))
        .collect();
    masked(one.mask.as_ref(), &others, labels)
        && (one.detect.is_none() || others.iter().any(|other| detects(one, other)))
        && (one.analyse.is_empty()
            || others
                .iter()
                .any(|other| tools(&one.analyse, &other.analyse)))
        && CAPS.iter().all(|cap| capped(*cap, one, &others))
        && one
            .fields
            .as_ref()
            .is_none_or(|fields| shaped(fields, &others))
}

fn masked(mask: Option<&Mask>, others: &[&Transform], labels: &BTreeSet<Label>) -> bool {
    let Some(mask) = mask else { return true };
    let outdone = |label: &Label| {
        let Some(operator) = mask.operator(label) else {
            return true;
        };
        others
            .iter()
            .filter_map(|other| other.mask.as_ref())
            .any(|other| {
                let theirs = other.operator(label).map(Operator::strictness);
                let same_subject = subject(mask) == subject(other);
                match theirs {
                    Some(theirs) if theirs > operator.strictness() => {
                        mask.subject.is_none() || same_subject
                    }
                    Some(theirs) => theirs == operator.strictness() && same_subject,
                    None => false,
                }
            })
    };
    // A label that no rule names is redacted as soon as one rule masks.
    others.iter().any(|other| other.mask.is_some()) && labels.iter().all(outdone)
}

fn subject(mask: &Mask) -> Option<&String> {
    mask.subject.as_ref().map(|subject| subject.get_ref())
}

fn detects(one: &Transform, other: &Transform) -> bool {
    let owed = |rule: &Transform| rule.detect.as_ref().map(|detect| detect.owed());
    owed(one) == owed(other)
}

type Cap = fn(&Caps) -> Option<u64>;

const CAPS: [Cap; 4] = [
    |caps| caps.limit,
    |caps| caps.row_max,
    |caps| caps.byte_max,
    |caps| caps.change_max,
];

fn capped(cap: Cap, one: &Transform, others: &[&Transform]) -> bool {
    let Some(most) = cap(&one.caps) else {
        return true;
    };
    let mut theirs = others.iter().filter_map(|other| cap(&other.caps));
    theirs.any(|cap| cap <= most)
}

fn shaped(fields: &FieldRule, others: &[&Transform]) -> bool {
    let mut all = others.iter().filter_map(|other| other.fields.as_ref());
    all.any(|other| {
        let drops = |field| other.drop.iter().any(|one| one.get_ref() == field);
        let renames = |wanted: &(_, String)| {
            let (field, to): &(serde_spanned::Spanned<crate::policy::Field>, String) = wanted;
            let mut theirs = other.rename.iter();
            theirs.any(|(one, new)| one.get_ref() == field.get_ref() && new == to)
        };
        tools(&fields.tools, &other.tools)
            && fields.drop.iter().all(|field| drops(field.get_ref()))
            && fields.rename.iter().all(renames)
    })
}
