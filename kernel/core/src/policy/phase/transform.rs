//! `[[transform]]`: what must happen to an answer before it leaves.
//! Knows nothing of how it is done.

use std::collections::{BTreeMap, BTreeSet};

use serde_spanned::Spanned;

use super::{DetectRule, FieldRule, fields, limit};
use crate::inspect::{Fact, Output};
use crate::manifest::{Catalog, Label};
use crate::policy::engine::{Case, Opinion};
use crate::policy::when::{Condition, Scene, Truth};
use crate::policy::{
    ColumnMask, Detect, Head, LabelPattern, Obligations, Operator, Policy, ToolPattern,
};
use crate::source::{Section, did_you_mean};

/// Obliges the answer: masks by label, detectors over everything else, caps.
///
/// ```toml
/// [[transform]]
/// id = "pii-egress-mask"
/// label = "pii.*"                        # or a list
/// mask = { default = "token", "pii.ssn" = "redact", "pii.phone" = "keep-last-4" }
/// subject = "customers.id"               # whose the row is, for `date-shift-N`
/// detect = "standard"                    # detectors over what carries no label; or a table:
/// # detect = { profile = "standard", CREDIT_CARD = "keep-last-4", PHONE_NUMBER = "off" }
/// analyse = ["tickets__*"]               # tools whose answers an external analyser must see as well
/// row_max = 500                          # rows that may leave
/// byte_max = 1000000                     # bytes that may leave
/// change_max = 20                        # rows that one write may change
/// limit = 1000                           # rows that a query may give: a LIMIT in its own text
/// # tool, drop, rename: see [`FieldRule`]
/// ```
///
/// Masks are the words of [`Operator`]. A column that is computed from labelled data is redacted, dropped
/// or withheld, never shown in part. `search` is for free text: the column itself leaves searched by detectors. Where several rules speak of one column or type, the strictest wins;
/// of several caps the smallest holds. As soon as one rule masks, a label that
/// no rule names is redacted (`kernel.unlisted-label`): forgetting a label does not release it.
#[derive(Clone, Debug)]
pub struct Transform {
    /// Its id, and when it speaks.
    pub head: Head,
    /// Masks by label.
    pub mask: Option<Mask>,
    /// What the detectors look for.
    pub detect: Option<DetectRule>,
    /// Tools whose answers an external analyser must see.
    pub analyse: Vec<Spanned<ToolPattern>>,
    /// Fields that do not leave, or leave under another name.
    pub fields: Option<FieldRule>,
    /// Bounds on the answer.
    pub caps: Caps,
}

/// Masks by label.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Which labels.
    pub labels: Vec<Spanned<LabelPattern>>,
    /// What is done to labels that are not listed.
    pub default: Operator,
    /// What is done to these.
    pub by_label: BTreeMap<Label, Operator>,
    /// Where they are listed.
    pub listed: Vec<Spanned<Label>>,
    /// The column that says whose a row is, `table.column`: each subject's dates move by a number of its own.
    pub subject: Option<Spanned<String>>,
}

/// Bounds on an answer and on a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// Most rows that a query may give.
    pub limit: Option<u64>,
    /// Most rows that may leave.
    pub row_max: Option<u64>,
    /// Most bytes that may leave.
    pub byte_max: Option<u64>,
    /// Most rows that one write may change.
    pub change_max: Option<u64>,
}

const OPERATOR: &str = "such as `redact`, `keep-last-4`, `token`, `hash`, `drop` or `withhold`";
const COLUMN: &str = "a column such as `customers.id`";

impl Mask {
    /// What is done to this label, if the mask means it.
    #[must_use]
    pub fn operator(&self, label: &Label) -> Option<Operator> {
        let meant = self.labels.iter().any(|l| l.get_ref().covers(label));
        meant.then(|| self.by_label.get(label).copied().unwrap_or(self.default))
    }

    fn read(labels: Vec<Spanned<LabelPattern>>, section: &mut Section<'_>) -> Option<Self> {
        let mut default = None;
        let mut by_label = BTreeMap::new();
        let mut listed = Vec::new();
        for (key, word) in section.pairs("mask") {
            let Some(operator) = Operator::parse_for_label(word.get_ref()) else {
                let message = format!("`{}` is no mask", word.get_ref().escape_debug());
                let words = Operator::WORDS.into_iter().filter(|word| *word != "off");
                let words = words.chain(["search"]);
                section.problem(word.span(), message, did_you_mean(word.get_ref(), words));
                continue;
            };
            if key.get_ref() == "default" {
                default = Some(operator);
                continue;
            }
            let label = Label::parse(key.get_ref())
                .filter(|label| labels.iter().any(|pattern| pattern.get_ref().covers(label)));
            match label {
                Some(label) => {
                    listed.push(Spanned::new(key.span(), label.clone()));
                    by_label.insert(label, operator);
                }
                None => section.problem(
                    key.span(),
                    format!(
                        "`{}` is no label that this rule is about",
                        key.get_ref().escape_debug()
                    ),
                    "list labels that `label` covers, or widen `label`",
                ),
            }
        }
        if default.is_none() {
            section.problem(
                section.span(),
                "`mask` lacks `default`",
                format!("add `default`, {OPERATOR}"),
            );
        }
        let subject = section.parsed("subject", COLUMN, column);
        Some(Self {
            labels,
            default: default?,
            by_label,
            listed,
            subject,
        })
    }
}

impl Transform {
    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        let form = "a label such as `pii.email`, or `pii.*`, or `*`";
        let labels = section.parsed_list("label", form, LabelPattern::parse);
        let masks = section.has("mask");
        let mask = match (labels, masks) {
            (Some(labels), true) => Some(Mask::read(labels, section)?),
            (None, false) => None,
            _ => {
                section.skip(&["mask"]);
                section.problem(
                    section.span(),
                    "`label` and `mask` belong together",
                    "give both, or neither",
                );
                None
            }
        };
        let detects = section.has("detect");
        let detect = DetectRule::read(section);
        let analyses = section.has("analyse");
        let analyse = section.parsed_list("analyse", super::argument::TOOL, ToolPattern::parse);
        if analyses && analyse.is_none() {
            return None; // unreadable is not "no tool"
        }
        let shapes = section.has("drop") || section.has("rename");
        let fields = FieldRule::read(section);
        let mut cap = |key| section.count(key).map(Spanned::into_inner);
        let caps = Caps {
            limit: cap("limit"),
            row_max: cap("row_max"),
            byte_max: cap("byte_max"),
            change_max: cap("change_max"),
        };
        let found = |when: &Condition| {
            let mut asked = when.matchers().into_iter();
            asked
                .find(|one| one.get_ref().is_of_findings())
                .map(Spanned::span)
        };
        if let (Some(_), Some(at)) = (&mask, head.when.as_ref().and_then(found)) {
            section.problem(
                at,
                "a mask cannot depend on what is found in a call",
                "mask by `principal`, `tool`, `argument` or `time`; caps in a rule of their own may depend on facts",
            );
        }
        if mask.is_none() && !detects && !analyses && !shapes && caps == Caps::default() {
            section.problem(
                section.span(),
                "the rule demands nothing",
                "give `label` and `mask`, `detect`, `analyse`, `drop`, `rename`, or a cap",
            );
        }
        Some(Self {
            head,
            mask,
            detect,
            analyse: analyse.unwrap_or_default(),
            fields,
            caps,
        })
    }
}

/// `table.column`, both words.
fn column(text: &str) -> Option<String> {
    let (table, column) = text.rsplit_once('.')?;
    (!table.is_empty() && !column.is_empty()).then(|| text.to_owned())
}

/// What one label demands: the strictest operator, and the rule that asks for it.
struct Demand {
    operator: Operator,
    rule: String,
    subject: Option<String>,
}

impl Policy {
    /// The columns by which some rule tells whose a row is, as `table.column`.
    #[must_use]
    pub fn subject_columns(&self) -> BTreeSet<&str> {
        self.transforms()
            .filter_map(|rule| rule.mask.as_ref()?.subject.as_ref())
            .map(|subject| subject.get_ref().as_str())
            .collect()
    }

    /// The strictest mask for this label of the rules that speak; ties go to the rule that comes first by id.
    fn demand<'a>(
        &self,
        label: &Label,
        speaking: impl Iterator<Item = &'a Transform>,
    ) -> Option<Demand> {
        let mut strictest: Option<Demand> = None;
        for rule in speaking {
            let Some(mask) = &rule.mask else { continue };
            let Some(operator) = mask.operator(label) else {
                continue;
            };
            let stricter = strictest
                .as_ref()
                .is_none_or(|other| operator.strictness() > other.operator.strictness());
            if stricter {
                strictest = Some(Demand {
                    operator,
                    rule: rule.head.id.clone(),
                    subject: mask.subject.as_ref().map(|at| at.get_ref().clone()),
                });
            }
        }
        strictest.or_else(|| {
            self.masks().then(|| Demand {
                operator: Operator::Redact,
                rule: "kernel.unlisted-label".to_owned(),
                subject: None,
            })
        })
    }

    /// How a label is masked, as far as that is known before a call; `None` in the place of an operator where it
    /// depends on the call.
    pub(in crate::policy) fn mask_of(
        &self,
        label: &Label,
        scene: &Scene<'_>,
    ) -> Option<Option<Operator>> {
        let depends = self.transforms().any(|rule| {
            let meant = rule.mask.as_ref().and_then(|mask| mask.operator(label));
            meant.is_some() && scene.worth(&rule.head) == Truth::Unknown
        });
        let rules = self.transforms();
        let speaking = rules.filter(|rule| scene.worth(&rule.head) != Truth::No);
        let certain = self.demand(label, speaking)?;
        Some((!depends).then_some(certain.operator))
    }
}

/// Gathers what the answer owes.
pub(in crate::policy) fn oblige(case: &Case<'_>, opinion: &mut Opinion) {
    let mut limits: Vec<(u64, &str)> = Vec::new();
    for rule in case.among::<Transform>() {
        if !case.obliges(&rule.head, opinion) {
            continue;
        }
        limits.extend(rule.caps.limit.map(|most| (most, rule.head.id.as_str())));
        let owed = &mut opinion.terms.obligations;
        let caps = &rule.caps;
        owed.row_max = least(owed.row_max, caps.row_max);
        owed.byte_max = least(owed.byte_max, caps.byte_max);
        owed.change_max = least(owed.change_max, caps.change_max);
        owed.detect
            .extend(rule.detect.as_ref().map(DetectRule::owed));
        owed.analysed |= rule.analyse.iter().any(|p| p.get_ref().covers(case.tool));
        if let Some(fields) = &rule.fields {
            fields::oblige(fields, &rule.head, case, opinion);
        }
    }
    if let Some((most, rule)) = limits.into_iter().min() {
        opinion.terms.obligations.limit = Some(most);
        limit::oblige(most, rule, case, opinion);
    }
    let owed = &mut opinion.terms.obligations;
    owed.changes_told = case.asked.tool.wall && !uses_labels(case);
    owed.detect.sort();
    owed.detect.dedup();
    let masking = masking(case);
    let demanded = |label: &Label| case.policy.demand(label, masking.iter().copied());
    mask_outputs(case, &demanded, owed);
    if owed.detect.is_empty()
        && owed
            .columns
            .iter()
            .any(|mask| mask.operator == Operator::Search)
    {
        // A text that is to be searched is searched, whatever else a policy demands of detectors.
        owed.detect.push(Detect::standard());
    }
    owed.sources = sources(case, &demanded);
}

/// Whether labelled data decides which rows the call touches, as far as was derived.
fn uses_labels(case: &Case<'_>) -> bool {
    let mut facts = case.asked.findings.iter().map(|finding| &finding.fact);
    facts.any(|fact| {
        matches!(
            fact,
            Fact::Filters(_) | Fact::LooksUp(_) | Fact::Constrains(_)
        )
    })
}

/// How each labelled column is masked at its source: the manifest's and those that carry labels of what was copied
/// there. A label whose column is known to have gone on under another name is left out: a wall closes
/// a table that lacks a column which is to be masked.
fn sources(
    case: &Case<'_>,
    demanded: &impl Fn(&Label) -> Option<Demand>,
) -> Vec<(String, Label, Operator)> {
    let (system, catalog) = (case.asked.system, case.asked.catalog);
    let mut demands: BTreeMap<String, (Label, Operator)> = BTreeMap::new();
    let mut demand = |table: &str, column: &str, label: &Label| {
        let Some(demand) = demanded(label) else {
            return;
        };
        let source = [table, ".", column].concat();
        let known = demands.get(&source).map(|(_, known)| known.strictness());
        if known.is_none_or(|known| demand.operator.strictness() > known) {
            demands.insert(source, (label.clone(), demand.operator));
        }
    };
    for ((table, column), (label, _)) in &system.labels {
        if !catalog.is_some_and(|catalog| catalog.has_moved(table, column)) {
            demand(table, column, label);
        }
    }
    for (table, column) in catalog.into_iter().flat_map(Catalog::carriers) {
        for label in column.labels() {
            demand(
                &table.name.to_ascii_lowercase(),
                &column.name.to_ascii_lowercase(),
                label,
            );
        }
    }
    demands
        .into_iter()
        .map(|(source, (label, operator))| (source, label, operator))
        .collect()
}

/// The masks of the rules that speak of this call.
fn masking<'a>(case: &'a Case<'_>) -> Vec<&'a Transform> {
    let speaks = |rule: &&Transform| {
        rule.mask.is_some() && matches!(case.worth(&rule.head), Truth::Yes | Truth::Unreadable)
    };
    case.among::<Transform>().filter(speaks).collect()
}

fn mask_outputs(
    case: &Case<'_>,
    demanded: &impl Fn(&Label) -> Option<Demand>,
    owed: &mut Obligations,
) {
    let outputs = case.asked.outputs.unwrap_or_default();
    for (index, output) in outputs.iter().enumerate() {
        let mut mask: Option<ColumnMask> = None;
        // A sum that the engine's wall guards carries these labels no further.
        let guarded = |label: &&Label| {
            let terms = owed.measured.as_ref();
            output.summed.contains(*label) && terms.is_some_and(|m| m.labels.contains(*label))
        };
        for label in output.labels.iter().filter(|label| !guarded(label)) {
            let Some(Demand {
                operator,
                rule,
                subject,
            }) = demanded(label)
            else {
                continue;
            };
            let subject = subject.map(|column| whose(outputs, &column));
            let operator = match (operator, &subject) {
                _ if !output.bare => operator.on_computed(),
                // A row that does not say whose it is keeps no part of its dates.
                (Operator::DateShift(_), Some(None)) => Operator::Redact,
                (operator, _) => operator,
            };
            let stricter = mask
                .as_ref()
                .is_none_or(|other| operator.strictness() > other.operator.strictness());
            if stricter {
                mask = Some(ColumnMask {
                    index,
                    label: label.clone(),
                    operator,
                    rule,
                    subject: subject.flatten(),
                });
            }
        }
        owed.columns.extend(mask);
    }
}

/// The output that is this very column.
fn whose(outputs: &[Output], column: &str) -> Option<usize> {
    outputs.iter().position(|output| {
        output.bare && output.sources.len() == 1 && output.sources.iter().all(|s| s == column)
    })
}

fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
