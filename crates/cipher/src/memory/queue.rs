//! A queue in memory: what waits, what is in flight and with whom, and what was put aside.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Shared, lost_reply};
use crate::address::{Address, Incarnation};
use crate::prefetch::Prefetch;
use crate::wire::{Batch, DEAD_LETTERS, Dead, Ended, Fate, Taker, WireError};

#[derive(Default)]
pub(super) struct Queue {
    content: Mutex<Content>,
    filled: Notify,
}

#[derive(Default)]
struct Content {
    waiting: VecDeque<Waiting>,
    in_flight: FxHashMap<Incarnation, InFlight>,
    dead: VecDeque<Dead>,
}

#[derive(Clone)]
struct Waiting {
    body: Bytes,
    /// How often it was handed out in vain.
    earlier: u32,
}

/// What one taker has and did not acknowledge.
struct InFlight {
    nid: u32,
    messages: VecDeque<Waiting>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().expect("nothing panics while it holds this lock")
    }

    pub(super) fn push(&self, body: Bytes) -> u64 {
        let mut content = self.lock();
        content.waiting.push_back(Waiting { body, earlier: 0 });
        let length = content.waiting.len() as u64;
        drop(content);
        self.filled.notify_one();
        length
    }

    pub(super) fn length(&self) -> u64 {
        self.lock().waiting.len() as u64
    }

    pub(super) fn takers(&self) -> Vec<(u32, Incarnation)> {
        self.lock().in_flight.iter().map(|(incarnation, taker)| (taker.nid, *incarnation)).collect()
    }

    /// Puts what a taker has and did not handle back to the front, and forgets the taker.
    fn finish(&self, of: Incarnation, fates: &[Fate]) {
        let mut content = self.lock();
        let Content { waiting, in_flight, .. } = &mut *content;
        let Some(taker) = in_flight.remove(&of) else { return };
        for (at, message) in taker.messages.into_iter().enumerate().rev() {
            let failures = match fates.get(at) {
                Some(Fate::Handled) => continue,
                Some(Fate::GivenBack { failures }) => *failures,
                None => 0,
            };
            waiting.push_front(Waiting { earlier: message.earlier + failures, ..message });
        }
        drop(content);
        self.filled.notify_one();
    }

    /// Puts what a taker has back to the front, each message with one attempt more.
    pub(super) fn give_back(&self, of: Incarnation) -> u64 {
        let mut content = self.lock();
        let Content { waiting, in_flight, .. } = &mut *content;
        let Some(taker) = in_flight.get_mut(&of) else { return 0 };
        let count = taker.messages.len() as u64;
        for message in taker.messages.drain(..).rev() {
            waiting.push_front(Waiting { earlier: message.earlier + 1, ..message });
        }
        drop(content);
        self.filled.notify_one();
        count
    }

    pub(super) fn forget_taker(&self, of: Incarnation) {
        let mut content = self.lock();
        if content.in_flight.get(&of).is_some_and(|taker| taker.messages.is_empty()) {
            content.in_flight.remove(&of);
        }
    }

    pub(super) fn bury(&self, dead: Dead) -> u64 {
        let mut content = self.lock();
        content.dead.push_back(dead);
        let pushed_out = content.dead.len().saturating_sub(DEAD_LETTERS);
        content.dead.drain(..pushed_out);
        pushed_out as u64
    }

    pub(super) fn end(&self, at: u64, why: &str) -> Ended {
        let waiting = std::mem::take(&mut self.lock().waiting);
        let put_aside = waiting.len() as u64;
        let bury = |Waiting { body, .. }| self.bury(Dead { at, why: why.to_owned(), body });
        Ended { put_aside, pushed_out: waiting.into_iter().map(bury).sum() }
    }

    pub(super) fn dead(&self) -> Vec<Dead> {
        self.lock().dead.iter().cloned().collect()
    }

    pub(super) fn unbury(&self, dead: &Dead) -> bool {
        let mut content = self.lock();
        let found = content.dead.iter().position(|other| other == dead);
        found.and_then(|at| content.dead.remove(at)).is_some()
    }
}

pub(super) struct MemoryTaker {
    queue: Arc<Queue>,
    incarnation: Incarnation,
    nid: u32,
    shared: Arc<Shared>,
    /// Whose lease has to be held, when the queue is one node's own.
    lease: Option<Address>,
    prefetch: Prefetch,
    /// When a batch was handed out, and how many messages it had.
    handed_out: Option<(Instant, usize)>,
}

impl MemoryTaker {
    pub(super) fn new(shared: Arc<Shared>, queue: Arc<Queue>, me: &Address, lease: Option<Address>) -> Self {
        let incarnation = me.incarnation.expect("who takes is a node of ours");
        let prefetch = if lease.is_some() { Prefetch::own() } else { Prefetch::shared() };
        Self { shared, queue, incarnation, nid: me.nid, lease, prefetch, handed_out: None }
    }

    fn check_lease(&self) -> Result<(), WireError> {
        let Some(me) = &self.lease else { return Ok(()) };
        match self.shared.nodes().get(&(me.ns.clone(), me.nid)) {
            Some(held) if held.incarnation == me.incarnation => Ok(()),
            _ => Err(WireError("the lease of this id was lost".into())),
        }
    }

    /// The next batch if there is one.
    fn try_take(&self) -> Option<Batch> {
        let mut content = self.queue.lock();
        let Content { waiting, in_flight, .. } = &mut *content;
        let mine = mine(in_flight, self.incarnation, self.nid);
        if mine.messages.is_empty() {
            // What was handed out before comes alone: it may have felled who had it.
            let most = self.prefetch.most();
            let again = waiting.iter().take(most).position(|message| message.earlier > 0);
            let count = again.unwrap_or(most).clamp(1, most).min(waiting.len());
            mine.messages.extend(waiting.drain(..count));
        }
        let first = mine.messages.front()?;
        let earlier_attempts = first.earlier;
        Some(Batch {
            messages: mine.messages.iter().map(|message| message.body.clone()).collect(),
            earlier_attempts,
        })
    }

    fn acknowledge(&self, handled: usize) {
        let mut content = self.queue.lock();
        let mine = mine(&mut content.in_flight, self.incarnation, self.nid);
        mine.messages.drain(..handled.min(mine.messages.len()));
    }
}

fn mine(
    in_flight: &mut FxHashMap<Incarnation, InFlight>,
    incarnation: Incarnation,
    nid: u32,
) -> &mut InFlight {
    in_flight.entry(incarnation).or_insert_with(|| InFlight { nid, messages: VecDeque::new() })
}

#[async_trait]
impl Taker for MemoryTaker {
    async fn take(&mut self, handled: usize, stop: &CancellationToken) -> Result<Batch, WireError> {
        self.acknowledge(handled);
        if let Some((since, count)) = self.handed_out.take() {
            self.prefetch.learn(count, since.elapsed());
        }
        self.check_lease()?;
        loop {
            let filled = self.queue.filled.notified();
            if let Some(batch) = self.try_take() {
                // Another taker of the same queue may have been passed over for this notice.
                if self.queue.length() > 0 {
                    self.queue.filled.notify_one();
                }
                if self.shared.faults.as_ref().is_some_and(|faults| faults.cut().is_some()) {
                    return Err(lost_reply()); // it is in flight, and found there by the next call
                }
                self.handed_out = Some((Instant::now(), batch.messages.len()));
                return Ok(batch);
            }
            tokio::select! {
                () = filled => {}
                () = stop.cancelled() => return Ok(Batch::default()),
            }
        }
    }

    async fn finish(&mut self, fates: &[Fate]) -> Result<(), WireError> {
        self.queue.finish(self.incarnation, fates);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// What happens to a queue and its takers, in some order.
    #[derive(Clone, Debug)]
    enum Event {
        Pushed,
        /// One of three takers acknowledges a part of what it has, in percent, and takes.
        Took(usize, usize),
        /// One crashes, and a sweep gives back what it had; it lives again with another incarnation.
        Crashed(usize),
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let event = prop_oneof![
            4 => Just(Event::Pushed),
            3 => (0usize..3, 0usize..=100).prop_map(|(taker, part)| Event::Took(taker, part)),
            1 => (0usize..3).prop_map(Event::Crashed),
        ];
        prop::collection::vec(event, 0..300)
    }

    struct Life {
        taker: MemoryTaker,
        has: Vec<Bytes>,
    }

    fn life(queue: &Arc<Queue>) -> Life {
        let me = Address { incarnation: Some(Incarnation::draw()), ..Address::new("worker", 1) };
        let mut taker = MemoryTaker::new(Arc::default(), queue.clone(), &me, None);
        taker.prefetch = Prefetch::own(); // several at once, in no time
        Life { taker, has: Vec::new() }
    }

    proptest! {
        #[test]
        fn whatever_crashes_each_message_is_acknowledged_once_and_redelivered_alone(events in events()) {
            let queue = Arc::<Queue>::default();
            let mut lives = [life(&queue), life(&queue), life(&queue)];
            let mut pushed = 0u64;
            let mut acknowledged = BTreeMap::<Bytes, u32>::new();
            let mut had_by_the_dead = BTreeSet::new();
            // In the end one survivor takes all that is left.
            let end = [Event::Crashed(0), Event::Crashed(1)].into_iter().chain((0..2_000).map(|_| Event::Took(2, 100)));
            for event in events.into_iter().chain(end) {
                match event {
                    Event::Pushed => {
                        queue.push(Bytes::from(pushed.to_string()));
                        pushed += 1;
                    }
                    Event::Took(who, part) => {
                        let Life { taker, has } = &mut lives[who];
                        // Only what was taken can be acknowledged, in order, and all of it before the next is taken.
                        let handled = has.len() * part / 100;
                        taker.acknowledge(handled);
                        for message in has.drain(..handled) {
                            *acknowledged.entry(message).or_default() += 1;
                        }
                        let batch = taker.try_take().unwrap_or_default();
                        prop_assert!(has.is_empty() || batch.messages == *has, "what it has it gets again, unchanged");
                        let redelivered = batch.messages.iter().any(|message| had_by_the_dead.contains(message));
                        prop_assert_eq!(batch.earlier_attempts > 0, redelivered, "and says so");
                        prop_assert!(!redelivered || batch.messages.len() == 1, "alone");
                        *has = batch.messages;
                    }
                    Event::Crashed(who) => {
                        let dead = std::mem::replace(&mut lives[who], life(&queue));
                        had_by_the_dead.extend(dead.has.iter().cloned());
                        let given_back = queue.give_back(dead.taker.incarnation);
                        prop_assert_eq!(given_back, dead.has.len() as u64);
                    }
                }
            }
            prop_assert_eq!(acknowledged.len() as u64, pushed, "none is lost");
            prop_assert!(acknowledged.values().all(|times| *times == 1), "none is acknowledged twice");
        }
    }
}
