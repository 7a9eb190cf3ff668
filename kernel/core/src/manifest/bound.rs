//! A call that names a declared tool with declared arguments.
//! Knows nothing of what the arguments say.

use std::sync::Arc;

use super::{System, Tool};
use crate::call::Call;

/// A call bound to its tool; made by [`super::Manifests::bind`] alone.
#[derive(Debug)]
#[must_use]
pub struct Bound {
    call: Call,
    system: Arc<System>,
    tool: Arc<Tool>,
}

impl Bound {
    pub(super) fn new(call: Call, system: Arc<System>, tool: Arc<Tool>) -> Self {
        Self { call, system, tool }
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The system that the tool belongs to.
    #[must_use]
    pub fn system(&self) -> &Arc<System> {
        &self.system
    }

    /// The tool.
    #[must_use]
    pub fn tool(&self) -> &Arc<Tool> {
        &self.tool
    }

    pub(crate) fn into_call(self) -> Call {
        self.call
    }
}
