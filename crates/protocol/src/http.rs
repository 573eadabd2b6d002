//! Bodies of the HTTP API.

use crate::event::Play;
use crate::id::RoomId;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::room::{Hue, QueueMode, RoomSummary};
use crate::track::Track;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `GET /api/me` and the answer of everything that changes who one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Me {
    /// How others see one.
    pub person: Person,
    /// The name to log in with; none for a guest.
    pub login: Option<String>,
}

/// `POST /api/guest`: walk in without an account. Answers [`Me`] and sets the session cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GuestBody {
    /// The display name one proposes.
    pub name: String,
    /// The look one proposes: 0 to 2^44 - 1.
    #[ts(type = "number")]
    pub look: i64,
}

/// `PATCH /api/me`: another name or look. Answers [`Me`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProfileBody {
    /// The display name from now on.
    pub name: String,
    /// The look from now on.
    #[ts(type = "number")]
    pub look: i64,
}

/// `POST /api/register` (a guest becomes an account, keeping who they are) and `POST /api/login`. Answers [`Me`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PasswordBody {
    /// The name to log in with.
    pub login: String,
    /// The password, 8 to 1,024 bytes.
    pub password: String,
}

impl std::fmt::Debug for PasswordBody {
    /// Without the password: it must not reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordBody").field("login", &self.login).finish_non_exhaustive()
    }
}

/// `POST /api/ticket`: a ticket for one websocket, good for 30 s.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ticket {
    /// The ticket, for the first frame; opaque.
    pub ticket: String,
}

/// `GET /api/rooms`: the list of rooms, liveliest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Rooms {
    /// The rooms.
    pub rooms: Vec<RoomSummary>,
}

/// `GET /api/rooms/{slug}/floor`: what one sees of a room before stepping in. Nothing in it that not everybody on its floor sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FloorSeen {
    /// The room's line of the list, as it is now.
    pub room: RoomSummary,
    /// What comes after `room.now`, where that is known; it starts when that ends.
    pub next: Option<Play>,
    /// Who is there, at most [`FLOOR_SEEN_MAX`]; `room.listening` says how many there are.
    pub people: Vec<PersonSeen>,
}

/// Somebody on a floor, seen from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonSeen {
    /// Who.
    pub person: Person,
    /// Away: by choice, or nothing heard for 5 minutes.
    pub away: bool,
    /// Where, east of the floor's western edge, in units.
    pub x: u16,
    /// Where, south of the northern edge.
    pub y: u16,
    /// Heading and what they do there, see [`crate::binary`].
    pub pose: u8,
}

/// People that a look at a floor names at the most.
pub const FLOOR_SEEN_MAX: usize = 128;

/// `POST /api/rooms`: make a room. Answers [`RoomMade`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MakeRoomBody {
    /// Display name; the link is made from it.
    pub name: String,
    /// Queue mode.
    pub mode: QueueMode,
    /// Hue.
    pub hue: Hue,
}

/// A room that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RoomMade {
    /// The room.
    pub id: RoomId,
    /// Its name in links: `/r/<slug>`.
    pub slug: String,
}

/// `GET /api/tracks?search=`: tracks of the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Tracks {
    /// The tracks, by title.
    pub tracks: Vec<Track>,
}

/// The JSON in the page's first response (`<script type="application/json" id="boot">`): what the join card needs at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Boot {
    /// Who one is, when a session came along.
    pub me: Option<Me>,
    /// Who one would walk in as, when no session came along; the page says so before there is a script.
    #[serde(default)]
    pub guest: Option<Newcomer>,
    /// The room the link leads to; for the bare address the liveliest, or the park's own.
    pub room: Option<RoomSummary>,
    /// The slug that was asked for and is no room.
    pub missing: Option<String>,
    /// All rooms, liveliest first.
    pub rooms: Vec<RoomSummary>,
    /// Park time when the page was made, in microseconds.
    #[ts(type = "number")]
    pub now_us: i64,
    /// Park time when this park was first opened, in microseconds: its dusk begins then.
    #[ts(type = "number")]
    pub opened_us: i64,
    /// The server's software version.
    pub software: String,
}

/// A name and a look for somebody who has never been here, until they choose others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Newcomer {
    /// The name.
    pub name: String,
    /// What the client draws the look from.
    pub seed: u32,
}

/// Body of every error of the API, with a fitting status: RFC 9457 (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// A short title of the kind.
    pub title: String,
    /// The refusal.
    #[serde(flatten)]
    pub refusal: Refusal,
}
