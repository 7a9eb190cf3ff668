//! Definitions: tables, views and indexes that are made, altered and dropped within a grant.
//! Knows nothing of names in a statement: what it may touch belongs to its role while it runs, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::execute::{Counts, changed, commit, counts};
use super::fault::Fault;
use super::plan;
use super::quote::place;
use super::schema::{self, Object};
use super::tags::Tags;
use super::wire::Wire;
use super::{Server, revision, text};
use crate::blocking::CommitGate;
use crate::postgres::code::{Failure, PostgresCode};
use crate::postgres::grant::Grant;
use crate::postgres::quote::quoted;
use crate::postgres::relation::Kind;

/// What can be defined; materialised views, temporary and foreign tables, functions, triggers, roles cannot.
const DEFINED: &[&str] = &[
    "create table",
    "create view",
    "create or replace view",
    "create index",
    "create unique",
    "alter table",
    "alter view",
    "alter index",
    "drop table",
    "drop view",
    "drop index",
];

impl Server {
    /// Runs one definition. The statement's role owns, for as long as it runs, the tables of the grant that the login role
    /// owns; afterwards they, and what was made, are the login role's again.
    pub(super) fn define(
        &self,
        grant: &Grant,
        sql: &str,
        word: &str,
        params: &[Option<String>],
        gate: &CommitGate,
    ) -> Result<(Value, Value), Failure> {
        let words = text::first_words(sql)?;
        if !DEFINED.contains(&words.as_str()) || !grant.ddl.has(word) {
            return Err(PostgresCode::NotPermitted.into());
        }
        self.within(grant.time, "BEGIN READ WRITE", |wire| {
            let before = schema::load(wire, &self.location.schema)?;
            let rows = counts(wire)?;
            if !grant.open {
                self.lend(wire, grant, &before, (word, &words))?;
            }
            revision::check(wire, &self.location.schema, grant)?;
            if !grant.open {
                if words == "create table" {
                    self.make_table(wire, grant, &before, (sql, params))?;
                }
                self.behind_the_wall(wire)?;
            }
            let described = wire.prepare(sql)?;
            if described.parameters != params.len() {
                return Err(PostgresCode::BadArgument.into());
            }
            wire.run(params, |_row| Ok(true))?;
            wire.batch("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")?;
            let writes = self.take_back(wire, grant, &before, &rows)?;
            commit(wire, gate)?;
            let report = json!({ "reads": [], "writes": writes, "functions": [] });
            Ok((json!({ "rows_affected": 0 }), report))
        })
    }

    /// Lends the role of the statement what it may define anew or drop. A masked table may be dropped, and renamed where
    /// masks follow; nothing else that is done to it would keep its masks.
    fn lend(
        &self,
        wire: &mut Wire,
        grant: &Grant,
        objects: &[Object],
        (word, words): (&str, &str),
    ) -> Result<(), Fault> {
        let role = quoted(&self.location.wall_role());
        let schema = quoted(&self.location.schema);
        let mut script = String::new();
        for object in objects
            .iter()
            .filter(|object| grant.writes.has(&object.name))
        {
            let tags = Tags::of(grant, object);
            let masked = !tags.masks.is_empty() || !tags.sound();
            let fits =
                !masked || word == "drop" || (word == "alter" && grant.renamed.has(&object.name));
            // What is made new needs nothing lent, but an index its table and a view its forerunner.
            let needed = word != "create" || words != "create table";
            if fits && object.owned && object.kind != Kind::Other && needed {
                let kind = if object.kind == Kind::View {
                    "VIEW"
                } else {
                    "TABLE"
                };
                script.push_str(&format!(
                    "ALTER {kind} {schema}.{} OWNER TO {role};\n",
                    quoted(&object.name)
                ));
            }
        }
        wire.batch(&script)
    }

    /// What making a table needs: `CREATE TABLE … AS` reads, through the same views as any write; one with columns may refer to
    /// tables, as themselves. The engine's plan tells which it is: only the first has one. (A view is made over the
    /// tables themselves, else it would be a temporary one; making it reads nothing.)
    fn make_table(
        &self,
        wire: &mut Wire,
        grant: &Grant,
        objects: &[Object],
        (sql, params): (&str, &[Option<String>]),
    ) -> Result<(), Fault> {
        let role = quoted(&self.location.wall_role());
        wire.batch("SAVEPOINT ways")?;
        self.open_ways(wire, grant, objects)?;
        self.behind_the_wall(wire)?;
        match plan::of(wire, sql, params) {
            Ok(plan) => {
                self.names(wire, &plan.reads, &[&grant.reads], grant.open)?;
                wire.batch("RESET ROLE")
            }
            // A syntax error: nothing to explain.
            Err(Fault::Told(state)) if state == "42601" => {
                wire.batch("ROLLBACK TO SAVEPOINT ways")?;
                let mut script = String::new();
                for object in objects
                    .iter()
                    .filter(|object| object.owned && object.kind == Kind::Table)
                {
                    if grant.reads.has(&object.name) || grant.writes.has(&object.name) {
                        let place = place(&self.location.schema, &object.name);
                        script.push_str(&format!("GRANT REFERENCES ON {place} TO {role};\n"));
                    }
                }
                wire.batch(&script)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Takes back what was lent and made, and tells what was. A relation that came to be and is not granted refuses the call.
    fn take_back(
        &self,
        wire: &mut Wire,
        grant: &Grant,
        before: &[Object],
        rows: &Counts,
    ) -> Result<BTreeSet<String>, Fault> {
        let schema = &self.location.schema;
        let after = schema::load(wire, schema)?;
        let known: BTreeMap<u32, &str> = before
            .iter()
            .map(|object| (object.oid, object.name.as_str()))
            .collect();
        let mut writes = BTreeSet::new();
        for object in &after {
            if known.get(&object.oid) != Some(&object.name.as_str()) {
                writes.insert(object.name.clone());
            }
        }
        let left: BTreeSet<u32> = after.iter().map(|object| object.oid).collect();
        let gone = before.iter().filter(|object| !left.contains(&object.oid));
        writes.extend(gone.map(|object| object.name.clone()));
        // A new name is the grant's business where the old one was: renaming is altering.
        let renamed = |name: &String| {
            let object = after.iter().find(|object| object.name == *name);
            object.is_some_and(|object| known.contains_key(&object.oid))
        };
        if writes
            .iter()
            .any(|name| !grant.writes.has(name) && !renamed(name))
        {
            return Err(PostgresCode::NotPermitted.into());
        }
        let touched = changed(wire, rows)?
            .into_iter()
            .map(|(at, name, _)| (at, name));
        if touched
            .into_iter()
            .any(|(at, name)| at != *schema || !(grant.writes.has(&name) || renamed(&name)))
        {
            return Err(PostgresCode::NotPermitted.into());
        }
        if !grant.open {
            let lent = wire.ask(
                "SELECT format('ALTER %s %I.%I OWNER TO %I', CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, n.nspname, c.relname, current_user) \
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner \
                 WHERE r.rolname = $1 AND c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^pg_temp'",
                &[&self.location.wall_role()],
            )?;
            let mut script: Vec<String> = lent.into_iter().flatten().flatten().collect();
            let given = wire.ask(
                "SELECT DISTINCT format('REVOKE ALL ON %I.%I FROM %I', n.nspname, c.relname, r.rolname) \
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(c.relacl) x \
                 JOIN pg_roles r ON r.oid = x.grantee WHERE r.rolname = $1 AND x.privilege_type = 'REFERENCES' \
                 AND c.relkind IN ('r', 'p') AND n.nspname = $2",
                &[&self.location.wall_role(), schema],
            )?;
            script.extend(given.into_iter().flatten().flatten());
            wire.batch(&script.join(";\n"))?;
        }
        Ok(writes)
    }
}
