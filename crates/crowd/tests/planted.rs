//! The checker in real runs of the split stack: red for each of four planted bugs, green for the real worker under the same faults.
//!
//! Needs `musicpark-worker-planted` and the services built (cargo build --workspace).

// All of this is a test; clippy sees only that some functions are not marked as one.
#![allow(clippy::unwrap_used)]

use cipher::{Address, Node, RedisConfig, To, Transport};
use crowd::checker::{Breach, Verdict, check};
use crowd::crowd::{Crowd, Finished};
use crowd::journal;
use crowd::replicas::{self, Compared};
use crowd::settings::{Rates, Settings};
use crowd::stack::{Options, Stack};
use crowd::waiting::until;
use protocol::command::{Action, Command as Asked};
use protocol::id::{CommandId, RoomId};
use protocol::link::{CommandSent, SocketId, ns, route};
use protocol::people::Person;
use rustix::process::Signal;
use std::process::Command;
use std::time::Duration;
use store::Store;

/// For whatever has to happen, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any scenario: a crowd acts until it is told to stop.
const SECONDS: u32 = 120;

/// A stack whose worker has a bug, or none, and a crowd on it.
struct Run {
    stack: Stack,
    crowd: Crowd,
    rooms: Vec<RoomId>,
}

impl Run {
    async fn start(bug: Option<&str>, people: u32, rooms: u32, rates: Rates) -> Run {
        let planted = |bug| ("worker".to_owned(), format!("musicpark-worker-planted --bug {bug}"));
        let programs = bug.map(planted).into_iter().collect();
        let stack = Stack::start(Options { web: 1, programs, ..Options::default() }).await.unwrap();
        let settings = Settings {
            web: stack.webs().pop(),
            rates,
            ..Settings::new(stack.gateways(), people, rooms, SECONDS)
        };
        let crowd = Crowd::start(settings).await.unwrap();
        let rooms = crowd.rooms().iter().map(|room| room.id).collect();
        Run { stack, crowd, rooms }
    }

    /// Goes on until so many more commands are carried out.
    async fn go_on(&self, commands: u64) {
        let enough = self.crowd.live().acknowledged + commands;
        let is_enough = async || (self.crowd.live().acknowledged >= enough).then_some(());
        until("Commands are carried out", PATIENCE, is_enough).await.unwrap();
    }

    /// Waits until the database has given the worker up: one that does not renew its lease goes on all the same.
    async fn lease_runs_out(&self) {
        let store = Store::open(&self.stack.postgres().unwrap()).await.unwrap();
        let has_run_out =
            async || store.survey().await.unwrap().workers.iter().all(|worker| !worker.alive).then_some(());
        until("The worker's lease runs out", PATIENCE, has_run_out).await.unwrap();
        store.close().await;
    }

    /// Starts another worker and freezes the first, lets the other take over and write in every room, asks the frozen one for something
    /// that nobody else is asked for, and thaws it. Returns what it was asked for.
    async fn freeze_and_replace(&self) -> Vec<CommandId> {
        let before = self.terms().await;
        let transport = Transport::Redis(RedisConfig::new(self.stack.redis().unwrap()));
        let messenger = Node::guest(transport, Address::new(ns::GATEWAY, 1)).await.unwrap();
        let workers = messenger.nodes(ns::WORKER).await;
        let [worker] = &workers[..] else { panic!("one worker: {workers:?}") };
        // There before: on a busy machine it would come so late that it gets the frozen one's id.
        self.stack.add("worker").await.unwrap();
        self.stack.kill("worker-1", Signal::STOP).unwrap();
        let taken_over = async || {
            let now = self.terms().await;
            now.iter().zip(&before).all(|(now, before)| now > before).then_some(())
        };
        until("Another worker writes in every room", PATIENCE, taken_over).await.unwrap();
        let mut asked = Vec::new();
        for room in &self.rooms {
            let late = self.late(*room).await;
            asked.push(late.command.id);
            messenger
                .transmit(To::node(ns::WORKER, worker.address.nid), route::COMMAND, &late)
                .await
                .unwrap();
        }
        self.stack.kill("worker-1", Signal::CONT).unwrap();
        asked
    }

    /// Waits until one of these commands is in the journal.
    async fn carried_out(&self, commands: &[CommandId]) {
        let is_one = async || {
            let journal = journal::read(&self.stack.postgres().unwrap(), &self.rooms, &[]).await.unwrap();
            let mut entries = journal.rooms.values().flatten();
            entries.any(|entry| entry.command.is_some_and(|id| commands.contains(&id))).then_some(())
        };
        until("The frozen worker writes on", PATIENCE, is_one).await.unwrap();
    }

    /// A line of somebody who has spoken in this room before, which its crowd knows nothing of.
    async fn late(&self, room: RoomId) -> CommandSent {
        let journal = journal::read(&self.stack.postgres().unwrap(), &[room], &[]).await.unwrap();
        let account = journal.rooms[&room].iter().find_map(|entry| entry.account).unwrap();
        let action = Action::ChatSay { text: "Is it still my room?".into() };
        let command = Asked { id: CommandId(uuid::Uuid::now_v7()), room, resent: false, action };
        let person = Person { account, name: "Late".into(), look: 0 };
        CommandSent { person, socket: SocketId(0), deadline_us: i64::MAX, command }
    }

    /// Kills a worker and starts it anew.
    async fn kill_and_restart(&self, worker: &str) {
        self.stack.kill(worker, Signal::KILL).unwrap();
        self.stack.ended(worker).await.unwrap();
        self.stack.start_part(worker).await.unwrap();
    }

    /// The term of each room's last event.
    async fn terms(&self) -> Vec<i64> {
        let journal = journal::read(&self.stack.postgres().unwrap(), &self.rooms, &[]).await.unwrap();
        journal.rooms.values().map(|room| room.last().map_or(0, |entry| entry.head.term)).collect()
    }

    async fn judge(self) -> Judged {
        let Run { stack, crowd, rooms } = self;
        let Finished { report, histories, .. } = crowd.finish().await;
        let journal = journal::read(&stack.postgres().unwrap(), &rooms, &histories).await.unwrap();
        let verdict = check(&histories, Some(&journal));
        eprintln!("{report}");
        for breach in verdict.breaches.iter().take(5) {
            eprintln!("{breach}");
        }
        assert!(verdict.deliveries > 100, "hardly anything happened: {verdict:?}");
        Judged { stack, rooms, verdict }
    }
}

/// What came of a run; the stack is still there.
struct Judged {
    stack: Stack,
    rooms: Vec<RoomId>,
    verdict: Verdict,
}

impl Judged {
    /// Takes the last event of the first room out of the journal, behind everybody's back.
    fn forget_the_last_event(&self) {
        let room = self.rooms[0];
        let sql = format!(
            "DELETE FROM journal WHERE room = {room} AND seq = (SELECT max(seq) FROM journal WHERE room = {room})"
        );
        let postgres = self.stack.postgres().unwrap();
        let psql = Command::new("psql").args([&postgres, "-v", "ON_ERROR_STOP=1", "-qc", &sql]).status();
        assert!(psql.unwrap().success());
    }

    /// How the copies of the rooms compare.
    async fn compared(&self) -> Compared {
        let (gateways, web) = (self.stack.gateways(), self.stack.webs().pop().unwrap());
        let journal = self.stack.postgres().unwrap();
        replicas::compare(&gateways, &web, &journal, &self.rooms).await.unwrap()
    }
}

fn chats(chats: f64) -> Rates {
    Rates { chats, ..Rates::quiet() }
}

fn has(verdict: &Verdict, is_it: impl Fn(&Breach) -> bool) -> bool {
    verdict.breaches.iter().any(is_it)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_a_fence_that_was_replaced_writes_on_and_is_found() {
    let run = Run::start(Some("fence-off"), 50, 2, chats(60.0)).await;
    run.go_on(50).await;
    run.lease_runs_out().await;
    let asked = run.freeze_and_replace().await;
    run.carried_out(&asked).await;
    run.go_on(150).await;
    let Judged { verdict, .. } = run.judge().await;
    assert!(
        has(&verdict, |breach| matches!(breach, Breach::TermFell { .. })),
        "{:?}",
        verdict.breaches.first()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_acknowledges_before_the_commit_loses_what_it_acknowledged_and_is_found() {
    let run = Run::start(Some("early-ack"), 50, 2, chats(60.0)).await;
    run.go_on(100).await;
    run.kill_and_restart("worker-1").await;
    run.go_on(200).await;
    let Judged { verdict, .. } = run.judge().await;
    assert!(verdict.lost > 0);
    assert!(
        has(&verdict, |breach| matches!(breach, Breach::AcknowledgedLost { .. })),
        "{:?}",
        verdict.breaches.first()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_carries_out_what_is_sent_twice_is_found() {
    let run = Run::start(Some("no-dedupe"), 50, 2, Rates { doubles: 20.0, ..chats(20.0) }).await;
    run.go_on(150).await;
    let Judged { verdict, .. } = run.judge().await;
    assert!(verdict.duplicated > 0);
    assert!(
        has(&verdict, |breach| matches!(breach, Breach::CarriedOutAgain { .. })),
        "{:?}",
        verdict.breaches.first()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_drops_one_publish_in_a_thousand_silently_is_found() {
    let rates = Rates { votes: 240.0, ..chats(60.0) };
    // What a room did in one turn is one publish: in many rooms that is hardly ever more than one command.
    let run = Run::start(Some("lossy-publish"), 80, 20, rates).await;
    run.go_on(2_500).await;
    let Judged { verdict, .. } = run.judge().await;
    assert!(verdict.lost > 0);
    assert!(has(&verdict, |breach| matches!(breach, Breach::Hole { .. })), "{:?}", verdict.breaches.first());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_in_the_real_worker_under_all_of_these_faults() {
    // Few lines of each person, so that those that wait while nobody owns the rooms are no flood when they come all at once: a copy of a
    // command that is refused for that does not speak for the other copies that are under way.
    let rates = Rates { votes: 44.0, doubles: 4.0, drops: 2.0, ..chats(12.0) };
    let run = Run::start(None, 50, 2, rates).await;
    run.go_on(150).await;
    run.freeze_and_replace().await;
    run.go_on(150).await;
    run.kill_and_restart("worker-2").await;
    run.go_on(300).await;
    // It follows no room yet: it hands on what the worker has.
    run.stack.add("gateway").await.unwrap();
    let judged = run.judge().await;
    let verdict = &judged.verdict;
    assert!(verdict.holds(), "{:#?}", verdict.breaches);
    // Of others this says nothing: one that acknowledges early keeps little, which is what is wrong with it.
    assert!(verdict.kept > 100, "hardly anything was kept: {verdict:?}");
    assert_eq!((verdict.lost, verdict.duplicated, verdict.misordered, verdict.misrouted), (0, 0, 0, 0));
    let compared = judged.compared().await;
    let (rooms, gateways) = (judged.rooms.len() as u64, judged.stack.gateways());
    let copies = rooms * (gateways.len() as u64 + 1);
    assert_eq!((compared.copies, compared.of_workers), (copies, rooms), "{compared:?}");
    assert_eq!((compared.differences, compared.untold, compared.notes), (vec![], vec![], vec![]));
    judged.forget_the_last_event();
    let differences = judged.compared().await.differences;
    let holders: Vec<_> = differences.into_iter().map(|different| different.copy.holder).collect();
    let ahead: Vec<_> = holders.into_iter().filter(|holder| holder.starts_with("http")).collect();
    assert_eq!(ahead, gateways, "all copies of that room are ahead of the journal");
}
