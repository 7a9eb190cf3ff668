//! Writing objects: under one lock, whole or not at all, durable before it is reported.
//! Knows nothing of MCP.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, Dir, Mode, OFlags};
use rustix::io::Errno;
use serde_json::{Value, json};

use super::ask::Source;
use super::bucket::Bucket;
use super::code::S3Code;
use super::etag::{Condition, Tags, etag};
use super::key::{Key, UNFINISHED};
use crate::blocking::CommitGate;
use crate::bounds::OBJECT_BYTES_MAX;

impl Bucket {
    /// Stores `bytes`: `{"key", "etag", "size", "created"}`.
    pub(super) fn put(
        &self,
        key: &Key,
        bytes: &[u8],
        condition: &Condition,
        gate: &CommitGate,
    ) -> Result<Value, S3Code> {
        condition.check_form(Tags::Digests)?;
        let _lock = self.lock()?;
        self.store(key, bytes, condition, gate)
    }

    /// Stores the bytes of `source` under `key`: as `put`, with `{"source", "source_etag"}`.
    pub(super) fn copy(
        &self,
        (source, wanted): (&Key, &Source),
        key: &Key,
        condition: &Condition,
        gate: &CommitGate,
    ) -> Result<Value, S3Code> {
        wanted.check_form(Tags::Digests)?;
        condition.check_form(Tags::Digests)?;
        let _lock = self.lock()?;
        let bytes = self.read(source)?;
        let source_etag = etag(&bytes);
        wanted.check(&source_etag, &bytes)?;
        let mut done = self.store(key, &bytes, condition, gate)?;
        if let Some(done) = done.as_object_mut() {
            done.insert("source".to_owned(), source.as_str().into());
            done.insert("source_etag".to_owned(), source_etag.into());
        }
        Ok(done)
    }

    /// Removes an object: `{"key", "etag"}` with the tag it had.
    pub(super) fn delete(
        &self,
        key: &Key,
        condition: &Condition,
        gate: &CommitGate,
    ) -> Result<Value, S3Code> {
        condition.check_form(Tags::Digests)?;
        let _lock = self.lock()?;
        let present = self.read_if_any(key)?.map(|bytes| etag(&bytes));
        condition.check(present.as_deref())?;
        let etag = present.ok_or(S3Code::NoSuchKey)?;
        if !gate.enter() {
            return Err(S3Code::Internal);
        }
        let directory = self.open_directory(key.directory())?;
        rustix::fs::unlinkat(&directory, key.name(), AtFlags::empty())?;
        rustix::fs::fsync(&directory)?;
        self.remove_empty(key);
        Ok(json!({ "key": key.as_str(), "etag": etag }))
    }

    fn store(
        &self,
        key: &Key,
        bytes: &[u8],
        condition: &Condition,
        gate: &CommitGate,
    ) -> Result<Value, S3Code> {
        if bytes.len() as u64 > OBJECT_BYTES_MAX {
            return Err(S3Code::TooLarge);
        }
        self.check_twins(key)?;
        let present = self.read_if_any(key)?.map(|bytes| etag(&bytes));
        condition.check(present.as_deref())?;
        let directory = self.make_directories(key)?;
        let unfinished = self.write_unfinished(bytes)?;
        let root = self.directory.root();
        let renamed = if gate.enter() {
            rustix::fs::renameat(root, &unfinished, &directory, key.name()).map_err(S3Code::from)
        } else {
            Err(S3Code::Internal)
        };
        if let Err(code) = renamed {
            let _nothing_left = rustix::fs::unlinkat(root, &unfinished, AtFlags::empty());
            self.remove_empty(key);
            return Err(code);
        }
        rustix::fs::fsync(&directory)?;
        Ok(json!({
            "key": key.as_str(),
            "etag": etag(bytes),
            "size": bytes.len(),
            "created": present.is_none(),
        }))
    }

    /// Holds until it is dropped; excludes other threads and other processes that ask.
    fn lock(&self) -> Result<File, S3Code> {
        let lock = self.directory.lockable()?;
        lock.lock()?;
        Ok(lock)
    }

    fn open_directory(&self, path: &str) -> Result<OwnedFd, S3Code> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        Ok(self.directory.open_below(path, flags, Mode::empty())?)
    }

    /// Makes what is missing above the object.
    fn make_directories(&self, key: &Key) -> Result<OwnedFd, S3Code> {
        let mut path = String::from(".");
        let mut directory = self.open_directory(&path)?;
        for component in key.parents() {
            match rustix::fs::mkdirat(&directory, component, Mode::RWXU) {
                Ok(()) => rustix::fs::fsync(&directory)?,
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            path = if path == "." {
                component.to_owned()
            } else {
                format!("{path}/{component}")
            };
            directory = self.open_directory(&path).map_err(|code| match code {
                // A part of the key is an object itself: S3 could hold both, a directory cannot.
                S3Code::NoSuchKey => S3Code::BadKey,
                code => code,
            })?;
        }
        Ok(directory)
    }

    /// Writes the bytes under a name that no key can have, and lets them reach the disk.
    fn write_unfinished(&self, bytes: &[u8]) -> Result<String, S3Code> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{UNFINISHED}{}-{number}", std::process::id());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(self.directory.open_below(&name, flags, mode)?);
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written {
            let _nothing_left =
                rustix::fs::unlinkat(self.directory.root(), &name, AtFlags::empty());
            return Err(error.into());
        }
        Ok(name)
    }

    /// Removes the directories above a key that hold nothing any more, so that they are no twins of
    /// later keys.
    fn remove_empty(&self, key: &Key) {
        let mut path = key.directory();
        while path != "." {
            let (above, name) = path.rsplit_once('/').unwrap_or((".", path));
            let removed = self.open_directory(above).is_ok_and(|directory| {
                rustix::fs::unlinkat(&directory, name, AtFlags::REMOVEDIR).is_ok()
            });
            if !removed {
                return;
            }
            path = above;
        }
    }

    /// Removes what writers that died left in the root.
    pub(super) fn remove_unfinished(&self) -> Result<(), S3Code> {
        let _lock = self.lock()?;
        let root = self.directory.root();
        for entry in Dir::read_from(root)? {
            let entry = entry?;
            if entry
                .file_name()
                .to_bytes()
                .starts_with(UNFINISHED.as_bytes())
            {
                rustix::fs::unlinkat(root, entry.file_name(), AtFlags::empty())?;
            }
        }
        Ok(())
    }
}
