//! One question about a policy, as data.
//! Knows nothing of how it is answered.

use serde_spanned::Spanned;

use super::Leaving;
use crate::capability::Capability;
use crate::limits;
use crate::policy::LabelPattern;
use crate::policy::when::{Condition, list};
use crate::receipt;
use crate::source::{Problem, Section, Source};

/// Whether some call, of all that could be made, is permitted.
///
/// ```toml
/// [[ask]]
/// id = "people-stay-masked"
/// because = "only who has the role may see people"          # optional
/// never = { not = { role = "pii.read" }, label = "pii.*", leaves = "unmasked" }
///
/// [[ask]]
/// id = "gold-needs-evidence"
/// never = { capability = ["medallion:promote", "gold:write"], without_receipt = "silver_validation" }
///
/// [[ask]]
/// id = "work-can-be-done"
/// possible = { principal = "analyst-agent", tool = "postgres__execute", fact = { writes = "orders" } }
/// ```
///
/// The table names calls by the keys of `when`, `not` in front of any of them, and by these:
/// `leaves` (`unmasked`, `in-part`, `summed`, `masked`, or a list): a column of the labels that `label` names is in the
/// answer so; `without_receipt`: the permit stands on no receipt of this kind; `with_grant` and `without_grant`:
/// whether grants of the principal name the capability, wherever.
/// `never`: no such call is permitted. `possible`: at least one is.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its name in answers.
    pub id: String,
    /// Whether some call must be permitted, or none.
    pub sense: Sense,
    /// Why it is asked.
    pub because: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) leaves: Option<Leaves>,
    pub(super) without_receipt: Option<String>,
    pub(super) with_grant: Option<Capability>,
    pub(super) without_grant: Option<Capability>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// No such call is permitted.
    Never,
    /// Some such call is.
    Possible,
}

/// Which columns leave, and how.
#[derive(Clone, Debug)]
pub(super) struct Leaves {
    pub(super) labels: Vec<LabelPattern>,
    pub(super) how: Vec<Leaving>,
}

const CAPABILITY: &str = "a capability such as `pii:read`";

impl Ask {
    /// Reads a file of questions; `file` is its name in problems.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn parse(text: &str, file: &str) -> Result<Vec<Self>, Vec<Problem>> {
        Source::read(file, text, |root| {
            let sections = root.sections("ask");
            if sections.is_empty() || sections.len() > limits::PROVE_QUESTIONS_MAX {
                let message = format!("no question, or more than {}", limits::PROVE_QUESTIONS_MAX);
                root.problem(
                    0..0,
                    message,
                    "write each as `[[ask]]` with `never` or `possible`",
                );
            }
            let mut asks: Vec<Self> = Vec::new();
            for mut section in sections {
                let Some(ask) = Self::read(&mut section) else {
                    continue;
                };
                if asks.iter().any(|other| other.id == ask.id) {
                    let message = format!("question `{}` stands twice", ask.id.escape_debug());
                    section.problem(section.span(), message, "give each an id of its own");
                }
                asks.push(ask);
            }
            Some(asks)
        })
    }

    fn read(section: &mut Section<'_>) -> Option<Self> {
        let id = section.need_text("id");
        let because = section.text("because").map(Spanned::into_inner);
        let (never, possible) = (section.section("never"), section.section("possible"));
        let (sense, mut table) = match (never, possible) {
            (Some(table), None) => (Sense::Never, table),
            (None, Some(table)) => (Sense::Possible, table),
            _ => {
                let fix = "give either `never = { … }` or `possible = { … }`";
                section.problem(section.span(), "it is not clear what is asked", fix);
                return None;
            }
        };
        let leaves = leaves(&mut table)?;
        let without_receipt = table.parsed("without_receipt", "a kind of receipt", kind);
        let with_grant = table.parsed("with_grant", CAPABILITY, Capability::parse);
        let without_grant = table.parsed("without_grant", CAPABILITY, Capability::parse);
        let condition = Condition::among(&mut table).ok()?;
        let nothing = condition.is_none() && leaves.is_none() && without_receipt.is_none();
        if nothing && with_grant.is_none() && without_grant.is_none() {
            let fix = "name a `principal`, `tool`, `capability`, `label` or another circumstance";
            table.problem(table.span(), "the question is about every call", fix);
            return None;
        }
        Some(Self {
            id: id?.into_inner(),
            sense,
            because,
            condition,
            leaves,
            without_receipt: without_receipt.map(Spanned::into_inner),
            with_grant: with_grant.map(Spanned::into_inner),
            without_grant: without_grant.map(Spanned::into_inner),
        })
    }

    /// The question in words.
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts: Vec<String> = self.condition.iter().map(Condition::words).collect();
        if let Some(leaves) = &self.leaves {
            let labels = list(leaves.labels.iter().map(|label| label.as_str().to_owned()));
            let how = list(leaves.how.iter().map(|how| how.word().to_owned()));
            parts.push(format!("{labels} leaves {how}"));
        }
        let mut part = |word: &str, what: Option<&str>| {
            parts.extend(what.map(|what| format!("{word} {what}")));
        };
        part("without receipt", self.without_receipt.as_deref());
        part(
            "with a grant of",
            self.with_grant.as_ref().map(Capability::as_str),
        );
        part(
            "without a grant of",
            self.without_grant.as_ref().map(Capability::as_str),
        );
        let sense = match self.sense {
            Sense::Never => "never",
            Sense::Possible => "possible",
        };
        format!("{sense} {}", parts.join(", "))
    }
}

/// `leaves`, with the labels beside it; `None` is a problem that was noted.
fn leaves(table: &mut Section<'_>) -> Option<Option<Leaves>> {
    if !table.has("leaves") {
        return Some(None);
    }
    let form = "`unmasked`, `in-part`, `summed` or `masked`";
    let how = table.parsed_list("leaves", form, Leaving::parse);
    table.require("label");
    let label = "a label such as `pii.email`, or `pii.*`, or `*`";
    let labels = table.parsed_list("label", label, LabelPattern::parse);
    let inner =
        |list: Vec<Spanned<LabelPattern>>| list.into_iter().map(Spanned::into_inner).collect();
    Some(Some(Leaves {
        labels: inner(labels?),
        how: how?.into_iter().map(Spanned::into_inner).collect(),
    }))
}

fn kind(word: &str) -> Option<String> {
    let known = receipt::KINDS.contains(&word);
    known.then(|| word.to_owned())
}
