//! Requests: asking, answering, and matching replies to questions. At most once each way.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use crate::address::{Address, Incarnation, To};
use crate::envelope::{self, Envelope, Extras};
use crate::error::{Refusal, RequestError};
use crate::exchange::Tap;
use crate::message::Kind;
use crate::node::core::Core;
use crate::node::routes::Arrived;
use crate::registry::NodeState;
use crate::ring::Next;
use crate::trace::trace_context;
use crate::wire::{REPLY_PREFIX, ask_channel, reply_channel};

/// Before a node that is listed but does not listen (it is reconnecting) is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// What travels back. One of the three is there; raw JSON does not go into a flattened enum.
#[derive(Serialize, Deserialize)]
struct Reply {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Refusal>,
    /// Another incarnation was meant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    gone: bool,
}

enum Said {
    Reply(Box<RawValue>),
    Refused(Refusal),
    Gone,
}

/// The questions of this node that wait for their reply.
#[derive(Default)]
pub(crate) struct Pending {
    waiting: Mutex<FxHashMap<String, oneshot::Sender<Bytes>>>,
}

impl Pending {
    fn lock(&self) -> std::sync::MutexGuard<'_, FxHashMap<String, oneshot::Sender<Bytes>>> {
        self.waiting.lock().expect("nothing panics while it holds this lock")
    }
}

/// Takes its question from the list however the asking ends.
struct Question<'a> {
    pending: &'a Pending,
    id: String,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.pending.lock().remove(&self.id);
    }
}

/// Only the id, to find the question.
#[derive(Deserialize)]
struct ReplyId<'a> {
    #[serde(borrow)]
    id: std::borrow::Cow<'a, str>,
}

/// Hands replies to those who wait for them.
pub(crate) async fn run_replies(core: Arc<Core>, tap: Tap) {
    while let Some(next) = tap.next().await {
        let Next::Item(body) = next else { continue };
        match serde_json::from_slice::<ReplyId<'_>>(&body) {
            Ok(reply) => {
                let waiting = core.pending.lock().remove(reply.id.as_ref());
                // Nobody waits any more when the deadline was first.
                if let Some(waiting) = waiting {
                    let _ = waiting.send(body.clone());
                }
            }
            Err(error) => core.malformed("reply", "reply", &error),
        }
    }
}

/// Answers requests, each in a task of its own and a bounded number at once.
pub(crate) async fn run_answers(core: Arc<Core>, tap: Tap) {
    let room = Arc::new(Semaphore::new(core.config.concurrent_answers));
    while let Some(Some(next)) = core.stop.run_until_cancelled(tap.next()).await {
        let Next::Item(body) = next else { continue };
        let arrived = Instant::now();
        metrics::counter!("cipher_received_total", "kind" => "request").increment(1);
        let envelope = match envelope::read(&body) {
            Ok(envelope) => envelope,
            Err(error) => {
                core.malformed("request", "request", &error);
                continue;
            }
        };
        let Extras { id: Some(id), reply_to: Some(reply_to), .. } = envelope.extras.clone() else {
            tracing::warn!(cipher.origin = %envelope.origin, "a request without an id or a place to answer was skipped");
            continue;
        };
        if !reply_to.starts_with(REPLY_PREFIX) {
            continue; // an answer never goes where messages of another kind are awaited
        }
        match room.clone().try_acquire_owned() {
            Ok(place) => {
                let answering = core.clone();
                core.spawn_work(async move {
                    let said = answer(&answering, envelope, arrived).await;
                    drop(place);
                    if let Some(said) = said {
                        reply(&answering, id, &reply_to, said);
                    }
                });
            }
            Err(_) => {
                let text = "too many requests at once, try again later";
                reply(&core, id, &reply_to, Said::Refused(Refusal::new("busy", text)));
            }
        }
    }
}

async fn answer(core: &Core, envelope: Envelope, arrived: Instant) -> Option<Said> {
    if envelope.extras.to.is_some_and(|to| to != core.incarnation) {
        return Some(Said::Gone);
    }
    let late =
        envelope.extras.within_ms.is_some_and(|within| arrived.elapsed() > Duration::from_millis(within));
    if late {
        return None;
    }
    let route = envelope.route(&core.config.ns).unwrap_or_default().to_owned();
    let Some(handler) = core.routes.request_handler(&route) else {
        return Some(Said::Refused(Refusal::new("no_handler", format!("nobody answers {route:?} here"))));
    };
    let reply = handler(Arrived { kind: Kind::Request, envelope, route, attempt: 1 }).await;
    core.count_handled();
    Some(match reply {
        Ok(reply) => Said::Reply(reply),
        Err(refusal) => Said::Refused(refusal),
    })
}

fn reply(core: &Core, id: String, reply_to: &str, said: Said) {
    let (reply, refused, gone) = match said {
        Said::Reply(raw) => (Some(raw), None, false),
        Said::Refused(refusal) => (None, Some(refusal), false),
        Said::Gone => (None, None, true),
    };
    let body =
        serde_json::to_vec(&Reply { id, reply, refused, gone }).expect("text and raw JSON can be written");
    core.wire.post(reply_to.into(), body.into());
}

/// Asks, and waits for the reply, the deadline, or word that the asked node is gone.
pub(crate) async fn ask(
    core: &Arc<Core>,
    to: To,
    route: &str,
    payload: &RawValue,
    deadline: Duration,
) -> Result<Bytes, RequestError> {
    let named = to.to_string();
    tokio::time::timeout(deadline, ask_until_answered(core, to, route, payload, deadline))
        .await
        .unwrap_or(Err(RequestError::Timeout { to: named, after: deadline }))
}

async fn ask_until_answered(
    core: &Arc<Core>,
    mut to: To,
    route: &str,
    payload: &RawValue,
    deadline: Duration,
) -> Result<Bytes, RequestError> {
    let view = core.view(&to.ns);
    let id = core.next_id();
    let (waiting, reply) = oneshot::channel();
    core.pending.lock().insert(id.clone(), waiting);
    let _question = Question { pending: &core.pending, id: id.clone() };
    let anyone = to.nid.is_none();
    let asked_at = Instant::now();
    let mut tried = 0;
    let (asked, listed) = loop {
        let nodes = view.nodes().await;
        if anyone {
            let mut free: Vec<_> = nodes.values().filter(|info| info.state == NodeState::Serving).collect();
            free.sort_by_key(|info| info.load);
            // Nobody at all: those who are away for good were taken from the list already.
            let Some(first) = free.first() else { return Err(RequestError::Gone(to.to_string())) };
            let equals = free.iter().take_while(|info| info.load == first.load).count();
            let turn = core.next_turn().wrapping_add(tried) % equals;
            to.nid = Some(free[turn].address.nid);
        }
        let nid = to.nid.expect("chosen above when it was not given");
        let listed = nodes.get(&nid).map(|info| info.address.clone());
        if let (Some(meant), Some(Address { incarnation: Some(there), .. })) = (to.incarnation, &listed)
            && meant != *there
        {
            return Err(RequestError::Gone(to.to_string()));
        }
        let within = deadline.saturating_sub(asked_at.elapsed());
        let extras = Extras {
            id: Some(id.clone()),
            inc: core.address.incarnation,
            to: to.incarnation,
            reply_to: Some(reply_channel(core.incarnation).to_string()),
            trace: trace_context(),
            within_ms: Some(u64::try_from(within.as_millis()).unwrap_or(u64::MAX)),
            ..Extras::default()
        };
        let body =
            envelope::write(&core.address, &to, route, payload, &extras).map_err(RequestError::Payload)?;
        let heard =
            core.wire.ask(&ask_channel(&to.ns, nid), body).await.map_err(|e| RequestError::Away(e.0))?;
        if heard > 0 {
            let was_listed = listed.is_some();
            let incarnation = to.incarnation.or(listed.and_then(|listed| listed.incarnation));
            break (Address { ns: to.ns.clone(), nid, incarnation }, was_listed);
        }
        if listed.is_none() && !anyone {
            return Err(RequestError::Gone(to.to_string()));
        }
        // Nobody heard it, so asking again is still at most once.
        tried += 1;
        tokio::time::sleep(ASK_AGAIN).await;
    };
    let body = tokio::select! {
        biased;
        body = reply => body.map_err(|_| RequestError::Closed)?,
        () = view.gone(&asked, listed) => return Err(RequestError::Gone(asked.to_string())),
        () = core.over.cancelled() => return Err(RequestError::Closed),
    };
    read_reply(&body, &asked)
}

fn read_reply(body: &Bytes, asked: &Address) -> Result<Bytes, RequestError> {
    let reply: Reply = serde_json::from_slice(body).map_err(RequestError::Payload)?;
    if let Some(refusal) = reply.refused {
        return Err(RequestError::Refused(refusal));
    }
    if reply.gone {
        return Err(RequestError::Gone(asked.to_string()));
    }
    // An optional field swallows the null that a reply of nothing is.
    Ok(reply
        .reply
        .map_or(Bytes::from_static(b"null"), |raw| Bytes::from(Box::<str>::from(raw).into_string())))
}

/// Whether an incarnation is what an address names.
pub(crate) fn same_life(address: &Address, incarnation: Option<Incarnation>) -> bool {
    address.incarnation.is_none() || incarnation.is_none() || address.incarnation == incarnation
}
