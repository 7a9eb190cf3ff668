//! What is told on stderr, to whoever still reads it.
//! Knows nothing of what is told.

/// As `crate::told::tell!`; where nobody reads stderr any more, which would be a panic there, nothing is told.
macro_rules! tell {
    ($($told:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($told)*);
    }};
}

/// The same, but from one place once: for what may come with every call, since whoever leaves stderr unread would hold
/// up all that is told there.
macro_rules! tell_once {
    ($($told:tt)*) => {{
        static TOLD: std::sync::Once = std::sync::Once::new();
        TOLD.call_once(|| crate::told::tell!($($told)*));
    }};
}

pub(crate) use {tell, tell_once};
