//! How much of what a budget allows, and how it fills again.
//! Knows nothing of whose it is.

use serde_spanned::Spanned;

use super::phase::value_texts;
use crate::json::Object;
use crate::limits;
use crate::manifest::Tool;
use crate::receipt::{Over, Unit};
use crate::source::Section;

/// `calls = 3`, `window_s = 86400`, or `bytes = 100000`, `refill = { amount = 1000, every_s = 60 }`.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// What is counted.
    pub unit: Unit,
    /// How much there is.
    pub limit: u64,
    /// How it fills again.
    pub over: Over,
    /// The argument whose different values are counted.
    pub(super) of: Option<Spanned<String>>,
}

const UNITS: [(&str, Unit); 4] = [
    ("calls", Unit::Calls),
    ("rows", Unit::Rows),
    ("bytes", Unit::Bytes),
    ("values", Unit::Values),
];

impl Allowance {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let mut given = Vec::new();
        for (word, unit) in UNITS {
            if section.has(word) {
                given.push((unit, section.count(word)?));
            }
        }
        let of = section.text("of");
        let window = section.has("window_s").then(|| section.count("window_s"));
        let refill = section
            .section("refill")
            .map(|mut refill| bucket(&mut refill));
        let (one, two) = (given.pop(), given.pop());
        let (Some((unit, limit)), None) = (one, two) else {
            let fix = "give exactly one of `calls`, `rows`, `bytes` and `values`";
            section.problem(section.span(), "a budget counts one thing", fix);
            return None;
        };
        let over = match (window, refill) {
            (Some(window), None) => self::window(section, window?),
            (None, Some(refill)) => refill,
            _ => {
                let fix = "give either `window_s` or `refill = { amount = …, every_s = … }`";
                section.problem(
                    section.span(),
                    "it is not said how the budget fills again",
                    fix,
                );
                None
            }
        };
        let most = match unit {
            Unit::Values => limits::BUDGET_VALUES_MAX,
            _ => limits::BUDGET_LIMIT_MAX,
        };
        if !(1..=most).contains(limit.get_ref()) {
            section.problem(limit.span(), "no such budget", format!("give 1 to {most}"));
            return None;
        }
        let over = over?;
        if over.booked(*limit.get_ref()) > limits::BUDGET_BOOKED_MAX {
            let fix = "give a smaller amount or a shorter period";
            section.problem(
                limit.span(),
                "no such budget: amount times period is too large",
                fix,
            );
            return None;
        }
        let this = Self {
            unit,
            limit: limit.into_inner(),
            over,
            of,
        };
        this.values_fit(section).then_some(this)
    }

    fn values_fit(&self, section: &mut Section<'_>) -> bool {
        let (message, fix) = match (self.unit, &self.of, self.over) {
            (Unit::Values, None, _) => (
                "values of which argument?",
                "name it: `of = \"customer_id\"`",
            ),
            (Unit::Values, Some(_), Over::Bucket { .. }) => (
                "different values are counted over a window",
                "give `window_s`",
            ),
            (Unit::Calls | Unit::Rows | Unit::Bytes, Some(_), _) => {
                ("`of` is for `values`", "leave it out")
            }
            _ => return true,
        };
        section.problem(section.span(), message, fix);
        false
    }

    /// The argument whose different values are counted.
    #[must_use]
    pub fn of(&self) -> Option<&str> {
        self.of.as_ref().map(|of| of.get_ref().as_str())
    }

    pub(super) fn spanned_of(&self) -> Option<&Spanned<String>> {
        self.of.as_ref()
    }

    /// The different values of a call, where they are counted.
    pub(super) fn values(&self, arguments: &Object) -> Option<Vec<String>> {
        let of = self.of()?;
        Some(value_texts(arguments.get(of)))
    }

    /// Whether what it counts can be counted of this tool.
    pub(super) fn can_count(&self, tool: &Tool) -> bool {
        match self.unit {
            Unit::Calls | Unit::Bytes => true,
            Unit::Rows => tool.result.rows.is_some(),
            Unit::Values => tool
                .arguments
                .iter()
                .any(|a| Some(a.name.as_str()) == self.of()),
        }
    }

    /// As agents and reviewers read it: `3 calls per day`, `10 calls at once and 5 more every minute`.
    #[must_use]
    pub fn words(&self) -> String {
        let what = match (self.unit, self.of(), self.limit) {
            (Unit::Calls, _, 1) => "call".to_owned(),
            (Unit::Rows, _, 1) => "row".to_owned(),
            (Unit::Bytes, _, 1) => "byte".to_owned(),
            (Unit::Values, Some(of), 1) => format!("value of {of}"),
            (Unit::Values, Some(of), _) => format!("different values of {of}"),
            (unit, _, _) => unit.as_str().to_owned(),
        };
        self.told(&format!("{} {what}", self.limit))
    }

    /// The short form for `tools/list`: `3 per day`; what is no call is named.
    #[must_use]
    pub fn note(&self) -> String {
        match self.unit {
            Unit::Calls => self.told(&self.limit.to_string()),
            _ => self.words(),
        }
    }

    fn told(&self, amount: &str) -> String {
        match self.over {
            Over::Window { seconds } => match period(seconds * 1_000) {
                (1, unit) => format!("{amount} per {unit}"),
                (n, unit) => format!("{amount} in {n} {unit}s"),
            },
            Over::Bucket { refill, every_ms } => match period(every_ms) {
                (1, unit) => format!("{amount} at once, then {refill} per {unit}"),
                (n, unit) => format!("{amount} at once, then {refill} in {n} {unit}s"),
            },
        }
    }
}

fn window(section: &mut Section<'_>, window: Spanned<u64>) -> Option<Over> {
    if !(1..=limits::BUDGET_WINDOW_S_MAX).contains(window.get_ref()) {
        let fix = format!("give 1 to {} seconds", limits::BUDGET_WINDOW_S_MAX);
        section.problem(window.span(), "no such window", fix);
        return None;
    }
    Some(Over::Window {
        seconds: window.into_inner(),
    })
}

fn bucket(section: &mut Section<'_>) -> Option<Over> {
    section.require("amount");
    section.require("every_s");
    let (amount, every) = (section.count("amount"), section.count("every_s"));
    let fits = |given: &Option<Spanned<u64>>, most: u64| {
        given
            .as_ref()
            .is_some_and(|given| (1..=most).contains(given.get_ref()))
    };
    if let (Some(every), false) = (&every, fits(&every, limits::BUDGET_REFILL_S_MAX)) {
        let fix = format!("give 1 to {} seconds", limits::BUDGET_REFILL_S_MAX);
        section.problem(every.span(), "no such period", fix);
    }
    if let (Some(amount), false) = (&amount, fits(&amount, limits::BUDGET_LIMIT_MAX)) {
        let fix = format!("give 1 to {}", limits::BUDGET_LIMIT_MAX);
        section.problem(amount.span(), "no such refill", fix);
    }
    Some(Over::Bucket {
        refill: amount?.into_inner(),
        every_ms: every?.into_inner().saturating_mul(1_000),
    })
}

/// A time in its largest whole unit.
fn period(ms: u64) -> (u64, &'static str) {
    let seconds = ms / 1_000;
    for (unit, name) in [(86_400, "day"), (3_600, "hour"), (60, "minute")] {
        if seconds >= unit && seconds.is_multiple_of(unit) {
            return (seconds / unit, name);
        }
    }
    (seconds, "second")
}
