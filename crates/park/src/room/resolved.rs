//! A command whose ids have been looked up, so that the rules need no library and no accounts.

use protocol::command::Action;
use protocol::id::{AccountId, EntryId};
use protocol::people::Person;
use protocol::room::RoomSettings;
use protocol::time::Micros;
use protocol::track::Track;

/// An [`Action`] with what its ids mean.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // as in `Action`
pub enum Resolved {
    ChatSay {
        text: String,
    },
    QueueAdd {
        /// None: the library has no such track.
        track: Option<Track>,
    },
    QueueRemove {
        entry: EntryId,
    },
    QueueMove {
        entry: EntryId,
        before: Option<EntryId>,
    },
    QueueVote {
        entry: EntryId,
        up: bool,
    },
    SkipVote {
        start_us: Micros,
        up: bool,
    },
    SkipNow {
        start_us: Micros,
    },
    RoleDj {
        account: AccountId,
        dj: bool,
        /// None: there is no such account.
        person: Option<Person>,
    },
    RoomChange {
        settings: RoomSettings,
    },
}

impl Resolved {
    /// Puts together an action and what was looked up for it: `track` for `queue.add`, `person` for `role.dj`, else none.
    pub fn from(action: Action, track: Option<Track>, person: Option<Person>) -> Resolved {
        match action {
            Action::ChatSay { text } => Resolved::ChatSay { text },
            Action::QueueAdd { .. } => Resolved::QueueAdd { track },
            Action::QueueRemove { entry } => Resolved::QueueRemove { entry },
            Action::QueueMove { entry, before } => Resolved::QueueMove { entry, before },
            Action::QueueVote { entry, up } => Resolved::QueueVote { entry, up },
            Action::SkipVote { start_us, up } => Resolved::SkipVote { start_us, up },
            Action::SkipNow { start_us } => Resolved::SkipNow { start_us },
            Action::RoleDj { account, dj } => Resolved::RoleDj { account, dj, person },
            Action::RoomChange { settings } => Resolved::RoomChange { settings },
        }
    }
}
