//! A decision in the words that cases use.
//! Knows nothing of what was expected.

use std::collections::{BTreeMap, BTreeSet};

use aegis_core::denial::Denial;
use aegis_core::policy::{ColumnMask, Detect, GroupTerms, Obligations, Shadow, Terms};
use aegis_core::receipt::{Back, Charge};

/// The keys whose values are lists.
pub(super) const LISTS: [&str; 11] = [
    "objections",
    "masks",
    "mask_rules",
    "drop",
    "rename",
    "detect",
    "charges",
    "lookups",
    "small_groups",
    "spends",
    "shadows",
];

/// A decision, by the keys of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    texts: BTreeMap<&'static str, String>,
    lists: BTreeMap<&'static str, Vec<String>>,
}

impl Told {
    pub(super) fn of(answer: &Result<Terms, Denial>, shadows: &[Shadow]) -> Self {
        let mut this = match answer {
            Ok(terms) => Self::permit(terms),
            Err(denial) => Self::denial(denial),
        };
        let shadows = shadows.iter().map(|shadow| shadow.rule.clone()).collect();
        this.lists.insert("shadows", shadows);
        this
    }

    fn denial(denial: &Denial) -> Self {
        let first = denial.first();
        let texts = [
            ("decision", "deny"),
            ("rule", first.rule.as_ref()),
            ("phase", first.phase.as_str()),
            ("reason", first.reason.as_ref()),
            ("fix", first.fix.as_ref()),
        ];
        let all: BTreeSet<String> = denial.all().map(|one| one.rule.to_string()).collect();
        Self {
            texts: texts
                .into_iter()
                .map(|(key, text)| (key, text.to_owned()))
                .collect(),
            lists: BTreeMap::from([("objections", all.into_iter().collect())]),
        }
    }

    fn permit(terms: &Terms) -> Self {
        let Terms {
            obligations,
            spends,
            charges,
            statement,
        } = terms;
        let Obligations {
            columns,
            sources: _, // what the engine's wall is told of the same masks
            detect,
            analysed,
            small_groups,
            fields,
            row_max,
            byte_max,
            change_max,
            limit,
            changes_told: _, // of the tool and the statement, not of rules
            measured,
            lookups,
        } = obligations;
        let cap = |cap: &Option<u64>| cap.map_or("-".to_owned(), |cap| cap.to_string());
        let caps = [row_max, byte_max, change_max].map(cap).join(" ");
        let measured = measured.as_ref().map_or("none".to_owned(), |measured| {
            let columns: Vec<&str> = measured.columns.iter().map(String::as_str).collect();
            let (rows_min, share_max) = (measured.rows_min, measured.share_max);
            format!("{rows_min} {share_max} {}", columns.join(" "))
        });
        let rules = columns
            .iter()
            .map(|mask| format!("{} {}", mask.index, mask.rule));
        let texts = [
            ("decision", "permit".to_owned()),
            ("caps", caps),
            ("limit", cap(limit)),
            (
                "statement",
                statement
                    .as_ref()
                    .map_or(String::new(), |one| one.text.clone()),
            ),
            ("measured", measured),
            ("analysed", analysed.to_string()),
        ];
        let lists = [
            ("masks", columns.iter().map(mask).collect()),
            ("mask_rules", rules.collect()),
            (
                "drop",
                fields.dropped().map(|one| one.to_string()).collect(),
            ),
            (
                "rename",
                fields.renamed().map(|one| one.to_string()).collect(),
            ),
            ("detect", detect.iter().map(looked_for).collect()),
            ("charges", charges.iter().map(charge).collect()),
            ("lookups", lookups.iter().map(ToString::to_string).collect()),
            ("small_groups", small_groups.iter().map(groups).collect()),
            ("spends", spends.iter().map(|one| one.id.clone()).collect()),
        ];
        Self {
            texts: texts.into_iter().collect(),
            lists: lists.into_iter().collect(),
        }
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.texts.get(key).map_or("", String::as_str)
    }

    pub(super) fn list(&self, key: &str) -> &[String] {
        self.lists.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether it is the same decision, by the same rules and with the same obligations, whatever its words.
    pub(super) fn decides_as(&self, other: &Self) -> bool {
        let words = ["reason", "fix"];
        let key = self.differs_but(other, &words);
        key.is_none()
    }

    /// The first key in which two decisions differ.
    pub(super) fn differs(&self, other: &Self) -> Option<&'static str> {
        self.differs_but(other, &[])
    }

    fn differs_but(&self, other: &Self, but: &[&str]) -> Option<&'static str> {
        let keys = self.texts.keys().chain(other.texts.keys());
        let mut keys = keys.copied().filter(|key| !but.contains(key));
        let texts = keys.find(|key| self.text(key) != other.text(key));
        let keys = || self.lists.keys().chain(other.lists.keys()).copied();
        texts.or_else(|| keys().find(|key| self.list(key) != other.list(key)))
    }
}

/// `account amount`, and what is given back, where anything is.
fn charge(charge: &Charge) -> String {
    let back = match charge.back {
        Back::Never => "",
        Back::Unsent => " unsent",
        Back::Failed => " failed",
        Back::Unused(_) => " unused",
    };
    format!("{} {}{back}", charge.account, charge.amount)
}

/// Output column, label and operator; whose row it is, where dates move by subject.
fn mask(mask: &ColumnMask) -> String {
    let subject = mask.subject.map_or(String::new(), |at| format!(" by {at}"));
    format!("{} {} {}{subject}", mask.index, mask.label, mask.operator)
}

/// A profile, and how it differs.
fn looked_for(detect: &Detect) -> String {
    let types = detect.by_type.iter().map(|(name, operator)| {
        let word = operator.map_or("off".into(), |operator| operator.word());
        format!(" {name}={word}")
    });
    format!("{}{}", detect.profile, types.collect::<String>())
}

/// Rule, column of the count, columns of the group and the least size.
fn groups(terms: &GroupTerms) -> String {
    let total = terms.total.as_deref();
    let total = total.map_or(String::new(), |total| format!(" total {total}"));
    let by = terms.by.join(",");
    format!("{} {} {by} {}{total}", terms.rule, terms.count, terms.k)
}
