//! What is particular to Redis: the bytes on the wire, outages, wipes, and mistakes of configuration.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use cipher::{Change, Delivery, JoinError, NodeConfig, NodeState, RedisConfig, To, Transport};
use cipher::{Nid, Node};
use fred::interfaces::ClientLike;
use fred::interfaces::{EventInterface, HashesInterface, KeysInterface, ListInterface, PubsubInterface};
use serde_json::json;
use support::{PATIENCE, RedisServer, Seen, Site, eventually, free_port, soon};

fn server(site: &mut Site) -> &mut RedisServer {
    match site {
        Site::Redis(server) => server,
        Site::Memory(_) => unreachable!("these tests are about Redis"),
    }
}

async fn numbers(node: &Node) -> Seen<u32> {
    let seen = Seen::new();
    let add = seen.clone();
    node.on("count", move |message: cipher::Message<u32>| {
        add.add(message.payload);
        async { Ok(()) }
    });
    node.serve().await.unwrap();
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_what_rapt_cipher_reads() {
    let mut site = Site::redis();
    let node = site.node("worker", 7).await;
    let client = server(&mut site).client().await;
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
    let mut site = Site::redis();
    let node = site.node("worker", 1).await;
    let seen = numbers(&node).await;
    let client = server(&mut site).client().await;
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
    let mut site = Site::redis();
    let node = site.node("ws", 1).await;
    let client = server(&mut site).client().await;
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
    let mut site = Site::redis();
    let node = site.node("ws", 1).await;
    let client = server(&mut site).client().await;
    let subscribers = async || {
        let counts: std::collections::HashMap<String, i64> =
            client.pubsub_numsub("cipher:topic:room").await.unwrap();
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
async fn what_cannot_be_handled_ends_among_the_dead_letters() {
    let mut site = Site::redis();
    let node = site.node("worker", 1).await;
    let seen = numbers(&node).await;
    node.transmit(To::node("worker", 1), "nobody", &1u32).await.unwrap();
    node.transmit(To::node("worker", 1), "count", &2u32).await.unwrap();
    seen.reach(1).await;
    let client = server(&mut site).client().await;
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
async fn a_restart_of_redis_heals_by_itself() {
    let mut site = Site::redis();
    let (worker, ws) = (site.node("worker", 1).await, site.node("ws", 1).await);
    let seen = numbers(&worker).await;
    let mut subscription = ws.subscribe("room").await.unwrap();
    let mut watch = ws.watch("worker");
    assert!(matches!(soon("who is there", watch.next()).await, Some(Change::Joined(_))));

    server(&mut site).stop();
    for number in 0..100u8 {
        let published = worker.publish("room", None, Bytes::from(vec![number]));
        tokio::time::timeout(PATIENCE, published)
            .await
            .expect("publishing never waits for the server")
            .unwrap();
    }
    server(&mut site).run();

    // The subscription says that something may be missing, and from there on nothing is.
    loop {
        match soon("word of the gap", subscription.next()).await.unwrap() {
            Delivery::Gap => break,
            Delivery::Message { .. } => {}
        }
    }
    let after = Bytes::from_static(b"after");
    eventually("the publisher is back as well", async || {
        worker.publish("room", None, after.clone()).await.unwrap();
        let next = tokio::time::timeout(Duration::from_millis(100), subscription.next()).await;
        matches!(next, Ok(Some(Delivery::Message { payload, .. })) if payload == after)
    })
    .await;
    eventually("transmits arrive", async || {
        let _ = ws.transmit(To::node("worker", 1), "count", &1u32).await;
        !seen.all().is_empty()
    })
    .await;
    eventually("broadcasts arrive", async || {
        let _ = ws.broadcast("worker", "count", &2u32).await;
        seen.all().contains(&2)
    })
    .await;
    // The node is listed again, and to those who watch it was never away.
    let client = server(&mut site).client().await;
    eventually("the worker is listed", async || {
        client.hexists::<bool, _, _>("cipher:nodes:{worker}", "1").await.unwrap()
    })
    .await;
    let change = tokio::time::timeout(Duration::from_millis(50), watch.next()).await;
    assert!(!matches!(change, Ok(Some(Change::Left(_)))), "{change:?}");
    assert_eq!(ws.nodes("worker").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_registry_is_reclaimed_and_newcomers_wait_for_it() {
    let mut site = Site::redis();
    let holder = soon("an id", site.leased("ws")).await;
    assert_eq!(holder.nid(), 1);
    let client = server(&mut site).client().await;
    client.flushall::<()>(false).await.unwrap();
    let newcomer = soon("an id", site.leased("ws")).await;
    assert_eq!(newcomer.nid(), 2, "the holder came first");
    let held: String = client.get("cipher:lease:{ws.1}").await.unwrap();
    assert_eq!(held, holder.incarnation().to_string());
    let listed: Vec<u32> = newcomer.nodes("ws").await.iter().map(|node| node.address.nid).collect();
    assert_eq!(listed, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_id_that_is_held_is_waited_for() {
    let site = Site::redis();
    let holder = site.node("worker", 1).await;
    let joining = site.node("worker", 1);
    tokio::pin!(joining);
    assert!(
        tokio::time::timeout(Duration::from_millis(700), &mut joining).await.is_err(),
        "it is still held"
    );
    holder.leave().await;
    let successor = soon("the id", joining).await;
    assert_ne!(successor.incarnation(), holder.incarnation());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_yet_is_waited_for() {
    let port = free_port();
    let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new("worker") };
    let joining = Node::join(Transport::Redis(RedisConfig::new(format!("redis://127.0.0.1:{port}"))), config);
    let waited = tokio::time::timeout(Duration::from_millis(700), joining).await;
    assert!(waited.is_err(), "there is nobody to join, and that is no error: {waited:?}");

    let mut server = RedisServer::start();
    server.stop();
    let transport = Transport::Redis(RedisConfig::new(server.url()));
    let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new("worker") };
    let joining = tokio::spawn(Node::join(transport, config));
    server.run();
    let node = soon("the server", joining).await.unwrap().unwrap();
    node.set_state(NodeState::Serving).await;
    assert_eq!(node.nodes("worker").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_configuration_is_an_error() {
    let join = async |url: String| {
        let joining = Node::join(Transport::Redis(RedisConfig::new(url)), NodeConfig::new("worker"));
        soon("the error", joining).await.expect_err("this cannot work")
    };
    for url in ["", "127.0.0.1", "http://[", "redis://"] {
        let error = join(url.to_owned()).await;
        assert!(matches!(error, JoinError::Url(_)), "{url:?}: {error:?}");
    }
    let server = RedisServer::protected("secret");
    let good = server.url();
    for url in [good.replace("default:secret@", ""), good.replace("secret", "wrong"), format!("{good}/99")] {
        let error = join(url.clone()).await;
        assert!(matches!(error, JoinError::Refused(_)), "{url:?}: {error:?}");
    }
    let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new("worker") };
    Node::join(Transport::Redis(RedisConfig::new(good)), config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_lose_no_transmit() {
    let mut site = Site::redis();
    let (worker, web) = (site.node("worker", 1).await, site.node("web", 1).await);
    let seen = numbers(&worker).await;
    let client = server(&mut site).client().await;
    const COUNT: u32 = 2_000;
    let sending = tokio::spawn(async move {
        for number in 0..COUNT {
            while web.transmit(To::node("worker", 1), "count", &number).await.is_err() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    // Every connection of both nodes, among them the one that waits for a message, again and again.
    while !sending.is_finished() {
        let before = seen.all().len();
        client.custom::<(), String>(fred::cmd!("CLIENT"), kill_others()).await.unwrap();
        eventually("messages come through again", async || {
            seen.all().len() > before || sending.is_finished()
        })
        .await;
    }
    sending.await.unwrap();
    eventually("each has arrived", async || {
        let mut all = seen.all();
        all.sort_unstable();
        all.dedup();
        all.len() == COUNT as usize
    })
    .await;
}

fn kill_others() -> Vec<String> {
    ["KILL", "TYPE", "normal", "SKIPME", "yes"].map(str::to_owned).to_vec()
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

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_a_durable_server_loses_no_transmit() {
    let mut site = Site::Redis(RedisServer::durable());
    let web = site.node("web", 1).await;
    let worker = site.node("worker", 1).await;
    let (begun, go_on) = (Seen::new(), std::sync::Arc::new(tokio::sync::Semaphore::new(0)));
    let (begin, wait) = (begun.clone(), go_on.clone());
    worker.on("count", move |message: cipher::Message<u32>| {
        let (begin, wait) = (begin.clone(), wait.clone());
        async move {
            wait.acquire().await?.forget();
            begin.add(message.payload);
            Ok(())
        }
    });
    worker.serve().await.unwrap();
    const COUNT: u32 = 300;
    for number in 0..COUNT {
        web.transmit(To::node("worker", 1), "count", &number).await.unwrap();
    }
    // Some are in flight, most are queued.
    go_on.add_permits(3);
    begun.reach(3).await;
    server(&mut site).stop();
    server(&mut site).run();
    go_on.add_permits(COUNT as usize);
    begun.reach(COUNT as usize).await;
    let mut all = begun.all();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all, (0..COUNT).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_frozen_for_five_seconds_loses_nothing_that_was_confirmed() {
    let mut site = Site::redis();
    let (web, ws) = (site.node("web", 1).await, site.node("ws", 1).await);
    let worker = site.node("worker", 1).await;
    let seen = numbers(&worker).await;
    let mut watch = ws.watch("worker");
    assert!(matches!(soon("who is there", watch.next()).await, Some(Change::Joined(_))));
    web.transmit(To::node("worker", 1), "count", &0u32).await.unwrap();
    seen.reach(1).await;
    server(&mut site).signal("STOP");
    let frozen = tokio::time::Instant::now();
    let mut confirmed = vec![0];
    let mut number = 0;
    let mut thawed = false;
    while confirmed.len() < 3 {
        number += 1;
        let sent = web.transmit(To::node("worker", 1), "count", &number);
        let waited = tokio::time::timeout(Duration::from_secs(1), sent).await;
        if matches!(waited, Ok(Ok(()))) {
            confirmed.push(number);
        }
        if !thawed && frozen.elapsed() >= Duration::from_secs(5) {
            thawed = true;
            server(&mut site).signal("CONT");
        }
    }
    assert!(thawed, "nothing is confirmed by a frozen server");
    eventually("what was confirmed has arrived", async || {
        let all = seen.all();
        confirmed.iter().all(|number| all.contains(number))
    })
    .await;
    eventually("broadcasts arrive", async || {
        ws.broadcast("worker", "count", &9_999u32).await.unwrap();
        seen.all().contains(&9_999)
    })
    .await;
    let listed = ws.nodes("worker").await;
    assert_eq!(listed.iter().map(|node| &node.address).collect::<Vec<_>>(), [&worker.address()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_wipe_everything_but_the_queues_heals() {
    let mut site = Site::redis();
    let (web, ws) = (site.node("web", 1).await, site.node("ws", 1).await);
    let worker = site.node("worker", 1).await;
    let seen = numbers(&worker).await;
    let mut subscription = ws.subscribe("room").await.unwrap();
    web.transmit(To::node("absent", 1), "count", &1u32).await.unwrap();
    let client = server(&mut site).client().await;
    client.flushall::<()>(false).await.unwrap();
    client.custom::<(), String>(fred::cmd!("SCRIPT"), vec!["FLUSH".to_owned()]).await.unwrap();

    assert_eq!(
        client.llen::<u64, _>("absent.1").await.unwrap(),
        0,
        "what was queued is gone, as the README says"
    );
    web.publish("room", None, Bytes::from_static(b"still")).await.unwrap();
    assert!(matches!(soon("what is published", subscription.next()).await, Some(Delivery::Message { .. })));
    web.broadcast("worker", "count", &2u32).await.unwrap();
    eventually("broadcasts arrive", async || seen.all().contains(&2)).await;
    eventually("transmits arrive", async || {
        let _ = web.transmit(To::node("worker", 1), "count", &3u32).await;
        seen.all().contains(&3)
    })
    .await;
    eventually("the worker is listed again", async || {
        client.hexists::<bool, _, _>("cipher:nodes:{worker}", "1").await.unwrap()
    })
    .await;
}
