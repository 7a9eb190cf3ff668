//! Reads the name of a dataset.
//! Knows nothing of its content.

use std::collections::BTreeSet;

use super::{Fact, Finding, Interceptor, Readings, Scope};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::{Argument, ArgumentKind, Copied, Dataset, Label, Location};

/// The interceptor of `kind = "dataset"`.
#[derive(Debug)]
pub(super) struct DatasetName;

impl Interceptor for DatasetName {
    fn reads(&self, kind: &ArgumentKind) -> bool {
        matches!(kind, ArgumentKind::Dataset)
    }

    fn read(
        &self,
        argument: &Argument,
        value: &Json,
        scope: &Scope<'_>,
    ) -> Result<Readings, Denial> {
        let found = value
            .as_str()
            .and_then(|name| scope.manifests.dataset(name));
        let Some(dataset) = found else {
            return Err(Denial::kernel(
                "kernel.unknown-dataset",
                Phase::Examination,
                "no dataset of this name is declared",
                "call medallion__datasets for the names",
            ));
        };
        let fact = Fact::Names(dataset.name.clone());
        Ok(Readings {
            findings: vec![Finding {
                fact,
                argument: argument.name.clone(),
                span: None,
            }],
            subjects: vec![dataset.source.subject()],
            copies: if scope.publishes {
                copies(dataset, scope)
            } else {
                BTreeSet::new()
            },
            ..Readings::default()
        })
    }
}

/// A table that is published holds what its source holds, under the labels of the source.
fn copies(dataset: &Dataset, scope: &Scope<'_>) -> BTreeSet<Copied> {
    let (
        Location::Table { server, table },
        Location::Table {
            server: to,
            table: target,
        },
    ) = (&dataset.source, &dataset.target)
    else {
        return BTreeSet::new();
    };
    let catalog = |server: &String| scope.catalogs.get(server);
    let source = catalog(server).and_then(|catalog| catalog.table(table));
    let known = catalog(to).and_then(|catalog| catalog.table(target));
    let holds = |column: &str, label: &Label| {
        let column = known.and_then(|table| table.column(column));
        column.is_some_and(|column| column.labels().any(|own| own == label))
    };
    let columns = source.into_iter().flat_map(|table| &table.columns);
    columns
        .flat_map(|column| column.labels().map(move |label| (column, label)))
        .filter(|(column, label)| !holds(&column.name, label))
        .map(|(column, label)| Copied::new(to, target, &column.name, label.clone()))
        .collect()
}
