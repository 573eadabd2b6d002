//! The registry: who is there, who came, who went.

use std::time::Duration;

use cipher::{Change, Nid, Node, NodeConfig, NodeState, RedisConfig, To, Transport};

use crate::support::{Seen, Site, brief, eventually, soon};

pub async fn ids_are_leased_from_one_and_reused(site: &Site) {
    let one = soon("an id", site.join(brief("ws"))).await;
    let two = soon("an id", site.join(brief("ws"))).await;
    assert_eq!((one.nid(), two.nid()), (1, 2));
    one.leave().await;
    let again = soon("an id", site.join(brief("ws"))).await;
    assert_eq!(again.nid(), 1);
    assert_ne!(again.incarnation(), one.incarnation());
}

pub async fn a_watch_sees_joins_changes_and_departures(site: &Site) {
    let observer = site.node("web", 1).await;
    let first = site.node("worker", 1).await;
    let mut watch = observer.watch("worker");
    let mut change = async || soon("a change", watch.next()).await.unwrap();
    let Change::Joined(info) = change().await else { panic!("who is there joins first") };
    assert_eq!((info.address, info.state), (first.address(), NodeState::Joining));

    first.set_load(3);
    first.serve().await.unwrap();
    loop {
        let Change::Changed(info) = change().await else {
            panic!("its state and load changed, nothing else")
        };
        if info.state == NodeState::Serving {
            break assert_eq!(info.load, 3);
        }
    }

    let second = site.node("worker", 2).await;
    let Change::Joined(info) = change().await else { panic!("another one joined") };
    assert_eq!(info.address, second.address());

    first.leave().await;
    loop {
        match change().await {
            Change::Left(info) => break assert_eq!(info.address, first.address()),
            Change::Changed(info) => assert_eq!(info.state, NodeState::Draining),
            Change::Joined(info) => panic!("nobody joined: {info:?}"),
        }
    }
    let left: Vec<_> = observer.nodes("worker").await.into_iter().map(|info| info.address).collect();
    assert_eq!(left, [second.address()]);
}

pub async fn a_crashed_node_is_noticed(site: &Site) {
    let observer = site.mortal("web", 1).await;
    let doomed = site.mortal("worker", 1).await;
    let mut watch = observer.watch("worker");
    assert!(matches!(soon("who is there", watch.next()).await, Some(Change::Joined(_))));
    let address = doomed.address();
    drop(doomed);
    loop {
        match soon("the departure", watch.next()).await {
            Some(Change::Left(info)) => break assert_eq!(info.address, address),
            Some(Change::Changed(_)) => {}
            other => panic!("it should have left: {other:?}"),
        }
    }
    assert!(observer.nodes("worker").await.is_empty());
}

pub async fn sixty_four_nodes_know_each_other_and_share_the_work(site: &Site) {
    const NODES: u32 = 64;
    let seen = Seen::new();
    let joining = (1..=NODES).map(async |nid| {
        // Long enough for 64 nodes in one process on a busy machine.
        let lease = Duration::from_secs(20);
        let config = NodeConfig { nid: Nid::Fixed(nid), lease, ..NodeConfig::new("worker") };
        let transport = match site.transport() {
            // Each takes the memory for its bursts at the start.
            Transport::Redis(redis) => Transport::Redis(RedisConfig { burst: 1_024, ..redis }),
            memory @ Transport::Memory(_) => memory,
        };
        let node = Node::join(transport, config).await.unwrap();
        let (news, work) = (seen.clone(), seen.clone());
        node.on("news", move |_: cipher::Message<()>| {
            news.add(("news", nid));
            async { Ok(()) }
        });
        node.on("work", move |message: cipher::Message<u32>| {
            work.add(("work", message.payload));
            async { Ok(()) }
        });
        node.serve().await.unwrap();
        node
    });
    let nodes = soon("all of them", futures_util::future::join_all(joining)).await;
    let ids = async |node: &Node| {
        node.nodes("worker").await.into_iter().map(|info| info.address.nid).collect::<Vec<_>>()
    };
    let whole: Vec<u32> = (1..=NODES).collect();
    eventually("one knows all of them", async || ids(&nodes[0]).await == whole).await;
    nodes[0].broadcast("worker", "news", &()).await.unwrap();
    for number in 1..=NODES {
        nodes[0].transmit(To::node("worker", number), "work", &number).await.unwrap();
    }
    let mut all = seen.reach(2 * NODES as usize).await;
    all.sort_unstable();
    let expected = whole.iter().map(|id| ("news", *id)).chain(whole.iter().map(|id| ("work", *id)));
    assert_eq!(all, expected.collect::<Vec<_>>());
}
