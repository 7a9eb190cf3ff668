//! The three ways in: a JSON value, a text, one labelled cell.
//! Knows nothing of sealed results or policies.

use crate::json::Json;

use super::apply::Nulls;
use super::cannot_mask::CannotMask;
use super::examiner::Examiner;
use super::finding::Finding;
use super::mask::{Masker, is_mask, label_name};
use super::pairs::Pairs;
use super::profile::Profile;
use super::replacement::{Replacement, replacements};
use super::scope_key::ScopeKey;
use super::secrets::Secrets;
use super::settled;
use super::splice;
use super::tape::Tape;
use crate::policy::Operator;

/// What is looked for, and under which key values become tokens.
#[derive(Clone, Copy)]
pub struct Scan<'a> {
    /// Which types are on, and how each is masked.
    pub profile: &'a Profile,
    /// The kernel's own secrets, which never leave in any spelling.
    pub secrets: &'a Secrets,
    /// The key of the scope in which equal values have equal tokens.
    pub scope_key: &'a ScopeKey,
}

/// Masks every leaf, key and number of `value`. What is not found stays as it was, byte for byte.
///
/// # Errors
/// [`CannotMask`] where the value cannot be examined within the bounds, or must not leave.
pub fn mask_json(scan: &Scan<'_>, value: Json) -> Result<(Json, Vec<Finding>), CannotMask> {
    masked(&mut Examiner::new(scan), value)
}

fn masked(
    examiner: &mut Examiner<'_>,
    mut value: Json,
) -> Result<(Json, Vec<Finding>), CannotMask> {
    let (splices, findings) = settled::mask(examiner, &Tape::of(&value), Nulls::AsProfile)?;
    splice::tree(&mut value, &splices);
    Ok((value, findings))
}

/// How many bytes are looked at for `value`, each as often as it is: what a search costs, counted and not timed.
///
/// # Errors
/// As [`mask_json`].
pub fn work_of(scan: &Scan<'_>, value: &Json) -> Result<u64, CannotMask> {
    let mut examiner = Examiner::new(scan);
    settled::find(&mut examiner, &Tape::of(value))?;
    Ok(examiner.work())
}

/// As [`mask_json`] for the text of a JSON value: every byte that is no find stays as it was.
///
/// # Errors
/// As [`mask_json`]; [`CannotMask::NotJson`] where the text is not what [`crate::json::parse`] reads.
pub fn mask_source(scan: &Scan<'_>, source: &str) -> Result<(String, Vec<Finding>), CannotMask> {
    let tape = Tape::read(source).map_err(CannotMask::NotJson)?;
    let (splices, findings) = settled::mask(&mut Examiner::new(scan), &tape, Nulls::AsProfile)?;
    Ok((splice::source(source, &splices), findings))
}

/// As [`mask_source`] for values one a line, which are masked together, as the rows of a list; a line that is
/// none is masked as a text. A place begins with a position.
///
/// # Errors
/// As [`mask_json`].
pub fn mask_lines(scan: &Scan<'_>, source: &str) -> Result<(String, Vec<Finding>), CannotMask> {
    let mut examiner = Examiner::new(scan);
    let (mut out, mut findings) = (String::with_capacity(source.len()), Vec::new());
    let mut at = 0;
    while at < source.len() {
        let (tape, end) = Tape::read_lines(source, at);
        let (splices, found) = settled::mask(&mut examiner, &tape, Nulls::AsProfile)?;
        findings.extend(found);
        splice::source_from(
            source.get(..end).unwrap_or_default(),
            at,
            &splices,
            &mut out,
        );
        let rest = source.get(end..).unwrap_or_default();
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        let tape = Tape::of_text(line);
        let (splices, mut found) = settled::mask(&mut examiner, &tape, Nulls::Never)?;
        found.iter_mut().for_each(|one| one.pointer.push("0"));
        findings.extend(found);
        out.push_str(&splices.text(line));
        at = end + line.len();
    }
    Ok((out, findings))
}

/// Masks one text; findings have the empty pointer.
///
/// # Errors
/// As [`mask_json`].
pub fn mask_text(scan: &Scan<'_>, text: &str) -> Result<(String, Vec<Finding>), CannotMask> {
    let mut examiner = Examiner::new(scan);
    let (splices, findings) = settled::mask(&mut examiner, &Tape::of_text(text), Nulls::Never)?;
    Ok((splices.text(text), findings))
}

/// What is found in a text, where it stands and what stands there instead: for who writes the text in pieces.
///
/// # Errors
/// As [`mask_json`].
pub fn mask_spans(scan: &Scan<'_>, text: &str) -> Result<Vec<Replacement>, CannotMask> {
    let mut examiner = Examiner::new(scan);
    let found = settled::find(&mut examiner, &Tape::of_text(text))?;
    let hits = found.into_iter().map(|(_, hit)| hit).collect();
    replacements(&examiner, text, hits)
}

/// Masks one cell that a label says is personal: `pii.email` as `EMAIL_ADDRESS`, a label that no
/// type knows as its own last word. `null` stays `null`, our own masks stay as they are.
///
/// # Errors
/// [`CannotMask::Withheld`] where the operator says so.
pub fn mask_value(
    operator: Operator,
    label: &str,
    value: &Json,
    scope_key: &ScopeKey,
) -> Result<Json, CannotMask> {
    // Nobody searches what is masked here: free text has no mask but the whole.
    let operator = match operator {
        Operator::Search => Operator::Redact,
        operator => operator,
    };
    mask_cell(&Masker::new(scope_key), operator, label, value, "")
}

/// As [`mask_value`], with the subject whose value it is: dates move by the subject's own number of days.
pub(super) fn mask_cell(
    masker: &Masker<'_>,
    operator: Operator,
    label: &str,
    value: &Json,
    subject: &str,
) -> Result<Json, CannotMask> {
    let text = match value {
        Json::Null => return Ok(Json::Null),
        Json::String(text) if is_mask(text) => return Ok(value.clone()),
        Json::String(text) => text.clone(),
        Json::Number(number) => number.lexeme().to_owned(),
        other => other.to_canonical(),
    };
    let (name, form) = label_name(label);
    let scalar = matches!(value, Json::String(_) | Json::Number(_));
    match operator {
        Operator::Drop => Ok(Json::Null),
        Operator::Withhold => Err(CannotMask::Withheld("labelled")),
        // The detectors go over it with all the rest.
        Operator::Search if scalar => Ok(value.clone()),
        // A part of a structure could be any part of it.
        _ if operator.keeps_a_part() && !scalar => Ok(Json::from(masker.mask(
            Operator::Redact,
            &name,
            form,
            &text,
        ))),
        _ => Ok(Json::from(masker.cell(
            operator,
            (&name, form),
            &text,
            subject,
        ))),
    }
}

/// As [`mask_json`], with the tokens that were made for values.
pub(super) fn mask_json_minting(
    scan: &Scan<'_>,
    value: Json,
    minted: &mut Pairs,
) -> Result<(Json, Vec<Finding>), CannotMask> {
    let mut examiner = Examiner::minting(scan);
    let masked = masked(&mut examiner, value)?;
    for (token, value) in examiner.into_minted() {
        minted.add(token, value);
    }
    Ok(masked)
}
