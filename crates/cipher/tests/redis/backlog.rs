//! Long queues: they are taken in ever larger batches while they are handled quickly.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cipher::{Address, Message, Nid, Node, NodeConfig, To};
use fred::interfaces::{ClientLike, KeysInterface, ListInterface};
use futures_util::future::try_join_all;
use tokio::sync::Semaphore;

use crate::support::{Seen, Site, collect, eventually, soon};

/// Several of the largest batches.
const WAITING: u32 = 5_000;

/// Lets a node's queue grow while the node is away.
async fn fill(site: &Site) {
    let sender = Node::guest(site.transport(), Address::new("web", 0)).await.unwrap();
    let numbers: Vec<_> = (0..WAITING).collect();
    // A few at once, which `try_join_all` begins in their order.
    for some in numbers.chunks(25) {
        let sending = some.iter().map(|number| sender.transmit(To::node("worker", 1), "count", number));
        try_join_all(sending).await.unwrap();
    }
    sender.leave().await;
}

async fn worker(site: &Site) -> Node {
    let lease = Duration::from_millis(900);
    site.join(NodeConfig { nid: Nid::Fixed(1), lease, ..NodeConfig::new("worker") }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_is_handled_in_order_and_each_message_once() {
    let site = Site::redis();
    fill(&site).await;
    let node = worker(&site).await;
    let seen = collect(&node, "count");
    node.serve().await.unwrap();
    assert_eq!(seen.reach(WAITING as usize).await, (0..WAITING).collect::<Vec<_>>());
    node.leave().await;
    assert_eq!(seen.all().len(), WAITING as usize);
    let client = site.server().client().await;
    let kept = ["worker.1".to_owned(), format!("cipher:inflight:{{worker.1}}:{}", node.incarnation())];
    let kept: u32 = client.exists(kept.to_vec()).await.unwrap();
    assert_eq!(kept, 0, "nothing waits, and nothing is in flight");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_dies_with_a_large_batch_in_its_hands_loses_none_of_it() {
    let site = Site::redis();
    fill(&site).await;
    let (doomed, stuck) = (worker(&site).await, Arc::new(Semaphore::new(0)));
    let (first, begun) = (Seen::new(), stuck.clone());
    let add = first.clone();
    doomed.on("count", move |message: Message<u32>| {
        let begun = begun.clone();
        add.add(message.payload);
        async move {
            if message.payload == WAITING / 2 {
                begun.add_permits(1);
                std::future::pending::<()>().await;
            }
            Ok(())
        }
    });
    doomed.serve().await.unwrap();
    drop(soon("the node to be stuck", stuck.acquire()).await.unwrap());
    drop(doomed); // without a farewell

    let next = worker(&site).await;
    let second = collect(&next, "count");
    next.serve().await.unwrap();
    eventually("the last one is handled", async || second.all().last() == Some(&(WAITING - 1))).await;
    let both: BTreeSet<u32> = first.all().into_iter().chain(second.all()).collect();
    assert_eq!(both.len(), WAITING as usize, "all of them");
    assert!(second.all().contains(&(WAITING / 2)), "the one it was stuck in too");
    assert!(second.all()[0] > 0, "what was acknowledged is not handled again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_of_large_messages_is_not_taken_all_at_once() {
    take_large_messages_one_by_one(Site::redis()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_is_it_by_a_user_who_may_not_ask_how_large_it_is() {
    let site = Site::redis();
    let words = ["SETUSER", "default", "-memory"].map(str::to_owned).to_vec();
    site.server().client().await.custom::<String, String>(fred::cmd!("ACL"), words).await.unwrap();
    take_large_messages_one_by_one(site).await;
}

async fn take_large_messages_one_by_one(site: Site) {
    const SMALL: usize = 300;
    const LARGE: u64 = 12;
    let sender = Node::guest(site.transport(), Address::new("web", 0)).await.unwrap();
    for _ in 0..SMALL {
        sender.transmit(To::node("worker", 1), "text", "").await.unwrap();
    }
    let large = "x".repeat(200 << 10); // one fits into a batch, two do not
    for _ in 0..LARGE {
        sender.transmit(To::node("worker", 1), "text", &large).await.unwrap();
    }
    let (node, begun, go_on) = (worker(&site).await, Seen::new(), Arc::new(Semaphore::new(SMALL)));
    let (begin, wait) = (begun.clone(), go_on.clone());
    node.on("text", move |message: Message<String>| {
        begin.add(message.payload.len());
        let wait = wait.clone();
        async move {
            wait.acquire().await?.forget();
            Ok(())
        }
    });
    node.serve().await.unwrap();
    let client = site.server().client().await;
    let in_flight = format!("cipher:inflight:{{worker.1}}:{}", node.incarnation());
    for number in 0..LARGE {
        begun.reach(SMALL + 1 + number as usize).await;
        if number > 0 {
            assert_eq!(client.llen::<u64, _>(&in_flight).await.unwrap(), 1, "in its hands");
        }
        assert!(client.llen::<u64, _>("worker.1").await.unwrap() >= LARGE - number - 1, "waiting");
        go_on.add_permits(1);
    }
    node.leave().await;
    assert_eq!(begun.all().len(), SMALL + LARGE as usize, "each once");
}
