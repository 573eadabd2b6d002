//! What happened in a room: durable, journaled before anybody is told, numbered without gaps.

use crate::id::{AccountId, CommandId, EntryId};
use crate::people::Person;
use crate::room::RoomSettings;
use crate::time::{Micros, samples_to_us};
use crate::track::Track;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A numbered event of a room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Event {
    /// Term of the worker that wrote it; only rises.
    #[ts(type = "number")]
    pub term: i64,
    /// Its number in the room: contiguous, from 1.
    #[ts(type = "number")]
    pub seq: i64,
    /// When, in park time.
    #[ts(type = "number")]
    pub at: Micros,
    /// The command that caused it: for its sender this is the acknowledgement. Only on a command's first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub command: Option<CommandId>,
    /// Who caused it; none for what the room does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account: Option<AccountId>,
    /// What happened.
    #[serde(rename = "is")]
    pub happened: Happened,
}

/// What happened. Each says what changes, so that a client folds it without knowing the rules:
/// wherever the queue changes, the whole order of playing comes along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[expect(
    clippy::large_enum_variant,
    reason = "events are few and soon bytes; a box would be in everybody's way"
)]
pub enum Happened {
    /// Somebody said something.
    #[serde(rename = "chat.said")]
    ChatSaid {
        /// The line.
        line: ChatLine,
    },
    /// An entry joined the queue.
    #[serde(rename = "queue.added")]
    QueueAdded {
        /// The entry.
        entry: Entry,
        /// The queue's order from now on.
        order: Vec<EntryId>,
    },
    /// An entry was taken off the queue.
    #[serde(rename = "queue.removed")]
    QueueRemoved {
        /// The entry.
        entry: EntryId,
        /// The queue's order from now on.
        order: Vec<EntryId>,
    },
    /// The order changed: a move, an appointment, another mode.
    #[serde(rename = "queue.ordered")]
    QueueOrdered {
        /// The queue's order from now on.
        order: Vec<EntryId>,
        /// All entries that are [`Entry::placed`] from now on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<EntryId>>")]
        placed: Vec<EntryId>,
    },
    /// Votes for an entry changed.
    #[serde(rename = "queue.voted")]
    QueueVoted {
        /// The entry.
        entry: EntryId,
        /// All who are for it.
        votes: Vec<AccountId>,
        /// The queue's order from now on.
        order: Vec<EntryId>,
    },
    /// Votes to skip what plays changed.
    #[serde(rename = "skip.voted")]
    SkipVoted {
        /// All who want to skip.
        votes: Vec<AccountId>,
    },
    /// Another track plays: `playback.now` may lie a moment in the future, until then the former goes on. Clears the votes to skip;
    /// the entry of `now` leaves the queue, the former play joins the history.
    #[serde(rename = "play.started")]
    PlayStarted {
        /// What plays and what is next.
        playback: Playback,
        /// Why it started.
        why: StartReason,
        /// The queue's order from now on.
        order: Vec<EntryId>,
    },
    /// What comes next is another track.
    #[serde(rename = "play.next")]
    PlayNext {
        /// What comes next; none: quiet after what plays.
        next: Option<Play>,
    },
    /// It became quiet: nothing plays any more.
    #[serde(rename = "play.ended")]
    PlayEnded {},
    /// Somebody became a DJ, or is no longer one.
    #[serde(rename = "role.dj")]
    RoleDj {
        /// Who.
        person: Person,
        /// Whether they are one.
        dj: bool,
    },
    /// The room's settings changed. The first event of every room.
    #[serde(rename = "room.changed")]
    RoomChanged {
        /// The settings from now on.
        settings: RoomSettings,
    },
    /// Somebody's name or look changed: their lines and entries keep the old ones, roles take the new.
    #[serde(rename = "person.changed")]
    PersonChanged {
        /// The person from now on.
        person: Person,
    },
}

/// Why a track started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StartReason {
    /// It was quiet.
    Quiet,
    /// The one before came to its end.
    Ended,
    /// The listeners voted: `votes` of the `needed`.
    Voted {
        /// Votes cast.
        votes: u32,
        /// Votes that were needed.
        needed: u32,
    },
    /// Its picker, a DJ or the owner skipped the one before.
    Skipped {
        /// Who.
        by: Person,
    },
}

/// A line of chat. Its id is the sequence number of its event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatLine {
    /// The event's number.
    #[ts(type = "number")]
    pub id: i64,
    /// When, in park time.
    #[ts(type = "number")]
    pub at: Micros,
    /// Who.
    pub by: Person,
    /// What.
    pub text: String,
}

/// An entry of the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The track.
    pub track: Track,
    /// Who put it on.
    pub by: Person,
    /// Who voted for it.
    pub votes: Vec<AccountId>,
    /// The owner moved it: it keeps its place from the top, votes order the others around it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub placed: bool,
}

/// What plays and what follows it without a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Playback {
    /// What plays, from its `start_us` on.
    pub now: Play,
    /// What follows at the end of `now`; may be replaced until 20 s before.
    pub next: Option<Play>,
}

/// One playing of a track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Play {
    /// The entry it was; none for the park's own mix.
    pub entry: Option<EntryId>,
    /// The track.
    pub track: Track,
    /// Who picked it; none for the park's own mix.
    pub by: Option<Person>,
    /// When its first sample is heard, in park time.
    #[ts(type = "number")]
    pub start_us: Micros,
}

impl Play {
    /// When its last sample has been heard.
    pub fn end_us(&self) -> Micros {
        self.start_us + samples_to_us(self.track.samples)
    }
}
