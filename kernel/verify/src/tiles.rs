//! Level-0 tiles: the leaves of a file of records, 32 bytes each, in a file beside it. They are a shortcut and can
//! be made again; of records that were removed they are all that is left.
//! Knows nothing of records.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use aegis_core::audit::{Frontier, Leaf};

use super::regular::open_regular;

/// The name of the tiles of the file that begins with this record.
#[must_use]
pub fn tiles_name(first_seq: u64) -> String {
    format!("{first_seq:020}.tiles")
}

/// The leaves of one file, one after the other.
pub(crate) struct Tiles {
    source: BufReader<File>,
    pub(crate) read: u64,
}

impl Tiles {
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        Ok(open_regular(path)?.map(|file| Self {
            source: BufReader::new(file),
            read: 0,
        }))
    }

    /// The next leaf; `None` at the end, what a crash left of a leaf among it.
    pub(crate) fn advance(&mut self) -> io::Result<Option<Leaf>> {
        let mut bytes = [0; 32];
        let mut filled = 0;
        while filled < bytes.len() {
            match self
                .source
                .read(bytes.get_mut(filled..).unwrap_or_default())?
            {
                0 => return Ok(None),
                read => filled += read,
            }
        }
        self.read += 1;
        Ok(Some(Leaf::from_bytes(bytes)))
    }
}

/// The leaves of the records before `until`, from the tiles of files in order. `None` where some are missing.
pub(crate) fn prefix(
    dir: &Path,
    firsts: &[u64],
    until: u64,
    mut take: impl FnMut(Leaf),
) -> io::Result<Option<(Frontier, Leaf)>> {
    let mut tree = Frontier::default();
    let mut last = None;
    for (at, first) in firsts.iter().enumerate() {
        if *first >= until {
            break;
        }
        if *first != tree.size() {
            return Ok(None);
        }
        let end = firsts.get(at + 1).copied().unwrap_or(until).min(until);
        let path: PathBuf = dir.join(tiles_name(*first));
        let Some(mut tiles) = Tiles::open(&path)? else {
            return Ok(None);
        };
        while tree.size() < end {
            let Some(leaf) = tiles.advance()? else {
                return Ok(None);
            };
            tree.push(leaf);
            take(leaf);
            last = Some(leaf);
        }
    }
    Ok(last
        .filter(|_| tree.size() == until)
        .map(|last| (tree, last)))
}
