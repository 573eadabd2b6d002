//! Two workers, each believing what it last knew, in any order of turns and takeovers: no room's journal ever has a gap or a falling term, and
//! everything that was acknowledged is in it.

use crate::park::{Park, by, command, row, shard, shards};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use protocol::id::{AccountId, RoomId, Shard};
use std::collections::HashMap;
use store::{StoreError, WorkerId};

const ROOMS: usize = 4;

/// What one worker does next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Writes one event for each room of the mask that it believes to own.
    Turn(u8),
    /// Nothing.
    Rest,
    /// Ends the other, as if it had been frozen, and takes what it had.
    TakeOver,
    /// Leaves and joins anew.
    Restart,
    /// Gives everything to the other.
    Give,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1u8..16).prop_map(Step::Turn),
        1 => Just(Step::Rest),
        2 => Just(Step::TakeOver),
        1 => Just(Step::Restart),
        1 => Just(Step::Give),
    ]
}

/// A worker's beliefs.
struct Worker {
    id: WorkerId,
    claims: Vec<(Shard, i64)>,
    heads: HashMap<RoomId, i64>,
    acknowledged: Vec<(RoomId, i64, i64)>,
}

impl Worker {
    async fn join(park: &Park) -> Worker {
        let id = park.store.worker_join(1).await.unwrap();
        Worker { id, claims: vec![], heads: HashMap::new(), acknowledged: vec![] }
    }

    async fn step(&mut self, step: Step, other: WorkerId, park: &Park, rooms: &[RoomId], me: AccountId) {
        match step {
            Step::Rest => {}
            Step::Turn(mask) => self.turn(mask, park, rooms, me).await,
            Step::TakeOver => {
                if park.store.worker_renew(self.id).await.unwrap().is_none() {
                    self.restart(park).await;
                }
                park.freeze(other).await;
                self.take(park, rooms).await;
            }
            Step::Restart => {
                park.store.worker_leave(self.id).await.unwrap();
                self.restart(park).await;
                self.take(park, rooms).await;
            }
            Step::Give => {
                park.store.shards_give(self.id, &self.claims, other).await.unwrap();
                self.claims.clear();
            }
        }
    }

    async fn restart(&mut self, park: &Park) {
        self.id = park.store.worker_join(1).await.unwrap();
        self.claims.clear();
    }

    /// Takes what is free, learns what it was given, loads the heads.
    async fn take(&mut self, park: &Park, rooms: &[RoomId]) {
        park.store.shards_take(self.id, &shards(rooms)).await.unwrap();
        let survey = park.store.survey().await.unwrap();
        let mine = survey.shards.iter().filter(|s| s.owner == Some(self.id));
        self.claims = mine.map(|s| (s.shard, s.term)).collect();
        for &room in rooms {
            let events = park.store.room_load(room).await.unwrap().unwrap().events;
            self.heads.insert(room, events.len() as i64);
        }
    }

    async fn turn(&mut self, mask: u8, park: &Park, rooms: &[RoomId], me: AccountId) {
        let rows: Vec<_> = rooms
            .iter()
            .enumerate()
            .filter(|(n, room)| mask & (1 << n) != 0 && self.claims.iter().any(|c| c.0 == shard(**room)))
            .map(|(_, &room)| by(row(&self.claims, room, self.heads[&room] + 1), me, command()))
            .collect();
        match park.store.journal(self.id, &self.claims, &rows).await {
            Ok(held) => {
                self.claims.retain(|c| held.contains(&c.0));
                for row in rows.iter().filter(|r| held.contains(&r.shard)) {
                    self.heads.insert(row.room, row.event.seq);
                    self.acknowledged.push((row.room, row.event.seq, row.event.term));
                }
            }
            // The backstop may refuse a turn; then nothing of it is believed.
            Err(StoreError::Conflict(_)) => self.claims.clear(),
            Err(error) => panic!("{error}"),
        }
    }
}

async fn run(park: &Park, plan: &[(Step, Step)]) {
    let me = park.guest().await;
    let rooms = park.rooms(ROOMS).await;
    let (mut one, mut two) = (Worker::join(park).await, Worker::join(park).await);
    one.step(Step::TakeOver, two.id, park, &rooms, me).await;
    for &(first, second) in plan {
        let (a, b) = (one.id, two.id);
        // Both at once: what they do interleaves inside the database.
        tokio::join!(one.step(first, b, park, &rooms, me), two.step(second, a, park, &rooms, me));
    }
    let mut acknowledged = one.acknowledged;
    acknowledged.extend(two.acknowledged);
    for &room in &rooms {
        let events = park.store.room_load(room).await.unwrap().unwrap().events;
        let numbers: Vec<i64> = events.iter().map(|e| e.seq).collect();
        assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>(), "contiguous");
        assert!(events.is_sorted_by_key(|e| e.term), "terms never fall: {events:?}");
        let mut promised: Vec<(i64, i64)> =
            acknowledged.iter().filter(|a| a.0 == room).map(|a| (a.1, a.2)).collect();
        promised.sort_unstable();
        let written: Vec<(i64, i64)> = events.iter().map(|e| (e.seq, e.term)).collect();
        assert_eq!(written, promised, "what was acknowledged is what is there");
    }
}

/// Runs random plans, all on one database: each has rooms of its own.
fn plans(cases: u32, park: impl Future<Output = Park>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let park = runtime.block_on(park);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec((step(), step()), 1..24), |plan| {
            runtime.block_on(run(&park, &plan));
            Ok(())
        })
        .unwrap();
}

#[test]
fn two_workers_never_spoil_a_journal_on_sqlite() {
    plans(24, Park::on_sqlite());
}

#[test]
fn two_workers_never_spoil_a_journal_on_postgres() {
    plans(24, Park::on_postgres());
}
