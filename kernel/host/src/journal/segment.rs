//! The open file of the log, and whether it still is the file that it was.
//! Knows nothing of records.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::audit::{Leaf, Record, Tombstone};
use aegis_verify::{Line, Lines, SegmentFile, open_regular, segment_name, sync_dir};
use rustix::fs::fstat;
use sha2::{Digest, Sha256};

use super::disk::Disk;
use super::tiles::Tiles;
use crate::private_file::open_own;

/// Bytes read at once.
const CHUNK: usize = 1024 * 1024;

/// A file that is only ever appended to, with the tiles beside it.
pub(super) struct Segment {
    file: File,
    path: PathBuf,
    device: u64,
    inode: u64,
    first_seq: u64,
    first_ts: String,
    len: u64,
    count: u64,
    hash: Sha256,
    tiles: Tiles,
    disk: Arc<dyn Disk>,
}

/// What was read of a file before it is gone on with.
#[derive(Default)]
pub(super) struct Content {
    /// The hash of every line.
    pub(super) leaves: Vec<Leaf>,
    /// Over all bytes up to the last whole line.
    pub(super) hash: Sha256,
    /// Those bytes.
    pub(super) len: u64,
    /// `ts` of its first record.
    pub(super) first_ts: String,
}

impl Content {
    /// Reads the whole lines of a file.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let mut content = Self::default();
        let mut lines = Lines::open(path, 0)?;
        while let Some(Line::Whole(line)) = lines.advance()? {
            content.add(line);
        }
        Ok(content)
    }

    /// Reads so many bytes of a file, or as many as there are, without looking at its lines but the first.
    pub(super) fn read_bytes(path: &Path, len: u64) -> io::Result<Self> {
        let mut content = Self::default();
        if let Some(Line::Whole(line)) = Lines::open(path, 0)?.advance()? {
            content.begin(line);
        }
        let file = open_regular(path)?.ok_or(io::ErrorKind::NotFound)?;
        let mut rest = file.take(len);
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = rest.read(&mut chunk)?;
            if read == 0 {
                return Ok(content);
            }
            content.hash.update(chunk.get(..read).unwrap_or_default());
            content.len += u64::try_from(read).unwrap_or(u64::MAX);
        }
    }

    fn begin(&mut self, line: &[u8]) {
        let mut scratch = Vec::new();
        if let Ok(record) = Record::parse(line, &mut scratch) {
            record.ts.as_str().clone_into(&mut self.first_ts);
        }
    }

    /// Adds the next line, without its newline; its hash.
    pub(super) fn add(&mut self, line: &[u8]) -> Leaf {
        if self.leaves.is_empty() {
            self.begin(line);
        }
        let leaf = Tombstone::leaf_at(line);
        self.leaves.push(leaf);
        self.hash.update(line);
        self.hash.update(b"\n");
        self.len += u64::try_from(line.len()).unwrap_or(u64::MAX) + 1;
        leaf
    }
}

/// Records that are appended together.
#[derive(Default)]
pub(super) struct Batch {
    /// Their lines.
    pub(super) bytes: Vec<u8>,
    /// Their hashes.
    pub(super) leaves: Vec<Leaf>,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.leaves.clear();
    }
}

impl Segment {
    /// Makes the file that begins with this record, its name durable where `sync`.
    pub(super) fn create(
        dir: &Path,
        first_seq: u64,
        now: String,
        sync: bool,
        disk: Arc<dyn Disk>,
    ) -> io::Result<Self> {
        let path = dir.join(segment_name(first_seq));
        let file = disk.create(&path)?;
        if sync {
            sync_dir(dir)?;
        }
        let content = Content {
            first_ts: now,
            ..Content::default()
        };
        Self::from(file, path, first_seq, content, disk)
    }

    /// Goes on with a file.
    pub(super) fn reopen(
        of: &SegmentFile,
        content: Content,
        disk: Arc<dyn Disk>,
    ) -> io::Result<Self> {
        let file = open_own(OpenOptions::new().append(true), &of.path)?;
        Self::from(file, of.path.clone(), of.first_seq, content, disk)
    }

    fn from(
        file: File,
        path: PathBuf,
        first_seq: u64,
        content: Content,
        disk: Arc<dyn Disk>,
    ) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let tiles = Tiles::open(&path, &content.leaves);
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            first_seq,
            first_ts: content.first_ts,
            len: content.len,
            count: u64::try_from(content.leaves.len()).unwrap_or(u64::MAX),
            hash: content.hash,
            tiles,
            disk,
            file,
            path,
        })
    }

    /// Its first record's number.
    pub(super) fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// `ts` of its first record.
    pub(super) fn first_ts(&self) -> &str {
        &self.first_ts
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Records in it.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// SHA-256 of it so far.
    pub(super) fn sha256(&self) -> Leaf {
        Leaf::from_bytes(self.hash.clone().finalize().into())
    }

    /// That the name still leads to this file and that it is as long as it was left: a log rotated, replaced
    /// or truncated by others is no log.
    pub(super) fn intact(&self) -> io::Result<()> {
        // While the file is open no other can have its device and inode: what the name leads to is then it.
        let same = fs::symlink_metadata(&self.path).is_ok_and(|named| {
            (named.dev(), named.ino(), named.len()) == (self.device, self.inode, self.len)
        });
        if same { Ok(()) } else { Err(meddled()) }
    }

    /// That nobody else has written to it or cut it, wherever its name leads by now: no path is looked up for that.
    pub(super) fn untouched(&self) -> io::Result<()> {
        match u64::try_from(fstat(&self.file)?.st_size) == Ok(self.len) {
            true => Ok(()),
            false => Err(meddled()),
        }
    }

    /// Appends records, durable on return where `sync`. Where the disk is full, `relieve` is asked for room, and
    /// the write goes on where it stopped. After any error nothing is known of the file's end and it must not be
    /// written again: a failed fsync drops what it could not write and the next one succeeds.
    pub(super) fn append(
        &mut self,
        batch: &Batch,
        sync: bool,
        relieve: &mut dyn FnMut() -> bool,
    ) -> io::Result<()> {
        let mut rest = batch.bytes.as_slice();
        while !rest.is_empty() {
            match self.disk.write(&self.file, rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if is_full(&e) && relieve() => {}
                Err(e) => return Err(e),
            }
        }
        if sync {
            self.disk.sync(&self.file)?;
        }
        self.hash.update(&batch.bytes);
        self.len += u64::try_from(batch.bytes.len()).unwrap_or(u64::MAX);
        self.count += u64::try_from(batch.leaves.len()).unwrap_or(u64::MAX);
        self.tiles.append(&batch.leaves);
        Ok(())
    }

    /// Writes the tiles that are behind the records.
    pub(super) fn catch_up(&mut self) {
        self.tiles.flush();
    }

    /// Ends the file: durable with its tiles and its name, and written by nobody any more.
    pub(super) fn end(&mut self, sync: bool) -> io::Result<()> {
        self.file.set_permissions(Permissions::from_mode(0o400))?;
        self.tiles.end(sync);
        if sync {
            self.file.sync_all()?;
            sync_dir(self.path.parent().unwrap_or_else(|| Path::new(".")))?;
        }
        Ok(())
    }
}

fn meddled() -> io::Error {
    io::Error::other("the file was removed, replaced, truncated or written by others")
}

/// Whether an error says that there is no room, which some can be made for.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
