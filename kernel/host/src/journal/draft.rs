//! What the journal knows of calls, as members of records.
//! Knows nothing of when they are written.

use std::collections::{BTreeMap, BTreeSet};

use aegis_core::audit::{
    Args, Cut, FactLine, Found, Id, Int, Kind, Masked, Minted, Obliged, Record, Restored, RuleLine,
    Source, Text, Who, quotable,
};
use aegis_core::call::Call;
use aegis_core::capability::CapabilitySet;
use aegis_core::denial::Denial;
use aegis_core::egress::{Reported, shape_of};
use aegis_core::inspect::{Fact, Finding, Restoration};
use aegis_core::policy::{Obligations, Permit, Policy};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::Receipt;

use super::key::CommitKey;

/// Names of arguments that a record holds at the most.
const KEYS_MAX: usize = 64;

/// Who acts.
pub(super) fn who(principal: &Principal, run: Option<&str>) -> Who<'static> {
    let proof = match principal.proof() {
        Proof::Configured => "configured",
        Proof::Bearer => "bearer",
        Proof::Hypothetical => "hypothetical",
    };
    Who {
        principal: Text::from(principal.id()),
        proof: Text::from(proof),
        run: run.map(Text::from),
    }
}

/// The arguments without their values. A name is the agent's own word until it is bound: what may not be
/// quoted is counted.
pub(super) fn args(call: &Call, id: Id, key: &CommitKey, cut: &mut Cut) -> Args<'static> {
    let bytes = call.arguments().to_text();
    let keys: Vec<Text<'static>> = call
        .arguments()
        .keys()
        .filter(|name| quotable(name))
        .take(KEYS_MAX)
        .map(Text::from)
        .collect();
    let hidden = call.arguments().len().saturating_sub(keys.len());
    cut.keys = (hidden > 0).then(|| Int::of(hidden));
    Args {
        commit: key.commit(id, "/args", bytes.as_bytes()),
        keys,
        len: Int::of(bytes.len()),
    }
}

/// What each fact is about that a record commits to instead of quoting it, by its place among them.
pub(super) fn hidden(findings: &[Finding]) -> BTreeMap<usize, String> {
    let facts = unique(findings);
    let subjects = facts.iter().map(|(fact, _)| fact.subject()).enumerate();
    subjects
        .filter(|(_, subject)| !quotable(subject))
        .map(|(at, subject)| (at, subject.to_owned()))
        .collect()
}

fn unique(findings: &[Finding]) -> BTreeSet<(Fact, String)> {
    let pair = |finding: &'_ Finding| (finding.fact.clone(), finding.argument.clone());
    findings.iter().map(pair).collect()
}

/// Facts, each once for an argument.
pub(super) fn facts(findings: &[Finding], id: Id, key: &CommitKey) -> Vec<FactLine<'static>> {
    let line = |(at, (fact, argument)): (usize, &(Fact, String))| {
        let subject = fact.subject();
        let (commit, subject) = if quotable(subject) {
            (None, Some(Text::from(subject)))
        } else {
            let pointer = format!("/facts/{at}");
            (Some(key.commit(id, &pointer, subject.as_bytes())), None)
        };
        FactLine {
            access: match fact {
                Fact::Touches { access, .. } => Some(Text::from(access.as_str())),
                _ => None,
            },
            // Bound calls have declared arguments alone: the name is the operator's word.
            argument: Some(Text::from(argument.as_str())),
            commit,
            kind: Text::from(fact.kind()),
            subject,
        }
    };
    unique(findings).iter().enumerate().map(line).collect()
}

/// Capabilities, in order.
pub(super) fn capabilities(set: &CapabilitySet) -> Vec<Text<'static>> {
    set.iter().map(|one| Text::from(one.as_str())).collect()
}

/// Every objection, the deciding one first.
pub(super) fn rules(denial: &Denial, graded: Option<&Policy>) -> Vec<RuleLine<'static>> {
    let severity = |rule: &str| graded.and_then(|policy| policy.severity_of(rule));
    denial
        .all()
        .map(|objection| RuleLine {
            phase: Text::from(objection.phase.as_str()),
            rule: Text::from(objection.rule.as_ref()),
            severity: severity(&objection.rule).map(|one| Text::from(one.as_str())),
        })
        .collect()
}

/// What a permit demands of its answer.
fn obligations(
    of: &Obligations,
    restored: &[Restoration],
    id: Id,
    key: &CommitKey,
) -> Obliged<'static> {
    let restored = restored.iter().map(|place| Restored {
        pointer: Text::from(shape_of(&place.pointer)),
        kind: Text::from(place.kind.as_str()),
    });
    let columns = of.columns.iter().map(|mask| Masked {
        index: Int::of(mask.index),
        label: Text::from(mask.label.as_str()),
        operator: Text::from(mask.operator.word().as_ref()),
        rule: Text::from(mask.rule.as_str()),
    });
    // A table or column that came to be by a call of an agent is called as the agent chose.
    let name = |at: usize, column: &str| {
        if quotable(column) {
            return Text::from(column);
        }
        let commitment = key.commit(id, &format!("/sources/{at}"), column.as_bytes());
        Text::from(format!("commit:{commitment}"))
    };
    let sources = of.sources.iter().enumerate();
    let sources = sources.map(|(at, (column, label, operator))| Source {
        column: name(at, column),
        label: Text::from(label.as_str()),
        operator: Text::from(operator.word().as_ref()),
    });
    Obliged {
        byte_max: of.byte_max.map(Int::saturating),
        change_max: of.change_max.map(Int::saturating),
        columns: columns.collect(),
        detect: of.profiles().map(Text::from),
        dropped: of.fields.dropped().map(Text::from).collect(),
        limit: of.limit.map(Int::saturating),
        renamed: of.fields.renamed().map(Text::from).collect(),
        restored: restored.collect(),
        row_max: of.row_max.map(Int::saturating),
        sources: sources.collect(),
    }
}

/// What was read of a call, as a record of its decision begins.
pub(super) fn known(
    server: &str,
    of: &CapabilitySet,
    findings: &[Finding],
    id: Id,
    key: Option<&CommitKey>,
) -> Box<Record<'static>> {
    let mut record = Box::new(Record::draft(Kind::Decision));
    record.server = Some(Text::from(server));
    record.capabilities = Some(capabilities(of));
    record.facts = key.map(|key| facts(findings, id, key));
    record
}

/// The intent of a permitted call, from what was [`known`] of it; who asked and with which arguments is the entry's to add.
pub(super) fn intent(
    permit: &Permit,
    id: Id,
    key: &CommitKey,
    known: Box<Record<'static>>,
) -> Box<Record<'static>> {
    let mut record = known;
    record.kind = Kind::Intent;
    record.call = Some(id);
    record.decision = Some(aegis_core::audit::Decision::Allow);
    record.epoch = Some(Text::from(permit.epoch()));
    record.obligations = Some(obligations(
        permit.obligations(),
        permit.restorations(),
        id,
        key,
    ));
    let spent: Vec<Text<'static>> = permit
        .spends()
        .iter()
        .map(|receipt| Text::from(receipt.id.as_str()))
        .collect();
    record.spent = (!spent.is_empty()).then_some(spent);
    record.tool = Some(Text::from(permit.tool().full_name()));
    record
}

/// What the detectors masked.
pub(super) fn found(findings: &[Reported]) -> Vec<Found<'static>> {
    let one = |found: &Reported| Found {
        count: Int::saturating(found.count),
        pointer: Some(Text::from(found.pointer.as_str())),
        source: found.analysed.then(|| Text::from("analyser")),
        kind: Text::from(found.kind.as_str()),
    };
    findings.iter().map(one).collect()
}

/// A receipt as it was minted. Its digest is of a dataset that the kernel read itself, not of an argument.
pub(super) fn minted(receipt: &Receipt) -> Record<'static> {
    let mut record = Record::draft(Kind::ReceiptMint);
    record.receipt = Some(Minted {
        dataset: Text::from(receipt.dataset.as_str()),
        digest: Text::from(receipt.digest.as_str()),
        expires_s: Int::saturating(u64::try_from(receipt.expires_s).unwrap_or_default()),
        id: Text::from(receipt.id.as_str()),
        kind: Text::from(receipt.kind.as_str()),
        passed: Int::saturating(receipt.counts.passed),
        rows: Int::saturating(receipt.rows),
        subject: Text::from(receipt.subject.as_str()),
        suite: Text::from(receipt.suite.as_str()),
    });
    record
}
