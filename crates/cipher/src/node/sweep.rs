//! What nodes that are gone left behind: messages in their hands go back to the queue, and the queue of a leased id ends.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tokio::time::Instant;

use crate::address::{Address, Incarnation};
use crate::node::core::Core;
use crate::node::dead_letters::report_pushed_out;
use crate::wire::{Wire, WireError, queue_name};

/// A taker that has been gone for so many leases, and whose hands are empty, is forgotten: until then a connection of
/// its former life may still have moved a message there.
const FORGOTTEN_AFTER: u32 = 20;

/// Since when somebody is missing, as seen in one unbroken series of looks.
type Missing = FxHashMap<(u32, Option<Incarnation>), Instant>;

/// Sweeps the node's namespace once in every lease until the node stops; one node of a namespace does so at a time.
pub(crate) async fn run(core: Arc<Core>) {
    let lease = core.config.lease;
    let mut missing = Missing::default();
    while core.stop.run_until_cancelled(tokio::time::sleep(lease)).await.is_some() {
        match core.wire.leads(&core.address, lease * 2).await {
            Ok(true) => {}
            Ok(false) => {
                missing.clear();
                continue;
            }
            Err(_) => {
                // Nobody could renew a lease while the server was away: everyone gets the time to do so.
                missing.clear();
                continue;
            }
        }
        if let Err(error) = sweep(&core, &mut missing).await {
            missing.clear();
            tracing::debug!(cipher.ns = %core.config.ns, %error, "sweeping failed, trying again");
        }
    }
}

/// Takes over what former lives of this node had in their hands: it holds their id, so they are over.
pub(crate) async fn succeed(core: &Core) -> Result<(), WireError> {
    for nid in [Some(core.nid()), None] {
        let queue = queue_name(&core.config.ns, nid);
        for (of, incarnation) in core.wire.takers(&queue).await? {
            if of == core.nid() && incarnation != core.incarnation {
                give_back(&*core.wire, &queue, of, incarnation).await?;
            }
        }
    }
    Ok(())
}

async fn sweep(core: &Core, missing: &mut Missing) -> Result<(), WireError> {
    let (wire, ns, lease) = (&*core.wire, &core.config.ns, core.config.lease);
    let now = Instant::now();
    let mut still_missing = Missing::default();
    let mut gone_for = |nid: u32, incarnation: Option<Incarnation>| {
        let since = *missing.get(&(nid, incarnation)).unwrap_or(&now);
        still_missing.insert((nid, incarnation), since);
        now - since
    };
    let ids = wire.ids(ns).await?;
    let queues = std::iter::once(None).chain(ids.iter().map(|id| Some(id.nid)));
    for queue in queues.map(|nid| queue_name(ns, nid)) {
        for (nid, incarnation) in wire.takers(&queue).await? {
            if ids.iter().any(|id| id.holder == Some(incarnation)) {
                continue;
            }
            let gone = gone_for(nid, Some(incarnation));
            if gone >= lease
                && give_back(wire, &queue, nid, incarnation).await? == 0
                && gone >= lease * FORGOTTEN_AFTER
            {
                wire.forget_taker(&queue, incarnation).await?;
            }
        }
    }
    for id in ids.iter().filter(|id| id.leased && id.holder.is_none()) {
        if gone_for(id.nid, None) >= lease {
            end_queue(wire, &Address { ns: ns.clone(), nid: id.nid, incarnation: None }).await?;
        }
    }
    *missing = still_missing;
    Ok(())
}

async fn give_back(
    wire: &dyn Wire,
    queue: &str,
    nid: u32,
    incarnation: Incarnation,
) -> Result<u64, WireError> {
    let count = wire.give_back(queue, incarnation).await?;
    if count > 0 {
        metrics::counter!("cipher_given_back_total").increment(count);
        tracing::warn!(
            cipher.queue = %queue, cipher.nid = nid, cipher.incarnation = %incarnation, count,
            "a node ended with messages in its hands, they wait in the queue again"
        );
    }
    Ok(count)
}

/// Puts back into a queue what former lives of its id had in their hands.
pub(crate) async fn give_all_back(wire: &dyn Wire, queue: &str) -> Result<(), WireError> {
    for (nid, incarnation) in wire.takers(queue).await? {
        give_back(wire, queue, nid, incarnation).await?;
    }
    Ok(())
}

/// Ends the queue of a leased id; the messages in it are put aside.
pub(crate) async fn end_queue(wire: &dyn Wire, of: &Address) -> Result<(), WireError> {
    let ended = wire.end_queue(of, "it was for a node that has departed").await?;
    if ended.put_aside > 0 {
        metrics::counter!("cipher_dead_total").increment(ended.put_aside);
        tracing::error!(
            cipher.queue = %of, count = ended.put_aside,
            "messages for a node that has departed were put among the dead letters"
        );
    }
    report_pushed_out(&queue_name(&of.ns, Some(of.nid)), ended.pushed_out);
    Ok(())
}
