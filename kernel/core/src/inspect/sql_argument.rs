//! Reads SQL arguments: hands the text to [`super::sql`] and turns its reading into facts.
//! Knows nothing of how SQL is parsed.

use super::sql::{self, ColumnRef, Reading, Unscoped, Wanted};
use super::{Fact, Finding, Interceptor, Output, Reach, Readings, Scope, Sought};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::{Argument, ArgumentKind, Catalog, Label, Location};

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
        let reading = sql::read(value.as_str().unwrap_or_default(), dialect, scope.catalog);
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
    let used = match looks_up {
        true => Fact::LooksUp,
        false => Fact::Filters,
    };
    facts.extend(reading.predicate_labels.iter().cloned().map(used));
    facts.extend(
        reading
            .launders
            .iter()
            .map(|(from, _)| Fact::Launders(label_of(catalog, &from.table, &from.column))),
    );
    facts
}

/// The label of the column that a bound value is written to.
fn label_at(catalog: &Catalog, at: &ColumnRef) -> Option<Label> {
    let column = catalog.table(&at.table)?.column(&at.column)?;
    column.label.clone()
}

/// The label of a column that the reading says is labelled; unknown means the broadest personal one.
fn label_of(catalog: &Catalog, table: &str, column: &str) -> Label {
    let found = catalog
        .table(table)
        .and_then(|table| table.column(column))
        .and_then(|column| column.label.clone());
    found.unwrap_or_else(Label::unknown_personal)
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
    Reach {
        reads: reading.reads.clone(),
        writes: reading.writes.clone(),
        ddl: VERBS
            .into_iter()
            .filter(|verb| reading.kinds.iter().any(|kind| kind == verb))
            .collect(),
        sought,
    }
}
