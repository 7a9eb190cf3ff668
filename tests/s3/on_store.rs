//! What only a store can do: fail, lie, and have conditions of its own.
//! Knows nothing of how the server keeps its promises.
