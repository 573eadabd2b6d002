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

/// Looks before a clock is set, of which the quickest counts: one that begins wrong on a busy machine takes minutes to drift right.
const FIRST_LOOKS: usize = 8;
/// Between two of them.
const BETWEEN_FIRST: Duration = Duration::from_millis(20);

/// What the reference showed at some moment between two of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Before it was asked.
    pub before: Instant,
    /// What it showed, in microseconds since 1970.
    pub reference_us: i64,
    /// After it had answered.
    pub after: Instant,
}

impl Sample {
    /// Asks once; `look` answers what the reference shows, if it answers.
    pub async fn take<F: Future<Output = Option<i64>>>(look: impl FnOnce() -> F) -> Option<Sample> {
        let before = Instant::now();
        let reference_us = look().await?;
        Some(Sample { before, reference_us, after: Instant::now() })
    }

    /// Of several looks the quickest, to set a clock by; none when the first finds nobody.
    pub async fn quickest<F: Future<Output = Option<i64>>>(mut look: impl FnMut() -> F) -> Option<Sample> {
        let mut best = Sample::take(&mut look).await?;
        for _ in 1..FIRST_LOOKS {
            tokio::time::sleep(BETWEEN_FIRST).await;
            if let Some(sample) = Sample::take(&mut look).await
                && sample.after - sample.before < best.after - best.before
            {
                best = sample;
            }
        }
        Some(best)
    }
}

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

    /// Tells the clock what the reference showed.
    pub fn observe(&self, sample: Sample) -> Observed {
        self.lock().observe(sample)
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

    fn observe(&mut self, sample: Sample) -> Observed {
        let Sample { before, reference_us, after } = sample;
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

    fn sample(before: Instant, reference_us: i64, after: Instant) -> Sample {
        Sample { before, reference_us, after }
    }

    #[test]
    fn the_first_sample_sets_the_clock_and_later_ones_slew_it() {
        let clock = ParkClock::system();
        let t = Instant::now();
        assert_eq!(clock.observe(sample(t, 1_000_000_000, t + 2 * MS)), Observed::Stepped);
        assert!((clock.at_us(t + MS) - 1_000_000_000).abs() <= 1);
        // The reference turns out to be 10 ms ahead: the clock drifts there at 500 ppm, so 1 s brings half a millisecond.
        let later = t + 1000 * MS;
        assert_eq!(clock.observe(sample(later, 1_001_009_000, later)), Observed::Slewed);
        let ahead = clock.at_us(later + 1000 * MS) - (1_000_000_000 - 1000 + 2_000_000);
        assert!((450..=550).contains(&ahead), "{ahead}");
    }

    #[test]
    fn a_slow_answer_does_not_move_a_clock_that_had_a_quick_one() {
        let clock = ParkClock::system();
        let t = Instant::now();
        clock.observe(sample(t, 5_000_000, t));
        let later = t + 10 * MS;
        clock.observe(sample(later, 5_010_000 + 35_000, later + 80 * MS));
        assert!((clock.at_us(t + 1000 * MS) - 6_000_000).abs() <= 1);
    }

    #[test]
    fn another_clock_is_stepped_to() {
        let clock = ParkClock::system();
        let t = Instant::now();
        clock.observe(sample(t, 5_000_000, t));
        assert_eq!(clock.observe(sample(t, 9_000_000, t)), Observed::Stepped);
        assert!((clock.at_us(t) - 9_000_000).abs() <= 1);
    }

    #[tokio::test]
    async fn a_clock_is_set_by_the_quickest_of_several_looks() {
        // The first answer comes late, as on a machine that has just begun a lot: what it shows is as old as that.
        let mut asked = 0;
        let quickest = Sample::quickest(|| {
            asked += 1;
            let shown = asked;
            async move {
                if shown == 1 {
                    std::thread::sleep(100 * MS);
                }
                Some(shown)
            }
        });
        assert!(quickest.await.is_some_and(|sample| sample.reference_us > 1));
        assert_eq!(asked, 8);
        assert_eq!(Sample::quickest(|| async { None }).await, None);
    }
}
