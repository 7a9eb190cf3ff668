//! `[[small_groups]]`: rows that stand for few people do not leave, nor does what would give them away.
//! Knows nothing of how rows are suppressed.

use serde_spanned::Spanned;

use super::argument;
use crate::limits;
use crate::policy::engine::{Case, Opinion};
use crate::policy::{GroupTerms, Head, ToolPattern};
use crate::source::Section;

/// Suppresses small groups in the answers of tools whose rows are groups with a count.
///
/// ```toml
/// [[small_groups]]
/// id = "cells-of-eleven"
/// tool = ["stats__*"]                # tools with `result.rows`, without a `sql` argument
/// count = "patients"                 # how many people are behind a row
/// by = ["region", "sex"]             # what names the group, at most four columns
/// total = "All"                      # optional: what stands in a `by` column of a row that sums over it
/// k = 11                             # a group of 1 to k - 1 is small; at least 3, default 11
/// ```
///
/// Of a suppressed row its group stays and every other column becomes `null`; the answer says `suppressed`. Zero
/// stays: it names nobody. Every total of the rows, over each of the columns and over any of them together, counts as
/// known, whether or not the answer holds it: where a subtraction would give a small group away, the smallest
/// further rows are suppressed as well, and totals last. Where that is not enough, where a row has no group or no
/// count, and where two rows are of one group, the answer is withheld by the rule's id.
#[derive(Clone, Debug)]
pub struct SmallGroups {
    /// Its id, and when it speaks.
    pub head: Head,
    /// Which tools.
    pub tools: Vec<Spanned<ToolPattern>>,
    /// What it asks of their rows.
    pub terms: GroupTerms,
}

impl SmallGroups {
    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        section.require("tool");
        section.require("by");
        let tools = section.parsed_list("tool", argument::TOOL, ToolPattern::parse);
        let count = section.need_text("count");
        let by = section.parsed_list("by", "a column such as `region`", column);
        let total = section.text("total");
        let k = section.count("k");
        let few = |k: &&Spanned<u64>| *k.get_ref() < limits::SMALL_GROUP_MIN;
        if let Some(k) = k.as_ref().filter(few) {
            let fix = format!("give at least {}", limits::SMALL_GROUP_MIN);
            section.problem(k.span(), "a group of so few names people", fix);
        }
        let (count, by) = (count?, by?);
        if by.len() > limits::SMALL_GROUP_COLUMNS_MAX {
            let message = format!("more than {} columns", limits::SMALL_GROUP_COLUMNS_MAX);
            section.problem(section.span(), message, "name those that make the group");
        }
        let by: Vec<String> = by.into_iter().map(Spanned::into_inner).collect();
        if by.contains(count.get_ref()) {
            let message = "the count does not name the group";
            section.problem(count.span(), message, "leave it out of `by`");
        }
        Some(Self {
            terms: GroupTerms {
                rule: head.id.clone(),
                count: count.into_inner(),
                by,
                total: total.map(Spanned::into_inner),
                k: k.map_or(limits::SMALL_GROUP_K, Spanned::into_inner),
            },
            head,
            tools: tools?,
        })
    }

    /// Whether it speaks of this tool.
    #[must_use]
    pub fn covers(&self, tool: &str) -> bool {
        self.tools
            .iter()
            .any(|pattern| pattern.get_ref().covers(tool))
    }
}

fn column(text: &str) -> Option<String> {
    (!text.is_empty() && text.len() <= limits::NAME_BYTES_MAX).then(|| text.to_owned())
}

/// Notes what the answer's rows owe.
pub(in crate::policy) fn oblige(case: &Case<'_>, opinion: &mut Opinion) {
    for rule in case.among::<SmallGroups>() {
        if rule.covers(case.tool) && case.obliges(&rule.head, opinion) {
            let owed = &mut opinion.terms.obligations.small_groups;
            owed.push(rule.terms.clone());
        }
    }
}
