//! Reading objects: whole, regular, with one name alone.
//! Knows nothing of writing.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags};
use serde_json::{Value, json};

use super::ask::{Ask, content};
use super::code::S3Code;
use super::directory::Directory;
use super::etag::etag;
use super::key::Key;
use crate::blocking::CommitGate;
use crate::bounds::OBJECT_BYTES_MAX;

/// The objects below one directory.
#[derive(Clone)]
pub(super) struct Bucket {
    pub(super) directory: Arc<Directory>,
}

impl Bucket {
    /// Opens the root and removes what interrupted writes left.
    pub(super) fn at(path: &Path, stepwise: bool) -> Result<Self, S3Code> {
        let bucket = Self {
            directory: Arc::new(Directory::open(path, stepwise)?),
        };
        bucket.remove_unfinished()?;
        Ok(bucket)
    }

    /// Carries out a call.
    pub(super) fn carry_out(&self, ask: Ask, gate: &CommitGate) -> Result<Value, S3Code> {
        match ask {
            Ask::List(range) => self.list(range),
            Ask::Head(key) => self.head(&key),
            Ask::Get(key) => self.get(&key),
            Ask::Put(key, bytes, condition) => self.put(&key, &bytes, &condition, gate),
            Ask::Copy(source, from, key, condition) => {
                self.copy((&from, &source), &key, &condition, gate)
            }
            Ask::Delete(key, condition) => self.delete(&key, &condition, gate),
        }
    }

    /// `{"key", "etag", "size"}`.
    pub(super) fn head(&self, key: &Key) -> Result<Value, S3Code> {
        let bytes = self.read(key)?;
        Ok(json!({ "key": key.as_str(), "etag": etag(&bytes), "size": bytes.len() }))
    }

    /// The content of an object.
    pub(super) fn get(&self, key: &Key) -> Result<Value, S3Code> {
        let bytes = self.read(key)?;
        Ok(content(key, &etag(&bytes), bytes))
    }

    /// The bytes of an object.
    pub(super) fn read(&self, key: &Key) -> Result<Vec<u8>, S3Code> {
        let file = self
            .directory
            .open_below(key.as_str(), OFlags::RDONLY, Mode::empty())?;
        read_whole(File::from(file))
    }

    /// The bytes of an object, or `None` where there is none.
    pub(super) fn read_if_any(&self, key: &Key) -> Result<Option<Vec<u8>>, S3Code> {
        match self.read(key) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(S3Code::NoSuchKey) => Ok(None),
            Err(code) => Err(code),
        }
    }
}

/// Reads an open file if it is an object: regular, and known by this name only. A second hard link
/// would let one key change or show what is stored elsewhere. Without any name it was the object when it was opened,
/// and somebody has put another in its place since.
pub(super) fn read_whole(file: File) -> Result<Vec<u8>, S3Code> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(S3Code::NoSuchKey);
    }
    if !metadata.is_file() || metadata.nlink() > 1 {
        return Err(S3Code::NotARegularFile);
    }
    if metadata.len() > OBJECT_BYTES_MAX {
        return Err(S3Code::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // It may grow while it is read, by a hand that knows nothing of us.
    file.take(OBJECT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > OBJECT_BYTES_MAX {
        return Err(S3Code::TooLarge);
    }
    Ok(bytes)
}
