//! The object server as an MCP handler: from a call to the bucket and back.
//! Knows nothing of files.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorData, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::Value;

use super::bucket::Bucket;
use super::code::S3Code;
use super::etag::Condition;
use super::key::Key;
use super::list::Range;
use super::options::{S3Options, URL_EXAMPLE, URL_VARIABLE};
use super::tools;
use crate::arguments::{Arguments, BadArgument};
use crate::blocking::{CommitGate, Turns};
use crate::bounds::STORAGE_TIME;
use crate::{ServeError, answer, tool};

/// The object server.
#[derive(Clone)]
pub struct S3Handler {
    bucket: Bucket,
    turns: Turns,
}

type Outcome = Result<Value, S3Code>;
type Work = Box<dyn FnOnce(CommitGate) -> Outcome + Send>;

impl S3Handler {
    pub(super) fn new(options: &S3Options) -> Result<Self, ServeError> {
        let url = options.url.as_str();
        if url.starts_with("s3://") {
            return Err(ServeError::NotBuiltIn("s3://", "file:PATH"));
        }
        let path = url
            .strip_prefix("file:")
            .filter(|path| !path.is_empty())
            .ok_or(ServeError::UnknownForm(URL_VARIABLE, URL_EXAMPLE))?;
        let bucket = Bucket::at(Path::new(path), options.stepwise)
            .map_err(|_reason| ServeError::Unusable(URL_VARIABLE))?;
        Ok(Self {
            bucket,
            turns: Turns::default(),
        })
    }

    async fn dispatch(&self, name: &str, arguments: Arguments) -> Outcome {
        let work = self.work(name, arguments)?;
        let time: Duration = STORAGE_TIME;
        self.turns.run(time, work).await?
    }

    /// Reads the arguments of a call; what comes back does it.
    fn work(&self, name: &str, mut arguments: Arguments) -> Result<Work, S3Code> {
        let bucket = self.bucket.clone();
        if name == "list_objects" {
            let range = Range {
                prefix: arguments.text_if_any("prefix")?.unwrap_or_default(),
                after: arguments.text_if_any("after")?.unwrap_or_default(),
                limit: arguments.count_if_any("limit")?,
            };
            arguments.finish()?;
            if range.limit == Some(0) {
                return Err(S3Code::BadArgument);
            }
            return Ok(Box::new(move |_| bucket.list(range)));
        }
        let key = arguments.text("key")?;
        let work: Work = match name {
            "head_object" => Box::new(move |_| bucket.head(&Key::parse(&key)?)),
            "get_object" => Box::new(move |_| bucket.get(&Key::parse(&key)?)),
            "put_object" => {
                let bytes = body(&mut arguments)?;
                let condition = condition(&mut arguments, true)?;
                Box::new(move |gate| bucket.put(&Key::parse(&key)?, &bytes, &condition, &gate))
            }
            "copy_object" => {
                let source = arguments.text("source")?;
                let source_if_match = arguments.text_if_any("source_if_match")?;
                let condition = condition(&mut arguments, true)?;
                Box::new(move |gate| {
                    let source = Key::parse(&source)?;
                    let source = (&source, source_if_match);
                    bucket.copy(source, &Key::parse(&key)?, &condition, &gate)
                })
            }
            "delete_object" => {
                let condition = condition(&mut arguments, false)?;
                Box::new(move |gate| bucket.delete(&Key::parse(&key)?, &condition, &gate))
            }
            _ => return Err(S3Code::BadArgument),
        };
        arguments.finish()?;
        Ok(work)
    }
}

fn condition(arguments: &mut Arguments, with_none: bool) -> Result<Condition, BadArgument> {
    Ok(Condition {
        if_match: arguments.text_if_any("if_match")?,
        if_none_match: if with_none {
            arguments.text_if_any("if_none_match")?
        } else {
            None
        },
    })
}

fn body(arguments: &mut Arguments) -> Result<Vec<u8>, BadArgument> {
    let body = arguments.text("body")?;
    match arguments.text_if_any("encoding")?.as_deref() {
        None | Some("utf-8") => Ok(body.into_bytes()),
        Some("base64") => STANDARD.decode(body).map_err(|_| BadArgument),
        Some(_) => Err(BadArgument),
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
