//! `[[lookup]]`: who may look rows up by one exact value of a labelled column, and how often.
//! Knows nothing of how a statement was read, nor of how the engine compares.

use std::collections::BTreeSet;

use serde_spanned::Spanned;

use crate::capability::Capability;
use crate::inspect::Fact;
use crate::manifest::{Label, System};
use crate::policy::engine::{Case, Opinion};
use crate::policy::people::{People, Who};
use crate::policy::when::Truth;
use crate::policy::{Budget, Head, LabelPattern};
use crate::receipt::Back;
use crate::source::Section;

/// Lets a principal use `column = value` of a labelled column, which is else an oracle.
///
/// ```toml
/// [[lookup]]
/// id = "find-by-email"
/// principal = "support-agent"            # as in a grant
/// label = "pii.email"                    # never a measure
/// budget = { calls = 20, window_s = 86400 }
/// ```
///
/// A grant of its own kind, of `AREA:lookup` for these labels and nothing else. A statement looks up when it is one
/// select from one base table, `column = value` stands alone or joined by AND at the top of its WHERE, the value is a
/// text, a whole number or a parameter, and nothing else in it uses labelled data to choose, order or group rows.
/// It speaks only where the tool has a wall (`wall = true`): the engine compares the stored value byte by byte,
/// shows the rows that have it, and confirms that it did. Outputs stay masked. To whom no such rule
/// speaks, and for any other use, the condition is a filter (`AREA:filter`) like any other.
///
/// Each look-up costs one call of the budget of every rule that covers the label, whether a row is found or not
/// and whether the call then fails or not: guessing is the attack. Choose labels with many possible values. A
/// value that can be guessed within the budget (a birthday, a postcode, a city) is told by it.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Its id, and when it speaks.
    pub head: Head,
    /// Who.
    pub who: Who,
    /// Which labels.
    pub labels: Vec<Spanned<LabelPattern>>,
    /// How often.
    pub budget: Budget,
}

impl Lookup {
    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        let who = Who::read(section);
        section.require("label");
        let form = "a label such as `pii.email`, or `pii.*`";
        let labels = section.parsed_list("label", form, LabelPattern::parse);
        let budget = Budget::read(section);
        Some(Self {
            head,
            who: who?,
            labels: labels?,
            budget: budget?,
        })
    }

    /// Whether it speaks of this principal and label, which is no measure of the system.
    pub(in crate::policy) fn is_for(
        &self,
        (principal, people): (&str, &People),
        label: &Label,
        system: &System,
    ) -> bool {
        let measured = || {
            let mut labels = system.labels.values();
            labels.any(|(known, measure)| *measure && known == label)
        };
        self.who.means(principal, people)
            && self.labels.iter().any(|l| l.get_ref().covers(label))
            && !measured()
    }
}

/// Who asks, among all that there are.
fn asked_by<'a>(case: &Case<'a>) -> (&'a str, &'a People) {
    (case.asked.principal.id(), case.policy.people())
}

/// The rules that let the principal of a call look up by this label with its tool.
fn rules_for<'a>(case: &'a Case<'_>, label: &Label) -> Vec<&'a Lookup> {
    let asked = case.asked;
    let meant = |rule: &&Lookup| {
        asked.tool.wall
            && rule.is_for(asked_by(case), label, asked.system)
            && case.worth(&rule.head) == Truth::Yes
    };
    case.among::<Lookup>().filter(meant).collect()
}

/// The labels that a call looks up by, and whether rules let it.
fn wanted<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a Label, bool)> {
    case.asked.findings.iter().filter_map(|finding| {
        let Fact::LooksUp(label) = &finding.fact else {
            return None;
        };
        Some((label, !rules_for(case, label).is_empty()))
    })
}

/// What a look-up needs where no rule speaks of it: it is a filter.
pub(in crate::policy) fn unruled(case: &Case<'_>) -> Vec<Capability> {
    wanted(case)
        .filter(|(_, ruled)| !ruled)
        .map(|(label, _)| Capability::known(label.area(), Capability::FILTER))
        .collect()
}

/// Whether rules grant the capability: it is what every look-up of its area needs, and each has a rule.
pub(in crate::policy) fn grants(case: &Case<'_>, capability: &Capability) -> bool {
    let mut here = wanted(case)
        .filter(|(label, _)| capability.is(label.area(), Capability::LOOKUP))
        .peekable();
    let declared = case.asked.tool.capabilities.contains(capability);
    here.peek().is_some() && here.all(|(_, ruled)| ruled) && !declared
}

/// Notes that the engine is to look up, and what that costs.
pub(in crate::policy) fn admit(case: &Case<'_>, opinion: &mut Opinion) {
    let labels: BTreeSet<&Label> = wanted(case)
        .filter(|(_, ruled)| *ruled)
        .map(|(label, _)| label)
        .collect();
    for label in labels {
        for rule in rules_for(case, label) {
            let about = (rule.head.id.as_str(), label.as_str());
            rule.budget.reserve(case, opinion, about, Back::Never);
        }
        let lookups = &mut opinion.terms.obligations.lookups;
        lookups.insert(label.clone());
    }
}

/// What helps instead of a filter: to leave alone what the table's own rules look at, and the look-ups that this
/// principal has in the capability's area.
pub(in crate::policy) fn instead(case: &Case<'_>, capability: &Capability) -> String {
    let system = case.asked.system;
    let mut hints = BTreeSet::new();
    let constrained = constrained(case, capability);
    for ((table, column), (label, _)) in &system.labels {
        let meant =
            !constrained || facts(case).any(|fact| *fact == Fact::Constrains(label.clone()));
        if !meant || !capability.is(label.area(), Capability::FILTER) {
            continue;
        }
        let rules = rules_for(case, label).into_iter();
        if let Some(least) = rules.map(|rule| rule.budget).min_by_key(|b| b.calls) {
            let how = match constrained {
                true => format!(
                    "write one row that gives `{table}.{column}`, or what refers to it, one constant or parameter, without a conflict target, and overwrite nothing"
                ),
                false => format!(
                    "select from `{table}` alone, with `WHERE {column} = '…'` and nothing else about labelled columns"
                ),
            };
            hints.insert(format!(
                "; a look-up by equality on `{table}.{column}` is permitted {} times in {} seconds: {how}",
                least.calls, least.window_s
            ));
        }
    }
    let told = constrained.then(|| CONSTRAINED.to_owned());
    told.into_iter()
        .chain(hints.into_iter().take(HINTS_MAX))
        .collect()
}

fn facts<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Fact> {
    case.asked.findings.iter().map(|finding| &finding.fact)
}

/// Whether it is a rule of a table that compares labelled data of this area.
fn constrained(case: &Case<'_>, capability: &Capability) -> bool {
    facts(case).any(|fact| {
        matches!(fact, Fact::Constrains(label) if capability.is(label.area(), Capability::FILTER))
    })
}

/// What a write is told that a constraint could refuse.
const CONSTRAINED: &str = "; a UNIQUE column, a foreign key or a CHECK over personal or otherwise labelled columns decides whether this \
     write goes through, and that would tell of values that are there: leave those columns as they are, or ask an \
     operator for a `[[lookup]]` rule";

/// How many columns a denial names.
const HINTS_MAX: usize = 4;
