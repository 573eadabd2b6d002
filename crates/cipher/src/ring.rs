//! A bounded queue between many producers and one consumer that drops its oldest entry rather than wait, and tells
//! the consumer that it did.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;

/// Bounded by count and by the sum of the costs (bytes) its producers name.
pub(crate) struct Ring<T> {
    state: Mutex<State<T>>,
    ready: Notify,
    most_items: usize,
    most_cost: usize,
}

struct State<T> {
    items: VecDeque<(T, usize)>,
    cost: usize,
    /// Something was dropped, or may have been missed, since the consumer last looked.
    lossy: bool,
    closed: bool,
}

/// What the consumer gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<T> {
    Item(T),
    /// Entries were lost before the ones that follow.
    Lossy,
}

impl<T> Ring<T> {
    pub(crate) fn new(most_items: usize, most_cost: usize) -> Self {
        let state = State { items: VecDeque::new(), cost: 0, lossy: false, closed: false };
        Self { state: Mutex::new(state), ready: Notify::new(), most_items, most_cost }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }

    /// Appends, and returns how many of the oldest had to go for it.
    pub(crate) fn push(&self, item: T, cost: usize) -> usize {
        let mut state = self.lock();
        if state.closed {
            return 1;
        }
        state.items.push_back((item, cost));
        state.cost += cost;
        let mut dropped = 0;
        // The newest stays, however large it is.
        while state.items.len() > 1 && (state.items.len() > self.most_items || state.cost > self.most_cost) {
            if let Some((_, cost)) = state.items.pop_front() {
                state.cost -= cost;
                dropped += 1;
            }
        }
        state.lossy |= dropped > 0;
        drop(state);
        self.ready.notify_one();
        dropped
    }

    /// Tells the consumer that entries may be missing although none was dropped here.
    pub(crate) fn mark_lossy(&self) {
        self.lock().lossy = true;
        self.ready.notify_one();
    }

    /// Waits for the next entry; `None` once the ring is closed and empty. Safe to cancel.
    pub(crate) async fn next(&self) -> Option<Next<T>> {
        loop {
            let waiting = self.ready.notified();
            if let Some(next) = self.try_next() {
                return Some(next);
            }
            if self.lock().closed {
                return None;
            }
            waiting.await;
        }
    }

    /// The next entry if there is one.
    pub(crate) fn try_next(&self) -> Option<Next<T>> {
        let mut state = self.lock();
        if std::mem::take(&mut state.lossy) {
            return Some(Next::Lossy);
        }
        let (item, cost) = state.items.pop_front()?;
        state.cost -= cost;
        Some(Next::Item(item))
    }

    /// Takes up to `most` entries at once.
    pub(crate) fn drain(&self, most: usize) -> Vec<T> {
        let mut state = self.lock();
        state.lossy = false;
        let count = most.min(state.items.len());
        let taken: Vec<_> = state.items.drain(..count).collect();
        taken
            .into_iter()
            .map(|(item, cost)| {
                state.cost -= cost;
                item
            })
            .collect()
    }

    /// Takes no more; the consumer gets what is left and then `None`.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_ring_drops_its_oldest_and_says_so_once() {
        let ring = Ring::new(2, 100);
        assert_eq!(ring.push('a', 1) + ring.push('b', 1), 0);
        assert_eq!(ring.push('c', 1), 1);
        assert_eq!(ring.next().await, Some(Next::Lossy));
        assert_eq!(ring.next().await, Some(Next::Item('b')));
        assert_eq!(ring.next().await, Some(Next::Item('c')));
        ring.close();
        assert_eq!(ring.next().await, None);
    }

    #[test]
    fn the_bound_on_bytes_holds_and_a_huge_entry_still_passes() {
        let ring = Ring::new(100, 10);
        ring.push(1, 6);
        assert_eq!(ring.push(2, 6), 1);
        assert_eq!(ring.push(3, 60), 1);
        assert_eq!(ring.drain(10), vec![3]);
        assert_eq!(ring.drain(10), Vec::<i32>::new());
        assert_eq!(ring.push(4, 1), 0);
    }
}
