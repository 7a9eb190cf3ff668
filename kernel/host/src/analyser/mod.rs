//! Carries questions to an external analyser and its answers back, within time, number and bytes.
//! Knows nothing of what is asked or answered: `core` writes the questions and reads the answers.

mod connection;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aegis_core::egress::AnalyserFault;
use aegis_core::limits;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::dial::{Address, Connection, Trust, TrustFault};

/// Connections that one answer's questions go over.
const CONNECTIONS_A_CALL: usize = 4;

/// One analyser.
pub struct Analyser {
    address: Arc<Address>,
    trust: Trust,
    timeout: Duration,
    connections: Arc<Semaphore>,
}

impl Analyser {
    /// The analyser at this address, with the time that it has for all questions about one answer. One that must
    /// show a certificate shows one of these authorities, or of this system's.
    ///
    /// # Errors
    /// Where no authority can be read.
    pub fn new(address: Address, timeout_ms: u64, ca: Option<&Path>) -> Result<Self, TrustFault> {
        let trust = Trust::towards(&address, ca)?;
        Ok(Self {
            address: Arc::new(address),
            trust,
            timeout: Duration::from_millis(timeout_ms),
            connections: Arc::new(Semaphore::new(limits::ANALYSER_CONNECTIONS_MAX)),
        })
    }

    /// The answers, one for each question and in their order.
    ///
    /// # Errors
    /// The first fault: what is not answered in full is not answered.
    pub async fn ask(&self, questions: Vec<String>) -> Result<Vec<Vec<u8>>, AnalyserFault> {
        let all = self.all(Arc::new(questions));
        let answers = tokio::time::timeout(self.timeout, all);
        answers.await.unwrap_or(Err(AnalyserFault::Silent))
    }

    /// Connections take the next question as soon as they have the answer to their last. Dropped with their
    /// future, they end.
    async fn all(&self, questions: Arc<Vec<String>>) -> Result<Vec<Vec<u8>>, AnalyserFault> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut workers = JoinSet::new();
        for _ in 0..CONNECTIONS_A_CALL.min(questions.len()) {
            let (address, trust) = (Arc::clone(&self.address), self.trust.clone());
            let (questions, next) = (Arc::clone(&questions), Arc::clone(&next));
            let connections = Arc::clone(&self.connections);
            workers.spawn(async move {
                let _permit = connections.acquire_owned().await;
                work((&address, &trust), &questions, &next).await
            });
        }
        let mut answers: Vec<Option<Vec<u8>>> = vec![None; questions.len()];
        while let Some(worker) = workers.join_next().await {
            let answered = worker.map_err(|_| AnalyserFault::Unreachable)??;
            for (at, answer) in answered {
                if let Some(slot) = answers.get_mut(at) {
                    *slot = Some(answer);
                }
            }
        }
        let all: Option<Vec<_>> = answers.into_iter().collect();
        all.ok_or(AnalyserFault::Partial)
    }
}

/// Questions with their places, until there are none left.
async fn work(
    to: (&Address, &Trust),
    questions: &[String],
    next: &AtomicUsize,
) -> Result<Vec<(usize, Vec<u8>)>, AnalyserFault> {
    let mut answered = Vec::new();
    let mut connection: Option<Connection> = None;
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(question) = questions.get(at) else {
            return Ok(answered);
        };
        let (open, answer) = ask(to, connection.take(), question).await?;
        answered.push((at, answer));
        connection = Some(open);
    }
}

/// Over the kept connection, or a new one where the server has ended that: a question has no effect, so it
/// may be asked twice.
async fn ask(
    (address, trust): (&Address, &Trust),
    kept: Option<Connection>,
    question: &str,
) -> Result<(Connection, Vec<u8>), AnalyserFault> {
    if let Some(mut kept) = kept
        && kept.is_ready().await
    {
        match connection::ask(&mut kept, address, question).await {
            Err(AnalyserFault::Unreachable) => {}
            other => return other.map(|answer| (kept, answer)),
        }
    }
    let mut open = connection::open(address, trust).await?;
    let answer = connection::ask(&mut open, address, question).await?;
    Ok((open, answer))
}
