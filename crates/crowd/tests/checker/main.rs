//! The checker itself: each rule on the smallest history that breaks just it, and any single lie in a faithful one.

// All of this is a test; clippy sees only that some functions are not marked as one.
#![allow(clippy::unwrap_used)]

mod faithful;
mod lies;
mod rules;
