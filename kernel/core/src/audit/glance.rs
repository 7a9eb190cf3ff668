//! What following a log needs of one line: taken from each line by itself, so that lines can be read in parallel.
//! Knows nothing of the lines around it.

use super::{Int, Leaf, Reading, Record, RecordFault, Seen};

/// One line, as far as the lines after it depend on it.
#[derive(Clone, Debug)]
pub enum Glance {
    /// A record.
    Record(Box<Seen>),
    /// What stands in the place of a record whose bytes were removed.
    Tombstone(Tombstone),
}

/// `{"tombstone":{"auth":M,"leaf":"…","seq":N}}`: record N had this leaf, and record M says why its bytes are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The record that authorises it.
    pub auth: u64,
    /// The leaf of the record that stood here.
    pub leaf: Leaf,
    /// Its number.
    pub seq: u64,
}

impl Glance {
    /// Reads one line, without its newline. `reading` is what the last one left, and no answer depends on it.
    ///
    /// # Errors
    /// Where it is neither a record nor a tombstone, by [`Record::parse`].
    pub fn of(line: &[u8], reading: &mut Reading) -> Result<Self, RecordFault> {
        if let Some(tombstone) = Tombstone::parse(line) {
            return Ok(Self::Tombstone(tombstone));
        }
        if let Some(seen) = Seen::plainly(line, reading) {
            return Ok(Self::Record(seen));
        }
        // The long way: for what is unusual, and to say what is wrong with the rest.
        let record = Record::parse(line, &mut reading.scratch)?;
        let seen = Seen::of(&record, Leaf::of_line(line));
        Ok(Self::Record(Box::new(seen)))
    }

    /// The number that the line says it has.
    #[must_use]
    pub fn seq(&self) -> u64 {
        match self {
            Self::Record(seen) => seen.seq,
            Self::Tombstone(tombstone) => tombstone.seq,
        }
    }

    /// The leaf that stands here.
    #[must_use]
    pub fn leaf(&self) -> Leaf {
        match self {
            Self::Record(seen) => seen.leaf,
            Self::Tombstone(tombstone) => tombstone.leaf,
        }
    }
}

impl Tombstone {
    /// Reads a tombstone in its one form.
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<Self> {
        let text = line.strip_prefix(br#"{"tombstone":{"auth":"#)?;
        let text = std::str::from_utf8(text).ok()?;
        let (auth, text) = text.split_once(r#","leaf":""#)?;
        let (leaf, text) = text.split_once(r#"","seq":"#)?;
        let seq = text.strip_suffix("}}")?;
        let number = |text| super::checkpoint::decimal(text).filter(|n| *n <= Int::MAX);
        Some(Self {
            auth: number(auth)?,
            leaf: Leaf::parse(leaf)?,
            seq: number(seq)?,
        })
    }

    /// The leaf that stands at a line: its hash, or the one that a tombstone carries. Whether that tombstone is
    /// authorised is the verifier's to say.
    #[must_use]
    pub fn leaf_at(line: &[u8]) -> Leaf {
        Self::parse(line).map_or_else(|| Leaf::of_line(line), |stone| stone.leaf)
    }

    /// The line, without a newline.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            r#"{{"tombstone":{{"auth":{},"leaf":"{}","seq":{}}}}}"#,
            self.auth, self.leaf, self.seq
        )
    }
}
