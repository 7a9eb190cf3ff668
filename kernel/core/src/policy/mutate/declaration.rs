//! Changes of who there is: roles and principals.
//! Knows nothing of what they may do.

use serde_spanned::Spanned;

use super::change::Changes;
use crate::policy::Rule;
use crate::policy::people::{Member, Role};

pub(super) fn role(rule: &Role, changes: &mut Changes<'_>) {
    let Role { head, includes } = rule;
    for (place, included) in includes.iter().enumerate() {
        let included_name = included.get_ref();
        let change = format!("`{}` does not include `{included_name}`", head.id);
        let told = format!(
            "a case of somebody with the role `{}` that turns on `{included_name}`",
            head.id
        );
        let changed = Role {
            includes: without(includes, place),
            ..rule.clone()
        };
        changes.add(included.span(), change, told, Rule::Role(changed));
    }
}

pub(super) fn principal(rule: &Member, changes: &mut Changes<'_>) {
    let Member {
        head,
        roles,
        attributes,
    } = rule;
    for (place, role) in roles.iter().enumerate() {
        let change = format!("`{}` does not have the role `{}`", head.id, role.get_ref());
        let told = format!("a case of `{}` that turns on `{}`", head.id, role.get_ref());
        let changed = Member {
            roles: without(roles, place),
            ..rule.clone()
        };
        changes.add(role.span(), change, told, Rule::Principal(changed));
    }
    for (key, value) in attributes {
        let told = format!("a case of `{}` that turns on `{key}`", head.id);
        let mut left_out = rule.clone();
        left_out.attributes.remove(key);
        let change = format!("`{}` is without `{key}`", head.id);
        changes.add(
            changes.here(),
            change,
            told.clone(),
            Rule::Principal(left_out),
        );
        let mut other = rule.clone();
        let value_now = format!("{value}-");
        other.attributes.insert(key.clone(), value_now);
        let change = format!("`{key}` of `{}` is something else than `{value}`", head.id);
        changes.add(changes.here(), change, told, Rule::Principal(other));
    }
}

fn without(list: &[Spanned<String>], place: usize) -> Vec<Spanned<String>> {
    let rest = list.iter().enumerate().filter(|(at, _)| *at != place);
    rest.map(|(_, one)| one.clone()).collect()
}
