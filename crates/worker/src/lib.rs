//! The worker: the authoritative state of every room it owns, journaled before anybody is told.
//!
//! Rules are in `park`; this crate gives them time, persistence and a voice. Everything that leaves it about a room leaves after
//! its turn's commit.
//!
//! | module | what it holds |
//! |---|---|
//! | [`config`] | settings |
//! | [`lease`] | which shards this worker owns: joining, renewing, taking over, handing over; [`ownership`] what came of it |
//! | [`rooms`] | the loop of turns: commands in, journal, events out; [`seat`] a room in memory, [`turn`] what one turn gathers |
//! | [`books`] | where a turn ends: journal and topics; the seam for programs that are wrong on purpose |
//! | [`ledger`] | which commands were carried out, so that each is carried out once |
//! | [`floors`] | people on floors: presence, steps, ten ticks a second |
//! | [`directory`] | the list of rooms as it changes |
//! | [`answers`] | what gateways and web servers ask |
//! | [`program`] | the worker as a process of its own |

mod answers;
pub mod books;
pub mod config;
mod directory;
mod floors;
mod lease;
mod ledger;
mod ownership;
pub mod program;
mod rooms;
mod seat;
mod turn;
mod worker;

pub use config::{Config, Tenure};
pub use worker::Worker;
