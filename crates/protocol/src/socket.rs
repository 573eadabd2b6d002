//! The websocket between a browser and a gateway: JSON text frames and close codes. Hot frames are in [`crate::binary`].
//!
//! A text frame is an object with one key, the frame's name. The first frame of a client is [`ToServer::Hello`]; the gateway
//! answers [`ToClient::Welcome`]. A client listens to at most one room (gets its events) and stands on at most one floor (sees its people).

use crate::command::Command;
use crate::event::Event;
use crate::id::{AccountId, CommandId, FloorId, RoomId};
use crate::people::{Person, Reaction};
use crate::refusal::Refusal;
use crate::room::{RoomSummary, Snapshot};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Largest frame a client may send, in bytes.
pub const FRAME_MAX: usize = 16 * 1024;
/// Deepest nesting of a client's JSON.
pub const DEPTH_MAX: usize = 16;

/// A point of a room's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct Head {
    /// Term of the event.
    #[ts(type = "number")]
    pub term: i64,
    /// Number of the event.
    #[ts(type = "number")]
    pub seq: i64,
}

/// From the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ToServer {
    /// The first frame.
    Hello {
        /// Protocol version the client speaks.
        version: u32,
        /// A fresh ticket from `POST /api/ticket`; good for one socket.
        ticket: String,
        /// How old the client's list of rooms is at the most, in ms: what changed in it since comes after the welcome. None: it
        /// keeps no list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        rooms_age_ms: Option<u32>,
    },
    /// Listen to a room from now on instead of any other. Answered by a snapshot, or by what came since `have`.
    Listen {
        /// The room; none: to nothing.
        room: Option<RoomId>,
        /// What the client already has of it.
        have: Option<Head>,
    },
    /// Stand on a floor from now on instead of any other. Answered by `people`.
    Stand {
        /// The floor.
        floor: FloorId,
    },
    /// Ask something of the room one listens to.
    Command(Command),
    /// React over one's head.
    React {
        /// With what.
        with: Reaction,
    },
    /// One is writing a chat line. At most one in 3 s.
    Typing {},
    /// Whether sound comes out: who hears nothing for 5 minutes is away.
    Hearing {
        /// Whether it does.
        sound: bool,
        /// Away by one's own choice.
        away: bool,
    },
}

/// To the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "frames are soon bytes; a box would be in everybody's way")]
pub enum ToClient {
    /// The socket is one's own now.
    Welcome {
        /// Protocol version spoken.
        version: u32,
        /// Oneself.
        you: Person,
        /// Version of the server's software.
        software: String,
    },
    /// The whole state of the room one listens to.
    Snapshot {
        /// The room.
        room: RoomId,
        /// Its state.
        snapshot: Snapshot,
    },
    /// Events of the room one listens to: in order, without gaps after what came before.
    Events {
        /// The room.
        room: RoomId,
        /// The events.
        events: Vec<Event>,
    },
    /// One's command was carried out before (it had been sent again): this event was its result.
    Accepted {
        /// The command.
        id: CommandId,
        /// Its event.
        head: Head,
    },
    /// One's command was not carried out.
    Refused {
        /// The command.
        id: CommandId,
        /// Why.
        why: Refusal,
    },
    /// Nothing is known of one's command: send it again with the same id.
    Unknown {
        /// The command.
        id: CommandId,
    },
    /// Something else one sent was not understood or not done.
    Sorry {
        /// Why.
        why: Refusal,
    },
    /// Everybody on the floor one stands on (at most a sample; `count` says how many in all). Replaces what was known.
    People {
        /// The floor.
        floor: FloorId,
        /// How many are there.
        count: u32,
        /// Of them present and not away: what votes to skip are counted against.
        present: u32,
        /// Votes that skip.
        needed: u32,
        /// Who, at most [`PEOPLE_MAX`].
        people: Vec<Standing>,
        /// Who waits for a place in a full room, first in line first, at most [`LINE_MAX`]. None of them is among the people.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<AccountId>>")]
        line: Vec<AccountId>,
    },
    /// Who came and went on the floor one stands on. Not numbered; the next `people` puts right what was lost.
    Presence {
        /// The floor.
        floor: FloorId,
        /// How many are there.
        count: u32,
        /// Of them present and not away.
        present: u32,
        /// Votes that skip.
        needed: u32,
        /// Who came, or changed.
        came: Vec<Standing>,
        /// Who went.
        went: Vec<AccountId>,
        /// The line as it is from now on, when it changed: told at most once a second.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        line: Option<Vec<AccountId>>,
    },
    /// Reactions on the floor since the last frame.
    Reactions {
        /// The floor.
        floor: FloorId,
        /// Who reacted with what; when there are many, a sample.
        by: Vec<(AccountId, Reaction)>,
        /// How many of each in all.
        counts: Vec<(Reaction, u32)>,
    },
    /// Who is writing in the chat of the room whose floor it is.
    Typing {
        /// The floor.
        floor: FloorId,
        /// Who, at most five.
        by: Vec<AccountId>,
    },
    /// Rooms of the list that changed: listeners, what plays, name. No room ever leaves the list.
    Rooms {
        /// The rooms.
        rooms: Vec<RoomSummary>,
    },
    /// One's own name or look changed, from here or another window.
    You {
        /// Oneself from now on.
        you: Person,
    },
    /// The gateway will close soon: connect anew (to another) at leisure.
    Draining {},
}

/// People a `people` frame names at the most.
pub const PEOPLE_MAX: usize = 200;
/// Accounts of a line that a frame names at the most. Whoever is further back learns their place once they are among these.
pub const LINE_MAX: usize = 1_000;

/// Somebody on a floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Standing {
    /// Who.
    pub person: Person,
    /// Away: by choice, or nothing heard for 5 minutes.
    pub away: bool,
    /// Where, east of the floor's western edge, in units (see [`crate::binary::FLOOR_WIDTH`]).
    pub x: u16,
    /// Where, south of the northern edge.
    pub y: u16,
}

/// Why a socket was closed. The reason text says it in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, TS)]
#[ts(type = "number")]
#[repr(u16)]
pub enum CloseCode {
    /// Bye: the server restarts or goes away; come back at once.
    GoingAway = 1001,
    /// A frame was too large.
    TooLarge = 1009,
    /// The ticket was stale, used or unknown: fetch another.
    StaleTicket = 4001,
    /// No hello within 10 s.
    NoHello = 4002,
    /// The first frame was no hello, or it made no sense.
    BadHello = 4003,
    /// This protocol version is not spoken here (any more): reload the page.
    Version = 4004,
    /// Too slow: too much was waiting. Come back and resume.
    TooSlow = 4005,
    /// The session ended: logged out, or its password changed.
    Revoked = 4006,
    /// Too many frames that made no sense, or far too many frames.
    Flood = 4007,
}
