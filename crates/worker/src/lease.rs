//! Which shards this worker owns: joining, renewing, taking over from the dead, handing over to newcomers.

use crate::ownership::Ownership;
use cipher::Node;
use protocol::id::{SHARDS, Shard};
use service::clock::{ParkClock, Sample};
use service::health::Health;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use store::leases::LEASE_US;
use store::{Store, StoreError, Survey, WorkerId};
use tokio_util::sync::CancellationToken;

/// The lease is renewed this often.
const RENEW_EVERY: Duration = Duration::from_secs(1);
/// The dead are looked for this often (ARCHITECTURE.md, Sharding).
const SURVEY_EVERY: Duration = Duration::from_millis(250);
/// The owner counts its lease this much shorter than the database does.
const MARGIN: Duration = Duration::from_millis(500);
/// The gateways are told who owns what this often, even when nothing changed.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(2);
/// After the database did not answer at the start.
const RETRY: Duration = Duration::from_millis(500);
/// Name of the database among the things health looks at.
pub const DATABASE: &str = "database";

/// Holds this worker's lease.
pub struct Lease {
    /// The database.
    pub store: Store,
    /// The worker's node.
    pub node: Node,
    /// Park time: set by the database's clock at renewals.
    pub clock: ParkClock,
    /// What is owned.
    pub ownership: Ownership,
    /// What readiness looks at.
    pub health: Health,
}

impl Lease {
    /// Joins and owns all shards for ever, for a worker that is alone with its data.
    pub async fn own_all(&self) -> Result<WorkerId, StoreError> {
        let me = self.store.worker_join(self.node.nid()).await?;
        let all: Vec<Shard> = (0..SHARDS).map(Shard).collect();
        let taken: BTreeMap<Shard, i64> = self.store.shards_take(me, &all).await?.into_iter().collect();
        self.ownership.renewed(me, None);
        let everybody = vec![(self.node.nid(), taken.iter().map(|(shard, term)| (*shard, *term)).collect())];
        self.ownership.set(taken, everybody);
        self.health.set(DATABASE, true);
        Ok(me)
    }

    /// Keeps the lease until `ended`, joining anew whenever it was lost; then gives everything up, so that others take over at once.
    /// From `stop` on no further shards are taken. `alone` owns everything already.
    pub async fn keep(&self, alone: Option<WorkerId>, stop: &CancellationToken, ended: &CancellationToken) {
        let mut me = alone;
        let mut renew_at = Instant::now();
        let mut announce_at = Instant::now();
        loop {
            if let Some(me) = alone {
                if self.ownership.sure().is_none() {
                    self.ask_again(me).await;
                }
            } else {
                let heard = self.node.is_listed();
                if !heard
                    && let Some(id) = me
                    && self.give_way(id).await
                {
                    me = None;
                }
                // In doubt about the database it is asked at once: everything waits for that. Whom nobody hears does not join.
                let due = Instant::now() >= renew_at || self.ownership.sure().is_none();
                if due && (heard || me.is_some()) {
                    renew_at = Instant::now() + RENEW_EVERY;
                    me = self.renew(me).await;
                }
                if let Some(me) = me
                    && heard
                    && !stop.is_cancelled()
                    && self.ownership.sure().is_some()
                    && self.share(me).await
                {
                    announce_at = Instant::now();
                }
            }
            if Instant::now() >= announce_at {
                announce_at = Instant::now() + ANNOUNCE_EVERY;
                self.ownership.announce(&self.node).await;
            }
            if ended.run_until_cancelled(tokio::time::sleep(SURVEY_EVERY)).await.is_none() {
                break;
            }
        }
        if let Some(me) = me {
            self.leave(me).await;
        }
    }

    async fn renew(&self, me: Option<WorkerId>) -> Option<WorkerId> {
        let before = Instant::now();
        let outcome = match me {
            None => match self.store.worker_join(self.node.nid()).await {
                Ok(id) => self.store.worker_renew(id).await.map(|now| now.map(|now| (id, now))),
                Err(error) => Err(error),
            },
            Some(id) => self.store.worker_renew(id).await.map(|now| now.map(|now| (id, now))),
        };
        match outcome {
            Ok(Some((id, now_us))) => {
                let renewal = Sample { before, reference_us: now_us, after: Instant::now() };
                self.clock.observe(match me {
                    // Others are about to follow this clock. Joining wrote to the disk, which says little about the time.
                    None => Sample::quickest(|| self.database_us()).await.unwrap_or(renewal),
                    Some(_) => renewal,
                });
                let lease = Duration::from_micros(LEASE_US.unsigned_abs());
                // Counted from before the renewal was sent: the database cannot have counted from earlier.
                self.ownership.renewed(id, Some(before + lease - MARGIN));
                self.health.set(DATABASE, true);
                Some(id)
            }
            Ok(None) => {
                tracing::warn!("the lease was lost: this worker starts anew");
                self.ownership.lost_all();
                None
            }
            Err(error) => {
                tracing::warn!(%error, "the lease could not be renewed");
                self.health.set(DATABASE, false);
                me
            }
        }
    }

    /// No message has reached this worker for a lease of its node: its rooms are dead to everybody, while others may be heard. True
    /// when there are such, and they can take its shards. Should they not be heard either, nothing is lost: nobody was.
    async fn give_way(&self, me: WorkerId) -> bool {
        let others = match self.store.survey().await {
            Ok(survey) => survey.workers.iter().any(|worker| worker.alive && worker.id != me),
            Err(error) => {
                tracing::warn!(%error, "workers and shards could not be read");
                false
            }
        };
        if others {
            tracing::warn!("this worker is cut off from the message server: others take its rooms");
            self.leave(me).await;
        }
        others
    }

    /// Gives everything up, so that others take over at once.
    async fn leave(&self, me: WorkerId) {
        self.ownership.lost_all();
        if let Err(error) = self.store.worker_leave(me).await {
            tracing::warn!(%error, "the lease could not be given up: it runs out by itself");
        }
    }

    /// Asks the database, which did not answer a turn, whether it is there again. Nobody else can have taken anything.
    async fn ask_again(&self, me: WorkerId) {
        match self.store.worker_renew(me).await {
            Ok(_) => self.ownership.renewed(me, None),
            Err(error) => tracing::warn!(%error, "the database does not answer yet"),
        }
        self.health.set(DATABASE, self.ownership.sure().is_some());
    }

    async fn database_us(&self) -> Option<i64> {
        self.store.now_us().await.ok()
    }

    /// Takes what the dead and the gone left and is ours, hands over what is somebody else's. True when what is owned changed.
    async fn share(&self, me: WorkerId) -> bool {
        let survey = match self.store.survey().await {
            Ok(survey) => survey,
            Err(error) => {
                tracing::warn!(%error, "workers and shards could not be read");
                return false;
            }
        };
        let plan = plan(me, &survey);
        let mut mine: BTreeMap<Shard, i64> = plan.mine.iter().copied().collect();
        if !plan.take.is_empty() {
            match self.store.shards_take(me, &plan.take).await {
                Ok(taken) => {
                    tracing::info!(shards = taken.len(), "took over shards");
                    mine.extend(taken);
                }
                Err(error) => tracing::warn!(%error, "shards could not be taken over"),
            }
        }
        for (to, shards) in &plan.give {
            // Let go first: what is under way is fenced by the term.
            for (shard, _) in shards {
                mine.remove(shard);
            }
            self.ownership.set(mine.clone(), self.ownership.everybody().workers);
            match self.store.shards_give(me, shards, *to).await {
                Ok(()) => tracing::info!(shards = shards.len(), "handed shards over"),
                Err(error) => tracing::warn!(%error, "shards could not be handed over"),
            }
        }
        let everybody = everybody(&survey, self.node.nid(), &mine);
        let changed = self.ownership.set(mine, everybody);
        if changed {
            self.ownership.announce(&self.node).await;
        }
        changed
    }
}

/// What the database says to this question, which is asked until it answers.
///
/// # Errors
/// When asking again would not help.
pub async fn once_it_answers<T>(ask: impl AsyncFn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    loop {
        match ask().await {
            Err(error) if error.is_retryable() => {
                tracing::warn!(%error, "waiting for the database");
                tokio::time::sleep(RETRY).await;
            }
            outcome => return outcome,
        }
    }
}

/// What a worker does about the shards it sees.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// Owned already, with their terms, those to give included.
    mine: Vec<(Shard, i64)>,
    /// Nobody's, and for this worker.
    take: Vec<Shard>,
    /// Owned, and for another.
    give: BTreeMap<WorkerId, Vec<(Shard, i64)>>,
}

fn plan(me: WorkerId, survey: &Survey) -> Plan {
    let mut alive: Vec<WorkerId> = survey.workers.iter().filter(|w| w.alive).map(|w| w.id).collect();
    if !alive.contains(&me) {
        alive.push(me);
    }
    let mut plan = Plan { mine: vec![], take: vec![], give: BTreeMap::new() };
    for row in &survey.shards {
        let Some(best) = alive.iter().copied().max_by_key(|worker| weight(*worker, row.shard)) else {
            continue;
        };
        match row.owner {
            Some(owner) if owner == me => {
                plan.mine.push((row.shard, row.term));
                if best != me {
                    plan.give.entry(best).or_default().push((row.shard, row.term));
                }
            }
            Some(owner) if alive.contains(&owner) => {}
            _ if best == me => plan.take.push(row.shard),
            _ => {}
        }
    }
    plan
}

/// Rendezvous hashing: the worker with the highest weight for a shard shall own it, so that a newcomer moves only its share.
fn weight(worker: WorkerId, shard: Shard) -> (u64, WorkerId) {
    let (high, low) = worker.0.as_u64_pair();
    let mut mixed = high ^ low.rotate_left(32) ^ u64::from(shard.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    // The finisher of splitmix64.
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31), worker)
}

/// Everybody's shards for those who ask: the survey, with what this worker knows better.
fn everybody(survey: &Survey, nid: u32, mine: &BTreeMap<Shard, i64>) -> Vec<(u32, Vec<(Shard, i64)>)> {
    let mut all: BTreeMap<u32, Vec<(Shard, i64)>> = BTreeMap::new();
    for row in &survey.shards {
        let owner = row.owner.and_then(|owner| survey.workers.iter().find(|w| w.id == owner && w.alive));
        if let Some(owner) = owner.filter(|owner| owner.nid != nid) {
            all.entry(owner.nid).or_default().push((row.shard, row.term));
        }
    }
    all.insert(nid, mine.iter().map(|(shard, term)| (*shard, *term)).collect());
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{ShardRow, WorkerRow};

    fn worker(n: u128) -> WorkerId {
        WorkerId(uuid::Uuid::from_u128(n.wrapping_mul(0x1234_5678_9ABC_DEF0_1357_9BDF_0246_8ACE)))
    }

    fn survey(alive: &[u128], owner: impl Fn(u16) -> Option<u128>) -> Survey {
        let workers =
            (1..=3).map(|n| WorkerRow { id: worker(n), nid: n as u32, alive: alive.contains(&n) }).collect();
        let shards =
            (0..SHARDS).map(|s| ShardRow { shard: Shard(s), owner: owner(s).map(worker), term: 1 }).collect();
        Survey { workers, shards }
    }

    #[test]
    fn one_worker_takes_everything() {
        let plan = plan(worker(1), &survey(&[1], |_| None));
        assert_eq!((plan.take.len(), plan.give.len()), (256, 0));
    }

    #[test]
    fn a_newcomer_gets_about_half_and_nothing_is_wanted_by_two() {
        let seen = survey(&[1, 2], |_| Some(1));
        let old = plan(worker(1), &seen);
        let given = old.give[&worker(2)].len();
        assert!((90..=166).contains(&given), "{given}");
        assert_eq!(plan(worker(2), &seen).take, []);
    }

    #[test]
    fn what_a_dead_worker_left_is_taken_once() {
        let seen = survey(&[1, 2], |_| Some(3));
        let (one, two) = (plan(worker(1), &seen), plan(worker(2), &seen));
        assert_eq!(one.take.len() + two.take.len(), 256);
        assert!(one.take.iter().all(|shard| !two.take.contains(shard)));
    }
}
