//! The file behind the ledger: verified whole at start, compared with memory at every use.
//! Knows nothing of what a transaction is for.
//!
//! Every row carries a tag, HMAC-SHA-256 of its fields. The head carries a tag over the counters and
//! the digest of all rows: the XOR of a second HMAC of each row, which is never stored (Clarke et al.,
//! "Incremental Multiset Hash Functions", 2003: an XOR of pseudo-random values is sound as long as the
//! values stay unknown). A row that is edited, added, removed or put back to an earlier state changes
//! that digest. Not covered: a copy of the whole file with its `-wal`, put back whole. Spends and
//! mints stand in the log as well, and there an auditor sees one receipt spent twice.

use std::path::Path;

use aegis_core::now::Now;
use aegis_core::receipt::Receipt;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::charges;
use super::key::{self, Key, Tag};
use super::ledger::{Change, Head, Ledger};
use super::notes;
use super::reserved::Values;
use super::rows::{self, head_message, receipt_message, write_message};
use super::{StateFault, Subjects};

const VALUE_TAG: &str = "aegis state value v1";
const RECEIPT_TAG: &str = "aegis state receipt v1";
const RECEIPT_ELEMENT: &str = "aegis state receipt element v1";
const WRITE_TAG: &str = "aegis state write v1";
const WRITE_ELEMENT: &str = "aegis state write element v1";

/// The open store of one kernel.
pub(super) struct Store {
    db: Connection,
    key: Key,
    ledger: Ledger,
    /// XOR of all rows' elements.
    rows: Tag,
    /// SQLite's count of commits by other connections, as of the latest whole verification.
    others: i64,
    /// Once set, nothing is believed until the kernel starts again.
    broken: Option<StateFault>,
}

/// What a transaction is about, and what of the file is compared with memory first.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    /// Subjects of receipts and writes.
    pub(super) subjects: &'a [String],
    /// Whose budgets.
    pub(super) principal: Option<&'a str>,
}

impl<'a> About<'a> {
    pub(super) fn subjects(subjects: &'a [String]) -> Self {
        Self {
            subjects,
            principal: None,
        }
    }
}

impl Store {
    /// Opens or makes the store, for this process alone, and verifies every row.
    pub(super) fn open(path: &Path) -> Result<Self, StateFault> {
        let key = Key::take(path)?;
        key::prepare(path)?;
        let mut db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        if is_blank(&db)? {
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(rows::SCHEMA)?;
            transaction.execute_batch(charges::SCHEMA)?;
            transaction.execute_batch(notes::SCHEMA)?;
            transaction.pragma_update(None, "user_version", rows::VERSION)?;
            let head = Head::default();
            let tag = key.tag(head_message(head, &Tag::default()).bytes())?;
            rows::put_head(&transaction, head, &tag)?;
            transaction.commit()?;
        }
        upgrade(&mut db)?;
        let others = commits_by_others(&db)?;
        let (ledger, rows) = load(&db, &key)?;
        Ok(Self {
            db,
            key,
            ledger,
            rows,
            others,
            broken: None,
        })
    }

    /// The latest moment that a transaction saw, in milliseconds since 1970 UTC.
    pub(super) fn latest_ms(&self) -> i64 {
        self.ledger.head.high_ms
    }

    /// What is remembered of data, as far as the file is still believed.
    pub(super) fn notes(&self) -> Result<&notes::Notes, StateFault> {
        match &self.broken {
            Some(fault) => Err(fault.clone()),
            None => Ok(&self.ledger.notes),
        }
    }

    /// What stands for the values of a call in the file: a keyed hash, so that nobody can guess them.
    pub(super) fn values(&self, subjects: &Subjects) -> Result<Values, StateFault> {
        values(&self.key, subjects)
    }

    /// As [`Store::look`], and what stands for the values of a call.
    pub(super) fn look_for(
        path: &Path,
        subjects: &Subjects,
    ) -> Result<(Ledger, Values), StateFault> {
        let ledger = Self::look(path)?;
        Ok((ledger, values(&Key::borrow(path)?, subjects)?))
    }

    /// Reads and verifies every row without holding the store: one consistent snapshot.
    pub(super) fn look(path: &Path) -> Result<Ledger, StateFault> {
        if !path.exists() {
            return Err(StateFault::Absent(path.to_path_buf()));
        }
        let key = Key::borrow(path)?;
        let mut db = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let snapshot = db.transaction()?;
        Ok(load(&snapshot, &key)?.0)
    }

    /// Runs one immediate transaction. The body sees the verified ledger and says
    /// what changes (`None`: nothing is written); what it returns counts only once that is durable.
    pub(super) fn transact<T, E: From<StateFault>>(
        &mut self,
        about: About<'_>,
        now: Now,
        body: impl FnOnce(&Ledger, &mut Head) -> Result<(T, Option<Change>), E>,
    ) -> Result<T, E> {
        if let Some(fault) = &self.broken {
            return Err(fault.clone().into());
        }
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StateFault::from)?;
        let checked = commits_by_others(&transaction).and_then(|others| {
            if others != self.others {
                // Nobody else has business in this file: whoever wrote must have changed nothing.
                let (_, rows) = load(&transaction, &self.key)?;
                if rows != self.rows {
                    return Err(StateFault::Tampered("rows were added, removed or put back"));
                }
                self.others = others;
            }
            compare(&transaction, &self.key, &self.ledger, &self.rows, about)
        });
        if let Err(fault) = checked {
            if matches!(fault, StateFault::Tampered(_)) {
                self.broken = Some(fault.clone());
            }
            return Err(fault.into());
        }
        let mut head = self.ledger.head_at(now);
        let (value, change) = match body(&self.ledger, &mut head) {
            Ok(done) => done,
            Err(stop) => {
                self.ledger.see(now);
                return Err(stop);
            }
        };
        let Some(change) = change else {
            self.ledger.see(now);
            return Ok(value);
        };
        let rows = write(
            &transaction,
            &self.key,
            &self.ledger,
            self.rows,
            &change,
            head,
        )?;
        if let Err(error) = transaction.commit() {
            // Whether it became durable is unknown: memory must not go on guessing.
            self.broken = Some(StateFault::Poisoned);
            return Err(StateFault::from(error).into());
        }
        self.ledger.apply(change, head);
        self.rows = rows;
        Ok(value)
    }
}

fn connect(path: &Path, mode: OpenFlags) -> Result<Connection, StateFault> {
    let db = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(std::time::Duration::from_secs(2))?;
    // The schema is part of the file, so whoever edits the file could plant triggers in it.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(db)
}

/// Gives a file of an earlier version the tables that it lacks.
fn upgrade(db: &mut Connection) -> Result<(), StateFault> {
    let version = version(db)?;
    if version < rows::VERSION {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if version == rows::VERSION_WITHOUT_CHARGES {
            transaction.execute_batch(charges::SCHEMA)?;
        }
        transaction.execute_batch(notes::SCHEMA)?;
        transaction.pragma_update(None, "user_version", rows::VERSION)?;
        transaction.commit()?;
    }
    Ok(())
}

fn version(db: &Connection) -> Result<i32, StateFault> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Whether nothing was ever stored.
fn is_blank(db: &Connection) -> Result<bool, StateFault> {
    let objects: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    match (objects, version(db)?) {
        (0, 0) => Ok(true),
        (_, rows::VERSION_WITHOUT_CHARGES..=rows::VERSION) => Ok(false),
        _ => Err(StateFault::Tampered("the file is of another version")),
    }
}

/// <https://www.sqlite.org/pragma.html#pragma_data_version>: changes with every such commit.
fn commits_by_others(db: &Connection) -> Result<i64, StateFault> {
    Ok(db.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

/// Reads and verifies everything.
fn load(db: &Connection, key: &Key) -> Result<(Ledger, Tag), StateFault> {
    let mut ledger = Ledger::default();
    let mut sum = Tag::default();
    for (receipt, tag) in rows::receipts(db, None)? {
        if !key.verify(receipt_message(RECEIPT_TAG, &receipt).bytes(), &tag)? {
            return Err(StateFault::Tampered("a receipt is not as it was minted"));
        }
        toggle(&mut sum, &element(key, &receipt)?);
        ledger.receipts.insert(receipt.id.clone(), receipt);
    }
    for (subject, seq, tag) in rows::writes(db, None)? {
        if !key.verify(write_message(WRITE_TAG, &subject, seq).bytes(), &tag)? {
            return Err(StateFault::Tampered("a write is not as it was noted"));
        }
        toggle(&mut sum, &write_element(key, &subject, seq)?);
        ledger.writes.insert(subject, seq);
    }
    let version = version(db)?;
    if version != rows::VERSION_WITHOUT_CHARGES {
        ledger.charges = charges::read(db, key, None)?;
    }
    if version > rows::VERSION_WITHOUT_NOTES {
        ledger.notes = notes::read(db, key)?;
    }
    for note in &ledger.notes {
        toggle(&mut sum, &notes::element(key, note)?);
    }
    for (slot, charged) in &ledger.charges {
        toggle(&mut sum, &charges::element(key, slot, *charged)?);
    }
    let (head, tag) = rows::head(db)?;
    if !key.verify(head_message(head, &sum).bytes(), &tag)? {
        return Err(StateFault::Tampered("rows were added, removed or put back"));
    }
    ledger.head = head;
    Ok((ledger, sum))
}

/// Compares what the file holds of these subjects with what was verified.
fn compare(
    db: &Connection,
    key: &Key,
    ledger: &Ledger,
    sum: &Tag,
    about: About<'_>,
) -> Result<(), StateFault> {
    let (head, tag) = rows::head(db)?;
    if head != ledger.head || !key.verify(head_message(head, sum).bytes(), &tag)? {
        return Err(StateFault::Tampered(
            "the counters are not as they were left",
        ));
    }
    if let Some(principal) = about.principal {
        let stored = charges::read(db, key, Some(principal))?;
        // Both in the order of principals, accounts and slots: `*` stands before every name.
        if !charges::seen_by(&ledger.charges, principal).eq(stored.iter()) {
            return Err(StateFault::Tampered(
                "a principal's charges are not as they were left",
            ));
        }
    }
    for subject in about.subjects {
        let stored = rows::receipts(db, Some(subject))?;
        let known = ledger.receipts.values().filter(|r| r.subject == *subject);
        if stored.len() != known.count()
            || stored
                .iter()
                .any(|(receipt, _)| ledger.receipts.get(&receipt.id) != Some(receipt))
        {
            return Err(StateFault::Tampered(
                "a subject's receipts are not as they were left",
            ));
        }
        for (receipt, tag) in &stored {
            if !key.verify(receipt_message(RECEIPT_TAG, receipt).bytes(), tag)? {
                return Err(StateFault::Tampered("a receipt is not as it was minted"));
            }
        }
        let stored = rows::writes(db, Some(subject))?;
        let seq = stored.first().map(|(_, seq, _)| seq);
        if seq != ledger.writes.get(subject) {
            return Err(StateFault::Tampered(
                "a subject's writes are not as they were left",
            ));
        }
        for (subject, seq, tag) in &stored {
            if !key.verify(write_message(WRITE_TAG, subject, *seq).bytes(), tag)? {
                return Err(StateFault::Tampered("a write is not as it was noted"));
            }
        }
    }
    Ok(())
}

/// Writes a change and the new head; returns the digest of all rows after it.
fn write(
    db: &Connection,
    key: &Key,
    ledger: &Ledger,
    mut sum: Tag,
    change: &Change,
    head: Head,
) -> Result<Tag, StateFault> {
    for slot in &change.dropped_charges {
        if let Some(old) = ledger.charges.get(slot) {
            toggle(&mut sum, &charges::element(key, slot, *old)?);
        }
        charges::drop_slot(db, slot)?;
    }
    for (slot, charged) in &change.charges {
        if let Some(old) = ledger.charges.get(slot) {
            toggle(&mut sum, &charges::element(key, slot, *old)?);
        }
        toggle(&mut sum, &charges::element(key, slot, *charged)?);
        charges::put(db, key, slot, *charged)?;
    }
    for note in change
        .dropped_notes
        .iter()
        .filter(|note| ledger.notes.contains(*note))
    {
        toggle(&mut sum, &notes::element(key, note)?);
        notes::drop_note(db, note)?;
    }
    for note in change
        .notes
        .iter()
        .filter(|note| !ledger.notes.contains(*note))
    {
        toggle(&mut sum, &notes::element(key, note)?);
        notes::put(db, key, note)?;
    }
    for id in &change.dropped_receipts {
        if let Some(old) = ledger.receipts.get(id) {
            toggle(&mut sum, &element(key, old)?);
        }
        rows::drop_receipt(db, id)?;
    }
    for subject in &change.dropped_writes {
        if let Some(old) = ledger.writes.get(subject) {
            toggle(&mut sum, &write_element(key, subject, *old)?);
        }
        rows::drop_write(db, subject)?;
    }
    for receipt in &change.receipts {
        if let Some(old) = ledger.receipts.get(&receipt.id) {
            toggle(&mut sum, &element(key, old)?);
        }
        toggle(&mut sum, &element(key, receipt)?);
        let tag = key.tag(receipt_message(RECEIPT_TAG, receipt).bytes())?;
        rows::put_receipt(db, receipt, &tag)?;
    }
    for (subject, seq) in &change.writes {
        if let Some(old) = ledger.writes.get(subject) {
            toggle(&mut sum, &write_element(key, subject, *old)?);
        }
        toggle(&mut sum, &write_element(key, subject, *seq)?);
        let tag = key.tag(write_message(WRITE_TAG, subject, *seq).bytes())?;
        rows::put_write(db, subject, *seq, &tag)?;
    }
    rows::put_head(db, head, &key.tag(head_message(head, &sum).bytes())?)?;
    Ok(sum)
}

fn values(key: &Key, subjects: &Subjects) -> Result<Values, StateFault> {
    let mut found = Values::new();
    for (account, values) in &subjects.values {
        let mut tags = Vec::with_capacity(values.len());
        for value in values {
            let message = rows::Message::new(VALUE_TAG).text(account).text(value);
            let tag = key.tag(message.bytes())?;
            tags.push(
                tag.iter()
                    .take(16)
                    .map(|byte| format!("{byte:02x}"))
                    .collect(),
            );
        }
        found.insert(account.clone(), tags);
    }
    Ok(found)
}

fn element(key: &Key, receipt: &Receipt) -> Result<Tag, StateFault> {
    key.tag(receipt_message(RECEIPT_ELEMENT, receipt).bytes())
}

fn write_element(key: &Key, subject: &str, seq: u64) -> Result<Tag, StateFault> {
    key.tag(write_message(WRITE_ELEMENT, subject, seq).bytes())
}

/// Adds an element that is not in the sum, or takes out one that is.
fn toggle(sum: &mut Tag, element: &Tag) {
    for (sum, element) in sum.iter_mut().zip(element) {
        *sum ^= element;
    }
}
