//! Broadcasts: one listener for each route this node handles, its messages one after another.

use std::sync::Arc;

use crate::envelope;
use crate::exchange::Tap;
use crate::node::core::Core;
use crate::node::routes::Outcome;
use crate::ring::Next;

/// Handles the broadcasts of one route until the node stops. A failure is logged; at most once means no second try.
pub(crate) async fn run(core: Arc<Core>, route: String, tap: Tap) {
    while let Some(Some(next)) = core.stop.run_until_cancelled(tap.next()).await {
        let Next::Item(body) = next else {
            tracing::warn!(cipher.route = %route, "broadcasts may have been missed");
            continue;
        };
        metrics::counter!("cipher_received_total", "kind" => "broadcast").increment(1);
        let envelope = match envelope::read(&body) {
            Ok(envelope) => envelope,
            Err(error) => {
                core.malformed("broadcast", &route, &error);
                continue;
            }
        };
        let Some(handler) = core.routes.message_handler(&route) else { continue };
        let origin = envelope.origin.clone();
        if let Outcome::Failed(why) | Outcome::Malformed(why) = handler(envelope, route.clone(), 1).await {
            metrics::counter!("cipher_dropped_total", "why" => "handler_failed").increment(1);
            tracing::warn!(cipher.route = %route, cipher.origin = %origin, error = %why, "a broadcast's handler failed");
        }
    }
}
