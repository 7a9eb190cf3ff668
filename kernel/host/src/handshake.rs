//! Which versions of MCP begin by a handshake.
//! Knows nothing of who speaks them.

use rmcp::model::ProtocolVersion;

const VERSIONS: [ProtocolVersion; 4] = [
    ProtocolVersion::V_2024_11_05,
    ProtocolVersion::V_2025_03_26,
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
];

/// Whether this is one of them.
pub(crate) fn begins(version: &str) -> bool {
    VERSIONS.iter().any(|known| known.as_str() == version)
}
