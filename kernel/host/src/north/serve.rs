//! Serves one agent on one pair of streams, from its first line to its last answer.
//! Knows nothing of processes and configuration.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aegis_core::limits::MESSAGE_RULES;
use aegis_core::principal::Principal;
use rmcp::service::{ServerInitializeError, serve_server};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::Mediator;
use super::calls::Calls;
use super::handler::Handler;
use super::in_flight::{InFlight, Share};
use super::intake::Intake;
use super::lean::Lean;
use super::open::Open;
use super::outlet::{Answers, Outlet};
use super::reception::Reception;
use super::run;
use super::transport::NorthTransport;
use crate::wire::{self, FrameReader};

/// Why serving ended other than by the agent's will.
#[derive(Debug, Error)]
pub enum NorthFault {
    /// The agent's stream cannot be read.
    #[error("cannot read from the agent: {0}")]
    Input(#[source] io::Error),
    /// The agent's stream cannot be written.
    #[error("cannot write to the agent: {0}")]
    Output(#[source] io::Error),
    /// No randomness for the run's name.
    #[error("no randomness: {0}")]
    Random(#[from] crate::random::NoRandomness),
    /// The connection could not be opened.
    #[error("the handshake failed")]
    Handshake,
    /// A task of the connection was lost.
    #[error("the connection's work was lost")]
    Lost,
}

/// Serves one agent until it closes its side; calls in flight then have [`DRAIN_MS`] to end.
///
/// [`DRAIN_MS`]: aegis_core::limits::DRAIN_MS
///
/// # Errors
/// Where a stream fails; that the agent stopped listening is no fault.
pub async fn serve<M, R, W>(
    mediator: Arc<M>,
    principal: Principal,
    input: R,
    output: W,
) -> Result<(), NorthFault>
where
    M: Mediator,
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let run = run::fresh()?;
    let outlet = Arc::new(Outlet::new(output));
    let in_flight = Arc::new(InFlight::new(Share::new()));
    let calls = Arc::new(Calls {
        mediator: Arc::clone(&mediator),
        principal,
        run,
        since: *mediator.changes().borrow(),
        in_flight: Arc::clone(&in_flight),
        answers: Arc::clone(&outlet),
    });
    let (reception, requests) = Reception::new(Arc::clone(&in_flight), Arc::clone(&calls) as _);
    let (ending, open) = watch::channel(false);
    let announcing = tokio::spawn(announce(
        mediator.lists(),
        Arc::clone(&outlet),
        reception.ready(),
    ));
    let intake = tokio::spawn(
        Intake {
            mediator: Arc::clone(&mediator),
            reader: FrameReader::new(input, MESSAGE_RULES),
            outlet: Arc::clone(&outlet),
            reception,
            ending,
        }
        .run(),
    );
    let announces = Some(Open::new(open, None));
    let handler = Handler { calls, announces };
    let transport = NorthTransport {
        mediator,
        answers: Arc::clone(&outlet),
        in_flight,
        requests,
    };
    let served = converse(handler, transport).await;
    announcing.abort();
    let read = intake.await.map_err(|_| NorthFault::Lost)?;
    let closed = outlet.close().await;
    served.and(read).and(match closed {
        Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => Err(NorthFault::Output(fault)),
        _ => Ok(()),
    })
}

/// Tells a connection of the older era that tools could be others from now on.
async fn announce<W: AsyncWrite + Unpin>(
    mut changes: watch::Receiver<u64>,
    outlet: Arc<Outlet<W>>,
    ready: Arc<AtomicBool>,
) {
    while changes.changed().await.is_ok() {
        // A broken outlet is seen by who answers.
        if ready.load(Ordering::SeqCst) && outlet.write(LIST_CHANGED).await.is_err() {
            return;
        }
    }
}

pub(super) const LIST_CHANGED: &str =
    r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#;

/// rmcp's part of one connection, from its first request until none can come any more.
pub(super) async fn converse<M: Mediator, A: Answers>(
    handler: Handler<M, A>,
    transport: NorthTransport<M, A>,
) -> Result<(), NorthFault> {
    match serve_server(Lean(handler), transport).await {
        Ok(running) => running
            .waiting()
            .await
            .map(drop)
            .map_err(|_| NorthFault::Lost),
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(_) => Err(NorthFault::Handshake),
    }
}

/// Serves the agent on this process's stdin and stdout.
///
/// # Errors
/// As [`serve`], and where the streams are of no usable kind.
pub async fn serve_stdio<M: Mediator>(
    mediator: Arc<M>,
    principal: Principal,
) -> Result<(), NorthFault> {
    let input = wire::stdin().map_err(NorthFault::Input)?;
    let output = wire::stdout().map_err(NorthFault::Output)?;
    serve(mediator, principal, input, output).await
}
