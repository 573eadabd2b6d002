//! What takers leave behind: messages in flight of those who are gone, queues of ids nobody holds, and dead letters.

use std::collections::HashMap;

use bytes::Bytes;
use fred::clients::Client;
use fred::interfaces::{HashesInterface, ListInterface};

use super::redirect::settled;
use super::registry::lease_key;
use super::script::Script;
use crate::address::{Address, Incarnation};
use crate::clock::now_ms;
use crate::wire::{DEAD_LETTERS, Dead, Ended, WireError, queue_name};

/// How long the attempts of a message are remembered after the last one, in seconds: it may have gone to a rapt-cipher
/// peer, which does not take it from there.
pub(super) const REMEMBERED_S: u32 = 3_600;
/// How many messages one script moves: others want to be served in between.
const TOGETHER: usize = 1_000;

/// Taken by one incarnation and not yet acknowledged.
pub(super) fn in_flight_key(queue: &str, incarnation: &str) -> String {
    format!("cipher:inflight:{{{queue}}}:{incarnation}")
}

/// Incarnation to its id and a count of its acknowledgements.
pub(super) fn takers_key(queue: &str) -> String {
    format!("cipher:takers:{{{queue}}}")
}

/// SHA-1 of a message to how often it was handed out in vain.
pub(super) fn attempts_key(queue: &str) -> String {
    format!("cipher:attempts:{{{queue}}}")
}

fn dead_key(queue: &str) -> String {
    format!("cipher:dead:{{{queue}}}")
}

/// Messages that are the same byte for byte count as one, once: they were in one pair of hands, which fell once.
static GIVE_BACK: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS queue, in-flight, attempts   ARGV seconds to remember attempts
local count, counted = 0, {}
while true do
  local message = redis.call('LMOVE', KEYS[2], KEYS[1], 'RIGHT', 'LEFT')
  if not message then break end
  local hash = redis.sha1hex(message)
  if not counted[hash] then redis.call('HINCRBY', KEYS[3], hash, 1) end
  counted[hash] = true
  count = count + 1
end
if count > 0 then redis.call('EXPIRE', KEYS[3], ARGV[1]) end
return count",
);

static FORGET_TAKER: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS in-flight, takers   ARGV incarnation
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HDEL', KEYS[2], ARGV[1]) end
return 1",
);

/// Puts one message among the dead letters; answers how many of the oldest had to go for it.
static BURY: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS dead letters   ARGV dead letter, bound
local length = redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
return math.max(0, length - ARGV[2])",
);

/// Puts what waits in a queue among the dead letters; answers how many, and how many of the oldest had to go for them.
static END: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS queue, dead letters, lease   ARGV incarnation that may hold it, head of a dead letter, how many at once, bound
local holder = redis.call('GET', KEYS[3])
if holder and holder ~= ARGV[1] then return {0, 0} end
local got = redis.call('LPOP', KEYS[1], ARGV[3])
if not got then return {0, 0} end
local length = 0
for _, message in ipairs(got) do length = redis.call('RPUSH', KEYS[2], ARGV[2] .. message) end
redis.call('LTRIM', KEYS[2], -ARGV[4], -1)
return {#got, math.max(0, length - ARGV[4])}",
);

pub(super) async fn takers(client: &Client, queue: &str) -> Result<Vec<(u32, Incarnation)>, WireError> {
    let takers: HashMap<String, String> = settled(|| client.hgetall(takers_key(queue))).await?;
    Ok(takers
        .into_iter()
        .filter_map(|(incarnation, mark)| {
            Some((mark.split(' ').next()?.parse().ok()?, incarnation.parse().ok()?))
        })
        .collect())
}

pub(super) async fn give_back(client: &Client, queue: &str, of: Incarnation) -> Result<u64, WireError> {
    let keys = vec![queue.to_owned(), in_flight_key(queue, &of.to_string()), attempts_key(queue)];
    GIVE_BACK.run(client, keys, vec![REMEMBERED_S.to_string()]).await
}

pub(super) async fn forget_taker(client: &Client, queue: &str, of: Incarnation) -> Result<(), WireError> {
    let of = of.to_string();
    let keys = vec![in_flight_key(queue, &of), takers_key(queue)];
    FORGET_TAKER.run::<i64>(client, keys, vec![of]).await?;
    Ok(())
}

/// The line before the message itself, which is never rewritten.
fn head(at: u64, why: &str) -> String {
    format!("{at} {}\n", why.replace('\n', " "))
}

fn entry(dead: &Dead) -> Bytes {
    [head(dead.at, &dead.why).as_bytes(), &dead.body].concat().into()
}

fn read_entry(entry: &Bytes) -> Option<Dead> {
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let (at, why) = std::str::from_utf8(&entry[..end]).ok()?.split_once(' ')?;
    Some(Dead { at: at.parse().ok()?, why: why.to_owned(), body: entry.slice(end + 1..) })
}

fn bound() -> i64 {
    i64::try_from(DEAD_LETTERS).unwrap_or(i64::MAX)
}

pub(super) async fn bury(client: &Client, queue: &str, dead: &Dead) -> Result<u64, WireError> {
    BURY.run(client, vec![dead_key(queue)], vec![entry(dead), bound().to_string().into()]).await
}

pub(super) async fn end_queue(client: &Client, of: &Address, why: &str) -> Result<Ended, WireError> {
    let queue = queue_name(&of.ns, Some(of.nid));
    let keys = vec![queue.clone(), dead_key(&queue), lease_key(of)];
    let holder = of.incarnation.map(|incarnation| incarnation.to_string()).unwrap_or_default();
    let args = vec![holder, head(now_ms(), why), TOGETHER.to_string(), bound().to_string()];
    let mut ended = Ended::default();
    loop {
        let (moved, pushed_out): (u64, u64) = END.run(client, keys.clone(), args.clone()).await?;
        ended.put_aside += moved;
        ended.pushed_out += pushed_out;
        if moved < TOGETHER as u64 {
            return Ok(ended);
        }
    }
}

pub(super) async fn dead(client: &Client, queue: &str) -> Result<Vec<Dead>, WireError> {
    let entries: Vec<Bytes> = settled(|| client.lrange(dead_key(queue), 0, -1)).await?;
    Ok(entries.iter().filter_map(read_entry).collect())
}

pub(super) async fn unbury(client: &Client, queue: &str, dead: &Dead) -> Result<bool, WireError> {
    let key = dead_key(queue);
    let removed: i64 = settled(|| client.lrem(&key, 1, entry(dead))).await?;
    Ok(removed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_dead_letter_keeps_its_message_byte_for_byte(at: u64, why in "[^\n]*", body: Vec<u8>) {
            let dead = Dead { at, why, body: body.into() };
            proptest::prop_assert_eq!(read_entry(&entry(&dead)), Some(dead));
        }
    }
}
