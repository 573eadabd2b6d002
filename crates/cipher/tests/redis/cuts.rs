//! Connections that are cut, every one of them, again and again.

use std::time::Duration;

use bytes::Bytes;
use cipher::{Delivery, Message, To};
use fred::clients::Client;
use fred::interfaces::ClientLike;

use crate::support::{Site, counts, eventually, soon};

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_lose_no_transmit() {
    let site = Site::redis();
    let (worker, web) = (site.node("worker", 1).await, site.node("web", 1).await);
    let seen = counts(&worker).await;
    let client = site.server().client().await;
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
        kill(&client, "normal").await;
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

/// Cuts all connections of a type but one's own.
async fn kill(client: &Client, kind: &str) {
    let words = ["KILL", "TYPE", kind, "SKIPME", "yes"].map(str::to_owned).to_vec();
    client.custom::<i64, String>(fred::cmd!("CLIENT"), words).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_cut_of_every_connection_all_of_it_works_again_and_subscribers_know() {
    let site = Site::redis();
    let (worker, ws) = (site.node("worker", 1).await, site.node("ws", 1).await);
    worker.answer("double", |question: Message<u32>| async move { Ok(question.payload * 2) });
    let seen = counts(&worker).await;
    let mut subscription = ws.subscribe("room").await.unwrap();
    let client = site.server().client().await;
    for round in 1..=3u32 {
        kill(&client, "pubsub").await;
        kill(&client, "normal").await;
        let gap = async { while subscription.next().await != Some(Delivery::Gap) {} };
        soon("word of the gap", gap).await;
        eventually("what is published arrives", async || {
            ws.publish("room", None, Bytes::from(round.to_string())).await.unwrap();
            let next = tokio::time::timeout(Duration::from_millis(100), subscription.next()).await;
            matches!(next, Ok(Some(Delivery::Message { payload, .. })) if payload == round.to_string())
        })
        .await;
        eventually("transmits arrive", async || {
            let _ = ws.transmit(To::node("worker", 1), "count", &round).await;
            seen.all().contains(&round)
        })
        .await;
        eventually("broadcasts arrive", async || {
            ws.broadcast("worker", "count", &(10 + round)).await.unwrap();
            seen.all().contains(&(10 + round))
        })
        .await;
        eventually("requests are answered", async || {
            let asked = ws.request::<_, u32>(To::any("worker"), "double", &round, Duration::from_secs(1));
            asked.await.is_ok_and(|doubled| doubled == 2 * round)
        })
        .await;
    }
    let listed = ws.nodes("worker").await;
    assert_eq!(listed.iter().map(|node| &node.address).collect::<Vec<_>>(), [&worker.address()]);
}
