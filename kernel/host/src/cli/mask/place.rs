//! Which names may be shown where a find stands.
//! Knows nothing of values.

use aegis_core::egress::shape_of;
use aegis_core::json::Pointer;

/// Whether a name may be shown: the name of a field, not somebody's.
pub(super) fn is_field(name: &str) -> bool {
    shape_of(&Pointer::root().child(name)) == format!("/{name}")
}
