//! What can be wrong, each a sentence that names person, room and numbers.

use crate::history::Outcome;
use crate::replicas::Difference;
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::socket::Head;
use std::fmt;

/// Somebody of the crowd, for a sentence: by account, or nameless when they never got in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who(pub Option<AccountId>);

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(account) => write!(f, "Person {account}"),
            None => f.write_str("Somebody without an account"),
        }
    }
}

/// Numbers of events, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

impl Range {
    /// How many.
    pub fn count(self) -> u64 {
        u64::try_from(self.last.saturating_sub(self.first).saturating_add(1)).unwrap_or(0)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "event {}", self.first)
        } else {
            write!(f, "events {} to {}", self.first, self.last)
        }
    }
}

/// What is wrong. The fields are those of its sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each field is named in the sentence above it")]
pub enum Breach {
    #[error(
        "The journal of room {room} goes from event {before} to event {seq}: its numbers must be contiguous."
    )]
    Gap { room: RoomId, before: i64, seq: i64 },
    #[error(
        "The journal of room {room} has event {seq} under term {term} after term {before}: a writer that was replaced wrote on."
    )]
    TermFell { room: RoomId, seq: i64, term: i64, before: i64 },
    #[error(
        "Command {command} of person {account} was carried out again: as event {first} of room {first_room} and as event {again} of room {room}."
    )]
    CarriedOutAgain {
        account: AccountId,
        command: CommandId,
        first_room: RoomId,
        first: i64,
        room: RoomId,
        again: i64,
    },
    #[error("{who} was told that command {command} is event {} of term {} of room {room}, but the journal does not have the command.", said.seq, said.term)]
    AcknowledgedLost { who: Who, command: CommandId, room: RoomId, said: Head },
    #[error("{who} was told that command {command} is event {} of term {} of room {room}, but it is event {} of term {} of room {kept_room}.", said.seq, said.term, kept.seq, kept.term)]
    AcknowledgedElsewhere {
        who: Who,
        command: CommandId,
        room: RoomId,
        said: Head,
        kept_room: RoomId,
        kept: Head,
    },
    #[error("{who} was told that command {command} was refused, but it is event {} of term {} of room {room}.", kept.seq, kept.term)]
    RefusedKept { who: Who, command: CommandId, room: RoomId, kept: Head },
    #[error("{who} asked command {command} of room {room}, but it was carried out in room {kept_room}.")]
    OtherRoom { who: Who, command: CommandId, room: RoomId, kept_room: RoomId },
    #[error(
        "Event {seq} of room {room} is said to be of person {account}, but its command {command} was sent by {sender}."
    )]
    OtherAuthor { room: RoomId, seq: i64, account: AccountId, command: CommandId, sender: Who },
    #[error(
        "Event {seq} of room {room} is said to be command {command} of person {account}, who never sent it."
    )]
    NeverSent { room: RoomId, seq: i64, account: AccountId, command: CommandId },
    #[error("{who} never saw {range} of room {room}, and was not told so: a silent hole.")]
    Hole { who: Who, room: RoomId, range: Range },
    #[error("{who} saw {range} of room {room} again.")]
    SeenAgain { who: Who, room: RoomId, range: Range },
    #[error("{who} saw {range} of room {room} after later ones.")]
    OutOfOrder { who: Who, room: RoomId, range: Range },
    #[error("{who} was told {range} of room {room}, which they did not listen to.")]
    Misrouted { who: Who, room: RoomId, range: Range },
    #[error("{who} was told {range} of room {room} without ever having got its state.")]
    Unfounded { who: Who, room: RoomId, range: Range },
    #[error(
        "{who} saw event {seq} of room {room} under term {term}, after an earlier one under term {before}."
    )]
    SawTermFall { who: Who, room: RoomId, seq: i64, term: i64, before: i64 },
    #[error("{who} saw other content under {range} of room {room}, term {term}, than the journal has.")]
    OtherContent { who: Who, room: RoomId, range: Range, term: i64 },
    #[error("{who} saw {range} of room {room}, which the journal does not have: it ends at event {end}.")]
    NotKept { who: Who, room: RoomId, range: Range, end: i64 },
    #[error("{who} got the state of room {room} at event {} of term {}, which the journal does not have.", head.seq, head.term)]
    StateNotKept { who: Who, room: RoomId, head: Head },
    #[error(
        "{who} was taken back by a state of room {room}: {range} had been told before on the same connection."
    )]
    TakenBack { who: Who, room: RoomId, range: Range },
    #[error("{who} got another state of room {room} at event {} of term {} than its journal makes.", head.seq, head.term)]
    OtherState { who: Who, room: RoomId, head: Head },
    #[error(
        "{who} had been told of room {room} up to event {at} when all were at rest; it stood at event {end}."
    )]
    Behind { who: Who, room: RoomId, at: i64, end: i64 },
    #[error("{who} and {other} got different states of room {room} at event {} of term {}.", head.seq, head.term)]
    DisagreeOnState { who: Who, other: Who, room: RoomId, head: Head },
    #[error("{who} and {other} saw different content under {range} of room {room}.")]
    Disagree { who: Who, other: Who, room: RoomId, range: Range },
    #[error(
        "{who} saw {range} of room {room} under term {term}, {other} saw some of them under term {other_term}."
    )]
    TwoTerms { who: Who, other: Who, room: RoomId, range: Range, term: i64, other_term: i64 },
    #[error(
        "{who} and {other} were both told that their commands, {command} and {other_command}, are event {seq} of room {room}."
    )]
    OneNumberForTwo {
        who: Who,
        other: Who,
        command: CommandId,
        other_command: CommandId,
        room: RoomId,
        seq: i64,
    },
    #[error("{who} was told that command {command} {}, and then that it {}.", told(.first), told(.then))]
    AnsweredTwice { who: Who, command: CommandId, first: Outcome, then: Outcome },
    #[error("{frames} frames made no sense to a client that speaks the public protocol.")]
    NoSense { frames: u64 },
    #[error(transparent)]
    TwoCopies(Difference),
}

/// An answer, for a sentence.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unknown => "is not known".to_owned(),
        Outcome::Acknowledged(head) => format!("is event {} of term {}", head.seq, head.term),
        Outcome::Refused(code) => format!("is refused ({code})"),
    }
}
