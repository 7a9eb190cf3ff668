//! Lists the declared datasets.
//! Knows nothing of their content.

use aegis_core::egress::Sealed;
use aegis_core::json::Json;
use aegis_core::manifest::{Dataset, Manifests};

use super::result;
use crate::journal::Warrant;

/// `{datasets: [{dataset, source, target, checks}]}`, by system and in the order of the manifest.
pub(super) fn list(manifests: &Manifests, warrant: Warrant) -> Sealed {
    let datasets = manifests.datasets().map(Dataset::to_json).collect();
    let structured = Json::object([("datasets", Json::Array(datasets))]);
    warrant.seal(result(structured), None)
}
