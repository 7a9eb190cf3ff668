//! What one call costs through the kernel, beside no kernel at all and beside a relay that only passes on.
//! Knows nothing of budgets. `cargo bench -p aegis-tests --bench wire [-- quick]`
//!
//! All servers run at the same time and take turns, so that a bad minute of the machine is everyone's; of each
//! the best of the rounds is told.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails where its data is not as expected"
)]

#[path = "wire_driver.rs"]
mod wire_driver;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aegis_tests::{TempWorld, aegis};
use wire_driver::{Driven, Round, percentile};

const MANIFEST: &str = r#"
server = "peer"
[tool.say]
description = "Says what it hears"
capabilities = ["peer:say"]
[tool.say.argument.text]
kind = "string"
description = "what to say"
"#;

const GRANT: &str = r#"
[[grant]]
id = "all"
principal = "*"
capabilities = ["*"]
"#;

fn peer() -> PathBuf {
    aegis().with_file_name("aegis-peer")
}

/// A kernel before an echo server, under so many rules.
fn kernel(folder: &Path, rules: usize, sync: bool, pause_ms: u64) -> Command {
    fs::create_dir_all(folder).unwrap();
    let mut policy = GRANT.to_owned();
    for at in 0..rules {
        let _ = write!(
            policy,
            "[[block]]\nid = \"b{at}\"\ncapability = [\"other{at}:act\"]\nbecause = \"it is not wanted\"\nfix = \"do something else\"\n"
        );
    }
    fs::write(folder.join("policy.toml"), policy).unwrap();
    fs::write(folder.join("manifest.toml"), MANIFEST).unwrap();
    let config = format!(
        "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\nstate = \".aegis/state.db\"\n[audit]\ndir = \".aegis/audit\"\n\
         sync = {sync}\n[south.peer]\nmanifest = \"manifest.toml\"\ncommand = [{:?}, \"echo\", \"{pause_ms}\"]\n",
        peer().display().to_string()
    );
    fs::write(folder.join("aegis.toml"), config).unwrap();
    serve(&folder.join("aegis.toml"))
}

fn serve(config: &Path) -> Command {
    let mut command = Command::new(aegis());
    command.args(["serve", "--config"]).arg(config);
    command
}

fn said(tool: &str, bytes: usize) -> String {
    let words = "the quick brown fox jumps over the lazy dog and rests ";
    let text: String = words.chars().cycle().take(bytes).collect();
    format!(r#"{{"name":"{tool}","arguments":{{"text":"{text}"}}}}"#)
}

/// One line of the table: the best of the rounds.
struct Best {
    p50: f64,
    p99: f64,
    rate: f64,
    cpu: f64,
}

impl Best {
    fn take(&mut self, round: &Round) {
        let p50 = percentile(&round.latencies, 50.0);
        if p50 < self.p50 {
            self.p50 = p50;
            self.p99 = percentile(&round.latencies, 99.0);
        }
        self.rate = self.rate.max(round.rate);
        self.cpu = self.cpu.min(round.cpu);
    }
}

impl Default for Best {
    fn default() -> Self {
        Self {
            p50: f64::MAX,
            p99: f64::MAX,
            rate: 0.0,
            cpu: f64::MAX,
        }
    }
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    // `cargo test --benches` only wants to know that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let world = TempWorld::new();
    let mut direct = Command::new(peer());
    direct.arg("echo");
    let mut relay = Command::new(peer());
    relay.arg("relay").arg(peer()).arg("echo");
    let mut servers = [
        ("direct", "say", Driven::start(direct)),
        ("relay", "say", Driven::start(relay)),
        (
            "kernel, 1 rule, not synced",
            "peer__say",
            Driven::start(kernel(&folder.path().join("one"), 0, false, 0)),
        ),
        (
            "kernel, 100 rules, not synced",
            "peer__say",
            Driven::start(kernel(&folder.path().join("rules"), 99, false, 0)),
        ),
        (
            "kernel, 100 rules, durable",
            "peer__say",
            Driven::start(kernel(&folder.path().join("durable"), 99, true, 0)),
        ),
    ];
    let rounds = if quick { 2 } else { 7 };
    for (label, bytes, count) in [
        ("200 B", 200, 1_600),
        ("10 kB", 10_000, 800),
        ("100 kB", 100_000, 160),
    ] {
        for flight in [1, 8, 32, 64] {
            println!("\n{label}, {flight} in flight");
            let mut best: Vec<Best> = servers.iter().map(|_| Best::default()).collect();
            for _ in 0..rounds {
                for ((_, tool, server), best) in servers.iter_mut().zip(&mut best) {
                    let count = if quick { count / 4 } else { count };
                    best.take(&server.round(&said(tool, bytes), "the quick", count, flight));
                }
            }
            let (direct, relay) = (best[0].p50, best[1].p50);
            for ((name, ..), best) in servers.iter().zip(&best) {
                println!(
                    "  {name:30} p50 {:8.1} µs  p99 {:9.1} µs  {:7.0}/s  {:6.1} µs of processor  added/relay's {:.2}  p99/p50 {:.1}",
                    best.p50,
                    best.p99,
                    best.rate,
                    best.cpu,
                    (best.p50 - direct) / (relay - direct),
                    best.p99 / best.p50,
                );
            }
        }
    }
    for (name, _, server) in &servers {
        println!(
            "{name:32} resident {:5.1} MB, at most {:5.1} MB",
            server.resident_mb(),
            server.peak_mb()
        );
    }
    masked(&world, rounds);
    pipelined(folder.path(), if quick { 200 } else { 2_000 });
}

/// A query whose rows are masked: SQL, lineage, the wall and masks at work.
fn masked(world: &TempWorld, rounds: usize) {
    let mut server = Driven::start(serve(&world.config()));
    let params = r#"{"name":"postgres__query","arguments":{"sql":"SELECT id, email, phone FROM customers WHERE id <= 5"}}"#;
    for flight in [1, 8, 32, 64] {
        let mut best = Best::default();
        for _ in 0..rounds {
            best.take(&server.round(params, "EMAIL_ADDRESS", 128, flight));
        }
        println!(
            "SQL with masking, 5 rows, durable, {flight:2} in flight: p50 {:.2} ms  p99 {:.2} ms  {:.0}/s  {:.0} µs of processor",
            best.p50 / 1e3,
            best.p99 / 1e3,
            best.rate,
            best.cpu
        );
    }
}

/// Calls of 200 kB written all at once to a server that takes its time.
fn pipelined(folder: &Path, count: usize) {
    let mut server = Driven::start(kernel(&folder.join("slow"), 0, false, 5));
    let answered = server.flood(&said("peer__say", 200_000), count);
    println!(
        "{count} pipelined calls of 200 kB, each answered once ({answered}): at most {:.1} MB resident",
        server.peak_mb()
    );
}
