//! Redis as operators deploy it: a cluster, a server that sentinels watch, a server that speaks TLS.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod cluster;
mod sentinel;
#[path = "../support/mod.rs"]
mod support;
mod tls;
