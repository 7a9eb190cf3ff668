//! `[audit]`: where the log is, when it is signed.
//! Knows nothing of keys.

use std::path::Path;

use aegis_core::source::Section;

use super::config::place;
use crate::config::{AuditConfig, CheckpointConfig};

/// Longest that a record may wait for its checkpoint, in seconds.
const SECONDS_MAX: u64 = 3_600;

/// A log in its usual place.
pub(super) fn default(base: &Path) -> AuditConfig {
    AuditConfig {
        dir: base.join(".aegis/audit"),
        sync: true,
        checkpoints: CheckpointConfig::default(),
    }
}

/// Reads the section, where there is one.
pub(super) fn read(root: &mut Section<'_>, base: &Path) -> AuditConfig {
    let Some(mut section) = root.section("audit") else {
        return default(base);
    };
    let checkpoints = section
        .has("checkpoints")
        .then(|| checkpoints(&mut section));
    AuditConfig {
        dir: place(&mut section, "dir", base, ".aegis/audit"),
        sync: section.flag("sync").unwrap_or(true),
        checkpoints: checkpoints.unwrap_or_default(),
    }
}

fn checkpoints(audit: &mut Section<'_>) -> CheckpointConfig {
    let mut read = CheckpointConfig {
        required: true,
        ..CheckpointConfig::default()
    };
    let Some(mut section) = audit.section("checkpoints") else {
        return read;
    };
    if let Some(seconds) = section.count("seconds") {
        if seconds.get_ref() == &0 || *seconds.get_ref() > SECONDS_MAX {
            section.problem(
                seconds.span(),
                "a record would never be signed in time",
                "give 1 to 3600 seconds",
            );
        }
        read.seconds = Some(seconds.into_inner());
    }
    if let Some(records) = section.count("records") {
        if records.get_ref() == &0 {
            section.problem(
                records.span(),
                "no records never wait",
                "give 1 or more records",
            );
        }
        read.records = Some(records.into_inner());
    }
    read
}
