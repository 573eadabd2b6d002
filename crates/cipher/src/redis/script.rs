//! The scripts that run inside Redis. None of them looks into a message, and all of them run on a full server: it has
//! to be drained.

use std::sync::OnceLock;

use fred::clients::Client;
use fred::interfaces::LuaInterface;
use fred::types::{FromValue, Value};

use crate::wire::WireError;

/// A script, and the hash Redis knows it by.
pub(super) struct Script {
    body: &'static str,
    hash: OnceLock<String>,
}

impl Script {
    const fn new(body: &'static str) -> Self {
        Self { body, hash: OnceLock::new() }
    }

    /// Runs it, loading it first where the server does not know it (any more).
    pub(super) async fn run<R: FromValue>(
        &self,
        client: &Client,
        keys: Vec<String>,
        args: Vec<String>,
    ) -> Result<R, WireError> {
        if let Some(hash) = self.hash.get() {
            match client.evalsha::<Value, _, _, _>(hash.as_str(), keys.clone(), args.clone()).await {
                Ok(value) => return Ok(value.convert()?),
                Err(error) if error.details().starts_with("NOSCRIPT") => {}
                Err(error) => return Err(error.into()),
            }
        }
        let hash: String = client.script_load(self.body).await?;
        let value: Value = client.evalsha(self.hash.get_or_init(|| hash).as_str(), keys, args).await?;
        Ok(value.convert()?)
    }
}

/// Acknowledges and takes. Answers nothing, or how often the first was handed out again and the messages.
///
/// The mark makes it idempotent: when a reply is lost the same call is made again, and acknowledges nothing twice. What
/// is in flight then was never seen by its taker (or by its former life), and is handed out first, one at a time. With
/// a maximum of 0 it takes nothing and puts what is in flight back to the front.
pub(super) static TAKE: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS queue, in-flight, mark, attempts [, lease]   ARGV incarnation, mark, handled prefix, max
if KEYS[5] and redis.call('GET', KEYS[5]) ~= ARGV[1] then return redis.error_reply('FENCED the lease of this id was lost') end
if redis.call('GET', KEYS[3]) ~= ARGV[2] then
  local handled = tonumber(ARGV[3])
  if handled > 0 then
    redis.call('LTRIM', KEYS[2], handled, -1)
    redis.call('DEL', KEYS[4])
  end
  redis.call('SET', KEYS[3], ARGV[2])
end
local max = tonumber(ARGV[4])
if max == 0 then
  while redis.call('LMOVE', KEYS[2], KEYS[1], 'RIGHT', 'LEFT') do end
  redis.call('DEL', KEYS[3], KEYS[4])
  return {}
end
local held = redis.call('LINDEX', KEYS[2], 0)
if held then return {tostring(redis.call('INCR', KEYS[4])), held} end
local got = redis.call('LPOP', KEYS[1], max)
if not got then return {} end
redis.call('RPUSH', KEYS[2], unpack(got))
return {'0', unpack(got)}",
);

/// Renews a lease: 1 held, 2 taken again, 0 somebody else has it.
pub(super) static RENEW: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS lease   ARGV incarnation, lease in ms
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 1 or 2",
);

/// Gives a lease up if it is ours.
pub(super) static RELEASE: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS lease   ARGV incarnation
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1",
);

/// Writes a node's entry, with the server's time.
pub(super) static ANNOUNCE: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS nodes   ARGV nid, incarnation, state, load, since, lease in ms
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], ARGV[1], table.concat({ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], now}, ' '))
return 1",
);

/// Removes a node's entry if it is of this incarnation.
pub(super) static FORGET: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS nodes   ARGV nid, incarnation
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if entry and string.sub(entry, 1, #ARGV[2]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1",
);

/// Every entry as `nid incarnation state load since lease age`; removes those of nodes long dead.
pub(super) static CENSUS: Script = Script::new(
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
pub(super) static QUIET: Script = Script::new(
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
