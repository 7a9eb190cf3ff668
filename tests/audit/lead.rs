//! Who writes a record: the caller that brings it alone, or the log's thread for all that come together.
//! Knows nothing of what is in them.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::Duration;

use aegis_host::journal::{Disk, LogOptions};

use super::kit;

/// A disk that remembers who wrote to it.
#[derive(Debug, Default)]
struct Watched {
    /// Each write: by whom, and how many lines.
    writes: Mutex<Vec<(ThreadId, usize)>>,
    /// How long a sync takes at the least.
    slow: Duration,
    /// The write that panics, if one does.
    panics_at: Option<u64>,
    calls: AtomicU64,
}

impl Disk for Watched {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        assert!(self.panics_at != Some(call), "a disk of a test");
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        let who = std::thread::current().id();
        self.writes.lock().unwrap().push((who, lines));
        file.write_all(bytes).map(|()| bytes.len())
    }

    // A real one takes as long as the machine wants.
    fn sync(&self, _: &File) -> io::Result<()> {
        std::thread::sleep(self.slow);
        Ok(())
    }
}

impl Watched {
    /// Who wrote how many lines since the last time that this was asked.
    fn taken(&self) -> Vec<(ThreadId, usize)> {
        std::mem::take(&mut self.writes.lock().unwrap())
    }
}

fn on(folder: &Path, disk: &Arc<Watched>) -> LogOptions {
    LogOptions {
        sync: true,
        disk: Arc::clone(disk) as Arc<dyn Disk>,
        ..kit::options(folder)
    }
}

#[tokio::test]
async fn what_comes_alone_is_written_by_its_bringer_and_what_comes_together_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Watched::default());
    let log = kit::start(on(folder.path(), &disk)).unwrap();
    let here = std::thread::current().id();
    let mut led = 0;
    for n in 0..200 {
        let debt = log.begin(kit::intent(n)).await.unwrap();
        debt.pay(kit::outcome(n)).await.unwrap();
        led += disk.taken().iter().filter(|(who, _)| *who == here).count();
    }
    assert!(led > 0, "nobody wrote their own record");

    disk.taken();
    let mut running = Vec::new();
    for n in 1_000..1_064 {
        let log = log.clone();
        running.push(tokio::spawn(async move { log.begin(kit::intent(n)).await }));
    }
    let mut debts = Vec::new();
    for one in running {
        debts.push(one.await.unwrap().unwrap());
    }
    let together = disk.taken();
    let by_others: usize = together
        .iter()
        .filter(|(who, _)| *who != here)
        .map(|(_, lines)| lines)
        .sum();
    // The last of them may find itself alone.
    assert!(by_others >= 63, "{by_others} of 64");
    assert!(together.len() < 64, "each by itself");
    drop(debts);
    log.close().await;
    let (code, report) = kit::verify(folder.path(), &[]);
    assert_eq!(code, 0, "{report}");
    let records = kit::records(folder.path());
    let intents = records.iter().filter(|record| record["kind"] == "intent");
    assert_eq!(intents.count(), 264);
}

#[tokio::test]
async fn on_a_slow_disk_nobody_waits_in_a_sync_but_the_thread() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Watched {
        slow: Duration::from_millis(3),
        ..Watched::default()
    });
    let log = kit::start(on(folder.path(), &disk)).unwrap();
    disk.taken();
    kit::calls(&log, 0..5).await;
    let here = std::thread::current().id();
    let writes = disk.taken();
    assert!(writes.len() >= 11, "{writes:?}");
    assert!(writes.iter().all(|(who, _)| *who != here));
    log.close().await;
}

/// Whoever panics while it writes, the caller or the thread: nothing is taken any more, and that is said.
#[tokio::test]
async fn a_panic_while_the_log_is_written_is_an_answer_and_the_end() {
    for together in [false, true] {
        for at in 1..4 {
            let folder = tempfile::tempdir().unwrap();
            let disk = Arc::new(Watched {
                panics_at: Some(at),
                ..Watched::default()
            });
            let log = kit::start(on(folder.path(), &disk)).unwrap();
            for n in 0..10 {
                let n = n * 10;
                if together {
                    let _ = tokio::join!(
                        log.append(kit::denial(n)),
                        log.append(kit::denial(n + 1)),
                        log.append(kit::denial(n + 2))
                    );
                } else {
                    let _ = log.append(kit::denial(n)).await;
                }
            }
            assert!(log.append(kit::denial(500)).await.is_err());
            assert!(log.begin(kit::intent(501)).await.is_err());
            assert!(!log.poisoned().await.is_empty());
            log.close().await;
            drop(log);
            super::crash::restart(folder.path()).await;
            let (code, report) = kit::verify(folder.path(), &[]);
            assert_eq!(code, 0, "{report}");
        }
    }
}
