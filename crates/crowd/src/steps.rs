//! Steps on their way: which step a position that comes back is, and so how old it is.

use protocol::binary::{Positions, Spot};
use protocol::id::{AccountId, FloorId};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::time::Instant;

/// Steps of one person that may be on their way. A spot that is older is not told apart from one that was come to again.
const UNDER_WAY: usize = 16;

/// Steps of everybody.
#[derive(Debug, Default)]
pub struct Steps(Mutex<FxHashMap<AccountId, Walked>>);

#[derive(Debug, Default)]
struct Walked {
    /// Sent and not seen yet, oldest first.
    sent: VecDeque<(Spot, Instant)>,
    /// The spot that was seen last, and in which frame first.
    seen: Option<(Spot, FloorId, u32, Instant)>,
}

/// What is new in a frame of positions.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fresh {
    /// The frame's number on its floor.
    pub tick: u32,
    /// For each position that is new in it: when that step was due.
    pub due: Vec<Instant>,
    /// Steps that will never be seen, as a later one of the same person is in this frame.
    pub superseded: u64,
}

impl Steps {
    /// Somebody steps here; `due` is when they had to.
    pub fn sent(&self, who: AccountId, spot: Spot, due: Instant) {
        let mut people = self.0.lock().expect("nobody panics while counting steps");
        let walked = people.entry(who).or_default();
        if walked.sent.len() == UNDER_WAY {
            walked.sent.pop_front();
        }
        walked.sent.push_back((spot, due));
    }

    /// What is new in these positions.
    pub fn fresh(&self, positions: &Positions) -> Fresh {
        let mut people = self.0.lock().expect("nobody panics while counting steps");
        let mut fresh = Fresh { tick: positions.tick, ..Fresh::default() };
        for (who, spot) in &positions.people {
            let Some(walked) = people.get_mut(who) else { continue };
            match walked.seen {
                // Another gateway's frame of the same tick, packed in another way.
                Some((seen, floor, tick, due)) if (seen, floor) == (*spot, positions.floor) => {
                    if tick == positions.tick {
                        fresh.due.push(due);
                    }
                }
                _ => {
                    let Some(place) = walked.sent.iter().rposition(|(sent, _)| sent == spot) else {
                        continue;
                    };
                    fresh.superseded += place as u64;
                    let Some((spot, due)) = walked.sent.drain(..=place).next_back() else { continue };
                    walked.seen = Some((spot, positions.floor, positions.tick, due));
                    fresh.due.push(due);
                }
            }
        }
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const FLOOR: FloorId = FloorId(4);
    const WHO: AccountId = AccountId(9);

    fn spot(x: u16) -> Spot {
        Spot { x, y: 1, pose: 0 }
    }

    fn frame(tick: u32, x: u16) -> Positions {
        Positions { floor: FLOOR, tick, key: false, more: 0, people: vec![(WHO, spot(x))] }
    }

    #[test]
    fn a_position_is_as_old_as_its_step_and_is_new_once() {
        let (steps, start) = (Steps::default(), Instant::now());
        let at = |n: u64| start + Duration::from_millis(200 * n);
        for n in 0..3 {
            steps.sent(WHO, spot(n as u16), at(n));
        }
        assert_eq!(steps.fresh(&frame(1, 0)), Fresh { tick: 1, due: vec![at(0)], superseded: 0 });
        assert_eq!(
            steps.fresh(&frame(2, 0)),
            Fresh { tick: 2, ..Fresh::default() },
            "a key frame repeats it"
        );
        assert_eq!(steps.fresh(&frame(3, 2)), Fresh { tick: 3, due: vec![at(2)], superseded: 1 });
    }

    #[test]
    fn the_same_tick_through_another_gateway_is_as_new() {
        let (steps, due) = (Steps::default(), Instant::now());
        steps.sent(WHO, spot(5), due);
        assert_eq!(steps.fresh(&frame(1, 5)).due, [due]);
        assert_eq!(steps.fresh(&frame(1, 5)).due, [due]);
    }
}
