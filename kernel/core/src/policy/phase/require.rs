//! `[[require]]`: what must have been proven before a capability may be used.
//! Knows nothing of how receipts are minted or stored.

use serde_spanned::Spanned;

use crate::capability::{Capability, CapabilityPattern};
use crate::denial::{Objection, Phase};
use crate::inspect::Fact;
use crate::now::Now;
use crate::policy::engine::{Case, Opinion};
use crate::policy::when::Truth;
use crate::policy::{Head, Policy, Question};
use crate::receipt::{self, LedgerView, Receipt};
use crate::source::{Section, did_you_mean};

/// Demands a receipt: evidence, observed by the kernel itself, that this very content satisfied its suite.
///
/// ```toml
/// [[require]]
/// id = "gold-needs-validation"
/// capability = "medallion:promote"
/// receipt = { kind = "silver_validation", of = "dataset", fresh_s = 86400 }
/// because = "gold holds validated data only"
/// fix = "call medallion__validate for this dataset, then promote"
/// ```
///
/// `of` names the argument that holds the dataset. Optional are `single_use` (default true), `scope`
/// (`run`, `principal` or `shared`; default `principal`) and `suite` (only `current`, the default).
/// A receipt counts when all of this holds: its kind, its dataset and its subject are the ones asked for;
/// every check had passed; its suite is the dataset's current one; it was minted under the policy in force,
/// by whom the scope says; it is unspent (where single-use), not expired, and younger than `fresh_s`; and
/// nothing was written to the subject since. The agent is told the first of these that failed.
#[derive(Clone, Debug)]
pub struct Require {
    /// Its id, and when it speaks.
    pub head: Head,
    /// What must not be used without.
    pub capabilities: Vec<Spanned<CapabilityPattern>>,
    /// The receipt.
    pub receipt: ReceiptRule,
    /// Why.
    pub because: String,
    /// What to do instead.
    pub fix: String,
}

/// Which receipt.
#[derive(Clone, Debug)]
pub struct ReceiptRule {
    /// Its kind.
    pub kind: Spanned<String>,
    /// The argument that names the dataset.
    pub of: Spanned<String>,
    /// Greatest age, in seconds.
    pub fresh_s: u64,
    /// Whether it is spent by the call.
    pub single_use: bool,
    /// Whose it must be.
    pub scope: Scope,
}

/// Whose a receipt must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Minted in the same run by the same principal.
    Run,
    /// Minted by the same principal.
    Principal,
    /// Anyone's.
    Shared,
}

impl Require {
    /// Whether it speaks of this capability.
    #[must_use]
    pub fn covers(&self, capability: &Capability) -> bool {
        self.capabilities
            .iter()
            .any(|pattern| pattern.get_ref().covers(capability))
    }

    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        section.require("capability");
        let capabilities = section.parsed_list(
            "capability",
            super::block::CAPABILITY,
            CapabilityPattern::parse,
        );
        section.require("receipt");
        let receipt = section.section("receipt").and_then(ReceiptRule::read);
        let because = section.need_text("because");
        let fix = section.need_text("fix");
        Some(Self {
            head,
            capabilities: capabilities?,
            receipt: receipt?,
            because: because?.into_inner(),
            fix: fix?.into_inner(),
        })
    }

    fn objection(&self, case: &Case<'_>, what: &str) -> Objection {
        let doubt = case.doubt(&self.head);
        Objection {
            rule: self.head.id.clone().into(),
            phase: Phase::Precondition,
            reason: format!("{}: {what}{doubt}", self.because).into(),
            fix: self.fix.clone().into(),
        }
    }
}

impl ReceiptRule {
    fn read(mut section: Section<'_>) -> Option<Self> {
        let kind = section.need_text("kind");
        let of = section.need_text("of");
        section.require("fresh_s");
        let fresh_s = section.count("fresh_s");
        let single_use = section.flag("single_use").unwrap_or(true);
        let scope = section.parsed(
            "scope",
            "`run`, `principal` or `shared`",
            |word| match word {
                "run" => Some(Scope::Run),
                "principal" => Some(Scope::Principal),
                "shared" => Some(Scope::Shared),
                _ => None,
            },
        );
        let _ = section.parsed("suite", "`current`", |word| {
            (word == "current").then_some(())
        });
        if let Some(kind) = &kind
            && !receipt::KINDS.contains(&kind.get_ref().as_str())
        {
            let message = format!("the kernel mints no `{}`", kind.get_ref().escape_debug());
            section.problem(
                kind.span(),
                message,
                did_you_mean(kind.get_ref(), receipt::KINDS),
            );
        }
        Some(Self {
            kind: kind?,
            of: of?,
            fresh_s: fresh_s?.into_inner(),
            single_use,
            scope: scope.map_or(Scope::Principal, Spanned::into_inner),
        })
    }
}

/// Each rule about a capability of the call asks for its receipt.
pub(in crate::policy) fn object(case: &Case<'_>, opinion: &mut Opinion) {
    for rule in case.among::<Require>() {
        if !case.needs().any(|c| rule.covers(c)) {
            continue;
        }
        if case.worth(&rule.head) == Truth::Unknown {
            opinion.terms_open = true; // it may stand on a receipt
        }
        if !case.speaks(&rule.head, opinion) {
            continue;
        }
        if case.hides(rule.receipt.of.get_ref()) && named(case, rule).is_none() {
            opinion.leave_open(&rule.head.id);
            continue;
        }
        match subject(case, rule) {
            Err(why) => opinion.rule_error(Phase::Precondition, &rule.head.id, why),
            Ok(wanted) => match find(case, rule, &wanted) {
                Err(_) if case.hides_receipts() => opinion.leave_open(&rule.head.id),
                Err(what) => opinion.object(rule.objection(case, what)),
                Ok(receipt) => {
                    let spends = &mut opinion.terms.spends;
                    if spends.iter().all(|other| other.id != receipt.id) {
                        spends.push(receipt.clone());
                        spends.sort_by(|a, b| a.id.cmp(&b.id));
                    }
                }
            },
        }
    }
}

/// What the receipt must be about: from the declared dataset, not from words of the agent.
struct Wanted<'a> {
    dataset: &'a str,
    subject: &'a str,
    suite: &'a str,
}

/// The dataset that the argument names; where its value is not known, what was read out of it says so.
fn named<'a>(case: &Case<'a>, rule: &Require) -> Option<&'a str> {
    let argument = rule.receipt.of.get_ref();
    if !case.hides(argument) {
        return case.asked.arguments.get(argument)?.as_str();
    }
    case.asked
        .findings
        .iter()
        .filter(|finding| finding.argument == *argument)
        .find_map(|finding| match &finding.fact {
            Fact::Names(dataset) => Some(dataset.as_str()),
            _ => None,
        })
}

fn subject<'a>(case: &Case<'a>, rule: &Require) -> Result<Wanted<'a>, &'static str> {
    let name = named(case, rule).ok_or("the call names no dataset")?;
    let (dataset, known) = case
        .policy
        .dataset(name)
        .ok_or("the dataset is not declared")?;
    // The interceptor's own list must agree: a receipt for one subject never covers another.
    if case.asked.subjects.len() != 1 || case.asked.subjects.first() != Some(&known.subject) {
        return Err("the call is not about this dataset alone");
    }
    Ok(Wanted {
        dataset,
        subject: &known.subject,
        suite: &known.suite,
    })
}

/// The newest receipt that holds, or what the newest one lacks.
fn find<'a>(
    case: &Case<'a>,
    rule: &Require,
    wanted: &Wanted<'_>,
) -> Result<&'a Receipt, &'static str> {
    if case.ledger.clock_went_back {
        return Err("the clock went backwards, so no receipt's age is certain");
    }
    let mut candidates: Vec<&Receipt> = case
        .ledger
        .receipts
        .iter()
        .filter(|r| r.kind == *rule.receipt.kind.get_ref())
        .filter(|r| r.subject == wanted.subject && r.dataset == wanted.dataset)
        .collect();
    candidates.sort_by(|a, b| (b.seq, &b.id).cmp(&(a.seq, &a.id)));
    let mut newest = None;
    for receipt in candidates {
        match flaw(case, &rule.receipt, wanted, receipt) {
            None => return Ok(receipt),
            Some(flaw) => newest = newest.or(Some(flaw)),
        }
    }
    Err(newest.unwrap_or("there is no receipt for this dataset"))
}

/// Why one receipt does not count for one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flawed {
    /// The rule.
    pub rule: String,
    /// The receipt's id.
    pub receipt: String,
    /// What it lacks.
    pub why: &'static str,
}

impl Policy {
    /// For each rule that asks for a receipt here and each receipt of the subject: why it does not
    /// count. What is not named counts.
    #[must_use]
    pub fn weigh(&self, asked: &Question<'_>, ledger: &LedgerView, now: Now) -> Vec<Flawed> {
        let case = Case::new(self, *asked, ledger, now);
        let mut flawed = Vec::new();
        for rule in case.among::<Require>() {
            let silent = case.worth(&rule.head) == Truth::No;
            if silent || !case.needs().any(|c| rule.covers(c)) {
                continue;
            }
            let Ok(wanted) = subject(&case, rule) else {
                continue;
            };
            for receipt in &ledger.receipts {
                let why = match receipt.kind == *rule.receipt.kind.get_ref() {
                    false => Some("the receipt is of another kind"),
                    true if receipt.dataset != wanted.dataset => {
                        Some("the receipt is of another dataset")
                    }
                    true => flaw(&case, &rule.receipt, &wanted, receipt),
                };
                flawed.extend(why.map(|why| Flawed {
                    rule: rule.head.id.clone(),
                    receipt: receipt.id.clone(),
                    why,
                }));
            }
        }
        flawed
    }
}

fn flaw(
    case: &Case<'_>,
    rule: &ReceiptRule,
    wanted: &Wanted<'_>,
    receipt: &Receipt,
) -> Option<&'static str> {
    let now_s = case.now.unix_s();
    let age_s = now_s.checked_sub(receipt.minted_s);
    let fresh_s = i64::try_from(rule.fresh_s).unwrap_or(i64::MAX);
    let written = case.ledger.last_write.get(wanted.subject);
    let same_principal = receipt.principal == case.asked.principal.id();
    let flaws = [
        (!receipt.counts.all_passed(), "not every check had passed"),
        (
            receipt.suite != wanted.suite,
            "the suite has changed since the receipt was minted",
        ),
        (
            receipt.epoch != case.policy.epoch(),
            "the policy has changed since the receipt was minted",
        ),
        (
            rule.scope != Scope::Shared && !same_principal,
            "the receipt is another principal's",
        ),
        (
            rule.scope == Scope::Run && receipt.run != case.asked.run,
            "the receipt is of another run",
        ),
        (
            rule.single_use && receipt.spent,
            "the receipt was spent already",
        ),
        (
            written.is_some_and(|seq| *seq >= receipt.seq),
            "the data was written after it was validated",
        ),
        (
            receipt.minted_s > now_s,
            "the receipt was minted in the future",
        ),
        (receipt.expires_s <= now_s, "the receipt has expired"),
        (
            age_s.is_none_or(|age| age > fresh_s),
            "the receipt is older than the rule accepts",
        ),
    ];
    flaws.into_iter().find_map(|(is, what)| is.then_some(what))
}
