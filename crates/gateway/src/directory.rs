//! The list of rooms, for every socket: what the workers publish, merged and passed on once a second.

use crate::session::{Sessions, to_text};
use axum::extract::ws::Utf8Bytes;
use cipher::{Delivery, Node};
use protocol::link::{Directory, topic};
use protocol::socket::ToClient;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// After the subscription could not be made.
const RETRY: Duration = Duration::from_secs(1);

/// Passes changes of the list of rooms on to all sockets until `stop`. Full lists repeat what is known: they are for those
/// who start, and browsers fetch the list once themselves.
pub async fn forward(node: Node, sessions: Arc<Sessions>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match node.subscribe(topic::DIRECTORY).await {
            Ok(mut subscription) => {
                while let Some(Some(delivery)) = stop.run_until_cancelled(subscription.next()).await {
                    if let Delivery::Message { payload, .. } = delivery {
                        pass_on(&payload, &sessions);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the list of rooms cannot be followed yet");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

fn pass_on(payload: &[u8], sessions: &Sessions) {
    match serde_json::from_slice::<Directory>(payload) {
        Ok(told) if !told.full => {
            let frame = Utf8Bytes::from(to_text(&ToClient::Rooms { rooms: told.rooms }));
            for session in sessions.all() {
                session.outbox.text(frame.clone());
            }
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "a list of rooms was not understood"),
    }
}
