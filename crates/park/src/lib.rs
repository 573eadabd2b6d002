//! The rules of Music Park, pure: rooms, queue, votes, playback, roles and the floor; no I/O, no clock, no randomness but a seed.
//!
//! A worker brings commands, the time and who is there; a [`Room`] answers with events. The map:
//!
//! | module | what it holds |
//! |---|---|
//! | [`room`] | one room in memory: commands and time in, numbered events out |
//! | [`fold()`] | how an event changes the state of a room: the only thing that does |
//! | [`rights`] | who may do what, as one table |
//! | [`floor`] | people on a plane: where they stand, how fast they go, what others are told |
//! | [`presence`] | sockets of gateways, summed up to people on floors |

pub mod floor;
mod fold;
pub mod presence;
pub mod rights;
pub mod room;
mod seed;

pub use floor::Floor;
pub use fold::fold;
pub use presence::{Change, Gateway, Presence};
pub use rights::role;
pub use room::{Context, Resolved, Room, RoomOpening};

/// How many have to vote before a track is skipped, of `present` people who are there and not away: half of them, rounded up;
/// two have to agree; nobody there never suffices.
pub fn skip_needed(present: usize) -> usize {
    match present {
        0 | 1 => 1,
        2 => 2,
        n => n.div_ceil(2),
    }
}
