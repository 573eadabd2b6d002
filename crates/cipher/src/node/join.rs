//! Taking an id: the one that was asked for, or the lowest that is free.

use std::time::Duration;

use tokio::time::Instant;

use crate::address::{Address, Incarnation};
use crate::node::sweep::{end_queue, give_all_back};
use crate::transport::{Nid, NodeConfig};
use crate::wire::{Wire, WireError, queue_name};

/// Before the transport is tried again.
const RETRY: Duration = Duration::from_millis(250);
/// How often a wait is mentioned in the log.
const REMINDER: Duration = Duration::from_secs(5);

/// Takes the id the configuration asks for, waiting until it can.
pub(crate) async fn take_id(wire: &dyn Wire, config: &NodeConfig, incarnation: Incarnation) -> Address {
    let mut reminded: Option<Instant> = None;
    loop {
        let why = match try_take_id(wire, config, incarnation).await {
            Ok(Some(me)) => return me,
            Ok(None) => format!("another node holds the id {:?} of {}", config.nid, config.ns),
            Err(error) => error.0,
        };
        if reminded.is_none_or(|last| last.elapsed() > REMINDER) {
            reminded = Some(Instant::now());
            tracing::warn!(cipher.ns = %config.ns, %why, "cannot join yet, trying again");
        }
        tokio::time::sleep(RETRY.min(config.lease / 3)).await;
    }
}

async fn try_take_id(
    wire: &dyn Wire,
    config: &NodeConfig,
    incarnation: Incarnation,
) -> Result<Option<Address>, WireError> {
    let candidates = match config.nid {
        Nid::Fixed(nid) => nid..=nid,
        Nid::Lease => {
            tokio::time::sleep(wire.quiet_time(&config.ns, config.lease).await?).await;
            1..=u32::MAX
        }
    };
    for nid in candidates {
        let me = Address { ns: config.ns.clone(), nid, incarnation: Some(incarnation) };
        if wire.lease(&me, config.lease).await? {
            if config.nid == Nid::Lease {
                // What waits there, or fell with them, was for whoever had this id before, and ended with them.
                give_all_back(wire, &queue_name(&me.ns, Some(me.nid))).await?;
                end_queue(wire, &me).await?;
            }
            return Ok(Some(me));
        }
    }
    Ok(None)
}
