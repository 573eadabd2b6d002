//! The loop of turns while the database does not answer.

use super::*;
use bytes::Bytes;
use cipher::{CipherError, MemoryBus, Message, Nid, NodeConfig, Span, Transport};
use protocol::command::{Action, Command};
use protocol::id::{AccountId, CommandId, Shard};
use protocol::link::{CommandAnswered, CommandResult, SocketId, ns, route};
use protocol::room::{Hue, Place, QueueMode, RoomSettings};
use protocol::socket::Head;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{JournalRow, NewRoom, Store, WorkerId};
use tokio::sync::Notify;

/// Books that nothing can be written into: the first turn finds that out when it is told so, as from a database that says nothing.
struct Silent {
    store: Store,
    turns: Arc<AtomicUsize>,
    asked: Arc<Notify>,
    silence: Arc<Notify>,
}

impl Books for Silent {
    fn store(&self) -> &Store {
        &self.store
    }

    async fn write(
        &self,
        _: WorkerId,
        _: &[(Shard, i64)],
        _: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        if self.turns.fetch_add(1, Ordering::SeqCst) == 0 {
            self.asked.notify_one();
            self.silence.notified().await;
        }
        Err(StoreError::Unreachable("it is away".to_owned()))
    }

    async fn find(&self, _: AccountId, _: CommandId) -> Result<Option<Head>, StoreError> {
        Ok(None)
    }

    fn remembered(&self) -> usize {
        10
    }

    async fn tell(&self, _: &Node, _: RoomId, _: Span, _: Bytes) -> Result<(), CipherError> {
        panic!("nothing was written, so there is nothing to tell")
    }
}

async fn node(bus: &MemoryBus, of: &str) -> Node {
    let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new(of) };
    Node::join(Transport::Memory(bus.clone()), config).await.unwrap()
}

#[tokio::test]
async fn while_the_database_is_away_one_turn_waits_for_it_and_who_comes_later_hears_so_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&format!("sqlite:{}", folder.path().join("park.db").display())).await.unwrap();
    let settings = RoomSettings {
        name: "Leaky Boat".into(),
        about: String::new(),
        hue: Hue::Sky,
        mode: QueueMode::Open,
        mix: false,
        capacity: None,
    };
    let new = NewRoom {
        slug: "leaky-boat".into(),
        settings,
        place: Place::Bench,
        mood: None,
        owner: None,
        own: false,
    };
    let room = store.room_make(&new).await.unwrap().id;
    let person = Person { account: store.guest("Juno", 7).await.unwrap(), name: "Juno".into(), look: 7 };
    let ownership = Ownership::new();
    let me = store.worker_join(1).await.unwrap();
    let shards = store.shards_take(me, &[shard(room)]).await.unwrap();
    ownership.renewed(me, None);
    ownership.set(shards.into_iter().collect(), vec![]);

    let bus = MemoryBus::new();
    let (gateway, worker) = (node(&bus, ns::GATEWAY).await, node(&bus, ns::WORKER).await);
    let (heard, mut answers) = mpsc::channel(16);
    gateway.on(route::ANSWER, move |message: Message<CommandAnswered>| {
        let heard = heard.clone();
        async move {
            heard.send(message.payload).await.unwrap();
            Ok(())
        }
    });
    gateway.serve().await.unwrap();
    let (turns, asked, silence) = <(Arc<AtomicUsize>, Arc<Notify>, Arc<Notify>)>::default();
    let books = Silent { store, turns: turns.clone(), asked: asked.clone(), silence: silence.clone() };
    let (floors, _floors) = mpsc::channel(16);
    let (rooms, inbox) = mpsc::channel(16);
    let stop = CancellationToken::new();
    let looped = Rooms::new(books, worker, ParkClock::system(), ownership.clone(), floors);
    let looped = tokio::spawn(looped.run(inbox, stop.clone()));

    let say = async |text: &str| {
        let id = CommandId(uuid::Uuid::now_v7());
        let command = Command { id, room, resent: false, action: Action::ChatSay { text: text.into() } };
        let sent =
            CommandSent { person: person.clone(), socket: SocketId(1), deadline_us: i64::MAX, command };
        rooms.send(Note::Command(gateway.address(), sent)).await.unwrap();
        id
    };
    let mut is_told_to_try_again = async |command: CommandId| {
        let CommandAnswered { id, result, .. } = answers.recv().await.unwrap();
        let again = matches!(&result, CommandResult::Refused(why) if why.code == RefusalCode::Retry);
        assert!(id == command && again, "{result:?}");
    };
    let first = say("is anybody there").await;
    asked.notified().await;
    let second = say("hello").await;
    silence.notify_one();
    is_told_to_try_again(first).await;
    is_told_to_try_again(second).await;
    assert_eq!(turns.load(Ordering::SeqCst), 1, "nobody waited for the database a second time");
    ownership.renewed(me, None);
    let third = say("and now").await;
    is_told_to_try_again(third).await;
    assert_eq!(turns.load(Ordering::SeqCst), 2, "it has answered: it is asked again");
    stop.cancel();
    looped.await.unwrap();
}
