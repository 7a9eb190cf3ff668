//! stand-in. Knows nothing.
#[derive(Debug, clap::Args)]
pub(super) struct AuditCommand {}
pub(super) fn run(_: AuditCommand) -> u8 {
    0
}
