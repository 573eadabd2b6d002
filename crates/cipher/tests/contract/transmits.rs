//! Transmits: order, waiting, retries, refusals, dead letters.

use std::sync::Arc;
use std::time::Duration;

use cipher::{HandlerError, Nid, Node, NodeConfig, To, TransmitError};
use tokio::sync::Semaphore;

use crate::support::{PATIENCE, Seen, Site, collect, counts, eventually, soon};

pub async fn transmits_of_one_sender_arrive_in_order(site: &Site) {
    let receiver = site.node("worker", 1).await;
    let seen = collect(&receiver, "count");
    receiver.serve().await.unwrap();
    let sender = site.node("web", 1).await;
    for number in 0..500u32 {
        sender.transmit(To::node("worker", 1), "count", &number).await.unwrap();
    }
    assert_eq!(seen.reach(500).await, (0..500).collect::<Vec<_>>());
}

pub async fn a_transmit_waits_for_its_receiver(site: &Site) {
    let sender = site.node("web", 1).await;
    sender.transmit(To::node("worker", 1), "count", &7u32).await.unwrap();
    let receiver = site.node("worker", 1).await;
    let seen = collect(&receiver, "count");
    receiver.serve().await.unwrap();
    assert_eq!(seen.reach(1).await, [7]);
}

pub async fn a_transmit_to_any_node_reaches_exactly_one(site: &Site) {
    let (one, two) = (site.node("worker", 1).await, site.node("worker", 2).await);
    let seen = Seen::new();
    for node in [&one, &two] {
        let seen = seen.clone();
        node.on("count", move |message: cipher::Message<u32>| {
            seen.add(message.payload);
            async { Ok(()) }
        });
        node.serve().await.unwrap();
    }
    let sender = site.node("web", 1).await;
    for number in 0..200u32 {
        sender.transmit(To::any("worker"), "count", &number).await.unwrap();
    }
    let mut all = seen.reach(200).await;
    // Both have signed off with nothing left to do: a second delivery would have been seen by now.
    one.leave().await;
    two.leave().await;
    assert_eq!(seen.all().len(), 200);
    all.sort_unstable();
    assert_eq!(all, (0..200).collect::<Vec<_>>());
}

pub async fn a_handler_that_fails_is_tried_again_and_stops_nobody(site: &Site) {
    let node = site.node("worker", 1).await;
    let attempts = Seen::new();
    let (failing, panicking) = (attempts.clone(), attempts.clone());
    node.on("fail", move |message: cipher::Message<()>| {
        failing.add(("fail", message.attempt));
        async { Err(HandlerError::new("on purpose")) }
    });
    node.on("panic", move |message: cipher::Message<()>| {
        panicking.add(("panic", message.attempt));
        async { panic!("on purpose") }
    });
    let seen = collect(&node, "count");
    node.serve().await.unwrap();
    node.transmit(To::node("worker", 1), "fail", &()).await.unwrap();
    node.transmit(To::node("worker", 1), "panic", &()).await.unwrap();
    node.transmit(To::node("worker", 1), "count", &"no number").await.unwrap();
    node.transmit(To::node("worker", 1), "nobody.handles.this", &()).await.unwrap();
    node.transmit(To::node("worker", 1), "count", &1u32).await.unwrap();
    assert_eq!(seen.reach(1).await, [1]);
    let expected = [("fail", 1), ("fail", 2), ("fail", 3), ("panic", 1), ("panic", 2), ("panic", 3)];
    assert_eq!(attempts.all(), expected);
}

pub async fn a_transmit_for_a_former_life_is_refused(site: &Site) {
    let sender = site.node("web", 1).await;
    let former = site.node("worker", 1).await;
    let address = former.address();
    former.leave().await;
    let present = site.node("worker", 1).await;
    let seen = collect(&present, "count");
    present.serve().await.unwrap();
    eventually("the sender knows the present life", async || {
        sender.nodes("worker").await.iter().any(|node| node.address == present.address())
    })
    .await;
    let refused = sender.transmit(To::incarnation(address), "count", &1u32).await;
    assert!(matches!(refused, Err(TransmitError::Gone(_))), "{refused:?}");
    sender.transmit(To::incarnation(present.address()), "count", &2u32).await.unwrap();
    assert_eq!(seen.reach(1).await, [2]);
}

pub async fn a_slow_handler_stops_neither_requests_nor_broadcasts(site: &Site) {
    let worker = site.node("worker", 1).await;
    let begun = Arc::new(Semaphore::new(0));
    let begin = begun.clone();
    worker.on("slow", move |_: cipher::Message<()>| {
        begin.add_permits(1);
        std::future::pending()
    });
    worker.answer("ping", |_: cipher::Message<()>| async { Ok("pong") });
    let seen = collect(&worker, "news");
    worker.serve().await.unwrap();
    let web = site.node("web", 1).await;
    web.transmit(To::node("worker", 1), "slow", &()).await.unwrap();
    drop(soon("the slow handler to begin", begun.acquire()).await.unwrap());
    let pong: String = web.request(To::any("worker"), "ping", &(), PATIENCE).await.unwrap();
    assert_eq!(pong, "pong");
    web.broadcast("worker", "news", &5u32).await.unwrap();
    assert_eq!(seen.reach(1).await, [5]);
}

pub async fn a_full_queue_refuses(site: &Site) {
    let config = NodeConfig { nid: Nid::Fixed(1), queue_limit: 10, ..NodeConfig::new("web") };
    let sender = Node::join(site.transport(), config).await.unwrap();
    for number in 0..10u32 {
        sender.transmit(To::node("worker", 1), "count", &number).await.unwrap();
    }
    let refused = sender.transmit(To::node("worker", 1), "count", &10u32).await;
    assert!(matches!(refused, Err(TransmitError::Full { length: 10, .. })), "{refused:?}");
    let receiver = site.node("worker", 1).await;
    let seen = collect(&receiver, "count");
    receiver.serve().await.unwrap();
    seen.reach(10).await;
    eventually("there is room again", async || {
        sender.transmit(To::node("worker", 1), "count", &10u32).await.is_ok()
    })
    .await;
}

pub async fn a_flood_of_transmits_is_bounded_and_each_sender_told(site: &Site) {
    const LIMIT: u64 = 100;
    const SENDERS: u32 = 4;
    let joining = (1..=SENDERS).map(async |nid| {
        let config = NodeConfig { nid: Nid::Fixed(nid), queue_limit: LIMIT, ..NodeConfig::new("web") };
        Node::join(site.transport(), config).await.unwrap()
    });
    let senders = futures_util::future::join_all(joining).await;
    // Nobody takes any of it, and each goes on until it is told.
    let sending = senders.iter().zip(0u32..).map(async |(sender, place)| {
        let mut accepted = Vec::new();
        loop {
            let number = u32::try_from(accepted.len()).unwrap() * SENDERS + place;
            match sender.transmit(To::node("worker", 1), "count", &number).await {
                Ok(()) => accepted.push(number),
                Err(TransmitError::Full { length, .. }) if length >= LIMIT => return accepted,
                Err(other) => panic!("{other}"),
            }
            assert!(accepted.len() as u64 <= LIMIT, "it was never told");
        }
    });
    let mut accepted: Vec<u32> = futures_util::future::join_all(sending).await.concat();
    let waiting = senders[0].queue_length("worker", Some(1)).await.unwrap();
    assert_eq!(waiting, accepted.len() as u64);
    assert!(
        waiting < LIMIT + u64::from(SENDERS),
        "a soft bound: what was under way may exceed it, not {waiting}"
    );
    let receiver = site.node("worker", 1).await;
    let seen = counts(&receiver).await;
    let mut handled = seen.reach(accepted.len()).await;
    handled.sort_unstable();
    accepted.sort_unstable();
    assert_eq!(handled, accepted, "and what was accepted is handled");
}

pub async fn dead_letters_are_listed_and_replayed(site: &Site) {
    let sender = site.node("web", 1).await;
    let worker = site.node("worker", 1).await;
    worker.serve().await.unwrap();
    for number in [1u32, 2] {
        let to = To::node("worker", 1).tenant("42").from_tenant("mia");
        sender.transmit(to, "count", &number).await.unwrap();
    }
    let letters = async |of: &Node| of.dead_letters("worker", Some(1)).await.unwrap();
    eventually("both are dead letters", async || letters(&sender).await.len() == 2).await;
    worker.leave().await;
    let letter = &letters(&sender).await[0];
    assert_eq!((letter.route.as_str(), letter.payload.get()), ("count", "1"));
    assert_eq!((&letter.origin, letter.why.as_str()), (&sender.address(), "nobody handles its route"));

    let repaired = site.node("worker", 1).await;
    let seen = Seen::new();
    let add = seen.clone();
    repaired.on("count", move |message: cipher::Message<u32>| {
        add.add((message.payload, message.tenant, message.recipient_tenant, message.id));
        async { Ok(()) }
    });
    repaired.serve().await.unwrap();
    sender.replay(letter, &letter.to).await.unwrap();
    let expected = (1, Some("mia".to_owned()), Some("42".to_owned()), letter.id.clone());
    assert_eq!(seen.reach(1).await, [expected]);
    let left = letters(&sender).await;
    assert_eq!(left.iter().map(|letter| letter.payload.get()).collect::<Vec<_>>(), ["2"]);
}

pub async fn what_waited_too_long_is_put_aside(site: &Site) {
    let config = NodeConfig { queue_age: Duration::ZERO, ..NodeConfig::new("web") };
    let web = site.join(config).await;
    let patient = site.node("office", 1).await;
    web.transmit(To::node("worker", 1), "count", &1u32).await.unwrap();
    patient.transmit(To::node("worker", 1), "count", &2u32).await.unwrap();
    let worker = site.node("worker", 1).await;
    let seen = collect(&worker, "count");
    worker.serve().await.unwrap();
    assert_eq!(seen.reach(1).await, [2]);
    let letters = web.dead_letters("worker", Some(1)).await.unwrap();
    assert_eq!((letters[0].payload.get(), letters[0].why.as_str()), ("1", "it waited too long"));
    // Sent again it has not waited yet.
    patient.replay(&letters[0], &letters[0].to).await.unwrap();
    assert_eq!(seen.reach(2).await, [2, 1]);
}

pub async fn slow_jobs_for_any_node_are_shared_with_those_who_come_later(site: &Site) {
    const JOBS: u32 = 12;
    let sender = site.node("web", 1).await;
    for number in 0..JOBS {
        sender.transmit(To::any("worker"), "job", &number).await.unwrap();
    }
    let go_on = Arc::new(Semaphore::new(0));
    let mut workers = Vec::new();
    for nid in 1..=3 {
        let (worker, begun, wait) = (site.node("worker", nid).await, Seen::new(), go_on.clone());
        let begin = begun.clone();
        worker.on("job", move |job: cipher::Message<u32>| {
            begin.add(job.payload);
            let wait = wait.clone();
            async move {
                wait.acquire().await?.forget();
                // Longer than a quick one, and those who wait are as many as there are workers.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok(())
            }
        });
        worker.serve().await.unwrap();
        begun.reach(1).await; // while those before it are busy
        workers.push((worker, begun));
    }
    assert_eq!(sender.queue_length("worker", None).await.unwrap(), u64::from(JOBS) - 3, "nobody hoards");
    go_on.add_permits(JOBS as usize);
    let begun = || workers.iter().map(|(_, begun)| begun.all()).collect::<Vec<_>>();
    eventually("all are begun", async || begun().concat().len() == JOBS as usize).await;
    let mut all = begun().concat();
    all.sort_unstable();
    assert_eq!(all, (0..JOBS).collect::<Vec<_>>(), "each once");
    assert!(begun().iter().all(|jobs| jobs.len() > 1), "each has its share: {:?}", begun());
}
