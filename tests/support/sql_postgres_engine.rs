//! PostgreSQL with the small world in it.
//! Knows nothing of what the kernel says about a statement.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;

use aegis_tests::PostgresServer;
use postgres::{Client, SimpleQueryMessage};

use crate::engine::{Answer, Engine, Held, Picture};
use crate::world;

pub(crate) struct Postgres {
    server: &'static PostgresServer,
    client: RefCell<Client>,
    /// The untouched world, which no one is connected to; made on first use.
    template: OnceCell<String>,
    varied: Option<(&'static str, &'static str)>,
    /// A copy to try things on; made anew once something has changed it.
    copy: Cell<Option<Trial>>,
}

/// An unchanged copy of the world, someone who is connected to it, and how it looks.
struct Trial {
    name: String,
    client: Client,
    before: Picture,
}

/// Plans and with them the order of rows hang on sizes, which even rows that are taken back change.
const TIDY: &str = "VACUUM customers, orders, contacts, gold_revenue, staging_tmp";

/// A role without any right of its own.
const READER: &str = "DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

impl Postgres {
    pub(crate) fn new(
        server: &'static PostgresServer,
        varied: Option<(&'static str, &'static str)>,
    ) -> Self {
        let client = server.connect(&filled(server, varied));
        Self {
            server,
            client: RefCell::new(client),
            template: OnceCell::new(),
            varied,
            copy: Cell::new(None),
        }
    }

    fn copy(&self) -> Trial {
        let template = || filled(self.server, self.varied);
        self.copy.take().unwrap_or_else(|| {
            let template = self.template.get_or_init(template);
            let name = self.server.create_database(template);
            let mut client = self.server.connect(&name);
            let before = picture(&mut client);
            Trial {
                name,
                client,
                before,
            }
        })
    }
}

fn filled(server: &PostgresServer, varied: Option<(&str, &str)>) -> String {
    let database = server.create_database("template0");
    let mut client = server.connect(&database);
    client.batch_execute(READER).unwrap();
    client.batch_execute(&world::script(varied)).unwrap();
    client.batch_execute(TIDY).unwrap();
    client.close().unwrap();
    database
}

fn has_columns(readable: &[(String, Option<String>)], table: &str) -> bool {
    readable
        .iter()
        .any(|(of, column)| of == table && column.is_some())
}

/// All rows of one statement as text. The server itself refuses a second statement behind the first.
fn answer(client: &mut Client, sql: &str) -> Result<Answer, String> {
    let prepared = client.prepare(sql).map_err(|fault| said(&fault))?;
    let parameters = prepared.params().len();
    if parameters > 0 {
        // As text, so that every parameter takes it.
        let ones = vec!["'1'"; parameters].join(", ");
        let script = [
            format!("PREPARE asked AS {sql}"),
            format!("EXECUTE asked({ones})"),
        ];
        let _ = client.batch_execute("DEALLOCATE ALL");
        client
            .batch_execute(&script[0])
            .map_err(|fault| said(&fault))?;
        return simple(client, &script[1]);
    }
    let mut answer = simple(client, sql)?;
    answer.names = prepared
        .columns()
        .iter()
        .map(|column| column.name().to_owned())
        .collect();
    Ok(answer)
}

fn simple(client: &mut Client, sql: &str) -> Result<Answer, String> {
    let messages = client.simple_query(sql).map_err(|fault| said(&fault))?;
    let mut answer = Answer::default();
    for message in messages {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                answer.names = columns
                    .iter()
                    .map(|column| column.name().to_owned())
                    .collect();
            }
            SimpleQueryMessage::Row(row) => answer.rows.push(
                (0..row.len())
                    .map(|at| {
                        row.get(at)
                            .map_or_else(|| "NULL".to_owned(), |cell| format!("'{cell}'"))
                    })
                    .collect(),
            ),
            _ => {}
        }
    }
    Ok(answer)
}

fn said(fault: &postgres::Error) -> String {
    match fault.as_db_error() {
        Some(told) => format!("{}: {}", told.code().code(), told.message()),
        None => fault.to_string(),
    }
}

impl Engine for Postgres {
    fn answer(&self, sql: &str) -> Result<Answer, String> {
        let mut client = self.client.borrow_mut();
        client.batch_execute("BEGIN").unwrap();
        let answer = answer(&mut client, sql);
        client.batch_execute("ROLLBACK").unwrap();
        let writes = ["insert", "update", "delete", "merge", "alter"];
        let lower = sql.to_ascii_lowercase();
        if writes.iter().any(|word| lower.contains(word)) {
            client.batch_execute(TIDY).unwrap();
        }
        answer
    }

    fn answer_within(
        &self,
        sql: &str,
        readable: &[(String, Option<String>)],
    ) -> Option<Result<Answer, String>> {
        let mut client = self.client.borrow_mut();
        client.batch_execute("BEGIN").unwrap();
        for (table, column) in readable {
            // Rows alone: PostgreSQL asks for a right on some column of the table, any one.
            let column = match column {
                Some(column) => column,
                None if has_columns(readable, table) => continue,
                None if table == "v_deep" => "k",
                None if table == "gold_revenue" => "total",
                None => "id",
            };
            assert!(world::TABLES.contains(&table.as_str()), "{table}");
            let grant = format!("GRANT SELECT (\"{column}\") ON \"{table}\" TO reader");
            if let Err(fault) = client.batch_execute(&grant) {
                client.batch_execute("ROLLBACK").unwrap();
                return Some(Err(said(&fault)));
            }
        }
        client.batch_execute("SET LOCAL ROLE reader").unwrap();
        let answer = answer(&mut client, sql);
        client.batch_execute("ROLLBACK").unwrap();
        Some(answer)
    }

    fn left_by(&self, sql: &str) -> Result<Picture, String> {
        let mut client = self.client.borrow_mut();
        client.batch_execute("BEGIN").unwrap();
        let left = answer(&mut client, sql).map(|_| picture(&mut client));
        client.batch_execute("ROLLBACK").unwrap();
        client.batch_execute(TIDY).unwrap();
        left
    }

    fn trial(&self, sql: &str) -> (Picture, Picture) {
        let stdin = sql.to_ascii_lowercase().contains("stdin");
        match self.tried_inside(sql) {
            Some(pictures) if !stdin => pictures,
            _ => self.tried_on_copy(sql),
        }
    }
}

impl Postgres {
    /// Tries one statement and takes it back; `None` where it is more than one, or runs in no transaction.
    fn tried_inside(&self, sql: &str) -> Option<(Picture, Picture)> {
        // Not where queries are judged: even what is taken back moves the rows to come.
        let mut copy = self.copy();
        let client = &mut copy.client;
        // What an earlier text prepared is none of this one's.
        client.batch_execute("DISCARD ALL").unwrap();
        client.batch_execute("BEGIN").unwrap();
        let answer = match client.prepare(sql) {
            Ok(_) if !sql.to_ascii_lowercase().contains("copy") => answer(client, sql),
            Ok(_) => Err("25001".to_owned()),
            Err(fault) => Err(said(&fault)),
        };
        let before = copy.before.clone();
        let after = match &answer {
            Ok(_) => picture(client),
            Err(_) => before.clone(),
        };
        client.batch_execute("ROLLBACK").unwrap();
        self.copy.set(Some(copy));
        let elsewhere = ["42601", "25001"];
        match answer {
            Err(told) if elsewhere.iter().any(|code| told.starts_with(code)) => None,
            _ => Some((before, after)),
        }
    }

    /// Runs a text as it stands, in its own transaction, on a copy that is thrown away if it changed.
    fn tried_on_copy(&self, sql: &str) -> (Picture, Picture) {
        let Trial {
            name,
            mut client,
            before,
        } = self.copy();
        match sql.to_ascii_lowercase().contains("stdin") {
            true => self.server.feed_nothing(&name, sql),
            false => drop(client.batch_execute(sql)),
        }
        // Whatever the text has set goes with its session.
        drop(client);
        let mut client = self.server.connect(&name);
        let after = picture(&mut client);
        match before == after {
            true => self.copy.set(Some(Trial {
                name,
                client,
                before: before.clone(),
            })),
            false => {
                drop(client);
                self.server.drop_database(&name);
            }
        }
        (before, after)
    }
}

/// Tables with their rows, and all else that a statement could leave behind.
fn picture(client: &mut Client) -> Picture {
    let tables = simple(client, TABLES).unwrap().rows;
    let mut held = BTreeMap::new();
    for row in tables {
        let name = row[0].trim_matches('\'').to_owned();
        let told = simple(client, &format!("SELECT * FROM {name}")).unwrap();
        held.insert(
            name,
            Held {
                columns: told.names,
                rows: told.rows,
            },
        );
    }
    let rest = simple(client, REST).unwrap().rows;
    Picture {
        tables: held,
        rest: rest.into_iter().map(|row| row.join(" ")).collect(),
    }
}

const TABLES: &str = "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1";

const REST: &str = "
    SELECT 'relation', c.oid::regclass::text, c.relkind::text, coalesce(c.relacl::text, '') || c.relowner FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    UNION ALL SELECT 'function', oid::regprocedure::text, prosrc, '' FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'schema', nspname::text, coalesce(nspacl::text, ''), '' FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_temp%' AND nspname NOT LIKE 'pg\\_toast%'
    UNION ALL SELECT 'trigger', tgname::text, '', '' FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'constraint', conname::text, pg_get_constraintdef(oid), '' FROM pg_constraint WHERE conrelid >= 16384
    UNION ALL SELECT 'role', rolname::text, rolsuper::text, '' FROM pg_roles
    UNION ALL SELECT 'extension', extname::text, '', '' FROM pg_extension
    UNION ALL SELECT 'object', oid::text, '', '' FROM pg_largeobject_metadata
    UNION ALL SELECT 'comment', objoid::text, description, '' FROM pg_description WHERE objoid >= 16384
    UNION ALL SELECT 'setting', setdatabase::text, setconfig::text, '' FROM pg_db_role_setting
    UNION ALL SELECT 'default', adrelid::regclass::text, adnum::text, pg_get_expr(adbin, adrelid) FROM pg_attrdef
    ORDER BY 1, 2, 3, 4";
