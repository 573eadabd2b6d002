//! The registry's keys: a lease per id, and one hash per namespace with what its nodes say of themselves.

use std::time::Duration;

use fred::clients::Client;
use fred::interfaces::KeysInterface;
use fred::types::{Expiration, SetOptions};

use super::script::{ANNOUNCE, CENSUS, FORGET, QUIET, RELEASE, RENEW};
use crate::address::Address;
use crate::registry::{NodeInfo, NodeState};
use crate::wire::{Announced, Standing, WireError};

/// In the slot of the queue it guards; its value is the incarnation that holds it.
pub(super) fn lease_key(me: &Address) -> String {
    format!("cipher:lease:{{{}.{}}}", me.ns, me.nid)
}

fn nodes_key(ns: &str) -> String {
    format!("cipher:nodes:{{{ns}}}")
}

fn incarnation(me: &Address) -> String {
    me.incarnation.map(|incarnation| incarnation.to_string()).unwrap_or_default()
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

pub(super) async fn quiet_time(client: &Client, ns: &str, lease: Duration) -> Result<Duration, WireError> {
    let keys = vec![format!("cipher:settled:{{{ns}}}")];
    let left: u64 = QUIET.run(client, keys, vec![millis(lease).to_string()]).await?;
    Ok(Duration::from_millis(left))
}

pub(super) async fn lease(client: &Client, me: &Address, lease: Duration) -> Result<bool, WireError> {
    let expires = Some(Expiration::PX(millis(lease)));
    let set: Option<String> =
        client.set(lease_key(me), incarnation(me), expires, Some(SetOptions::NX), false).await?;
    Ok(set.is_some())
}

pub(super) async fn announce(
    client: &Client,
    info: &NodeInfo,
    lease: Duration,
) -> Result<Standing, WireError> {
    let me = &info.address;
    let lease = millis(lease).to_string();
    let standing =
        match RENEW.run::<i64>(client, vec![lease_key(me)], vec![incarnation(me), lease.clone()]).await? {
            0 => return Ok(Standing::Lost),
            1 => Standing::Held,
            _ => Standing::Reclaimed,
        };
    let state = match info.state {
        NodeState::Joining => "joining",
        NodeState::Serving => "serving",
        NodeState::Draining => "draining",
    };
    let entry = vec![
        me.nid.to_string(),
        incarnation(me),
        state.to_owned(),
        info.load.to_string(),
        info.since.to_string(),
        lease,
    ];
    ANNOUNCE.run::<i64>(client, vec![nodes_key(&me.ns)], entry).await?;
    Ok(standing)
}

pub(super) async fn retire(client: &Client, me: &Address) -> Result<(), WireError> {
    FORGET.run::<i64>(client, vec![nodes_key(&me.ns)], vec![me.nid.to_string(), incarnation(me)]).await?;
    RELEASE.run::<i64>(client, vec![lease_key(me)], vec![incarnation(me)]).await?;
    Ok(())
}

pub(super) async fn census(client: &Client, ns: &str) -> Result<Vec<Announced>, WireError> {
    let rows: Vec<String> = CENSUS.run(client, vec![nodes_key(ns)], Vec::new()).await?;
    Ok(rows.iter().filter_map(|row| read_row(ns, row)).collect())
}

/// `nid incarnation state load since lease age`.
fn read_row(ns: &str, row: &str) -> Option<Announced> {
    let mut words = row.split(' ');
    let nid = words.next()?.parse().ok()?;
    let incarnation = words.next()?.parse().ok()?;
    let state = match words.next()? {
        "serving" => NodeState::Serving,
        "draining" => NodeState::Draining,
        _ => NodeState::Joining,
    };
    let load = words.next()?.parse().ok()?;
    let since = words.next()?.parse().ok()?;
    let mut span = || words.next()?.parse().ok().map(Duration::from_millis);
    let (lease, age) = (span()?, span()?);
    let address = Address { ns: ns.to_owned(), nid, incarnation: Some(incarnation) };
    Some(Announced { info: NodeInfo { address, state, load, since }, lease, age })
}
