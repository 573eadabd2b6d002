//! What a person asks of a room. Everything here is decided by the room's worker.

use crate::id::{AccountId, CommandId, EntryId, RoomId, TrackId};
use crate::room::RoomSettings;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A command on its way. The sender is stamped by the gateway, never read from the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Command {
    /// Chosen by the client, a uuid v7: sent again with the same id it is carried out once.
    pub id: CommandId,
    /// The room it is for.
    pub room: RoomId,
    /// Whether this id may have been sent before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub resent: bool,
    /// What to do.
    #[serde(rename = "do")]
    pub action: Action,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub enum Action {
    /// Say something in the room's chat.
    #[serde(rename = "chat.say")]
    ChatSay {
        /// 1 to 500 characters.
        text: String,
    },
    /// Put a track of the library on the queue.
    #[serde(rename = "queue.add")]
    QueueAdd {
        /// The track.
        track: TrackId,
    },
    /// Take an entry off the queue: one's own, or anybody's as owner.
    #[serde(rename = "queue.remove")]
    QueueRemove {
        /// The entry.
        entry: EntryId,
    },
    /// Move one of one's own entries among one's own; the owner moves any entry anywhere in an open queue.
    #[serde(rename = "queue.move")]
    QueueMove {
        /// The entry to move.
        entry: EntryId,
        /// The entry it shall stand before; none: last.
        before: Option<EntryId>,
    },
    /// Vote for an entry of an open queue, or take the vote back.
    #[serde(rename = "queue.vote")]
    QueueVote {
        /// The entry.
        entry: EntryId,
        /// Whether one votes for it.
        up: bool,
    },
    /// Vote to skip what plays, or take the vote back.
    #[serde(rename = "skip.vote")]
    SkipVote {
        /// Entry or play that is meant: its start in park time, so that a late vote does not skip the next track.
        #[ts(type = "number")]
        start_us: i64,
        /// Whether one wants to skip.
        up: bool,
    },
    /// Skip at once: one's own track as its picker; any as owner, and as DJ where DJs take turns.
    #[serde(rename = "skip.now")]
    SkipNow {
        /// The play that is meant, by its start.
        #[ts(type = "number")]
        start_us: i64,
    },
    /// Make somebody a DJ, or no longer one. Only the owner.
    #[serde(rename = "role.dj")]
    RoleDj {
        /// Who.
        account: AccountId,
        /// Whether they shall be a DJ.
        dj: bool,
    },
    /// Change the room. Only the owner.
    #[serde(rename = "room.change")]
    RoomChange {
        /// The new settings.
        settings: RoomSettings,
    },
}

impl Action {
    /// The name on the wire, for metrics and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Action::ChatSay { .. } => "chat.say",
            Action::QueueAdd { .. } => "queue.add",
            Action::QueueRemove { .. } => "queue.remove",
            Action::QueueMove { .. } => "queue.move",
            Action::QueueVote { .. } => "queue.vote",
            Action::SkipVote { .. } => "skip.vote",
            Action::SkipNow { .. } => "skip.now",
            Action::RoleDj { .. } => "role.dj",
            Action::RoomChange { .. } => "room.change",
        }
    }
}
