//! The result's columns as facts.
//! Knows nothing of how they were resolved.

use super::flow::Flow as Sources;
use super::reference;
use super::relation::{Field, Rows};
use crate::inspect::sql::{Flow, Output};

pub(super) fn outputs(rows: &Rows<'_>) -> Vec<Output> {
    rows.fields.iter().map(output).collect()
}

fn output(field: &Field<'_>) -> Output {
    let flow = &field.flow;
    Output {
        name: field.shown.to_string(),
        sources: flow.parts().map(|(origin, _)| reference(origin)).collect(),
        labels: flow.labels(true).cloned().collect(),
        aggregated: flow
            .parts()
            .filter(|(origin, ways)| ways.is_summed() && origin.column.measure)
            .filter_map(|(origin, _)| origin.column.label.clone())
            .collect(),
        bare: flow.bare().map(reference),
        flow: kind(flow, field.aggregate.as_ref()),
    }
}

fn kind(flow: &Sources<'_>, aggregate: Option<&String>) -> Flow {
    match aggregate {
        Some(name) => Flow::Aggregate(name.clone()),
        None if flow.is_empty() => Flow::Constant,
        None if flow.parts().any(|(_, ways)| ways.is_value()) => Flow::Value,
        None => Flow::Control,
    }
}
