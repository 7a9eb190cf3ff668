//! The house, kernel and attacks that the tests of the state store share.
//! Knows nothing of what is expected.

pub(crate) use std::collections::BTreeSet;
pub(crate) use std::fs;
pub(crate) use std::os::unix::fs::{PermissionsExt as _, symlink};
pub(crate) use std::path::{Path, PathBuf};
pub(crate) use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Arc, Mutex};

pub(crate) use aegis_core::denial::{Denial, Phase};
pub(crate) use aegis_core::limits;
pub(crate) use aegis_core::now::Now;
pub(crate) use aegis_core::receipt::{Back, Charge, Counts, Evidence, LedgerView, Over, Receipt};
pub(crate) use aegis_host::state::{
    self, Came, Clock, Minting, Position, Reserved, Stands, State, StateFault, Steady, Subjects,
};
pub(crate) use rusqlite::Connection;
pub(crate) use rusqlite::types::Value;
pub(crate) use tempfile::TempDir;

pub(crate) const NOON_MS: i64 = 1_795_176_000_000;
pub(crate) const SUBJECT: &str = "s3:object:silver/orders.csv";

/// A folder with a state file and a clock that moves by hand.
pub(crate) struct House {
    _folder: TempDir,
    pub(crate) path: PathBuf,
    pub(crate) clock_ms: Arc<AtomicI64>,
}

/// An open store with the steps that the tests take.
pub(crate) struct Kernel {
    pub(crate) state: State,
}

/// A yes made by hand, in a permit's place.
#[derive(Debug)]
pub(crate) struct Yes(pub(crate) Vec<Receipt>);

impl Stands for Yes {
    fn receipts(&self) -> &[Receipt] {
        &self.0
    }
}

pub(crate) const ACCOUNT: &str = "rule/hr.salary";
pub(crate) const HOUR: Over = Over::Window { seconds: 3_600 };

/// A yes that costs something.
#[derive(Debug)]
pub(crate) struct Charged(pub(crate) Vec<Charge>);

impl Stands for Charged {
    fn receipts(&self) -> &[Receipt] {
        &[]
    }

    fn charges(&self) -> &[Charge] {
        &self.0
    }
}

pub(crate) fn one_call() -> Charge {
    Charge {
        account: ACCOUNT.to_owned(),
        shared: false,
        amount: 1,
        over: HOUR,
        back: Back::Unsent,
    }
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(".aegis/state.db");
        Self {
            _folder: folder,
            path,
            clock_ms: Arc::new(AtomicI64::new(NOON_MS)),
        }
    }

    pub(crate) fn try_open(&self) -> Result<Kernel, StateFault> {
        let clock_ms = Arc::clone(&self.clock_ms);
        let clock: Clock = Arc::new(move || Now {
            unix_ms: clock_ms.load(Ordering::SeqCst),
        });
        Ok(Kernel {
            state: State::open(&self.path, clock)?,
        })
    }

    pub(crate) fn open(&self) -> Kernel {
        self.try_open().unwrap()
    }

    pub(crate) fn set_clock(&self, unix_ms: i64) {
        self.clock_ms.store(unix_ms, Ordering::SeqCst);
    }
}

impl Kernel {
    /// What a decision about this subject sees.
    pub(crate) async fn view(&self, subject: &str) -> LedgerView {
        let seen = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&seen);
        let subjects = Subjects {
            about: vec![subject.to_owned()],
            writes: vec![],
            ..Subjects::default()
        };
        let done = self.state.decide_and_spend(subjects, move |view, _| {
            *slot.lock().unwrap() = Some(view.clone());
            Ok(Yes(vec![]))
        });
        done.await.unwrap();
        let view = seen.lock().unwrap().take();
        view.unwrap()
    }

    pub(crate) async fn since(&self) -> Position {
        let subjects = Subjects {
            about: vec![SUBJECT.to_owned()],
            writes: vec![],
            ..Subjects::default()
        };
        self.state
            .decide_and_spend(subjects, |_, _| Ok(Yes(vec![])))
            .await
            .unwrap()
            .1
            .since
    }

    pub(crate) async fn mint(
        &self,
        evidence: &Evidence,
        since: Option<Position>,
    ) -> Option<Receipt> {
        let since = match since {
            Some(since) => since,
            None => self.since().await,
        };
        let minting = Minting {
            evidence,
            since,
            principal: "agent",
            run: "run-1",
            epoch: "epoch-1",
            ttl_s: 3_600,
        };
        self.state.mint(minting).await.unwrap()
    }

    pub(crate) async fn mint_one(&self) -> Receipt {
        self.mint(&evidence(), None).await.unwrap()
    }

    pub(crate) async fn write(&self, subject: &str) {
        let subjects = Subjects {
            about: vec![],
            writes: vec![subject.to_owned()],
            ..Subjects::default()
        };
        self.state
            .decide_and_spend(subjects, |_, _| Ok(Yes(vec![])))
            .await
            .unwrap();
    }

    pub(crate) async fn spend(&self, receipt: &Receipt) -> Result<(), Denial> {
        let yes = Yes(vec![receipt.clone()]);
        let subjects = Subjects {
            about: vec![SUBJECT.to_owned()],
            writes: vec![],
            ..Subjects::default()
        };
        self.state
            .decide_and_spend(subjects, move |_, _| Ok(yes))
            .await
            .map(|_| ())
    }

    /// A decision as a rule with a budget of so many calls in an hour makes it.
    pub(crate) async fn charge(&self, calls: u64) -> Result<(), Denial> {
        let subjects = Subjects {
            payer: Some("agent".to_owned()),
            ..Subjects::default()
        };
        let decide = move |view: &LedgerView, _| {
            if view.spending.used(ACCOUNT, HOUR) >= calls {
                return Err(no());
            }
            Ok(Charged(vec![one_call()]))
        };
        self.state
            .decide_and_spend(subjects, decide)
            .await
            .map(|_| ())
    }

    /// A decision as a single-use rule makes it.
    pub(crate) async fn spend_if_unspent(&self) -> Result<(), Denial> {
        let subjects = Subjects {
            about: vec![SUBJECT.to_owned()],
            writes: vec![],
            payer: Some("agent".to_owned()),
            ..Subjects::default()
        };
        let decide = |view: &LedgerView, _| {
            let unspent: Vec<_> = view.receipts.iter().filter(|r| !r.spent).cloned().collect();
            if unspent.is_empty() {
                Err(no())
            } else {
                Ok(Yes(unspent))
            }
        };
        self.state
            .decide_and_spend(subjects, decide)
            .await
            .map(|_| ())
    }
}

/// A store with one spent and one unspent receipt and one write is attacked, twice: with the kernel
/// stopped, and under a running one.
pub(crate) fn assert_noticed(name: &str, attack: impl Fn(&Connection)) {
    for running in [false, true] {
        let house = House::new();
        let kernel = house.open();
        block(async {
            let first = kernel.mint_one().await;
            kernel.spend(&first).await.unwrap();
            kernel.mint_one().await;
            kernel.write(SUBJECT).await;
            kernel.charge(1).await.unwrap();
        });
        let mut kernel = Some(kernel).filter(|_| running);
        let db = Connection::open(&house.path).unwrap();
        attack(&db);
        drop(db);
        if let Some(kernel) = &kernel {
            assert_eq!(
                rule(block(kernel.spend_if_unspent())),
                "kernel.state-tampered",
                "{name}, at use"
            );
            assert_eq!(
                rule(block(kernel.spend_if_unspent())),
                "kernel.state-tampered",
                "{name}, afterwards"
            );
        }
        drop(kernel.take());
        let fault = house
            .try_open()
            .err()
            .unwrap_or_else(|| panic!("{name}: was accepted at start"));
        assert!(
            matches!(fault, StateFault::Tampered(_)),
            "{name}, at start: {fault}"
        );
        assert_eq!(fault.denial().first().rule, "kernel.state-tampered");
        assert!(
            matches!(state::receipts(&house.path), Err(StateFault::Tampered(_))),
            "{name}, to a looker"
        );
    }
}

/// Another value of the same type in every row of a column.
pub(crate) fn edit(db: &Connection, table: &str, column: &str) {
    let value: Value = db
        .query_row(&format!("SELECT {column} FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap();
    let change = match value {
        Value::Text(_) => format!("{column} || 'x'"),
        Value::Blob(_) => format!("CAST(substr({column}, 1, 31) || x'00' AS BLOB)"),
        _ if column == "spent" => "1 - spent".to_owned(),
        _ => format!("{column} + 1"),
    };
    db.execute(&format!("UPDATE {table} SET {column} = {change}"), [])
        .unwrap();
}

pub(crate) fn column_names(table: &str) -> Vec<String> {
    let house = House::new();
    drop(house.open());
    let db = Connection::open(&house.path).unwrap();
    let statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
    statement.column_names().map(str::to_owned).collect()
}

pub(crate) fn rows(path: &Path, table: &str) -> Vec<Vec<Value>> {
    let db = Connection::open(path).unwrap();
    let mut statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let width = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| (0..width).map(|at| row.get(at)).collect();
    statement
        .query_map([], row)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

pub(crate) fn put_back(path: &Path, rows: &[Vec<Value>]) {
    let db = Connection::open(path).unwrap();
    db.execute("DELETE FROM receipts", []).unwrap();
    for row in rows {
        let marks = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO receipts VALUES ({marks})");
        db.execute(&sql, rusqlite::params_from_iter(row)).unwrap();
    }
}

pub(crate) fn evidence() -> Evidence {
    Evidence {
        kind: "silver_validation".into(),
        dataset: "orders".into(),
        subject: SUBJECT.into(),
        digest: "ab".repeat(32),
        suite: "suite-1".into(),
        counts: Counts {
            evaluated: 4,
            passed: 4,
            failed: 0,
            skipped: 0,
        },
        rows: 12,
    }
}

pub(crate) fn no() -> Denial {
    Denial::kernel("test.no", Phase::Precondition, "no", "do not")
}

pub(crate) fn rule(result: Result<(), Denial>) -> String {
    result.err().map_or_else(
        || "permitted".to_owned(),
        |denial| denial.first().rule.to_string(),
    )
}

pub(crate) fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}
