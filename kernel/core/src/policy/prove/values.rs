//! Values of one argument, one of each class that rules can tell apart.
//! Knows nothing of other arguments.

use std::collections::BTreeSet;

use super::cuts::{ArgumentCuts, Cuts};
use super::patterns::{self, ANY, NAME, PATH};
use super::texts::Texts;
use crate::json::{self, Json};
use crate::limits;
use crate::manifest::{
    Access, Argument, ArgumentKind, Manifests, PlainSchema, PlainType, System, Tool,
};
use crate::policy::phase::Check;

/// Values of one argument; `None` is leaving it out.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    pub(super) found: Vec<Option<Json>>,
    /// Whether no rule can tell any other value from each of these.
    pub(super) complete: bool,
}

/// Values of an argument that reads no statement.
pub(super) fn of(
    (system, tool): (&System, &Tool),
    argument: &Argument,
    cuts: &Cuts<'_>,
    manifests: &Manifests,
) -> Values {
    let here = cuts.argument(tool, &argument.name);
    let mut values = match &argument.kind {
        ArgumentKind::Dataset => {
            let names = manifests.datasets().map(|dataset| dataset.name.clone());
            all(names.collect(), true)
        }
        ArgumentKind::Table => {
            let mut cut = patterns::tables(cuts, system);
            let checked = checked(&here, &mut cut);
            let mut texts = cuts.lexicon.classes(NAME, &cut);
            texts.complete &= checked;
            let declared = system.catalog.tables().map(|table| table.name.clone());
            texts.found.extend(declared);
            all(texts.found, texts.complete)
        }
        ArgumentKind::Path(access) => path(*access, &here, system, cuts),
        ArgumentKind::Paths(access) => listed(&path(*access, &here, system, cuts)),
        ArgumentKind::Url => url(&here, cuts),
        ArgumentKind::Plain(schema) => plain(schema, &here, cuts),
        // Bound values are no part of a statement's text; what looks at them looks inside.
        ArgumentKind::Sql(_) | ArgumentKind::SqlParams => Values {
            found: vec![Some(Json::Array(Vec::new()))],
            complete: !here.looked_at,
        },
    };
    let read = !matches!(
        argument.kind,
        ArgumentKind::Plain(_) | ArgumentKind::SqlParams
    );
    if !values.complete && !values.found.iter().any(Option::is_some) {
        // What cannot be told apart is given all the same: something must stand for it.
        values.found.extend(stand_in(&argument.kind, cuts));
    }
    let left_out = !argument.required && (here.looked_at || read);
    if !argument.required && !here.looked_at && !read {
        values.found.clear(); // given or not, nothing looks at it
    }
    if left_out || values.found.is_empty() {
        values.found.push(None);
    }
    let writes_back = argument.masked.passes || !argument.masked.restores.is_empty();
    let masks = writes_back && values.found.iter().any(Option::is_some);
    values.complete &= !(here.opaque || masks);
    values
}

/// A value that a manifest admits, whatever rules say of it.
fn stand_in(kind: &ArgumentKind, cuts: &Cuts<'_>) -> Option<Option<Json>> {
    let universe = match kind {
        ArgumentKind::Plain(schema) => match &schema.pattern {
            Some(pattern) => pattern.as_str(),
            None => ANY,
        },
        ArgumentKind::Path(_) => PATH,
        ArgumentKind::Table | ArgumentKind::Url | ArgumentKind::Dataset => NAME,
        ArgumentKind::Sql(_) | ArgumentKind::SqlParams | ArgumentKind::Paths(_) => return None,
    };
    let texts = cuts.lexicon.classes(universe, &BTreeSet::new());
    texts
        .found
        .into_iter()
        .next()
        .map(|text| Some(Json::from(text)))
}

/// Lists of one of these each: what lists of several could be is not told, so they are never all.
fn listed(one: &Values) -> Values {
    let given = one.found.iter().flatten();
    Values {
        found: given
            .map(|value| Some(Json::Array(vec![value.clone()])))
            .collect(),
        complete: false,
    }
}

fn all(texts: Vec<String>, complete: bool) -> Values {
    let mut seen = BTreeSet::new();
    let texts = texts.into_iter().filter(|text| seen.insert(text.clone()));
    Values {
        found: texts.map(|text| Some(Json::from(text))).collect(),
        complete,
    }
}

/// Adds what the checks tell apart; false where one of them cannot be said by patterns.
fn checked(here: &ArgumentCuts<'_>, cut: &mut BTreeSet<String>) -> bool {
    let mut complete = true;
    for check in &here.checks {
        match patterns::of_check(check) {
            Some(more) => cut.extend(more),
            None => complete = false,
        }
    }
    complete
}

fn path(access: Access, here: &ArgumentCuts<'_>, system: &System, cuts: &Cuts<'_>) -> Values {
    let mut cut = patterns::paths(cuts, system);
    let complete = checked(here, &mut cut);
    let Texts {
        mut found,
        complete: all_found,
    } = cuts.lexicon.classes(PATH, &cut);
    let lists = access == Access::List;
    if lists {
        found.push(String::new()); // the whole store
    }
    // What a listing is asked for may end with `/`, which is not part of the path: two texts of one path.
    let told_by_text =
        |check: &&Check| !matches!(check, Check::Prefix(_) | Check::Glob(_) | Check::Type(_));
    let two_spellings = lists && here.checks.iter().any(told_by_text);
    all(found, complete && all_found && !two_spellings)
}

/// Hosts cannot be told by patterns over the text of a URL.
fn url(here: &ArgumentCuts<'_>, cuts: &Cuts<'_>) -> Values {
    let told = cuts.subjects_of(&["contacts"]);
    let named = told.iter().flat_map(|subjects| &subjects.patterns);
    let hosts = named.map(|pattern| pattern.replace('*', "x"));
    let mut urls: Vec<String> = hosts.map(|host| format!("https://{host}/")).collect();
    urls.push("https://a.example/".to_owned());
    all(urls, told.is_empty() && !here.looked_at)
}

fn plain(schema: &PlainSchema, here: &ArgumentCuts<'_>, cuts: &Cuts<'_>) -> Values {
    if !schema.one_of.is_empty() {
        return Values {
            found: schema.one_of.iter().cloned().map(Some).collect(),
            complete: true,
        };
    }
    match schema.kind {
        PlainType::String => text(schema, here, cuts),
        PlainType::Integer | PlainType::Number => number(schema, here),
        PlainType::Boolean => Values {
            found: [true, false].map(|truth| Some(Json::from(truth))).to_vec(),
            complete: true,
        },
        PlainType::Array => array(schema, here),
        // One that fits is looked at, and never taken for all.
        PlainType::Object => Values {
            found: vec![Some(sample(schema))],
            complete: false,
        },
    }
}

/// A value that is likely to fit.
fn sample(schema: &PlainSchema) -> Json {
    if let Some(first) = schema.one_of.first() {
        return first.clone();
    }
    match schema.kind {
        PlainType::String => Json::from("x"),
        PlainType::Integer | PlainType::Number => Json::from(schema.min.unwrap_or_default()),
        PlainType::Boolean => Json::from(true),
        PlainType::Array => Json::Array(schema.item.iter().map(|item| sample(item)).collect()),
        PlainType::Object => {
            let fields = schema.fields.iter();
            Json::object(fields.map(|field| (field.name.clone(), sample(&field.schema))))
        }
    }
}

fn text(schema: &PlainSchema, here: &ArgumentCuts<'_>, cuts: &Cuts<'_>) -> Values {
    let mut cut = BTreeSet::new();
    let mut complete = checked(here, &mut cut);
    let bound = |bound: Option<i64>| bound.map(|n| u64::try_from(n).unwrap_or_default());
    for (check, bound) in [
        (Check::LengthMin as fn(u64) -> Check, bound(schema.min)),
        (Check::LengthMax, bound(schema.max)),
    ] {
        match bound.map(|bound| patterns::of_check(&check(bound))) {
            Some(Some(more)) => cut.extend(more),
            // A bound that no rule knows of, beyond any text that is looked at.
            Some(None) => complete &= here.checks.is_empty(),
            None => {}
        }
    }
    let mut universe = ANY.to_owned();
    if let Some(pattern) = &schema.pattern {
        pattern.as_str().clone_into(&mut universe);
    }
    let texts = cuts.lexicon.classes(&universe, &cut);
    // A manifest's pattern is tried from the left, and finds another text where its branches begin alike.
    let alike = |text: &String| {
        let found = schema.pattern.as_ref().map(|pattern| pattern.find(text));
        found.is_none_or(|found| found.is_some_and(|found| found.len() == text.len()))
    };
    let complete = complete && texts.complete && texts.found.iter().all(alike);
    all(texts.found, complete)
}

/// A number on each side of each bound, each constant, and it written otherwise.
fn number(schema: &PlainSchema, here: &ArgumentCuts<'_>) -> Values {
    let mut complete = true;
    let mut edges: Vec<f64> = vec![0.0];
    let mut written: BTreeSet<String> = BTreeSet::from(["-0".to_owned()]);
    let mut constant = |value: &Json| {
        if let Some(number) = value.as_number() {
            written.insert(number.lexeme().to_owned());
            edges.extend(number.as_f64().filter(|n| n.is_finite()));
        }
    };
    for check in &here.checks {
        match check {
            Check::Equals(value) => constant(value),
            Check::OneOf(values) => values.iter().for_each(&mut constant),
            Check::Min(edge) | Check::Max(edge) => {
                if let Ok(value) = json::parse(edge.to_string().as_bytes(), &limits::MESSAGE_RULES)
                {
                    constant(&value);
                }
            }
            // Of a number they cannot be told, whichever it is.
            Check::LengthMin(_) | Check::LengthMax(_) | Check::Matches(_) => {}
            Check::Prefix(_) | Check::Glob(_) => {}
            Check::Type(_) => {}
            Check::Versus(_) => complete = false,
        }
    }
    for bound in [schema.min, schema.max].into_iter().flatten() {
        constant(&Json::from(bound));
    }
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    // Beyond this, neighbours are not told apart exactly.
    complete &= edges
        .iter()
        .all(|edge| edge.abs() < limits::PROVE_NUMBER_MAX);
    let ends = edges.first().copied().zip(edges.last().copied());
    let (first, last) = ends.unwrap_or_default();
    let mut points: Vec<f64> = vec![
        first.floor() - 1.0,
        first - 0.5,
        last + 0.5,
        last.ceil() + 1.0,
    ];
    for (one, other) in edges.iter().zip(edges.iter().skip(1)) {
        points.push(f64::midpoint(*one, *other));
        points.extend([one.floor() + 1.0, other.ceil() - 1.0]);
    }
    points.extend(&edges);
    written.extend(points.iter().map(f64::to_string));
    written.extend(edges.iter().map(|edge| format!("{edge:e}")));
    written.extend(
        edges
            .iter()
            .filter(|n| n.fract() == 0.0)
            .map(|n| format!("{n:.1}")),
    );
    let parsed = written
        .iter()
        .filter_map(|text| json::parse(text.as_bytes(), &limits::MESSAGE_RULES).ok());
    Values {
        found: parsed.map(Some).collect(),
        complete,
    }
}

/// Lists that differ in how long they are; what looks at their items is not told by that.
fn array(schema: &PlainSchema, here: &ArgumentCuts<'_>) -> Values {
    // Items that are declared are more than their number.
    let mut complete = schema.item.is_none();
    let mut lengths: BTreeSet<u64> = BTreeSet::from([0, 1]);
    for check in &here.checks {
        match check {
            Check::LengthMin(edge) | Check::LengthMax(edge) => {
                lengths.extend([edge.saturating_sub(1), *edge, edge.saturating_add(1)]);
            }
            Check::Type(_) => {}
            // Of a list they cannot be told.
            Check::Min(_)
            | Check::Max(_)
            | Check::Matches(_)
            | Check::Prefix(_)
            | Check::Glob(_) => {}
            Check::Equals(_) | Check::OneOf(_) | Check::Versus(_) => complete = false,
        }
    }
    for bound in [schema.min, schema.max].into_iter().flatten() {
        lengths.extend(u64::try_from(bound));
    }
    complete &= lengths
        .iter()
        .all(|length| *length <= limits::PROVE_LENGTH_MAX + 1);
    let listed = lengths
        .into_iter()
        .filter(|length| *length <= limits::PROVE_LENGTH_MAX + 1);
    let list = |length: u64| {
        let item = schema.item.as_ref();
        let one = item.map_or_else(|| Json::from("x"), |item| sample(item));
        let items = (0..length).map(|_| one.clone());
        Some(Json::Array(items.collect()))
    };
    Values {
        found: listed.map(list).collect(),
        complete,
    }
}
