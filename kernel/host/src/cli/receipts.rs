//! `aegis receipts`: the receipts of one state store, read beside the kernel that may hold it.
//! Knows nothing of how they are stored; every row is verified before any is shown.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use aegis_core::json::Json;
use aegis_core::now::Now;
use aegis_core::receipt::Receipt;
use clap::{Args, Subcommand};

use super::problems::{self, Severity};
use crate::state::{self, StateFault};
use crate::{clock, load};

/// Arguments of `aegis receipts`.
#[derive(Args, Debug)]
pub(super) struct ReceiptsCommand {
    #[command(subcommand)]
    action: Action,
    /// The configuration that names the state file
    #[arg(long, global = true, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Every receipt, oldest first
    List,
    /// One receipt in full
    Show {
        /// Its id, `rcpt_…`
        id: String,
    },
    /// Whether every row of the state file is as the kernel left it, and what that does not prove
    Verify,
}

/// Runs the command. The exit code is 0 where it is done and true, 1 where the store does not verify or
/// holds no such receipt, 2 where the configuration or the store cannot be read.
#[must_use]
pub(super) fn run(command: ReceiptsCommand) -> u8 {
    let loaded = match load::load(&command.config) {
        Ok(loaded) => loaded,
        Err(found) => {
            let text = problems::render(&found, Severity::Error, false);
            let _ = std::io::stderr().write_all(text.as_bytes());
            return 2;
        }
    };
    let (text, code) = report(&command, &loaded.config.state, clock::now());
    // A reader that went away (`| head`) is no failure of ours.
    let _ = std::io::stdout().write_all(text.as_bytes());
    code
}

fn report(args: &ReceiptsCommand, state: &Path, now: Now) -> (String, u8) {
    let receipts = match state::receipts(state) {
        Ok(receipts) => receipts,
        Err(fault) => return fault_report(args, &fault),
    };
    match &args.action {
        Action::List if args.json => {
            let all = receipts.iter().map(|r| to_json(r, now)).collect();
            (line(&Json::object([("receipts", Json::Array(all))])), 0)
        }
        Action::List => {
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
        Action::Show { id } => match receipts.iter().find(|r| r.id == *id) {
            Some(receipt) if args.json => (line(&to_json(receipt, now)), 0),
            Some(receipt) => (page(receipt, now), 0),
            None => ("there is no receipt of this id\n".to_owned(), 1),
        },
        Action::Verify => verified(args, receipts.len()),
    }
}

fn verified(args: &ReceiptsCommand, count: usize) -> (String, u8) {
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
        "verified: receipts: {count}, every row as the kernel left it\nnot proven: {NOT_PROVEN}\n"
    );
    (text, 0)
}

fn fault_report(args: &ReceiptsCommand, fault: &StateFault) -> (String, u8) {
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
    let mut fields = Json::object([("standing", Json::from(standing(receipt, now)))]);
    if let (Json::Object(fields), Json::Object(rest)) = (&mut fields, receipt.to_json()) {
        for (key, value) in rest {
            fields.insert(key, value);
        }
    }
    fields
}

fn line(value: &Json) -> String {
    format!("{value}\n")
}
