//! The life of one call. Read this file first.
//! Knows nothing of rules, wires or files: it only joins the gates in their order.
