//! The hashes of a file's records in a file of their own: 32 bytes a record, in order.
//! Knows nothing of records.
//!
//! Tiles can always be made again from the records as long as those are there, so nothing waits for them to be
//! durable and a failure to write them stops nothing: the next start makes them again. Once a file of records
//! is pruned its tiles are what its proofs stand on.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aegis_core::audit::{Frontier, Leaf, Record, Tombstone};
use aegis_verify::{Line, Lines, LogFiles, open_regular, segment_name};

use crate::private_file::{open_own, replace};

/// Bytes of one hash.
const LEAF_BYTES: usize = 32;
/// As many bytes are written at once; fewer when the head is written, or the file ends.
const WAITING_BYTES: usize = 128 * LEAF_BYTES;

/// The tiles of the open file.
pub(super) struct Tiles {
    file: Option<File>,
    /// What is not written yet: tiles may be behind their records.
    waiting: Vec<u8>,
}

impl Tiles {
    /// Goes on with the tiles of a file of records, made again where they are not these.
    pub(super) fn open(segment: &Path, leaves: &[Leaf]) -> Self {
        let opened = open(&path_of(segment), leaves);
        Self {
            file: heard(opened, "the tiles cannot be opened"),
            waiting: Vec::new(),
        }
    }

    pub(super) fn append(&mut self, leaves: &[Leaf]) {
        put(leaves, &mut self.waiting);
        if self.waiting.len() >= WAITING_BYTES {
            self.flush();
        }
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) {
        if let Some(mut file) = self.file.take_if(|_| !self.waiting.is_empty()) {
            let written = file.write_all(&self.waiting).map(|()| file);
            self.file = heard(written, "the tiles cannot be written");
        }
        self.waiting.clear();
    }

    /// Durable, and written by nobody any more.
    pub(super) fn end(&mut self, sync: bool) {
        self.flush();
        let Some(file) = self.file.take() else { return };
        let ended = file
            .set_permissions(Permissions::from_mode(0o400))
            .and_then(|()| if sync { file.sync_all() } else { Ok(()) });
        heard(ended, "the tiles cannot be ended");
    }
}

fn heard<T>(done: io::Result<T>, what: &str) -> Option<T> {
    done.inspect_err(|error| {
        crate::told::tell!("aegis: {what}: they are made again at the next start: {error}");
    })
    .ok()
}

/// The tiles beside a file of records.
pub(super) fn path_of(segment: &Path) -> PathBuf {
    segment.with_extension("tiles")
}

fn put(leaves: &[Leaf], bytes: &mut Vec<u8>) {
    bytes.reserve(leaves.len() * LEAF_BYTES);
    leaves
        .iter()
        .for_each(|leaf| bytes.extend_from_slice(leaf.as_bytes()));
}

fn bytes_of(leaves: &[Leaf]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(leaves, &mut bytes);
    bytes
}

fn open(path: &Path, leaves: &[Leaf]) -> io::Result<File> {
    made(path, leaves)?;
    open_own(OpenOptions::new().append(true), path)
}

/// Makes the tiles beside a file of records these, where they are not.
pub(super) fn ensure(segment: &Path, leaves: &[Leaf]) -> io::Result<()> {
    made(&path_of(segment), leaves)
}

fn made(path: &Path, leaves: &[Leaf]) -> io::Result<()> {
    let wanted = bytes_of(leaves);
    // One byte more than is wanted is enough to see that they are others.
    let most = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
    let mut found = Vec::new();
    let there = open_regular(path)?;
    let is_there = there.is_some();
    if let Some(file) = there {
        file.take(most.saturating_add(1)).read_to_end(&mut found)?;
    }
    if is_there && found == wanted {
        return Ok(());
    }
    replace(path, &wanted, false)
}

/// The tree over all records before `size`. Tiles are believed where the seal that ends those records names their
/// root: a wrong tile would get into every later seal. Otherwise all whose records are there are made again.
///
/// # Errors
/// Where neither tiles nor records are there, or they cannot be read.
pub(super) fn tree(dir: &Path, size: u64) -> io::Result<Frontier> {
    let starts = starts(dir)?;
    let Some(last) = size.checked_sub(1) else {
        return Ok(Frontier::default());
    };
    let (tree, before_seal) = grown(dir, &starts, size, false)?;
    let file = starts.iter().rev().find(|first| **first <= last);
    if let Some(first) = file
        && sealed_root(&dir.join(segment_name(*first)))? == Some(before_seal)
    {
        return Ok(tree);
    }
    Ok(grown(dir, &starts, size, true)?.0)
}

/// The tree over the first `size` records, where that is no file's end: the last file's records are hashed.
///
/// # Errors
/// As for [`tree`].
pub(super) fn tree_within(dir: &Path, size: u64) -> io::Result<Frontier> {
    let Some(last) = size.checked_sub(1) else {
        return Ok(Frontier::default());
    };
    let first = starts(dir)?.into_iter().rev().find(|first| *first <= last);
    let first = first.unwrap_or_default();
    let mut tree = tree(dir, first)?;
    let segment = dir.join(segment_name(first));
    let leaves = match segment.exists() {
        true => of_records(&segment)?,
        false => read(&path_of(&segment))?,
    };
    let count = usize::try_from(size - first).map_err(io::Error::other)?;
    let leaves = leaves
        .get(..count)
        .ok_or_else(|| io::Error::other(format!("`{}` holds fewer records", segment.display())))?;
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    Ok(tree)
}

/// The tree over all records before `size`, and the root before the last of them. Tiles that are missing, or not as
/// many as the records of their file, are made again; with `fresh`, all whose records are there.
fn grown(dir: &Path, starts: &[u64], size: u64, fresh: bool) -> io::Result<(Frontier, Leaf)> {
    let mut tree = Frontier::default();
    let mut before_last = tree.root();
    while tree.size() < size {
        let first = tree.size();
        let end = starts
            .iter()
            .copied()
            .find(|start| *start > first)
            .map_or(size, |next| next.min(size));
        let count = usize::try_from(end - first).map_err(io::Error::other)?;
        for leaf in leaves(&dir.join(segment_name(first)), count, fresh)? {
            if tree.size() + 1 == size {
                before_last = tree.root();
            }
            tree.push(leaf);
        }
    }
    Ok((tree, before_last))
}

/// The root that a file's last record names, if it is there and its last record is a seal.
pub(super) fn sealed_root(segment: &Path) -> io::Result<Option<Leaf>> {
    if !segment.exists() {
        return Ok(None);
    }
    let mut lines = Lines::open(segment, 0)?;
    let mut last = Vec::new();
    while let Some(Line::Whole(line)) = lines.advance()? {
        last.clear();
        last.extend_from_slice(line);
    }
    let mut scratch = Vec::new();
    let record = Record::parse(&last, &mut scratch).ok();
    Ok(record.and_then(|record| record.seal).map(|seal| seal.root))
}

/// The numbers that files of records or of tiles begin with.
fn starts(dir: &Path) -> io::Result<Vec<u64>> {
    let mut starts: Vec<u64> = LogFiles::list(dir)?
        .segments
        .iter()
        .map(|file| file.first_seq)
        .collect();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".tiles"));
        starts.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    starts.sort_unstable();
    starts.dedup();
    Ok(starts)
}

/// The first `count` leaves of one file.
fn leaves(segment: &Path, count: usize, fresh: bool) -> io::Result<Vec<Leaf>> {
    let there = segment.exists();
    if !(fresh && there) {
        match read(&path_of(segment)) {
            Ok(mut leaves) if leaves.len() >= count => {
                leaves.truncate(count);
                return Ok(leaves);
            }
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            Ok(_) | Err(_) if !there => {
                return Err(io::Error::other(format!(
                    "the hashes of the records from `{}` on are missing: neither it nor its tiles are whole",
                    segment.display()
                )));
            }
            Ok(_) | Err(_) => {}
        }
    }
    let mut leaves = of_records(segment)?;
    if leaves.len() < count {
        return Err(io::Error::other(format!(
            "`{}` holds fewer records than its successor's name says",
            segment.display()
        )));
    }
    // What a crash left behind the records may look like lines, and is none.
    leaves.truncate(count);
    replace(&path_of(segment), &bytes_of(&leaves), false)?;
    Ok(leaves)
}

/// The leaves in a file of tiles.
pub(super) fn read(path: &Path) -> io::Result<Vec<Leaf>> {
    let mut bytes = Vec::new();
    let file = open_regular(path)?.ok_or(io::ErrorKind::NotFound)?;
    (&file).read_to_end(&mut bytes)?;
    let leaf = |chunk: &[u8]| chunk.try_into().ok().map(Leaf::from_bytes);
    Ok(bytes.chunks_exact(LEAF_BYTES).filter_map(leaf).collect())
}

/// The leaves of a file's whole lines.
fn of_records(segment: &Path) -> io::Result<Vec<Leaf>> {
    let mut lines = Lines::open(segment, 0)?;
    let mut leaves = Vec::new();
    while let Some(Line::Whole(line)) = lines.advance()? {
        leaves.push(Tombstone::leaf_at(line));
    }
    Ok(leaves)
}
