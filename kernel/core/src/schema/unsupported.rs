//! What a schema demands that is not judged here.
//! Knows nothing of values.

/// A place of a schema that cannot be judged, so that the schema cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// A JSON pointer into the schema. It holds names of the schema's author.
    pub pointer: String,
    /// What is not supported there.
    pub why: String,
}
