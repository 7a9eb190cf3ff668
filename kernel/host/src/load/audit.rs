//! `[audit]`: where the log is, when it is signed.
//! Knows nothing of keys beyond whether a text is one.

use std::path::Path;

use aegis_core::audit::{KeyUse, VerifierKey};
use aegis_core::source::Section;

use super::config::place;
use crate::capture::{CAPTURES, CapturePublic, Capturing};
use crate::config::{AnchorConfig, AuditConfig, CheckpointConfig};

/// Longest that a record may wait for its checkpoint, in seconds.
const SECONDS_MAX: u64 = 3_600;
/// How long an anchor may take, unless it says otherwise, in milliseconds.
const TIMEOUT_MS: u64 = 10_000;
/// The shortest time between two checkpoints that an anchor is shown, unless it says otherwise, in milliseconds.
const EVERY_MS: u64 = 10_000;
/// Most anchors.
const ANCHORS_MAX: usize = 16;
/// Longest name of one, in bytes.
const NAME_BYTES_MAX: usize = 32;

/// A log in its usual place.
pub(super) fn default(base: &Path) -> AuditConfig {
    AuditConfig {
        dir: base.join(".aegis/audit"),
        sync: true,
        checkpoints: CheckpointConfig::default(),
        capture: None,
    }
}

/// Reads the section, where there is one.
pub(super) fn read(root: &mut Section<'_>, base: &Path) -> AuditConfig {
    let Some(mut section) = root.section("audit") else {
        return default(base);
    };
    let checkpoints = checkpoints(&mut section);
    let dir = place(&mut section, "dir", base, ".aegis/audit");
    AuditConfig {
        capture: capture(&mut section, base, &dir),
        dir,
        sync: section.flag("sync").unwrap_or(true),
        checkpoints,
    }
}

/// The values of calls are captured where there is a section that says for whose eyes.
fn capture(audit: &mut Section<'_>, base: &Path, log: &Path) -> Option<Capturing> {
    let mut section = audit.section("capture")?;
    section.require("key");
    let form = "the public key that `aegis audit capture keygen` prints, `aegis-capture+id+base64`";
    let key = section.parsed("key", form, CapturePublic::parse);
    let dir = match section.has("dir") {
        true => place(&mut section, "dir", base, ""),
        false => log.join(CAPTURES),
    };
    Some(Capturing {
        key: key?.into_inner(),
        dir,
    })
}

fn checkpoints(audit: &mut Section<'_>) -> CheckpointConfig {
    let mut read = CheckpointConfig {
        required: audit.has("checkpoints") || audit.has("anchor"),
        ..CheckpointConfig::default()
    };
    if let Some(mut section) = audit.section("checkpoints") {
        (read.seconds, read.records) = cadence(&mut section);
    }
    let form = "a time like `30s`, `10m` or `1h`";
    let within = audit.parsed("required_within", form, milliseconds);
    let mut sections = audit.sections("anchor");
    for section in &mut sections {
        let anchor = anchor(section);
        if let Some(anchor) = anchor {
            let twice = read.anchors.iter().any(|other| other.name == anchor.name);
            if twice || read.anchors.len() == ANCHORS_MAX {
                section.problem(
                    0..0,
                    "an anchor of this name, or too many of them",
                    "give each a name of its own, at most 16",
                );
            }
            read.anchors.push(anchor);
        }
    }
    drop(sections);
    if let Some(within) = within {
        let slowest = read.anchors.iter().map(|anchor| anchor.every_ms).min();
        if slowest.is_none_or(|every| every >= *within.get_ref()) {
            audit.problem(
                within.span(),
                "no anchor is shown checkpoints as often as this demands",
                "add an `[[audit.anchor]]` whose `every` is shorter than `required_within`",
            );
        }
        read.required_within_ms = Some(within.into_inner());
    }
    read
}

/// How often checkpoints are signed: at most so many seconds and records wait.
fn cadence(section: &mut Section<'_>) -> (Option<u64>, Option<u64>) {
    let seconds = section.count("seconds");
    if let Some(seconds) = &seconds
        && !(1..=SECONDS_MAX).contains(seconds.get_ref())
    {
        let fix = "give 1 to 3600 seconds";
        section.problem(
            seconds.span(),
            "a record would never be signed in time",
            fix,
        );
    }
    let records = section.count("records");
    if let Some(records) = &records
        && *records.get_ref() == 0
    {
        let fix = "give 1 or more records";
        section.problem(records.span(), "no records never wait", fix);
    }
    let plain = |number: toml::Spanned<u64>| number.into_inner();
    (seconds.map(plain), records.map(plain))
}

fn anchor(section: &mut Section<'_>) -> Option<AnchorConfig> {
    section.require("name");
    section.require("command");
    let form = "1 to 32 of `a-z 0-9 -`";
    let name = section.parsed("name", form, |text| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let short = (1..=NAME_BYTES_MAX).contains(&text.len());
        (short && text.bytes().all(fits)).then(|| text.to_owned())
    });
    let command = section.words("command");
    if command
        .as_ref()
        .is_some_and(|words| words.first().is_none_or(String::is_empty))
    {
        section.problem(
            0..0,
            "an empty command",
            "name a program and its arguments, each a text of its own",
        );
    }
    let form = "a time like `30s`, `10m` or `1h`";
    let timeout = section.parsed("timeout", form, milliseconds);
    let every = section.parsed("every", form, milliseconds);
    let form = "a witness' verifier key, `name+id+base64` of a cosigner";
    let witness = section.parsed("witness", form, |text| {
        VerifierKey::parse(text).filter(|key| key.usage() == KeyUse::Cosignature)
    });
    let env = section.pairs("env").into_iter();
    Some(AnchorConfig {
        env: env
            .map(|(name, value)| (name.into_inner(), value.into_inner()))
            .collect(),
        name: name?.into_inner(),
        command: command?,
        timeout_ms: timeout.map_or(TIMEOUT_MS, |ms| ms.into_inner()),
        every_ms: every.map_or(EVERY_MS, |ms| ms.into_inner()),
        witness: witness.map(|key| key.into_inner()),
    })
}

/// `30s`, `10m`, `1h`; at least a second, at most a day.
fn milliseconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    let plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = plain.then(|| number.parse().ok())??;
    let ms = number.checked_mul(seconds)?.checked_mul(1_000)?;
    (1_000..=86_400_000).contains(&ms).then_some(ms)
}
