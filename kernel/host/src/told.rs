//! What is told on stderr, to whoever still reads it.
//! Knows nothing of what is told.

/// As `crate::told::tell!`; where nobody reads stderr any more, which would be a panic there, nothing is told.
macro_rules! tell {
    ($($told:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($told)*);
    }};
}

pub(crate) use tell;
