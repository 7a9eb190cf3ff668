//! stub

pub mod cli;
