//! Keeps the memory of this process, where secrets are, from other processes and from disk.
//! Knows nothing of secrets.

use rustix::process::{Resource, Rlimit, setrlimit};

/// No core dump, here or in any child; and on Linux no other process of this user, an agent's shell or a
/// downstream among them, may attach or read `/proc/PID/environ` and `/proc/PID/mem`. A system that
/// refuses has no stronger means to offer, so this is no reason not to start.
pub(crate) fn raise() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
