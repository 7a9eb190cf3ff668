//! The SQL server as an MCP handler: from a call to the database and back.
//! Knows nothing of engines.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, Implementation,
    ListToolsResult, MetaObject, PaginatedRequestParams, RequestMetaObject, ServerCapabilities,
    ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::Value;

use super::code::{Failure, PostgresCode};
use super::database::Database;
use super::grant::{Grant, META_KEY};
use super::options::{GrantMode, PostgresOptions};
use super::tools;
use crate::arguments::Arguments;
use crate::blocking::Turns;
use crate::bounds::EXPORT_TIME;
use crate::{ServeError, answer, tool};

/// The key of a result's `_meta` under which the engine's own report stands.
const ENGINE_KEY: &str = "aegis/engine";

/// The SQL server.
#[derive(Clone)]
pub struct PostgresHandler {
    database: Database,
    grant: GrantMode,
    turns: Turns,
}

/// The key of a result's `_meta` under which stands what the tokens in its cells are.
const REVEALED_KEY: &str = "aegis/revealed";

type Outcome = Result<(Value, Option<MetaObject>), Failure>;

impl PostgresHandler {
    pub(super) fn new(options: &PostgresOptions) -> Result<Self, ServeError> {
        let database = Database::at(options)?;
        Ok(Self {
            database,
            grant: options.grant,
            turns: Turns::default(),
        })
    }

    /// The grant of a call; a broken one is never taken for none.
    fn grant(&self, meta: &RequestMetaObject, required: bool) -> Result<Arc<Grant>, Failure> {
        match meta.get(META_KEY) {
            Some(written) => Grant::read(written)
                .map(Arc::new)
                .ok_or_else(|| PostgresCode::BadArgument.into()),
            None if required && self.grant == GrantMode::Required => {
                Err(PostgresCode::GrantRequired.into())
            }
            None => Ok(Arc::new(Grant::open())),
        }
    }

    async fn dispatch(
        &self,
        name: &str,
        mut arguments: Arguments,
        meta: &RequestMetaObject,
    ) -> Outcome {
        let database = self.database.clone();
        match name {
            "query" | "execute" => {
                let grant = self.grant(meta, true)?;
                let sql = arguments.text("sql")?;
                let params = arguments.list_if_any("params")?;
                arguments.finish()?;
                let reads = name == "query";
                let time = grant.time;
                let revealed = grant.revealed.clone();
                let work = move |gate| {
                    if reads {
                        database.query(&grant, &sql, params)
                    } else {
                        database.execute(&grant, &sql, params, &gate)
                    }
                };
                let (value, seen) = self.turns.run(time, work).await??;
                let report = report(seen, revealed.shown_in(&value));
                Ok((value, Some(report)))
            }
            _ => self.dispatch_rest(name, arguments, meta).await,
        }
    }

    /// Tools that need no grant, but keep to one where it is given: they are the supervisor's own,
    /// or tell no data.
    async fn dispatch_rest(
        &self,
        name: &str,
        mut arguments: Arguments,
        meta: &RequestMetaObject,
    ) -> Outcome {
        let database = self.database.clone();
        let grant = self.grant(meta, false)?;
        let table = match name {
            "describe_table" | "export_table" => arguments.text("table")?,
            _ => String::new(),
        };
        let publication = match name {
            "publish_table" => (
                arguments.text("source")?,
                arguments.text("target")?,
                arguments.text("sha256")?,
            ),
            _ => Default::default(),
        };
        arguments.finish()?;
        let name = name.to_owned();
        let work = move |gate| match name.as_str() {
            "list_tables" => database.list_tables(&grant),
            "describe_table" => database.describe_table(&grant, &table),
            "describe_catalog" => database.describe_catalog(),
            "export_table" => database.export_table(&grant, &table),
            "publish_table" => {
                let (source, target, sha256) = &publication;
                database.publish_table(&grant, (source, target, sha256), &gate)
            }
            _ => Err(PostgresCode::Internal.into()),
        };
        Ok((self.turns.run(EXPORT_TIME, work).await??, None))
    }
}

/// What travels beside a result, for the supervisor alone.
fn report(seen: Value, revealed: Option<Value>) -> MetaObject {
    let mut meta = MetaObject::default();
    meta.insert(ENGINE_KEY.to_owned(), seen);
    if let Some(revealed) = revealed {
        meta.insert(REVEALED_KEY.to_owned(), revealed);
    }
    meta
}

fn result(outcome: Outcome) -> CallToolResult {
    match outcome {
        Ok((value, meta)) => {
            let mut result = answer::done(value);
            result.meta = meta;
            result
        }
        Err(failure) => answer::failed(failure.code, failure.rows.map(|rows| ("rows", rows))),
    }
}

impl ServerHandler for PostgresHandler {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build()).with_server_info(
            Implementation::new("aegis-postgres", env!("CARGO_PKG_VERSION")),
        )
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(tool::listing(tools::all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if self.get_tool(&request.name).is_none() {
            return Err(ErrorData::invalid_params("unknown tool", None));
        }
        let arguments = Arguments::new(request.arguments);
        let outcome = self.dispatch(&request.name, arguments, &context.meta).await;
        Ok(result(outcome).into())
    }
}
