//! Where people come in: scattered before the stage of a room, or about the fountain of the lawn, never in a row.

use crate::seed::scramble;
use protocol::binary::{Spot, floor_size};
use protocol::id::{AccountId, FloorId};

/// Facing into the floor.
pub(super) const NORTH: u8 = 6;
/// Places that are tried for somebody who comes; the freest is taken.
const TRIES: u64 = 8;
/// Middle of the scatter, as a part of the floor's depth.
const CENTRE: f64 = 0.56;

/// A place to come in for somebody: the freest of a few that their account gives, as seed.
pub(super) fn come_in(floor: FloorId, account: AccountId, others: &[Spot]) -> Spot {
    let room_about = |spot: &Spot| others.iter().map(|o| distance_squared(spot, o)).min().unwrap_or(i64::MAX);
    (0..TRIES)
        .map(|n| place(floor, scramble(scramble(account.0 as u64 ^ (floor.0 as u64) << 32) ^ n)))
        .enumerate()
        .max_by_key(|(n, spot)| (room_about(spot), usize::MAX - n))
        .map_or_else(|| place(floor, 0), |(_, spot)| spot)
}

/// The spot, on the floor.
pub(super) fn within(floor: FloorId, spot: Spot) -> Spot {
    let (width, height) = floor_size(floor);
    Spot { x: spot.x.min(width), y: spot.y.min(height), pose: spot.pose }
}

/// An even scatter over an ellipse in the middle of the floor, south of what there is to see.
fn place(floor: FloorId, seed: u64) -> Spot {
    let (width, height) = floor_size(floor);
    let (width, height) = (f64::from(width), f64::from(height));
    let (across, deep) = ((width * 0.2).min(420.0), (height * 0.12).min(200.0));
    let unit = |bits: u64| (bits & 0xFFFF_FFFF) as f64 / f64::from(u32::MAX);
    let radius = unit(seed).sqrt();
    let angle = unit(seed >> 32) * std::f64::consts::TAU;
    let x = width / 2.0 + across * radius * angle.cos();
    let y = height * CENTRE + deep * radius * angle.sin();
    Spot { x: x as u16, y: y as u16, pose: NORTH }
}

fn distance_squared(a: &Spot, b: &Spot) -> i64 {
    let (dx, dy) = (i64::from(a.x) - i64::from(b.x), i64::from(a.y) - i64::from(b.y));
    dx * dx + dy * dy
}
