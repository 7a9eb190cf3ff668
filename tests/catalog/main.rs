//! The catalogue that decisions are made with: its digest, its freshness, the labels that copies carry.
//! Knows nothing of the kernel's insides.

mod copies;
mod file;
mod foreign;
mod kit;
mod promotion;
mod text;
