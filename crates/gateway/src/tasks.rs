//! One task a key (a room, a floor), started when somebody wants it and ended when nobody does.

use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Notes that may wait for one task.
const INBOX: usize = 1_024;

/// The tasks that run, by key, each with the way into its inbox.
#[derive(Debug)]
pub struct Tasks<K, N> {
    running: Mutex<FxHashMap<K, mpsc::Sender<N>>>,
}

impl<K: Copy + Eq + Hash, N> Tasks<K, N> {
    /// No tasks.
    pub fn new() -> Tasks<K, N> {
        Tasks { running: Mutex::default() }
    }

    /// The way to a task that runs.
    pub fn running(&self, key: K) -> Option<mpsc::Sender<N>> {
        self.lock().get(&key).cloned()
    }

    /// The way to a task, which `start` starts with its inbox when it does not run.
    pub fn get(&self, key: K, start: impl FnOnce(mpsc::Receiver<N>)) -> mpsc::Sender<N> {
        let mut running = self.lock();
        running
            .entry(key)
            .or_insert_with(|| {
                let (sender, inbox) = mpsc::channel(INBOX);
                start(inbox);
                sender
            })
            .clone()
    }

    /// A task wants to end. True: it is taken out and must end now. False: somebody is about to tell it something. Whoever has a way
    /// to a task got it under the same lock, so nobody's note is lost.
    pub fn may_end(&self, key: K, inbox: &mpsc::Receiver<N>) -> bool {
        let mut running = self.lock();
        let alone = inbox.is_empty() && running.get(&key).is_none_or(|way| way.strong_count() == 1);
        if alone {
            running.remove(&key);
        }
        alone
    }

    /// How many run.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, FxHashMap<K, mpsc::Sender<N>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_ends_only_when_nobody_is_about_to_tell_it_something() {
        let tasks = Tasks::<u8, &str>::new();
        let mut inbox = None;
        let way = tasks.get(7, |started| inbox = Some(started));
        let mut inbox = inbox.unwrap();
        assert!(!tasks.may_end(7, &inbox), "somebody holds the way in");
        way.try_send("join").unwrap();
        drop(way);
        assert!(!tasks.may_end(7, &inbox), "a note waits");
        assert_eq!(inbox.try_recv(), Ok("join"));
        assert!(tasks.may_end(7, &inbox));
        assert_eq!(tasks.count(), 0);
    }
}
