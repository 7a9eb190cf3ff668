//! A query under aliases, subqueries and functions, and whether a reading holds all that another does.
//! Knows nothing of engines.

use aegis_core::inspect::sql::Reading;

/// Whether every output of one reading has at least the sources and labels of the other's.
pub(crate) fn covers(wide: &Reading, narrow: &Reading) -> Result<(), String> {
    for (at, (wide, narrow)) in wide.outputs.iter().zip(&narrow.outputs).enumerate() {
        if !wide.sources.is_superset(&narrow.sources) || !wide.labels.is_superset(&narrow.labels) {
            return Err(format!(
                "output {at} loses {:?}",
                narrow.sources.difference(&wide.sources)
            ));
        }
    }
    match wide
        .predicate_columns
        .is_superset(&narrow.predicate_columns)
    {
        true => Ok(()),
        false => Err("a predicate is lost".to_owned()),
    }
}

/// The query under aliases, subqueries and functions; the outputs stay in their places.
pub(crate) fn rewritings(sql: &str, width: usize) -> Vec<String> {
    let names: Vec<String> = (0..width).map(|at| format!("z{at}")).collect();
    let list = names.join(", ");
    let wrapped = |form: &str| -> String {
        let items: Vec<String> = names
            .iter()
            .map(|name| format!("{} AS {name}", form.replace('%', name)))
            .collect();
        items.join(", ")
    };
    vec![
        format!("SELECT * FROM ({sql}) AS d"),
        format!("WITH d({list}) AS ({sql}) SELECT {list} FROM d"),
        format!("WITH d({list}) AS ({sql}) SELECT d.* FROM d"),
        format!(
            "WITH d({list}) AS ({sql}) SELECT {} FROM d",
            wrapped("upper(%)")
        ),
        format!(
            "WITH d({list}) AS ({sql}) SELECT {} FROM d",
            wrapped("max(%)")
        ),
        format!(
            "WITH d({list}) AS ({sql}) SELECT {} FROM d",
            wrapped("CASE WHEN % IS NULL THEN 1 END")
        ),
        format!(
            "WITH d({list}) AS ({sql}) SELECT {} FROM d",
            wrapped("(SELECT % LIMIT 1)")
        ),
        format!(
            "WITH d({list}) AS ({sql}) SELECT {} FROM d",
            wrapped("first_value(%) OVER ()")
        ),
        format!(
            "WITH d({list}) AS ({sql}), e AS (SELECT * FROM d UNION ALL SELECT * FROM d) SELECT * FROM e"
        ),
    ]
}
