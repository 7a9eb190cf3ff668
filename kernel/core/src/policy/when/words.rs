//! A condition in words, for tables that people review: `tool s3__* and not time mon-fri 08:00-18:00 UTC`.
//! Knows nothing of what a condition comes to.

use super::hours::{DAY, DAYS};
use super::{ArgumentTest, Condition, FactPattern, Hours, Matcher};
use crate::policy::phase::Check;

impl Condition {
    /// The condition in words, the same for the same condition, whatever its layout.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::Not(part) => format!("not {}", part.inner_words()),
            Self::Is(matcher) => matcher.get_ref().words(),
        }
    }

    fn inner_words(&self) -> String {
        match self {
            Self::All(parts) | Self::Any(parts) if parts.len() > 1 => format!("({})", self.words()),
            _ => self.words(),
        }
    }
}

/// The order of parts says nothing, so it is not shown.
fn joined(parts: &[Condition], between: &str) -> String {
    let mut words: Vec<String> = parts.iter().map(Condition::inner_words).collect();
    words.sort_unstable();
    words.dedup();
    words.join(between)
}

impl Matcher {
    /// The question in words.
    #[must_use]
    pub fn words(&self) -> String {
        let said = match self {
            Self::Principal(names) | Self::Role(names) => {
                list(names.iter().map(|n| n.get_ref().clone()))
            }
            Self::Attribute(key, values) => {
                format!("{} = {}", key.get_ref(), list(values.iter().cloned()))
            }
            Self::Tool(tools) => list(tools.iter().map(|t| t.get_ref().as_str().to_owned())),
            Self::Capability(all) => list(all.iter().map(|c| c.get_ref().as_str().to_owned())),
            Self::Fact(pattern) => return pattern.words(),
            Self::Label(labels) => list(labels.iter().map(|l| l.get_ref().as_str().to_owned())),
            Self::Argument(test) => test.words(),
            Self::Time(hours) => hours.words(),
        };
        format!("{} {said}", self.word())
    }
}

/// Names in one order, however they were written.
pub(in crate::policy) fn list(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.join("|")
}

impl FactPattern {
    /// `writes customers`, `writes all but customers`.
    #[must_use]
    pub fn words(&self) -> String {
        let but = if self.subjects.except { "all but " } else { "" };
        let subjects = list(self.subjects.patterns.iter().cloned());
        format!("{} {but}{subjects}", self.kind)
    }
}

impl ArgumentTest {
    /// `limit at most 10`, `after given`.
    #[must_use]
    pub fn words(&self) -> String {
        let name = self.name.get_ref().as_str();
        match self.given {
            Some(true) => format!("{name} given"),
            Some(false) => format!("{name} left out"),
            None => {
                let checks = self.checks.iter().map(|check| check.get_ref());
                format!("{name} {}", Check::all_words(checks))
            }
        }
    }
}

impl Hours {
    /// `mon-fri 08:00-18:00 UTC`.
    #[must_use]
    pub fn words(&self) -> String {
        let minute = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let mut words = vec![self.days_words()];
        if (self.from, self.to) != (0, DAY) {
            words.push(format!("{}-{}", minute(self.from), minute(self.to)));
        }
        words.push(match self.zone {
            0 => "UTC".to_owned(),
            zone => {
                let sign = if zone < 0 { '-' } else { '+' };
                format!("{sign}{}", minute(zone.unsigned_abs()))
            }
        });
        words.join(" ")
    }

    /// Days that follow each other are a range.
    fn days_words(&self) -> String {
        let mut ranges: Vec<String> = Vec::new();
        let mut begin: Option<(&str, &str)> = None;
        for (day, meant) in DAYS.iter().zip(self.days).chain([(&"", false)]) {
            begin = match (begin, meant) {
                (None, false) => None,
                (None, true) => Some((day, day)),
                (Some((first, _)), true) => Some((first, day)),
                (Some((first, last)), false) => {
                    ranges.push(match first == last {
                        true => first.to_owned(),
                        false => format!("{first}-{last}"),
                    });
                    None
                }
            };
        }
        match ranges.join(",") {
            all if all == "mon-sun" => "every day".to_owned(),
            some => some,
        }
    }
}
