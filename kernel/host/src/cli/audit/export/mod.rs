//! `aegis audit export`: calls and findings in the forms that other systems read.
//! Knows nothing of filters; each row says which record it can be proven by.

mod cef;
mod csv;
mod event;
mod ocsf;
mod otlp;

use std::io::Write;

use clap::{Args, ValueEnum};

use super::query::{Filter, FilterArguments};
use super::{Place, Trouble, read};
use event::{Event, Events};

pub(super) use csv::cells;

/// Arguments of `audit export`.
#[derive(Args, Debug)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    filter: FilterArguments,
    /// The form: one object or line a call
    #[arg(long, value_enum)]
    format: Format,
}

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// OCSF: API Activity (6003), and a Detection Finding (2004) for each type that was masked
    Ocsf,
    /// OpenTelemetry logs, one LogsData object a line
    Otlp,
    /// Common Event Format
    Cef,
    /// Comma-separated, RFC 4180
    Csv,
}

/// Runs the command: 0 where anything was exported, 1 where nothing was.
pub(super) fn run(arguments: &ExportArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let filter = Filter::new(&arguments.filter)?;
    let mut events = Events::default();
    let mut found = false;
    if arguments.format == Format::Csv {
        writeln!(out, "{}", csv::HEAD)?;
    }
    let mut give = |event: &Event, out: &mut dyn Write| -> std::io::Result<()> {
        if !filter.takes(&event.row) {
            return Ok(());
        }
        found = true;
        match arguments.format {
            Format::Ocsf => {
                writeln!(out, "{}", ocsf::activity(event))?;
                for finding in ocsf::findings(event) {
                    writeln!(out, "{finding}")?;
                }
                Ok(())
            }
            Format::Otlp => writeln!(out, "{}", otlp::logs(event)),
            Format::Cef => writeln!(out, "{}", cef::line(event)),
            Format::Csv => writeln!(out, "{}", csv::line(event)),
        }
    };
    let unreadable = read::each(&dir, |record, line| match events.take(record, line) {
        Some(event) => give(&event, out),
        None => Ok(()),
    })?;
    for event in events.rest() {
        give(&event, out)?;
    }
    read::warn(unreadable);
    Ok(u8::from(!found))
}
