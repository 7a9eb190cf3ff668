//! `[[budget]]`: how much of something there is within a time, for one principal or for all together.
//! Knows nothing of the store that counts, nor of how answers are cut.

use serde_spanned::Spanned;

use crate::capability::CapabilityPattern;
use crate::denial::{Objection, Phase};
use crate::json::Json;
use crate::manifest::Tool;
use crate::policy::engine::{Case, Opinion};
use crate::policy::index::Kind;
use crate::policy::people::{People, Who};
use crate::policy::{Allowance, Head, Mode, Per, Policy, Question, Rule, ToolPattern};
use crate::receipt::{Back, Charge, Spending, Unit};
use crate::source::Section;

/// Lets calls pass only while a budget lasts.
///
/// ```toml
/// [[budget]]
/// id = "three-promotions-a-day"
/// principal = "analyst-agent"            # optional, as in a grant; default: whoever calls
/// tool = "medallion__*"                  # optional, or a list
/// capability = "medallion:promote"       # optional, or a list: calls that need it
/// downstream = "s3"                      # optional, or a list of servers
/// per = "principal"                      # one budget for each; or "everyone"; beside it "tool", "capability", "downstream"
/// calls = 3                              # or `rows`, `bytes`, `values`: exactly one of them
/// window_s = 86400                       # a sliding window, or a token bucket: refill = { amount = 1, every_s = 60 }
/// failed = "count"                       # or "return": see below
/// because = "promotions are looked at by people"   # optional
/// ```
///
/// The budget is reserved with the decision, durably, before anything is sent. `calls` counts permitted calls: one
/// that the agent gives up counts, and so does one whose end is not known. One that fails counts too, unless `failed = "return"` gives back where
/// nothing was sent or the tool said that it failed. `rows` and `bytes` count what leaves: all that a call could
/// let out is reserved, and an answer is cut to what was left, so that nothing ever leaves beyond
/// the budget; what did not leave is given back. `values` counts different values of the argument `of`.
///
/// A denial says what the limit is and, where the budget is the principal's own, when to ask again.
#[derive(Clone, Debug)]
pub struct BudgetRule {
    /// Its id, and when it speaks.
    pub head: Head,
    /// Whose calls.
    pub who: Who,
    /// Calls of which tools; `None` is every tool.
    pub tools: Option<Vec<Spanned<ToolPattern>>>,
    /// Calls that need one of these; `None` is every call.
    pub capabilities: Option<Vec<Spanned<CapabilityPattern>>>,
    /// Calls of which servers; `None` is every server.
    pub downstreams: Option<Vec<Spanned<String>>>,
    /// For each of what there is a budget.
    pub per: Per,
    /// What is counted, how much there is and how it fills again.
    pub allowance: Allowance,
    /// Whether a call that failed is given back.
    pub returns_failed: bool,
    /// Why.
    pub because: Option<String>,
}

impl BudgetRule {
    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        let keys = ["principal", "principals", "role", "roles"];
        let who = match keys.iter().any(|key| section.has(key)) {
            true => Who::read(section),
            false => Some(Who::anyone(section.span())),
        };
        if head.mode == Mode::Shadow {
            section.problem(
                section.key_span("mode"),
                "a budget cannot be a shadow: what is not charged is never used up",
                "drop `mode`, or leave the rule out",
            );
        }
        let given = ["tool", "capability", "downstream"].map(|key| section.has(key));
        let tools = section.parsed_list("tool", super::argument::TOOL, ToolPattern::parse);
        let capabilities = section.parsed_list(
            "capability",
            super::block::CAPABILITY,
            CapabilityPattern::parse,
        );
        let downstreams = section.texts("downstream");
        let per = Per::read(section);
        let allowance = Allowance::read(section);
        let failed = section.parsed("failed", "`count` or `return`", |word| match word {
            "count" => Some(false),
            "return" => Some(true),
            _ => None,
        });
        let because = section.text("because").map(Spanned::into_inner);
        let read = [
            tools.is_some(),
            capabilities.is_some(),
            downstreams.is_some(),
        ];
        if given != read {
            return None; // unreadable is not "everything"
        }
        let allowance = allowance?;
        let returns_failed = failed.as_ref().is_some_and(|failed| *failed.get_ref());
        if let (true, Unit::Rows | Unit::Bytes, Some(failed)) =
            (returns_failed, allowance.unit, &failed)
        {
            section.problem(
                failed.span(),
                "what did not leave is given back in any case",
                "leave `failed` out",
            );
        }
        Some(Self {
            head,
            who: who?,
            tools,
            capabilities,
            downstreams,
            per: per?,
            allowance,
            returns_failed,
            because,
        })
    }

    /// Whether it could speak of calls of this tool.
    #[must_use]
    pub fn is_about(&self, tool: &Tool) -> bool {
        let name = tool.full_name();
        let tools = self.tools.as_ref();
        let here = tools.is_none_or(|tools| tools.iter().any(|t| t.get_ref().covers(name)));
        let servers = self.downstreams.as_ref();
        let there =
            servers.is_none_or(|servers| servers.iter().any(|s| *s.get_ref() == tool.server));
        here && there && self.allowance.can_count(tool)
    }

    /// Whether it speaks of this principal.
    #[must_use]
    pub fn is_for(&self, principal: &str, people: &People) -> bool {
        self.who.means(principal, people)
    }

    /// Whether calls that need this are meant.
    pub(in crate::policy) fn covers(&self, capability: &crate::capability::Capability) -> bool {
        let some = self.capabilities.as_ref();
        some.is_none_or(|some| some.iter().any(|c| c.get_ref().covers(capability)))
    }

    /// The accounts that a call is charged to: none where the rule does not speak of it.
    fn accounts(&self, asked: &Question<'_>, people: &People) -> Vec<String> {
        let covered: Vec<&str> = asked
            .capabilities
            .iter()
            .filter(|capability| self.covers(capability))
            .map(crate::capability::Capability::as_str)
            .collect();
        let meant = self.is_for(asked.principal.id(), people)
            && self.is_about(asked.tool)
            && (self.capabilities.is_none() || !covered.is_empty());
        match meant {
            true => self.per.accounts(&self.head.id, asked.tool, &covered),
            false => Vec::new(),
        }
    }

    fn charge(&self, account: String, amount: u64) -> Charge {
        let back = match (self.allowance.unit, self.returns_failed) {
            (unit @ (Unit::Rows | Unit::Bytes), _) => Back::Unused(unit),
            (_, true) => Back::Failed,
            (_, false) => Back::Never,
        };
        Charge {
            account,
            shared: !self.per.principal,
            amount,
            over: self.allowance.over,
            back,
        }
    }

    fn object(&self, wait_ms: Option<u64>, opinion: &mut Opinion) {
        let because = self.because.as_ref();
        let because = because.map_or(String::new(), |because| format!("{because}: "));
        let words = self.allowance.words();
        let whose = match self.per.principal {
            true => "",
            false => " for all principals together",
        };
        let when = match wait_ms {
            Some(0) | None => "ask again later".to_owned(),
            Some(ms) => format!("ask again in at most {} seconds", ms.div_ceil(1_000)),
        };
        opinion.object(Objection {
            rule: self.head.id.clone().into(),
            phase: Phase::Precondition,
            reason: format!("{because}the budget of {words}{whose} is used up").into(),
            fix: format!("{when}, or ask an operator to widen the budget").into(),
        });
    }
}

impl Policy {
    /// Whether a `[[budget]]` rule may speak of the call, whatever its `when` says, so that the store must be asked.
    #[must_use]
    pub fn meters(&self, asked: &Question<'_>) -> bool {
        let people = self.people();
        let any = self.budgets().next().is_some();
        any && self
            .among::<BudgetRule>(&self.find_for(asked))
            .any(|rule| !rule.accounts(asked, people).is_empty())
    }

    /// Whether an account is one that the call may be charged to by a `[[budget]]` rule.
    #[must_use]
    pub fn meters_by(&self, asked: &Question<'_>, account: &str) -> bool {
        let (account, _) = account
            .split_once(crate::receipt::VALUE)
            .unwrap_or((account, ""));
        let accounts = |rule: &BudgetRule| rule.accounts(asked, self.people());
        let rule = self.budget_rule(account);
        rule.is_some_and(|rule| accounts(rule).iter().any(|one| one == account))
    }

    /// Whether an account belongs to a `[[budget]]` rule.
    #[must_use]
    pub fn is_metered(&self, account: &str) -> bool {
        self.budget_rule(account).is_some()
    }

    /// What an account (`rule/label`) is charged against: how much there is, and of what.
    #[must_use]
    pub fn limit_of(&self, account: &str) -> Option<(u64, Unit)> {
        if let Some(rule) = self.budget_rule(account) {
            return Some((rule.allowance.limit, rule.allowance.unit));
        }
        let (rule, _) = account.split_once('/')?;
        let budget = match self.rule(rule)? {
            Rule::Lookup(lookup) => lookup.budget,
            Rule::Measure(measure) => measure.budget,
            _ => return None,
        };
        Some((budget.calls, Unit::Calls))
    }

    fn budget_rule(&self, account: &str) -> Option<&BudgetRule> {
        let end = account.find(['/', crate::receipt::VALUE]);
        let rule = end.and_then(|end| account.get(..end)).unwrap_or(account);
        self.rule(rule).and_then(BudgetRule::pick)
    }

    /// The accounts that count different values, with the values of this call: the store alone may know
    /// which of them it has seen.
    #[must_use]
    pub fn metered_values(&self, asked: &Question<'_>) -> Vec<(String, Vec<String>)> {
        let values = |rule: &BudgetRule| {
            let values: Vec<String> = rule.allowance.values(asked.arguments)?;
            let accounts = rule.accounts(asked, self.people()).into_iter();
            Some(
                accounts
                    .map(move |account| (account, values.clone()))
                    .collect::<Vec<_>>(),
            )
        };
        if self.budgets().next().is_none() {
            return Vec::new();
        }
        let found = self.find_for(asked);
        let rules = self.among::<BudgetRule>(&found);
        rules.filter_map(values).flatten().collect()
    }
}

/// Reserves what the call takes, or objects where nothing is left. It speaks after the transforms: what an answer
/// may hold is what they and the budgets leave of it.
pub(in crate::policy) fn reserve(case: &Case<'_>, opinion: &mut Opinion) {
    let asked = &case.asked;
    let spending = &case.ledger.spending;
    let mut speaking: Vec<(&BudgetRule, String)> = Vec::new();
    for rule in case.among::<BudgetRule>() {
        let accounts = rule.accounts(asked, case.policy.people());
        if !accounts.is_empty() && case.obliges(&rule.head, opinion) {
            speaking.extend(accounts.into_iter().map(|account| (rule, account)));
        }
    }
    for (rule, account) in &speaking {
        lower(rule, account, spending, opinion);
    }
    for (rule, account) in speaking {
        let wait = |room: u64| {
            let wait = || spending.frees_ms(&account, rule.allowance.over, room);
            rule.per.principal.then(wait)
        };
        let owed = &opinion.terms.obligations;
        let limit = rule.allowance.limit;
        let amount = match rule.allowance.unit {
            Unit::Values => {
                reserve_values(case, rule, &account, opinion);
                continue;
            }
            Unit::Calls => 1,
            // Capped above: nothing is left where the cap is nothing.
            Unit::Rows => owed.row_max.unwrap_or(u64::MAX),
            Unit::Bytes => owed.byte_max.unwrap_or(u64::MAX),
        };
        let left = limit.saturating_sub(spending.used(&account, rule.allowance.over));
        if left == 0 || amount > left {
            rule.object(wait(limit.saturating_sub(1)), opinion);
        }
        opinion
            .terms
            .charges
            .push(rule.charge(account, amount.max(1)));
    }
}

/// What may leave is at most what is left.
fn lower(rule: &BudgetRule, account: &str, spending: &Spending, opinion: &mut Opinion) {
    let owed = &mut opinion.terms.obligations;
    let cap = match rule.allowance.unit {
        Unit::Rows => &mut owed.row_max,
        Unit::Bytes => &mut owed.byte_max,
        Unit::Calls | Unit::Values => return,
    };
    let used = spending.used(account, rule.allowance.over);
    let left = rule.allowance.limit.saturating_sub(used);
    *cap = Some(cap.map_or(left, |cap| cap.min(left)));
}

fn reserve_values(case: &Case<'_>, rule: &BudgetRule, account: &str, opinion: &mut Opinion) {
    let (spending, over) = (&case.ledger.spending, rule.allowance.over);
    if rule.allowance.of().is_some_and(|of| case.hides(of)) {
        opinion.leave_open(&rule.head.id);
        return;
    }
    let values = rule
        .allowance
        .values(case.asked.arguments)
        .unwrap_or_default();
    let fresh = (0..values.len()).filter(|at| !spending.knows(account, *at, over));
    let fresh = u64::try_from(fresh.count()).unwrap_or(u64::MAX);
    let used = spending.values(account, over);
    let limit = rule.allowance.limit;
    if fresh > 0 && used.saturating_add(fresh) > limit {
        let wait = || spending.values_free_ms(account, over, limit.saturating_sub(fresh));
        rule.object(rule.per.principal.then(wait), opinion);
    }
    for at in 0..values.len() {
        let account = format!("{account}{}{at}", crate::receipt::THIS_VALUE);
        opinion.terms.charges.push(rule.charge(account, 1));
    }
}

/// The texts of different values: each item of a list is a value, and leaving the argument out is one.
pub(in crate::policy) fn texts(value: Option<&Json>) -> Vec<String> {
    let mut texts: Vec<String> = match value {
        None => vec![String::new()],
        Some(Json::Array(items)) => items.iter().map(ToString::to_string).collect(),
        Some(value) => vec![value.to_string()],
    };
    texts.sort_unstable();
    texts.dedup();
    texts
}
