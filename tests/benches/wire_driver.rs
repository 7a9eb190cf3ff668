//! Drives one MCP server over its pipes with so many calls in flight, and sees what it costs.
//! Knows nothing of what is behind the pipes.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;

/// No round takes longer, but for what is in flight then.
const LIMIT: Duration = Duration::from_millis(300);

/// One server and everything that it has started.
pub struct Driven {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: u64,
    /// From the start of the process to its first answer.
    pub started: Duration,
}

/// What one round has cost.
pub struct Round {
    /// Microseconds of each call, sorted.
    pub latencies: Vec<f64>,
    /// Calls a second.
    pub rate: f64,
    /// Processor time of all processes, microseconds a call.
    pub cpu: f64,
}

impl Driven {
    pub fn start(mut command: Command) -> Self {
        let start = Instant::now();
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut driven = Self {
            input: process.stdin.take(),
            output: BufReader::with_capacity(1 << 20, process.stdout.take().unwrap()),
            process,
            next: 1,
            started: Duration::ZERO,
        };
        driven.say(INITIALIZE);
        driven.hear();
        driven.started = start.elapsed();
        driven.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        driven
    }

    fn say(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn hear(&mut self) -> String {
        hear(&mut self.output)
    }

    /// So many calls, or as many as are begun in `LIMIT`, at most `flight` of them at a time. Every answer must
    /// hold `sign`.
    ///
    /// One at a time is written where it is waited for. More are written by a thread of their own: a server that
    /// reads no more until its answers are taken would otherwise wait for us, and we for it.
    pub fn round(&mut self, params: &str, sign: &str, count: usize, flight: usize) -> Round {
        let cpu = self.cpu();
        let mut input = self.input.take().unwrap();
        let output = &mut self.output;
        let first = self.next;
        self.next += count as u64;
        let start = Instant::now();
        let mut latencies = if flight == 1 {
            let until = start + LIMIT;
            let one = |id| {
                let line = call(id, params);
                let begun = Instant::now();
                input.write_all(line.as_bytes()).unwrap();
                let answer = hear(output);
                let took = begun.elapsed();
                assert_eq!(id_of(&answer), id);
                check(&answer, sign);
                took.as_secs_f64() * 1e6
            };
            (first..first + count as u64)
                .take_while(|_| Instant::now() < until)
                .map(one)
                .collect()
        } else {
            let (lines, to_write) = mpsc::channel::<String>();
            std::thread::scope(|threads| {
                threads.spawn(|| {
                    for line in to_write {
                        input.write_all(line.as_bytes()).unwrap();
                    }
                });
                crowd(output, lines, (params, sign), first, (count, flight))
            })
        };
        let took = start.elapsed().as_secs_f64();
        self.input = Some(input);
        latencies.sort_by(f64::total_cmp);
        let count = latencies.len() as f64;
        Round {
            latencies,
            rate: count / took,
            cpu: (self.cpu() - cpu) * 1e6 / count,
        }
    }

    /// All calls are written at once; how many were answered, each once.
    pub fn flood(&mut self, params: &str, count: usize) -> usize {
        let mut input = self.input.take().unwrap();
        let first = self.next;
        self.next += count as u64;
        let output = &mut self.output;
        let mut seen = vec![false; count];
        std::thread::scope(|threads| {
            threads.spawn(|| {
                for id in first..first + count as u64 {
                    input.write_all(call(id, params).as_bytes()).unwrap();
                }
            });
            for _ in 0..count {
                let line = hear(output);
                check(&line, "the quick");
                let at = usize::try_from(id_of(&line) - first).unwrap();
                assert!(!std::mem::replace(&mut seen[at], true), "answered twice");
            }
        });
        self.input = Some(input);
        seen.iter().filter(|seen| **seen).count()
    }

    /// The most memory that the server itself ever had resident, in MB; what it has started is not counted.
    pub fn peak_mb(&self) -> f64 {
        self.status("VmHWM:")
    }

    /// What it has now.
    pub fn resident_mb(&self) -> f64 {
        self.status("VmRSS:")
    }

    fn status(&self, key: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        let kb: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kb / 1024.0
    }

    /// Seconds of processor time of the server, its children and theirs, as far as they live.
    fn cpu(&self) -> f64 {
        let mut parents = HashMap::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Ok(id) = entry.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let after = stat.rsplit(')').next().unwrap_or_default();
            let parent = after.split_whitespace().nth(1);
            parents.insert(id, parent.and_then(|id| id.parse().ok()).unwrap_or(0));
        }
        let ours = |mut id: u32| loop {
            if id == self.process.id() {
                return true;
            }
            match parents.get(&id) {
                Some(parent) if *parent > 1 => id = *parent,
                _ => return false,
            }
        };
        let processes = parents.keys().filter(|id| ours(**id));
        processes.map(|id| threads_cpu(*id)).sum()
    }
}

/// Of all threads of one process; `schedstat` counts nanoseconds where `stat` counts hundredths of a second.
fn threads_cpu(process: u32) -> f64 {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return 0.0;
    };
    let of = |thread: fs::DirEntry| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    threads.flatten().filter_map(of).sum::<f64>() / 1e9
}

/// More than one in flight: the next is sent when one has come.
fn crowd(
    output: &mut BufReader<ChildStdout>,
    lines: mpsc::Sender<String>,
    (params, sign): (&str, &str),
    first: u64,
    (count, flight): (usize, usize),
) -> Vec<f64> {
    let mut begun = HashMap::new();
    let mut latencies = Vec::with_capacity(count);
    let until = Instant::now() + LIMIT;
    let mut ids = (first..first + count as u64).take_while(|_| Instant::now() < until);
    loop {
        while begun.len() < flight
            && let Some(id) = ids.next()
        {
            begun.insert(id, Instant::now());
            lines.send(call(id, params)).unwrap();
        }
        if begun.is_empty() {
            return latencies;
        }
        let line = hear(output);
        let took = begun.remove(&id_of(&line)).expect("one answer a call");
        latencies.push(took.elapsed().as_secs_f64() * 1e6);
        check(&line, sign);
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}

fn call(id: u64, params: &str) -> String {
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{params}}}\n")
}

fn hear(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    assert!(output.read_line(&mut line).unwrap() > 0, "it has gone");
    line
}

fn check(answer: &str, sign: &str) {
    assert!(
        answer.contains(sign),
        "{}",
        &answer[..answer.len().min(600)]
    );
}

fn id_of(line: &str) -> u64 {
    let at = line.find("\"id\":").expect("an id") + 5;
    let digits: String = line[at..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().expect("an id of ours")
}

/// The value below which so many of a hundred lie.
pub fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let at = (sorted.len() as f64 * percent / 100.0) as usize;
    sorted[at.min(sorted.len() - 1)]
}
