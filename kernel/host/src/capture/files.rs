//! Where captures lie, and how a file of them is read, whatever somebody has made of it.
//! Knows nothing of keys.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use aegis_core::audit::{Id, timestamp};
use aegis_core::limits::CAPTURE_LINE_BYTES_MAX;
use aegis_verify::open_regular;

/// Characters of a day, `2026-11-28`.
const DAY_CHARS: usize = 10;

/// The day (UTC) that a call began on.
pub(super) fn day(call: Id) -> String {
    let mut day = timestamp(call.unix_ms().saturating_mul(1_000_000));
    day.truncate(DAY_CHARS);
    day
}

/// The folder of the captures under a key of salts; `None` where its name would lead out of the folder of captures.
pub(super) fn folder(dir: &Path, salts: &str) -> Option<PathBuf> {
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('/');
    let (period, own) = salts.split_once('/')?;
    (plain(period) && plain(own)).then(|| dir.join(period).join(own))
}

/// Every file of captures of the days from one to the other.
pub(super) fn between(dir: &Path, from: &str, to: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for period in folders(dir)? {
        for own in folders(&period)? {
            for entry in fs::read_dir(&own)? {
                let entry = entry?;
                let name = entry.file_name();
                let day = name.to_str().unwrap_or_default();
                if entry.file_type()?.is_file() && (from..=to).contains(&day) {
                    found.push(entry.path());
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

fn folders(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// The lines of a file of captures.
pub(super) struct CaptureLines {
    from: BufReader<File>,
    line: Vec<u8>,
    /// Where the line that was read last begins.
    offset: u64,
    next: u64,
}

impl CaptureLines {
    /// Opens a file; `None` where there is none.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        Ok(open_regular(path)?.map(|file| Self {
            from: BufReader::new(file),
            line: Vec::new(),
            offset: 0,
            next: 0,
        }))
    }

    /// The next line with its newline, and where it begins. One that has none, or is too long, is given in pieces that
    /// are no captures.
    pub(super) fn advance(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        self.line.clear();
        let most = u64::try_from(CAPTURE_LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let read = (&mut self.from)
            .take(most)
            .read_until(b'\n', &mut self.line)?;
        self.offset = self.next;
        self.next += u64::try_from(read).unwrap_or(u64::MAX);
        Ok((read > 0).then_some((self.offset, self.line.as_slice())))
    }
}

/// The call that a whole line belongs to, and the rest of it: the key's id and what was sealed.
pub(super) fn split(line: &[u8]) -> Option<(Id, &str)> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (call, rest) = text.split_once(' ')?;
    Some((Id::parse(call)?, rest))
}
