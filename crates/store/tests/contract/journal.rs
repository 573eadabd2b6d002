//! The fenced journal.

use crate::park::{Park, by, command, row, settings, shard, shards, term_of};
use protocol::event::Event;
use protocol::id::{RoomId, Shard};
use protocol::room::{Place, RoomState, Snapshot};
use protocol::socket::Head;
use store::StoreError;

async fn events(park: &Park, room: RoomId) -> Vec<Event> {
    park.store.room_load(room).await.unwrap().unwrap().events
}

fn snapshot(room: RoomId, term: i64, seq: i64) -> Snapshot {
    let state = RoomState {
        id: room,
        slug: "room".to_owned(),
        settings: settings(&format!("as of {seq}")),
        place: Place::Glasshouse,
        mood: None,
        owner: None,
        djs: vec![],
        queue: vec![],
        playback: None,
        skip_votes: vec![],
        chat: vec![],
        history: vec![],
        mix_plays: seq,
    };
    Snapshot { term, seq, state }
}

pub async fn a_turn_is_written_for_several_rooms_at_once(park: &Park) {
    let me = park.guest().await;
    let rooms = park.rooms(3).await;
    let (worker, claims) = park.owner_of(&rooms).await;
    let (first, second) = (command(), command());
    let turn = vec![
        by(row(&claims, rooms[0], 1), me, first),
        row(&claims, rooms[0], 2),
        row(&claims, rooms[1], 1),
        by(row(&claims, rooms[2], 1), me, second),
    ];
    let held = park.store.journal(worker, &claims, &turn).await.unwrap();
    assert_eq!(sorted(held), shards(&rooms));
    let written = |room: RoomId| {
        turn.iter().filter(move |r| r.room == room).map(|r| r.event.clone()).collect::<Vec<_>>()
    };
    for &room in &rooms {
        assert_eq!(events(park, room).await, written(room), "read back as it was written");
    }
    assert_eq!(
        park.store.command_head(me, second).await.unwrap(),
        Some(Head { term: term_of(&claims, rooms[2]), seq: 1 })
    );
    assert_eq!(park.store.command_head(me, command()).await.unwrap(), None);
    // Claims are answered for turns without events, too.
    assert_eq!(sorted(park.store.journal(worker, &claims, &[]).await.unwrap()), shards(&rooms));
    assert_eq!(park.store.journal(worker, &[], &[]).await.unwrap(), []);
}

pub async fn a_rooms_events_are_read_page_by_page(park: &Park) {
    let rooms = park.rooms(2).await;
    let (worker, claims) = park.owner_of(&rooms).await;
    let turn: Vec<_> =
        (1..=5).map(|seq| row(&claims, rooms[0], seq)).chain([row(&claims, rooms[1], 1)]).collect();
    park.store.journal(worker, &claims, &turn).await.unwrap();
    let page = async |after| {
        let events = park.store.events(rooms[0], after, 3).await.unwrap();
        events.into_iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!(page(0).await, [1, 2, 3]);
    assert_eq!(page(3).await, [4, 5]);
    assert!(page(5).await.is_empty());
    assert_eq!(park.store.events(rooms[0], 2, 1).await.unwrap(), [turn[2].event.clone()]);
}

pub async fn a_lost_shard_writes_nothing_while_the_others_rows_are_written(park: &Park) {
    let rooms = park.rooms(2).await;
    let (worker, claims) = park.owner_of(&rooms).await;
    let (lost, kept) = (rooms[0], rooms[1]);
    // The shard of one room is at another term: it was given away and came back.
    park.behind_the_back(&format!("UPDATE shard SET term = term + 2 WHERE id = {}", shard(lost).0)).await;
    let turn = [row(&claims, lost, 1), row(&claims, kept, 1), row(&claims, kept, 2)];
    let held = park.store.journal(worker, &claims, &turn).await.unwrap();
    assert_eq!(held, [shard(kept)]);
    assert_eq!(events(park, lost).await, []);
    assert_eq!(events(park, kept).await.len(), 2);
}

pub async fn a_zombie_cannot_write_after_a_takeover(park: &Park) {
    let rooms = park.rooms(2).await;
    let (zombie, old) = park.owner_of(&rooms).await;
    let first = [row(&old, rooms[0], 1)];
    park.store.journal(zombie, &old, &first).await.unwrap();
    park.freeze(zombie).await;
    let (worker, new) = park.owner_of(&rooms).await;
    assert_eq!(sorted(new.iter().map(|c| c.0).collect()), shards(&rooms));
    assert!(new.iter().zip(&old).all(|(new, old)| new.1 == old.1 + 1), "{old:?} {new:?}");
    // Under its own term, and under the new one that it cannot have.
    let held = park.store.journal(zombie, &old, &[row(&old, rooms[0], 2)]).await.unwrap();
    assert_eq!(held, [], "nothing is the zombie's any more");
    let held = park.store.journal(zombie, &new, &[row(&new, rooms[0], 2)]).await.unwrap();
    assert_eq!(held, []);
    assert_eq!(events(park, rooms[0]).await.len(), 1);
    let held = park.store.journal(worker, &new, &[row(&new, rooms[0], 2)]).await.unwrap();
    assert_eq!(sorted(held), shards(&rooms));
    let terms: Vec<i64> = events(park, rooms[0]).await.iter().map(|e| e.term).collect();
    assert_eq!(terms, [1, 2]);
}

pub async fn a_command_is_written_once(park: &Park) {
    let (me, other) = (park.guest().await, park.guest().await);
    let rooms = park.rooms(2).await;
    let (worker, claims) = park.owner_of(&rooms).await;
    let id = command();
    park.store.journal(worker, &claims, &[by(row(&claims, rooms[0], 1), me, id)]).await.unwrap();
    let again = [row(&claims, rooms[1], 1), by(row(&claims, rooms[0], 2), me, id)];
    let refused = park.store.journal(worker, &claims, &again).await;
    assert!(matches!(refused, Err(StoreError::Duplicate)), "{refused:?}");
    assert_eq!(events(park, rooms[0]).await.len(), 1);
    assert_eq!(events(park, rooms[1]).await, [], "nothing of the turn was written");
    // The id is the account's own; what the room does by itself has none.
    let others =
        [by(row(&claims, rooms[0], 2), other, id), row(&claims, rooms[0], 3), row(&claims, rooms[0], 4)];
    park.store.journal(worker, &claims, &others).await.unwrap();
    assert_eq!(park.store.command_head(me, id).await.unwrap().unwrap().seq, 1);
    assert_eq!(park.store.command_head(other, id).await.unwrap().unwrap().seq, 2);
}

pub async fn a_number_is_written_once(park: &Park) {
    let rooms = park.rooms(1).await;
    let (worker, claims) = park.owner_of(&rooms).await;
    park.store.journal(worker, &claims, &[row(&claims, rooms[0], 1)]).await.unwrap();
    let refused = park.store.journal(worker, &claims, &[row(&claims, rooms[0], 1)]).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
}

pub async fn a_snapshot_and_the_tail_are_the_room(park: &Park) {
    let rooms = park.rooms(2).await;
    let room = rooms[0];
    let (worker, claims) = park.owner_of(&rooms).await;
    let term = term_of(&claims, room);
    let turn: Vec<_> = (1..=5).map(|seq| row(&claims, room, seq)).collect();
    park.store.journal(worker, &claims, &turn).await.unwrap();
    let all = park.store.room_load(room).await.unwrap().unwrap();
    assert_eq!((all.snapshot, all.events.len()), (None, 5));
    let third = snapshot(room, term, 3);
    assert!(park.store.snapshot_save(worker, shard(room), term, room, &third).await.unwrap());
    let loaded = park.store.room_load(room).await.unwrap().unwrap();
    assert_eq!(loaded.spec, park.store.room(room).await.unwrap().unwrap());
    assert_eq!(loaded.snapshot, Some(third));
    assert_eq!(loaded.events, turn[3..].iter().map(|r| r.event.clone()).collect::<Vec<_>>());
    let last = snapshot(room, term, 5);
    assert!(park.store.snapshot_save(worker, shard(room), term, room, &last).await.unwrap());
    let loaded = park.store.room_load(room).await.unwrap().unwrap();
    assert_eq!((loaded.snapshot, loaded.events), (Some(last), vec![]));
    assert_eq!(park.store.room_load(rooms[1]).await.unwrap().unwrap().snapshot, None);
}

pub async fn an_older_or_a_zombies_snapshot_is_not_kept(park: &Park) {
    let rooms = park.rooms(1).await;
    let room = rooms[0];
    let (zombie, old) = park.owner_of(&rooms).await;
    let newest = snapshot(room, 1, 9);
    let save = async |who, claim: &[(Shard, i64)], what: Snapshot| {
        park.store.snapshot_save(who, shard(room), term_of(claim, room), room, &what).await.unwrap()
    };
    assert!(save(zombie, &old, newest.clone()).await);
    assert!(save(zombie, &old, snapshot(room, 1, 4)).await, "the shard is its own, whatever is kept");
    park.freeze(zombie).await;
    let (_worker, new) = park.owner_of(&rooms).await;
    assert!(!save(zombie, &old, snapshot(room, 1, 12)).await);
    assert!(!save(zombie, &new, snapshot(room, 1, 12)).await);
    let loaded = park.store.room_load(room).await.unwrap().unwrap();
    assert_eq!(loaded.snapshot, Some(newest));
}

pub async fn a_room_nobody_was_in_is_empty(park: &Park) {
    let rooms = park.rooms(1).await;
    let loaded = park.store.room_load(rooms[0]).await.unwrap().unwrap();
    assert_eq!((loaded.snapshot, loaded.events), (None, vec![]));
    assert_eq!(park.store.room_load(RoomId(9_999)).await.unwrap(), None);
}

pub async fn a_turn_that_contradicts_itself_is_refused(park: &Park) {
    let rooms = park.rooms(1).await;
    let (worker, claims) = park.owner_of(&rooms).await;
    let mut late = row(&claims, rooms[0], 1);
    late.event.term -= 1;
    let refused = park.store.journal(worker, &claims, &[late]).await;
    assert!(matches!(refused, Err(StoreError::Other(_))), "{refused:?}");
    let refused = park.store.journal(worker, &[], &[row(&claims, rooms[0], 1)]).await;
    assert!(matches!(refused, Err(StoreError::Other(_))), "{refused:?}");
    assert_eq!(events(park, rooms[0]).await, []);
}

fn sorted(mut shards: Vec<Shard>) -> Vec<Shard> {
    shards.sort_unstable();
    shards
}
