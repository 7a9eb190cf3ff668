//! The state store: it survives, it is one kernel's, and it believes nothing that it did not write.
//! Knows nothing of policies: decisions here are made by hand.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aegis_core::denial::{Denial, Phase};
use aegis_core::limits;
use aegis_core::now::Now;
use aegis_core::receipt::{Counts, Evidence, LedgerView, Receipt};
use aegis_host::state::{self, Clock, Minting, Position, Stands, State, StateFault, Subjects};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

const NOON_MS: i64 = 1_795_176_000_000;
const SUBJECT: &str = "s3:object:silver/orders.csv";

#[tokio::test]
async fn receipts_survive_a_restart() {
    let house = House::new();
    let minted = house.open().mint_one().await;
    assert!(
        minted.id.len() == 31 && minted.id.starts_with("rcpt_"),
        "{}",
        minted.id
    );
    assert_eq!(minted.expires_s - minted.minted_s, 3_600);
    assert_eq!(state::receipts(&house.path).unwrap(), vec![minted.clone()]);
    let kernel = house.open();
    assert_eq!(kernel.view(SUBJECT).await.receipts, vec![minted.clone()]);
    // A subject is compared for equality, never by prefix or case.
    for other in [
        "s3:object:silver/orders",
        "s3:object:silver/orders.csv2",
        "S3:object:silver/orders.csv",
        "",
    ] {
        assert_eq!(kernel.view(other).await.receipts, vec![], "{other}");
    }
    kernel.spend(&minted).await.unwrap();
    drop(kernel);
    let after = house.open().view(SUBJECT).await.receipts;
    assert_eq!(
        after,
        vec![Receipt {
            spent: true,
            ..minted
        }]
    );
}

#[tokio::test]
async fn only_evidence_in_which_everything_passed_becomes_a_receipt() {
    let kernel = House::new().open();
    let passed = Counts {
        evaluated: 3,
        passed: 3,
        failed: 0,
        skipped: 0,
    };
    for (counts, rows) in [
        (Counts::default(), 5),
        (
            Counts {
                evaluated: 3,
                passed: 2,
                failed: 1,
                skipped: 0,
            },
            5,
        ),
        (
            Counts {
                evaluated: 3,
                passed: 3,
                failed: 0,
                skipped: 1,
            },
            5,
        ),
        (
            Counts {
                evaluated: 2,
                passed: 3,
                failed: 0,
                skipped: 0,
            },
            5,
        ),
        (passed, 0),
    ] {
        let evidence = Evidence {
            counts,
            rows,
            ..evidence()
        };
        assert_eq!(
            kernel.mint(&evidence, None).await,
            None,
            "{counts:?} {rows}"
        );
    }
    let evidence = Evidence {
        counts: passed,
        rows: 5,
        ..evidence()
    };
    let minted = kernel.mint(&evidence, None).await.unwrap();
    assert_eq!(
        (minted.digest, minted.suite, minted.counts),
        (evidence.digest, evidence.suite, passed)
    );
}

#[tokio::test]
async fn a_write_voids_whatever_stood_before_it() {
    let kernel = House::new().open();
    let minted = kernel.mint_one().await;
    assert!(kernel.view(SUBJECT).await.last_write.is_empty());
    kernel.write("s3:object:silver/other.csv").await;
    assert!(
        kernel.view(SUBJECT).await.last_write.is_empty(),
        "another subject's write is not ours"
    );
    kernel.write(SUBJECT).await;
    assert!(kernel.view(SUBJECT).await.last_write[SUBJECT] > minted.seq);
    let again = kernel.mint_one().await;
    assert!(
        kernel.view(SUBJECT).await.last_write[SUBJECT] < again.seq,
        "validated after the write"
    );
    // The act ends after a validation has read: settling voids it too.
    kernel.state.settle(&[SUBJECT.to_owned()]).await.unwrap();
    assert!(kernel.view(SUBJECT).await.last_write[SUBJECT] > again.seq);
}

#[tokio::test]
async fn a_write_during_the_validation_leaves_no_receipt() {
    let kernel = House::new().open();
    let since = kernel.since().await;
    kernel.write(SUBJECT).await;
    assert_eq!(kernel.mint(&evidence(), Some(since)).await, None);
    let since = kernel.since().await;
    kernel.write("postgres:table:orders").await;
    assert!(
        kernel.mint(&evidence(), Some(since)).await.is_some(),
        "another subject's write is no reason"
    );
}

#[tokio::test]
async fn a_denied_decision_changes_nothing() {
    let kernel = House::new().open();
    let minted = kernel.mint_one().await;
    let subjects = Subjects {
        about: vec![SUBJECT.into()],
        writes: vec![SUBJECT.into()],
    };
    let denied = kernel
        .state
        .decide_and_spend(subjects, |_, _| Err::<Yes, _>(no()))
        .await;
    assert_eq!(denied.err(), Some(no()));
    let view = kernel.view(SUBJECT).await;
    assert_eq!((view.receipts, view.last_write.len()), (vec![minted], 0));
}

#[tokio::test]
async fn a_permit_cannot_stand_on_what_the_ledger_does_not_hold() {
    let kernel = House::new().open();
    let minted = kernel.mint_one().await;
    let forged = [
        Receipt {
            id: "rcpt_forged".into(),
            ..minted.clone()
        },
        Receipt {
            digest: "0".repeat(64),
            ..minted.clone()
        },
        Receipt {
            expires_s: i64::MAX,
            ..minted.clone()
        },
    ];
    for receipt in forged {
        assert_eq!(rule(kernel.spend(&receipt).await), "kernel.receipt-unknown");
        let nothing = Subjects::default();
        let yes = Yes(vec![receipt]);
        let denied = kernel
            .state
            .decide_and_spend(nothing, move |_, _| Ok(yes))
            .await;
        assert_eq!(rule(denied.map(|_| ())), "kernel.receipt-unknown");
    }
    assert!(kernel.spend(&minted).await.is_ok());
}

#[test]
fn thirty_two_threads_spend_one_receipt_once() {
    let house = House::new();
    let kernel = Arc::new(house.open());
    let minted = block(kernel.mint_one());
    let (spent, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| match block(kernel.spend_if_unspent()) {
                Ok(()) => spent.fetch_add(1, Ordering::SeqCst),
                Err(_) => refused.fetch_add(1, Ordering::SeqCst),
            });
        }
    });
    assert_eq!((spent.into_inner(), refused.into_inner()), (1, 31));
    assert!(
        block(kernel.view(SUBJECT)).receipts
            == [Receipt {
                spent: true,
                ..minted
            }]
    );
}

#[test]
fn any_column_that_is_edited_is_noticed_at_start_and_at_use() {
    for (table, columns) in [("receipts", 19), ("writes", 3), ("head", 5)] {
        let names = column_names(table);
        assert_eq!(
            names.len(),
            columns,
            "{table}: a new column needs its place in the tag"
        );
        for column in names.iter().filter(|name| *name != "one") {
            let edit = |db: &Connection| edit(db, table, column);
            assert_noticed(&format!("{table}.{column}"), edit);
        }
    }
}

#[test]
fn rows_that_are_removed_added_or_swapped_are_noticed() {
    let attacks = [
        ("a receipt deleted", "DELETE FROM receipts WHERE spent = 0"),
        ("a spent receipt deleted", "DELETE FROM receipts WHERE spent = 1"),
        ("all receipts deleted", "DELETE FROM receipts"),
        ("a write deleted", "DELETE FROM writes"),
        ("the head deleted", "DELETE FROM head"),
        ("un-spent", "UPDATE receipts SET spent = 0"),
        (
            "a receipt copied under a new id, tag and all",
            "CREATE TEMP TABLE t AS SELECT * FROM receipts WHERE spent = 0; UPDATE t SET id = 'rcpt_x';
             INSERT INTO receipts SELECT * FROM t",
        ),
        (
            "tags swapped between two receipts",
            "UPDATE receipts SET tag = (SELECT tag FROM receipts r WHERE r.spent <> receipts.spent)",
        ),
        (
            "a write of another subject added",
            "INSERT INTO writes SELECT 'x', seq, tag FROM writes",
        ),
    ];
    for (name, sql) in attacks {
        assert_noticed(name, |db| db.execute_batch(sql).unwrap());
    }
}

#[test]
fn an_old_row_put_back_with_its_own_tag_is_noticed() {
    let house = House::new();
    let kernel = house.open();
    let minted = block(kernel.mint_one());
    let before = rows(&house.path, "receipts");
    block(kernel.spend(&minted)).unwrap();
    put_back(&house.path, &before);
    // Each row is authentic by itself: only the digest of all rows tells.
    assert_eq!(rule(block(kernel.spend(&minted))), "kernel.state-tampered");
    drop(kernel);
    assert!(matches!(house.try_open(), Err(StateFault::Tampered(_))));
    assert!(matches!(
        state::receipts(&house.path),
        Err(StateFault::Tampered(_))
    ));
}

#[tokio::test]
async fn a_planted_trigger_does_not_fire() {
    let house = House::new();
    let minted = house.open().mint_one().await;
    let db = Connection::open(&house.path).unwrap();
    db.execute_batch(
        "CREATE TRIGGER unspend AFTER INSERT ON receipts BEGIN UPDATE receipts SET spent = 0; END",
    )
    .unwrap();
    drop(db);
    let kernel = house.open();
    kernel.spend(&minted).await.unwrap();
    assert!(kernel.spend_if_unspent().await.is_err());
    drop(kernel);
    assert!(house.open().spend_if_unspent().await.is_err());
}

#[tokio::test]
async fn a_clock_that_goes_back_is_seen_even_after_a_restart() {
    let house = House::new();
    let kernel = house.open();
    let minted = kernel.mint_one().await;
    house.set_clock(NOON_MS + 3_600_000);
    // Merely looking moves the mark.
    assert!(!kernel.view(SUBJECT).await.clock_went_back);
    house.set_clock(NOON_MS + 3_600_000 - limits::CLOCK_TOLERANCE_MS);
    assert!(
        !kernel.view(SUBJECT).await.clock_went_back,
        "small steps are NTP's"
    );
    house.set_clock(NOON_MS);
    assert!(kernel.view(SUBJECT).await.clock_went_back);
    drop(kernel);
    house.set_clock(NOON_MS - 60_000);
    let kernel = house.open();
    assert!(
        kernel.view(SUBJECT).await.clock_went_back,
        "the mint's moment is on disk"
    );
    // A mint under the new clock begins anew, and what stood before it is void.
    let again = kernel.mint_one().await;
    let view = kernel.view(SUBJECT).await;
    assert!(!view.clock_went_back);
    assert!(view.last_write[SUBJECT] > minted.seq && view.last_write[SUBJECT] < again.seq);
}

#[tokio::test]
async fn forgetting_writes_never_makes_a_receipt_valid() {
    let house = House::new();
    let kernel = house.open();
    let minted = kernel.mint_one().await;
    kernel.write(SUBJECT).await;
    let many: Vec<_> = (0..limits::WRITTEN_SUBJECTS_MAX)
        .map(|n| format!("s3:object:{n}"))
        .collect();
    kernel.state.settle(&many).await.unwrap();
    let count: i64 = Connection::open(&house.path)
        .unwrap()
        .query_row(
            "SELECT count(*) FROM writes WHERE subject = ?1",
            [SUBJECT],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(count, 0, "the oldest write was forgotten");
    assert!(kernel.view(SUBJECT).await.last_write[SUBJECT] > minted.seq);
    drop(kernel);
    assert!(house.open().view(SUBJECT).await.last_write[SUBJECT] > minted.seq);
}

#[tokio::test]
async fn a_subject_keeps_a_bounded_number_of_receipts() {
    let house = House::new();
    let kernel = house.open();
    let mut ids = Vec::new();
    for _ in 0..limits::RECEIPTS_PER_SUBJECT_MAX + 3 {
        ids.push(kernel.mint_one().await.id);
    }
    let kept: Vec<_> = state::receipts(&house.path)
        .unwrap()
        .into_iter()
        .map(|r| r.id)
        .collect();
    assert_eq!(kept, ids[3..]);
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "ids never repeat"
    );
}

#[tokio::test]
async fn a_panicking_decision_passes_through_and_leaves_the_store_whole() {
    let house = House::new();
    let kernel = Arc::new(house.open());
    let minted = kernel.mint_one().await;
    let inner = Arc::clone(&kernel);
    let task = tokio::spawn(async move {
        let subjects = Subjects {
            about: vec![SUBJECT.into()],
            writes: vec![SUBJECT.into()],
        };
        let _ = inner
            .state
            .decide_and_spend(subjects, |_, _| -> Result<Yes, Denial> {
                panic!("as planned")
            })
            .await;
    });
    assert!(task.await.unwrap_err().is_panic());
    kernel.spend(&minted).await.unwrap();
}

#[tokio::test]
async fn calls_without_subjects_touch_no_disk() {
    let house = House::new();
    let kernel = house.open();
    // With the file in another's hands, only what needs it is refused.
    let other = Connection::open(&house.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let seen = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&seen);
    let free = kernel
        .state
        .decide_and_spend(Subjects::default(), move |view, now| {
            *slot.lock().unwrap() = Some((view.clone(), now));
            Ok(Yes(vec![]))
        });
    assert!(free.await.is_ok());
    assert_eq!(
        *seen.lock().unwrap(),
        Some((LedgerView::default(), Now { unix_ms: NOON_MS }))
    );
    let bound = Subjects {
        about: vec![SUBJECT.into()],
        writes: vec![],
    };
    let held = kernel
        .state
        .decide_and_spend(bound, |_, _| Ok(Yes(vec![])))
        .await;
    assert_eq!(rule(held.map(|_| ())), "kernel.state-unavailable");
    drop(other);
    assert!(kernel.view(SUBJECT).await.receipts.is_empty());
}

#[test]
fn one_state_file_serves_one_kernel() {
    let house = House::new();
    let first = house.open();
    assert!(matches!(house.try_open(), Err(StateFault::Held(_))));
    assert!(
        state::receipts(&house.path).is_ok(),
        "looking needs no hold"
    );
    drop(first);
    assert!(house.try_open().is_ok());
}

#[test]
fn files_that_others_may_touch_are_refused() {
    type Spoil = fn(&Path);
    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    fn key(path: &Path) -> PathBuf {
        path.with_extension("key")
    }
    let spoils: [(&str, Spoil); 9] = [
        ("state readable", |path| mode(path, 0o640)),
        ("key readable", |path| mode(&key(path), 0o604)),
        ("folder writable", |path| {
            mode(path.parent().unwrap(), 0o777)
        }),
        ("key is a link", |path| {
            fs::rename(key(path), path.with_extension("elsewhere")).unwrap();
            symlink(path.with_extension("elsewhere"), key(path)).unwrap();
        }),
        ("state is a link", |path| {
            fs::rename(path, path.with_extension("elsewhere")).unwrap();
            symlink(path.with_extension("elsewhere"), path).unwrap();
        }),
        ("key has a second name", |path| {
            fs::hard_link(key(path), path.with_extension("twin")).unwrap();
        }),
        ("key is short", |path| {
            fs::write(key(path), [7; 31]).unwrap()
        }),
        ("key is gone", |path| fs::remove_file(key(path)).unwrap()),
        ("state is no database", |path| {
            fs::write(path, [7; 4096]).unwrap()
        }),
    ];
    for (name, spoil) in spoils {
        let house = House::new();
        drop(house.open());
        spoil(&house.path);
        let fault = house
            .try_open()
            .err()
            .unwrap_or_else(|| panic!("{name}: was accepted"));
        assert_eq!(
            fault.denial().first().rule,
            "kernel.state-unavailable",
            "{name}: {fault}"
        );
    }
}

#[test]
fn another_key_or_another_kernels_file_proves_nothing() {
    let (ours, theirs) = (House::new(), House::new());
    drop((ours.open(), theirs.open()));
    block(async {
        ours.open().mint_one().await;
        theirs.open().mint_one().await;
    });
    fs::copy(&theirs.path, &ours.path).unwrap();
    assert!(matches!(ours.try_open(), Err(StateFault::Tampered(_))));
}

#[test]
fn what_is_made_is_its_owners_alone() {
    let house = House::new();
    let kernel = house.open();
    block(kernel.mint_one());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(house.path.parent().unwrap()), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(house.path.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 3, "state, key and write-ahead log");
}

// ---------------------------------------------------------------------------------------------------

/// A folder with a state file and a clock that moves by hand.
struct House {
    _folder: TempDir,
    path: PathBuf,
    clock_ms: Arc<AtomicI64>,
}

/// An open store with the steps that the tests take.
struct Kernel {
    state: State,
}

/// A yes made by hand, in a permit's place.
#[derive(Debug)]
struct Yes(Vec<Receipt>);

impl Stands for Yes {
    fn receipts(&self) -> &[Receipt] {
        &self.0
    }
}

impl House {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(".aegis/state.db");
        Self {
            _folder: folder,
            path,
            clock_ms: Arc::new(AtomicI64::new(NOON_MS)),
        }
    }

    fn try_open(&self) -> Result<Kernel, StateFault> {
        let clock_ms = Arc::clone(&self.clock_ms);
        let clock: Clock = Arc::new(move || Now {
            unix_ms: clock_ms.load(Ordering::SeqCst),
        });
        Ok(Kernel {
            state: State::open(&self.path, clock)?,
        })
    }

    fn open(&self) -> Kernel {
        self.try_open().unwrap()
    }

    fn set_clock(&self, unix_ms: i64) {
        self.clock_ms.store(unix_ms, Ordering::SeqCst);
    }
}

impl Kernel {
    /// What a decision about this subject sees.
    async fn view(&self, subject: &str) -> LedgerView {
        let seen = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&seen);
        let subjects = Subjects {
            about: vec![subject.to_owned()],
            writes: vec![],
        };
        let done = self.state.decide_and_spend(subjects, move |view, _| {
            *slot.lock().unwrap() = Some(view.clone());
            Ok(Yes(vec![]))
        });
        done.await.unwrap();
        let view = seen.lock().unwrap().take();
        view.unwrap()
    }

    async fn since(&self) -> Position {
        let subjects = Subjects {
            about: vec![SUBJECT.to_owned()],
            writes: vec![],
        };
        self.state
            .decide_and_spend(subjects, |_, _| Ok(Yes(vec![])))
            .await
            .unwrap()
            .1
    }

    async fn mint(&self, evidence: &Evidence, since: Option<Position>) -> Option<Receipt> {
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

    async fn mint_one(&self) -> Receipt {
        self.mint(&evidence(), None).await.unwrap()
    }

    async fn write(&self, subject: &str) {
        let subjects = Subjects {
            about: vec![],
            writes: vec![subject.to_owned()],
        };
        self.state
            .decide_and_spend(subjects, |_, _| Ok(Yes(vec![])))
            .await
            .unwrap();
    }

    async fn spend(&self, receipt: &Receipt) -> Result<(), Denial> {
        let yes = Yes(vec![receipt.clone()]);
        let subjects = Subjects {
            about: vec![SUBJECT.to_owned()],
            writes: vec![],
        };
        self.state
            .decide_and_spend(subjects, move |_, _| Ok(yes))
            .await
            .map(|_| ())
    }

    /// A decision as a single-use rule makes it.
    async fn spend_if_unspent(&self) -> Result<(), Denial> {
        let subjects = Subjects {
            about: vec![SUBJECT.to_owned()],
            writes: vec![],
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
fn assert_noticed(name: &str, attack: impl Fn(&Connection)) {
    for running in [false, true] {
        let house = House::new();
        let kernel = house.open();
        block(async {
            let first = kernel.mint_one().await;
            kernel.spend(&first).await.unwrap();
            kernel.mint_one().await;
            kernel.write(SUBJECT).await;
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
fn edit(db: &Connection, table: &str, column: &str) {
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

fn column_names(table: &str) -> Vec<String> {
    let house = House::new();
    drop(house.open());
    let db = Connection::open(&house.path).unwrap();
    let statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
    statement
        .column_names()
        
        .map(str::to_owned)
        .collect()
}

fn rows(path: &Path, table: &str) -> Vec<Vec<Value>> {
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

fn put_back(path: &Path, rows: &[Vec<Value>]) {
    let db = Connection::open(path).unwrap();
    db.execute("DELETE FROM receipts", []).unwrap();
    for row in rows {
        let marks = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO receipts VALUES ({marks})");
        db.execute(&sql, rusqlite::params_from_iter(row)).unwrap();
    }
}

fn evidence() -> Evidence {
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

fn no() -> Denial {
    Denial::kernel("test.no", Phase::Precondition, "no", "do not")
}

fn rule(result: Result<(), Denial>) -> String {
    result.err().map_or_else(
        || "permitted".to_owned(),
        |denial| denial.first().rule.to_string(),
    )
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}
