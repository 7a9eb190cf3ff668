//! `[[principal]]`: which roles a principal has, and what else is known of it.
//! Knows nothing of how a principal is identified.

use std::collections::BTreeMap;

use serde_spanned::Spanned;

use super::Role;
use super::role::ROLE;
use crate::policy::Head;
use crate::source::Section;

/// Declares a principal. Its name is the one that `aegis.toml` gives to who speaks; nothing here is read from a call.
///
/// ```toml
/// [[principal]]
/// name = "analyst-agent"
/// roles = ["analyst"]
/// attributes = { team = "risk" }         # for `when = { attribute = { team = "risk" } }`
/// ```
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub head: Head,
    /// Its roles.
    pub roles: Vec<Spanned<String>>,
    /// What else is known of it.
    pub attributes: BTreeMap<String, String>,
}

impl Member {
    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Self {
        let roles = section.parsed_list("roles", ROLE, Role::parse_name);
        let pairs = section.pairs("attributes").into_iter();
        Self {
            head,
            roles: roles.unwrap_or_default(),
            attributes: pairs
                .map(|(key, value)| (key.into_inner(), value.into_inner()))
                .collect(),
        }
    }
}
