//! The park's own mix: what plays when nobody has put anything on. Chosen by seed, so that it can be replayed.

use crate::seed::scramble;
use protocol::id::{RoomId, TrackId};
use protocol::track::Track;

/// The mix's choice of a room, when `plays` plays of the mix have been. `heard` is what played lately, latest first: the latest
/// is never chosen while there is another, and neither are the others as long as half of the candidates remain.
/// Three of four choices are of the room's mood.
pub(super) fn choose(
    room: RoomId,
    plays: i64,
    mood: Option<&str>,
    heard: &[TrackId],
    mix: &[Track],
) -> Option<Track> {
    let seed = scramble(scramble(room.0 as u64) ^ plays as u64);
    let of_mood: Vec<&Track> = mix.iter().filter(|t| mood.is_some() && t.mood.as_deref() == mood).collect();
    let all: Vec<&Track> = mix.iter().collect();
    let in_mood = !seed.is_multiple_of(4) && !of_mood.is_empty();
    let pool = if in_mood { of_mood } else { all };
    let fresh = fresh(&pool, heard).or_else(|| fresh(&mix.iter().collect::<Vec<_>>(), heard));
    let pool = fresh.unwrap_or(pool);
    let at = (seed >> 8) % (pool.len().max(1) as u64);
    pool.get(at as usize).map(|t| (*t).clone())
}

/// Those of the pool that were not heard lately; none when that leaves nothing.
fn fresh<'a>(pool: &[&'a Track], heard: &[TrackId]) -> Option<Vec<&'a Track>> {
    let lately = &heard[..heard.len().min((pool.len() / 2).max(1))];
    let rest: Vec<&Track> = pool.iter().copied().filter(|t| !lately.contains(&t.id)).collect();
    (!rest.is_empty()).then_some(rest)
}
