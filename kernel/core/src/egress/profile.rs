//! Which types are looked for, and how each is masked.
//! Knows nothing of how they are found.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use super::kind::{Family, Kind};
use crate::policy::Operator;

/// Which types are on, each with its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    operators: Vec<Option<Operator>>,
}

/// Why a profile is not read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProfileFault {
    /// Not TOML, or keys that a profile does not have.
    #[error("{0}")]
    Syntax(String),
    /// A name that is no profile.
    #[error("`{0}` is not a profile; use `standard`, `strict`, `financial` or `health`")]
    Base(String),
    /// A name that is no type.
    #[error("`{0}` is not a type that can be found")]
    Type(String),
    /// A word that is no operator.
    #[error(
        "`{0}` is not an operator; use `redact`, `keep-last-4`, `token`, `hash`, `drop`, `withhold` or `off`"
    )]
    Operator(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(default = "standard_name")]
    base: String,
    default: Option<String>,
    #[serde(default)]
    mask: BTreeMap<String, String>,
}

fn standard_name() -> String {
    "standard".to_owned()
}

/// Types that the standard profile leaves alone: they name machines and firms more than people.
const OFF_IN_STANDARD: [Kind; 4] = [Kind::SWIFT_CODE, Kind::AU_ABN, Kind::AU_ACN, Kind::BR_CNPJ];

impl Profile {
    /// Every type of a person and every secret: tokens for what joins, redaction for what opens doors.
    #[must_use]
    pub fn standard() -> Self {
        let operators = Kind::built_in().map(|kind| {
            if OFF_IN_STANDARD.contains(&kind) {
                None
            } else {
                Some(standard_operator(kind))
            }
        });
        Self {
            operators: operators.collect(),
        }
    }

    /// Nothing is looked for but known secrets.
    #[must_use]
    pub(super) fn nothing() -> Self {
        Self {
            operators: Kind::built_in().map(|_| None).collect(),
        }
    }

    /// The built-in profile of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut profile = Self::standard();
        match name {
            "standard" => {}
            "strict" => {
                for kind in Kind::built_in() {
                    profile.set(kind, Some(Operator::Redact));
                }
            }
            "financial" => {
                for kind in Kind::built_in() {
                    if kind.family() == Family::Financial {
                        profile.set(kind, Some(Operator::Redact));
                    }
                }
            }
            "health" => {
                for kind in Kind::built_in() {
                    if matches!(kind.family(), Family::Health | Family::National)
                        || kind == Kind::DATE_OF_BIRTH
                    {
                        profile.set(kind, Some(Operator::Redact));
                    }
                }
            }
            _ => return None,
        }
        Some(profile)
    }

    /// Reads a profile: `base = "standard"`, `default = "token"` and a table `[mask]` of types to
    /// operators or `off`.
    ///
    /// # Errors
    /// The first thing in it that a profile does not have.
    pub fn parse(toml: &str) -> Result<Self, ProfileFault> {
        let source: Source =
            toml::from_str(toml).map_err(|fault| ProfileFault::Syntax(fault.to_string()))?;
        let mut profile =
            Self::named(&source.base).ok_or_else(|| ProfileFault::Base(source.base.clone()))?;
        if let Some(word) = source.default {
            let operator =
                Operator::parse(&word).ok_or_else(|| ProfileFault::Operator(word.clone()))?;
            for slot in profile.operators.iter_mut().flatten() {
                *slot = operator;
            }
        }
        for (name, word) in source.mask {
            // Known secrets never leave; there is nothing to choose.
            let kind = Kind::named(&name)
                .filter(|kind| *kind != Kind::SECRET)
                .ok_or(ProfileFault::Type(name))?;
            let operator = match word.as_str() {
                "off" => None,
                other => Some(Operator::parse(other).ok_or(ProfileFault::Operator(word))?),
            };
            profile.set(kind, operator);
        }
        Ok(profile)
    }

    /// How a type is masked; `None` where it is not looked for.
    #[must_use]
    pub fn operator(&self, kind: Kind) -> Option<Operator> {
        self.operators.get(kind.index()).copied().flatten()
    }

    fn set(&mut self, kind: Kind, operator: Option<Operator>) {
        if let Some(slot) = self.operators.get_mut(kind.index()) {
            *slot = operator;
        }
    }
}

fn standard_operator(kind: Kind) -> Operator {
    match kind.family() {
        Family::Secret => Operator::Redact,
        // Few digits: a token would let the agent tell the values apart and count them out.
        _ if matches!(kind, Kind::CREDIT_CARD_CVV | Kind::PIN) => Operator::Redact,
        _ => Operator::Token,
    }
}
