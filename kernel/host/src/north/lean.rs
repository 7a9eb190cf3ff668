//! What rmcp moves for each request, made small.
//! Knows nothing of requests.
//!
//! rmcp keeps in each request's task a place for the largest of all requests, and a task is moved several times before
//! it first runs and after it has ended. Here it is told where that place is.

use std::borrow::Cow;
use std::future::Future;

use rmcp::model::{ClientNotification, ClientRequest, ProtocolVersion, ServerConfig, ServerResult};
use rmcp::service::{NotificationContext, RequestContext, Service};
use rmcp::{ErrorData, RoleServer};

/// A service whose work stands in a place of its own.
pub(super) struct Lean<S>(pub(super) S);

impl<S: Service<RoleServer>> Service<RoleServer> for Lean<S> {
    fn handle_request(
        &self,
        request: ClientRequest,
        context: RequestContext<RoleServer>,
    ) -> impl Future<Output = Result<ServerResult, ErrorData>> + Send + '_ {
        Box::pin(self.0.handle_request(request, context))
    }

    fn handle_notification(
        &self,
        notification: ClientNotification,
        context: NotificationContext<RoleServer>,
    ) -> impl Future<Output = Result<(), ErrorData>> + Send + '_ {
        self.0.handle_notification(notification, context)
    }

    fn get_info(&self) -> ServerConfig {
        self.0.get_info()
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        self.0.supported_protocol_versions()
    }
}
