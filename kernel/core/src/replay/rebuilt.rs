//! What the policy was asked, put together again from a record.
//! Knows nothing of answers.

use crate::audit::{Basis, Considered, FactLine, Record};
use crate::capability::{Capability, CapabilitySet};
use crate::inspect::{Fact, Finding, Output, normalise};
use crate::json::Object;
use crate::limits;
use crate::manifest::{Access, Catalog, Label, Manifests, System, Tool};
use crate::now::Now;
use crate::policy::{Question, Unknown};
use crate::principal::Principal;
use crate::receipt::{Counts, LedgerView, Receipt, Spending};

use super::{Captured, Case};

/// A question and the ledger that it was asked over.
pub(super) struct Rebuilt {
    principal: Principal,
    run: String,
    arguments: Object,
    capabilities: CapabilitySet,
    findings: Vec<Finding>,
    outputs: Vec<Output>,
    subjects: Vec<String>,
    pub(super) unknown: Unknown,
    pub(super) ledger: LedgerView,
    pub(super) now: Now,
}

/// Why a record does not tell what was asked.
pub(super) enum Lacking {
    /// Something was left out so that the record fits.
    Cut,
    /// It is not as this kernel writes it.
    Strange(&'static str),
}

impl Rebuilt {
    pub(super) fn new(
        case: &Case<'_>,
        manifests: &Manifests,
        tool: &Tool,
    ) -> Result<Self, Lacking> {
        let record = case.record;
        whole(record, case.values.is_some())?;
        let strange = |what| move || Lacking::Strange(what);
        let basis = record
            .basis
            .as_ref()
            .ok_or_else(strange("it does not say what it was made from"))?;
        let mut unknown = case.hidden();
        let lines = record.facts.as_deref().unwrap_or_default();
        let mut findings = Vec::with_capacity(lines.len());
        for (at, line) in lines.iter().enumerate() {
            findings.push(
                finding(line, at, case.values, &mut unknown)
                    .ok_or_else(strange("it holds a fact of no known kind"))?,
            );
        }
        let words = record.capabilities.as_deref().unwrap_or_default();
        let capabilities: CapabilitySet = words
            .iter()
            .map(|word| Capability::parse(word))
            .collect::<Option<_>>()
            .ok_or_else(strange("it holds a capability of no known form"))?;
        let added = findings
            .iter()
            .filter_map(|finding| finding.fact.capability());
        let mut follows = tool.capabilities.clone();
        follows.extend(added);
        if follows != capabilities {
            return Err(Lacking::Strange(
                "its capabilities do not follow from its facts",
            ));
        }
        let who = record.who.as_ref();
        Ok(Self {
            principal: case.principal(),
            run: who
                .and_then(|who| who.run.as_ref())
                .map(|text| text.as_str().to_owned())
                .unwrap_or_default(),
            arguments: case
                .values
                .map(|values| values.arguments().clone())
                .unwrap_or_default(),
            capabilities,
            outputs: outputs(basis).ok_or_else(strange("it holds an output of no known form"))?,
            subjects: subjects(&findings, manifests),
            findings,
            unknown,
            ledger: ledger(basis),
            now: Now {
                unix_ms: signed(basis.now_ms.get()),
            },
        })
    }

    pub(super) fn question<'a>(
        &'a self,
        system: &'a System,
        tool: &'a Tool,
        catalog: Option<&'a Catalog>,
    ) -> Question<'a> {
        Question {
            principal: &self.principal,
            run: &self.run,
            system,
            tool,
            arguments: &self.arguments,
            capabilities: &self.capabilities,
            findings: &self.findings,
            outputs: Some(&self.outputs),
            subjects: &self.subjects,
            catalog,
        }
    }

    /// The ledger as it would have been had the rules then been of `epoch`.
    pub(super) fn ledger_under(&self, then: &str, epoch: &str) -> LedgerView {
        let mut ledger = self.ledger.clone();
        for receipt in &mut ledger.receipts {
            if receipt.epoch == then {
                epoch.clone_into(&mut receipt.epoch);
            }
        }
        ledger
    }
}

/// Lists that were cut tell too little; names of arguments that may not be quoted are as good as cut, unless the
/// arguments themselves are at hand.
fn whole(record: &Record<'_>, captured: bool) -> Result<(), Lacking> {
    let Some(cut) = &record.cut else {
        return Ok(());
    };
    let left_out = [
        cut.capabilities,
        cut.facts,
        cut.keys.filter(|_| !captured),
        cut.outputs,
        cut.slots,
        cut.writes,
    ];
    match left_out.iter().any(Option::is_some) {
        true => Err(Lacking::Cut),
        false => Ok(()),
    }
}

/// A fact, and a note where what it is about is not told. A path is read again out of a captured value.
fn finding(
    line: &FactLine<'_>,
    at: usize,
    values: Option<&Captured>,
    unknown: &mut Unknown,
) -> Option<Finding> {
    let argument = line.argument.as_ref()?.to_string();
    let access = match &line.access {
        Some(word) => Some(Access::parse(word)?),
        None => None,
    };
    let captured = || values?.subject(at).map(str::to_owned);
    let again = || normalise(values?.arguments().get(&argument)?.as_str()?, access?).ok();
    let subject = line.subject.as_ref().map(|text| text.as_str().to_owned());
    let subject = subject.or_else(captured).or_else(again);
    let subject = subject.unwrap_or_else(|| {
        unknown.facts.insert(argument.clone());
        String::new()
    });
    Some(Finding {
        fact: Fact::from_words(&line.kind, &subject, access)?,
        argument,
        span: None,
    })
}

fn outputs(basis: &Basis<'_>) -> Option<Vec<Output>> {
    let mut outputs = Vec::new();
    for labelled in &basis.outputs {
        let index = usize::try_from(labelled.index.get()).ok()?;
        if index < outputs.len() || index > limits::RECORD_BYTES_MAX {
            return None;
        }
        outputs.resize_with(index, unlabelled);
        let labels = labelled.labels.iter().map(|label| Label::parse(label));
        outputs.push(Output {
            labels: labels.collect::<Option<_>>()?,
            sources: labelled
                .source
                .iter()
                .map(|source| source.as_str().to_owned())
                .collect(),
            bare: labelled.bare,
            summed: labelled
                .summed
                .iter()
                .map(|label| Label::parse(label))
                .collect::<Option<_>>()?,
            ..unlabelled()
        });
    }
    Some(outputs)
}

fn unlabelled() -> Output {
    Output {
        name: String::new(),
        sources: std::collections::BTreeSet::new(),
        labels: std::collections::BTreeSet::new(),
        bare: false,
        summed: std::collections::BTreeSet::new(),
    }
}

/// The subjects that receipts must be about, as the interceptor of datasets gives them.
fn subjects(findings: &[Finding], manifests: &Manifests) -> Vec<String> {
    findings
        .iter()
        .filter_map(|finding| match &finding.fact {
            Fact::Names(dataset) => manifests.dataset(dataset),
            _ => None,
        })
        .map(|dataset| dataset.source.subject())
        .collect()
}

fn ledger(basis: &Basis<'_>) -> LedgerView {
    let written = basis.writes.iter();
    LedgerView {
        receipts: basis.receipts.iter().map(receipt).collect(),
        last_write: written
            .map(|written| (written.subject.to_string(), written.position.get()))
            .collect(),
        clock_went_back: basis.clock_back,
        spending: spending(basis),
    }
}

fn spending(basis: &Basis<'_>) -> Spending {
    let Some(used) = &basis.spending else {
        return Spending::default();
    };
    let mut spending = Spending::at(signed(used.at_ms.get()));
    for charged in &used.slots {
        let slot_ms = signed(charged.slot_ms.get());
        spending.add(&charged.account, slot_ms, charged.amount.get());
    }
    spending
}

fn receipt(noted: &Considered<'_>) -> Receipt {
    let passed = u64::from(noted.all_passed);
    Receipt {
        id: noted.id.to_string(),
        kind: noted.kind.to_string(),
        dataset: noted.dataset.to_string(),
        subject: noted.subject.to_string(),
        digest: String::new(),
        suite: noted.suite.to_string(),
        counts: Counts {
            evaluated: 1,
            passed,
            failed: 1 - passed,
            skipped: 0,
        },
        rows: 1,
        epoch: noted.epoch.to_string(),
        principal: noted.principal.to_string(),
        run: noted.run.to_string(),
        seq: noted.position.get(),
        minted_s: signed(noted.minted_s.get()),
        expires_s: signed(noted.expires_s.get()),
        spent: noted.spent,
    }
}

fn signed(moment: u64) -> i64 {
    i64::try_from(moment).unwrap_or(i64::MAX)
}
