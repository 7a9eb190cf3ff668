//! rmcp's transport over a child's pipes: rmcp keeps the lifecycle; questions and their answers go past it.
//! Knows nothing of tools, grants or processes.

use std::future::Future;
use std::io;
use std::sync::Arc;

use aegis_core::limits;
use aegis_core::refusal::FailureCode;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::{RoleClient, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::process::ChildStdout;

use super::asker::Way;
use super::child::{Child, Pipes};
use super::clerk::{Clerk, Taken, step};
use super::desk::Desk;
use super::pen::{Line, Pen, pen};
use crate::wire::{Frame, FrameReader};

/// One connection to one child.
///
/// It owns the child: whatever ends the connection ends the process.
pub(super) struct Wire {
    clerk: Clerk,
    pen: Option<Pen>,
    child: Option<Child>,
    reader: FrameReader<ChildStdout>,
}

impl Wire {
    /// rmcp's end, and the way past it.
    pub(super) fn new(child: Child, pipes: Pipes, desk: Arc<Desk>) -> (Self, Way) {
        let pen = pen(pipes.stdin, Arc::clone(&desk));
        let way = Way::Pipe(pen.downgrade());
        let wire = Self {
            pen: Some(pen),
            child: Some(child),
            reader: FrameReader::new(pipes.stdout, limits::RESPONSE_RULES),
            clerk: Clerk::new(desk),
        };
        (wire, way)
    }

    /// The line of a message of rmcp; `None` for what is never said: this side answers no server
    /// through rmcp.
    fn line(&self, message: ClientJsonRpcMessage) -> Option<Line> {
        match message {
            JsonRpcMessage::Request(request) => Some(Line {
                text: step(self.clerk.desk(), request)?.text,
                exchange: None,
            }),
            JsonRpcMessage::Notification(notification) => Some(Line {
                text: serde_json::to_string(&ClientJsonRpcMessage::Notification(notification))
                    .ok()?,
                exchange: None,
            }),
            _ => None,
        }
    }

    /// What rmcp is told of one line; `Ok(None)` where the line ends here.
    fn take(&mut self, frame: Frame) -> Result<Option<ServerJsonRpcMessage>, FailureCode> {
        match self.clerk.take(frame, None)? {
            Taken::Nothing => Ok(None),
            Taken::Typed(message) => Ok(Some(*message)),
            Taken::Asked(text) => {
                // Where it does not read its answers it gets none.
                if let Some(pen) = &self.pen {
                    let _ = pen.try_send(Line {
                        text,
                        exchange: None,
                    });
                }
                Ok(None)
            }
        }
    }

    /// Waits out a pause, then reads one line. Cancel safe.
    async fn next(&mut self) -> Result<Frame, FailureCode> {
        self.clerk.rested().await;
        let desk = self.clerk.desk();
        let line = loop {
            self.reader.set_bytes_max(desk.bytes_max());
            tokio::select! {
                biased;
                () = desk.failed() => return Err(FailureCode::Crashed),
                () = desk.widened() => {} // what is read already is kept
                line = self.reader.next() => break line,
            }
        };
        match line {
            Ok(Some(Ok(frame))) => Ok(frame),
            Ok(Some(Err(bad))) if bad.fault.is_size() => Err(FailureCode::TooLarge),
            Ok(Some(Err(_))) => Err(FailureCode::Unreadable),
            Ok(None) | Err(_) => Err(FailureCode::Crashed),
        }
    }
}

impl Transport<RoleClient> for Wire {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let line = self.line(message);
        let pen = self.pen.clone();
        let desk = Arc::clone(self.clerk.desk());
        async move {
            let Some(line) = line else { return Ok(()) };
            let handed_in = match pen {
                Some(pen) => pen.send(line).await.is_ok(),
                None => false,
            };
            if handed_in {
                return Ok(());
            }
            desk.fail(FailureCode::Crashed);
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            let taken = match self.next().await {
                Ok(frame) => self.take(frame),
                Err(code) => Err(code),
            };
            match taken {
                Ok(Some(message)) => return Some(message),
                Ok(None) => {}
                Err(code) => {
                    self.clerk.desk().fail(code);
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.clerk.desk().fail(FailureCode::Crashed);
        self.pen = None;
        if let Some(child) = self.child.take() {
            child.end().await;
        }
        Ok(())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.clerk.desk().fail(FailureCode::Crashed);
    }
}
