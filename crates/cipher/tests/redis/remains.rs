//! What nodes leave behind when they end: none of it gets lost, and none is put aside for what others did.

use fred::interfaces::{KeysInterface, ListInterface};

use cipher::To;

use crate::support::{Site, counts, eventually, soon};

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
