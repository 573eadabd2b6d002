//! The state of a room: what events fold into and what a snapshot holds.

use crate::event::{ChatLine, Entry, Play, Playback};
use crate::id::{AccountId, RoomId};
use crate::people::Person;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use ts_rs::TS;

/// How the room's queue is ordered and who may add to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QueueMode {
    /// Everybody adds; votes decide the order, then age.
    Open,
    /// Only DJs add; they take turns.
    Rotation,
}

/// The one hue a room owns (DESIGN.md, Colour).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Hue {
    Coral,
    Amber,
    Lime,
    Mint,
    Sky,
    Iris,
    Orchid,
    Rose,
}

/// What a room looks like on the map, by its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The big stage.
    Shell,
    /// A roof with stripes.
    Bandstand,
    /// Glass, glowing.
    Glasshouse,
    /// A bench with a radio, up to 12 people.
    Bench,
}

/// What an owner may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomSettings {
    /// Display name.
    pub name: String,
    /// A sentence about the room; may be empty.
    pub about: String,
    /// Its hue.
    pub hue: Hue,
    /// Queue mode.
    pub mode: QueueMode,
    /// Whether the park's own mix plays while the queue is empty.
    pub mix: bool,
    /// How many fit in, within [`CAPACITY`]; absent: as many as come. The owner and the DJs always fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub capacity: Option<u32>,
}

/// How many a room may be said to hold.
pub const CAPACITY: RangeInclusive<u32> = 2..=10_000;

/// A room as everybody in it sees it. Events change it, see [`crate::event::Happened`]; presence is not part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RoomState {
    /// The room.
    pub id: RoomId,
    /// Its name in links: `/r/<slug>`.
    pub slug: String,
    /// What an owner may change.
    pub settings: RoomSettings,
    /// What it is on the map.
    pub place: Place,
    /// Mood of the demo library that the room's mix prefers.
    pub mood: Option<String>,
    /// Who made it; none for the park's own rooms.
    pub owner: Option<Person>,
    /// The DJs the owner appointed, in the order of their turns.
    pub djs: Vec<Person>,
    /// The queue in the order of playing; what plays is not in it.
    pub queue: Vec<Entry>,
    /// What plays and what comes next; none while it is quiet.
    pub playback: Option<Playback>,
    /// Accounts that voted to skip what plays.
    pub skip_votes: Vec<AccountId>,
    /// The latest chat, oldest first.
    pub chat: Vec<ChatLine>,
    /// The latest plays that have ended, newest first.
    pub history: Vec<Play>,
    /// Number of plays of the mix so far: the seed of its next choice.
    #[ts(type = "number")]
    pub mix_plays: i64,
}

/// Chat lines a snapshot keeps.
pub const CHAT_KEPT: usize = 100;
/// Ended plays a snapshot keeps.
pub const HISTORY_KEPT: usize = 20;
/// Entries a queue may hold.
pub const QUEUE_MAX: usize = 200;
/// Entries one person may have in a queue.
pub const QUEUE_MAX_EACH: usize = 20;
/// DJs a room may have.
pub const DJS_MAX: usize = 50;

/// A room's state at a point of its journal: everything up to and including `seq` is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Snapshot {
    /// Term of the event `seq`.
    #[ts(type = "number")]
    pub term: i64,
    /// Number of the last event folded in; 0 before the first.
    #[ts(type = "number")]
    pub seq: i64,
    /// The state.
    pub state: RoomState,
}

/// One line of the list of rooms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RoomSummary {
    /// The room.
    pub id: RoomId,
    /// Its name in links.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// A sentence about it; may be empty.
    pub about: String,
    /// Its hue.
    pub hue: Hue,
    /// What it is on the map.
    pub place: Place,
    /// Queue mode.
    pub mode: QueueMode,
    /// Who made it; none for the park's own.
    pub host: Option<String>,
    /// How many are in it.
    pub listening: u32,
    /// Whether whoever comes now waits in line (see [`RoomSettings::capacity`]).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub full: bool,
    /// What plays; none while it is quiet.
    pub now: Option<Play>,
}
