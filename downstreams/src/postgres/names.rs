//! Sets of names as a grant gives them: all, or a list.
//! Knows nothing of what is named.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// Which names are meant. Compared as SQLite compares identifiers: ASCII letters fold, others do
/// not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names {
    All,
    Listed(BTreeSet<String>),
}

impl Names {
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(names) => names.contains(&name.to_ascii_lowercase()),
        }
    }

    /// Whether nothing is meant.
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Listed(names) if names.is_empty())
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::Listed(BTreeSet::new())
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Star(String),
            List(Vec<String>),
        }
        match Form::deserialize(deserializer)? {
            Form::Star(star) if star == "*" => Ok(Self::All),
            Form::Star(_) => Err(D::Error::custom("neither `*` nor a list")),
            Form::List(names) => Ok(Self::Listed(
                names
                    .into_iter()
                    .map(|name| name.to_ascii_lowercase())
                    .collect(),
            )),
        }
    }
}
