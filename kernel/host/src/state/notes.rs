//! The rows of what must not be forgotten of data: labels that went with values into other columns, and the tables
//! that were there; and where the time of budgets stands.
//! Knows nothing of statements or catalogues.

use std::collections::BTreeSet;

use aegis_core::limits;
use aegis_core::manifest::{Copied, Label};
use rusqlite::{Connection, Row, params};

use super::StateFault;
use super::key::{Key, Tag};
use super::pace::Mark;
use super::rows::{Message, unreadable};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS notes (
    kind TEXT NOT NULL, server TEXT NOT NULL, place TEXT NOT NULL, attribute TEXT NOT NULL, label TEXT NOT NULL,
    from_place TEXT NOT NULL, from_attribute TEXT NOT NULL, tag BLOB NOT NULL,
    PRIMARY KEY (kind, server, place, attribute, label, from_place, from_attribute)
) STRICT;
";

const TAG: &str = "aegis state note v1";
const ELEMENT: &str = "aegis state note element v1";
const COPY: &str = "copy";
const TABLE: &str = "table";
const PACE: &str = "pace";

/// One row: words alone, each of which is part of its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Note {
    kind: String,
    server: String,
    place: String,
    attribute: String,
    label: String,
    from: (String, String),
}

pub(super) type Notes = BTreeSet<Note>;

impl Note {
    pub(super) fn copy(copied: &Copied) -> Self {
        Self {
            kind: COPY.to_owned(),
            server: copied.server.clone(),
            place: copied.table.clone(),
            attribute: copied.column.clone(),
            label: copied.label.as_str().to_owned(),
            from: copied.moved_from.clone().unwrap_or_default(),
        }
    }

    /// Where the time of budgets stands.
    pub(super) fn pace(mark: &Mark) -> Self {
        Self {
            kind: PACE.to_owned(),
            server: String::new(),
            place: mark.at_ms.to_string(),
            attribute: mark.steady_ms.to_string(),
            label: mark.boot.clone(),
            from: Default::default(),
        }
    }

    fn mark(&self) -> Option<Mark> {
        let is_pace = self.kind == PACE;
        is_pace.then_some(Mark {
            at_ms: self.place.parse().ok()?,
            steady_ms: self.attribute.parse().ok()?,
            boot: self.label.clone(),
        })
    }

    /// Its words, in the order of the columns.
    fn words(&self) -> [&str; 7] {
        [
            &self.kind,
            &self.server,
            &self.place,
            &self.attribute,
            &self.label,
            &self.from.0,
            &self.from.1,
        ]
    }

    pub(super) fn is_copy(&self) -> bool {
        self.kind == COPY
    }

    fn table(server: &str, table: &str) -> Self {
        Self {
            kind: TABLE.to_owned(),
            server: server.to_owned(),
            place: table.to_owned(),
            attribute: String::new(),
            label: String::new(),
            from: Default::default(),
        }
    }

    /// The label that went somewhere, where the note is about one.
    fn copied(&self) -> Option<Copied> {
        let label = Label::parse(&self.label).filter(|_| self.kind == COPY)?;
        let copied = Copied::new(&self.server, &self.place, &self.attribute, label);
        Some(match self.from.0.is_empty() {
            true => copied,
            false => copied.moved_from(&self.from.0, &self.from.1),
        })
    }
}

/// The labels that went with values into columns of one system.
pub(super) fn copies(notes: &Notes, server: &str) -> Vec<Copied> {
    let of_server = notes.iter().filter(|note| note.server == server);
    of_server.filter_map(Note::copied).collect()
}

/// The tables of one system when it was last looked at; `None` where it never was.
pub(super) fn tables(notes: &Notes, server: &str) -> Option<BTreeSet<String>> {
    let known = notes
        .iter()
        .filter(|note| note.kind == TABLE && note.server == server);
    let names: BTreeSet<String> = known.map(|note| note.place.clone()).collect();
    (!names.is_empty()).then_some(names)
}

/// Where the time of budgets stood when something was last charged.
pub(super) fn mark(notes: &Notes) -> Option<Mark> {
    notes.iter().find_map(Note::mark)
}

/// What is forgotten once it stands elsewhere.
pub(super) fn marks(notes: &Notes) -> Vec<Note> {
    let marks = notes.iter().filter(|note| note.kind == PACE);
    marks.cloned().collect()
}

/// What is to be noted and forgotten so that these are the tables of a system.
pub(super) fn retable(
    notes: &Notes,
    server: &str,
    now: &BTreeSet<String>,
) -> (Vec<Note>, Vec<Note>) {
    let before = tables(notes, server).unwrap_or_default();
    let note = |table: &String| Note::table(server, table);
    (
        now.difference(&before).map(note).collect(),
        before.difference(now).map(note).collect(),
    )
}

/// Whether so many notes more can be kept.
pub(super) fn fits(notes: &Notes, more: &[Note]) -> bool {
    notes.len().saturating_add(more.len()) <= limits::NOTES_MAX
}

/// All rows, each verified.
pub(super) fn read(db: &Connection, key: &Key) -> Result<Notes, StateFault> {
    let mut statement = db.prepare_cached(
        "SELECT kind, server, place, attribute, label, from_place, from_attribute, tag FROM notes",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Notes::new();
    while let Some(row) = rows.next()? {
        let (note, tag) = row_of(row).map_err(unreadable)?;
        let whole = note.kind == TABLE || note.copied().is_some() || note.mark().is_some();
        if !whole || !key.verify(message(TAG, &note).bytes(), &tag)? {
            return Err(StateFault::Tampered("a note is not as it was made"));
        }
        found.insert(note);
    }
    Ok(found)
}

pub(super) fn put(db: &Connection, key: &Key, note: &Note) -> Result<(), StateFault> {
    let tag = key.tag(message(TAG, note).bytes())?;
    let [
        kind,
        server,
        place,
        attribute,
        label,
        from_place,
        from_attribute,
    ] = note.words();
    let sql = "INSERT OR REPLACE INTO notes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.prepare_cached(sql)?.execute(params![
        kind,
        server,
        place,
        attribute,
        label,
        from_place,
        from_attribute,
        tag.as_slice(),
    ])?;
    Ok(())
}

pub(super) fn drop_note(db: &Connection, note: &Note) -> Result<(), StateFault> {
    let sql = "DELETE FROM notes WHERE kind = ?1 AND server = ?2 AND place = ?3 AND attribute = ?4 AND label = ?5 \
               AND from_place = ?6 AND from_attribute = ?7";
    db.prepare_cached(sql)?.execute(note.words())?;
    Ok(())
}

/// The row's part in the digest of all rows.
pub(super) fn element(key: &Key, note: &Note) -> Result<Tag, StateFault> {
    key.tag(message(ELEMENT, note).bytes())
}

fn message(domain: &str, note: &Note) -> Message {
    note.words()
        .into_iter()
        .fold(Message::new(domain), |message, word| message.text(word))
}

fn row_of(row: &Row<'_>) -> rusqlite::Result<(Note, Vec<u8>)> {
    let note = Note {
        kind: row.get("kind")?,
        server: row.get("server")?,
        place: row.get("place")?,
        attribute: row.get("attribute")?,
        label: row.get("label")?,
        from: (row.get("from_place")?, row.get("from_attribute")?),
    };
    Ok((note, row.get("tag")?))
}
