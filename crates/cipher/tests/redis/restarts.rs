//! A server that starts anew, freezes, or forgets everything.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cipher::{Change, Delivery, To};
use fred::interfaces::{ClientLike, HashesInterface, KeysInterface, ListInterface};
use tokio::sync::Semaphore;

use crate::support::{PATIENCE, RedisServer, Seen, Site, brief, collect, counts, eventually, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_redis_heals_by_itself() {
    let mut site = Site::redis();
    let (worker, ws) = (site.node("worker", 1).await, site.node("ws", 1).await);
    let seen = counts(&worker).await;
    let mut subscription = ws.subscribe("room").await.unwrap();
    let mut watch = ws.watch("worker");
    assert!(matches!(soon("who is there", watch.next()).await, Some(Change::Joined(_))));

    site.server_mut().stop();
    for number in 0..100u8 {
        let published = worker.publish("room", None, Bytes::from(vec![number]));
        tokio::time::timeout(PATIENCE, published)
            .await
            .expect("publishing never waits for the server")
            .unwrap();
    }
    site.server_mut().run();

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
    let client = site.server().client().await;
    eventually("the worker is listed", async || {
        client.hexists::<bool, _, _>("cipher:nodes:{worker}", "1").await.unwrap()
    })
    .await;
    let change = tokio::time::timeout(Duration::from_millis(50), watch.next()).await;
    assert!(!matches!(change, Ok(Some(Change::Left(_)))), "{change:?}");
    assert_eq!(ws.nodes("worker").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_caller_did_not_wait_for_the_server_serves_once_it_is_back() {
    let mut site = Site::redis();
    let (worker, ws) = (site.node("worker", 1).await, site.node("ws", 1).await);
    let seen = collect(&worker, "count");
    site.server_mut().stop();
    let waited = tokio::time::timeout(Duration::from_millis(100), worker.serve()).await;
    assert!(waited.is_err(), "the server is away: {waited:?}");
    site.server_mut().run();
    soon("serving", worker.serve()).await.unwrap();
    eventually("a transmit arrives", async || {
        let _ = ws.transmit(To::node("worker", 1), "count", &1u32).await;
        !seen.all().is_empty()
    })
    .await;
    eventually("a broadcast arrives, once", async || {
        let _ = ws.broadcast("worker", "count", &2u32).await;
        seen.all().contains(&2)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_a_durable_server_loses_no_transmit() {
    let mut site = Site::Redis(RedisServer::durable());
    let web = site.node("web", 1).await;
    let worker = site.node("worker", 1).await;
    let (begun, go_on) = (Seen::new(), Arc::new(Semaphore::new(0)));
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
    site.server_mut().stop();
    site.server_mut().run();
    go_on.add_permits(COUNT as usize);
    begun.reach(COUNT as usize).await;
    let mut all = begun.all();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all, (0..COUNT).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_a_server_that_keeps_nothing_loses_what_waited_and_nothing_sent_afterwards() {
    let mut site = Site::redis();
    let web = site.node("web", 1).await;
    for number in 0..10u32 {
        web.transmit(To::node("worker", 1), "count", &number).await.unwrap();
    }
    assert_eq!(web.queue_length("worker", Some(1)).await.unwrap(), 10);
    site.server_mut().stop();
    site.server_mut().run();
    eventually("the server is back", async || web.queue_length("worker", Some(1)).await.is_ok()).await;
    assert_eq!(
        web.queue_length("worker", Some(1)).await.unwrap(),
        0,
        "as the README says of one without appendonly"
    );
    for number in 10..20u32 {
        web.transmit(To::node("worker", 1), "count", &number).await.unwrap();
    }
    let worker = site.node("worker", 1).await;
    let seen = counts(&worker).await;
    assert_eq!(seen.reach(10).await, (10..20).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_frozen_for_five_seconds_loses_nothing_that_was_confirmed() {
    let site = Site::redis();
    let (web, ws) = (site.node("web", 1).await, site.node("ws", 1).await);
    let worker = site.node("worker", 1).await;
    let seen = counts(&worker).await;
    let mut watch = ws.watch("worker");
    assert!(matches!(soon("who is there", watch.next()).await, Some(Change::Joined(_))));
    web.transmit(To::node("worker", 1), "count", &0u32).await.unwrap();
    seen.reach(1).await;
    site.server().signal("STOP");
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
            site.server().signal("CONT");
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
    let site = Site::redis();
    let (web, ws) = (site.node("web", 1).await, site.node("ws", 1).await);
    let worker = site.node("worker", 1).await;
    let seen = counts(&worker).await;
    let mut subscription = ws.subscribe("room").await.unwrap();
    web.transmit(To::node("absent", 1), "count", &1u32).await.unwrap();
    let client = site.server().client().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_registry_is_reclaimed_and_newcomers_wait_for_it() {
    let site = Site::redis();
    let holder = soon("an id", site.join(brief("ws"))).await;
    assert_eq!(holder.nid(), 1);
    let client = site.server().client().await;
    client.flushall::<()>(false).await.unwrap();
    let newcomer = soon("an id", site.join(brief("ws"))).await;
    assert_eq!(newcomer.nid(), 2, "the holder came first");
    let held: String = client.get("cipher:lease:{ws.1}").await.unwrap();
    assert_eq!(held, holder.incarnation().to_string());
    let listed: Vec<u32> = newcomer.nodes("ws").await.iter().map(|node| node.address.nid).collect();
    assert_eq!(listed, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_knows_when_nobody_can_reach_it() {
    let mut site = Site::redis();
    let worker = soon("an id", site.join(brief("worker"))).await;
    assert!(worker.is_listed());
    site.server_mut().stop();
    eventually("its lease has run out", async || !worker.is_listed()).await;
    site.server_mut().run();
    eventually("it is back", async || worker.is_listed()).await;
    worker.leave().await;
    assert!(!worker.is_listed(), "it has signed off");
}
