//! Putting the worker together: its lease, its loops, what it hears.

use crate::answers;
use crate::books::Books;
use crate::config::{Config, Tenure};
use crate::floors::Floors;
use crate::lease::{DATABASE, Lease, once_it_answers};
use crate::ownership::Ownership;
use crate::rooms::Rooms;
use cipher::Node;
use service::clock::ParkClock;
use service::health::Health;
use service::program::Sentence;
use store::Store;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Notes that may wait for a loop; beyond that senders wait.
const INBOX: usize = 4_096;

/// A running worker.
#[derive(Debug)]
pub struct Worker {
    loops: TaskTracker,
    lease: TaskTracker,
}

impl Worker {
    /// What readiness looks at.
    pub const NEEDS: &'static [&'static str] = &[DATABASE];

    /// Registers the worker's handlers on its node and starts its loops, which end with `stop`. The store is migrated; the caller
    /// lets the node serve.
    pub async fn start<B: Books>(
        config: Config,
        tenure: Tenure,
        books: B,
        node: Node,
        clock: ParkClock,
        health: Health,
        stop: CancellationToken,
    ) -> anyhow::Result<Worker> {
        refuse_unsafe(&config, books.store()).await?;
        let ownership = Ownership::new();
        let (rooms_in, rooms_inbox) = mpsc::channel(INBOX);
        let (floors_in, floors_inbox) = mpsc::channel(INBOX);
        answers::register(&node, &clock, &ownership, &rooms_in, &floors_in, books.store());
        let lease = Lease {
            store: books.store().clone(),
            node: node.clone(),
            clock: clock.clone(),
            ownership: ownership.clone(),
            health,
        };
        let alone = match tenure {
            Tenure::Alone => Some(once_it_answers(async || lease.own_all().await).await?),
            Tenure::Leased => None,
        };
        let loops = TaskTracker::new();
        let rooms = Rooms::new(books, node.clone(), clock.clone(), ownership.clone(), floors_in);
        loops.spawn(rooms.run(rooms_inbox, stop.clone()));
        loops.spawn(Floors::new(node, clock, ownership, rooms_in).run(floors_inbox, stop.clone()));
        loops.close();
        let holding = TaskTracker::new();
        let last_turn = loops.clone();
        // The last turn is still this worker's: the lease is kept until it is over.
        let ended = CancellationToken::new();
        let end = ended.clone();
        holding.spawn(async move {
            last_turn.wait().await;
            end.cancel();
        });
        holding.spawn(async move { lease.keep(alone, &stop, &ended).await });
        holding.close();
        Ok(Worker { loops, lease: holding })
    }

    /// Waits until the last turn is committed and the lease given up. After `stop`.
    pub async fn drain(&self) {
        self.loops.wait().await;
        self.lease.wait().await;
    }
}

/// Durable rooms need a database that keeps what it committed (PROMISES.md, How it is shown).
async fn refuse_unsafe(config: &Config, store: &Store) -> anyhow::Result<()> {
    if let Err(why) = once_it_answers(async || store.durable().await).await? {
        if !config.allow_unsafe_postgres {
            let how = "Turn it on, or set MUSICPARK_ALLOW_UNSAFE_POSTGRES=true to run all the same.";
            return Err(Sentence::configuration(format!("{why} {how}")).into());
        }
        tracing::warn!(
            "{why} What was acknowledged may be lost with the machine: MUSICPARK_ALLOW_UNSAFE_POSTGRES allows it."
        );
    }
    Ok(())
}
