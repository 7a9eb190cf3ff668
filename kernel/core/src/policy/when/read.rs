//! Reads `when` of a rule.
//! Knows nothing of manifests; the vocabulary holds names against them.

use serde_spanned::Spanned;

use super::hours::DAY;
use super::{ArgumentTest, Condition, FACT_WORDS, FactPattern, Hours, Matcher, Subjects, Voice};
use crate::capability::CapabilityPattern;
use crate::limits;
use crate::policy::people::{ROLE, Role};
use crate::policy::phase::argument::ARGUMENT;
use crate::policy::phase::{Check, grant};
use crate::policy::{ArgumentPath, LabelPattern, ToolPattern};
use crate::source::{Section, did_you_mean};

const LABEL: &str = "a label such as `pii.email`, or `pii.*`, or `*`";
const TOOL: &str = "a tool such as `postgres__query`, or `postgres__*`, or `*`";
const CAPABILITY: &str = "a capability such as `db:read`, or `db:*`, or `*`";
const ZONE: &str = "`UTC` or an offset such as `+01:00`";

impl Condition {
    /// Reads `when`; `None` where it is not given, or cannot be read, which is a problem of the file.
    pub(in crate::policy) fn read(section: &mut Section<'_>, voice: Voice) -> Option<Self> {
        let mut when = section.section("when")?;
        let mut left = Some(limits::CONDITION_PARTS_MAX);
        let condition = table(&mut when, 1, &mut left)?;
        if let Some(matcher) = condition.unsound_for(voice) {
            let word = matcher.get_ref().word();
            let (message, fix) = match voice {
                Voice::Objects => (
                    format!(
                        "`{word}` under `not`: the rule would fall silent because more is found in a call"
                    ),
                    "say what is found without `not`; for all subjects but some write `fact = { writes = { except = [\"customers\"] } }`",
                ),
                Voice::Grants | Voice::Sells => (
                    format!("a rule that grants cannot depend on `{word}`"),
                    "grant it by `role`, `tool` or `time`, and write a `[[block]]` for what is not to pass",
                ),
            };
            when.problem(matcher.span(), message, fix);
        }
        Some(condition)
    }
}

impl Condition {
    /// Reads the questions that stand in a table beside other keys, whatever they ask: nothing is decided by them.
    /// `None` where there are none; `Err` where they cannot be read, which is a problem of the file.
    pub(in crate::policy) fn among(section: &mut Section<'_>) -> Result<Option<Self>, ()> {
        let asked = JOINTS.iter().chain(&MATCHERS).any(|key| section.has(key));
        match asked {
            false => Ok(None),
            true => table(section, 1, &mut Some(limits::CONDITION_PARTS_MAX))
                .map(Some)
                .ok_or(()),
        }
    }
}

/// The keys that join tables.
const JOINTS: [&str; 3] = ["all", "any", "not"];
/// The keys of questions.
const MATCHERS: [&str; 9] = [
    "principal",
    "role",
    "attribute",
    "tool",
    "capability",
    "fact",
    "label",
    "argument",
    "time",
];

/// A table holds when everything in it holds. `left` is `None` once there were too many questions.
fn table(section: &mut Section<'_>, depth: usize, left: &mut Option<usize>) -> Option<Condition> {
    if depth > limits::CONDITION_DEPTH_MAX {
        let message = format!("deeper than {} tables", limits::CONDITION_DEPTH_MAX);
        section.problem(section.span(), message, "split the rule");
        section.skip_others();
        return None;
    }
    section.is_a("condition");
    let mut parts = Vec::new();
    let mut sound = true;
    for (key, join) in [
        ("all", Condition::All as fn(_) -> _),
        ("any", Condition::Any),
    ] {
        if section.has(key) {
            let at = section.key_span(key);
            let tables = section.sections(key);
            let count = tables.len();
            let read: Vec<Condition> = tables
                .into_iter()
                .filter_map(|mut one| table(&mut one, depth.saturating_add(1), left))
                .collect();
            if count == 0 {
                let message = format!("`{key}` names nothing");
                section.problem(at, message, "give a list of tables, `[{ … }, { … }]`");
            }
            sound &= count > 0 && read.len() == count;
            parts.push(join(read));
        }
    }
    if section.has("not") {
        let inner = section.section("not");
        let read = inner.and_then(|mut inner| table(&mut inner, depth.saturating_add(1), left));
        sound &= read.is_some();
        parts.extend(read.map(|part| Condition::Not(Box::new(part))));
    }
    sound &= matchers(section, &mut parts);
    if parts.is_empty() && sound {
        section.problem(
            section.span(),
            format!("{} asks nothing", section.place()),
            "name a `principal`, `role`, `attribute`, `tool`, `capability`, `fact`, `label`, `argument` or `time`, or drop it",
        );
    }
    let rest = (*left)?.checked_sub(parts.len());
    if rest.is_none() {
        let message = format!("more than {} questions", limits::CONDITION_PARTS_MAX);
        section.problem(section.span(), message, "split the rule");
    }
    *left = rest;
    rest?;
    match (sound, parts.len()) {
        (false, _) | (_, 0) => None,
        (true, 1) => parts.pop(),
        (true, _) => Some(Condition::All(parts)),
    }
}

/// Every question of one table; false where one cannot be read.
fn matchers(section: &mut Section<'_>, parts: &mut Vec<Condition>) -> bool {
    let mut stated = 0_usize;
    for key in MATCHERS {
        stated = stated.saturating_add(usize::from(section.has(key)));
    }
    let mut found = 0_usize;
    let mut add = |matcher: Option<Spanned<Matcher>>| {
        found = found.saturating_add(usize::from(matcher.is_some()));
        parts.extend(matcher.map(Condition::Is));
    };
    let names = section.parsed_list("principal", "a principal's name", grant::one);
    add(names.and_then(|list| spanned(list, Matcher::Principal)));
    let roles = section.parsed_list("role", ROLE, Role::parse_name);
    add(roles.and_then(|list| spanned(list, Matcher::Role)));
    let tools = section.parsed_list("tool", TOOL, ToolPattern::parse);
    add(tools.and_then(|list| spanned(list, Matcher::Tool)));
    let needs = section.parsed_list("capability", CAPABILITY, CapabilityPattern::parse);
    add(needs.and_then(|list| spanned(list, Matcher::Capability)));
    let labels = section.parsed_list("label", LABEL, LabelPattern::parse);
    add(labels.and_then(|list| spanned(list, Matcher::Label)));
    add(argument(section));
    add(time(section));
    for all in [facts(section), attributes(section)].into_iter().flatten() {
        parts.extend(all);
        found = found.saturating_add(1);
    }
    found == stated
}

fn spanned<T>(
    list: Vec<Spanned<T>>,
    make: impl FnOnce(Vec<Spanned<T>>) -> Matcher,
) -> Option<Spanned<Matcher>> {
    let at = list.first()?.span();
    Some(Spanned::new(at, make(list)))
}

/// `fact = { writes = ["customers", "silver_*"], calls = { except = ["lower"] } }`: each of them.
fn facts(section: &mut Section<'_>) -> Option<Vec<Condition>> {
    let mut inner = section.section("fact")?;
    let mut facts = Vec::new();
    let mut sound = true;
    for word in FACT_WORDS {
        if !inner.has(word) {
            continue;
        }
        let at = inner.key_span(word);
        let subjects = subjects(&mut inner, word);
        sound &= subjects.is_some();
        facts.extend(subjects.map(|subjects| {
            let pattern = FactPattern {
                kind: word,
                subjects,
            };
            Condition::Is(Spanned::new(at, Matcher::Fact(pattern)))
        }));
    }
    if facts.is_empty() && sound {
        let fix = "name a kind and what it is about, `{ writes = \"customers\" }`";
        inner.problem(inner.span(), "`fact` names no kind of fact", fix);
        return None;
    }
    sound.then_some(facts)
}

/// `attribute = { team = ["risk", "audit"] }`: each of them is one of the values.
fn attributes(section: &mut Section<'_>) -> Option<Vec<Condition>> {
    if !section.has("attribute") {
        return None;
    }
    let at = section.key_span("attribute");
    let pairs = section.lists("attribute");
    if pairs.is_empty() {
        section.problem(
            at,
            "`attribute` names nothing",
            "give `{ team = \"risk\" }`",
        );
        return None;
    }
    let of = |(key, values): (Spanned<String>, Vec<Spanned<String>>)| {
        let values = values.into_iter().map(Spanned::into_inner).collect();
        let at = key.span();
        Condition::Is(Spanned::new(at, Matcher::Attribute(key, values)))
    };
    Some(pairs.into_iter().map(of).collect())
}

fn subjects(section: &mut Section<'_>, word: &'static str) -> Option<Subjects> {
    let paths = FactPattern::is_about_paths(word);
    let form = match paths {
        true => "a path such as `silver/a.csv`, `silver/*` or `*`",
        false => "a name such as `customers`, `silver_*` or `*`",
    };
    let pattern = |text: &str| Subjects::is_pattern(text, paths).then(|| text.to_owned());
    let (list, except) = match section.is_table(word) {
        false => (section.parsed_list(word, form, pattern)?, false),
        true => {
            let mut inner = section.section(word)?;
            inner.require("except");
            (inner.parsed_list("except", form, pattern)?, true)
        }
    };
    let patterns: Vec<String> = list.iter().map(|one| one.get_ref().clone()).collect();
    if except && patterns.iter().any(|one| one == "*") {
        let at = list.first().map_or(section.span(), Spanned::span);
        section.problem(at, "all but everything is nothing", "name what is excepted");
        return None;
    }
    Some(Subjects {
        patterns,
        except,
        paths,
    })
}

/// `argument = { name = "limit", max = 100 }`, or `given = false`.
fn argument(section: &mut Section<'_>) -> Option<Spanned<Matcher>> {
    let mut inner = section.section("argument")?;
    inner.require("name");
    let name = inner.parsed("name", ARGUMENT, ArgumentPath::parse);
    let given = inner.flag("given");
    let checks = Check::read_all(&mut inner);
    let (name, checks) = (name?, checks?);
    if given.is_some() != checks.is_empty() {
        let message = "ask whether the argument is `given`, or what must hold of it";
        inner.problem(
            name.span(),
            message,
            "give `given`, or a check such as `max` or `one_of`",
        );
        return None;
    }
    if let Some(path) = checks
        .iter()
        .find(|check| matches!(check.get_ref(), Check::Prefix(_)))
    {
        let fix = "ask for the fact, `fact = { writes-path = \"silver/*\" }`";
        inner.problem(path.span(), "a condition cannot ask for `prefix`", fix);
        return None;
    }
    let at = name.span();
    let test = ArgumentTest {
        name,
        given,
        checks,
    };
    Some(Spanned::new(at, Matcher::Argument(test)))
}

fn time(section: &mut Section<'_>) -> Option<Spanned<Matcher>> {
    let mut inner = section.section("time")?;
    inner.require("zone");
    let zone = inner.parsed("zone", ZONE, Hours::zone);
    let stated = ["days", "from", "to"].map(|key| inner.has(key));
    let words = inner.texts("days");
    let form = "a time of day such as `08:30`";
    let from = inner.parsed("from", form, Hours::minute);
    let to = inner.parsed("to", form, Hours::minute);
    let days = match &words {
        None => Some([true; 7]),
        Some(list) => {
            let texts: Vec<&str> = list.iter().map(|word| word.get_ref().as_str()).collect();
            let days = Hours::days(&texts);
            if days.is_none() {
                let odd = list
                    .iter()
                    .find(|word| Hours::days(&[word.get_ref()]).is_none());
                let at = odd.map_or(inner.span(), Spanned::span);
                let given = odd.map_or("", |word| word.get_ref());
                let fix = did_you_mean(given, super::hours::DAYS);
                inner.problem(at, "not a day, nor days such as `mon-fri`", fix);
            }
            days
        }
    };
    if stated == [false; 3] {
        let fix = "give `days`, or `from` and `to`";
        inner.problem(inner.span(), "`time` names no time", fix);
        return None;
    }
    if stated != [words.is_some(), from.is_some(), to.is_some()] {
        return None;
    }
    let at = inner.span();
    let hours = Hours {
        days: days?,
        from: from.map_or(0, Spanned::into_inner),
        to: to.map_or(DAY, Spanned::into_inner),
        zone: zone?.into_inner(),
    };
    if hours.from >= hours.to {
        let fix = "end after the beginning; over midnight takes two, `any = [{ time = … }, { time = … }]`";
        inner.problem(at.clone(), "no time of day is within these hours", fix);
        return None;
    }
    Some(Spanned::new(at, Matcher::Time(hours)))
}
