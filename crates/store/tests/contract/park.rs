//! A database of its own for each scenario, and what the scenarios say often.

use protocol::event::{Event, Happened};
use protocol::id::{AccountId, CommandId, FloorId, RoomId, Shard};
use protocol::room::{Hue, Place, QueueMode, RoomSettings};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use std::time::Duration;
use store::testing::PrivatePostgres;
use store::{JournalRow, NewRoom, Store, WorkerId};
use uuid::Uuid;

/// A database and a store on it.
pub struct Park {
    pub store: Store,
    pub url: String,
    folder: Option<tempfile::TempDir>,
}

impl Park {
    /// A migrated SQLite in a temporary folder.
    pub async fn on_sqlite() -> Park {
        let park = Park::new_sqlite().await;
        park.store.migrate().await.unwrap();
        park
    }

    /// A migrated database of the private Postgres.
    pub async fn on_postgres() -> Park {
        let park = Park::new_postgres().await;
        park.store.migrate().await.unwrap();
        park
    }

    /// An empty SQLite.
    pub async fn new_sqlite() -> Park {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("park.db").display());
        Park { store: Store::open(&url).await.unwrap(), url, folder: Some(folder) }
    }

    /// An empty database of the private Postgres.
    pub async fn new_postgres() -> Park {
        let url = tokio::task::spawn_blocking(|| PrivatePostgres::shared().database()).await.unwrap();
        Park { store: Store::open(&url).await.unwrap(), url, folder: None }
    }

    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// Another process on the same data.
    pub async fn another(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// Does to the data what no method of the store does.
    pub async fn behind_the_back(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let path = self.url.strip_prefix("sqlite:").unwrap();
            let mut connection = sqlx::SqliteConnection::connect(path).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        }
    }

    /// Number of rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        if self.is_sqlite() {
            let path = self.url.strip_prefix("sqlite:").unwrap();
            let mut connection = sqlx::SqliteConnection::connect(path).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }

    /// Makes a worker's lease run out, as it does when the worker is frozen for long.
    pub async fn freeze(&self, worker: WorkerId) {
        let id = worker.0.simple();
        let id = if self.is_sqlite() { format!("x'{id}'") } else { format!("'{id}'") };
        self.behind_the_back(&format!("UPDATE worker SET until_us = 1 WHERE id = {id}")).await;
    }

    /// A person to be.
    pub async fn guest(&self) -> AccountId {
        self.store.guest("Juno", 7).await.unwrap()
    }

    /// Rooms made by nobody.
    pub async fn rooms(&self, number: usize) -> Vec<RoomId> {
        let mut rooms = Vec::new();
        for n in 0..number {
            rooms.push(self.store.room_make(&room(&format!("room {n}"))).await.unwrap().id);
        }
        rooms
    }

    /// A worker that owns the shards of these rooms.
    pub async fn owner_of(&self, rooms: &[RoomId]) -> (WorkerId, Vec<(Shard, i64)>) {
        let me = self.store.worker_join(1).await.unwrap();
        let claims = self.store.shards_take(me, &shards(rooms)).await.unwrap();
        (me, claims)
    }
}

/// A room to make, with a link made from its name.
pub fn room(name: &str) -> NewRoom {
    NewRoom {
        slug: protocol::name::slug(name),
        settings: settings(name),
        place: Place::Glasshouse,
        mood: None,
        owner: None,
        own: false,
    }
}

pub fn settings(name: &str) -> RoomSettings {
    RoomSettings {
        name: name.to_owned(),
        about: "Where the tests play.".to_owned(),
        hue: Hue::Mint,
        mode: QueueMode::Rotation,
        mix: true,
        capacity: None,
    }
}

pub fn shard(room: RoomId) -> Shard {
    Shard::of(FloorId::of(room))
}

/// The shards of some rooms, each once.
pub fn shards(rooms: &[RoomId]) -> Vec<Shard> {
    let mut shards: Vec<Shard> = rooms.iter().map(|&r| shard(r)).collect();
    shards.sort_unstable();
    shards.dedup();
    shards
}

/// The term under which a room's shard is claimed.
pub fn term_of(claims: &[(Shard, i64)], room: RoomId) -> i64 {
    claims.iter().find(|(s, _)| *s == shard(room)).unwrap().1
}

/// A row that says something simple.
pub fn row(claims: &[(Shard, i64)], room: RoomId, seq: i64) -> JournalRow {
    let happened = Happened::RoomChanged { settings: settings(&format!("event {seq} \"☂\" \\ مريم")) };
    let event = Event {
        term: term_of(claims, room),
        seq,
        at: 1_764_000_000_000_000 + seq,
        command: None,
        account: None,
        happened,
    };
    JournalRow { shard: shard(room), room, event }
}

/// The same row as the result of a command.
pub fn by(mut row: JournalRow, account: AccountId, command: CommandId) -> JournalRow {
    row.event.account = Some(account);
    row.event.command = Some(command);
    row
}

pub fn command() -> CommandId {
    CommandId(Uuid::now_v7())
}

/// Waits until a condition holds, at most half a minute.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "this did not happen within 30 s: {what}");
}
