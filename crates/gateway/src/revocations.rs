//! Closing the sockets of sessions that ended: told by broadcast at once, and asked for so that none is missed.

use crate::session::Sessions;
use cipher::{Node, To};
use protocol::link::{RevokedAsked, RevokedSince, ns, route};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two questions (ARCHITECTURE.md, invariant 8).
const EVERY: Duration = Duration::from_secs(2);
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Before the first answer.
const UNKNOWN: i64 = -1;

/// Asks any web server for the revocations since the last known one, until `stop`.
pub async fn follow(node: Node, sessions: Arc<Sessions>, stop: CancellationToken) {
    let known = AtomicI64::new(UNKNOWN);
    loop {
        let since = Some(known.load(Ordering::Relaxed)).filter(|number| *number != UNKNOWN);
        let asked = RevokedAsked { since };
        match node.request::<_, RevokedSince>(To::any(ns::WEB), route::REVOKED_SINCE, &asked, PATIENCE).await
        {
            Ok(answer) => {
                for revoked in &answer.revoked {
                    sessions.revoke(revoked.account, revoked.session);
                }
                let last = answer.revoked.last().map_or(answer.latest, |revoked| revoked.number);
                known.store(last, Ordering::Relaxed);
            }
            Err(error) => tracing::debug!(%error, "no web server tells the revocations"),
        }
        if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return;
        }
    }
}
