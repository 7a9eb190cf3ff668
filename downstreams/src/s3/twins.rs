//! Keys that a person or another file system could take for each other.
//! Knows nothing of contents.

use std::os::fd::OwnedFd;

use rustix::fs::{Dir, Mode, OFlags};
use unicode_normalization::UnicodeNormalization;

use super::bucket::Bucket;
use super::code::S3Code;
use super::key::Key;
use crate::bounds::LISTING_ENTRIES_MAX;

impl Bucket {
    /// Refuses a key of which some component has a twin in the same directory: a name that differs
    /// from it by case or Unicode form alone.
    pub(super) fn check_twins(&self, key: &Key) -> Result<(), S3Code> {
        let mut directory = String::from(".");
        for component in key.parents().chain([key.name()]) {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY;
            let opened = match self.directory.open_below(&directory, flags, Mode::empty()) {
                Ok(opened) => opened,
                // What does not exist yet has no twins in it.
                Err(rustix::io::Errno::NOENT) => return Ok(()),
                Err(rustix::io::Errno::NOTDIR) => return Err(S3Code::BadKey),
                Err(error) => return Err(error.into()),
            };
            if has_twin(&opened, component)? {
                return Err(S3Code::BadKey);
            }
            if directory == "." {
                directory = component.to_owned();
            } else {
                directory = format!("{directory}/{component}");
            }
        }
        Ok(())
    }
}

fn has_twin(directory: &OwnedFd, component: &str) -> Result<bool, S3Code> {
    let mut count = 0_usize;
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        count += 1;
        if count > LISTING_ENTRIES_MAX {
            return Err(S3Code::TooLarge);
        }
        if let Ok(name) = entry.file_name().to_str()
            && are_twins(name, component)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether two names differ, but only by case or Unicode form.
pub(super) fn are_twins(one: &str, other: &str) -> bool {
    one != other && fold(one) == fold(other)
}

/// One form for all spellings: compatibility form, lower case, and again, since lower case can
/// leave the form.
fn fold(name: &str) -> String {
    let lower: String = name.nfkc().flat_map(char::to_lowercase).collect();
    lower.nfkc().collect()
}
