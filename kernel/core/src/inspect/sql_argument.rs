//! Reads SQL arguments: hands the text to [`super::sql`] and turns its reading into facts.
//! Knows nothing of how SQL is parsed.

use std::collections::BTreeSet;

use super::sql::{self, ColumnRef, Deed, Reading, Unscoped, Wanted};
use super::{Fact, Finding, Interceptor, Output, Reach, Readings, Scope, Sought};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::{Argument, ArgumentKind, Catalog, Copied, EVERY_COLUMN, Label, Location};

/// The interceptor of `kind = "sql"`.
#[derive(Debug)]
pub(super) struct SqlArgument;

impl Interceptor for SqlArgument {
    fn reads(&self, kind: &ArgumentKind) -> bool {
        matches!(kind, ArgumentKind::Sql(_))
    }

    fn read(
        &self,
        argument: &Argument,
        value: &Json,
        scope: &Scope<'_>,
    ) -> Result<Readings, Denial> {
        let ArgumentKind::Sql(dialect) = argument.kind else {
            return Ok(Readings::default());
        };
        let text = value.as_str().unwrap_or_default();
        let reading = sql::read_opened(text, dialect, scope.catalog, &argument.families);
        if let Some(refusal) = &reading.refusal {
            return Err(Denial::kernel(
                refusal.rule,
                Phase::Examination,
                refusal.reason,
                refusal.fix,
            ));
        }
        if reading.parameters != scope.params.unwrap_or_default().len() {
            return Err(Denial::kernel(
                "sql.parameters",
                Phase::Examination,
                "the statement's placeholders and the values given for them differ in number",
                "give exactly one value in `params` for each `?`",
            ));
        }
        Ok(readings(&reading, argument, scope))
    }
}

fn readings(reading: &Reading, argument: &Argument, scope: &Scope<'_>) -> Readings {
    let finding = |fact| Finding {
        fact,
        argument: argument.name.clone(),
        span: None,
    };
    let subject = |table: &String| {
        Location::Table {
            server: scope.system.server.clone(),
            table: table.clone(),
        }
        .subject()
    };
    let sought = sought(reading, scope.params.unwrap_or_default());
    Readings {
        findings: facts(reading, scope.catalog, sought.is_some())
            .into_iter()
            .map(finding)
            .collect(),
        outputs: Some(reading.outputs.iter().map(output).collect()),
        reach: reach(reading, sought),
        subjects: Vec::new(),
        copies: copies(reading, scope),
        targets: reading
            .targets
            .iter()
            .map(|at| label_at(scope.catalog, at.as_ref()?))
            .collect(),
        restorations: Vec::new(),
        writes: reading.writes.iter().map(subject).collect(),
    }
}

fn facts(reading: &Reading, catalog: &Catalog, looks_up: bool) -> Vec<Fact> {
    let creates = reading.kinds.iter().any(|kind| kind == "create");
    let mut facts: Vec<Fact> = Vec::new();
    facts.extend(reading.reads.iter().cloned().map(Fact::Reads));
    facts.extend(reading.writes.iter().cloned().map(Fact::Writes));
    facts.extend(
        reading
            .writes
            .iter()
            .filter(|_| creates)
            .cloned()
            .map(Fact::Creates),
    );
    facts.extend(reading.deeds.iter().map(|(deed, table)| match deed {
        Deed::Insert => Fact::Inserts(table.clone()),
        Deed::Update => Fact::Updates(table.clone()),
        Deed::Delete => Fact::Deletes(table.clone()),
    }));
    facts.extend(reading.drops.iter().cloned().map(Fact::Drops));
    facts.extend(reading.truncates.iter().cloned().map(Fact::Truncates));
    facts.extend(reading.alters.iter().cloned().map(Fact::Alters));
    facts.extend(reading.unscoped.iter().map(|(verb, table)| match verb {
        Unscoped::Update => Fact::UnscopedUpdate(table.clone()),
        Unscoped::Delete => Fact::UnscopedDelete(table.clone()),
    }));
    if reading.destroys_unnamed {
        facts.push(Fact::Drops("(unnamed)".to_owned()));
    }
    facts.extend(
        reading
            .functions
            .iter()
            .map(|function| Fact::Calls(function.name.clone())),
    );
    let used = |label: &Label| match looks_up
        || (reading.guessed.contains(label) && reading.computed.is_empty())
    {
        true => Fact::LooksUp(label.clone()),
        false => Fact::Filters(label.clone()),
    };
    facts.extend(reading.predicate_labels.iter().map(used));
    let computed = reading.computed.difference(&reading.predicate_labels);
    facts.extend(computed.cloned().map(Fact::Filters));
    facts.extend(
        constrained(reading, catalog)
            .into_iter()
            .map(Fact::Constrains),
    );
    facts.extend(reading.opened.iter().copied().map(Fact::Opens));
    facts.extend(copied(reading, catalog).map(|(_, _, label)| Fact::Launders(label)));
    facts
}

/// The labels of what rules of tables compare.
fn constrained(reading: &Reading, catalog: &Catalog) -> BTreeSet<Label> {
    let columns = reading.constrained.iter();
    let labels = |at: &ColumnRef| {
        let column = catalog
            .table(&at.table)
            .and_then(|table| table.column(&at.column));
        column.map(|column| column.labels().cloned().collect::<BTreeSet<_>>())
    };
    columns.filter_map(labels).flatten().collect()
}

/// The label of the column that a bound value is written to.
fn label_at(catalog: &Catalog, at: &ColumnRef) -> Option<Label> {
    let column = catalog.table(&at.table)?.column(&at.column)?;
    column.label.clone()
}

/// What is copied from where to where under which label; unknown means the broadest personal one.
fn copied<'r>(
    reading: &'r Reading,
    catalog: &'r Catalog,
) -> impl Iterator<Item = (&'r ColumnRef, &'r ColumnRef, Label)> {
    let labels = |at: &ColumnRef| {
        let column = catalog.table(&at.table)?.column(&at.column)?;
        Some(column.labels().cloned().collect::<BTreeSet<_>>())
    };
    reading.launders.iter().flat_map(move |(from, to)| {
        let own = labels(to).unwrap_or_default();
        let unknown = || BTreeSet::from([Label::unknown_personal()]);
        let all = labels(from).filter(|labels| !labels.is_empty());
        let all = all.unwrap_or_else(unknown).into_iter();
        all.filter(move |label| !own.contains(label))
            .map(move |label| (from, to, label))
    })
}

/// The labels that go with what is copied, and with what gets another name.
fn copies(reading: &Reading, scope: &Scope<'_>) -> BTreeSet<Copied> {
    let one = |(from, to, label): (&ColumnRef, &ColumnRef, Label)| {
        let moved = reading.moves.contains(&(from.clone(), to.clone()));
        let column = match reading.unsure.contains(&to.table) {
            true => EVERY_COLUMN,
            false => &to.column,
        };
        let copied = Copied::new(&scope.system.server, &to.table, column, label);
        match moved {
            true => copied.moved_from(&from.table, &from.column),
            false => copied,
        }
    };
    copied(reading, scope.catalog).map(one).collect()
}

fn output(output: &sql::Output) -> Output {
    Output {
        name: output.name.clone(),
        sources: output
            .sources
            .iter()
            .map(|source| format!("{}.{}", source.table, source.column))
            .collect(),
        // A sum over one row is that row: until groups are counted, measures keep their label.
        labels: output.labels.union(&output.aggregated).cloned().collect(),
        summed: output
            .aggregated
            .difference(&output.labels)
            .cloned()
            .collect(),
        bare: output.bare.is_some(),
    }
}

/// What is looked up, where its value is a text or a number: any other bound value is a filter.
fn sought(reading: &Reading, params: &[Json]) -> Option<Sought> {
    let lookup = reading.lookup.as_ref()?;
    let value = match &lookup.value {
        Wanted::Text(text) => Json::from(text.as_str()),
        Wanted::Number(number) => Json::from(*number),
        Wanted::Bound(at) => params.get(*at)?.clone(),
    };
    matches!(value, Json::String(_) | Json::Number(_)).then(|| Sought {
        column: format!("{}.{}", lookup.column.table, lookup.column.column),
        value,
    })
}

fn reach(reading: &Reading, sought: Option<Sought>) -> Reach {
    const VERBS: [&str; 4] = ["create", "alter", "drop", "truncate"];
    let moves = |pair: &&(ColumnRef, ColumnRef)| reading.moves.contains(*pair);
    let copied = reading.launders.iter().filter(|pair| !moves(pair));
    let renamed = reading.launders.iter().filter(moves);
    Reach {
        reads: reading.reads.clone(),
        columns: reading
            .read_columns
            .iter()
            .map(ToString::to_string)
            .collect(),
        writes: reading.writes.clone(),
        ddl: VERBS
            .into_iter()
            .filter(|verb| reading.kinds.iter().any(|kind| kind == verb))
            .collect(),
        pragmas: reading.pragma.iter().cloned().collect(),
        sought,
        guesses: !reading.guessed.is_empty(),
        copied: copied.map(|(from, _)| from.to_string()).collect(),
        renamed: renamed.map(|(from, _)| from.table.clone()).collect(),
    }
}
