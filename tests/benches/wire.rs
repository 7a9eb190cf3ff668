//! What one call costs through the kernel, beside no kernel at all and beside relays that only pass on.
//! Knows nothing of budgets. `cargo bench -p aegis-tests --bench wire [-- quick]`
//!
//! All servers run at the same time and take turns, so that a bad minute of the machine is everyone's; of each
//! the best of the rounds is told, and ratios of one round beside the ratio of the best. `AEGIS_BENCH_PYTHON`
//! names a Python that has `fastmcp` or `mcp-aegis`: they are driven too.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails where its data is not as expected"
)]

#[path = "wire_driver.rs"]
mod wire_driver;
#[path = "wire_servers.rs"]
mod wire_servers;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use aegis_tests::TempWorld;
use wire_driver::{Driven, Round, percentile};
use wire_servers::{Made, direct, fastmcp, kernel, mcp_aegis, relay, serve};

const FLIGHTS: [usize; 4] = [1, 8, 32, 64];

/// One that is measured.
struct Server {
    name: &'static str,
    tool: &'static str,
    /// What every answer must hold.
    sign: &'static str,
    driven: Driven,
    idle_mb: f64,
}

impl Server {
    fn start(name: &'static str, command: Command) -> Self {
        let driven = Driven::start(command);
        std::thread::sleep(Duration::from_millis(300));
        Self {
            name,
            tool: "say",
            sign: "the quick",
            idle_mb: driven.resident_mb(),
            driven,
        }
    }
}

fn servers(folder: &Path) -> Vec<Server> {
    let mut all = vec![
        Server::start("direct", direct()),
        Server::start("relay", relay()),
    ];
    for (name, sign, rules, masks, sync) in [
        ("kernel, 1 rule", "the quick", 0, false, false),
        (
            "kernel, 100 rules, masks",
            "<EMAIL_ADDRESS",
            98,
            true,
            false,
        ),
        ("the same, durable log", "<EMAIL_ADDRESS", 98, true, true),
    ] {
        let made = Made {
            rules,
            masks,
            sync,
            pause_ms: 0,
        };
        let mut server = Server::start(name, kernel(&folder.join(name), &made));
        server.tool = "peer__say";
        server.sign = sign;
        all.push(server);
    }
    for (name, command) in [
        ("FastMCP's proxy", fastmcp()),
        ("mcp-aegis", mcp_aegis(folder)),
    ] {
        match command {
            Some(command) => all.push(Server::start(name, command)),
            None => println!("{name}: not there; AEGIS_BENCH_PYTHON names a Python that has it"),
        }
    }
    all
}

fn said(tool: &str, bytes: usize) -> String {
    let words = "the quick brown fox writes to ada@example.com and jumps over the lazy dog";
    let more = " and rests under a tree until the sun goes down behind the hills";
    let text: String = words
        .chars()
        .chain(more.chars().cycle())
        .take(bytes)
        .collect();
    format!(r#"{{"name":"{tool}","arguments":{{"text":"{text}"}}}}"#)
}

/// One line of the table: the best of the rounds.
struct Best {
    p50: f64,
    p99: f64,
    /// The smallest of one round.
    spread: f64,
    rate: f64,
    cpu: f64,
    /// Each round's median, in order.
    medians: Vec<f64>,
}

impl Best {
    fn take(&mut self, round: &Round) {
        let p50 = percentile(&round.latencies, 50.0);
        let p99 = percentile(&round.latencies, 99.0);
        self.p50 = self.p50.min(p50);
        self.p99 = self.p99.min(p99);
        self.spread = self.spread.min(p99 / p50);
        self.rate = self.rate.max(round.rate);
        self.cpu = self.cpu.min(round.cpu);
        self.medians.push(p50);
    }
}

impl Default for Best {
    fn default() -> Self {
        Self {
            p50: f64::MAX,
            p99: f64::MAX,
            spread: f64::MAX,
            rate: 0.0,
            cpu: f64::MAX,
            medians: Vec::new(),
        }
    }
}

fn compare(servers: &mut [Server], label: &str, bytes: usize, count: usize, rounds: usize) {
    for flight in FLIGHTS {
        println!("\n{label}, {flight} in flight");
        let mut best: Vec<Best> = servers.iter().map(|_| Best::default()).collect();
        for _ in 0..rounds {
            for (server, best) in servers.iter_mut().zip(&mut best) {
                let params = said(server.tool, bytes);
                best.take(&server.driven.round(&params, server.sign, count, flight));
            }
        }
        let added = (best[1].p50 - best[0].p50).max(0.1);
        for (server, of) in servers.iter().zip(&best) {
            // Of each round by itself: what the server adds, over what the relay adds.
            let mut ratios: Vec<f64> = (0..rounds)
                .map(|at| {
                    let direct = best[0].medians[at];
                    (of.medians[at] - direct) / (best[1].medians[at] - direct).max(0.1)
                })
                .collect();
            ratios.sort_by(f64::total_cmp);
            println!(
                "  {:25} p50 {:8.1} µs  p99 {:8.1} µs  {:6.0}/s  {:6.1} µs of processor  added/relay's {:5.2}, of rounds {:5.2}  p99/p50 {:4.1}",
                server.name,
                of.p50,
                of.p99,
                of.rate,
                of.cpu,
                (of.p50 - best[0].p50) / added,
                percentile(&ratios, 50.0),
                of.spread,
            );
        }
    }
}

/// A query whose rows are masked: SQL, lineage, the wall and masks at work.
fn masked(world: &TempWorld, rounds: usize) {
    let mut server = Driven::start(serve(&world.config()));
    let params = r#"{"name":"postgres__query","arguments":{"sql":"SELECT id, email, phone FROM customers WHERE id <= 5"}}"#;
    println!("\nSQL with masking, 5 rows, durable log");
    for flight in FLIGHTS {
        let mut best = Best::default();
        for _ in 0..rounds {
            best.take(&server.round(params, "EMAIL_ADDRESS", 192, flight));
        }
        println!(
            "  {flight:2} in flight               p50 {:8.1} µs  p99 {:8.1} µs  {:6.0}/s  {:6.1} µs of processor  p99/p50 {:4.1}",
            best.p50, best.p99, best.rate, best.cpu, best.spread
        );
    }
}

/// From the start of the process to its first answer, in turns.
fn starts(folder: &Path, world: &TempWorld, times: usize) {
    let made = Made {
        rules: 98,
        masks: true,
        sync: false,
        pause_ms: 0,
    };
    let folder = folder.join("starts");
    let mut of: [Vec<f64>; 4] = Default::default();
    for _ in 0..times {
        let commands = [
            direct(),
            relay(),
            kernel(&folder, &made),
            serve(&world.config()),
        ];
        for (took, command) in of.iter_mut().zip(commands) {
            took.push(Driven::start(command).started.as_secs_f64() * 1e3);
        }
    }
    println!("\nstart to first answer, {times} times");
    let names = [
        "direct",
        "relay",
        "kernel, one server",
        "kernel, demo's world",
    ];
    for (name, took) in names.iter().zip(&mut of) {
        took.sort_by(f64::total_cmp);
        println!(
            "  {name:25} best {:6.1} ms  p50 {:6.1} ms",
            took[0],
            percentile(took, 50.0)
        );
    }
}

/// Calls of 200 kB written all at once to a server that takes its time.
fn pipelined(folder: &Path, count: usize) {
    let made = Made {
        rules: 98,
        masks: true,
        sync: false,
        pause_ms: 5,
    };
    let mut server = Driven::start(kernel(&folder.join("slow"), &made));
    let answered = server.flood(&said("peer__say", 200_000), count);
    println!(
        "\n{count} pipelined calls of 200 kB to a server that takes 5 ms for each: {answered} answered, at most {:.1} MB resident",
        server.peak_mb()
    );
}

fn main() {
    let asked = |word| std::env::args().any(|argument| argument == word);
    // `cargo test --benches` only wants to know that it starts.
    if asked("--test") {
        return;
    }
    let quick = asked("quick");
    let folder = tempfile::tempdir().unwrap();
    let world = TempWorld::new();
    let mut servers = servers(folder.path());
    let (rounds, part) = if quick { (3, 4) } else { (7, 1) };
    for (label, bytes, count) in [
        ("200 B", 200, 1_600),
        ("10 kB", 10_000, 640),
        ("100 kB", 100_000, 160),
    ] {
        compare(&mut servers, label, bytes, count / part, rounds);
    }
    println!("\nmemory of the process alone");
    for server in &servers {
        println!(
            "  {:25} idle {:5.1} MB, at last {:5.1} MB, at most {:5.1} MB",
            server.name,
            server.idle_mb,
            server.driven.resident_mb(),
            server.driven.peak_mb()
        );
    }
    drop(servers);
    masked(&world, rounds);
    starts(folder.path(), &world, if quick { 5 } else { 15 });
    pipelined(folder.path(), if quick { 200 } else { 2_000 });
}
