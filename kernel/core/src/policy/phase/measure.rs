//! `[[measure]]`: who may have sums and averages of labelled measures, over how many rows, how often.
//! Knows nothing of how the engine counts rows.

use std::collections::BTreeSet;

use serde_spanned::Spanned;

use crate::limits;
use crate::manifest::Label;
use crate::policy::engine::{Case, Opinion};
use crate::policy::people::{People, Who};
use crate::policy::when::Truth;
use crate::policy::{Budget, Head, LabelPattern, Measured};
use crate::receipt::Back;
use crate::source::Section;

/// Lets a principal have `sum(x)` and `avg(x)` of columns that a manifest declares as measures.
///
/// ```toml
/// [[measure]]
/// id = "payroll-in-sums"
/// principal = "analyst-agent"            # as in a grant
/// label = "hr.*"                         # labels with `measure = true`
/// rows_min = 5                           # different rows behind each sum, at least 3; default 5
/// share_max = 80                         # no row is more than so many percent of a sum; default 80
/// budget = { calls = 20, window_s = 86400 }
/// ```
///
/// A grant of its own kind: without it a sum of labelled values is masked like any other expression. It speaks
/// only where the tool has a wall that counts (`wall = true`), of sums and averages of the bare column at the
/// outermost select: no DISTINCT, FILTER, OVER, no weights, nothing computed inside. The engine then leaves out
/// every sum with fewer rows, with a row that counts twice, or with one that dominates, and whatever further
/// sum would give such a one away by subtraction within the answer. Two calls may still differ by one row:
/// therefore the budget, for each principal and label. Of several rules the strictest holds, and each budget
/// is charged. Once one is used up, the call is denied by the rule's id.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its id, and when it speaks.
    pub head: Head,
    /// Who.
    pub who: Who,
    /// Which labels.
    pub labels: Vec<Spanned<LabelPattern>>,
    /// Fewest different rows behind a sum.
    pub rows_min: u64,
    /// Greatest share of one row, in percent.
    pub share_max: u64,
    /// How often.
    pub budget: Budget,
}

const ROWS_MIN: u64 = 5;
const SHARE_MAX: u64 = 80;

impl Measure {
    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        let who = Who::read(section);
        section.require("label");
        let form = "a label such as `hr.salary`, or `hr.*`";
        let labels = section.parsed_list("label", form, LabelPattern::parse);
        let rows_min = section.count("rows_min");
        let share_max = section.count("share_max");
        let budget = Budget::read(section);
        let few = |rows: &&Spanned<u64>| *rows.get_ref() < limits::MEASURE_ROWS_MIN;
        if let Some(rows) = rows_min.as_ref().filter(few) {
            let fix = format!("give at least {}", limits::MEASURE_ROWS_MIN);
            section.problem(rows.span(), "a sum of so few rows names people", fix);
        }
        let odd = |share: &&Spanned<u64>| !(1..=100).contains(share.get_ref());
        if let Some(share) = share_max.as_ref().filter(odd) {
            section.problem(share.span(), "no share in percent", "give 1 to 100");
        }
        Some(Self {
            head,
            who: who?,
            labels: labels?,
            rows_min: rows_min.map_or(ROWS_MIN, Spanned::into_inner),
            share_max: share_max.map_or(SHARE_MAX, Spanned::into_inner),
            budget: budget?,
        })
    }

    /// Whether it speaks of this principal and label.
    pub(in crate::policy) fn is_for(
        &self,
        principal: &str,
        people: &People,
        label: &Label,
    ) -> bool {
        self.who.means(principal, people) && self.labels.iter().any(|l| l.get_ref().covers(label))
    }
}

/// Notes which sums may leave, and what that costs.
pub(in crate::policy) fn admit(case: &Case<'_>, opinion: &mut Opinion) {
    let outputs = case.asked.outputs.unwrap_or_default();
    if !case.asked.tool.wall {
        return;
    }
    let mut measured: Option<Measured> = None;
    let wanted: BTreeSet<&Label> = outputs.iter().flat_map(|output| &output.summed).collect();
    for label in wanted {
        for rule in case.among::<Measure>() {
            let speaks = case.worth(&rule.head) == Truth::Yes;
            if !speaks || !rule.is_for(case.asked.principal.id(), case.policy.people(), label) {
                continue;
            }
            let about = (rule.head.id.as_str(), label.as_str());
            rule.budget.reserve(case, opinion, about, Back::Unsent);
            let terms = measured.get_or_insert_with(|| Measured {
                rows_min: rule.rows_min,
                share_max: rule.share_max,
                columns: BTreeSet::new(),
                labels: BTreeSet::new(),
            });
            terms.rows_min = terms.rows_min.max(rule.rows_min);
            terms.share_max = terms.share_max.min(rule.share_max);
            terms.labels.insert(label.clone());
        }
    }
    if let Some(terms) = &mut measured {
        let labels = &case.asked.system.labels;
        let meant = labels
            .iter()
            .filter(|(_, (label, measure))| *measure && terms.labels.contains(label));
        terms.columns = meant
            .map(|((table, column), _)| format!("{table}.{column}"))
            .collect();
    }
    opinion.terms.obligations.measured = measured;
}
