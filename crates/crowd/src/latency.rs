//! Times of many things, and their percentiles.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use std::time::Duration;

/// Longest time that is told apart: ten minutes, in microseconds.
const LONGEST_US: u64 = 600_000_000;

/// Times, kept as a histogram of microseconds with three significant digits.
#[derive(Debug)]
pub struct Latencies(Mutex<Histogram<u64>>);

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// How many times there are.
    pub count: u64,
    /// Half are at most this.
    pub p50: f64,
    /// 95 of a hundred are at most this.
    pub p95: f64,
    /// 99 of a hundred are at most this.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl Default for Latencies {
    fn default() -> Latencies {
        let histogram =
            Histogram::new_with_max(LONGEST_US, 3).expect("three digits and ten minutes are within bounds");
        Latencies(Mutex::new(histogram))
    }
}

impl Latencies {
    /// Notes a time.
    pub fn add(&self, time: Duration) {
        self.add_all([time]);
    }

    /// Notes times that came together.
    pub fn add_all(&self, times: impl IntoIterator<Item = Duration>) {
        let mut histogram = self.0.lock().expect("nobody panics while holding a histogram");
        for time in times {
            histogram.saturating_record(u64::try_from(time.as_micros()).unwrap_or(LONGEST_US));
        }
    }

    /// How many times there are.
    pub fn count(&self) -> u64 {
        self.0.lock().expect("nobody panics while holding a histogram").len()
    }

    /// The percentiles so far; all 0 while there is nothing.
    pub fn percentiles(&self) -> Percentiles {
        let histogram = self.0.lock().expect("nobody panics while holding a histogram");
        let ms = |us: u64| us as f64 / 1e3;
        let at = |part| ms(histogram.value_at_quantile(part));
        Percentiles {
            count: histogram.len(),
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            max: ms(histogram.max()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_told_in_milliseconds() {
        let latencies = Latencies::default();
        assert_eq!(latencies.percentiles(), Percentiles::default());
        latencies.add_all((1..=100).map(Duration::from_millis));
        let told = latencies.percentiles();
        assert_eq!(told.count, 100);
        assert!(
            (told.p50 - 50.0).abs() < 0.1 && (told.p99 - 99.0).abs() < 0.1 && (told.max - 100.0).abs() < 0.1,
            "{told:?}"
        );
    }

    #[test]
    fn what_takes_for_ever_counts_as_the_longest() {
        let latencies = Latencies::default();
        latencies.add(Duration::from_secs(100_000));
        assert!(latencies.percentiles().max >= 599_000.0);
    }
}
