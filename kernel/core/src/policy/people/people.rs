//! All roles and principals of a policy, with inheritance worked out.
//! Knows nothing of rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_spanned::Spanned;

use super::{Member, Role};
use crate::policy::parse::problem;
use crate::policy::{Declared, Rule};
use crate::source::{Problem, did_you_mean};

/// Who there is.
#[derive(Clone, Debug, Default)]
pub struct People {
    members: BTreeMap<String, Known>,
    roles: BTreeSet<String>,
}

/// What is known of one principal.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Its roles, and those that come with them.
    roles: BTreeSet<String>,
    attributes: BTreeMap<String, String>,
}

impl People {
    /// Works out who has which role. Unknown roles and circles are problems.
    pub(in crate::policy) fn of(declared: &[&Declared], problems: &mut Vec<Problem>) -> Self {
        let mut roles: BTreeMap<&str, (&Declared, &Role)> = BTreeMap::new();
        for one in declared {
            if let Rule::Role(role) = &one.rule {
                roles.insert(&role.head.id, (one, role));
            }
        }
        let known = |at: &Declared, role: &Spanned<String>, problems: &mut Vec<Problem>| {
            if !roles.contains_key(role.get_ref().as_str()) {
                let message = format!("no role `{}`", role.get_ref());
                let fix = did_you_mean(role.get_ref(), roles.keys().copied());
                problems.push(problem(at, role, message, fix));
            }
        };
        for (at, role) in roles.values() {
            for inner in &role.includes {
                known(at, inner, problems);
                if closure(&roles, [inner.get_ref().as_str()]).contains(&role.head.id) {
                    let message = format!("role `{}` includes itself", role.head.id);
                    let fix = "take one of the roles out of the circle".to_owned();
                    problems.push(problem(at, inner, message, fix));
                }
            }
        }
        let mut members = BTreeMap::new();
        for one in declared {
            let Rule::Principal(member) = &one.rule else {
                continue;
            };
            for role in &member.roles {
                known(one, role, problems);
            }
            let known = members.entry(member.head.id.clone());
            known.or_insert_with(|| of_member(&roles, member));
        }
        let roles = roles.keys().map(|name| (*name).to_owned()).collect();
        Self { members, roles }
    }

    /// Whether the principal has the role, by itself or through another one.
    #[must_use]
    pub fn has_role(&self, principal: &str, role: &str) -> bool {
        let member = self.members.get(principal);
        member.is_some_and(|member| member.roles.contains(role))
    }

    /// The roles that the principal has, by itself or through another one.
    pub fn roles_of(&self, principal: &str) -> impl Iterator<Item = &str> {
        let member = self.members.get(principal);
        let roles = member.into_iter().flat_map(|member| &member.roles);
        roles.map(String::as_str)
    }

    /// What is known of the principal, as names and values.
    pub fn attributes_of(&self, principal: &str) -> impl Iterator<Item = (&str, &str)> {
        let member = self.members.get(principal);
        let all = member.into_iter().flat_map(|member| &member.attributes);
        all.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// What is known of the principal under this name.
    #[must_use]
    pub fn attribute(&self, principal: &str, key: &str) -> Option<&str> {
        let attributes = &self.members.get(principal)?.attributes;
        attributes.get(key).map(String::as_str)
    }

    /// The roles that are declared.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(String::as_str)
    }

    /// The principals that are declared.
    pub fn principals(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// What is known of anybody, as names and values.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.members.values().flat_map(|member| &member.attributes);
        all.map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

fn of_member(roles: &BTreeMap<&str, (&Declared, &Role)>, member: &Member) -> Known {
    let own = member.roles.iter().map(|role| role.get_ref().as_str());
    Known {
        roles: closure(roles, own),
        attributes: member.attributes.clone(),
    }
}

/// The roles and all that come with them; each is looked at once, so that circles end.
fn closure<'a>(
    roles: &BTreeMap<&str, (&'a Declared, &'a Role)>,
    begin: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = begin.into_iter().collect();
    while let Some(name) = open.pop() {
        if found.insert(name.to_owned())
            && let Some((_, role)) = roles.get(name)
        {
            open.extend(role.includes.iter().map(|inner| inner.get_ref().as_str()));
        }
    }
    found
}
