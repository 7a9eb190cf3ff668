//! What the rows of a table must keep to, for whoever judges writes: unique keys, foreign keys, checks.
//! Knows nothing of grants, nor of what a check says: of a condition it tells the columns.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::cells::Cells;
use super::fault::Fault;
use super::schema::{Column, Object};
use super::value::{TEXT, VARCHAR};
use super::wire::Wire;

/// All rules of a schema, by the number of their table.
#[derive(Debug, Default)]
pub(super) struct Rules {
    unique: BTreeMap<u32, Vec<Unique>>,
    references: BTreeMap<u32, Vec<Reference>>,
    checks: BTreeMap<u32, Vec<Vec<String>>>,
    /// Table → computed column → what it is computed from.
    computed: BTreeMap<u32, BTreeMap<String, Vec<String>>>,
}

#[derive(Debug)]
struct Unique {
    columns: Vec<String>,
    /// No condition, no expression, NULLs apart.
    plain: bool,
    primary: bool,
    /// NULL is like NULL.
    meets_null: bool,
}

#[derive(Debug)]
struct Reference {
    columns: Vec<String>,
    table: String,
    to: Vec<String>,
    follows: bool,
}

const UNIQUE: &str = "SELECT i.indrelid, coalesce(string_agg(DISTINCT a.attname, E'\\x1e'), ''), \
   i.indpred IS NULL AND i.indexprs IS NULL AND NOT i.indisexclusion, i.indisprimary, coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false') \
   FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
   LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND (a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]) OR EXISTS ( \
     SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid \
     AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum \
     AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL))) AND a.attnum > 0 \
   WHERE n.nspname = $1 AND (i.indisunique OR i.indisexclusion) GROUP BY i.indexrelid, i.indrelid, i.indnkeyatts, 3, 4, 5 ORDER BY i.indexrelid";

const REFERENCES: &str = "SELECT k.conrelid, \
   (SELECT string_agg(a.attname, E'\\x1e' ORDER BY u.at) FROM unnest(k.conkey) WITH ORDINALITY u(n, at) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n), \
   f.relname, \
   (SELECT string_agg(a.attname, E'\\x1e' ORDER BY u.at) FROM unnest(k.confkey) WITH ORDINALITY u(n, at) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n), \
   NOT (k.confupdtype IN ('a', 'r') AND k.confdeltype IN ('a', 'r')) \
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class f ON f.oid = k.confrelid \
   WHERE n.nspname = $1 AND k.contype = 'f' ORDER BY k.oid";

/// A check without columns looks at the whole row, as far as anybody knows.
const CHECKS: &str = "SELECT k.conrelid, \
   (SELECT string_agg(a.attname, E'\\x1e') FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum > 0 AND NOT a.attisdropped \
     AND (a.attnum = ANY (k.conkey) OR coalesce(cardinality(k.conkey), 0) = 0)) \
   FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
   WHERE n.nspname = $1 AND k.contype = 'c' ORDER BY k.oid";

const COMPUTED: &str = "SELECT c.oid, a.attname, string_agg(DISTINCT s.attname, E'\\x1e') \
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attgenerated <> '' \
   JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum \
   LEFT JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid > 0 AND d.refobjsubid <> a.attnum \
     AND ((d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid) OR (d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = a.attnum)) \
   LEFT JOIN pg_attribute s ON s.attrelid = c.oid AND s.attnum = d.refobjsubid \
   WHERE n.nspname = $1 GROUP BY c.oid, a.attname";

/// Reads all rules of the schema.
pub(super) fn load(wire: &mut Wire, schema: &str) -> Result<Rules, Fault> {
    let mut rules = Rules::default();
    for row in wire.ask(UNIQUE, &[schema])? {
        let mut row = Cells::of(row);
        rules.unique.entry(row.number()?).or_default().push(Unique {
            columns: row.list(),
            plain: row.flag(),
            primary: row.flag(),
            meets_null: row.text() == "true",
        });
    }
    for row in wire.ask(REFERENCES, &[schema])? {
        let mut row = Cells::of(row);
        rules
            .references
            .entry(row.number()?)
            .or_default()
            .push(Reference {
                columns: row.list(),
                table: row.text(),
                to: row.list(),
                follows: row.flag(),
            });
    }
    for row in wire.ask(CHECKS, &[schema])? {
        let mut row = Cells::of(row);
        let of = rules.checks.entry(row.number()?).or_default();
        of.push(row.list());
    }
    for row in wire.ask(COMPUTED, &[schema])? {
        let mut row = Cells::of(row);
        let of = rules.computed.entry(row.number()?).or_default();
        of.insert(row.text(), row.list());
    }
    Ok(rules)
}

impl Rules {
    /// Columns each of which alone names at most one row.
    pub(super) fn keys<'r>(&'r self, object: &'r Object) -> BTreeSet<&'r str> {
        let unique = self.unique.get(&object.oid).into_iter().flatten();
        let single = unique.filter(|unique| unique.plain).filter_map(|unique| {
            let [only] = unique.columns.as_slice() else {
                return None;
            };
            let required = |column: &Column| column.name == *only && column.not_null;
            let fits = unique.primary || object.columns.iter().any(required);
            fits.then_some(only.as_str())
        });
        single.collect()
    }

    /// `{"unique": [columns], "plain"}`, `{"references": table, "columns", "to", "follows"}`, `{"check": [columns]}`.
    pub(super) fn of(&self, object: &Object) -> Vec<Value> {
        let oid = &object.oid;
        let unique = self.unique.get(oid).into_iter().flatten().map(|unique| {
            let plain =
                unique.plain && !unique.meets_null && !self.is_computed(object, &unique.columns);
            json!({ "unique": self.widened(object, &unique.columns), "plain": plain })
        });
        let references = self.references.get(oid).into_iter().flatten().map(|key| {
            let columns = self.widened(object, &key.columns);
            json!({ "references": key.table, "columns": columns, "to": key.to, "follows": key.follows })
        });
        let checks = self.checks.get(oid).into_iter().flatten();
        let checks = checks.map(|columns| json!({ "check": self.widened(object, columns) }));
        // A type refuses what it cannot hold; an unbounded text holds all.
        let demanding = object.columns.iter().filter(|column| {
            let free =
                [TEXT, VARCHAR].contains(&column.kind) && !column.declared_type.contains('(');
            !free || (column.not_null && column.generated)
        });
        let demanding = demanding.map(
            |column| json!({ "check": self.widened(object, std::slice::from_ref(&column.name)) }),
        );
        unique
            .chain(references)
            .chain(checks)
            .chain(demanding)
            .collect()
    }

    /// The columns that are NULL in a new row that leaves them out, where NULL meets no other row.
    pub(super) fn unfilled<'o>(&self, object: &'o Object) -> Vec<&'o str> {
        let mut unique = self.unique.get(&object.oid).into_iter().flatten();
        let meets: Vec<&Unique> = unique.by_ref().filter(|unique| unique.meets_null).collect();
        let columns = object.columns.iter();
        columns
            .filter(|column| !column.has_default && !column.generated)
            .filter(|column| {
                !meets
                    .iter()
                    .any(|unique| unique.columns.contains(&column.name))
            })
            .map(|column| column.name.as_str())
            .collect()
    }

    fn is_computed(&self, object: &Object, columns: &[String]) -> bool {
        let computed = self.computed.get(&object.oid);
        computed.is_some_and(|computed| columns.iter().any(|column| computed.contains_key(column)))
    }

    /// A computed column stands for all that it is computed from; where that is unknown, for the whole row.
    fn widened(&self, object: &Object, columns: &[String]) -> Vec<String> {
        let mut once: Vec<String> = Vec::new();
        let mut add = |name: &String| {
            if !once.contains(name) {
                once.push(name.clone());
            }
        };
        let computed = self.computed.get(&object.oid);
        for column in columns {
            add(column);
            match computed.and_then(|computed| computed.get(column)) {
                Some(of) if of.is_empty() => {
                    object.columns.iter().for_each(|column| add(&column.name))
                }
                Some(of) => of.iter().for_each(&mut add),
                None => {}
            }
        }
        once
    }
}
