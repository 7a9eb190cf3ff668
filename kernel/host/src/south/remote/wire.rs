//! rmcp's transport over HTTP: each message is a request of its own, what comes back is read in one place.
//! Knows nothing of tools and grants, nor of how a response is cut into messages.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::limits;
use aegis_core::refusal::FailureCode;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta, JsonRpcMessage,
    JsonRpcNotification, JsonRpcRequest, ProtocolVersion, ServerJsonRpcMessage,
};
use rmcp::service::{RoleClient, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::Remote;
use super::fault::Fault;
use super::head::Spoken;
use super::post::{News, Post, Poster};
use crate::south::asker::{Said, Way};
use crate::south::child::{Living, Reaped};
use crate::south::clerk::{Clerk, Step, Taken, step};
use crate::south::desk::{Desk, Waiting};

type Handed = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// One connection to one server, in MCP's sense: a session, or the mere knowledge of its tools.
pub(in crate::south) struct Wire {
    clerk: Clerk,
    poster: Arc<Poster>,
    news: mpsc::Receiver<News>,
    /// What is asked past rmcp.
    said: mpsc::Receiver<Said>,
    posting: JoinSet<()>,
    /// The questions that are on their way, and whether each stands alone.
    open: HashMap<i64, (AbortHandle, bool)>,
    living: Option<Living>,
}

impl Wire {
    /// rmcp's end, the way past it, and when all of it has ended.
    pub(in crate::south) fn new(remote: Arc<Remote>, desk: Arc<Desk>) -> (Self, Way, Reaped) {
        let (living, reaped) = Reaped::pair();
        let (telling, news) = mpsc::channel(limits::SOUTH_QUEUE_MAX);
        let (saying, said) = mpsc::channel(limits::SOUTH_QUEUE_MAX);
        let wire = Self {
            clerk: Clerk::new(desk),
            poster: Arc::new(Poster::new(remote, telling)),
            news,
            said,
            posting: JoinSet::new(),
            open: HashMap::new(),
            living: Some(living),
        };
        (wire, Way::Http(saying), reaped)
    }

    /// Sends a step of the lifecycle on its way; its answer is news.
    fn begin(&mut self, request: JsonRpcRequest<ClientRequest>) {
        let method = request.request.method().to_owned();
        let version = request.request.get_meta().protocol_version();
        let opens = method == "initialize";
        let spoken = match version {
            Some(version) => Spoken::Alone {
                version: version.as_str().to_owned(),
                method,
            },
            None => Spoken::InSession,
        };
        if let Some(Step { id, text }) = step(self.clerk.desk(), request) {
            self.post(Post {
                id,
                text,
                exchange: None,
                spoken,
                opens,
            });
        }
    }

    fn post(&mut self, post: Post) {
        while self.posting.try_join_next().is_some() {}
        let id = post.id;
        let alone = matches!(post.spoken, Spoken::Alone { .. });
        let poster = Arc::clone(&self.poster);
        let task = self.posting.spawn(async move { poster.ask(post).await });
        self.open.insert(id, (task, alone));
    }

    /// What is said past rmcp.
    fn say(&mut self, said: Said) {
        match said {
            Said::Question(question) => {
                let spoken = match question.alone {
                    true => Spoken::Alone {
                        version: ProtocolVersion::V_2026_07_28.as_str().to_owned(),
                        method: question.method.to_owned(),
                    },
                    false => Spoken::InSession,
                };
                self.post(Post {
                    id: question.id,
                    text: question.text,
                    exchange: Some(question.exchange),
                    spoken,
                    opens: false,
                });
            }
            Said::Unwanted { id, text } => self.give_up(id, text),
        }
    }

    /// Nobody wants the answer to a question any more.
    fn give_up(&mut self, id: i64, text: String) {
        let Some((task, alone)) = self.open.get(&id).cloned() else {
            return;
        };
        let poster = Arc::clone(&self.poster);
        self.posting.spawn(async move {
            if !alone {
                // A wish, heard or not. It may have been too late: the answer is waited for as long as anybody does.
                let last = sleep(Duration::from_millis(limits::CANCEL_GRACE_MS));
                let _ = tokio::join!(poster.tell(text), last);
            }
            // In the newer era, who goes away has cancelled.
            task.abort();
            poster.given_up(id).await;
        });
    }

    fn tell(&mut self, notification: JsonRpcNotification<ClientNotification>) -> Handed {
        let text = serde_json::to_string(&ClientJsonRpcMessage::Notification(notification));
        let desk = Arc::clone(self.clerk.desk());
        let poster = Arc::clone(&self.poster);
        Box::pin(async move {
            let text = text.map_err(io::Error::other)?;
            poster.tell(text).await.map_err(|fault| {
                desk.fail(fault.code());
                io::ErrorKind::BrokenPipe.into()
            })
        })
    }

    /// What rmcp is told of one piece of news; `Ok(None)` where it ends here.
    fn take(&mut self, news: News) -> Result<Option<ServerJsonRpcMessage>, FailureCode> {
        match news {
            News::Message { from, frame } => match self.clerk.take(frame, Some(from))? {
                Taken::Nothing => Ok(None),
                Taken::Typed(message) => Ok(Some(*message)),
                Taken::Asked(text) => {
                    self.answer(text, from);
                    Ok(None)
                }
            },
            News::Ended { from, fault } => {
                self.open.remove(&from);
                self.ended(from, fault).map(|()| None)
            }
        }
    }

    /// A server may ask within a session alone; where too much is on its way already, it gets no answer.
    fn answer(&mut self, text: String, from: i64) {
        let in_session = self.open.get(&from).is_some_and(|(_, alone)| !alone);
        if let (true, Some(place)) = (in_session, self.poster.free_place()) {
            let poster = Arc::clone(&self.poster);
            self.posting.spawn(async move {
                let _place = place;
                let _ = poster.tell_at_once(text).await;
            });
        }
    }

    /// A question whose response has ended is settled, with or without its answer.
    fn ended(&self, from: i64, fault: Option<Fault>) -> Result<(), FailureCode> {
        let waiting = self.clerk.desk().take(from);
        if waiting.is_none() && fault.is_none_or(|fault| !fault.is_final()) {
            return Ok(());
        }
        let fault = fault.unwrap_or(Fault::Unanswered);
        if fault != Fault::GivenUp {
            self.poster.note(fault);
        }
        match waiting {
            Some(Waiting::Exchange(exchange)) => exchange.answer(Err(fault.code())),
            Some(Waiting::Lifecycle(_)) => return Err(fault.code()),
            Some(Waiting::Nobody) | None => {}
        }
        match fault.is_final() {
            true => Err(fault.code()),
            false => Ok(()),
        }
    }
}

impl Transport<RoleClient> for Wire {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let handed: Handed = match message {
            JsonRpcMessage::Request(request) => {
                self.begin(request);
                Box::pin(async { Ok(()) })
            }
            JsonRpcMessage::Notification(notification) => self.tell(notification),
            // This side answers no server through rmcp.
            _ => Box::pin(async { Ok(()) }),
        };
        handed
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            self.clerk.rested().await;
            let news = tokio::select! {
                biased;
                () = self.clerk.desk().failed() => None,
                Some(said) = self.said.recv() => {
                    self.say(said);
                    continue;
                }
                news = self.news.recv() => news,
            };
            let taken = match news {
                Some(news) => self.take(news),
                None => Err(FailureCode::Crashed),
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

    /// Ends what is on its way and, in bounded time, the session.
    async fn close(&mut self) -> Result<(), Self::Error> {
        self.clerk.desk().fail(FailureCode::Crashed);
        self.posting.shutdown().await;
        self.open.clear();
        let grace = Duration::from_millis(2 * limits::CHILD_GRACE_MS);
        let _ = timeout(grace, self.poster.end_session()).await;
        self.poster.clear();
        self.living = None;
        Ok(())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.clerk.desk().fail(FailureCode::Crashed);
    }
}
