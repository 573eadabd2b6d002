//! Joining, taking, giving, leaving.

use crate::park::Park;
use protocol::id::{SHARDS, Shard};
use store::leases::LEASE_US;
use store::{Store, WorkerId};

fn all() -> Vec<Shard> {
    (0..SHARDS).map(Shard).collect()
}

fn everything_under(term: i64) -> Vec<(Shard, i64)> {
    all().into_iter().map(|s| (s, term)).collect()
}

async fn owned_by(store: &Store, worker: WorkerId) -> Vec<(Shard, i64)> {
    let survey = store.survey().await.unwrap();
    survey.shards.iter().filter(|s| s.owner == Some(worker)).map(|s| (s.shard, s.term)).collect()
}

async fn is_alive(store: &Store, worker: WorkerId) -> Option<bool> {
    store.survey().await.unwrap().workers.iter().find(|w| w.id == worker).map(|w| w.alive)
}

pub async fn the_first_worker_takes_everything(park: &Park) {
    let before = park.store.survey().await.unwrap();
    assert_eq!(before.workers, []);
    assert_eq!(before.shards.len(), usize::from(SHARDS));
    assert!(
        before.shards.iter().zip(0..).all(|(s, n)| s.shard == Shard(n) && s.owner.is_none() && s.term == 0)
    );
    let me = park.store.worker_join(7).await.unwrap();
    assert_eq!(park.store.shards_take(me, &all()).await.unwrap(), everything_under(1));
    let after = park.store.survey().await.unwrap();
    assert_eq!(after.workers.iter().map(|w| (w.id, w.nid, w.alive)).collect::<Vec<_>>(), [(me, 7, true)]);
    assert!(after.shards.iter().all(|s| s.owner == Some(me) && s.term == 1));
    assert_eq!(park.store.shards_take(me, &all()).await.unwrap(), [], "what one owns is not taken again");
}

pub async fn of_many_takers_one_gets_each_shard(park: &Park) {
    for round in 1..6 {
        let dead = park.store.worker_join(1).await.unwrap();
        park.store.shards_take(dead, &all()).await.unwrap();
        park.freeze(dead).await;
        // On SQLite only the last to join is alive: the others must get nothing.
        let mut joined = Vec::new();
        for nid in 2..6 {
            joined.push((park.another().await, park.store.worker_join(nid).await.unwrap()));
        }
        let mut takers = tokio::task::JoinSet::new();
        for (n, (store, me)) in joined.into_iter().enumerate() {
            takers.spawn(async move {
                let mut which = all();
                which.rotate_left(n * 50);
                let taken = store.shards_take(me, &which).await.unwrap();
                (me, taken)
            });
        }
        let taken = takers.join_all().await;
        let mut each: Vec<(Shard, i64)> = taken.iter().flat_map(|(_, shards)| shards.clone()).collect();
        each.sort_unstable();
        assert!(each == everything_under(2 * round), "each shard once, its term one higher: {each:?}");
        for (me, shards) in taken {
            assert_eq!(owned_by(&park.store, me).await, shards);
            park.store.worker_leave(me).await.unwrap();
        }
    }
}

pub async fn a_worker_that_leaves_is_followed_at_once(park: &Park) {
    let first = park.store.worker_join(1).await.unwrap();
    park.store.shards_take(first, &all()).await.unwrap();
    let next = park.store.worker_join(2).await.unwrap();
    park.store.worker_leave(first).await.unwrap();
    assert_eq!(is_alive(&park.store, first).await, Some(false));
    assert_eq!(park.store.shards_take(next, &all()).await.unwrap(), everything_under(2));
    assert_eq!(park.store.worker_renew(first).await.unwrap(), None);
    assert_eq!(is_alive(&park.store, first).await, None, "it owns nothing any more");
}

pub async fn a_dead_worker_is_followed_and_told_so(park: &Park) {
    let dead = park.store.worker_join(1).await.unwrap();
    park.store.shards_take(dead, &all()).await.unwrap();
    park.freeze(dead).await;
    assert_eq!(is_alive(&park.store, dead).await, Some(false));
    let next = park.store.worker_join(2).await.unwrap();
    let some: Vec<Shard> = all().into_iter().filter(|s| s.0 % 2 == 0).collect();
    let taken = park.store.shards_take(next, &some).await.unwrap();
    assert_eq!(taken, some.iter().map(|&s| (s, 2)).collect::<Vec<_>>());
    assert_eq!(park.store.worker_renew(dead).await.unwrap(), None, "it was ended, not only late");
    assert_eq!(owned_by(&park.store, dead).await.len(), 128, "the others are for whoever takes them");
    assert_eq!(park.store.shards_take(next, &all()).await.unwrap().len(), 128);
}

pub async fn an_ended_worker_takes_nothing(park: &Park) {
    let ended = park.store.worker_join(1).await.unwrap();
    park.store.worker_leave(ended).await.unwrap();
    assert_eq!(park.store.shards_take(ended, &all()).await.unwrap(), []);
    let survey = park.store.survey().await.unwrap();
    assert!(survey.shards.iter().all(|s| s.owner.is_none() && s.term == 0));
}

pub async fn shards_are_given_with_a_new_term(park: &Park) {
    let giver = park.store.worker_join(1).await.unwrap();
    let mine = park.store.shards_take(giver, &all()).await.unwrap();
    let to = park.store.worker_join(2).await.unwrap();
    let mut gift = mine[..100].to_vec();
    gift[0].1 = 9; // a term it does not own it under
    park.store.shards_give(giver, &gift, to).await.unwrap();
    let expected: Vec<(Shard, i64)> = mine[1..100].iter().map(|&(s, _)| (s, 2)).collect();
    assert_eq!(owned_by(&park.store, to).await, expected);
    assert_eq!(owned_by(&park.store, giver).await.len(), 157);
    // The giver's claims on them are void; the receiver's hold.
    assert_eq!(park.store.journal(giver, &mine[1..100], &[]).await.unwrap(), []);
    assert_eq!(park.store.journal(to, &expected, &[]).await.unwrap().len(), 99);
    // Who does not own a shard cannot give it.
    park.store.shards_give(giver, &expected, giver).await.unwrap();
    assert_eq!(owned_by(&park.store, to).await, expected);
}

pub async fn shards_given_to_nobody_are_free(park: &Park) {
    let gone = park.store.worker_join(1).await.unwrap();
    park.store.worker_leave(gone).await.unwrap();
    let giver = park.store.worker_join(2).await.unwrap();
    let mine = park.store.shards_take(giver, &all()).await.unwrap();
    park.store.shards_give(giver, &mine[..3], gone).await.unwrap();
    let survey = park.store.survey().await.unwrap();
    assert!(survey.shards[..3].iter().all(|s| s.owner.is_none() && s.term == 2));
    assert_eq!(park.store.shards_take(giver, &all()).await.unwrap().len(), 3);
}

pub async fn a_renewal_tells_the_databases_time(park: &Park) {
    let me = park.store.worker_join(1).await.unwrap();
    let before = park.store.now_us().await.unwrap();
    let told = park.store.worker_renew(me).await.unwrap().unwrap();
    let after = park.store.now_us().await.unwrap();
    assert!((before..=after).contains(&told), "{before} {told} {after}");
    // A lease that ran out while nobody took anything lives on.
    park.freeze(me).await;
    assert!(park.store.worker_renew(me).await.unwrap().is_some());
    assert_eq!(is_alive(&park.store, me).await, Some(true));
    const { assert!(LEASE_US == 3_000_000) };
}

pub async fn workers_of_the_past_are_forgotten(park: &Park) {
    for nid in 0..3 {
        let gone = park.store.worker_join(nid).await.unwrap();
        park.store.worker_leave(gone).await.unwrap();
        park.freeze(gone).await;
    }
    let owner = park.store.worker_join(8).await.unwrap();
    park.store.shards_take(owner, &all()).await.unwrap();
    park.freeze(owner).await;
    park.store.worker_join(9).await.unwrap();
    assert_eq!(park.count("worker").await, 2, "the one that owns something and the one that joined");
}
