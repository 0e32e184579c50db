//! The targets, one function each. They live with the tests, which replay what the fuzzer found.

#[path = "../../tests/suite/fuzz/targets.rs"]
mod targets;

pub use targets::*;
