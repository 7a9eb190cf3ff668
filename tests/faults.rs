//! What goes wrong outside the kernel: killed processes, hostile downstreams, full disks. Nothing unrecorded is done.
//! Knows nothing of the kernel's insides: it reads the log, the database and the process table.

#[path = "faults/children.rs"]
mod children;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/hostile.rs"]
mod hostile;
#[path = "faults/kills.rs"]
mod kills;
#[path = "faults/kit.rs"]
mod kit;
