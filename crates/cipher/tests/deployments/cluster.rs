//! What is particular to a cluster; what a node promises everywhere is in the contract suite.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use cipher::{Delivery, Node, Subscription, To};
use fred::util::redis_keyslot;

use crate::support::{Cluster, Seen, Site, counts, eventually, soon};

/// The next message of a subscription, whatever gaps come before it.
async fn next(subscription: &mut Subscription) -> Bytes {
    loop {
        match soon("a message of the topic", subscription.next()).await {
            Some(Delivery::Message { payload, .. }) => return payload,
            Some(Delivery::Gap) => {}
            None => panic!("the subscription ended"),
        }
    }
}

/// Which of the three masters has a key or a channel.
fn shard(key: &str) -> u16 {
    redis_keyslot(key.as_bytes()) / (16_384 / 3 + 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queues_and_topics_work_on_every_shard() {
    let site = Site::cluster();
    let sender = site.node("desk", 1).await;
    let mut shards = BTreeSet::new();
    for nid in 1..=9 {
        let node = site.node("ws", nid).await;
        let seen = counts(&node).await;
        sender.transmit(To::node("ws", nid), "count", &nid).await.unwrap();
        assert_eq!(seen.reach(1).await, [nid]);
        let topic = format!("room.{nid}");
        let mut subscription = node.subscribe(&topic).await.unwrap();
        sender.publish(&topic, None, Bytes::from(topic.clone())).await.unwrap();
        assert_eq!(next(&mut subscription).await, topic);
        shards.extend([shard(&format!("ws.{nid}")), shard(&format!("cipher:topic:{topic}"))]);
        node.leave().await;
    }
    assert_eq!(shards.len(), 3, "the names above are on all three");
    sender.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_that_dies_is_replaced_and_everything_goes_on() {
    let mut cluster = Cluster::start(1);
    // Names whose queue, topic and registry live on the first master, which dies.
    let ns = ["ws", "hub", "desk", "door", "wall", "roof", "gate"]
        .into_iter()
        .find(|ns| shard(&format!("{ns}.1")) == 0);
    let ns = ns.expect("one of them is there");
    let topic = (0..)
        .map(|n| format!("room.{n}"))
        .find(|topic| shard(&format!("cipher:topic:{topic}")) == 0)
        .unwrap();
    let (receiver, sender) = (cluster.node(ns, 1).await, cluster.node("sender", 1).await);
    let seen = counts(&receiver).await;
    let mut subscription = receiver.subscribe(&topic).await.unwrap();
    sender.transmit(To::node(ns, 1), "count", &1).await.unwrap();
    seen.reach(1).await;
    cluster.kill_first();
    // While it is away the sender is told, and tries again.
    eventually("a transmit is taken again", async || {
        sender.transmit(To::node(ns, 1), "count", &2).await.is_ok()
    })
    .await;
    eventually("it arrives", async || seen.all().contains(&2)).await;
    eventually("the topic is heard again", async || {
        sender.publish(&topic, None, Bytes::from_static(b"again")).await.unwrap();
        let heard =
            tokio::time::timeout(std::time::Duration::from_millis(100), next(&mut subscription)).await;
        heard.is_ok_and(|payload| payload == "again")
    })
    .await;
    receiver.leave().await;
    sender.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_whose_slot_moves_is_heard_from_its_new_place() {
    let cluster = Cluster::start(0);
    let (sender, listener) = (cluster.node("desk", 1).await, cluster.node("ws", 1).await);
    let topic = (0..)
        .map(|n| format!("room.{n}"))
        .find(|topic| shard(&format!("cipher:topic:{topic}")) == 0)
        .unwrap();
    let mut subscription = listener.subscribe(&topic).await.unwrap();
    cluster.move_slot(redis_keyslot(format!("cipher:topic:{topic}").as_bytes()));
    eventually("the topic is heard from its new place", async || {
        sender.publish(&topic, None, Bytes::from_static(b"moved")).await.unwrap();
        let heard =
            tokio::time::timeout(std::time::Duration::from_millis(100), next(&mut subscription)).await;
        heard.is_ok_and(|payload| payload == "moved")
    })
    .await;
    sender.leave().await;
    listener.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_whose_slot_moves_loses_nothing_and_keeps_its_order() {
    let cluster = Cluster::start(0);
    let nid = (1..).find(|nid| shard(&format!("ws.{nid}")) == 0).unwrap();
    let slot = redis_keyslot(format!("ws.{nid}").as_bytes());
    let (sender, receiver) = (cluster.node("desk", 1).await, cluster.node("ws", nid).await);
    let seen = counts(&receiver).await;
    // A sender that is told "send it again" does so.
    let send = async |number: u32| {
        eventually("a transmit is taken", async || {
            sender.transmit(To::node("ws", nid), "count", &number).await.is_ok()
        })
        .await;
    };
    for number in 0..100 {
        send(number).await;
    }
    seen.reach(100).await;
    // Empty queues do not exist, so that neither server has this one until the slot has arrived.
    cluster.begin_to_move(slot);
    sender.transmit(To::node("ws", nid), "count", &100).await.unwrap_err();
    let cluster = Arc::new(cluster);
    let moving = tokio::task::spawn_blocking({
        let cluster = cluster.clone();
        move || cluster.finish_to_move(slot)
    });
    for number in 100..300 {
        send(number).await;
    }
    moving.await.unwrap();
    eventually("the last one arrives", async || seen.all().contains(&299)).await;
    let mut first_times = Vec::new();
    for number in seen.all() {
        if !first_times.contains(&number) {
            first_times.push(number);
        }
    }
    assert_eq!(first_times, (0..300).collect::<Vec<_>>());
    sender.leave().await;
    receiver.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broadcast_comes_once_after_the_slots_were_moved_about() {
    let cluster = Cluster::start(0);
    let sender = cluster.node("desk", 1).await;
    let listeners = listeners(&cluster).await;
    let (node, seen) = listeners.last().unwrap();
    cluster.unload_first();
    // The first finds out that slots have moved; once the second is confirmed, everything was subscribed anew.
    let mut topics =
        (0..).map(|n| format!("room.{n}")).filter(|topic| shard(&format!("cipher:topic:{topic}")) == 0);
    let _subscriptions = [
        node.subscribe(&topics.next().unwrap()).await.unwrap(),
        node.subscribe(&topics.next().unwrap()).await.unwrap(),
    ];
    for round in [0..20u32, 20..40] {
        for number in round.clone() {
            sender.broadcast("ws", "count", &number).await.unwrap();
        }
        assert_eq!(seen.reach(round.end as usize).await, (0..round.end).collect::<Vec<_>>());
    }
    leave(listeners, sender).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broadcasts_go_on_and_come_once_when_the_server_they_were_heard_from_dies() {
    let mut cluster = Cluster::start(1);
    let sender = cluster.node("desk", 1).await;
    let listeners = listeners(&cluster).await;
    cluster.kill_first();
    let mut number = 0;
    let mut one_more = async || {
        number += 1;
        sender.broadcast("ws", "count", &number).await.unwrap();
        number
    };
    for (_, seen) in &listeners {
        let before = seen.all().len();
        eventually("broadcasts go on", async || {
            one_more().await;
            seen.all().len() > before + 20
        })
        .await;
    }
    let last = one_more().await;
    for (_, seen) in &listeners {
        eventually("the last one comes", async || seen.all().contains(&last)).await;
        let heard = seen.all();
        assert!(heard.is_sorted_by(|earlier, later| earlier < later), "in order and never twice: {heard:?}");
    }
    leave(listeners, sender).await;
}

/// Nodes that count broadcasts, the last of which hears them from the first master.
async fn listeners(cluster: &Cluster) -> Vec<(Node, Seen<u32>)> {
    let mut listeners = Vec::new();
    // Each draws one of the three masters.
    for nid in 1..=40 {
        let node = cluster.node("ws", nid).await;
        let seen = counts(&node).await;
        listeners.push((node, seen));
        if cluster.first_is_heard("ws.count") {
            return listeners;
        }
    }
    panic!("none of forty nodes listens to the first master");
}

async fn leave(listeners: Vec<(Node, Seen<u32>)>, sender: Node) {
    for (node, _) in listeners {
        node.leave().await;
    }
    sender.leave().await;
}
