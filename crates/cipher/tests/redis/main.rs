//! What is particular to Redis: the bytes on the wire, outages, wipes, and mistakes of configuration.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod backlog;
mod cuts;
mod full;
mod joining;
mod remains;
mod restarts;
#[path = "../support/mod.rs"]
mod support;
mod wire;
