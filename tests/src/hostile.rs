//! A kernel's configuration before `aegis-hostile`, the downstream that misbehaves on request.
//! Knows nothing of what is asked of it.

use std::path::Path;

use crate::aegis;

/// Everything that the manifests here declare, for the one agent.
const POLICY: &str = r#"
[[grant]]
id = "all"
principal = "agent"
capabilities = ["h:say"]
"#;

/// Writes `aegis.toml` with one downstream `h`, with this manifest and in this mode, all of whose tools say `h:say`.
pub fn before_hostile(folder: &Path, manifest: &str, mode: &str) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("manifest.toml", manifest);
    write("policy.toml", POLICY);
    let hostile = aegis().with_file_name("aegis-hostile");
    write(
        "aegis.toml",
        &format!(
            "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\nstate = \".aegis/state.db\"\n[audit]\ndir = \".aegis/audit\"\n\
             [south.h]\nmanifest = \"manifest.toml\"\ncommand = [{:?}, {mode:?}]\n",
            hostile.display().to_string()
        ),
    );
}
