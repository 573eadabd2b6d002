//! A server whose memory is full, and that evicts nothing: it refuses what is sent, and has to be drained.

use cipher::{Address, Node, To};
use fred::interfaces::ClientLike;

use crate::support::{Site, collect, eventually, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_server_is_drained_also_of_what_nobody_can_handle() {
    const COUNT: u32 = 20;
    let site = Site::redis();
    let client = site.server().client().await;
    let web = Node::guest(site.transport(), Address::new("web", 0)).await.unwrap();
    for number in 0..COUNT {
        let route = if number == COUNT / 2 { "nobody" } else { "count" };
        web.transmit(To::node("worker", 1), route, &number).await.unwrap();
    }
    // Less than it has already: full, whatever anybody frees.
    let words = ["SET", "maxmemory", "1000"].map(str::to_owned).to_vec();
    client.custom::<(), String>(fred::cmd!("CONFIG"), words).await.unwrap();
    let refused = web.transmit(To::node("worker", 1), "count", &COUNT).await;
    assert!(refused.is_err(), "there is room for nothing more");

    let worker = soon("its id", site.node("worker", 1)).await;
    let seen = collect(&worker, "count");
    worker.serve().await.unwrap();
    let handled: Vec<u32> = (0..COUNT).filter(|number| *number != COUNT / 2).collect();
    assert_eq!(seen.reach(handled.len()).await, handled);
    let letters = async || web.dead_letters("worker", Some(1)).await.unwrap();
    eventually("what nobody handles is put aside", async || letters().await.len() == 1).await;
    assert_eq!(letters().await[0].route, "nobody");
    worker.leave().await;
}
