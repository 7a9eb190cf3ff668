//! A downstream that goes wrong at one moment in one manner: `aegis-unruly MOMENT MANNER`. Before that it behaves.
//! Knows nothing of the kernel; it is no library's server, so that it can break every rule.
//!
//! `aegis-unruly without-landlock COMMAND…` runs a command as on a system that has no Landlock.
//! Moments: `start` (before a word), `discover`, `initialize`, `list`, `call` (of the tool `go`), `never`.

#![expect(
    clippy::indexing_slicing,
    reason = "serde_json answers null where there is nothing"
)]

use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let moment = arguments.next().unwrap_or_default();
    let manner = arguments.next().unwrap_or_default();
    if moment == "without-landlock" {
        return without_landlock(&manner, arguments);
    }
    if moment == "start" {
        misbehave(&manner, &Value::Null);
    }
    let mut hanging = 0_u32;
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        let id = &message["id"];
        let tool = message["params"]["name"].as_str().unwrap_or_default();
        let now = match message["method"].as_str().unwrap_or_default() {
            "server/discover" => "discover",
            "initialize" => "initialize",
            "tools/list" => "list",
            "tools/call" if tool == "go" => "call",
            "tools/call" => tool,
            "notifications/cancelled" => {
                hanging = hanging.saturating_sub(1);
                continue;
            }
            _ => continue,
        };
        if now == moment {
            hanging += 1;
            misbehave(&manner, id);
        } else {
            behave(now, id, hanging);
        }
    }
    ExitCode::SUCCESS
}

/// The system calls of Landlock have the same numbers everywhere, and are answered here as by a system without them.
fn without_landlock(command: &str, arguments: impl Iterator<Item = String>) -> ExitCode {
    use seccompiler::{SeccompAction, SeccompFilter, apply_filter};

    let calls = (444..=446).map(|number| (number, Vec::new())).collect();
    let unknown = SeccompAction::Errno(38); // ENOSYS
    let filter = std::env::consts::ARCH.try_into().and_then(|arch| {
        SeccompFilter::new(calls, SeccompAction::Allow, unknown, arch)?.try_into()
    });
    let filter: seccompiler::BpfProgram = filter.expect("a filter");
    apply_filter(&filter).expect("a filter that holds");
    let failed = Command::new(command).args(arguments).exec();
    eprintln!("{command}: {failed}");
    ExitCode::from(126)
}

fn behave(now: &str, id: &Value, hanging: u32) {
    let result = match now {
        "discover" => {
            let error = json!({ "code": -32601, "message": "no" });
            return say(&json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string());
        }
        "initialize" => json!({
            "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
            "serverInfo": { "name": "unruly", "version": "1" },
        }),
        "list" => {
            let tool = |name| json!({ "name": name, "description": "t", "inputSchema": { "type": "object" } });
            let tools = ["go", "echo", "brood", "reach"].map(tool);
            json!({ "tools": tools })
        }
        "brood" => {
            brood();
            structured(&json!({}))
        }
        "reach" => structured(&reach()),
        _ => structured(&json!({ "ok": true, "hanging": hanging })),
    };
    answer(id, &result);
}

fn misbehave(manner: &str, id: &Value) {
    match manner {
        "exit" => std::process::exit(7),
        "half" => {
            let _ = io::stdout().write_all(b"{\"jsonrpc\":\"2.0\",\"id\":");
            let _ = io::stdout().flush();
            std::process::exit(0);
        }
        // Neither its closed input nor anything else moves it.
        "deaf" => deaf(),
        // Another process image with the same number, whose output leads nowhere.
        "close" => {
            let own = std::env::current_exe().unwrap_or_default();
            let _ = Command::new(own)
                .args(["start", "deaf"])
                .stdout(Stdio::null())
                .exec();
        }
        // One line without an end.
        "flood" => {
            while io::stdout().write_all(&[b'x'; 65_536]).is_ok() {}
            deaf();
        }
        "chatter" => {
            let line = json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": "info", "data": "x" } });
            let line = format!("{line}\n").repeat(100);
            while io::stdout().write_all(line.as_bytes()).is_ok() {}
            deaf();
        }
        "stderr" => {
            std::thread::spawn(|| while io::stderr().write_all(&[b'e'; 65_536]).is_ok() {});
            answer(id, &structured(&json!({ "ok": true })));
        }
        "garbage" => say("Listening on port 80"),
        "wrong-id" => answer(&json!(id.as_i64().unwrap_or_default() + 1_000), &json!({})),
        "oversized" => answer(id, &structured(&json!({ "much": "x".repeat(9 << 20) }))),
        // A child of its own holds the pipes while it goes.
        "bequeath" => {
            let _ = Command::new("sleep").arg("1000").spawn();
            std::process::exit(0);
        }
        "unasked" => {
            say(&json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "data": "x" } }).to_string());
            say(&json!({ "jsonrpc": "2.0", "id": "q", "method": "sampling/createMessage", "params": {} }).to_string());
            answer(&json!(4_711), &json!({ "tools": [] }));
        }
        "unasked-much" => (0..4).for_each(|at| answer(&json!(4_711 + at), &json!({}))),
        // Hangs, and reads on.
        _ => {}
    }
}

/// Grandchildren: one that holds the pipes, one in a session of its own whose parent has gone, one that no polite signal
/// moves.
fn brood() {
    let shell = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    };
    let _ = Command::new("sleep").arg("1000").spawn();
    let silent = |mut command: Command| {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn()
    };
    let away = silent(shell("setsid sh -c 'sleep 1000; :' & exit 0"));
    let _ = away.and_then(|mut parent| parent.wait());
    let _ = silent(shell(
        "trap '' TERM HUP INT QUIT; while :; do sleep 1; done",
    ));
}

/// What this process may touch: each of `REACH`'s words is a thing to try.
fn reach() -> Value {
    let wanted = std::env::var("REACH").unwrap_or_default();
    let tried = wanted.split_whitespace().map(|word| {
        let (what, place) = word.split_once(':').unwrap_or((word, ""));
        let done = match what {
            "read" => std::fs::read(place).map(drop),
            "list" => std::fs::read_dir(place).map(drop),
            "write" => std::fs::write(place, "x"),
            "run" => Command::new(place).output().map(drop),
            "connect" => std::net::TcpStream::connect(place).map(drop),
            "listen" => std::net::TcpListener::bind(place).map(drop),
            "datagram" => std::net::UdpSocket::bind(place).map(drop),
            "unix" => std::os::unix::net::UnixStream::connect(place).map(drop),
            "pair" => std::os::unix::net::UnixStream::pair().map(drop),
            "signal" => Command::new("/bin/kill")
                .args(["-0", place])
                .status()
                .and_then(|status| {
                    status
                        .success()
                        .then_some(())
                        .ok_or_else(|| io::ErrorKind::PermissionDenied.into())
                }),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        };
        let said = match done {
            Ok(()) => "ok".to_owned(),
            Err(fault) => format!("{:?}", fault.kind()),
        };
        (word.to_owned(), Value::String(said))
    });
    Value::Object(tried.collect())
}

fn deaf() {
    loop {
        std::thread::park();
    }
}

fn structured(content: &Value) -> Value {
    json!({ "content": [], "structuredContent": content, "isError": false })
}

fn answer(id: &Value, result: &Value) {
    say(&json!({ "jsonrpc": "2.0", "id": id, "result": result }).to_string());
}

fn say(text: &str) {
    let mut out = io::stdout().lock();
    // A reader that has gone is the end of this process, too.
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}
