//! Interceptors: opaque arguments in, facts out.
//! Knows nothing of policy: it says what a call would do, never whether it may.

pub mod sql;
