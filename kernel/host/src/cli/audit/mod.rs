//! stand-in. Knows nothing.
#[derive(Debug, clap::Args)]
pub struct AuditCommand {}
pub fn run(_: AuditCommand) -> u8 {
    0
}
