//! Park time: the database's clock as this process knows it.
//!
//! The clock runs on the process's monotonic clock plus an offset. Samples of the reference (the database for a worker,
//! a worker for a gateway) say where the offset should be; it is slewed there, so that park time never runs backwards
//! and music does not jump. Of the latest samples the one with the shortest round trip is believed: its error is at most half of that.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Samples that compete for the shortest round trip.
const SAMPLES: usize = 16;
/// How fast the offset moves: 500 parts in a million, which nobody hears.
const SLEW_PPM: f64 = 500.0;
/// A difference beyond this is no drift but another clock: step.
const STEP: Duration = Duration::from_millis(50);

/// A handle to the process's park time. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ParkClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    origin: Instant,
    /// Park time minus time since `origin`, in microseconds, as of `set`.
    offset_us: f64,
    target_us: f64,
    set: Instant,
    samples: VecDeque<(Duration, f64)>,
    followed: bool,
}

/// What a sample did to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// The clock goes on and drifts towards the reference.
    Slewed,
    /// The clock was set: those who follow it should look again.
    Stepped,
}

impl ParkClock {
    /// A clock that shows the system's time until it is told better.
    pub fn system() -> ParkClock {
        let origin = Instant::now();
        let now_us = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as f64;
        let state = State {
            origin,
            offset_us: now_us,
            target_us: now_us,
            set: origin,
            samples: VecDeque::with_capacity(SAMPLES),
            followed: false,
        };
        ParkClock { state: Arc::new(Mutex::new(state)) }
    }

    /// Park time now, in microseconds since 1970. Never runs backwards but for a step.
    pub fn now_us(&self) -> i64 {
        self.lock().at(Instant::now())
    }

    /// Park time at a moment of this process, in microseconds.
    pub fn at_us(&self, moment: Instant) -> i64 {
        self.lock().at(moment)
    }

    /// Tells the clock that the reference showed `reference_us` at some moment between `before` and `after`.
    pub fn observe(&self, before: Instant, reference_us: i64, after: Instant) -> Observed {
        self.lock().observe(before, reference_us, after)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn offset_at(&self, moment: Instant) -> f64 {
        let gone = moment.saturating_duration_since(self.set).as_secs_f64();
        let most = gone * SLEW_PPM;
        self.offset_us + (self.target_us - self.offset_us).clamp(-most, most)
    }

    fn at(&self, moment: Instant) -> i64 {
        (moment.saturating_duration_since(self.origin).as_secs_f64() * 1e6 + self.offset_at(moment)) as i64
    }

    fn observe(&mut self, before: Instant, reference_us: i64, after: Instant) -> Observed {
        let round_trip = after.saturating_duration_since(before);
        let middle = before + round_trip / 2;
        let offset = reference_us as f64 - middle.saturating_duration_since(self.origin).as_secs_f64() * 1e6;
        self.offset_us = self.offset_at(after);
        self.set = after;
        let error = (offset - self.offset_us).abs();
        let step = error > (STEP + round_trip / 2).as_secs_f64() * 1e6;
        if step || !self.followed {
            self.samples.clear();
            self.offset_us = offset;
        }
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back((round_trip, offset));
        let best = self.samples.iter().min_by_key(|(round_trip, _)| *round_trip);
        self.target_us = best.map_or(offset, |(_, offset)| *offset);
        let first = !std::mem::replace(&mut self.followed, true);
        if step || first { Observed::Stepped } else { Observed::Slewed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_first_sample_sets_the_clock_and_later_ones_slew_it() {
        let clock = ParkClock::system();
        let t = Instant::now();
        assert_eq!(clock.observe(t, 1_000_000_000, t + 2 * MS), Observed::Stepped);
        assert!((clock.at_us(t + MS) - 1_000_000_000).abs() <= 1);
        // The reference turns out to be 10 ms ahead: the clock drifts there at 500 ppm, so 1 s brings half a millisecond.
        let later = t + 1000 * MS;
        assert_eq!(clock.observe(later, 1_001_009_000, later), Observed::Slewed);
        let ahead = clock.at_us(later + 1000 * MS) - (1_000_000_000 - 1000 + 2_000_000);
        assert!((450..=550).contains(&ahead), "{ahead}");
    }

    #[test]
    fn a_slow_answer_does_not_move_a_clock_that_had_a_quick_one() {
        let clock = ParkClock::system();
        let t = Instant::now();
        clock.observe(t, 5_000_000, t);
        let later = t + 10 * MS;
        clock.observe(later, 5_010_000 + 35_000, later + 80 * MS);
        assert!((clock.at_us(t + 1000 * MS) - 6_000_000).abs() <= 1);
    }

    #[test]
    fn another_clock_is_stepped_to() {
        let clock = ParkClock::system();
        let t = Instant::now();
        clock.observe(t, 5_000_000, t);
        assert_eq!(clock.observe(t, 9_000_000, t), Observed::Stepped);
        assert!((clock.at_us(t) - 9_000_000).abs() <= 1);
    }
}
