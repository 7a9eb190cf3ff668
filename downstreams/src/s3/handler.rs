//! The object server as an MCP handler: from a call to the bucket and back.
//! Knows nothing of files.

use std::path::Path;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorData, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::Value;

use super::ask::Ask;
use super::bucket::Bucket;
use super::code::S3Code;
use super::options::{S3Options, URL_EXAMPLE, URL_VARIABLE};
use super::remote::Remote;
use super::tools;
use crate::arguments::Arguments;
use crate::blocking::Turns;
use crate::bounds::STORAGE_TIME;
use crate::{ServeError, answer, tool};

/// The object server.
#[derive(Clone)]
pub struct S3Handler(Backend);

#[derive(Clone)]
enum Backend {
    Directory { bucket: Bucket, turns: Turns },
    Remote(Remote),
}

impl S3Handler {
    pub(super) fn new(options: &S3Options) -> Result<Self, ServeError> {
        let url = options.url.as_str();
        if let Some(place) = url.strip_prefix("s3://") {
            let who = options.credentials.as_ref();
            let who = who.ok_or(ServeError::Unset(URL_VARIABLE, "an access key beside it"))?;
            return Ok(Self(Backend::Remote(Remote::at(place, who)?)));
        }
        let path = url
            .strip_prefix("file:")
            .filter(|path| !path.is_empty())
            .ok_or(ServeError::UnknownForm(URL_VARIABLE, URL_EXAMPLE))?;
        let bucket = Bucket::at(Path::new(path), options.stepwise)
            .map_err(|_reason| ServeError::Unusable(URL_VARIABLE))?;
        let turns = Turns::default();
        Ok(Self(Backend::Directory { bucket, turns }))
    }

    async fn dispatch(&self, name: &str, arguments: Arguments) -> Result<Value, S3Code> {
        let ask = Ask::read(name, arguments)?;
        match &self.0 {
            Backend::Remote(remote) => remote.carry_out(ask).await,
            Backend::Directory { bucket, turns } => {
                let bucket = bucket.clone();
                let work = move |gate| bucket.carry_out(ask, &gate);
                turns.run(STORAGE_TIME, work).await?
            }
        }
    }
}

impl ServerHandler for S3Handler {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("aegis-s3", env!("CARGO_PKG_VERSION")))
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
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if self.get_tool(&request.name).is_none() {
            return Err(ErrorData::invalid_params("unknown tool", None));
        }
        let arguments = Arguments::new(request.arguments);
        let result = match self.dispatch(&request.name, arguments).await {
            Ok(value) => answer::done(value),
            Err(code) => answer::failed(code, None),
        };
        Ok(result.into())
    }
}
