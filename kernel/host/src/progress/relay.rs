//! What goes from south to north while a call is carried out: each notification through egress, or nowhere.
//! Knows nothing of rules: the gauge was made from the permit.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::egress::{Gauge, Masks, SealedProgress};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::{Ear, Teller};
use crate::clock::Clock;

/// The relay of one call. Without an ear there is nothing to do.
pub struct Relay(Option<Line>);

struct Line {
    ear: Ear,
    gauge: Gauge,
    clock: Clock,
    said: mpsc::Receiver<SealedProgress>,
    dropped: Arc<AtomicU64>,
}

impl Relay {
    /// A relay to whoever listens, and where it is told of progress; no teller where nobody listens.
    #[must_use]
    pub fn new(ear: Option<Ear>, gauge: impl FnOnce(u64) -> Gauge) -> (Self, Option<Teller>) {
        let Some(ear) = ear else {
            return (Self(None), None);
        };
        let (teller, said, dropped) = Teller::new();
        let clock = Clock::start();
        let line = Line {
            ear,
            gauge: gauge(now_ms(&clock)),
            clock,
            said,
            dropped,
        };
        (Self(Some(line)), Some(teller))
    }

    /// Passes on what is said while the work is done, then the rest of it; with the result, how many
    /// notifications were dropped. `sent` gives the values that went south in place of their tokens.
    pub async fn during<T>(
        self,
        work: impl Future<Output = T>,
        masks: &Masks,
        sent: impl Fn() -> Vec<Zeroizing<String>>,
    ) -> (T, u64) {
        let Some(mut line) = self.0 else {
            return (work.await, 0);
        };
        let mut work = pin!(work);
        let done = loop {
            tokio::select! {
                // What was said before the end was heard before it.
                biased;
                Some(said) = line.said.recv() => line.pass(said, masks, &sent),
                done = &mut work => break done,
            }
        };
        while let Ok(said) = line.said.try_recv() {
            line.pass(said, masks, &sent);
        }
        (done, line.dropped.load(Ordering::Relaxed))
    }
}

impl Line {
    fn pass(
        &mut self,
        said: SealedProgress,
        masks: &Masks,
        sent: impl Fn() -> Vec<Zeroizing<String>>,
    ) {
        let released = self.gauge.release(said, masks, sent(), now_ms(&self.clock));
        if !released.is_some_and(|progress| self.ear.tell(progress)) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn now_ms(clock: &Clock) -> u64 {
    clock.mono_ns() / 1_000_000
}
