//! `[[argument]]`: what the arguments of a tool may be.
//! Knows nothing of SQL; statements are judged by their facts.

use serde_spanned::Spanned;

use super::{Check, Said};
use crate::denial::{Objection, Phase};
use crate::json::Json;
use crate::manifest::Tool;
use crate::policy::engine::{Case, Opinion};
use crate::policy::{ArgumentPath, Head, ToolPattern};
use crate::source::Section;

pub(in crate::policy) const ARGUMENT: &str =
    "an argument such as `limit`, or one inside it such as `/params/0`";
pub(super) const TOOL: &str = "a tool such as `postgres__query`, or `postgres__*`, or `*`";

/// Limits one argument of some tools. Every check that is given must hold.
///
/// ```toml
/// [[argument]]
/// id = "writes-stay-in-silver"
/// tool = "s3__put_object"                # or a list, or `s3__*`
/// argument = "key"
/// prefix = ["silver", "bronze"]          # path components, never text: `silver_x` is not in `silver`
/// # equals = …        exactly this value
/// # one_of = […]      one of these values
/// # min = 1, max = 9  numbers
/// # length = { min = 1, max = 80 }       characters, or items of a list
/// # matches = "[a-z]+"                   the whole text, linear-time
/// # glob = ["silver/*.csv", "tmp/**"]    the whole path or text: `*` within a component, `**` over them, `?` one character
/// # type = "integer"                     the JSON type
/// # less_than = "end"                    another argument; also `at_most`, `same_as`, `differs_from`
/// # presence = "required" | "optional" | "forbidden"
/// because = "agents write where data is not yet trusted"
/// fix = "write below `silver/`"
/// ```
///
/// `argument = "/params/0"` means a value inside an argument, by JSON pointer.
///
/// An omitted argument never passes silently: the rule objects, unless it says `presence = "optional"`.
/// The agent is told the rule's id, which check failed, `because` and `fix`; never the value.
#[derive(Clone, Debug)]
pub struct ArgumentRule {
    /// Its id, and when it speaks.
    pub head: Head,
    /// Which tools.
    pub tools: Vec<Spanned<ToolPattern>>,
    /// Which argument.
    pub argument: Spanned<ArgumentPath>,
    /// Whether it may be left out.
    pub presence: Presence,
    /// What must hold of it.
    pub checks: Vec<Spanned<Check>>,
    /// Why.
    pub because: String,
    /// What to do instead.
    pub fix: String,
}

/// Whether an argument may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must be given.
    Required,
    /// It may be left out.
    Optional,
    /// It must be left out.
    Forbidden,
}

impl ArgumentRule {
    /// Whether it speaks of this tool: the pattern covers it and the tool has the argument.
    #[must_use]
    pub fn is_about(&self, tool: &Tool) -> bool {
        self.is_about_named(tool, tool.full_name())
    }

    /// As [`ArgumentRule::is_about`], of the tool's full name: it is made once for all rules.
    pub(in crate::policy) fn is_about_named(&self, tool: &Tool, name: &str) -> bool {
        self.tools.iter().any(|t| t.get_ref().covers(name))
            && tool
                .arguments
                .iter()
                .any(|a| a.name == self.argument.get_ref().name())
    }

    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        section.require("tool");
        let tools = section.parsed_list("tool", TOOL, ToolPattern::parse);
        section.require("argument");
        let argument = section.parsed("argument", ARGUMENT, ArgumentPath::parse);
        let words = "`required`, `optional` or `forbidden`";
        let stated = section.has("presence");
        let presence = section.parsed("presence", words, |word| match word {
            "required" => Some(Presence::Required),
            "optional" => Some(Presence::Optional),
            "forbidden" => Some(Presence::Forbidden),
            _ => None,
        });
        let checks = Check::read_all(section);
        let because = section.need_text("because");
        let fix = section.need_text("fix");
        let presence = match presence {
            Some(presence) => presence.into_inner(),
            None => Presence::Required,
        };
        let idle = checks.as_ref().is_some_and(Vec::is_empty)
            && (!stated || presence == Presence::Optional);
        if idle {
            section.problem(
                section.span(),
                "the rule checks nothing",
                "add a check such as `one_of`, `max` or `prefix`",
            );
        }
        if presence == Presence::Forbidden && checks.as_ref().is_some_and(|c| !c.is_empty()) {
            section.problem(
                section.span(),
                "checks on an argument that is forbidden",
                "drop the checks, or allow the argument",
            );
        }
        Some(Self {
            head,
            tools: tools?,
            argument: argument?,
            presence,
            checks: checks?,
            because: because?.into_inner(),
            fix: fix?.into_inner(),
        })
    }

    fn objection(&self, case: &Case<'_>, what: &str) -> Objection {
        let doubt = case.doubt(&self.head);
        Objection {
            rule: self.head.id.clone().into(),
            phase: Phase::Argument,
            reason: format!(
                "{} (`{}` {what}){doubt}",
                self.because,
                self.argument.get_ref().as_str()
            )
            .into(),
            fix: self.fix.clone().into(),
        }
    }
}

/// Each rule about the tool looks at its argument.
pub(in crate::policy) fn object(case: &Case<'_>, opinion: &mut Opinion) {
    for rule in case.among::<ArgumentRule>() {
        let is_meant = rule.is_about_named(case.asked.tool, case.tool);
        if !is_meant || !case.speaks(&rule.head, opinion) {
            continue;
        }
        let path = rule.argument.get_ref();
        if case.hides(path.name()) {
            unseen(case, rule, opinion);
            continue;
        }
        match (path.find(case.asked.arguments), rule.presence) {
            (None, Presence::Optional | Presence::Forbidden) => {}
            (None, Presence::Required) => opinion.object(rule.objection(case, "is missing")),
            (Some(_), Presence::Forbidden) => opinion.object(rule.objection(case, "is given")),
            (Some(value), Presence::Required | Presence::Optional) => {
                hold(case, rule, value, opinion);
            }
        }
    }
}

fn hold(case: &Case<'_>, rule: &ArgumentRule, value: &Json, opinion: &mut Opinion) {
    let said = Said {
        argument: rule.argument.get_ref().name(),
        value,
        arguments: case.asked.arguments,
        findings: case.asked.findings,
        lengths: &case.lengths,
    };
    for check in rule.checks.iter().map(Spanned::get_ref) {
        if check.other().is_some_and(|other| case.hides(other.name())) {
            opinion.leave_open(&rule.head.id);
            continue;
        }
        match check.objection(&said) {
            Ok(None) => {}
            Ok(Some(what)) => opinion.object(rule.objection(case, what)),
            Err(why) => opinion.rule_error(Phase::Argument, &rule.head.id, why),
        }
    }
}

/// The value was given and is not known: paths are judged by what was read out of them, the rest is open.
fn unseen(case: &Case<'_>, rule: &ArgumentRule, opinion: &mut Opinion) {
    let path = rule.argument.get_ref();
    if rule.presence == Presence::Forbidden && !path.is_inner() {
        opinion.object(rule.objection(case, "is given"));
        return;
    }
    if path.is_inner() {
        opinion.leave_open(&rule.head.id);
        return;
    }
    let said = Said {
        argument: path.name(),
        value: &Json::Null,
        arguments: case.asked.arguments,
        findings: case.asked.findings,
        lengths: &case.lengths,
    };
    for check in &rule.checks {
        let told = match check.get_ref() {
            check @ Check::Prefix(_) if !case.hides_facts_of(path.name()) => {
                check.objection(&said).ok()
            }
            _ => None,
        };
        match told {
            Some(None) => {}
            Some(Some(what)) => opinion.object(rule.objection(case, what)),
            None => opinion.leave_open(&rule.head.id),
        }
    }
}
