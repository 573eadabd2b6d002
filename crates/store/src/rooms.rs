//! The list of rooms: what is known of a room without its journal.

use crate::error::StoreError;
use crate::store::{Store, later};
use protocol::id::{AccountId, RoomId};
use protocol::people::Person;
use protocol::room::{Place, RoomSettings};

/// A room as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSpec {
    /// The room.
    pub id: RoomId,
    /// Its name in links.
    pub slug: String,
    /// Its settings as of the last [`Store::room_rename`]; the journal has the truth.
    pub settings: RoomSettings,
    /// What it is on the map.
    pub place: Place,
    /// Mood that its mix prefers.
    pub mood: Option<String>,
    /// Who made it; none for the park's own.
    pub owner: Option<Person>,
    /// Whether it is one of the park's own.
    pub own: bool,
}

/// A room to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoom {
    /// The name in links one wishes; `-2`, `-3` and so on are put after it when it is taken.
    pub slug: String,
    /// Its settings.
    pub settings: RoomSettings,
    /// What it is on the map.
    pub place: Place,
    /// Mood that its mix prefers.
    pub mood: Option<String>,
    /// Who makes it.
    pub owner: Option<AccountId>,
    /// Whether it is one of the park's own.
    pub own: bool,
}

#[allow(unused_variables)]
impl Store {
    /// Makes a room under the first free of `slug`, `slug-2`, `slug-3` and so on.
    pub async fn room_make(&self, new: &NewRoom) -> Result<RoomSpec, StoreError> {
        later()
    }

    /// A room by its id.
    pub async fn room(&self, id: RoomId) -> Result<Option<RoomSpec>, StoreError> {
        later()
    }

    /// A room by its name in links.
    pub async fn room_by_slug(&self, slug: &str) -> Result<Option<RoomSpec>, StoreError> {
        later()
    }

    /// The list: the park's own first, as they were seeded, then the newest.
    pub async fn rooms(&self, limit: u32) -> Result<Vec<RoomSpec>, StoreError> {
        later()
    }

    /// Keeps the list true after the room's settings changed in its journal.
    pub async fn room_rename(&self, id: RoomId, settings: &RoomSettings) -> Result<(), StoreError> {
        later()
    }

    /// Makes the park's own rooms, when there are none yet.
    pub async fn rooms_seed(&self, rooms: &[NewRoom]) -> Result<(), StoreError> {
        later()
    }
}
