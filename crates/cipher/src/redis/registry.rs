//! The registry's keys: a lease per id, and one hash per namespace with what its nodes say of themselves.

use std::collections::HashMap;
use std::time::Duration;

use fred::clients::Client;
use fred::interfaces::{HashesInterface, KeysInterface};
use futures_util::future::try_join_all;

use super::redirect::settled;
use super::script::Script;
use crate::address::Address;
use crate::registry::{NodeInfo, NodeState};
use crate::transport::Nid;
use crate::wire::{Announced, Id, Standing, WireError};

/// Takes or renews a lease: 1 held, 2 taken again, 0 somebody else has it.
static RENEW: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS lease   ARGV incarnation, lease in ms
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 1 or 2",
);

/// Gives a lease up if it is ours.
static RELEASE: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS lease   ARGV incarnation
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1",
);

/// Writes a node's entry, with the server's time, and notes its id.
static ANNOUNCE: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS nodes, ids   ARGV nid, what it says, lease in ms, leased or fixed
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], ARGV[1], table.concat({ARGV[2], ARGV[3], now}, ' '))
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
return 1",
);

/// Removes a node's entry if it is of this incarnation.
static FORGET: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS nodes   ARGV nid, incarnation
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if entry and string.sub(entry, 1, #ARGV[2]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1",
);

/// Every entry as `nid incarnation state load since sent handled lease age`; removes those of nodes long dead.
static CENSUS: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS nodes
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local rows = {}
for i = 1, #all, 2 do
  local head, lease, seen = string.match(all[i + 1], '^(.*) (%d+) (%d+)$')
  if not seen or now - seen > 20 * lease then
    redis.call('HDEL', KEYS[1], all[i])
  else
    rows[#rows + 1] = string.format('%s %s %s %.0f', all[i], head, lease, math.max(0, now - seen))
  end
end
return rows",
);

/// How many milliseconds a newcomer waits before it may lease an id: since the registry is empty, one lease.
static QUIET: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS settled   ARGV lease in ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local born = redis.call('GET', KEYS[1])
if not born then
  born = now
  redis.call('SET', KEYS[1], string.format('%.0f', now))
end
return math.max(0, born + ARGV[1] - now)",
);

/// In the slot of the queue it guards; its value is the incarnation that holds it.
pub(super) fn lease_key(me: &Address) -> String {
    format!("cipher:lease:{{{}.{}}}", me.ns, me.nid)
}

/// What the ids' hash says of each.
const LEASED: &str = "leased";
const FIXED: &str = "fixed";

fn ids_key(ns: &str) -> String {
    format!("cipher:ids:{{{ns}}}")
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

async fn renew(client: &Client, key: String, me: &Address, lease: Duration) -> Result<i64, WireError> {
    RENEW.run(client, vec![key], vec![incarnation(me), millis(lease).to_string()]).await
}

pub(super) async fn lease(client: &Client, me: &Address, lease: Duration) -> Result<bool, WireError> {
    renew(client, lease_key(me), me, lease).await.map(|held| held > 0)
}

pub(super) async fn announce(
    client: &Client,
    info: &NodeInfo,
    lease: Duration,
    nid: Nid,
) -> Result<Standing, WireError> {
    let me = &info.address;
    let standing = match renew(client, lease_key(me), me, lease).await? {
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
        format!("{} {state} {} {} {} {}", incarnation(me), info.load, info.since, info.sent, info.handled),
        millis(lease).to_string(),
        if nid == Nid::Lease { LEASED } else { FIXED }.to_owned(),
    ];
    ANNOUNCE.run::<i64>(client, vec![nodes_key(&me.ns), ids_key(&me.ns)], entry).await?;
    Ok(standing)
}

pub(super) async fn retire(client: &Client, me: &Address) -> Result<(), WireError> {
    FORGET.run::<i64>(client, vec![nodes_key(&me.ns)], vec![me.nid.to_string(), incarnation(me)]).await?;
    RELEASE.run::<i64>(client, vec![lease_key(me)], vec![incarnation(me)]).await?;
    Ok(())
}

pub(super) async fn census(client: &Client, ns: &str) -> Result<Vec<Announced>, WireError> {
    let rows: Vec<String> = CENSUS.run(client, vec![nodes_key(ns)], Vec::<String>::new()).await?;
    Ok(rows.iter().filter_map(|row| read_row(ns, row)).collect())
}

pub(super) async fn ids(client: &Client, ns: &str) -> Result<Vec<Id>, WireError> {
    let known: HashMap<u32, String> = settled(|| client.hgetall(ids_key(ns))).await?;
    let mut known: Vec<_> = known.into_iter().collect();
    known.sort_unstable();
    // fred writes them together.
    let holders = known.iter().map(|(nid, _)| {
        let of = Address { ns: ns.to_owned(), nid: *nid, incarnation: None };
        async move { settled(|| client.get::<Option<String>, _>(lease_key(&of))).await }
    });
    let holders = try_join_all(holders).await?;
    Ok(known
        .into_iter()
        .zip(holders)
        .map(|((nid, kind), holder)| Id {
            nid,
            leased: kind == LEASED,
            holder: holder.and_then(|holder| holder.parse().ok()),
        })
        .collect())
}

pub(super) async fn leads(client: &Client, me: &Address, lease: Duration) -> Result<bool, WireError> {
    renew(client, format!("cipher:sweeper:{{{}}}", me.ns), me, lease).await.map(|held| held > 0)
}

/// `nid incarnation state load since sent handled lease age`.
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
    let mut number = || words.next()?.parse().ok();
    let (since, sent, handled) = (number()?, number()?, number()?);
    let mut span = || words.next()?.parse().ok().map(Duration::from_millis);
    let (lease, age) = (span()?, span()?);
    let address = Address { ns: ns.to_owned(), nid, incarnation: Some(incarnation) };
    Some(Announced { info: NodeInfo { address, state, load, since, sent, handled }, lease, age })
}
