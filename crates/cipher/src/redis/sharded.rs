//! Channels on a cluster: ours go through the one server of their slot, and so no further than they are heard.
//!
//! A cluster repeats a plain publish on every server, and tells the publisher only how many heard it on the one that it asked. What is
//! rapt-cipher's (broadcasts) stays plain, as such a peer hears nothing else. On one server everything is plain.

use bytes::Bytes;
use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike, ClusterInterface, PubsubInterface};
use fred::types::config::Options;
use fred::types::{ClusterHash, CustomCommand, Value};
use fred::util::redis_keyslot;

use crate::wire::{is_ours, is_pattern};

/// Whether a channel goes through the server of its slot.
fn is_sharded<C: ClientLike>(client: &C, channel: &str) -> bool {
    client.is_clustered() && is_ours(channel)
}

/// Publishes, and returns how many heard it; of a plain channel on a cluster only those on one server.
pub(super) async fn publish<C: PubsubInterface>(
    client: &C,
    channel: &str,
    body: Bytes,
) -> Result<i64, Error> {
    if is_sharded(client, channel) {
        client.spublish(channel, body).await
    } else {
        client.publish(channel, body).await
    }
}

/// Subscribes to these, channels and patterns, and returns once the server has confirmed it.
pub(super) async fn subscribe(client: &Client, channels: Vec<String>) -> Result<(), Error> {
    let (sharded, plain): (Vec<_>, Vec<_>) =
        channels.into_iter().partition(|channel| is_sharded(client, channel));
    let (patterns, channels): (Vec<_>, Vec<_>) = plain.into_iter().partition(|name| is_pattern(name));
    let any_plain = !(patterns.is_empty() && channels.is_empty());
    if any_plain {
        leave_elsewhere(client).await;
    }
    if !patterns.is_empty() {
        client.psubscribe(patterns).await?;
    }
    if !channels.is_empty() {
        client.subscribe(channels).await?;
    }
    for channel in sharded {
        // One by one: each has a slot of its own, and fred takes the first of several confirmations for the only one.
        client.ssubscribe(channel).await?;
    }
    if any_plain {
        confirm(client).await?;
    }
    Ok(())
}

/// Ends these subscriptions.
pub(super) async fn unsubscribe<C: PubsubInterface>(client: &C, channels: Vec<String>) -> Result<(), Error> {
    let (sharded, plain): (Vec<_>, Vec<_>) =
        channels.into_iter().partition(|channel| is_sharded(client, channel));
    let (patterns, channels): (Vec<_>, Vec<_>) = plain.into_iter().partition(|name| is_pattern(name));
    if !patterns.is_empty() {
        client.punsubscribe(patterns).await?;
    }
    if !channels.is_empty() {
        client.unsubscribe(channels).await?;
    }
    for channel in sharded {
        client.sunsubscribe(channel).await?;
    }
    Ok(())
}

/// fred does not wait for the server's word on a plain subscription; the reply to this comes after it on the same connection.
async fn confirm(client: &Client) -> Result<(), Error> {
    if !client.is_clustered() {
        return client.ping::<Value>(None).await.map(|_| ());
    }
    let ping = CustomCommand::new_static("PING", ClusterHash::Custom(plain_slot(client)), false);
    client.custom::<Value, Value>(ping, vec![]).await.map(|_| ())
}

/// On a cluster fred sends plain subscriptions to the server of the slot that the client's own id has.
fn plain_slot(client: &Client) -> u16 {
    redis_keyslot(client.id().as_bytes())
}

/// Ends the plain subscriptions at all servers but that one, where they were while it had another slot or was away: each of them
/// would repeat every broadcast.
async fn leave_elsewhere(client: &Client) {
    if !client.is_clustered() {
        return;
    }
    let Some(layout) = client.cached_cluster_state() else { return };
    let here = layout.get_server(plain_slot(client));
    let connected = client.active_connections();
    for server in layout.unique_primary_nodes() {
        if Some(&server) == here || !connected.contains(&server) {
            continue;
        }
        let there = Options { cluster_node: Some(server), max_attempts: Some(1), ..Options::default() };
        let there = client.with_options(&there);
        let left = async {
            there.unsubscribe(Vec::<String>::new()).await?;
            there.punsubscribe(Vec::<String>::new()).await
        };
        if let Err(error) = left.await {
            // A cut ended them too; otherwise the next renewal does.
            tracing::debug!(%error, "subscriptions at another server could not be ended");
        }
    }
}
