//! When a crowd that has stopped is at rest, and how long that is waited for. Pure.

use std::time::Duration;
use tokio::time::Instant;

/// What is under way is waited for until nothing has come of it for so long.
pub const STUCK: Duration = Duration::from_secs(20);
/// It is waited for no longer than this, although it still comes: a park that is so far behind is not judged to its end.
pub const BEHIND: Duration = Duration::from_secs(120);

/// How what was under way came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// All of it has an outcome, and everybody has heard everything.
    Reached,
    /// Nothing comes any more.
    Stuck,
    /// It still comes.
    Behind,
}

/// Looks again and again at a crowd that has stopped.
#[derive(Debug)]
pub struct Resting {
    began: Instant,
    /// What had come at the last look, and since when no more has.
    came: u64,
    since: Instant,
}

impl Resting {
    /// Stopped now.
    pub fn begin(now: Instant) -> Resting {
        Resting { began: now, came: 0, since: now }
    }

    /// Whether it is over: `came` is all that came so far, a number that only grows.
    pub fn look(&mut self, now: Instant, is_reached: bool, came: u64) -> Option<Rest> {
        if is_reached {
            return Some(Rest::Reached);
        }
        if came != self.came {
            (self.came, self.since) = (came, now);
        }
        if now - self.since > STUCK {
            return Some(Rest::Stuck);
        }
        (now - self.began > BEHIND).then_some(Rest::Behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn what_still_comes_is_waited_for_and_then_it_is_over_at_once() {
        let began = Instant::now();
        let mut resting = Resting::begin(began);
        for n in 1..60 {
            assert_eq!(resting.look(began + second(n), false, n), None);
        }
        assert_eq!(resting.look(began + second(60), true, 60), Some(Rest::Reached));
    }

    #[test]
    fn what_does_not_come_any_more_is_missing() {
        let began = Instant::now();
        let mut resting = Resting::begin(began);
        assert_eq!(resting.look(began + second(10), false, 7), None);
        assert_eq!(resting.look(began + second(30), false, 7), None);
        assert_eq!(resting.look(began + second(31), false, 7), Some(Rest::Stuck));
    }

    #[test]
    fn a_park_that_is_minutes_behind_is_not_waited_for() {
        let began = Instant::now();
        let mut resting = Resting::begin(began);
        let over = (1..).find_map(|n| resting.look(began + second(n), false, n).map(|rest| (n, rest)));
        assert_eq!(over, Some((BEHIND.as_secs() + 1, Rest::Behind)));
    }
}
