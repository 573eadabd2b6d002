//! What only Postgres does: live beside others, and go away.

use crate::park::{Park, eventually, row, shard, shards};
use sqlx::Connection as _;
use std::net::SocketAddr;
use std::time::Duration;
use store::testing::PrivatePostgres;
use store::{Store, StoreError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Far above the three seconds that a call may take, far below the half minute it takes when nobody bounds it.
const SOON: Duration = Duration::from_secs(12);

async fn fails_soon(store: &Store) {
    let calls = async {
        tokio::join!(
            store.ping(),
            store.survey(),
            store.worker_join(1),
            store.guest("Juno", 1),
            store.migrate()
        )
    };
    let (ping, survey, join, guest, migrate) =
        tokio::time::timeout(SOON, calls).await.expect("every call answers");
    let errors = [ping.err(), survey.err(), join.err(), guest.err(), migrate.err()];
    for error in errors {
        let error = error.expect("nothing works without a database");
        assert!(error.is_retryable(), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_a_retryable_error_and_all_is_there_when_it_is_back() {
    let mut server = tokio::task::spawn_blocking(PrivatePostgres::start).await.unwrap();
    let store = Store::open(&server.database()).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(store.durable().await.unwrap(), Ok(()), "this one is set up as a real one");
    let me = store.guest("Juno", 7).await.unwrap();
    server.stop();
    fails_soon(&store).await;
    // Opening waits for nothing.
    let early =
        Store::open(&format!("postgres://postgres@127.0.0.1:{}/park_0", server.port())).await.unwrap();
    fails_soon(&early).await;
    // A service that starts before its database waits for it.
    let url = format!("postgres://postgres@127.0.0.1:{}/park_0", server.port());
    let patient = tokio::spawn(async move { Store::connect(&url).await });
    server.start_again();
    assert_eq!(patient.await.unwrap().unwrap().person(me).await.unwrap().unwrap().account, me);
    eventually("the database is back", async || store.ping().await.is_ok()).await;
    assert_eq!(store.person(me).await.unwrap().unwrap().name, "Juno");
    assert_eq!(early.person(me).await.unwrap().unwrap().name, "Juno");
}

/// Passes bytes on in both directions while `flows`; holds them, with all connections open, while not.
async fn line_to(target: u16, flows: watch::Receiver<bool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((from, _)) = listener.accept().await {
            let mut flows = flows.clone();
            tokio::spawn(async move {
                let Ok(to) = TcpStream::connect(("127.0.0.1", target)).await else { return };
                let (mut from, mut to) = (from, to);
                loop {
                    if flows.wait_for(|flows| *flows).await.is_err() {
                        return;
                    }
                    // Cancelled between two pieces only: nothing is lost when the line holds still.
                    let mut held = flows.clone();
                    tokio::select! {
                        biased;
                        _ = held.wait_for(|flows| !*flows) => {}
                        done = pass_on(&mut from, &mut to) => if done.is_err() { return },
                    }
                }
            });
        }
    });
    here
}

/// Passes on one piece from whichever side has one.
async fn pass_on(one: &mut TcpStream, other: &mut TcpStream) -> std::io::Result<()> {
    tokio::select! {
        ready = one.readable() => { ready?; piece(one, other).await }
        ready = other.readable() => { ready?; piece(other, one).await }
    }
}

async fn piece(from: &mut TcpStream, to: &mut TcpStream) -> std::io::Result<()> {
    let mut bytes = [0; 4096];
    match from.try_read(&mut bytes) {
        Ok(0) => Err(std::io::ErrorKind::UnexpectedEof.into()),
        Ok(n) => tokio::io::AsyncWriteExt::write_all(to, &bytes[..n]).await,
        Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => Ok(()),
        Err(e) => Err(e),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_is_a_retryable_error() {
    let direct = Park::on_postgres().await;
    let (flow, flows) = watch::channel(true);
    let line = line_to(PrivatePostgres::shared().port(), flows).await;
    let port = PrivatePostgres::shared().port().to_string();
    let store = Store::open(&direct.url.replace(&port, &line.port().to_string())).await.unwrap();
    let me = store.guest("Juno", 7).await.unwrap();
    flow.send(false).unwrap();
    fails_soon(&store).await;
    flow.send(true).unwrap();
    eventually("the database is back", async || store.person(me).await.is_ok()).await;
}

#[tokio::test]
async fn a_living_owner_is_not_robbed() {
    let park = Park::on_postgres().await;
    let rooms = park.rooms(4).await;
    let (owner, claims) = park.owner_of(&rooms).await;
    let other = park.store.worker_join(2).await.unwrap();
    assert_eq!(park.store.shards_take(other, &shards(&rooms)).await.unwrap(), []);
    // Half of the shards are given, as to a second worker that has come.
    park.store.shards_give(owner, &claims[..1], other).await.unwrap();
    let held = park.store.journal(owner, &claims, &[]).await.unwrap();
    assert_eq!(held.len(), claims.len() - 1);
    assert!(park.store.worker_renew(owner).await.unwrap().is_some());
    assert!(park.store.worker_renew(other).await.unwrap().is_some());
}

/// Waits until so many statements wait for locks of this database, or the last of them has ended without.
async fn waiting<T>(park: &Park, statements: i64, last: &JoinHandle<T>) {
    let mut connection = sqlx::PgConnection::connect(&park.url).await.unwrap();
    eventually("a statement waits for a lock", async || {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        waiting == statements || last.is_finished()
    })
    .await;
}

/// What a call answered; none when the machine was so busy that the database gave up on it: then the scenario is played again.
fn in_time<T>(answer: Result<T, StoreError>) -> Option<T> {
    match answer {
        Err(error) if error.is_retryable() => None,
        answer => Some(answer.unwrap()),
    }
}

/// The fence from the one side: a turn that begins while a takeover is not committed yet waits for it, and writes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_waits_for_the_takeover_and_then_writes_nothing() {
    let park = Park::on_postgres().await;
    while turn_during_takeover(&park).await.is_none() {}
}

async fn turn_during_takeover(park: &Park) -> Option<()> {
    let rooms = park.rooms(1).await;
    let (zombie, claims) = park.owner_of(&rooms).await;
    let next = park.store.worker_join(2).await.unwrap();
    let mut connection = sqlx::PgConnection::connect(&park.url).await.unwrap();
    let mut takeover = connection.begin().await.unwrap();
    sqlx::query("UPDATE shard SET owner = $1, term = term + 1 WHERE id = $2")
        .bind(next.0)
        .bind(i32::from(shard(rooms[0]).0))
        .execute(&mut *takeover)
        .await
        .unwrap();
    let (store, turn) = (park.store.clone(), vec![row(&claims, rooms[0], 1)]);
    let writing = tokio::spawn(async move { store.journal(zombie, &claims, &turn).await });
    waiting(park, 1, &writing).await;
    takeover.commit().await.unwrap();
    let held = in_time(writing.await.unwrap())?;
    assert_eq!(held, [], "the shard was taken while the turn waited");
    assert_eq!(park.store.room_load(rooms[0]).await.unwrap().unwrap().events, []);
    Some(())
}

/// The fence from the other side: a takeover waits for the turn that is being written, and what that wrote is seen after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_takeover_waits_for_the_turn_that_is_being_written() {
    let park = Park::on_postgres().await;
    while takeover_during_turn(&park).await.is_none() {}
}

async fn takeover_during_turn(park: &Park) -> Option<()> {
    let rooms = park.rooms(1).await;
    let (owner, claims) = park.owner_of(&rooms).await;
    let next = park.store.worker_join(2).await.unwrap();
    // An event of the same number that is not committed holds the turn up in the middle of its statement.
    let mut connection = sqlx::PgConnection::connect(&park.url).await.unwrap();
    let mut obstacle = connection.begin().await.unwrap();
    sqlx::query("INSERT INTO journal (room, seq, term, at_us, event) VALUES ($1, 1, 0, 0, '{}')")
        .bind(rooms[0].0)
        .execute(&mut *obstacle)
        .await
        .unwrap();
    let (store, turn) = (park.store.clone(), vec![row(&claims, rooms[0], 1)]);
    let writing = tokio::spawn(async move { store.journal(owner, &claims, &turn).await });
    waiting(park, 1, &writing).await;
    park.freeze(owner).await;
    let (store, room) = (park.store.clone(), rooms[0]);
    let taking = tokio::spawn(async move {
        let taken = store.shards_take(next, &[shard(room)]).await?;
        Ok((taken, store.room_load(room).await?.unwrap().events))
    });
    waiting(park, 2, &taking).await;
    obstacle.rollback().await.unwrap();
    let (held, taken) = (writing.await.unwrap(), taking.await.unwrap());
    let (held, (taken, seen)) = (in_time(held)?, in_time(taken)?);
    assert_eq!(held, [shard(room)]);
    assert_eq!(taken.len(), 1);
    assert_eq!(seen.len(), 1, "what was committed before the takeover is seen after it");
    Some(())
}

#[tokio::test]
async fn settings_that_lose_commits_are_named() {
    let park = Park::on_postgres().await;
    let name = park.url.rsplit('/').next().unwrap();
    park.behind_the_back(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
    let sentence = park.another().await.durable().await.unwrap().unwrap_err();
    assert!(sentence.contains("fsync, full_page_writes, synchronous_commit off"), "{sentence}");
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_no_retryable_error() {
    let park = Park::new_postgres().await;
    let store = Store::open(&format!("{}_not", park.url)).await.unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(matches!(error, StoreError::Other(_)), "{error:?}");
}
