//! Where the program's memory comes from: an allocator to which many small, short-lived blocks cost little.
//! Knows nothing of who asks.

use mimalloc::MiMalloc;

#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;
