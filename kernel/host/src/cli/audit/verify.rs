//! `aegis audit verify`: whether the log holds, how far, and what that does not prove.
//! Knows nothing of records: [`aegis_verify`] reads them.

use std::io::Write;
use std::path::PathBuf;

use aegis_core::audit::{Leaf, VerifierKey};
use aegis_verify::{Level, Report, Request, read_key};
use clap::Args;

use super::paint::Paint;
use super::{Place, Trouble};

/// Arguments of `audit verify`.
#[derive(Args, Debug)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    place: Place,
    /// A key that you hold, or a file of it: the root's, or that of an epoch; never one found beside the log
    #[arg(long = "key", value_name = "VKEY|FILE")]
    keys: Vec<String>,
    /// A witness' key, or a file of it
    #[arg(long = "witness", value_name = "VKEY|FILE")]
    witnesses: Vec<String>,
    /// How many of the witnesses must have signed; all without it
    #[arg(long, value_name = "N")]
    quorum: Option<usize>,
    /// The level that must be reached: parsed, chained, signed, anchored or witnessed
    ///
    /// Without it `signed` where a key is given, else `chained`.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    require: Option<Level>,
    /// How many records at the end may lie beyond what reaches that level, as in a log that is being written
    #[arg(long, value_name = "N", default_value_t = 0)]
    tail: u64,
    /// What was kept elsewhere: heads and receipts, one JSON object {"log", "seq", "leaf"} a line, or signed checkpoints
    ///
    /// Every answer of the kernel holds a receipt in `_meta["aegis/receipt"]`. Kept away from the kernel's
    /// operator, they show that nothing before them was changed, cut or rolled back.
    #[arg(long = "anchor", value_name = "FILE")]
    anchors: Vec<PathBuf>,
    /// A folder of such files
    #[arg(long, value_name = "DIR")]
    receipts: Vec<PathBuf>,
    /// Go on where an earlier verification ended: how many records it read
    #[arg(long, value_name = "N", requires = "root")]
    from_size: Option<u64>,
    /// The root that it printed, in hex
    #[arg(long, value_name = "HEX", requires = "from_size", value_parser = leaf)]
    root: Option<Leaf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn level(word: &str) -> Result<Level, String> {
    Level::parse(word).ok_or_else(|| "not a level".to_owned())
}

fn leaf(text: &str) -> Result<Leaf, String> {
    Leaf::parse(text).ok_or_else(|| "not 64 lower-case hex digits".to_owned())
}

/// Runs the command.
pub(super) fn run(
    arguments: &VerifyArguments,
    paint: Paint,
    out: &mut dyn Write,
) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let mut request = Request {
        require: arguments.require,
        tail: arguments.tail,
        ..Request::default()
    };
    let auditor = &mut request.auditor;
    auditor.keys = keys(&arguments.keys)?;
    auditor.witnesses = keys(&arguments.witnesses)?;
    auditor.quorum = arguments.quorum.unwrap_or(auditor.witnesses.len());
    auditor.resume = arguments.from_size.zip(arguments.root);
    for file in &arguments.anchors {
        auditor.kept.add_file(file).map_err(unusable)?;
    }
    for folder in &arguments.receipts {
        auditor.kept.add_folder(folder).map_err(unusable)?;
    }
    let report = Report::of(&dir, &request)?;
    if arguments.json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        report.print(paint, out)?;
    }
    Ok(report.exit())
}

/// Keys as text or in files.
pub(super) fn keys(texts: &[String]) -> Result<Vec<VerifierKey>, Trouble> {
    let read = texts.iter().map(|text| read_key(text));
    read.collect::<Result<_, _>>().map_err(Trouble::Usage)
}

/// What the auditor named and cannot be used is theirs to mend, whatever the log is like.
fn unusable(error: std::io::Error) -> Trouble {
    Trouble::Usage(error.to_string())
}
