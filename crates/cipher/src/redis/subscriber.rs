//! Listening: one connection that is subscribed to whatever somebody in this process listens to, kept so over cuts.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fred::clients::Client;
use fred::interfaces::{ClientLike, EventInterface};
use fred::types::{Message, MessageKind, Value};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::sharded;
use crate::exchange::{Exchange, Tap};
use crate::wire::WireError;

/// Before a subscription that failed is tried again.
const RETRY: Duration = Duration::from_millis(50);
/// How often a cluster is asked anew for what is subscribed: longest that a moved slot goes unnoticed.
const RENEW: Duration = Duration::from_secs(5);

pub(super) struct Subscriber {
    client: Client,
    exchange: Arc<Exchange>,
    active: watch::Receiver<BTreeSet<Arc<str>>>,
    patience: Duration,
    over: CancellationToken,
}

impl Subscriber {
    pub(super) fn start(client: Client, patience: Duration) -> Self {
        let exchange = Arc::<Exchange>::default();
        let over = CancellationToken::new();
        let (show, active) = watch::channel(BTreeSet::new());
        let messages = client.message_rx();
        tokio::spawn(over.clone().run_until_cancelled_owned(hand_on(messages, exchange.clone())));
        tokio::spawn(over.clone().run_until_cancelled_owned(reconcile(
            client.clone(),
            exchange.clone(),
            show,
        )));
        Self { client, exchange, active, patience, over }
    }

    /// Listens, and returns once the server has confirmed it.
    pub(super) async fn listen(&self, channel: Arc<str>) -> Result<Tap, WireError> {
        let tap = self.exchange.tap(channel.clone());
        let mut active = self.active.clone();
        let confirmed = active.wait_for(|active| active.contains(&channel));
        match tokio::time::timeout(self.patience, confirmed).await {
            Ok(Ok(_)) => Ok(tap),
            Ok(Err(_)) => Err(WireError("this node has left".into())),
            Err(_) => Err(WireError("the subscription was not confirmed in time".into())),
        }
    }

    pub(super) async fn close(&self) {
        let _ = self.stop().quit().await;
    }

    /// Listens no more; the connection is still to be closed.
    pub(super) fn stop(&self) -> Client {
        self.exchange.close();
        self.over.cancel();
        self.client.clone()
    }
}

/// Hands messages on at once: fred's own queue is lossy.
async fn hand_on(mut messages: broadcast::Receiver<Message>, exchange: Arc<Exchange>) {
    loop {
        match messages.recv().await {
            Ok(message) => {
                let Value::Bytes(body) = to_bytes(message.value) else { continue };
                match message.kind {
                    MessageKind::PMessage => exchange.deliver_to_patterns(&message.channel, &body),
                    _ => exchange.deliver(&message.channel, &body),
                };
            }
            Err(RecvError::Lagged(lost)) => {
                metrics::counter!("cipher_dropped_total", "why" => "lagged").increment(lost);
                exchange.gap();
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn to_bytes(value: Value) -> Value {
    match value {
        Value::String(text) => Value::Bytes(text.into_inner()),
        other => other,
    }
}

/// Makes what the server has subscribed for us the same as what is wanted here.
async fn reconcile(client: Client, exchange: Arc<Exchange>, show: watch::Sender<BTreeSet<Arc<str>>>) {
    let mut reconnects = client.reconnect_rx();
    let mut changes = client.cluster_change_rx();
    let mut renewals = tokio::time::interval(RENEW);
    renewals.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut cut = false;
    let mut held = BTreeSet::new();
    loop {
        let done = synchronise(&client, &exchange, &show, &mut held).await;
        if done && std::mem::take(&mut cut) {
            // Only now: a state fetched because of this word is followed by everything that comes after it.
            exchange.gap();
        }
        tokio::select! {
            biased;
            reconnect = reconnects.recv() => {
                if matches!(reconnect, Err(RecvError::Closed)) {
                    return;
                }
                cut = true;
                show.send_replace(BTreeSet::new());
            }
            // A slot that moved to another server left its subscriptions behind, and fred keeps that word of the server's to itself.
            change = changes.recv() => {
                if matches!(change, Err(RecvError::Closed)) {
                    return;
                }
                cut = true;
                show.send_replace(BTreeSet::new());
            }
            // Where nothing else was asked of the cluster meanwhile, this is how it shows.
            _ = renewals.tick(), if client.is_clustered() => {
                let active = show.borrow().iter().map(ToString::to_string).collect();
                if let Err(error) = sharded::subscribe(&client, active).await {
                    tracing::debug!(%error, "the subscriptions could not be renewed, trying again");
                    show.send_replace(BTreeSet::new());
                }
            }
            () = exchange.changed.notified() => {}
            () = tokio::time::sleep(RETRY), if !done => {}
        }
    }
}

/// Asks the server for what is wanted and not shown as subscribed, and takes back what is not wanted any more. `held` is all that it may have
/// subscribed for us: a channel leaves it only when the server has confirmed its end, whatever was cut or failed in between.
async fn synchronise(
    client: &Client,
    exchange: &Exchange,
    show: &watch::Sender<BTreeSet<Arc<str>>>,
    held: &mut BTreeSet<Arc<str>>,
) -> bool {
    let wanted = || exchange.wanted().into_iter().collect::<BTreeSet<_>>();
    let active = show.borrow().clone();
    let mut ceased: BTreeSet<_> = held.difference(&wanted()).cloned().collect();
    if !ceased.is_empty() {
        // Who begins to listen to one of these from here on waits for a new confirmation; who began just before this
        // was shown is among the wanted below, and keeps it.
        show.send_modify(|active| active.retain(|channel| !ceased.contains(channel)));
    }
    let wanted = wanted();
    ceased.retain(|channel| !wanted.contains(channel));
    let enter: BTreeSet<_> = wanted.difference(&active).cloned().collect();
    if ceased.is_empty() && enter.is_empty() {
        show.send_if_modified(|shown| std::mem::replace(shown, wanted.clone()) != wanted);
        return true;
    }
    held.extend(enter.iter().cloned());
    let names = |channels: &BTreeSet<Arc<str>>| channels.iter().map(ToString::to_string).collect();
    let result = async {
        sharded::unsubscribe(client, names(&ceased)).await?;
        held.retain(|channel| !ceased.contains(channel));
        sharded::subscribe(client, names(&enter)).await
    }
    .await;
    match result {
        Ok(()) => {
            show.send_replace(wanted);
            true
        }
        Err(error) => {
            tracing::debug!(%error, "the subscriptions could not be renewed, trying again");
            false
        }
    }
}
