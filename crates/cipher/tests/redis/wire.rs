//! The bytes on the wire: what a rapt-cipher peer reads and says, malformed input, and what is left behind.

use std::collections::HashMap;

use bytes::Bytes;
use cipher::{Delivery, To};
use fred::interfaces::{ClientLike, EventInterface, KeysInterface, ListInterface, PubsubInterface};
use serde_json::json;

use crate::support::{Site, counts, eventually, soon};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_what_rapt_cipher_reads() {
    let site = Site::redis();
    let node = site.node("worker", 7).await;
    let client = site.server().client().await;
    // Up to the extra fields of a transmit that depend on the clock.
    let expected = |nid: &str, inc: &str, number: u32| {
        format!(
            r#"{{"origin":{{"ns":"worker","nid":7,"tid":null}},"recipient":{{"ns":"ws","nid":{nid},"tid":"*","r":"ws.room.enter"}},"payload":{{"big":9007199254740993,"list":[]}},"cipher":{{"id":"{inc}-{number}","inc":"{inc}""#
        )
    };
    let starts = |text: &str, expected: &str| assert!(text.starts_with(expected), "{text}\n{expected}");
    let inc = node.incarnation().to_string();
    let payload = json!({"big": 9007199254740993u64, "list": []});
    node.transmit(To::node("ws", 1), "room.enter", &payload).await.unwrap();
    node.transmit(To::any("ws"), "room.enter", &payload).await.unwrap();
    starts(&client.lpop::<String, _>("ws.1", None).await.unwrap(), &expected("1", &inc, 0));
    starts(&client.lpop::<String, _>("ws.*", None).await.unwrap(), &expected(r#""*""#, &inc, 1));

    let mut heard = client.message_rx();
    client.psubscribe("ws.*").await.unwrap();
    client.ping::<fred::types::Value>(None).await.unwrap();
    node.broadcast("ws", "room.enter", &payload).await.unwrap();
    let message = soon("the broadcast", heard.recv()).await.unwrap();
    assert_eq!(&*message.channel, "ws.room.enter");
    assert_eq!(message.value.as_string().unwrap(), expected(r#""*""#, &inc, 2) + "}}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rapt_cipher_peer_is_heard_and_malformed_input_is_skipped() {
    let site = Site::redis();
    let node = site.node("worker", 1).await;
    let seen = counts(&node).await;
    let client = site.server().client().await;
    let peer = |nid: &str, number: u32| {
        format!(
            r#"{{"origin":{{"ns":"web","nid":0,"tid":null}},"recipient":{{"nid":{nid},"ns":"worker","tid":"*","r":"worker.count"}},"payload":{number}}}"#
        )
    };
    for (queue, text) in [
        ("worker.1", "not json".to_owned()),
        ("worker.1", "{}".to_owned()),
        ("worker.1", r#"{"origin":7,"recipient":[],"payload":1}"#.to_owned()),
        ("worker.1", peer(r#""1""#, 1)),
        ("worker.*", "[[[[".to_owned()),
        ("worker.*", peer(r#""*""#, 2)),
    ] {
        client.rpush::<(), _, _>(queue, text).await.unwrap();
    }
    client.rpush::<(), _, _>("worker.1", Bytes::from_static(&[0xff, 0, 0x80])).await.unwrap();
    for text in ["", "null", "\"", r#"{"origin":{}}"#, &peer(r#""*""#, 3)] {
        client.publish::<(), _, _>("worker.count", text).await.unwrap();
    }
    client.publish::<(), _, _>("cipher:ask:worker.1", "nonsense").await.unwrap();
    client.publish::<(), _, _>(format!("cipher:reply:{}", node.incarnation()), "nonsense").await.unwrap();
    node.transmit(To::node("worker", 1), "count", &4u32).await.unwrap();
    let mut all = seen.reach(4).await;
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_frame_of_another_kind_is_skipped() {
    let site = Site::redis();
    let node = site.node("ws", 1).await;
    let client = site.server().client().await;
    let mut subscription = node.subscribe("room").await.unwrap();
    for frame in [&b""[..], b"\x01", b"\x01\x01short", b"\x09\x00other version"] {
        client.publish::<(), _, _>("cipher:topic:room", Bytes::copy_from_slice(frame)).await.unwrap();
    }
    node.publish("room", None, Bytes::from_static(b"fine")).await.unwrap();
    let fine = Delivery::Message { span: None, payload: Bytes::from_static(b"fine") };
    assert_eq!(soon("the good one", subscription.next()).await, Some(fine));
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_last_subscription_unsubscribes() {
    let site = Site::redis();
    let node = site.node("ws", 1).await;
    let client = site.server().client().await;
    let subscribers = async || {
        let counts: HashMap<String, i64> = client.pubsub_numsub("cipher:topic:room").await.unwrap();
        counts.values().sum::<i64>()
    };
    let (one, mut two) = (node.subscribe("room").await.unwrap(), node.subscribe("room").await.unwrap());
    assert_eq!(subscribers().await, 1, "one subscription on the server for the whole node");
    drop(one);
    node.publish("room", None, Bytes::from_static(b"still here")).await.unwrap();
    assert!(matches!(soon("a message", two.next()).await, Some(Delivery::Message { .. })));
    drop(two);
    eventually("the server has no subscriber", async || subscribers().await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_was_never_confirmed_does_not_stay_at_the_server() {
    let site = Site::redis();
    let node = site.node("ws", 1).await;
    let client = site.server().client().await;
    let acl = async |rule: &str| {
        let words = ["SETUSER", "default", rule].map(str::to_owned).to_vec();
        client.custom::<String, String>(fred::cmd!("ACL"), words).await.unwrap();
    };
    let subscribers = async || {
        let counts: HashMap<String, i64> = client.pubsub_numsub("cipher:topic:room").await.unwrap();
        counts.values().sum::<i64>()
    };
    // What confirms a subscription is the reply to a ping after it.
    acl("-ping").await;
    let (subscribed, ()) = tokio::join!(
        node.subscribe("room"),
        eventually("the server has it", async || subscribers().await == 1)
    );
    assert!(subscribed.is_err(), "it cannot have been confirmed");
    acl("+ping").await;
    eventually("the server has no subscriber", async || subscribers().await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_handled_ends_among_the_dead_letters() {
    let site = Site::redis();
    let node = site.node("worker", 1).await;
    let seen = counts(&node).await;
    node.transmit(To::node("worker", 1), "nobody", &1u32).await.unwrap();
    node.transmit(To::node("worker", 1), "count", &2u32).await.unwrap();
    seen.reach(1).await;
    let client = site.server().client().await;
    let dead: Vec<String> = client.lrange("cipher:dead:{worker.1}", 0, -1).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].contains("worker.nobody"), "{}", dead[0]);
    node.leave().await;
    // Nothing is left behind but the dead letter and the registry's marker.
    let left: Vec<String> = [
        "worker.1",
        "worker.*",
        &format!("cipher:inflight:{{worker.1}}:{}", node.incarnation()),
        &format!("cipher:inflight:{{worker.*}}:{}", node.incarnation()),
        "cipher:takers:{worker.1}",
        "cipher:takers:{worker.*}",
        "cipher:lease:{worker.1}",
    ]
    .map(str::to_owned)
    .to_vec();
    assert_eq!(client.exists::<i64, _>(left).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_arrives_whole() {
    let site = Site::redis();
    let (worker, ws) = (site.node("worker", 1).await, site.node("ws", 1).await);
    let mut subscription = ws.subscribe("room").await.unwrap();
    const COUNT: u32 = 20_000;
    // Within the bound of the outbox; the reader keeps up or is told, and here it keeps up.
    let reading = tokio::spawn(async move {
        for number in 0..COUNT {
            match subscription.next().await {
                Some(Delivery::Message { payload, .. }) => {
                    assert_eq!(payload, Bytes::copy_from_slice(&number.to_be_bytes()));
                }
                other => panic!("{other:?} instead of number {number}"),
            }
        }
    });
    for number in 0..COUNT {
        worker.publish("room", None, Bytes::copy_from_slice(&number.to_be_bytes())).await.unwrap();
    }
    soon("all of it", reading).await.unwrap();
}
