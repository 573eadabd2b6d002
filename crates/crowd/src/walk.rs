//! Where somebody who walks is at each step: a circle on their floor, slower than the park's own speed.

use protocol::binary::{FLOOR_HEIGHT, FLOOR_WIDTH, Spot};

/// Radius, in units.
const RADIUS: f64 = 80.0;
/// Units a second: below [`protocol::binary::WALK_SPEED`].
const SPEED: f64 = 150.0;
/// Walking, as [`Spot::pose`] says it.
const WALKING: u8 = 0b1000;

/// A walk in a circle that begins where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Walk {
    middle: (f64, f64),
    /// Angle at the first step, in radians.
    from: f64,
    /// Angle of one step.
    by: f64,
}

impl Walk {
    /// A walk from this point of a room's floor, with so many steps a second.
    pub fn new(x: u16, y: u16, hertz: f64) -> Walk {
        // The middle is towards that of the floor, and far enough from its edges: then the circle stays on it.
        let (x, y) = (f64::from(x), f64::from(y));
        let (width, height) = (f64::from(FLOOR_WIDTH), f64::from(FLOOR_HEIGHT));
        let inward = if x < width / 2.0 { RADIUS } else { -RADIUS };
        let middle = ((x + inward).clamp(RADIUS, width - RADIUS), y.clamp(RADIUS, height - RADIUS));
        let from = (y - middle.1).atan2(x - middle.0);
        Walk { middle, from, by: SPEED / hertz / RADIUS }
    }

    /// The spot of step `k`; 0 is where it began, or beside it where that is in a corner.
    pub fn spot(&self, k: u64) -> Spot {
        let angle = self.from + self.by * k as f64;
        let at = |middle: f64, part: f64| (middle + RADIUS * part).round().max(0.0) as u16;
        let eighth =
            ((angle + std::f64::consts::FRAC_PI_2) / std::f64::consts::FRAC_PI_4).rem_euclid(8.0) as u8;
        Spot {
            x: at(self.middle.0, angle.cos()),
            y: at(self.middle.1, angle.sin()),
            pose: WALKING | eighth.min(7),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::binary::WALK_SPEED;

    #[test]
    fn a_walk_begins_where_one_stands_stays_on_the_floor_and_is_no_faster_than_allowed() {
        for (x, y) in [(0, 0), (FLOOR_WIDTH, FLOOR_HEIGHT), (800, 600), (3, 1_190)] {
            let walk = Walk::new(x, y, 5.0);
            let first = walk.spot(0);
            assert!(first.x.abs_diff(x) <= 25 && first.y.abs_diff(y) <= 25, "{first:?}");
            for k in 0..200 {
                let (one, two) = (walk.spot(k), walk.spot(k + 1));
                assert!(two.x <= FLOOR_WIDTH && two.y <= FLOOR_HEIGHT, "{two:?}");
                let far = f64::from(one.x.abs_diff(two.x)).hypot(f64::from(one.y.abs_diff(two.y)));
                assert!(far > 1.0 && far * 5.0 < WALK_SPEED, "{far}");
            }
        }
    }
}
