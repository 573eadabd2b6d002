//! Messages between the services, over cipher. Routes and topics are spelled here and nowhere else.
//!
//! Every struct tolerates unknown fields and gives new ones a default, so that a service of this version works
//! beside one a version older or newer.

use crate::binary::Spot;
use crate::command::Command;
use crate::id::{AccountId, CommandId, FloorId, RoomId, Shard};
use crate::people::{Person, Reaction};
use crate::refusal::Refusal;
use crate::socket::Head;
use crate::time::Micros;
use serde::{Deserialize, Serialize};

/// Namespaces of the services.
pub mod ns {
    /// The web servers.
    pub const WEB: &str = "web";
    /// The gateways.
    pub const GATEWAY: &str = "gateway";
    /// The workers.
    pub const WORKER: &str = "worker";
}

/// Routes, without the namespace they are sent to.
pub mod route {
    /// To a worker, transmit: [`super::CommandSent`].
    pub const COMMAND: &str = "command";
    /// To a worker, transmit: [`super::PresenceTold`].
    pub const PRESENCE: &str = "presence";
    /// To a worker, request: [`super::SnapshotAsked`], answered by [`crate::room::Snapshot`].
    pub const SNAPSHOT: &str = "snapshot";
    /// To a worker, request: [`super::MissedAsked`], answered by a list of [`crate::event::Event`]: all of them, or a refusal.
    pub const MISSED: &str = "missed";
    /// To a worker, request: [`super::PeopleAsked`], answered by the JSON of a [`crate::socket::ToClient::People`] frame.
    pub const PEOPLE: &str = "people";
    /// To a worker, request: [`super::FloorAsked`], answered by [`crate::http::FloorSeen`]; only of a room that is awake.
    pub const FLOOR: &str = "floor";
    /// To a worker, request: `()`, answered by [`super::ParkTime`].
    pub const TIME: &str = "time";
    /// To any worker, request: `()`, answered by [`super::Owners`].
    pub const OWNERS: &str = "owners";
    /// To any worker, request: `()`, answered by [`super::Directory`].
    pub const DIRECTORY: &str = "directory";
    /// To all gateways, broadcast: [`super::Owners`], by a worker whenever its shards changed and every few seconds.
    pub const OWNERS_TOLD: &str = "owners";
    /// To a gateway, transmit: [`super::CommandAnswered`].
    pub const ANSWER: &str = "answer";
    /// To a web server, request: [`super::TicketRedeemed`], answered by [`super::TicketOwner`].
    pub const REDEEM: &str = "redeem";
    /// To all gateways, broadcast: [`super::PersonChanged`], by a web server.
    pub const PERSON_CHANGED: &str = "person";
    /// To all gateways, broadcast: [`super::Revoked`], by a web server.
    pub const REVOKED: &str = "revoked";
    /// To any web server, request: [`super::RevokedAsked`], answered by [`super::RevokedSince`].
    pub const REVOKED_SINCE: &str = "revoked.since";
}

/// Topics.
pub mod topic {
    use super::{FloorId, RoomId};

    /// Durable events of a room: the bytes of a [`crate::socket::ToClient::Events`] frame, with a span of (term, first..last).
    pub fn room(room: RoomId) -> String {
        format!("room.{room}")
    }

    /// What passes on a floor: a text frame (presence, reactions, typing) or a binary one (positions), as it goes to the browsers;
    /// the first byte tells: `{` or [`crate::binary::POSITIONS`].
    pub fn floor(floor: FloorId) -> String {
        format!("floor.{floor}")
    }

    /// [`super::Directory`] as JSON: what changed in the list of rooms, each second; the whole every few seconds.
    pub const DIRECTORY: &str = "directory";

    /// Steps for the floors of one worker node: [`super::Steps`].
    pub fn steps(worker: u32) -> String {
        format!("steps.{worker}")
    }

    /// [`super::Digest`] as JSON, each second by every worker.
    pub const DIGEST: &str = "digest";
}

/// One socket, as the gateway that holds it names it: unique within that gateway's incarnation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SocketId(pub u64);

/// A command with its sender, stamped by the gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandSent {
    /// Whose socket it came from.
    pub person: Person,
    /// The socket, for the answer.
    pub socket: SocketId,
    /// After this moment, in park time, it must not be carried out.
    pub deadline_us: Micros,
    /// The command.
    pub command: Command,
}

/// What became of a command that caused no event (now).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandAnswered {
    /// The socket it came from.
    pub socket: SocketId,
    /// The command.
    pub id: CommandId,
    /// Its result.
    pub result: CommandResult,
}

/// The result of a command for its sender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandResult {
    /// It had been carried out before; this was its event.
    Accepted(Head),
    /// It was not carried out.
    Refused(Refusal),
    /// The worker does not own the room's shard (any more): ask for the owners and send it there.
    NotOwner(Shard),
}

/// Who of one gateway stands on the floors of one worker: a change, or everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresenceTold {
    /// Whether people not named are gone.
    pub full: bool,
    /// Who came or changed.
    pub here: Vec<Here>,
    /// Sockets that went.
    pub gone: Vec<SocketId>,
    /// Reactions since the last message.
    #[serde(default)]
    pub reactions: Vec<(SocketId, Reaction)>,
    /// Who is writing.
    #[serde(default)]
    pub typing: Vec<SocketId>,
    /// 95th percentile of the round trips of this gateway's sockets, in ms; 0 unknown.
    #[serde(default)]
    pub rtt_p95_ms: u16,
}

/// A socket whose person stands on a floor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Here {
    /// The socket.
    pub socket: SocketId,
    /// Where.
    pub floor: FloorId,
    /// Who.
    pub person: Person,
    /// Away, by choice or because nothing is heard.
    pub away: bool,
    /// Where on the floor they were last, so that a new worker does not move them.
    #[serde(default)]
    pub spot: Option<(u16, u16)>,
}

/// Asks for a room's snapshot; loads the room when it sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotAsked {
    /// The room.
    pub room: RoomId,
}

/// Events that whoever comes back gets one by one at the most (PROMISES.md, 3). Who missed more gets a snapshot.
pub const RESUME_MAX: u32 = 1_000;
/// The same in bytes of JSON: well below what may wait for a socket.
pub const RESUME_BYTES_MAX: usize = 192 * 1024;

/// Asks for events that are kept of a room, for somebody who missed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissedAsked {
    /// The room.
    pub room: RoomId,
    /// Number of the event before the first.
    pub after: i64,
    /// Number of the last. At most [`RESUME_MAX`] more than `after`.
    pub upto: i64,
}

/// Asks who is on a floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleAsked {
    /// The floor.
    pub floor: FloorId,
}

/// Asks what is to be seen of a room from outside; does not load the room when it sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorAsked {
    /// The room.
    pub room: RoomId,
}

/// Park time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkTime {
    /// Now, in microseconds.
    pub now_us: Micros,
}

/// The shards that one worker owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners {
    /// Node id of each worker with the shards it owns and their terms.
    pub workers: Vec<(u32, Vec<(Shard, i64)>)>,
}

/// Lines of the list of rooms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// Node id of the worker whose rooms these are.
    pub worker: u32,
    /// Whether rooms of this worker that are not named are quiet and empty now.
    pub full: bool,
    /// The rooms.
    pub rooms: Vec<crate::room::RoomSummary>,
}

/// Heads of a worker's rooms, so that a lost last message shows within 2 s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Room and its last event.
    pub heads: Vec<(RoomId, Head)>,
}

/// A ticket that somebody opened a socket with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRedeemed {
    /// The ticket's random part.
    pub secret: String,
}

/// Whom a ticket was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketOwner {
    /// The person.
    pub person: Person,
    /// Number of the session, to revoke it by.
    pub session: i64,
}

/// Somebody's name or look changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonChanged {
    /// The person from now on.
    pub person: Person,
}

/// A session ended: its sockets are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Number of the revocation, from 1, without gaps in the order of their commits.
    pub number: i64,
    /// The session; none: all of the account.
    pub session: Option<i64>,
    /// The account.
    pub account: AccountId,
}

/// Asks for the revocations after a number; none: only for the latest number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedAsked {
    /// The last number known.
    pub since: Option<i64>,
}

/// Revocations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedSince {
    /// In rising order.
    pub revoked: Vec<Revoked>,
    /// The latest number.
    pub latest: i64,
}

/// Steps of one gateway's people in one tick: packed, as JSON would cost more than the moves are worth.
/// Layout, little-endian: version `1: u8`, gateway node id `u32`, incarnation `u64`, then for each step `socket: u64`, `x: u16`, `y: u16`, `pose: u8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Node id of the gateway.
    pub gateway: u32,
    /// Its incarnation.
    pub incarnation: u64,
    /// Socket and where its person is.
    pub steps: Vec<(SocketId, Spot)>,
}

const STEPS_VERSION: u8 = 1;
const STEPS_HEAD: usize = 13;
const STEP: usize = 13;

impl Steps {
    /// Writes the message.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(STEPS_HEAD + STEP * self.steps.len());
        out.push(STEPS_VERSION);
        out.extend(self.gateway.to_le_bytes());
        out.extend(self.incarnation.to_le_bytes());
        for (socket, spot) in &self.steps {
            out.extend(socket.0.to_le_bytes());
            out.extend(spot.x.to_le_bytes());
            out.extend(spot.y.to_le_bytes());
            out.push(spot.pose);
        }
        out
    }

    /// Reads the message; `None` when it is malformed or of another version.
    pub fn decode(message: &[u8]) -> Option<Steps> {
        let (head, rest) = message.split_at_checked(STEPS_HEAD)?;
        if head[0] != STEPS_VERSION || rest.len() % STEP != 0 {
            return None;
        }
        Some(Steps {
            gateway: u32::from_le_bytes(head[1..5].try_into().ok()?),
            incarnation: u64::from_le_bytes(head[5..13].try_into().ok()?),
            steps: rest
                .chunks_exact(STEP)
                .map(|s| {
                    let socket = s[..8].try_into().map(u64::from_le_bytes).unwrap_or_default();
                    let spot = Spot {
                        x: u16::from_le_bytes([s[8], s[9]]),
                        y: u16::from_le_bytes([s[10], s[11]]),
                        pose: s[12],
                    };
                    (SocketId(socket), spot)
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_back_as_they_were() {
        let steps = Steps {
            gateway: 3,
            incarnation: u64::MAX - 1,
            steps: vec![
                (SocketId(9), Spot { x: 1, y: 2, pose: 3 }),
                (SocketId(10), Spot { x: 65_535, y: 0, pose: 8 }),
            ],
        };
        assert_eq!(Steps::decode(&steps.encode()), Some(steps));
        assert_eq!(Steps::decode(&[1, 2, 3]), None);
    }
}
