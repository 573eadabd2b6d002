//! People as others see them, and what they may do in a room.

use crate::id::AccountId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Exclusive upper bound of a look: thirteen small numbers in 44 bits (DESIGN.md, People).
pub const LOOKS: i64 = 1 << 44;

/// A person as everybody sees them. Embedded in events, so that the past keeps the name it happened under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The display name.
    pub name: String,
    /// How the figure looks: 0 to 2^44 - 1; drawn by the client.
    #[ts(type = "number")]
    pub look: i64,
}

/// What somebody is in one room. The order is that of rising rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Listens, chats, reacts, votes; adds tracks where everybody may.
    Listener,
    /// Adds tracks in every mode; where DJs take turns, skips whatever plays.
    Dj,
    /// Everything, and appoints DJs and changes the room.
    Owner,
}

/// A reaction: appears at once over the person's head, is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// A heart (key 1).
    Love,
    /// A flame (key 2).
    Fire,
    /// A star (key 3).
    Wow,
    /// A note (key 4).
    Sing,
    /// A drop (key 5).
    Tears,
    /// The arches (key 6).
    Encore,
}
