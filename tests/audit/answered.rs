//! Records that are written together are answered together, and nobody's answer hangs on somebody else's runtime.
//! Knows nothing of what is in them.

use std::fs::File;
use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use aegis_host::journal::{Disk, Log, LogOptions};
use tokio::runtime::{Builder, Runtime};

use super::kit;

/// A disk whose writes wait to be let go, once it is shut.
#[derive(Debug)]
struct Held {
    shut: AtomicBool,
    began: Sender<()>,
    go: Mutex<Receiver<()>>,
}

impl Disk for Held {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        if self.shut.load(Ordering::SeqCst) {
            self.began.send(()).unwrap();
            self.go.lock().unwrap().recv().unwrap();
        }
        file.write(bytes)
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

type Appended = Pin<Box<dyn Future<Output = bool>>>;

fn appended(log: &Log, n: u64) -> Appended {
    let log = log.clone();
    Box::pin(async move { log.append(kit::denial(n)).await.is_ok() })
}

/// Brings records as tasks of this runtime would: said to be on their way, then handed in. Nothing waits for them.
fn bring(runtime: &Runtime, log: &Log, numbers: &[u64]) -> Vec<Appended> {
    let mut all: Vec<_> = numbers.iter().map(|n| appended(log, *n)).collect();
    runtime.block_on(std::future::poll_fn(|context| {
        for _ in 0..2 {
            for one in &mut all {
                assert!(one.as_mut().poll(context).is_pending());
            }
        }
        Poll::Ready(())
    }));
    all
}

fn come(runtime: &Runtime, all: Vec<Appended>) {
    runtime.block_on(async {
        for one in all {
            let came = tokio::time::timeout(Duration::from_secs(20), one).await;
            assert_eq!(came, Ok(true), "written and not answered");
        }
    });
}

/// Has one batch wait behind a write: `ours` records of one runtime and `theirs` of another.
fn one_batch(ours: &[u64], theirs: &[u64], then: impl FnOnce([(Runtime, Vec<Appended>); 2])) {
    let folder = tempfile::tempdir().unwrap();
    let (began, begins) = channel();
    let (let_go, go) = channel();
    let disk = Arc::new(Held {
        shut: AtomicBool::new(false),
        began,
        go: Mutex::new(go),
    });
    let options = LogOptions {
        disk: Arc::clone(&disk) as Arc<dyn Disk>,
        ..kit::options(folder.path())
    };
    let log = kit::start(options).unwrap();
    let (here, there) = (runtime(), runtime());
    disk.shut.store(true, Ordering::SeqCst);
    // One that is only said to be on its way: the other is then the thread's to write, and that is held.
    let mut said = appended(&log, 1);
    let before = runtime();
    before.block_on(std::future::poll_fn(|context| {
        assert!(said.as_mut().poll(context).is_pending());
        Poll::Ready(())
    }));
    let first = bring(&before, &log, &[2]);
    begins.recv_timeout(Duration::from_secs(20)).unwrap();
    let ours = bring(&here, &log, ours);
    let theirs = bring(&there, &log, theirs);
    disk.shut.store(false, Ordering::SeqCst);
    let_go.send(()).unwrap();
    come(&before, first);
    drop(said);
    then([(here, ours), (there, theirs)]);
    runtime().block_on(log.close());
    assert_eq!(kit::verify(folder.path(), &[]).0, 0);
}

#[test]
fn a_batch_of_one_runtime_is_answered_there() {
    one_batch(&[3, 4, 5], &[], |[(here, ours), _]| come(&here, ours));
}

/// The other runtime is never run again: its tasks are not, and it may not keep ours from their answers.
#[test]
fn a_batch_of_two_runtimes_is_answered_in_each() {
    one_batch(&[3, 4], &[5, 6], |[(here, ours), (there, theirs)]| {
        come(&there, theirs);
        drop(ours);
        drop(here);
    });
}

/// What was brought in a runtime that has ended is answered all the same.
#[test]
fn a_batch_of_a_runtime_that_has_ended_is_answered() {
    one_batch(&[3, 4], &[], |[(here, ours), (there, _)]| {
        drop(here);
        come(&there, ours);
    });
}
