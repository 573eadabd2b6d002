//! How far somebody may have walked: a token bucket of distance, so that late packets are forgiven and jumps are not.

use protocol::binary::{Spot, WALK_SPEED};
use protocol::time::Micros;

/// A clock that runs a little fast, and rounding to whole units.
const TOLERANCE: f64 = 1.25;
/// Distance that can be caught up on after a silence, in seconds of walking.
const BURST_S: f64 = 1.0;

/// The distance somebody has left to walk at once.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    /// In units, at most a burst.
    left: f64,
    since: Micros,
}

impl Pace {
    /// Somebody who has stood still for a while.
    pub fn rested(now: Micros) -> Pace {
        Pace { left: WALK_SPEED * TOLERANCE * BURST_S, since: now }
    }

    /// Where a walk from `from` to `to` has got by now.
    pub fn walk(&mut self, from: Spot, to: Spot, now: Micros) -> Spot {
        let passed_s = (now - self.since).max(0) as f64 / 1e6;
        self.since = self.since.max(now);
        self.left = (self.left + passed_s * WALK_SPEED * TOLERANCE).min(WALK_SPEED * TOLERANCE * BURST_S);
        let (dx, dy) = (f64::from(to.x) - f64::from(from.x), f64::from(to.y) - f64::from(from.y));
        let wanted = dx.hypot(dy);
        if wanted <= self.left {
            self.left -= wanted;
            return to;
        }
        let part = self.left / wanted;
        self.left = 0.0;
        // Towards the start, so that rounding never adds to the distance.
        let along = |from: u16, by: f64| (f64::from(from) + (by * part).trunc()) as u16;
        Spot { x: along(from.x, dx), y: along(from.y, dy), pose: to.pose }
    }
}
