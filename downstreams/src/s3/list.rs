//! Listing objects in the order of their keys' bytes, page by page.
//! Knows nothing of writing.

use std::fs::File;
use std::os::fd::OwnedFd;

use rustix::fs::{Dir, FileType, Mode, OFlags};
use serde_json::{Value, json};

use super::bucket::{Bucket, read_whole};
use super::code::S3Code;
use super::etag::etag;
use super::key::{Key, plain};
use crate::bounds::{
    KEY_BYTES_MAX, LISTING, LISTING_BYTES_MAX, LISTING_DEPTH_MAX, LISTING_ENTRIES_MAX,
};

/// Which objects are asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    /// How the keys begin; any text, not components.
    pub(super) prefix: String,
    /// Only keys beyond this one.
    pub(super) after: String,
    /// Most objects of this page.
    pub(super) limit: Option<u64>,
}

impl Bucket {
    /// `{"objects": [{"key", "size", "etag"}], "truncated"}`. Only what `get` would answer is
    /// listed: links, special files and names that are no keys are not there.
    pub(super) fn list(&self, range: Range) -> Result<Value, S3Code> {
        if range.prefix.len() > KEY_BYTES_MAX || range.after.len() > KEY_BYTES_MAX {
            return Err(S3Code::BadArgument);
        }
        let mut walk = Walk {
            bucket: self,
            limit: range.limit.unwrap_or(LISTING.0).min(LISTING.1),
            range,
            entries: 0,
            bytes: 0,
            objects: Vec::new(),
            truncated: false,
        };
        walk.enter("", 0)?;
        Ok(json!({ "objects": walk.objects, "truncated": walk.truncated }))
    }
}

struct Walk<'a> {
    bucket: &'a Bucket,
    range: Range,
    limit: u64,
    entries: usize,
    bytes: u64,
    objects: Vec<Value>,
    truncated: bool,
}

impl Walk<'_> {
    /// Walks the directory of this path (`""` is the root, others end with `/`).
    fn enter(&mut self, path: &str, depth: usize) -> Result<(), S3Code> {
        if depth > LISTING_DEPTH_MAX {
            return Err(S3Code::TooLarge);
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let opened = path.strip_suffix('/').unwrap_or(".");
        let opened = match self
            .bucket
            .directory
            .open_below(opened, flags, Mode::empty())
        {
            Ok(opened) => opened,
            // Removed or replaced since its parent was read.
            Err(_) if depth > 0 => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for (name, is_directory) in self.names(&opened)? {
            if self.truncated {
                return Ok(());
            }
            let key = format!("{path}{name}");
            if is_directory && self.overlaps(&key) {
                self.enter(&key, depth + 1)?;
            } else if !is_directory && self.wanted(&key) {
                self.add(&key)?;
            }
        }
        Ok(())
    }

    /// Names of a directory in the order of the keys below them: a directory sorts as `name/`.
    fn names(&mut self, directory: &OwnedFd) -> Result<Vec<(String, bool)>, S3Code> {
        let mut names = Vec::new();
        for entry in Dir::read_from(directory)? {
            let entry = entry?;
            self.entries += 1;
            if self.entries > LISTING_ENTRIES_MAX {
                return Err(S3Code::TooLarge);
            }
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if !plain(name) {
                continue;
            }
            match kind(directory, name, entry.file_type()) {
                FileType::Directory => names.push((format!("{name}/"), true)),
                FileType::RegularFile => names.push((name.to_owned(), false)),
                _ => {}
            }
        }
        names.sort();
        Ok(names)
    }

    /// Whether keys below `directory` (which ends with `/`) can be asked for.
    fn overlaps(&self, directory: &str) -> bool {
        let prefix = self.range.prefix.as_str();
        let after = self.range.after.as_str();
        (directory.starts_with(prefix) || prefix.starts_with(directory))
            && (after < directory || after.starts_with(directory))
    }

    fn wanted(&self, key: &str) -> bool {
        key.starts_with(&self.range.prefix) && key > self.range.after.as_str()
    }

    fn add(&mut self, key: &str) -> Result<(), S3Code> {
        let Ok(key) = Key::parse(key) else {
            return Ok(());
        };
        if self.objects.len() as u64 >= self.limit || self.bytes > LISTING_BYTES_MAX {
            self.truncated = true;
            return Ok(());
        }
        let opened = self
            .bucket
            .directory
            .open_below(key.as_str(), OFlags::RDONLY, Mode::empty());
        let read = opened
            .map_err(S3Code::from)
            .and_then(|file| read_whole(File::from(file)));
        match read {
            Ok(bytes) => {
                self.bytes += bytes.len() as u64;
                self.objects.push(
                    json!({ "key": key.as_str(), "size": bytes.len(), "etag": etag(&bytes) }),
                );
                Ok(())
            }
            Err(S3Code::Internal) => Err(S3Code::Internal),
            // What `get` would refuse is not listed.
            Err(_) => Ok(()),
        }
    }
}

/// Some file systems do not tell the kind with the name.
fn kind(directory: &OwnedFd, name: &str, told: FileType) -> FileType {
    if told != FileType::Unknown {
        return told;
    }
    rustix::fs::statat(directory, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)
        .map_or(FileType::Unknown, |stat| {
            FileType::from_raw_mode(stat.st_mode)
        })
}
