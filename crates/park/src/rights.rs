//! Who may do what in a room: one table, asked before everything else.

use protocol::id::AccountId;
use protocol::people::Role;
use protocol::room::{QueueMode, RoomState};

/// Something that not everybody may do everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Say something, vote for entries and vote to skip.
    TakePart,
    /// Put a track on the queue.
    Add,
    /// Take one's own entry off the queue, or move it among one's own.
    TendOwn,
    /// Take anybody's entry off the queue.
    RemoveAny,
    /// Move any entry anywhere.
    MoveAny,
    /// Skip at once what one picked oneself.
    SkipOwn,
    /// Skip at once whatever plays.
    SkipAny,
    /// Appoint DJs, change the room.
    Host,
}

/// The permission table.
pub fn may(role: Role, mode: QueueMode, right: Right) -> bool {
    use QueueMode::{Open, Rotation};
    match right {
        Right::TakePart | Right::TendOwn | Right::SkipOwn => true,
        Right::Add => mode == Open || role >= Role::Dj,
        Right::SkipAny => role == Role::Owner || (mode == Rotation && role == Role::Dj),
        Right::MoveAny => mode == Open && role == Role::Owner,
        Right::RemoveAny | Right::Host => role == Role::Owner,
    }
}

/// What somebody is in a room.
pub fn role(state: &RoomState, account: AccountId) -> Role {
    if state.owner.as_ref().is_some_and(|o| o.account == account) {
        Role::Owner
    } else if state.djs.iter().any(|d| d.account == account) {
        Role::Dj
    } else {
        Role::Listener
    }
}
