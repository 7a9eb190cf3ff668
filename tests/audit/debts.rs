//! Each intent has one end, whoever forgets it and whatever file or start it falls into.
//! Knows nothing of crashes.

use std::path::Path;

use aegis_core::audit::Record;
use aegis_host::journal::{JournalFault, Log, LogOptions};
use serde_json::Value;

use super::kit;

async fn ends(log: Log, folder: &Path) -> Vec<Value> {
    log.close().await;
    let (code, report) = super::second::verify(folder, &[]);
    assert_eq!(code, 0, "{report}");
    let records = kit::records(folder);
    let outcomes = records
        .into_iter()
        .filter(|record| record["kind"] == "outcome");
    outcomes.collect()
}

#[tokio::test]
async fn every_intent_has_one_end_whoever_forgets_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    drop(log.begin(kit::intent(1)).await.unwrap());
    std::mem::forget(log.begin(kit::intent(2)).await.unwrap());
    let debt = log.begin(kit::intent(3)).await.unwrap();
    assert!(debt.pay(kit::outcome(4)).await.is_err());
    assert!(log.begin(kit::intent(2)).await.is_err());
    assert!(log.append(kit::outcome(1)).await.is_err());
    // Whoever waits for the intent may be gone before it is durable, or before it was handed in.
    {
        let mut waiting: Vec<_> = (5..8)
            .map(|n| Box::pin(log.begin(kit::intent(n))))
            .collect();
        let polled = std::future::poll_fn(|context| {
            for begun in &mut waiting {
                let _ = begun.as_mut().poll(context);
            }
            for begun in waiting.iter_mut().take(2) {
                let _ = begun.as_mut().poll(context);
            }
            std::task::Poll::Ready(())
        });
        polled.await;
    }
    let causes: Vec<(Value, Value)> = ends(log, folder.path())
        .await
        .into_iter()
        .map(|mut record| (record["call"].take(), record["cause"].take()))
        .collect();
    let of = |n: u64| {
        let call = Value::from(kit::id(n).to_string());
        let found = causes.iter().find(|(of, _)| *of == call);
        found.map(|(_, cause)| cause.as_str().unwrap())
    };
    assert_eq!(of(1), Some("dropped"));
    assert_eq!(of(2), Some("closed"));
    assert_eq!(of(3), Some("dropped"));
    assert!(matches!(of(5), Some("abandoned" | "dropped")));
    assert!(matches!(of(6), Some("abandoned" | "dropped")));
    assert_eq!(of(7), None);
    assert_eq!(causes.len(), 5);
}

#[tokio::test]
async fn calls_in_flight_are_carried_from_file_to_file_and_from_start_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let options = || LogOptions {
        segment_bytes_max: 2_048,
        ..kit::options(folder.path())
    };
    let log = kit::start(options()).unwrap();
    let debt = log.begin(kit::intent(500)).await.unwrap();
    kit::calls(&log, 0..30).await;
    assert!(kit::segments(folder.path()).len() > 5);
    debt.pay(kit::outcome(500)).await.unwrap();
    kit::calls(&log, 30..32).await;
    log.close().await;
    let log = kit::start(options()).unwrap();
    kit::calls(&log, 40..50).await;
    log.close().await;
    let (code, report) = super::second::verify(folder.path(), &[]);
    assert_eq!(
        (code, &report["events"]["starts"]),
        (0, &2.into()),
        "{report}"
    );
}

#[test]
fn a_handle_that_goes_away_closes_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let log = kit::start(kit::options(folder.path())).unwrap();
    runtime.block_on(kit::calls(&log, 0..2));
    drop(log);
    // The thread ends by itself; until then the folder is held.
    let again = loop {
        match kit::start(kit::options(folder.path())) {
            Err(JournalFault::Locked(_)) => std::thread::yield_now(),
            other => break other.unwrap(),
        }
    };
    runtime.block_on(again.close());
    let records = kit::records(folder.path());
    let closes = records
        .iter()
        .filter(|record| record["kind"] == "log.close");
    assert_eq!(closes.count(), 2);
    assert_eq!(super::second::verify(folder.path(), &[]).0, 0);
}

/// A record must be `Send` to reach the writer's thread.
const _: fn() = || {
    fn sent<T: Send>() {}
    sent::<Record<'static>>();
};
