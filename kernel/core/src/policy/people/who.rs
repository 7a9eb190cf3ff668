//! Whom a rule that grants is for.
//! Knows nothing of what it grants.

use serde_spanned::Spanned;

use super::role::ROLE;
use super::{People, Role};
use crate::principal::Principal;
use crate::source::Section;

/// Principals by name, and by the roles that they have.
#[derive(Clone, Debug)]
pub struct Who {
    /// By name; `*` is anyone.
    pub principals: Vec<Spanned<String>>,
    /// By role.
    pub roles: Vec<Spanned<String>>,
}

const PRINCIPAL: &str = "a principal of 1 to 64 of `A-Z a-z 0-9 . _ @ -`, or `*`";

impl Who {
    /// Whether this principal is meant.
    #[must_use]
    pub fn means(&self, principal: &str, people: &People) -> bool {
        let named = |name: &Spanned<String>| name.get_ref() == "*" || name.get_ref() == principal;
        self.principals.iter().any(named)
            || self
                .roles
                .iter()
                .any(|role| people.has_role(principal, role.get_ref()))
    }

    /// Whoever it is.
    pub(in crate::policy) fn anyone(at: std::ops::Range<usize>) -> Self {
        Self {
            principals: vec![Spanned::new(at, "*".to_owned())],
            roles: Vec::new(),
        }
    }

    /// Reads `principal`, `principals`, `role` and `roles`: one at least, and each sort once.
    pub(in crate::policy) fn read(section: &mut Section<'_>) -> Option<Self> {
        let name = |text: &str| (text == "*" || Principal::is_name(text)).then(|| text.to_owned());
        let stated = ["principal", "principals", "role", "roles"].map(|key| section.has(key));
        let one = section.parsed_list("principal", PRINCIPAL, name);
        let many = section.parsed_list("principals", PRINCIPAL, name);
        let role = section.parsed_list("role", ROLE, Role::parse_name);
        let roles = section.parsed_list("roles", ROLE, Role::parse_name);
        if matches!(
            stated,
            [true, true, ..] | [.., true, true] | [false, false, false, false]
        ) {
            section.problem(
                section.span(),
                format!("{} says once for whom it is", section.place()),
                "give `principal` or `principals`, `role` or `roles`",
            );
            return None;
        }
        let read = [
            one.is_some(),
            many.is_some(),
            role.is_some(),
            roles.is_some(),
        ];
        (read == stated).then(|| Self {
            principals: one.or(many).unwrap_or_default(),
            roles: role.or(roles).unwrap_or_default(),
        })
    }
}
