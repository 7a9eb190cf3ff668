//! How receipts, writes and counters stand in the file, and the exact bytes that are authenticated.
//! Knows nothing of keys or transactions.

use aegis_core::receipt::{Counts, Receipt};
use rusqlite::{Connection, Row, params};

use super::StateFault;
use super::key::Tag;
use super::ledger::Head;

/// Version of the file, kept as `user_version`.
pub(super) const VERSION: i32 = 3;
/// The version before notes: without their table, else the same.
pub(super) const VERSION_WITHOUT_NOTES: i32 = 2;
/// The version before budgets: without the tables of charges and notes, else the same.
pub(super) const VERSION_WITHOUT_CHARGES: i32 = 1;

pub(super) const SCHEMA: &str = "
CREATE TABLE receipts (
    id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, dataset TEXT NOT NULL, subject TEXT NOT NULL,
    digest TEXT NOT NULL, suite TEXT NOT NULL, evaluated INTEGER NOT NULL, passed INTEGER NOT NULL,
    failed INTEGER NOT NULL, skipped INTEGER NOT NULL, rows INTEGER NOT NULL, epoch TEXT NOT NULL,
    principal TEXT NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL, minted_s INTEGER NOT NULL,
    expires_s INTEGER NOT NULL, spent INTEGER NOT NULL, tag BLOB NOT NULL
) STRICT;
CREATE INDEX receipts_of_subject ON receipts (subject);
CREATE TABLE writes (subject TEXT PRIMARY KEY NOT NULL, seq INTEGER NOT NULL, tag BLOB NOT NULL) STRICT;
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, floor INTEGER NOT NULL,
    high_ms INTEGER NOT NULL, tag BLOB NOT NULL
) STRICT;
";

const RECEIPT_COLUMNS: &str = "id, kind, dataset, subject, digest, suite, evaluated, passed, failed, \
     skipped, rows, epoch, principal, run, seq, minted_s, expires_s, spent, tag";

/// Bytes to authenticate: every field with its length, so that no two rows share an encoding.
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn new(domain: &str) -> Self {
        Self(Vec::with_capacity(512)).text(domain)
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(super) fn moment(mut self, moment: i64) -> Self {
        self.0.extend_from_slice(&moment.to_be_bytes());
        self
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A receipt's bytes under a domain.
pub(super) fn receipt_message(domain: &str, receipt: &Receipt) -> Message {
    let counts = receipt.counts;
    Message::new(domain)
        .text(&receipt.id)
        .text(&receipt.kind)
        .text(&receipt.dataset)
        .text(&receipt.subject)
        .text(&receipt.digest)
        .text(&receipt.suite)
        .number(counts.evaluated)
        .number(counts.passed)
        .number(counts.failed)
        .number(counts.skipped)
        .number(receipt.rows)
        .text(&receipt.epoch)
        .text(&receipt.principal)
        .text(&receipt.run)
        .number(receipt.seq)
        .moment(receipt.minted_s)
        .moment(receipt.expires_s)
        .number(u64::from(receipt.spent))
}

/// A write's bytes under a domain.
pub(super) fn write_message(domain: &str, subject: &str, seq: u64) -> Message {
    Message::new(domain).text(subject).number(seq)
}

/// The counters' bytes, bound to the digest of all rows.
pub(super) fn head_message(head: Head, rows: &Tag) -> Message {
    let mut message = Message::new("aegis state head v1")
        .number(head.seq)
        .number(head.floor)
        .moment(head.high_ms);
    message.0.extend_from_slice(rows);
    message
}

/// All receipts, or those of one subject, with their tags.
pub(super) fn receipts(
    db: &Connection,
    subject: Option<&str>,
) -> Result<Vec<(Receipt, Vec<u8>)>, StateFault> {
    let sql = format!("SELECT {RECEIPT_COLUMNS} FROM receipts WHERE ?1 IS NULL OR subject = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![subject])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((
            receipt(row).map_err(unreadable)?,
            row.get("tag").map_err(unreadable)?,
        ));
    }
    Ok(found)
}

/// All writes, or that of one subject, with their tags.
pub(super) fn writes(
    db: &Connection,
    subject: Option<&str>,
) -> Result<Vec<(String, u64, Vec<u8>)>, StateFault> {
    let sql = "SELECT subject, seq, tag FROM writes WHERE ?1 IS NULL OR subject = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![subject])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, tag) = (row.get("subject"), row.get("tag"));
        let seq = unsigned(row, "seq");
        found.push((
            subject.map_err(unreadable)?,
            seq.map_err(unreadable)?,
            tag.map_err(unreadable)?,
        ));
    }
    Ok(found)
}

/// The counters with their tag; exactly one row.
pub(super) fn head(db: &Connection) -> Result<(Head, Vec<u8>), StateFault> {
    let read = |row: &Row<'_>| {
        let head = Head {
            seq: unsigned(row, "seq")?,
            floor: unsigned(row, "floor")?,
            high_ms: row.get("high_ms")?,
        };
        Ok((head, row.get("tag")?))
    };
    db.prepare_cached("SELECT seq, floor, high_ms, tag FROM head")?
        .query_row([], read)
        .map_err(unreadable)
}

pub(super) fn put_receipt(db: &Connection, receipt: &Receipt, tag: &Tag) -> Result<(), StateFault> {
    let counts = receipt.counts;
    let sql = format!(
        "INSERT OR REPLACE INTO receipts ({RECEIPT_COLUMNS}) VALUES \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
    );
    db.prepare_cached(&sql)?.execute(params![
        receipt.id,
        receipt.kind,
        receipt.dataset,
        receipt.subject,
        receipt.digest,
        receipt.suite,
        signed(counts.evaluated)?,
        signed(counts.passed)?,
        signed(counts.failed)?,
        signed(counts.skipped)?,
        signed(receipt.rows)?,
        receipt.epoch,
        receipt.principal,
        receipt.run,
        signed(receipt.seq)?,
        receipt.minted_s,
        receipt.expires_s,
        receipt.spent,
        tag.as_slice(),
    ])?;
    Ok(())
}

pub(super) fn drop_receipt(db: &Connection, id: &str) -> Result<(), StateFault> {
    db.prepare_cached("DELETE FROM receipts WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

pub(super) fn put_write(
    db: &Connection,
    subject: &str,
    seq: u64,
    tag: &Tag,
) -> Result<(), StateFault> {
    db.prepare_cached("INSERT OR REPLACE INTO writes (subject, seq, tag) VALUES (?1, ?2, ?3)")?
        .execute(params![subject, signed(seq)?, tag.as_slice()])?;
    Ok(())
}

pub(super) fn drop_write(db: &Connection, subject: &str) -> Result<(), StateFault> {
    db.prepare_cached("DELETE FROM writes WHERE subject = ?1")?
        .execute([subject])?;
    Ok(())
}

pub(super) fn put_head(db: &Connection, head: Head, tag: &Tag) -> Result<(), StateFault> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO head (one, seq, floor, high_ms, tag) VALUES (1, ?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        signed(head.seq)?,
        signed(head.floor)?,
        head.high_ms,
        tag.as_slice()
    ])?;
    Ok(())
}

fn receipt(row: &Row<'_>) -> rusqlite::Result<Receipt> {
    Ok(Receipt {
        id: row.get("id")?,
        kind: row.get("kind")?,
        dataset: row.get("dataset")?,
        subject: row.get("subject")?,
        digest: row.get("digest")?,
        suite: row.get("suite")?,
        counts: Counts {
            evaluated: unsigned(row, "evaluated")?,
            passed: unsigned(row, "passed")?,
            failed: unsigned(row, "failed")?,
            skipped: unsigned(row, "skipped")?,
        },
        rows: unsigned(row, "rows")?,
        epoch: row.get("epoch")?,
        principal: row.get("principal")?,
        run: row.get("run")?,
        seq: unsigned(row, "seq")?,
        minted_s: row.get("minted_s")?,
        expires_s: row.get("expires_s")?,
        spent: row.get("spent")?,
    })
}

pub(super) fn unsigned(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).and_then(|value| {
        u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, value))
    })
}

pub(super) fn signed(value: u64) -> Result<i64, StateFault> {
    i64::try_from(value).map_err(|_| StateFault::Io("a counter is beyond its range".to_owned()))
}

/// A row that this kernel would not have written.
pub(super) fn unreadable(error: rusqlite::Error) -> StateFault {
    match error {
        rusqlite::Error::SqliteFailure(..) => error.into(),
        _ => StateFault::Tampered("a row is missing or is not of its form"),
    }
}
