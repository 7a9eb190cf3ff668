//! One tool as a block of a manifest: declared where it can be, a comment with the reason where it cannot.
//! Knows nothing of other tools.

use std::collections::BTreeSet;

use super::argument::{self, Argument, Context};
use super::effect::{Effect, judge};
use super::given::{self, Given};
use super::plain::Plain;
use super::text::{comment, described, list, quoted, words};
use crate::definition::{Definition, visible};
use crate::json::Json;

/// One tool's block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Lines of TOML, or of comments alone where it is not declared.
    pub(super) text: String,
    /// Whether it is declared.
    pub(super) declared: bool,
    /// What a grant has to hold for it, where there is no doubt.
    pub(super) sure: Option<BTreeSet<String>>,
    /// What is in doubt, and what is left out.
    pub(super) doubts: Vec<String>,
}

/// What is read of a tool's arguments.
#[derive(Default)]
struct Arguments {
    declared: Vec<Given<Argument>>,
    doubts: Vec<String>,
    /// Why the tool cannot be declared at all.
    beyond: Option<String>,
}

/// The block of a tool of this server.
pub(super) fn block(server: &str, definition: &Definition) -> Block {
    let name = definition.name();
    let (effect, mut doubts) = judge(definition);
    let said = definition.get("description").and_then(Json::as_str);
    let description = said.and_then(described);
    if said.is_some_and(|said| !said.trim().is_empty()) && description.is_none() {
        doubts.push("its description speaks to an agent, or hides characters".to_owned());
    }
    if !given::is_name(name) {
        let why = "its name is none that a manifest can hold";
        return Block::beyond(definition, why);
    }
    let arguments = arguments(server, definition, effect);
    if let Some(why) = arguments.beyond {
        return Block::beyond(definition, &why);
    }
    doubts.extend(arguments.doubts);
    let verb = if doubts.is_empty() {
        effect
    } else {
        Effect::Unclear
    }
    .verb();
    let capability = format!("{server}:{verb}");
    let adds = arguments.declared.iter();
    let adds = adds.filter_map(|argument| argument.what.adds.clone());
    let most: BTreeSet<String> = adds.chain([capability.clone()]).collect();
    let mut text = String::new();
    for doubt in &doubts {
        text.push_str(&comment(&format!("review: {}", visible(doubt))));
    }
    if description.is_none()
        && let Some(said) = said
    {
        text.push_str(&comment(&format!(
            "its own words, which no agent is shown: {}",
            visible(said)
        )));
    }
    let description = description.unwrap_or_else(|| format!("{name} (say here what it does)"));
    text.push_str(&format!(
        "[tool.{name}]\ndescription = {}\ncapabilities = {}\nat_most = {}\n",
        quoted(&description),
        list([capability.as_str()]),
        list(most.iter().map(String::as_str)),
    ));
    for argument in &arguments.declared {
        let place = format!("tool.{name}.argument");
        write(&place, argument, &argument.what.plain, &mut text);
    }
    Block {
        text,
        declared: true,
        sure: (doubts.is_empty() && effect == Effect::Read).then_some(most),
        doubts,
    }
}

impl Block {
    /// A tool that cannot be declared.
    pub(super) fn beyond(definition: &Definition, why: &str) -> Self {
        let said = definition.get("description").and_then(Json::as_str);
        let text = format!(
            "review: `{}` is not declared: {}\nits own words: {}",
            visible(definition.name()),
            visible(why),
            visible(said.unwrap_or_default())
        );
        Self {
            text: comment(&text),
            declared: false,
            sure: None,
            doubts: vec![format!("not declared: {}", visible(why))],
        }
    }
}

fn arguments(server: &str, definition: &Definition, effect: Effect) -> Arguments {
    let mut all = Arguments::default();
    let document = definition.get("inputSchema").unwrap_or(&Json::Null);
    let context = Context {
        effect,
        name: words(definition.name()),
        said: definition
            .get("description")
            .and_then(Json::as_str)
            .map(words)
            .unwrap_or_default(),
        document,
        server: words(server),
    };
    let Some(schema) = document.as_object() else {
        all.beyond = Some("its arguments are not said".to_owned());
        return all;
    };
    for word in [
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "if",
        "not",
        "patternProperties",
    ] {
        if schema.get(word).is_some() {
            all.doubts
                .push(format!("`{word}` over its arguments cannot be said"));
        }
    }
    for member in given::all(schema) {
        let shown = visible(member.name);
        match argument::read(&member, &context) {
            Ok(argument) => {
                let own = argument.what.plain.doubts.iter();
                all.doubts
                    .extend(own.map(|doubt| format!("argument `{shown}`: {doubt}")));
                if argument.withheld {
                    all.doubts.push(format!(
                        "argument `{shown}`: its description speaks to an agent, or hides characters"
                    ));
                }
                all.declared.push(argument);
            }
            Err(why) if member.required => {
                all.beyond = Some(format!("its argument `{shown}` cannot be declared: {why}"));
            }
            Err(why) => {
                let left = format!("argument `{shown}` is left out, and so refused: {why}");
                all.doubts.push(left);
            }
        }
    }
    all
}

/// An argument or field with everything in it.
fn write<T>(place: &str, given: &Given<T>, plain: &Plain, out: &mut String) {
    let name = &given.name;
    let neutral = || format!("{name} (say here what it is)");
    let description = given.description.clone().unwrap_or_else(neutral);
    out.push_str(&format!(
        "[{place}.{name}]\nkind = {}\ndescription = {}\n",
        quoted(plain.kind),
        quoted(&description)
    ));
    if !given.required {
        out.push_str("required = false\n");
    }
    for line in &plain.lines {
        out.push_str(line);
        out.push('\n');
    }
    for field in &plain.fields {
        write(&format!("{place}.{name}.field"), field, &field.what, out);
    }
}
