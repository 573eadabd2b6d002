//! A small crowd: what it measures, on the park in one process and on two gateways, and what it says when it cannot.
//!
//! Needs the park and its services built (cargo build --workspace).

// All of this is a test; clippy sees only that some functions are not marked as one.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod park;
mod runs;
