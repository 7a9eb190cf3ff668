//! A witness: it signs each checkpoint of the logs that it knows once it has seen that nothing before was changed.
//! Knows nothing of the logs' records, nor of the kernel: it is meant for another machine.
//!
//! Its folder: `key` (the private key, 0600), `logs` (a verifier key of a log a line), `seen/` (the newest checkpoint
//! that it signed of each log), `LOCK`. Who can set `seen/` back can make it sign two faces of a log: it is the one
//! thing that a witness must not forget.

mod http;
mod store;

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use aegis_core::audit::{Answer, Submission};
use aegis_core::limits;

pub use http::{Response, exchange};
pub use store::{Store, WitnessFault};

/// Serves a witness until the process ends; each request is told to `heard`, without what was sent.
///
/// # Errors
/// Where no further connection can be had.
pub fn serve(
    store: &Store,
    listener: &TcpListener,
    heard: &(dyn Fn(&str) + Sync),
) -> io::Result<()> {
    let busy = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        loop {
            let (stream, _) = match listener.accept() {
                Ok(accepted) => accepted,
                // Somebody hung up before we answered.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            // Beyond the bound nobody is waited for: a connection that is let go can come again.
            if busy.fetch_add(1, Ordering::SeqCst) >= limits::WITNESS_CONNECTIONS_MAX {
                busy.fetch_sub(1, Ordering::SeqCst);
                continue;
            }
            let busy = &busy;
            scope.spawn(move || {
                http::converse(&stream, |method, target, body| {
                    answer(store, method, target, body, heard)
                });
                busy.fetch_sub(1, Ordering::SeqCst);
            });
        }
    })
}

/// One request, C2SP tlog-witness `add-checkpoint`.
fn answer(
    store: &Store,
    method: &str,
    target: &str,
    body: &[u8],
    heard: &(dyn Fn(&str) + Sync),
) -> Response {
    if target != "/add-checkpoint" {
        return Response::words(404, "no such place: POST /add-checkpoint\n");
    }
    if method != "POST" {
        return Response::words(405, "POST /add-checkpoint\n");
    }
    let Some(submission) = Submission::parse(body) else {
        heard("400 no submission");
        return Response::words(400, "no old size, proof and checkpoint\n");
    };
    let origin = &submission.checkpoint.origin;
    let size = submission.checkpoint.size;
    let (response, what) = match store.add(&submission) {
        Ok((Answer::Cosign, lines)) => (Response::words(200, &lines), "200 signed"),
        Ok((Answer::UnknownLog, _)) => (Response::words(404, "unknown log\n"), "404 unknown log"),
        Ok((Answer::NotSigned, _)) => (
            Response::words(403, "no signature of a key that is known for this log\n"),
            "403 not signed",
        ),
        Ok((Answer::Backwards, _)) => (
            Response::words(400, "the old size is larger than the checkpoint's\n"),
            "400 backwards",
        ),
        Ok((Answer::Conflict(seen), _)) => (Response::size(seen), "409 another size was seen"),
        Ok((Answer::Inconsistent, _)) => (
            Response::words(422, "the proof does not hold\n"),
            "422 THE PROOF DOES NOT HOLD: a log of two faces, or a broken sender",
        ),
        Err(_) => (
            Response::words(500, "the witness cannot keep what it saw\n"),
            "500 nothing was signed: the folder cannot be written",
        ),
    };
    heard(&format!("{what}: {origin} at {size}"));
    response
}

/// Makes a witness' folder: `init` in words.
///
/// # Errors
/// Where it cannot be made, or holds a key already.
pub fn init(dir: &Path, name: &str) -> Result<String, WitnessFault> {
    Store::create(dir, name)
}
