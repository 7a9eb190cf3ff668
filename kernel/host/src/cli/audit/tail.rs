//! `aegis audit tail`: the newest calls and events, and what comes after them.
//! Knows nothing of filters.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use aegis_core::audit::Record;
use clap::Args;

use super::calls::{Joiner, Row, head};
use super::paint::Screen;
use super::{Place, Trouble, read};
use crate::journal::{Line, Lines, LogFiles};

/// How long is waited between two looks at a log that is followed.
const PAUSE: Duration = Duration::from_millis(300);

/// Arguments of `audit tail`.
#[derive(Args, Debug)]
pub(super) struct TailArguments {
    #[command(flatten)]
    place: Place,
    /// How many rows
    #[arg(short = 'n', long, default_value_t = 20)]
    lines: usize,
    /// Go on with what is written
    #[arg(short, long)]
    follow: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(
    arguments: &TailArguments,
    screen: Screen,
    out: &mut dyn Write,
) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let mut joiner = Joiner::default();
    let mut rows: VecDeque<Row> = VecDeque::new();
    let mut next = 0;
    let unreadable = read::each(&dir, |record, _| {
        next = record.seq.get() + 1;
        if let Some(row) = joiner.take(record) {
            rows.push_back(row);
        }
        if rows.len() > arguments.lines {
            rows.pop_front();
        }
        Ok(())
    })?;
    read::warn(unreadable);
    if !arguments.json && screen.width.is_some() {
        writeln!(out, "{}", head(screen))?;
    }
    for row in &rows {
        print(row, arguments.json, screen, out)?;
    }
    if !arguments.follow {
        for row in joiner.rest() {
            print(&row, arguments.json, screen, out)?;
        }
        return Ok(0);
    }
    let mut follow = Follow {
        next,
        file: None,
        offset: 0,
    };
    loop {
        out.flush()?;
        std::thread::sleep(PAUSE);
        follow.newer(&dir, |record| match joiner.take(record) {
            Some(row) => print(&row, arguments.json, screen, out),
            None => Ok(()),
        })?;
    }
}

/// How far a log that is followed was read.
struct Follow {
    /// The record that comes next.
    next: u64,
    /// The first record of the file being read, and the bytes of it that were read.
    file: Option<u64>,
    offset: u64,
}

impl Follow {
    /// Hands over what was written since.
    fn newer(
        &mut self,
        dir: &Path,
        mut take: impl FnMut(&Record<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let files = LogFiles::list(dir)?.segments;
        let reading = match self.file {
            Some(first_seq) => first_seq,
            None => files
                .iter()
                .rfind(|file| file.first_seq <= self.next)
                .map_or(0, |file| file.first_seq),
        };
        let mut scratch = Vec::new();
        for file in files.iter().filter(|file| file.first_seq >= reading) {
            if self.file != Some(file.first_seq) {
                (self.file, self.offset) = (Some(file.first_seq), 0);
            }
            let mut lines = Lines::open(&file.path, self.offset)?;
            while let Some(Line::Whole(line)) = lines.advance()? {
                let Ok(record) = Record::parse(line, &mut scratch) else {
                    continue;
                };
                if record.seq.get() >= self.next {
                    self.next = record.seq.get() + 1;
                    take(&record)?;
                }
            }
            self.offset = lines.offset();
        }
        Ok(())
    }
}

/// Writes a row for people or for programs.
pub(super) fn print(row: &Row, json: bool, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    if json {
        let line = serde_json::to_string(row).map_err(io::Error::other)?;
        writeln!(out, "{line}")
    } else {
        writeln!(out, "{}", row.line(screen))
    }
}
