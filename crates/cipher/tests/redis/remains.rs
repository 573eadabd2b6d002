//! What nodes leave behind when they end: none of it gets lost, and none is put aside for what others did.

use std::sync::Arc;

use fred::interfaces::{KeysInterface, ListInterface};
use tokio::sync::Semaphore;

use cipher::{Message, To};

use crate::support::{Seen, Site, counts, eventually, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_could_not_be_put_aside_outlives_its_node() {
    let site = Site::redis();
    let client = site.server().client().await;
    let web = site.node("web", 1).await;
    client.set::<(), _, _>("cipher:dead:{worker.1}", "in the way", None, None, false).await.unwrap();
    let leaving = site.node("worker", 1).await;
    counts(&leaving).await;
    web.transmit(To::node("worker", 1), "nobody", &1u32).await.unwrap();
    let in_flight = format!("cipher:inflight:{{worker.1}}:{}", leaving.incarnation());
    eventually("it has the message", async || client.llen::<u64, _>(&in_flight).await.unwrap() == 1).await;
    leaving.leave().await;

    client.del::<(), _>("cipher:dead:{worker.1}").await.unwrap();
    let next = soon("the id", site.node("worker", 1)).await;
    counts(&next).await;
    eventually("the next life puts it aside", async || {
        web.dead_letters("worker", Some(1)).await.unwrap().iter().any(|letter| letter.route == "nobody")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_messages_that_were_felled_together_are_handled_each() {
    const EQUAL: usize = 5;
    let site = Site::redis();
    let client = site.server().client().await;
    let message = r#"{"origin":{"ns":"web","nid":0,"tid":null},"recipient":{"nid":"1","ns":"worker","tid":"*","r":"worker.count"},"payload":7}"#;
    client.rpush::<(), _, _>("worker.1", vec![message; EQUAL]).await.unwrap();
    let (doomed, begun) = (site.mortal("worker", 1).await, Arc::new(Semaphore::new(0)));
    let begin = begun.clone();
    doomed.on("count", move |_: Message<u32>| {
        begin.add_permits(1);
        std::future::pending()
    });
    doomed.serve().await.unwrap();
    drop(soon("the handler to begin", begun.acquire()).await.unwrap());
    drop(doomed); // as a crash would, with all of them in its hands

    let next = soon("the id to be free", site.mortal("worker", 1)).await;
    let attempts = Seen::new();
    let add = attempts.clone();
    next.on("count", move |message: Message<u32>| {
        add.add(message.attempt);
        async { Ok(()) }
    });
    next.serve().await.unwrap();
    // Which of them was begun before nobody can tell: the first says so, and then it is known to be handled.
    assert_eq!(attempts.reach(EQUAL).await, [2, 1, 1, 1, 1]);
    assert!(next.dead_letters("worker", Some(1)).await.unwrap().is_empty());
}
