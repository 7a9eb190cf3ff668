//! What becomes of downstreams that go wrong, and of all their processes, before a whole kernel: on real processes alone.
//! Knows nothing of the kernel's insides: it reads answers, the log, what is told, and the process table.

mod circuit;
mod ends;
mod kit;
mod leaks;
mod moments;
mod room;
mod sandbox;
