//! How often each of many may: a bounded map of token buckets.
//!
//! The generic cell rate algorithm keeps one moment a key, the one at which its bucket is full again. Time is an argument.
//! (governor has no bound on its keys and cannot give a token back; both matter here.)

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Keys remembered by one allowance; about 100 bytes each.
const KEYS_MAX: usize = 65_536;

/// Token buckets of one size, one for each key.
#[derive(Debug)]
pub struct Allowance<K> {
    burst: NonZeroU32,
    /// Time in which one token grows.
    interval: Duration,
    keys_max: usize,
    full_at: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash> Allowance<K> {
    /// `burst` at once, and as many again in each `period`.
    pub fn new(burst: NonZeroU32, period: Duration) -> Allowance<K> {
        let interval = period / burst.get();
        Allowance { burst, interval, keys_max: KEYS_MAX, full_at: Mutex::default() }
    }

    /// Takes a token of this key's bucket, or says how long until there is one.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut full_at = self.lock();
        let full = full_at.get(&key).copied().unwrap_or(now).max(now);
        // Full again so far ahead that not even one token is left.
        let latest = now + self.interval * (self.burst.get() - 1);
        if full > latest {
            return Err(full - latest);
        }
        if full_at.len() >= self.keys_max && !full_at.contains_key(&key) {
            full_at.retain(|_, full| *full > now);
            if full_at.len() >= self.keys_max {
                // Who comes from that many addresses at once is not stopped by counting addresses: memory is what counts then.
                full_at.clear();
            }
        }
        full_at.insert(key, full + self.interval);
        Ok(())
    }

    /// Puts a token back that was taken for nothing.
    pub fn give_back(&self, key: &K) {
        if let Some(full) = self.lock().get_mut(key) {
            *full = full.checked_sub(self.interval).unwrap_or(*full);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowance(burst: u32, period_s: u64) -> Allowance<u32> {
        Allowance::new(NonZeroU32::new(burst).unwrap(), Duration::from_secs(period_s))
    }

    #[test]
    fn a_burst_passes_then_one_for_each_interval() {
        let (allowance, now) = (allowance(3, 60), Instant::now());
        for _ in 0..3 {
            assert_eq!(allowance.take(1, now), Ok(()));
        }
        assert_eq!(allowance.take(1, now), Err(Duration::from_secs(20)));
        assert_eq!(allowance.take(2, now), Ok(()), "another key has its own bucket");
        assert_eq!(allowance.take(1, now + Duration::from_secs(20)), Ok(()));
        assert!(allowance.take(1, now + Duration::from_secs(20)).is_err());
    }

    #[test]
    fn a_token_given_back_can_be_taken_again() {
        let (allowance, now) = (allowance(1, 60), Instant::now());
        for _ in 0..100 {
            assert_eq!(allowance.take(1, now), Ok(()));
            allowance.give_back(&1);
        }
        assert_eq!(allowance.take(1, now), Ok(()));
        assert!(allowance.take(1, now).is_err());
    }

    #[test]
    fn the_number_of_keys_is_bounded() {
        let mut allowance = allowance(1, 60);
        allowance.keys_max = 10;
        let now = Instant::now();
        for key in 0..1000 {
            assert_eq!(allowance.take(key, now), Ok(()));
            assert!(allowance.lock().len() <= 10);
        }
        // Buckets that are full again are let go of first.
        let later = now + Duration::from_secs(61);
        assert_eq!(allowance.take(5000, later), Ok(()));
        for key in 6000..6009 {
            assert_eq!(allowance.take(key, later), Ok(()));
        }
        assert!(allowance.take(5000, later).is_err(), "a busy bucket was kept");
    }
}
