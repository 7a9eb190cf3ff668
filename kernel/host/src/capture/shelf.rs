//! Finds the captures of one call.
//! Knows nothing of keys.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use aegis_core::audit::Id;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::files::{self, CaptureLines};

/// Files whose lines are known at a time; decisions are asked for day by day.
const KNOWN_MAX: usize = 64;

/// Lines of one call that are tried: the kernel writes one, whoever lays more there can as well remove it.
const PER_CALL_MAX: usize = 16;

/// One line that bears a call's id.
pub(crate) struct Kept {
    /// The id of the operator's key that it says it was sealed to.
    pub(crate) key: String,
    /// What was sealed.
    pub(crate) sealed: Vec<u8>,
}

/// A folder of captures.
pub(crate) struct Shelf {
    dir: PathBuf,
    known: HashMap<PathBuf, Option<Known>>,
}

struct Known {
    file: File,
    /// Where each call's lines begin, and how long they are.
    lines: HashMap<Id, Vec<(u64, usize)>>,
}

impl Shelf {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            known: HashMap::new(),
        }
    }

    /// All that is kept under a call's id; nothing where nothing is.
    pub(crate) fn of(&mut self, call: Id, salts: &str) -> io::Result<Vec<Kept>> {
        let Some(folder) = files::folder(&self.dir, salts) else {
            return Ok(Vec::new());
        };
        let path = folder.join(files::day(call));
        if !self.known.contains_key(&path) {
            if self.known.len() >= KNOWN_MAX {
                self.known.clear();
            }
            let known = Known::read(&path)?;
            self.known.insert(path.clone(), known);
        }
        let Some(Some(known)) = self.known.get(&path) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let lines = known.lines.get(&call).into_iter().flatten();
        for (offset, len) in lines.take(PER_CALL_MAX) {
            let mut line = vec![0; *len];
            known.file.read_exact_at(&mut line, *offset)?;
            found.extend(kept(&line));
        }
        Ok(found)
    }
}

impl Known {
    fn read(path: &Path) -> io::Result<Option<Self>> {
        let (Some(mut all), Some(file)) =
            (CaptureLines::open(path)?, aegis_verify::open_regular(path)?)
        else {
            return Ok(None);
        };
        let mut lines: HashMap<Id, Vec<(u64, usize)>> = HashMap::new();
        while let Some((offset, line)) = all.advance()? {
            if let Some((call, _)) = files::split(line) {
                lines.entry(call).or_default().push((offset, line.len()));
            }
        }
        Ok(Some(Self { file, lines }))
    }
}

fn kept(line: &[u8]) -> Option<Kept> {
    let (_, rest) = files::split(line)?;
    let (key, encoded) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(Kept {
        key: key.to_owned(),
        // What is no base64 is no capture that opens, and is told of as such.
        sealed: STANDARD.decode(encoded).unwrap_or_default(),
    })
}
