//! `aegis receipts`: the receipts of one state store, read beside the kernel that may hold it.
//! Knows nothing of how they are stored; every row is verified before any is shown.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aegis_core::json::Json;
use aegis_core::now::Now;
use aegis_core::receipt::Receipt;
use clap::{Args, Subcommand};

use crate::clock;
use crate::state::{self, StateFault};

/// Arguments of `aegis receipts`.
#[derive(Args, Debug)]
pub struct ReceiptsArgs {
    #[command(subcommand)]
    command: ReceiptsCommand,
    /// The configuration that names the state file
    #[arg(long, global = true, default_value = "aegis.toml")]
    pub config: PathBuf,
    /// One JSON object in place of text
    #[arg(long, global = true)]
    json: bool,
}

/// What to do with the receipts.
#[derive(Subcommand, Debug)]
enum ReceiptsCommand {
    /// Every receipt, oldest first
    List,
    /// One receipt in full
    Show {
        /// Its id, `rcpt_…`
        id: String,
    },
    /// Whether every row is as the kernel left it
    Verify,
}

/// Runs the command on the state file that the configuration names. Exit code 0: done and true; 1: the
/// store does not verify, or there is no such receipt; 2: it cannot be read.
#[must_use]
pub fn run(args: &ReceiptsArgs, state: &Path) -> ExitCode {
    let (text, code) = report(args, state, clock::now());
    let mut out = std::io::stdout().lock();
    // A reader that went away (`| head`) is no failure of ours.
    let _ = out.write_all(text.as_bytes());
    ExitCode::from(code)
}

fn report(args: &ReceiptsArgs, state: &Path, now: Now) -> (String, u8) {
    let receipts = match state::receipts(state) {
        Ok(receipts) => receipts,
        Err(fault) => return fault_report(args, &fault),
    };
    match &args.command {
        ReceiptsCommand::List if args.json => {
            let all = receipts.iter().map(|r| to_json(r, now)).collect();
            (line(&Json::object([("receipts", Json::Array(all))])), 0)
        }
        ReceiptsCommand::List => {
            let rows: String = receipts.iter().map(|r| row(r, now)).collect();
            let empty = "no receipts: a validation in which every check passes mints one\n";
            (
                if rows.is_empty() {
                    empty.to_owned()
                } else {
                    rows
                },
                0,
            )
        }
        ReceiptsCommand::Show { id } => match receipts.iter().find(|r| r.id == *id) {
            Some(receipt) if args.json => (line(&to_json(receipt, now)), 0),
            Some(receipt) => (page(receipt, now), 0),
            None => ("there is no receipt of this id\n".to_owned(), 1),
        },
        ReceiptsCommand::Verify => verified(args, receipts.len()),
    }
}

fn verified(args: &ReceiptsArgs, count: usize) -> (String, u8) {
    const NOT_PROVEN: &str = "that the whole file was not replaced by an older copy of itself: \
        compare with the log, where every mint and every spend stands";
    if args.json {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let report = Json::object([
            ("verified", Json::from(true)),
            ("receipts", Json::from(count)),
            ("not_proven", Json::from(NOT_PROVEN)),
        ]);
        return (line(&report), 0);
    }
    let text = format!(
        "verified: {count} receipts, every row as the kernel left it\nnot proven: {NOT_PROVEN}\n"
    );
    (text, 0)
}

fn fault_report(args: &ReceiptsArgs, fault: &StateFault) -> (String, u8) {
    let code = if matches!(fault, StateFault::Tampered(_)) {
        1
    } else {
        2
    };
    if args.json {
        let report = Json::object([
            ("verified", Json::from(false)),
            ("rule", Json::from(fault.denial().first().rule.as_ref())),
            ("error", Json::from(fault.to_string())),
        ]);
        return (line(&report), code);
    }
    (format!("{fault}\n"), code)
}

/// Valid as far as the receipt itself can say: writes to its subject and the policy in force are judged
/// at the call.
fn standing(receipt: &Receipt, now: Now) -> &'static str {
    if receipt.spent {
        "spent"
    } else if receipt.expires_s <= now.unix_s() {
        "expired"
    } else {
        "unspent"
    }
}

fn row(receipt: &Receipt, now: Now) -> String {
    let digest: String = receipt.digest.chars().take(12).collect();
    format!(
        "{}  {:<8} {}  {}  sha256:{digest}  {} rows\n",
        receipt.id,
        standing(receipt, now),
        receipt.dataset,
        receipt.subject,
        receipt.rows
    )
}

fn page(receipt: &Receipt, now: Now) -> String {
    let Json::Object(fields) = to_json(receipt, now) else {
        return String::new();
    };
    let field = |(name, value): (&str, &Json)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        format!("{name:<10} {text}\n")
    };
    fields.iter().map(field).collect()
}

fn to_json(receipt: &Receipt, now: Now) -> Json {
    let counts = receipt.counts;
    let counts = Json::object([
        ("evaluated", Json::from(counts.evaluated)),
        ("passed", Json::from(counts.passed)),
        ("failed", Json::from(counts.failed)),
        ("skipped", Json::from(counts.skipped)),
    ]);
    let text = |text: &str| Json::from(text);
    Json::object([
        ("id", text(&receipt.id)),
        ("standing", text(standing(receipt, now))),
        ("kind", text(&receipt.kind)),
        ("dataset", text(&receipt.dataset)),
        ("subject", text(&receipt.subject)),
        ("digest", text(&receipt.digest)),
        ("suite", text(&receipt.suite)),
        ("counts", counts),
        ("rows", Json::from(receipt.rows)),
        ("epoch", text(&receipt.epoch)),
        ("principal", text(&receipt.principal)),
        ("run", text(&receipt.run)),
        ("seq", Json::from(receipt.seq)),
        ("minted_s", Json::from(receipt.minted_s)),
        ("expires_s", Json::from(receipt.expires_s)),
    ])
}

fn line(value: &Json) -> String {
    format!("{value}\n")
}
