//! Objects of any S3-compatible store, below one prefix of one bucket.
//! Knows nothing of MCP.

mod attempt;
mod conditions;
mod fault;
mod http;
mod list;
mod location;
mod page;
mod store;
mod twins;
mod write;

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use self::attempt::Attempt;
use self::conditions::Conditions;
use self::location::Location;
use self::store::Store;
use self::write::Pen;
use super::ask::{Ask, content};
use super::code::S3Code;
use super::options::S3Credentials;
use crate::ServeError;
use crate::bounds::{CALLS_AT_ONCE_MAX, OBJECT_BYTES_MAX};

/// One bucket's jail.
#[derive(Clone)]
pub(super) struct Remote {
    store: Arc<Store>,
    conditions: Arc<Conditions>,
    turns: Arc<Semaphore>,
}

impl Remote {
    /// The store at what follows `s3://`. It is not asked yet: one that is away for a while must not keep the
    /// server from starting.
    pub(super) fn at(place: &str, who: &S3Credentials) -> Result<Self, ServeError> {
        let location = Location::parse(place)?;
        who.check()?;
        Ok(Self {
            store: Arc::new(Store::new(location, who)?),
            conditions: Arc::default(),
            turns: Arc::new(Semaphore::new(CALLS_AT_ONCE_MAX)),
        })
    }

    /// Carries out a call within its time. A change that was under way then may have happened.
    pub(super) async fn carry_out(&self, ask: Ask) -> Result<Value, S3Code> {
        let time = self.store.time();
        let turn = tokio::time::timeout(time, self.turns.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(S3Code::Busy);
        };
        let effect = Attempt::default();
        let done = tokio::time::timeout(time, self.work(ask, &effect)).await;
        done.unwrap_or_else(|_elapsed| {
            Err(match effect.seen().open {
                true => S3Code::ConnectionLost,
                false => S3Code::Timeout,
            })
        })
    }

    async fn work(&self, ask: Ask, effect: &Attempt) -> Result<Value, S3Code> {
        let store = self.store.as_ref();
        let pen = Pen {
            store,
            conditions: self.conditions.as_ref(),
            effect,
        };
        match ask {
            Ask::List(range) => list::list(store, &range).await,
            Ask::Head(key) => {
                let found = store.head(&key).await?;
                if found.size > OBJECT_BYTES_MAX {
                    return Err(S3Code::TooLarge);
                }
                Ok(json!({ "key": key.as_str(), "etag": found.etag, "size": found.size }))
            }
            Ask::Get(key) => {
                let (bytes, found) = store.get(&key).await?;
                Ok(content(&key, &found.etag, bytes.into()))
            }
            Ask::Put(key, bytes, condition) => pen.put(&key, bytes.into(), &condition).await,
            Ask::Copy(source, from, key, condition) => {
                pen.copy(&source, &from, &key, &condition).await
            }
            Ask::Delete(key, condition) => pen.delete(&key, &condition).await,
        }
    }
}
