//! Taking from a queue at least once: a blocking move brings the first message into a list of what is in flight, a
//! script acknowledges it and takes the rest, and what is in flight then is read.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use fred::clients::{Client, WithOptions};
use fred::interfaces::{ClientInterface, ClientLike, ListInterface};
use fred::types::config::Options;
use fred::types::lists::LMoveDirection;
use fred::types::{ClientUnblockFlag, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::redirect::settled;
use super::registry::lease_key;
use super::remains;
use super::script::Script;
use crate::address::Address;
use crate::prefetch::Prefetch;
use crate::wire::{Batch, Fate, Taker, WireError};

/// How long one blocking move waits, in seconds. Never 0: a frozen connection would wait for ever.
const BLOCK_S: f64 = 1.0;
/// A blocking move that was not answered by then failed.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(4);
/// A batch has one message, or as many as stay within this.
const BATCH_BYTES: usize = 256 << 10;

/// Acknowledges and takes. Answers nothing, or how often what is in flight then was handed out before, and these
/// messages, if they are few. Many are to be read from there: what passes through a script is copied again and again.
///
/// The mark makes it idempotent: when a reply is lost the same call is made again, and acknowledges nothing twice. What
/// is in flight after that was never seen by its taker: the blocking move brought it, or the reply that did was lost. A
/// message that was handed out before comes alone, as it may have felled its taker.
static TAKE: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS queue, in-flight, takers, attempts [, lease]   ARGV incarnation, nid and mark, handled prefix, max, bytes
if KEYS[5] and redis.call('GET', KEYS[5]) ~= ARGV[1] then return redis.error_reply('FENCED the lease of this id was lost') end
local some = redis.call('EXISTS', KEYS[4]) == 1
local function earlier(message) return some and redis.call('HGET', KEYS[4], redis.sha1hex(message)) end
if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then
  local handled = tonumber(ARGV[3])
  if handled > 0 then
    if some then
      for _, message in ipairs(redis.call('LRANGE', KEYS[2], 0, handled - 1)) do
        redis.call('HDEL', KEYS[4], redis.sha1hex(message))
      end
    end
    redis.call('LTRIM', KEYS[2], handled, -1)
  end
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
end
local max = tonumber(ARGV[4])
local function in_flight(before)
  if redis.call('LLEN', KEYS[2]) > 16 then return {before} end
  return {before, unpack(redis.call('LRANGE', KEYS[2], 0, -1))}
end
local held = redis.call('LINDEX', KEYS[2], 0)
if held then return in_flight(earlier(held) or '0') end
local waiting = redis.call('LLEN', KEYS[1])
local most, bytes, size = math.min(max, waiting), tonumber(ARGV[5]), 0
if waiting == 0 then return {} end
if some then
  for taken = 1, most do
    local message = redis.call('LINDEX', KEYS[1], 0)
    local before = earlier(message)
    size = size + #message
    if taken > 1 and (before or size > bytes) then break end
    redis.call('LMOVE', KEYS[1], KEYS[2], 'LEFT', 'RIGHT')
    if before then return in_flight(before) end
  end
  return in_flight('0')
end
if waiting == most then
  -- Tells how large all of them are without a look at each. A user who may not ask has them moved one by one.
  local used = redis.pcall('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', '0')
  if waiting == 1 or type(used) == 'number' and used <= bytes then
    redis.call('RENAME', KEYS[1], KEYS[2])
    return in_flight('0')
  end
end
-- In ever larger parts: few are taken in vain when they prove to be large.
local taken, together = 0, 1
while taken < most do
  local part = redis.call('LPOP', KEYS[1], math.min(together, most - taken))
  local fit = 0
  while fit < #part and (size + #part[fit + 1] <= bytes or taken + fit == 0) do
    fit = fit + 1
    size = size + #part[fit]
  end
  for back = #part, fit + 1, -1 do redis.call('LPUSH', KEYS[1], part[back]) end
  if fit > 0 then redis.call('RPUSH', KEYS[2], unpack(part, 1, fit)) end
  if fit < #part or size >= bytes then break end
  taken, together = taken + fit, math.min(together * 2, 64)
end
return in_flight('0')",
);

/// Acknowledges what was handled, puts the rest back in its order, and forgets the taker. Fates are a letter or a digit each: `h`
/// for handled, or how often a handler failed. Those of a batch whose acknowledgement was confirmed meanwhile are of no use.
static FINISH: Script = Script::new(
    "#!lua flags=allow-oom
-- KEYS queue, in-flight, takers, attempts [, lease]   ARGV incarnation, nid and mark, fates, seconds to remember attempts
if KEYS[5] and redis.call('GET', KEYS[5]) ~= ARGV[1] then return redis.error_reply('FENCED the lease of this id was lost') end
local fates = redis.call('HGET', KEYS[3], ARGV[1]) == ARGV[2] and '' or ARGV[3]
for i = redis.call('LLEN', KEYS[2]), 1, -1 do
  local fate = string.sub(fates, i, i)
  if fate == 'h' then
    redis.call('HDEL', KEYS[4], redis.sha1hex(redis.call('RPOP', KEYS[2])))
  else
    local message = redis.call('LMOVE', KEYS[2], KEYS[1], 'RIGHT', 'LEFT')
    if fate ~= '' and fate ~= '0' then
      redis.call('HINCRBY', KEYS[4], redis.sha1hex(message), fate)
      redis.call('EXPIRE', KEYS[4], ARGV[4])
    end
  end
end
redis.call('HDEL', KEYS[3], ARGV[1])
return 1",
);

pub(super) struct RedisTaker {
    client: Client,
    /// Sends the blocking move once: a second try would take a second message while the first is in nobody's hands.
    once: WithOptions<Client>,
    queue: String,
    in_flight: String,
    /// Queue, in-flight, takers, attempts and, when fenced, the lease.
    keys: Vec<String>,
    incarnation: String,
    nid: u32,
    /// Counts the acknowledgements that were confirmed.
    marks: u64,
    /// Handled, and to be acknowledged by the next script that succeeds.
    handled: usize,
    prefetch: Prefetch,
    /// When a batch was handed out, and how many messages it had.
    handed_out: Option<(Instant, usize)>,
    /// The last look found the queue empty, and nothing was taken since.
    idle: bool,
}

impl RedisTaker {
    pub(super) fn new(client: Client, queue: &str, me: &Address, fenced: bool) -> Self {
        let incarnation = me.incarnation.map(|incarnation| incarnation.to_string()).unwrap_or_default();
        let in_flight = remains::in_flight_key(queue, &incarnation);
        let mut keys = vec![
            queue.to_owned(),
            in_flight.clone(),
            remains::takers_key(queue),
            remains::attempts_key(queue),
        ];
        keys.extend(fenced.then(|| lease_key(me)));
        let options = Options { max_attempts: Some(1), timeout: Some(BLOCK_TIMEOUT), ..Options::default() };
        Self {
            once: client.with_options(&options),
            client,
            queue: queue.to_owned(),
            in_flight,
            keys,
            incarnation,
            nid: me.nid,
            marks: 0,
            handled: 0,
            prefetch: if fenced { Prefetch::own() } else { Prefetch::shared() },
            handed_out: None,
            idle: false,
        }
    }

    /// Changes with each acknowledgement that was confirmed.
    fn mark(&self) -> String {
        format!("{} {}", self.nid, self.marks)
    }

    async fn script(&mut self, most: usize) -> Result<Vec<Bytes>, WireError> {
        let [handled, most, bytes] = [self.handled, most, BATCH_BYTES].map(|number| number.to_string());
        let args = vec![self.incarnation.clone(), self.mark(), handled, most, bytes];
        let taken = TAKE.run(&self.client, self.keys.clone(), args).await?;
        self.marks += 1;
        self.handled = 0;
        Ok(taken)
    }

    fn batch(&mut self, messages: Vec<Bytes>, earlier_attempts: u32) -> Batch {
        self.handed_out = Some((Instant::now(), messages.len()));
        self.idle = false;
        Batch { messages, earlier_attempts }
    }

    /// Waits until a message is in flight or the time is over. Which one it is, the script says next: only it knows
    /// whether the message was handed out before.
    async fn block(&self, stop: &CancellationToken) -> Result<(), WireError> {
        let moving = self.once.blmove::<Value, _, _>(
            self.queue.as_str(),
            self.in_flight.as_str(),
            LMoveDirection::Left,
            LMoveDirection::Right,
            BLOCK_S,
        );
        tokio::pin!(moving);
        // The move is never abandoned: a message would be in flight without anybody to handle it.
        tokio::select! {
            moved = &mut moving => { moved?; return Ok(()) }
            () = stop.cancelled() => {}
        }
        let _ = self.client.unblock_self(Some(ClientUnblockFlag::Timeout)).await;
        moving.await?;
        Ok(())
    }
}

#[async_trait]
impl Taker for RedisTaker {
    async fn take(&mut self, handled: usize, stop: &CancellationToken) -> Result<Batch, WireError> {
        self.handled += handled;
        if let Some((since, count)) = self.handed_out.take() {
            self.prefetch.learn(count, since.elapsed());
        }
        loop {
            if !self.idle || self.handled > 0 {
                let mut taken = self.script(self.prefetch.most()).await?;
                if !taken.is_empty() {
                    let again =
                        std::str::from_utf8(&taken.remove(0)).ok().and_then(|count| count.parse().ok());
                    if taken.is_empty() {
                        taken = settled(|| self.client.lrange(&self.in_flight, 0, -1)).await?;
                    }
                    return Ok(self.batch(taken, again.unwrap_or_default()));
                }
                self.idle = true;
            }
            if stop.is_cancelled() {
                return Ok(Batch::default());
            }
            // The script looks next, also after a lost reply, and after a quiet second: is the lease still ours?
            self.idle = false;
            self.block(stop).await?;
        }
    }

    async fn finish(&mut self, fates: &[Fate]) -> Result<(), WireError> {
        // What an earlier batch still has to have acknowledged, or else this one: never both.
        let handled = std::iter::repeat_n(Fate::Handled, self.handled);
        let fates = handled.chain(fates.iter().copied()).map(letter).collect();
        let args = vec![self.incarnation.clone(), self.mark(), fates, remains::REMEMBERED_S.to_string()];
        FINISH.run::<i64>(&self.client, self.keys.clone(), args).await?;
        // It may take again, after a lapse of the lease.
        self.handled = 0;
        Ok(())
    }
}

/// As [`FINISH`] reads it.
fn letter(fate: Fate) -> char {
    match fate {
        Fate::Handled => 'h',
        Fate::GivenBack { failures } => char::from_digit(failures, 10).unwrap_or('9'),
    }
}

impl Drop for RedisTaker {
    fn drop(&mut self) {
        let client = self.client.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { client.quit().await });
        }
    }
}
