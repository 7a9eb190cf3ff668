//! The one way out for an answer.
//! Knows nothing of who asked.

use std::borrow::Cow;
use std::sync::Arc;

use super::columns::{self, Terms};
use super::fields::{self, Act};
use super::kept::Kept;
use super::mask::Masker;
use super::scan::mask_json_minting;
use super::{
    Analyser, AnalyserFault, Analysis, Egress, Finding, Masks, Pairs, Profile, Scan, ScopeKey,
    Sealed, Secrets, ShownGroups, mask_json, report, shape, small_groups, visible,
};
use crate::denial::{Denial, Phase};
use crate::json::{Json, Pointer};
use crate::manifest::Tool;
use crate::policy::Obligations;
use crate::receipt::Evidence;
use crate::refusal::Refusal;
use crate::round::Asked;

/// The type under which the log counts rows that were suppressed.
const SMALL_GROUP: &str = "SMALL_GROUP";

/// Gate seven: meets every obligation of the sealed answer, or withholds it. Who has an external analyser
/// goes the same way in steps: [`prepare`], [`Prepared::analysis`], [`Analysis::answered`],
/// [`Prepared::release`].
///
/// # Errors
/// [`Refusal::Withheld`] where an obligation cannot be met; analysis by another is one that is not met here.
pub fn release(sealed: Sealed, masks: &Masks) -> Result<Egress, Refusal> {
    prepare(sealed, masks, &mut ShownGroups::default())?.release()
}

/// An answer in which the kernel itself has masked what it can find. It is not released yet: an external
/// analyser may still add findings. No `Serialize`, and its text is for that analyser alone.
#[must_use]
pub struct Prepared {
    tool: Arc<Tool>,
    obligations: Box<Obligations>,
    pub(super) body: Json,
    pub(super) findings: Vec<Finding>,
    /// What an external analyser found.
    pub(super) analysed: Vec<Finding>,
    /// Whether one must still be heard.
    pub(super) owes_analysis: bool,
    analyser: Option<Arc<Analyser>>,
    pub(super) profile: Profile,
    pub(super) key: Arc<ScopeKey>,
    kept: Kept,
    pub(super) minted: Pairs,
    error: bool,
    upstream_bytes: u64,
    evidence: Option<Evidence>,
    restorable: std::collections::BTreeSet<String>,
    asking: Option<Asked>,
}

/// Masks, in this order: errors become codes; columns by lineage; detectors and known secrets over
/// everything; values that were restored in the call. Counts of groups are held against those that were `shown`.
///
/// # Errors
/// [`Refusal::Withheld`] where an obligation cannot be met.
pub fn prepare(
    sealed: Sealed,
    masks: &Masks,
    shown: &mut ShownGroups,
) -> Result<Prepared, Refusal> {
    let Sealed {
        tool,
        outputs,
        obligations,
        raw,
        evidence,
        asked,
        principal,
        run,
        revealed,
        restored,
        asking,
    } = sealed;
    let upstream_bytes = u64::try_from(raw.written_len()).unwrap_or(u64::MAX);
    let profile = masks.profiles().demanded(&obligations.detect);
    let mut prepared = Prepared {
        tool,
        body: Json::Null,
        findings: Vec::new(),
        analysed: Vec::new(),
        owes_analysis: obligations.analysed,
        analyser: masks.analyser(),
        profile: profile.ok_or_else(|| {
            let why = "no detector profile has the name that a rule gives";
            withheld("kernel.obligation-unmet", why, &obligations)
        })?,
        obligations,
        key: Arc::new(masks.key(&principal, &run)),
        kept: Kept::default(),
        minted: Pairs::default(),
        error: false,
        upstream_bytes,
        evidence,
        restorable: masks.restorable().clone(),
        asking,
    };
    if prepared.asking.is_some() && !prepared.obligations.are_of_words() {
        let why = "the downstream asks back, and what the answer owes cannot be had for a question";
        return Err(withheld(
            "kernel.obligation-unmet",
            why,
            &Obligations::default(),
        ));
    }
    if shape::is_error(&raw) {
        prepared.error = true;
        prepared.evidence = None;
        prepared.body = shape::coded_error(&raw, &prepared.obligations);
        prepared.owes_analysis = false; // a code is no text
        return Ok(prepared);
    }
    let read = shape::structured(raw, prepared.tool.result.json);
    let mut result = read.map_err(|why| refused("kernel.unreadable-result".into(), why.into()))?;
    if let Some(outputs) = &outputs {
        prepared.columns(&mut result, outputs, &revealed)?;
    }
    prepared.small_groups(&mut result, (&principal, &asked), shown)?;
    let body = shape::body(result, prepared.tool.result.binary);
    prepared.search(body, masks.secrets(), &restored)?;
    Ok(prepared)
}

impl Prepared {
    fn columns(
        &mut self,
        result: &mut Json,
        outputs: &[crate::inspect::Output],
        revealed: &Pairs,
    ) -> Result<(), Refusal> {
        let masker = Masker::new(&self.key).minting();
        let terms = Terms {
            outputs,
            obligations: &self.obligations,
            masker: &masker,
            revealed,
            confirmed: self.tool.wall,
        };
        let kept = columns::mask(result, &self.tool.result, &terms);
        self.kept = kept.map_err(|why| self.withheld(why))?;
        for (token, value) in masker.into_minted() {
            self.minted.add(token, value);
        }
        Ok(())
    }

    /// Takes small groups out of the rows, and says in `suppressed` that some are gone.
    fn small_groups(
        &mut self,
        result: &mut Json,
        asked: (&str, &[u8; 32]),
        shown: &mut ShownGroups,
    ) -> Result<(), Refusal> {
        let owed = &self.obligations.small_groups;
        let Some(rule) = owed.first().map(|terms| terms.rule.clone()) else {
            return Ok(());
        };
        let place = self.tool.result.rows.clone().unwrap_or_else(Pointer::root);
        let suppressed = match result.at_mut(&place) {
            Some(Json::Array(rows)) => small_groups::suppress(rows, owed, asked, shown),
            _ => Err("the result holds no rows where the manifest says"),
        };
        let suppressed = suppressed.map_err(|why| refused(rule.into(), why.into()))?;
        let finding = |at: &usize| Finding {
            kind: SMALL_GROUP.into(),
            pointer: place.child(at.to_string()),
            in_key: false,
            start: 0,
            end: 0,
        };
        self.findings.extend(suppressed.iter().map(finding));
        if !suppressed.is_empty()
            && let Some(Json::Object(structured)) = match result {
                Json::Object(result) => result.get_mut("structuredContent"),
                _ => None,
            }
        {
            structured.insert("suppressed", Json::from(true));
        }
        Ok(())
    }

    fn search(
        &mut self,
        mut body: Json,
        secrets: &Secrets,
        restored: &[zeroize::Zeroizing<String>],
    ) -> Result<(), Refusal> {
        self.kept.lift(&mut body);
        let scan = Scan {
            profile: &self.profile,
            secrets,
            scope_key: &self.key,
        };
        let masked = if self.restorable.is_empty() {
            mask_json(&scan, body)
        } else {
            mask_json_minting(&scan, body, &mut self.minted)
        };
        let (mut body, findings) = masked.map_err(|cannot| self.withheld(cannot.to_string()))?;
        self.findings.extend(findings);
        // Searched first, since what is hidden can say how a text is to be read; then what stays is searched again.
        let seen = visible::only(&body).map_err(|_| {
            self.withheld(
                "two names in the answer look alike: they differ in invisible characters alone",
            )
        })?;
        if let Some(seen) = seen {
            let (seen, more) =
                mask_json(&scan, seen).map_err(|cannot| self.withheld(cannot.to_string()))?;
            body = seen;
            self.findings.extend(more);
        }
        if !restored.is_empty() {
            let values = restored.iter().map(|value| value.as_bytes());
            let guarded = Secrets::new(values)
                .map_err(|_| self.withheld("a restored value cannot be kept from coming back"))?;
            let scan = Scan {
                profile: &Profile::nothing(),
                secrets: &guarded,
                scope_key: &self.key,
            };
            let (guarded, more) =
                mask_json(&scan, body).map_err(|cannot| self.withheld(cannot.to_string()))?;
            body = guarded;
            self.findings.extend(more);
        }
        self.body = body;
        // As they are read at the end: invisible letters are gone, and a name is one word.
        self.shape(Act::Drop)
    }

    /// Drops or renames the fields that rules name.
    fn shape(&mut self, act: Act) -> Result<(), Refusal> {
        let owed = &self.obligations.fields;
        let shaped = fields::apply(&mut self.body, &self.tool.result, owed, act);
        shaped.map_err(|unmet| refused(unmet.rule.into(), unmet.why.into()))
    }

    /// The texts that an external analyser is asked about: none, where no rule demands one. Rows beyond the
    /// cap do not leave, so nobody is asked about them.
    ///
    /// # Errors
    /// [`Refusal::Withheld`] where one is demanded and cannot be asked.
    pub fn analysis(mut self) -> Result<Analysis, Refusal> {
        if !self.owes_analysis {
            return Ok(Analysis::nothing(self));
        }
        let analyser = self.analyser.clone().ok_or(AnalyserFault::Missing)?;
        self.body = capped(self.body, &self.tool, &self.obligations)?;
        Ok(Analysis::of(self, analyser)?)
    }

    /// Caps rows and bytes, and lets the answer go: the text says what the structure says.
    ///
    /// # Errors
    /// [`Refusal::Withheld`] where a cap cannot be met.
    pub fn release(mut self) -> Result<Egress, Refusal> {
        if self.owes_analysis {
            return Err(AnalyserFault::Missing.into());
        }
        if self.error {
            let result = shape::result(self.body, true);
            return Ok(Egress::failed(result, self.upstream_bytes));
        }
        if let Some(asked) = self.asking.take() {
            return self.questions(asked);
        }
        self.kept.put_back(&mut self.body);
        self.body = capped(self.body, &self.tool, &self.obligations)?;
        let rows = rows_of(&self.body, &self.tool);
        self.shape(Act::Rename)?; // last, since manifests and detectors know the old names
        let body = self.body;
        let masked = u64::try_from(self.obligations.columns.len()).unwrap_or(u64::MAX);
        let result = shape::released(body);
        let bytes = u64::try_from(result.written_len()).unwrap_or(u64::MAX);
        if self.obligations.byte_max.is_some_and(|max| bytes > max) {
            let reason = "the answer is larger than a rule lets out";
            let rule = "kernel.result-too-large";
            return Err(withheld(rule, reason, &self.obligations));
        }
        let wanted = |name: &str| self.restorable.contains(name);
        let minted = match self.minted.is_empty() {
            true => Pairs::default(),
            false => self.minted.shown_in(&result.to_text(), wanted),
        };
        let egress = Egress::new(
            result,
            report::of(&self.findings, &self.analysed),
            masked,
            self.upstream_bytes,
            self.evidence,
        );
        Ok(egress.measured(rows, bytes).with_minted(minted))
    }

    /// Questions leave as they were searched; where a mask would change what is asked, they do not.
    fn questions(self, asked: Asked) -> Result<Egress, Refusal> {
        let shown = self.body.get("structuredContent").cloned();
        let shown = shown.filter(|shown| asked.asks_as(shown));
        let shown = shown.ok_or_else(|| {
            let why = "the downstream asks back, and what it asks for cannot be masked";
            withheld("kernel.input-refused", why, &Obligations::default())
        })?;
        let asks = shown.as_object().is_some_and(|shown| !shown.is_empty());
        let result = Json::object(asks.then_some(("inputRequests", shown)));
        let found = report::of(&self.findings, &self.analysed);
        let bytes = u64::try_from(result.written_len()).unwrap_or(u64::MAX);
        if self.obligations.byte_max.is_some_and(|max| bytes > max) {
            let why = "the downstream asks back at greater length than a rule lets out";
            return Err(withheld(
                "kernel.result-too-large",
                why,
                &Obligations::default(),
            ));
        }
        let egress = Egress::new(result, found, 0, self.upstream_bytes, None);
        Ok(egress.measured(Some(0), bytes).asking(asked))
    }

    pub(super) fn withheld(&self, why: impl Into<Cow<'static, str>>) -> Refusal {
        withheld("pii-egress-mask", why, &self.obligations)
    }
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
    refused(rule, why.into())
}

fn refused(rule: Cow<'static, str>, reason: Cow<'static, str>) -> Refusal {
    Refusal::Withheld(Denial::of(crate::denial::Objection {
        rule,
        phase: Phase::Transform,
        reason,
        fix: "ask for fewer rows or columns; the call itself was carried out, so do not repeat a write".into(),
    }))
}

/// How many rows there are where the manifest says that they are.
fn rows_of(body: &Json, tool: &Tool) -> Option<u64> {
    let rows = body.at(tool.result.rows.as_ref()?)?.as_array()?;
    u64::try_from(rows.len()).ok()
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
