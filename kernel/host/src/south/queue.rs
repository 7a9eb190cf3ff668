//! The line in which calls wait for one downstream: in the order in which they came, at a pace.
//! Knows nothing of what calls ask; time and chance are given to it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::denial::{Denial, Phase};
use aegis_core::refusal::{Failure, FailureCode, Refusal, Sent};
use tokio::sync::{Mutex, watch};

use super::supervise::UNAVAILABLE;
use crate::config::QueueConfig;
use crate::wish::Wish;

/// A time that passes.
pub type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a queue has its time and chance from.
pub trait Pacer: Send + Sync {
    /// A time of so many milliseconds, which begins now.
    fn pause(&self, ms: u64) -> Pause;

    /// A number from 0 to `most`, any as likely as another.
    fn draw(&self, most: u64) -> u64;
}

/// One downstream's line.
pub struct Queue {
    terms: QueueConfig,
    server: String,
    pacer: Arc<dyn Pacer>,
    /// How many wait, the one among them whose turn is next.
    waiting: AtomicU64,
    /// What is left of the pause after the call before. Waiters get it in the order in which they asked.
    turn: Mutex<Option<Pause>>,
    closed: watch::Sender<bool>,
}

impl Queue {
    /// An empty line.
    #[must_use]
    pub fn new(server: &str, terms: QueueConfig, pacer: Arc<dyn Pacer>) -> Self {
        Self {
            terms,
            server: server.to_owned(),
            pacer,
            waiting: AtomicU64::new(0),
            turn: Mutex::default(),
            closed: watch::Sender::new(false),
        }
    }

    /// Returns once it is the turn of a call with this tool by this principal. Who gives up its wish leaves the line.
    ///
    /// # Errors
    /// `kernel.queue-full`; a failure with nothing sent where the agent gave the call up or the kernel ends.
    pub async fn turn(&self, tool: &str, principal: &str, wish: &Wish) -> Result<(), Refusal> {
        if self.terms.bypasses(tool, principal) {
            return Ok(());
        }
        let place = self.place()?;
        let mut closed = self.closed.subscribe();
        let (delay, jitter) = (self.terms.delay_ms, self.terms.jitter_ms);
        let passed = async {
            let mut turn = self.turn.lock().await;
            if let Some(pause) = turn.as_mut() {
                pause.as_mut().await;
            }
            let pause = delay.saturating_add(self.pacer.draw(jitter));
            *turn = Some(self.pacer.pause(pause));
        };
        let passed = tokio::select! {
            biased;
            () = wish.withdrawn() => Err(FailureCode::Cancelled),
            _ = closed.wait_for(|closed| *closed) => Err(UNAVAILABLE.code),
            () = passed => Ok(()),
        };
        drop(place);
        passed.map_err(|code| {
            Refusal::Failed(Failure {
                sent: Sent::No,
                code,
            })
        })
    }

    /// How many calls wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Lets nobody wait any longer: the kernel ends.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    fn place(&self) -> Result<Place<'_>, Refusal> {
        let most = self.terms.pending_max;
        let enter = |waiting: u64| (waiting < most).then_some(waiting.saturating_add(1));
        match self
            .waiting
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, enter)
        {
            Ok(_) => Ok(Place(&self.waiting)),
            Err(waiting) => Err(self.full(waiting).into()),
        }
    }

    fn full(&self, waiting: u64) -> Denial {
        let each = self.terms.delay_ms.saturating_add(self.terms.jitter_ms / 2);
        let seconds = waiting.saturating_mul(each).div_ceil(1_000);
        Denial::kernel(
            "kernel.queue-full",
            Phase::Kernel,
            format!(
                "{waiting} calls wait for `{}` already, which takes about {seconds} seconds; nothing was sent",
                self.server
            ),
            format!("ask again in about {seconds} seconds, and ask for fewer things at once"),
        )
    }
}

/// A place in the line, given up whatever happens.
struct Place<'q>(&'q AtomicU64);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
