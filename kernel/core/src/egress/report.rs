//! What was found, as the log may say it: type, place as a shape, number.
//! Knows nothing of values, and shows no name that could be one.

use std::collections::BTreeMap;

use super::Finding;
use crate::json::Pointer;

/// Steps of a place that are shown.
const STEPS_MAX: usize = 8;
/// Longest name of a member that is shown, in bytes.
const NAME_BYTES_MAX: usize = 40;
/// Most digits of a name that is shown.
const NAME_DIGITS_MAX: usize = 2;
/// Places that are told apart; all others of a type are one.
const PLACES_MAX: usize = 64;
/// What stands for an item of a list, or for a name that is not shown.
const ANY: &str = "*";

/// Findings of one type in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The type.
    pub kind: String,
    /// The place as a shape: `/structuredContent/rows/*/email`.
    pub pointer: String,
    /// How many.
    pub count: u64,
    /// Whether an external analyser found them, and not the kernel.
    pub analysed: bool,
}

/// Findings by type and place, in order; first the kernel's own, then those of an analyser.
pub(super) fn of(own: &[Finding], analysed: &[Finding]) -> Vec<Reported> {
    let mut all = counted(own, false);
    all.extend(counted(analysed, true));
    all
}

fn counted(findings: &[Finding], analysed: bool) -> Vec<Reported> {
    let mut counts: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for finding in findings {
        let mut key = (finding.kind.as_ref(), shape(&finding.pointer));
        if counts.len() >= PLACES_MAX && !counts.contains_key(&key) {
            key.1 = format!("/{ANY}");
        }
        *counts.entry(key).or_default() += 1;
    }
    let reported = |((kind, pointer), count): ((&str, String), u64)| Reported {
        kind: kind.to_owned(),
        pointer,
        count,
        analysed,
    };
    counts.into_iter().map(reported).collect()
}

/// A place without positions, and without names that are more than the name of a field.
#[must_use]
pub fn shape(pointer: &Pointer) -> String {
    let mut shape = String::new();
    for (at, step) in pointer.steps().enumerate() {
        shape.push('/');
        if at >= STEPS_MAX {
            shape.push_str(ANY);
            break;
        }
        shape.push_str(if is_field(&step) { &step } else { ANY });
    }
    shape
}

/// `email`, `Customer_Name2`: letters, hyphens and underscores, hardly a digit. A position is none.
pub(super) fn is_field(step: &str) -> bool {
    step.len() <= NAME_BYTES_MAX
        && step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && step
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && step.bytes().filter(u8::is_ascii_digit).count() <= NAME_DIGITS_MAX
}
