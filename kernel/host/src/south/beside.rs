//! What goes to a child beside a tool's name and its arguments.
//! Knows nothing of how it is written.

use aegis_core::json::Object;

use crate::rounds::Resumed;

/// What goes to a child beside a tool's name and its arguments.
#[derive(Clone, Default)]
pub(super) struct Beside {
    /// The kernel's own `_meta`.
    pub(super) meta: Object,
    /// Whether it is told that it may ask back.
    pub(super) may_ask: bool,
    /// What an agent brought back in a further round.
    pub(super) resumed: Option<Resumed>,
}
