//! The six verbs that pass, as rmcp's typed requests.
//! Knows nothing of arguments: a call's are put aside before rmcp sees it.

use aegis_core::json::{Json, Object};
use aegis_core::limits::ARGUMENT_BYTES_MAX;
use aegis_core::round::Continuation;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientRequest, DiscoverRequest, GetMeta,
    InitializeRequest, InitializeRequestParams, ListToolsRequest, PingRequest, ProtocolVersion,
    RequestMetaObject, SubscriptionFilter, SubscriptionsListenRequest,
    SubscriptionsListenRequestParams,
};

use super::in_flight::Era;
use super::refused::{INVALID_PARAMS, METHOD_NOT_FOUND, Refused};
use crate::handshake;
use crate::wire::Id;

/// Verbs of MCP that have no gates of their own yet. Anything else is no verb at all.
const REFUSED_VERBS: &[&str] = &[
    "completion/complete",
    "elicitation/create",
    "logging/setLevel",
    "prompts/get",
    "prompts/list",
    "resources/directory/read",
    "resources/list",
    "resources/read",
    "resources/subscribe",
    "resources/templates/list",
    "resources/unsubscribe",
    "roots/list",
    "sampling/createMessage",
    "skills/get",
    "skills/list",
    "tasks/cancel",
    "tasks/get",
    "tasks/list",
    "tasks/result",
    "tasks/update",
];

/// Longest state that is looked at, in bytes; the kernel's own are shorter.
const STATE_BYTES_MAX: usize = 1_024;

/// `_meta` keys that belong to this hop; all others end here.
const HOP_META: &[&str] = &[
    "io.modelcontextprotocol/protocolVersion",
    "io.modelcontextprotocol/clientInfo",
    "io.modelcontextprotocol/clientCapabilities",
];

/// A call's tool and exact arguments, put aside while rmcp checks the envelope.
#[derive(Debug)]
pub(super) struct Stashed {
    pub(super) tool: String,
    pub(super) arguments: Json,
    /// Under which token the agent wants to hear of progress.
    pub(super) progress: Option<Id>,
    /// Whether the agent can be asked back by a form.
    pub(super) can_be_asked: bool,
    /// What it brings back, where this is a further round.
    pub(super) continued: Option<Continuation>,
}

/// A request that may reach rmcp.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) typed: ClientRequest,
    pub(super) stashed: Option<Stashed>,
}

impl Request {
    /// Reads the parameters of one of the verbs that pass.
    ///
    /// # Errors
    /// Every other verb, and parameters that are not the verb's.
    pub(super) fn read(id: &Id, method: &str, params: Object) -> Result<Self, Refused> {
        let meta = read_meta(id, params.get("_meta"))?;
        let mut stashed = None;
        let mut typed = match method {
            // A request that states its version is of the newer era, which has neither handshake nor ping.
            "initialize" if meta.protocol_version() == Some(ProtocolVersion::V_2026_07_28) => {
                return Err(unserved(id, method));
            }
            "initialize" => initialize(id, params)?,
            "server/discover" => ClientRequest::DiscoverRequest(DiscoverRequest::default()),
            "ping" if meta.protocol_version() == Some(ProtocolVersion::V_2026_07_28) => {
                return Err(unserved(id, method));
            }
            "ping" => ClientRequest::PingRequest(PingRequest::default()),
            "tools/list" if params.get("cursor").is_some() => {
                return Err(bad_params(id, "`cursor` was not given by this server"));
            }
            "tools/list" => ClientRequest::ListToolsRequest(ListToolsRequest::default()),
            "tools/call" => {
                let call = read_call(id, params, &meta)?;
                let envelope = CallToolRequestParams::new(call.tool.clone());
                stashed = Some(call);
                ClientRequest::CallToolRequest(CallToolRequest::new(envelope))
            }
            "subscriptions/listen" => listen(id, &params)?,
            _ => return Err(unserved(id, method)),
        };
        *typed.get_meta_mut() = meta;
        Ok(Self { typed, stashed })
    }

    /// Whether this request opens a connection without a handshake (2026-07-28): rmcp's own condition.
    pub(super) fn is_self_contained(&self) -> bool {
        let meta = self.typed.get_meta();
        let probe = matches!(
            self.typed,
            ClientRequest::DiscoverRequest(_) | ClientRequest::PingRequest(_)
        );
        !probe
            && meta
                .protocol_version()
                .is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
            && meta
                .missing_required_keys(&ProtocolVersion::V_2026_07_28)
                .is_empty()
    }

    /// Whether this is a call that rmcp would let through as it is, on a connection that it has opened.
    pub(super) fn is_plain_call(&self, era: Era) -> bool {
        self.stashed.is_some()
            && match era {
                Era::Older => self.typed.get_meta().protocol_version().is_none(),
                Era::Newer => self.is_self_contained(),
            }
    }

    /// The older version that this request states of itself, if it does: none of them is stated by requests.
    pub(super) fn outdated(&self) -> Option<ProtocolVersion> {
        let stated = self.typed.get_meta().protocol_version()?;
        handshake::begins(stated.as_str()).then_some(stated)
    }

    /// Whether this request stays open until who asked wants it no more.
    pub(super) fn stays_open(&self) -> bool {
        matches!(self.typed, ClientRequest::SubscriptionsListenRequest(_))
    }

    /// Whether this request opens a connection by handshake.
    pub(super) fn is_handshake(&self) -> bool {
        matches!(self.typed, ClientRequest::InitializeRequest(_))
    }
}

fn initialize(id: &Id, params: Object) -> Result<ClientRequest, Refused> {
    let params: InitializeRequestParams = serde_json::from_str(&params.to_string())
        .map_err(|_| bad_params(id, "these are not the parameters of `initialize`"))?;
    Ok(ClientRequest::InitializeRequest(InitializeRequest::new(
        params,
    )))
}

/// What the agent wants to hear of. Of all that the protocol knows only the list of tools exists here; what else is
/// asked for is left out of what is acknowledged.
fn listen(id: &Id, params: &Object) -> Result<ClientRequest, Refused> {
    let Some(Json::Object(wanted)) = params.get("notifications") else {
        return Err(bad_params(id, "`notifications` must be an object"));
    };
    let filter = match wanted.get("toolsListChanged") {
        None | Some(Json::Bool(false)) => SubscriptionFilter::new(),
        Some(Json::Bool(true)) => SubscriptionFilter::builder().tools_list_changed().build(),
        Some(_) => return Err(bad_params(id, "`toolsListChanged` must be true or false")),
    };
    Ok(ClientRequest::SubscriptionsListenRequest(
        SubscriptionsListenRequest::new(SubscriptionsListenRequestParams::new(filter)),
    ))
}

fn read_call(id: &Id, mut params: Object, meta: &RequestMetaObject) -> Result<Stashed, Refused> {
    let token = params
        .get("_meta")
        .and_then(|meta| meta.get("progressToken"));
    let progress = match token.map(Id::from_json) {
        None => None,
        Some(Some(token)) => Some(token),
        Some(None) => {
            let message = "`progressToken` must be a short string or an integer of 64 bits";
            return Err(bad_params(id, message));
        }
    };
    let Some(Json::String(tool)) = params.remove("name") else {
        return Err(bad_params(id, "`name` must be a string"));
    };
    let arguments = params
        .remove("arguments")
        .unwrap_or_else(|| Json::Object(Object::new()));
    params.remove("_meta");
    let newer = meta.protocol_version() == Some(ProtocolVersion::V_2026_07_28);
    let continued = read_continuation(id, &mut params, newer)?;
    if params.is_empty() {
        return Ok(Stashed {
            tool,
            arguments,
            progress,
            can_be_asked: newer && can_be_asked(meta),
            continued,
        });
    }
    // Tasks would act on state that no gate has seen.
    Err(bad_params(
        id,
        "`tools/call` takes `name`, `arguments` and `_meta`, and in a further round of 2026-07-28 `requestState` and `inputResponses`",
    ))
}

/// What an agent brings back for a further round, which only the newer era has. Answers without a state are
/// answers to nothing: the kernel gives a state with every question.
fn read_continuation(
    id: &Id,
    params: &mut Object,
    newer: bool,
) -> Result<Option<Continuation>, Refused> {
    if !newer {
        return Ok(None); // what is left over is refused
    }
    let state = params.remove("requestState");
    let responses = params.remove("inputResponses");
    if state.is_none() && responses.is_none() {
        return Ok(None);
    }
    let state = match state {
        None => String::new(),
        Some(Json::String(state)) if state.len() <= STATE_BYTES_MAX => state,
        Some(_) => return Err(bad_params(id, "`requestState` is none of this kernel's")),
    };
    let responses = match responses {
        None => Object::new(),
        Some(Json::Object(responses)) => responses,
        Some(_) => return Err(bad_params(id, "`inputResponses` must be an object")),
    };
    if Json::Object(responses.clone()).written_len() > ARGUMENT_BYTES_MAX {
        return Err(bad_params(id, "`inputResponses` are larger than the bound"));
    }
    Ok(Some(Continuation { state, responses }))
}

/// Whether the agent says that it shows forms: `elicitation` without more means them.
fn can_be_asked(meta: &RequestMetaObject) -> bool {
    let capabilities = meta.0.0.get("io.modelcontextprotocol/clientCapabilities");
    let elicitation = capabilities.and_then(|all| all.get("elicitation")?.as_object());
    elicitation.is_some_and(|modes| modes.is_empty() || modes.contains_key("form"))
}

fn read_meta(id: &Id, meta: Option<&Json>) -> Result<RequestMetaObject, Refused> {
    let mut read = RequestMetaObject::new();
    let meta = match meta {
        None => return Ok(read),
        Some(Json::Object(meta)) => meta,
        Some(_) => return Err(bad_params(id, "`_meta` must be an object")),
    };
    for (key, value) in meta.iter().filter(|(key, _)| HOP_META.contains(key)) {
        let value = serde_json::from_str(&value.to_string())
            .map_err(|_| bad_params(id, "`_meta` could not be read"))?;
        read.0.0.insert(key.to_owned(), value);
    }
    Ok(read)
}

fn unserved(id: &Id, method: &str) -> Refused {
    let id = Some(id.clone());
    if let Some(verb) = REFUSED_VERBS.iter().find(|verb| **verb == method) {
        let message = format!("`{verb}` is refused by the kernel: only tools are mediated");
        return Refused::answered("kernel.verb-refused", id, METHOD_NOT_FOUND, message);
    }
    let message = "this method is not known to the kernel";
    Refused::answered("wire.unknown-method", id, METHOD_NOT_FOUND, message)
}

fn bad_params(id: &Id, message: &'static str) -> Refused {
    Refused::answered("wire.bad-params", Some(id.clone()), INVALID_PARAMS, message)
}
