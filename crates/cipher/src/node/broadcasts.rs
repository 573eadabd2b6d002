//! Broadcasts: one listener for each route this node handles, its messages one after another.

use std::sync::Arc;

use crate::envelope;
use crate::exchange::Tap;
use crate::message::Kind;
use crate::node::core::Core;
use crate::node::routes::{Arrived, Outcome};
use crate::ring::Next;

/// Handles the broadcasts of one route, or those nobody else handles when `only` is `None`, until the node stops. A failure is logged; at most once means no second try.
pub(crate) async fn run(core: Arc<Core>, only: Option<String>, tap: Tap) {
    let place = only.as_deref().unwrap_or("*");
    while let Some(Some(next)) = core.stop.run_until_cancelled(tap.next()).await {
        let Next::Item(body) = next else {
            tracing::warn!(cipher.route = %place, "broadcasts may have been missed");
            continue;
        };
        let envelope = match envelope::read(&body) {
            Ok(envelope) => envelope,
            Err(error) => {
                core.malformed("broadcast", place, &error);
                continue;
            }
        };
        let route = match &only {
            Some(route) => route.clone(),
            None => match envelope.route(&core.config.ns) {
                Some(route) if !core.routes.has(route) => route.to_owned(),
                _ => continue,
            },
        };
        metrics::counter!("cipher_received_total", "kind" => "broadcast").increment(1);
        let Some(handler) = core.routes.message_handler(&route) else { continue };
        let origin = envelope.origin.clone();
        let arrived = Arrived { kind: Kind::Broadcast, envelope, route: route.clone(), attempt: 1 };
        let outcome = handler(arrived).await;
        core.count_handled();
        if let Outcome::Failed(why) | Outcome::Malformed(why) = outcome {
            metrics::counter!("cipher_dropped_total", "why" => "handler_failed").increment(1);
            tracing::warn!(cipher.route = %route, cipher.origin = %origin, error = %why, "a broadcast's handler failed");
        }
    }
}
