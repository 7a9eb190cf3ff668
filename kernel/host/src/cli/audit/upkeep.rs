//! `aegis audit shred`, `redact` and `prune`: removing what may no longer be there, while no kernel runs.
//! Knows nothing of how it is removed: [`crate::journal::Upkeep`] does.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use super::place::Configured;
use super::{Trouble, plain};
use crate::clock::Clock;
use crate::journal::{Checkpointing, Keep, Upkeep, UpkeepFault};

/// Arguments of `audit shred`.
#[derive(Args, Debug)]
pub(super) struct ShredArguments {
    /// Whose calls
    #[arg(long, value_name = "NAME")]
    principal: String,
    /// Of which month (UTC), `2026-11`
    #[arg(long, value_name = "YYYY-MM")]
    period: String,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    place: Configured,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Arguments of `audit redact`.
#[derive(Args, Debug)]
pub(super) struct RedactArguments {
    /// The record's number
    #[arg(value_name = "SEQ")]
    seq: u64,
    /// Who approved it, for the log
    #[arg(long, value_name = "NAME")]
    approver: String,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    place: Configured,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Arguments of `audit prune`.
#[derive(Args, Debug)]
#[group(id = "bound", required = true, multiple = false, args = ["before", "keep"])]
pub(super) struct PruneArguments {
    /// Files of which every record is older than this time (UTC), `2026-11-01` or longer
    #[arg(long, value_name = "DATE")]
    before: Option<String>,
    /// All files but so many of the newest
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    place: Configured,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Destroys keys: 0, or 1 where that is refused.
pub(super) fn shred(arguments: &ShredArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let ShredArguments {
        principal,
        period,
        reason,
        ..
    } = arguments;
    let keys = arguments.place.options()?.keys;
    let names = done(&arguments.place, "shred", |upkeep| {
        upkeep.shred(&keys, principal, period, reason.as_deref())
    })?;
    let said = names.iter().map(|name| {
        format!("destroyed   the key {name}: no value under it can be opened or guessed any more")
    });
    let note = "NOT DONE    copies of the key elsewhere (backups, snapshots, images of the disk): they must go too";
    say(
        out,
        arguments.json,
        &json!({ "destroyed": names }),
        said.chain([note.to_owned()]),
    )
}

/// Removes the bytes of one record: 0, or 1 where that is refused.
pub(super) fn redact(arguments: &RedactArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let RedactArguments {
        seq,
        approver,
        reason,
        ..
    } = arguments;
    let auth = done(&arguments.place, "redact", |upkeep| {
        upkeep.redact(*seq, approver, reason)
    })?;
    let said =
        format!("removed     record {seq}: its leaf stands in its place, record {auth} says why");
    say(
        out,
        arguments.json,
        &json!({ "removed": seq, "authorised_by": auth }),
        [said],
    )
}

/// Removes files from the front: 0, or 1 where that is refused.
pub(super) fn prune(arguments: &PruneArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let keep = match (&arguments.before, arguments.keep) {
        (Some(date), _) if is_time(date) => Keep::Since(date.clone()),
        (None, Some(count)) if count > 0 => Keep::Newest(count),
        (Some(_), _) => {
            let form = "a date is written `2026-11-01`, or longer as the records' `ts`";
            return Err(Trouble::Usage(form.to_owned()));
        }
        _ => return Err(Trouble::Usage("at least one file stays".to_owned())),
    };
    let removed = done(&arguments.place, "prune", |upkeep| {
        upkeep.prune(&keep, arguments.reason.as_deref())
    })?;
    let said = removed.iter().map(|gone| {
        let (from, to) = (gone.from.get(), gone.to.get().saturating_sub(1));
        format!("removed     records {from} to {to}: their leaves stay")
    });
    say(out, arguments.json, &json!({ "removed": removed }), said)
}

/// Does it with the log's lock held, and closes the log whatever came of it.
fn done<T>(
    place: &Configured,
    purpose: &'static str,
    deed: impl FnOnce(&mut Upkeep) -> Result<T, UpkeepFault>,
) -> Result<T, Trouble> {
    let options = place.options()?;
    let captures = place.captures()?;
    let begun = || -> Result<Upkeep, UpkeepFault> {
        // Where there are keys, what is recorded here is signed as everything else is.
        let signing = options.signing(&Checkpointing::default())?;
        let begun = Upkeep::begin(options.log(purpose)?, Clock::start(), signing)?;
        Ok(begun.with_captures(captures))
    };
    let mut upkeep = begun().map_err(|fault| refused(&fault))?;
    let outcome = deed(&mut upkeep);
    let closed = upkeep.close();
    let outcome = outcome.map_err(|fault| refused(&fault))?;
    closed.map_err(|fault| refused(&fault))?;
    Ok(outcome)
}

fn refused(fault: &UpkeepFault) -> Trouble {
    Trouble::Refused(fault.to_string())
}

fn say(
    out: &mut dyn Write,
    as_json: bool,
    report: &Value,
    lines: impl IntoIterator<Item = String>,
) -> Result<u8, Trouble> {
    if as_json {
        writeln!(out, "{report}")?;
        return Ok(0);
    }
    for line in lines {
        writeln!(out, "{}", plain(&line))?;
    }
    Ok(0)
}

/// Whether a text is a beginning of a `ts` that holds at least the day.
fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:dd.dddddddddZ";
    let fits = |(byte, form): (u8, &u8)| match form {
        b'd' => byte.is_ascii_digit(),
        mark => byte == *mark,
    };
    (10..=FORM.len()).contains(&text.len()) && text.bytes().zip(FORM).all(fits)
}
