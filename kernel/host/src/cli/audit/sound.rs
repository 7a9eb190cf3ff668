//! Whether a log holds, for commands that build on one that does.
//! Knows nothing of reports: who wants to know more asks `verify`.

use std::io;
use std::path::Path;

use super::paint::plain;
use crate::journal::{Anchor, Check, HEAD, LogFiles, Scope, check};

/// The check of a log that holds up to its head, or what does not hold.
pub(in crate::cli) fn sound(dir: &Path) -> io::Result<Result<Check, String>> {
    // The head is read before the records: a kernel that writes meanwhile only makes the log longer.
    let head = match Anchor::read(&dir.join(HEAD)) {
        Ok(head) => head,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Ok(Err("its head cannot be read".to_owned()));
        }
        Err(error) => return Err(error),
    };
    if head.is_none() && LogFiles::list(dir)?.segments.is_empty() {
        let what = format!("there is no log in `{}`", dir.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, what));
    }
    let anchors: Vec<Anchor> = head.into_iter().collect();
    let found = check(dir, Scope::Whole, &anchors)?;
    Ok(match &found.broken {
        None => Ok(found),
        Some(broken) => Err(format!(
            "{} at record {}, {}:{}: {}",
            broken.violation.class.as_str(),
            broken.violation.seq,
            plain(&broken.file),
            broken.offset,
            plain(&broken.violation.detail)
        )),
    })
}
