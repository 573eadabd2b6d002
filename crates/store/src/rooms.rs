//! The list of rooms: what is known of a room without its journal.

use crate::columns::{escaped, from_word, word};
use crate::error::{StoreError, missing};
use crate::store::{Store, in_transaction, on, only};
use protocol::id::{AccountId, RoomId};
use protocol::people::Person;
use protocol::room::{Place, RoomSettings};
use sqlx::{FromRow, query, query_as, query_scalar};

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

#[derive(FromRow)]
struct RoomRow {
    id: i64,
    slug: String,
    name: String,
    about: String,
    hue: String,
    mode: String,
    mix: bool,
    capacity: Option<i64>,
    place: String,
    mood: Option<String>,
    own: bool,
    owner: Option<i64>,
    owner_name: Option<String>,
    owner_look: Option<i64>,
}

impl TryFrom<RoomRow> for RoomSpec {
    type Error = StoreError;

    fn try_from(row: RoomRow) -> Result<RoomSpec, StoreError> {
        let owner = match (row.owner, row.owner_name, row.owner_look) {
            (Some(id), Some(name), Some(look)) => Some(Person { account: AccountId(id), name, look }),
            _ => None,
        };
        Ok(RoomSpec {
            id: RoomId(row.id),
            slug: row.slug,
            settings: RoomSettings {
                name: row.name,
                about: row.about,
                hue: from_word(row.hue)?,
                mode: from_word(row.mode)?,
                mix: row.mix,
                capacity: row.capacity.and_then(|places| u32::try_from(places).ok()),
            },
            place: from_word(row.place)?,
            mood: row.mood,
            owner,
            own: row.own,
        })
    }
}

/// A room's columns with its owner's; the argument is the rest of the query.
macro_rules! select_room {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.slug, r.name, r.about, r.hue, r.mode, r.mix, r.capacity, r.place, r.mood, r.own,
                    a.id AS owner, a.name AS owner_name, a.look AS owner_look
             FROM room r LEFT JOIN account a ON a.id = r.owner ",
            $rest
        )
    };
}

const MAKE: &str =
    "INSERT INTO room (slug, name, about, hue, mode, mix, capacity, place, mood, owner, own, made_us)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, (SELECT now_us FROM clock))
    ON CONFLICT (slug) DO NOTHING RETURNING id";

/// Binds everything of [`MAKE`].
macro_rules! make {
    ($new:expr, $slug:expr) => {
        query_scalar::<_, i64>(MAKE)
            .bind($slug)
            .bind(&$new.settings.name)
            .bind(&$new.settings.about)
            .bind(word(&$new.settings.hue))
            .bind(word(&$new.settings.mode))
            .bind($new.settings.mix)
            .bind($new.settings.capacity.map(i64::from))
            .bind(word(&$new.place))
            .bind(&$new.mood)
            .bind($new.owner.map(|a| a.0))
            .bind($new.own)
    };
}

/// How often a slug is looked for when others take the free one at the same moment.
const SLUG_TRIES: usize = 16;

impl Store {
    /// Makes a room under the first free of `slug`, `slug-2`, `slug-3` and so on.
    pub async fn room_make(&self, new: &NewRoom) -> Result<RoomSpec, StoreError> {
        for _ in 0..SLUG_TRIES {
            let slug = self.free_slug(&new.slug).await?;
            let made = on!(self.writer, db => {
                make!(new, &slug)
                    .fetch_all(db)
                    .await
                    .map_err(|e| missing(e, || "The account that makes this room does not exist.".to_owned()))?
            })?;
            if let Some(&id) = made.first() {
                let spec = self.room(RoomId(id)).await?;
                return spec
                    .ok_or_else(|| StoreError::Other(format!("Room {id} is gone right after it was made.")));
            }
        }
        Err(StoreError::Conflict("Many rooms are being made under this name. Choose another.".to_owned()))
    }

    async fn free_slug(&self, wish: &str) -> Result<String, StoreError> {
        let taken: Vec<String> = on!(self.reader, db => {
            query_scalar("SELECT slug FROM room WHERE slug = $1 OR slug LIKE $2 ESCAPE '\\'")
                .bind(wish)
                .bind(format!("{}-%", escaped(wish)))
                .fetch_all(db)
                .await?
        })?;
        let taken: std::collections::HashSet<String> = taken.into_iter().collect();
        let numbered = (2..).map(|n: u64| format!("{wish}-{n}"));
        Ok(std::iter::once(wish.to_owned())
            .chain(numbered)
            .find(|slug| !taken.contains(slug))
            .expect("finitely many are taken"))
    }

    /// A room by its id.
    pub async fn room(&self, id: RoomId) -> Result<Option<RoomSpec>, StoreError> {
        let row: Option<RoomRow> = on!(self.reader, db => {
            query_as(select_room!("WHERE r.id = $1")).bind(id.0).fetch_optional(db).await?
        })?;
        row.map(RoomSpec::try_from).transpose()
    }

    /// A room by its name in links.
    pub async fn room_by_slug(&self, slug: &str) -> Result<Option<RoomSpec>, StoreError> {
        let row: Option<RoomRow> = on!(self.reader, db => {
            query_as(select_room!("WHERE r.slug = $1")).bind(slug).fetch_optional(db).await?
        })?;
        row.map(RoomSpec::try_from).transpose()
    }

    /// The list: the park's own first, as they were seeded, then the newest.
    pub async fn rooms(&self, limit: u32) -> Result<Vec<RoomSpec>, StoreError> {
        let rows: Vec<RoomRow> = on!(self.reader, db => {
            query_as(select_room!("ORDER BY r.own DESC, CASE WHEN r.own THEN r.id ELSE -r.id END LIMIT $1"))
                .bind(i64::from(limit))
                .fetch_all(db)
                .await?
        })?;
        rows.into_iter().map(RoomSpec::try_from).collect()
    }

    /// When the park was first opened, in microseconds: its first room was made then. None before that.
    pub async fn opened_us(&self) -> Result<Option<i64>, StoreError> {
        on!(self.reader, db => {
            only(query_scalar("SELECT min(made_us) FROM room").fetch_all(db).await?)?
        })
    }

    /// Keeps the list true after the room's settings changed in its journal.
    pub async fn room_rename(&self, id: RoomId, settings: &RoomSettings) -> Result<(), StoreError> {
        let changed = on!(self.writer, db => {
            query("UPDATE room SET name = $2, about = $3, hue = $4, mode = $5, mix = $6, capacity = $7 WHERE id = $1")
                .bind(id.0)
                .bind(&settings.name)
                .bind(&settings.about)
                .bind(word(&settings.hue))
                .bind(word(&settings.mode))
                .bind(settings.mix)
                .bind(settings.capacity.map(i64::from))
                .execute(db)
                .await?
                .rows_affected()
        })?;
        if changed == 0 {
            return Err(StoreError::Missing(format!("There is no room {id}.")));
        }
        Ok(())
    }

    /// Makes the park's own rooms, when there are none yet. A slug that somebody else's room has is left to it.
    pub async fn rooms_seed(&self, rooms: &[NewRoom]) -> Result<(), StoreError> {
        in_transaction!(self, tx => {
            let own: i64 =
                only(query_scalar("SELECT count(*) FROM room WHERE own = TRUE").fetch_all(&mut *tx).await?)?;
            if own == 0 {
                for new in rooms {
                    make!(new, &new.slug).fetch_all(&mut *tx).await?;
                }
            }
        })
    }
}
