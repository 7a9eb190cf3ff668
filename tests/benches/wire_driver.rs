//! Drives one MCP server over its pipes with so many calls in flight, and sees what it costs.
//! Knows nothing of what is behind the pipes.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

/// One server and everything that it has started.
pub struct Driven {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: u64,
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
        };
        driven.say(r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#);
        driven.hear();
        driven.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        driven
    }

    fn say(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        assert!(self.output.read_line(&mut line).unwrap() > 0, "it has gone");
        line
    }

    /// So many calls, at most `flight` of them at a time. Every answer must hold `sign`.
    pub fn round(&mut self, params: &str, sign: &str, count: usize, flight: usize) -> Round {
        let mut begun = HashMap::new();
        let mut latencies = Vec::with_capacity(count);
        let cpu = self.cpu();
        let start = Instant::now();
        let mut sent = 0;
        while latencies.len() < count {
            while sent < count && begun.len() < flight {
                let id = self.next;
                self.next += 1;
                sent += 1;
                let line = format!(
                    r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{params}}}"#
                );
                begun.insert(id, Instant::now());
                self.say(&line);
            }
            let line = self.hear();
            let id = id_of(&line);
            let took = begun.remove(&id).expect("one answer a call").elapsed();
            assert!(line.contains(sign), "{}", &line[..line.len().min(400)]);
            latencies.push(took.as_secs_f64() * 1e6);
        }
        let took = start.elapsed().as_secs_f64();
        latencies.sort_by(f64::total_cmp);
        Round {
            latencies,
            rate: count as f64 / took,
            cpu: (self.cpu() - cpu) * 1e6 / count as f64,
        }
    }

    /// All calls are written at once; how many answers came.
    pub fn flood(&mut self, params: &str, count: usize) -> usize {
        let mut input = self.input.take().unwrap();
        let params = params.to_owned();
        let first = self.next;
        self.next += count as u64;
        let writing = std::thread::spawn(move || {
            for id in first..first + count as u64 {
                let line = format!(
                    "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{params}}}\n"
                );
                input.write_all(line.as_bytes()).unwrap();
            }
            input
        });
        let mut seen = vec![false; count];
        for _ in 0..count {
            let line = self.hear();
            let at = usize::try_from(id_of(&line) - first).unwrap();
            assert!(!std::mem::replace(&mut seen[at], true), "answered twice");
        }
        self.input = Some(writing.join().unwrap());
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

    /// Processor time of the server and of all that it has started, in seconds.
    fn cpu(&self) -> f64 {
        let mut parents = HashMap::new();
        let mut times = HashMap::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Ok(id) = entry.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            let after = stat.rsplit(')').next().unwrap_or_default().to_owned();
            let fields: Vec<&str> = after.split_whitespace().collect();
            // schedstat counts nanoseconds where stat counts hundredths of a second.
            let exact = fs::read_to_string(entry.path().join("schedstat")).unwrap_or_default();
            let exact = exact
                .split(' ')
                .next()
                .and_then(|ns| ns.parse::<f64>().ok());
            parents.insert(id, fields[1].parse::<u32>().unwrap_or(0));
            times.insert(id, exact.unwrap_or(0.0) / 1e9);
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
        times
            .iter()
            .filter(|(id, _)| ours(**id))
            .map(|(_, time)| time)
            .sum()
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
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
