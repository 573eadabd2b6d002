//! How many messages a taker takes at once, from how quickly it handled the last ones.

use std::time::Duration;

/// A batch that is handled within this is quick.
const QUICK: Duration = Duration::from_millis(10);
/// A node's own messages: as many as this at least. They are nobody else's.
const OWN: usize = 128;
/// Quick batches grow as far as this. None of a batch is acknowledged before its end.
const LARGEST: usize = 1_024;

/// The size of the next batch.
#[derive(Debug)]
pub(crate) struct Prefetch {
    least: usize,
    most: usize,
}

impl Prefetch {
    /// For a node's own queue.
    pub(crate) fn own() -> Self {
        Self { least: OWN, most: OWN }
    }

    /// For a queue that several nodes share: what one of them holds while it is busy the others cannot begin. It takes one
    /// message at a time until it is known to be quick.
    pub(crate) fn shared() -> Self {
        Self { least: 1, most: 1 }
    }

    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Learns from so many messages that were handled in this time.
    pub(crate) fn learn(&mut self, count: usize, took: Duration) {
        if took > QUICK {
            let quickly = (count as f64 * QUICK.as_secs_f64() / took.as_secs_f64()) as usize;
            self.most = quickly.clamp(self.least, LARGEST);
        } else if count >= self.most {
            self.most = (self.most * 2).min(LARGEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_job_at_a_time_of_a_shared_queue() {
        let mut shared = Prefetch::shared();
        for _ in 0..3 {
            assert_eq!(shared.most(), 1);
            shared.learn(1, Duration::from_secs(1));
        }
    }

    #[test]
    fn quick_ones_are_taken_in_ever_larger_batches_until_they_are_slow() {
        for mut prefetch in [Prefetch::shared(), Prefetch::own()] {
            let least = prefetch.most();
            for _ in 0..12 {
                prefetch.learn(prefetch.most(), Duration::from_millis(1));
            }
            assert_eq!(prefetch.most(), LARGEST);
            prefetch.learn(LARGEST, Duration::from_millis(40));
            assert_eq!(prefetch.most(), LARGEST / 4, "what is handled in ten milliseconds");
            prefetch.learn(3, Duration::from_secs(3));
            assert_eq!(prefetch.most(), least);
        }
    }

    #[test]
    fn few_messages_say_nothing_of_larger_batches() {
        let mut shared = Prefetch::shared();
        for _ in 0..12 {
            shared.learn(1, Duration::from_micros(50));
        }
        assert_eq!(shared.most(), 2);
    }
}
