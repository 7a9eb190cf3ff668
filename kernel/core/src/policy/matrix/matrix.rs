//! The matrix of principals and tools.
//! Knows nothing of how it is shown but as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Line, Row};
use crate::manifest::{Manifests, System, Tool};
use crate::policy::Policy;
use crate::policy::when::Scene;

/// Every principal with every tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// By principal: what it is said to be, and its rows by tool.
    pub principals: BTreeMap<String, (String, Vec<Row>)>,
}

impl Policy {
    /// What each of these principals may do with each tool, and by which rules; `*` is anyone else. Rules that are
    /// only watched have no word in it.
    #[must_use]
    pub fn matrix(&self, principals: &BTreeSet<String>, manifests: &Manifests) -> Matrix {
        let rows = |name: &String| {
            let tools = manifests.tools();
            tools
                .map(|(full_name, system, tool)| self.row(name, full_name, system, tool))
                .collect()
        };
        let one = |name: &String| (name.clone(), (self.described(name), rows(name)));
        Matrix {
            principals: principals.iter().map(one).collect(),
        }
    }

    /// Roles and attributes, in words.
    fn described(&self, principal: &str) -> String {
        let people = self.people();
        let roles: Vec<&str> = people
            .roles()
            .filter(|role| people.has_role(principal, role))
            .collect();
        let keys: BTreeSet<&str> = people.attributes().map(|(key, _)| key).collect();
        let attributes: Vec<String> = keys
            .into_iter()
            .filter_map(|key| Some(format!("{key} = {}", people.attribute(principal, key)?)))
            .collect();
        let part = |word: &str, parts: String| match parts.is_empty() {
            true => String::new(),
            false => format!("; {word} {parts}"),
        };
        format!(
            "{}{}",
            part("roles", roles.join(", ")),
            part("attributes", attributes.join(", "))
        )
    }

    fn row(&self, principal: &str, full_name: String, system: &System, tool: &Tool) -> Row {
        let scene = Scene {
            principal,
            people: self.people(),
            tool: &full_name,
            call: None,
        };
        let mut denied = self.ungranted(&scene, tool);
        if denied.is_none() {
            denied = self.blocked(&scene, tool);
        }
        let lines: Vec<Line> = match denied {
            Some(_) => Vec::new(),
            None => {
                let mut lines = self.capability_lines(&scene, system, tool);
                lines.extend(self.argument_lines(&scene, tool));
                lines.extend(self.priced_lines(&scene, system, tool));
                lines.extend(self.leaving_lines(&scene, system, tool));
                lines
            }
        };
        Row {
            tool: full_name,
            permitted: denied.is_none(),
            denied,
            lines,
        }
    }
}

impl Matrix {
    /// The table as text, the same for the same authority: one block a principal, `+` permitted at times at least, `-` never.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        for (name, (described, rows)) in &self.principals {
            let who = match name.as_str() {
                "*" => "anyone else",
                name => name,
            };
            let _ = writeln!(text, "\nprincipal {who}{described}");
            for row in rows {
                match &row.denied {
                    Some(why) => {
                        let _ = writeln!(text, "- {}: {why}", row.tool);
                    }
                    None => {
                        let _ = writeln!(text, "+ {}", row.tool);
                    }
                }
                for line in &row.lines {
                    let _ = writeln!(text, "    {:<22} {}", line.about, line.how);
                }
            }
        }
        text.trim_start_matches('\n').to_owned()
    }
}
