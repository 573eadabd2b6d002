//! Transmits: taking them from this node's queues, handling them in order per sender, trying again, putting aside.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use rustc_hash::FxHashMap;
use tokio::time::Instant;

use crate::address::Address;
use crate::clock::now_ms;
use crate::envelope::{self, Envelope};
use crate::message::Kind;
use crate::node::core::Core;
use crate::node::dead_letters::report_pushed_out;
use crate::node::routes::{Arrived, OnMessage, Outcome};
use crate::wire::{Batch, Dead, Fate, Taker};

/// How often a handler may fail on a message before it is put aside.
const ATTEMPTS: u32 = 3;
/// Before the second and the third attempt. The sender's later messages wait: their order is worth it.
const PAUSES: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(200)];
/// Before the transport is tried again.
const RETRY: Duration = Duration::from_millis(200);
/// A queue from which nothing can be taken for so long is complained of, and again as often: most outages are shorter.
const COMPLAINT: Duration = Duration::from_secs(10);

/// Not begun: whoever has it next has it as this node did.
const UNTOUCHED: Fate = Fate::GivenBack { failures: 0 };

/// Why a message was not handled.
enum Unhandled {
    /// It is to be put aside, after so many failures of its handler.
    Aside { why: String, failures: u32 },
    /// The node leaves, or may no longer have its id: another one tries again.
    Left { failures: u32 },
}

/// Consumes one queue until the node stops.
pub(crate) async fn run(core: Arc<Core>, queue: String, mut taker: Box<dyn Taker>) {
    let mut fates = Vec::new();
    let mut failing_since = None;
    while !core.stop.is_cancelled() {
        // All of them were handled: none is given back before the node stops.
        let handled = std::mem::take(&mut fates).len();
        match taker.take(handled, &core.stop).await {
            Ok(batch) => {
                failing_since = None;
                let lapses = core.lapses();
                fates = handle(&core, &queue, batch, lapses).await;
                if core.lapses() != lapses && !core.stop.is_cancelled() {
                    // What others were given is not in its hands any more; what is there still is taken anew.
                    if let Err(error) = taker.finish(&std::mem::take(&mut fates)).await {
                        tracing::warn!(cipher.queue = %queue, %error, "some messages could not be acknowledged: they will be handled again");
                    }
                }
            }
            Err(error) => {
                let since = *failing_since.get_or_insert_with(Instant::now);
                if since.elapsed() > COMPLAINT {
                    failing_since = Some(Instant::now());
                    tracing::warn!(
                        cipher.queue = %queue, %error,
                        "nothing can be taken from the queue: if the server is there, look at the rights of its user and at what the key holds"
                    );
                } else {
                    tracing::debug!(cipher.queue = %queue, %error, "taking from the queue failed, trying again");
                }
                let _ = tokio::time::timeout(RETRY, core.stop.cancelled()).await;
            }
        }
    }
    if let Err(error) = taker.finish(&fates).await {
        tracing::warn!(cipher.queue = %queue, %error, "the last messages could not be acknowledged: they will be handled again");
    }
}

/// Senders side by side, the messages of each one after another.
///
/// `lapses`: those of the lease when the batch was taken. After another one nothing of it is begun: somebody else may have been given it.
async fn handle(core: &Arc<Core>, queue: &str, batch: Batch, lapses: u64) -> Vec<Fate> {
    let mut by_sender: FxHashMap<Address, Vec<(usize, Bytes, Envelope)>> = FxHashMap::default();
    let mut order = Vec::new();
    metrics::counter!("cipher_received_total", "kind" => "transmit").increment(batch.messages.len() as u64);
    // Malformed ones are done with.
    let mut fates = vec![Fate::Handled; batch.messages.len()];
    for (at, body) in batch.messages.into_iter().enumerate() {
        match envelope::read(&body) {
            Ok(envelope) => match by_sender.get_mut(&envelope.origin) {
                Some(messages) => messages.push((at, body, envelope)),
                None => {
                    order.push(envelope.origin.clone());
                    by_sender.insert(envelope.origin.clone(), vec![(at, body, envelope)]);
                }
            },
            Err(error) => core.malformed("transmit", queue, &error),
        }
    }
    let earlier = batch.earlier_attempts;
    let senders = order.iter().filter_map(|sender| by_sender.remove(sender)).map(|messages| async move {
        let mut fates = Vec::with_capacity(messages.len());
        for (at, body, envelope) in messages {
            fates.push((at, handle_one(core, queue, (body, envelope), earlier, lapses).await));
        }
        fates
    });
    for (at, fate) in join_all(senders).await.into_iter().flatten() {
        fates[at] = fate;
    }
    fates
}

async fn handle_one(
    core: &Core,
    queue: &str,
    (body, envelope): (Bytes, Envelope),
    earlier: u32,
    lapses: u64,
) -> Fate {
    // Whoever was frozen, or cut off, for longer than its lease hears first whether another node took over meanwhile.
    if core.stop.is_cancelled() || !core.holds_id().await || core.lapses() != lapses {
        return UNTOUCHED;
    }
    match try_to_handle(core, &body, envelope, earlier).await {
        Ok(()) => Fate::Handled,
        Err(Unhandled::Aside { why, failures }) => match bury(core, queue, body, &why).await {
            Ok(()) => Fate::Handled,
            Err(NotStored) => Fate::GivenBack { failures },
        },
        Err(Unhandled::Left { failures }) => Fate::GivenBack { failures },
    }
}

async fn try_to_handle(core: &Core, body: &Bytes, envelope: Envelope, earlier: u32) -> Result<(), Unhandled> {
    let aside = |why: &str| Err(Unhandled::Aside { why: why.to_owned(), failures: 0 });
    if envelope.extras.to.is_some_and(|to| to != core.incarnation) {
        return aside("it was for another incarnation");
    }
    let Some(route) = envelope.route(&core.config.ns).map(str::to_owned) else {
        return aside("its route is not of this namespace");
    };
    let Some(handler) = core.routes.message_handler(&route) else {
        return aside("nobody handles its route");
    };
    if earlier >= ATTEMPTS {
        return aside("it was begun too often and never finished");
    }
    if envelope.extras.until_ms.is_some_and(|until| until <= now_ms()) {
        return aside("it waited too long");
    }
    attempt(core, &handler, body, Arrived { kind: Kind::Transmit, envelope, route, attempt: earlier + 1 })
        .await
}

async fn attempt(
    core: &Core,
    handler: &OnMessage,
    body: &Bytes,
    mut arrived: Arrived,
) -> Result<(), Unhandled> {
    let mut failures = 0;
    loop {
        let attempt = arrived.attempt;
        let why = match handler(arrived).await {
            Outcome::Done => {
                core.count_handled();
                return Ok(());
            }
            Outcome::Malformed(why) => return Err(Unhandled::Aside { why, failures }),
            Outcome::Failed(why) => why,
        };
        failures += 1;
        let envelope = read_again(body);
        let route = envelope.route(&core.config.ns).unwrap_or_default().to_owned();
        tracing::warn!(cipher.route = %route, cipher.origin = %envelope.origin, attempt, error = %why, "a handler failed");
        if attempt >= ATTEMPTS {
            return Err(Unhandled::Aside { why, failures });
        }
        metrics::counter!("cipher_retried_total").increment(1);
        let pause = tokio::time::sleep(PAUSES[(attempt as usize - 1).min(PAUSES.len() - 1)]);
        if core.stop.run_until_cancelled(pause).await.is_none() || !core.holds_id().await {
            return Err(Unhandled::Left { failures });
        }
        arrived = Arrived { kind: Kind::Transmit, envelope, route, attempt: attempt + 1 };
    }
}

/// The handler was given the envelope itself: nearly always it is not needed a second time.
fn read_again(body: &Bytes) -> Envelope {
    envelope::read(body).expect("these very bytes were read before")
}

/// The node stopped before a dead letter was stored.
struct NotStored;

async fn bury(core: &Core, queue: &str, body: Bytes, why: &str) -> Result<(), NotStored> {
    let envelope = read_again(&body);
    // It stays in flight until this succeeds: a server that is away must not turn it into a lost one.
    let dead = Dead { at: now_ms(), why: why.to_owned(), body };
    let pushed_out = loop {
        let error = match core.wire.bury(queue, dead.clone()).await {
            Ok(pushed_out) => break pushed_out,
            Err(error) => error,
        };
        tracing::warn!(cipher.queue = %queue, %error, "a dead letter could not be stored, trying again");
        if core.stop.is_cancelled() {
            return Err(NotStored);
        }
        let _ = tokio::time::timeout(RETRY, core.stop.cancelled()).await;
    };
    metrics::counter!("cipher_dead_total").increment(1);
    tracing::error!(
        cipher.queue = %queue, cipher.route = %envelope.full_route, cipher.origin = %envelope.origin, why = %why,
        "a message was put among the dead letters"
    );
    report_pushed_out(queue, pushed_out);
    Ok(())
}
