//! The one way out for an answer.
//! Knows nothing of who asked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Egress, Finding, Masks, Sealed, columns, mask_json, shape};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::Tool;
use crate::policy::Obligations;
use crate::refusal::Refusal;

/// Gate seven: meets every obligation of the sealed answer, or withholds it.
///
/// In this order: errors become codes; columns are masked by lineage; detectors and known secrets go
/// over everything; rows and bytes are capped; the text says what the structure says.
///
/// # Errors
/// [`Refusal::Withheld`] where an obligation cannot be met.
pub fn release(sealed: Sealed, masks: &Masks) -> Result<Egress, Refusal> {
    let Sealed {
        tool,
        outputs,
        obligations,
        raw,
        evidence,
    } = sealed;
    let upstream_bytes = u64::try_from(raw.to_string().len()).unwrap_or(u64::MAX);
    if shape::is_error(&raw) {
        let result = shape::result(shape::coded_error(&raw), true);
        return Ok(Egress::new(
            result,
            Vec::new(),
            0,
            upstream_bytes,
            true,
            None,
        ));
    }
    let mut result = raw;
    if let Some(outputs) = &outputs {
        columns::mask(&mut result, &tool.result, outputs, &obligations, masks)
            .map_err(|why| withheld("pii-egress-mask", why, &obligations))?;
    }
    let scan = masks.scan(obligations.detect.as_deref()).ok_or_else(|| {
        withheld(
            "kernel.obligation-unmet",
            "no detector profile has the name that a rule gives",
            &obligations,
        )
    })?;
    let (body, findings) = mask_json(&scan, shape::body(result))
        .map_err(|cannot| withheld("pii-egress-mask", cannot.to_string(), &obligations))?;
    let body = capped(body, &tool, &obligations)?;
    let masked = u64::try_from(obligations.columns.len()).unwrap_or(u64::MAX);
    let result = shape::released(body);
    if obligations.byte_max.is_some_and(|max| over(&result, max)) {
        let reason = "the answer is larger than a rule lets out";
        return Err(withheld("kernel.result-too-large", reason, &obligations));
    }
    Ok(Egress::new(
        result,
        counted(&findings),
        masked,
        upstream_bytes,
        false,
        evidence,
    ))
}

/// The refusal after the act. Where a transform rule of the policy stands behind it, its id is named.
fn withheld(
    rule: &'static str,
    why: impl Into<Cow<'static, str>>,
    obligations: &Obligations,
) -> Refusal {
    let named = obligations.columns.first().map(|mask| mask.rule.clone());
    let rule = match named {
        Some(id) if rule == "pii-egress-mask" => Cow::Owned(id),
        _ => Cow::Borrowed(rule),
    };
    Refusal::Withheld(Denial::of(crate::denial::Objection {
        rule,
        phase: Phase::Transform,
        reason: why.into(),
        fix: "ask for fewer rows or columns; the call itself was carried out, so do not repeat a write".into(),
    }))
}

/// Cuts rows beyond the cap, and says so in `truncated`.
fn capped(mut body: Json, tool: &Tool, obligations: &Obligations) -> Result<Json, Refusal> {
    let (Some(max), Some(pointer)) = (obligations.row_max, &tool.result.rows) else {
        return Ok(body);
    };
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let Some(Json::Array(rows)) = body.at_mut(pointer) else {
        return Ok(body);
    };
    if rows.len() > max {
        rows.truncate(max);
        if let Json::Object(result) = &mut body
            && let Some(Json::Object(structured)) = result.get_mut("structuredContent")
        {
            structured.insert("truncated", Json::from(true));
        }
    }
    Ok(body)
}

fn over(result: &Json, max: u64) -> bool {
    u64::try_from(result.to_string().len()).is_ok_and(|bytes| bytes > max)
}

/// How many findings there were of each type.
fn counted(findings: &[Finding]) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.kind.as_ref()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(kind, count)| (kind.to_owned(), count))
        .collect()
}
