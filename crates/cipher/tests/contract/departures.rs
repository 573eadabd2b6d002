//! Nodes that leave or crash: what they had, what was for them, and traffic that goes on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cipher::{Delivery, Ending, HandlerError, NodeState, To};
use tokio::sync::Semaphore;

use crate::support::{Seen, Site, brief, collect, eventually, soon};

pub async fn what_a_crashed_life_did_not_finish_reaches_the_next(site: &Site) {
    let sender = site.node("web", 1).await;
    let doomed = site.mortal("worker", 1).await;
    let begun = Arc::new(Semaphore::new(0));
    let begin = begun.clone();
    doomed.on("count", move |_: cipher::Message<u32>| {
        begin.add_permits(1);
        std::future::pending()
    });
    doomed.serve().await.unwrap();
    sender.transmit(To::node("worker", 1), "count", &1u32).await.unwrap();
    sender.transmit(To::node("worker", 1), "count", &2u32).await.unwrap();
    drop(soon("the handler to begin", begun.acquire()).await.unwrap());
    drop(doomed); // without leaving: as a crash would

    let next = soon("the id to be free", site.mortal("worker", 1)).await;
    let seen = Seen::new();
    let add = seen.clone();
    next.on("count", move |message: cipher::Message<u32>| {
        add.add((message.payload, message.attempt));
        async { Ok(()) }
    });
    next.serve().await.unwrap();
    let seen = seen.reach(2).await;
    assert_eq!(seen[0], (1, 2), "the first was begun before: this is its second attempt");
    assert_eq!(seen[1].0, 2);
}

pub async fn a_leaving_node_finishes_and_sends_what_it_has(site: &Site) {
    let ws = site.node("ws", 1).await;
    let mut subscription = ws.subscribe("farewell").await.unwrap();
    let worker = site.node("worker", 1).await;
    let (begun, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (begin, wait, handle) = (begun.clone(), go_on.clone(), worker.clone());
    worker.on("last", move |_: cipher::Message<()>| {
        let (begin, wait, node) = (begin.clone(), wait.clone(), handle.clone());
        async move {
            begin.add_permits(1);
            wait.acquire().await?.forget();
            Ok(node.publish("farewell", None, Bytes::from_static(b"done")).await?)
        }
    });
    worker.serve().await.unwrap();
    ws.transmit(To::node("worker", 1), "last", &()).await.unwrap();
    drop(soon("the handler to begin", begun.acquire()).await.unwrap());
    let leaving = tokio::spawn(async move { worker.leave().await });
    eventually("it drains", async || {
        ws.nodes("worker").await.iter().any(|node| node.state == NodeState::Draining)
    })
    .await;
    go_on.add_permits(1);
    let done = Delivery::Message { span: None, payload: Bytes::from_static(b"done") };
    assert_eq!(soon("the last word", subscription.next()).await, Some(done));
    soon("the end", leaving).await.unwrap();
    eventually("nobody is left", async || ws.nodes("worker").await.is_empty()).await;
}

pub async fn a_node_that_leaves_in_the_middle_of_slow_jobs_leaves_the_others_to_its_next_life(site: &Site) {
    const JOBS: u32 = 120;
    let sender = site.node("web", 1).await;
    for number in 0..JOBS {
        sender.transmit(To::node("worker", 1), "job", &number).await.unwrap();
    }
    let handled = Seen::new();
    // Together the jobs of one batch take longer than a leaving node has.
    let life = async |takes: Duration| {
        let worker = soon("the id", site.node("worker", 1)).await;
        let handled = handled.clone();
        worker.on("job", move |job: cipher::Message<u32>| {
            let handled = handled.clone();
            async move {
                tokio::time::sleep(takes).await;
                handled.add((job.payload, job.attempt));
                Ok(())
            }
        });
        worker.serve().await.unwrap();
        worker
    };
    let leaving = life(Duration::from_millis(50)).await;
    handled.reach(3).await;
    leaving.leave().await;
    let by_the_first = handled.all().len();
    assert!(by_the_first < JOBS as usize, "it is in the middle");
    let next = life(Duration::ZERO).await;
    eventually("the last one is handled", async || handled.all().last() == Some(&(JOBS - 1, 1))).await;
    next.leave().await;
    assert_eq!(handled.all(), (0..JOBS).map(|number| (number, 1)).collect::<Vec<_>>(), "each once, in order");
    assert!(sender.dead_letters("worker", Some(1)).await.unwrap().is_empty());
}

pub async fn what_fails_while_its_node_leaves_is_tried_again_by_another(site: &Site) {
    let sender = site.node("web", 1).await;
    let (begun, fail) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let leaving = site.node("worker", 1).await;
    let (begin, wait) = (begun.clone(), fail.clone());
    leaving.on("job", move |_: cipher::Message<()>| {
        let (begin, wait) = (begin.clone(), wait.clone());
        async move {
            begin.add_permits(1);
            wait.acquire().await?.forget();
            Err(HandlerError::new("what it needs has been closed already"))
        }
    });
    leaving.serve().await.unwrap();
    sender.transmit(To::any("worker"), "job", &()).await.unwrap();
    drop(soon("the handler to begin", begun.acquire()).await.unwrap());
    let handle = leaving.clone();
    let departure = tokio::spawn(async move { handle.leave().await });
    eventually("it drains", async || {
        sender.nodes("worker").await.iter().any(|node| node.state == NodeState::Draining)
    })
    .await;
    fail.add_permits(1);
    soon("the end", departure).await.unwrap();

    let other = site.node("worker", 2).await;
    let attempts = Seen::new();
    let add = attempts.clone();
    other.on("job", move |job: cipher::Message<()>| {
        add.add(job.attempt);
        async { Ok(()) }
    });
    other.serve().await.unwrap();
    assert_eq!(attempts.reach(1).await, [2], "and knows of the first attempt");
    assert!(sender.dead_letters("worker", None).await.unwrap().is_empty());
}

pub async fn a_node_goes_on_leaving_when_the_caller_waits_no_longer(site: &Site) {
    let ws = site.node("ws", 1).await;
    let worker = site.node("worker", 1).await;
    let (begun, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (begin, wait) = (begun.clone(), go_on.clone());
    worker.on("last", move |_: cipher::Message<()>| {
        let (begin, wait) = (begin.clone(), wait.clone());
        async move {
            begin.add_permits(1);
            wait.acquire().await?.forget();
            Ok(())
        }
    });
    worker.serve().await.unwrap();
    ws.transmit(To::node("worker", 1), "last", &()).await.unwrap();
    drop(soon("the handler to begin", begun.acquire()).await.unwrap());
    assert!(tokio::time::timeout(Duration::from_millis(1), worker.leave()).await.is_err());
    let again = tokio::time::timeout(Duration::from_millis(50), worker.leave()).await;
    assert!(again.is_err(), "whoever asks again waits until it is done");
    go_on.add_permits(1);
    assert_eq!(soon("the end", worker.ended()).await, Ending::Left);
    soon("leaving once more", worker.leave()).await;
    eventually("nobody is left", async || ws.nodes("worker").await.is_empty()).await;
}

pub async fn what_a_crashed_node_had_of_a_shared_queue_goes_to_another(site: &Site) {
    let doomed = site.join(brief("worker")).await;
    let begun = Arc::new(Semaphore::new(0));
    let begin = begun.clone();
    doomed.on("count", move |_: cipher::Message<u32>| {
        begin.add_permits(1);
        std::future::pending()
    });
    doomed.serve().await.unwrap();
    let sender = site.node("web", 1).await;
    sender.transmit(To::any("worker"), "count", &1u32).await.unwrap();
    drop(soon("the handler to begin", begun.acquire()).await.unwrap());
    let other = site.join(brief("worker")).await;
    let seen = Seen::new();
    let add = seen.clone();
    other.on("count", move |message: cipher::Message<u32>| {
        add.add((message.payload, message.attempt));
        async { Ok(()) }
    });
    other.serve().await.unwrap();
    drop(doomed);
    assert_eq!(seen.reach(1).await, [(1, 2)], "and it says that it was begun before");
}

pub async fn the_queue_of_a_leased_id_ends_with_its_node(site: &Site) {
    let observer = site.join(brief("worker")).await;
    observer.serve().await.unwrap();
    let (leaving, crashing) = (site.join(brief("worker")).await, site.join(brief("worker")).await);
    let sender = site.node("web", 1).await;
    let (left, crashed) = (leaving.address(), crashing.address());
    for (address, number) in [(&left, 1u32), (&crashed, 2)] {
        sender.transmit(To::incarnation(address.clone()), "count", &number).await.unwrap();
    }
    leaving.leave().await;
    drop(crashing);
    sender.transmit(To::node("worker", left.nid), "count", &3u32).await.unwrap();
    let payloads = async |nid: u32| {
        let letters = sender.dead_letters("worker", Some(nid)).await.unwrap();
        letters.iter().map(|letter| letter.payload.get().to_owned()).collect::<Vec<_>>()
    };
    eventually("those for the one that left are put aside", async || payloads(left.nid).await == ["1", "3"])
        .await;
    eventually("those for the one that crashed as well", async || payloads(crashed.nid).await == ["2"]).await;

    // A queue that filled while nobody had the id is not for whoever has it next.
    let next = site.join(brief("worker")).await;
    assert_eq!(next.nid(), left.nid.min(crashed.nid), "the lowest that is free");
    let seen = collect(&next, "count");
    next.serve().await.unwrap();
    sender.transmit(To::incarnation(next.address()), "count", &4u32).await.unwrap();
    assert_eq!(seen.reach(1).await, [4]);
}

pub async fn nodes_come_and_go_under_traffic_and_lose_nothing(site: &Site) {
    const COUNT: u32 = 1_500;
    let sender = site.node("web", 1).await;
    let (to_any, to_one) = (Seen::new(), Seen::new());
    let worker = async || {
        let node = site.join(brief("worker")).await;
        for (route, seen) in [("any", to_any.clone()), ("one", to_one.clone())] {
            node.on(route, move |message: cipher::Message<u32>| {
                seen.add(message.payload);
                async { Ok(()) }
            });
        }
        node.serve().await.unwrap();
        node
    };
    let mut workers = vec![worker().await];
    let first = workers[0].address();
    let progress = Seen::new();
    let (told, addressees) = (progress.clone(), sender.clone());
    let sending = tokio::spawn(async move {
        for number in 0..COUNT {
            sender.transmit(To::any("worker"), "any", &number).await.unwrap();
            // To each node in turn by name, among them those that are about to leave or already have.
            let nodes = sender.nodes("worker").await;
            let to = nodes.get(number as usize % nodes.len().max(1)).map_or(&first, |node| &node.address);
            sender.transmit(To::incarnation(to.clone()), "one", &number).await.unwrap();
            told.add(number);
        }
    });
    progress.reach(COUNT as usize / 5).await;
    while workers.len() < 5 {
        workers.push(worker().await);
    }
    progress.reach(COUNT as usize * 3 / 5).await;
    for node in workers.drain(2..) {
        node.leave().await;
    }
    soon("all is sent", sending).await.unwrap();
    let whole: Vec<u32> = (0..COUNT).collect();
    let sorted = |mut numbers: Vec<u32>| {
        numbers.sort_unstable();
        numbers
    };
    eventually("each to any node was handled", async || to_any.all().len() >= COUNT as usize).await;
    assert_eq!(sorted(to_any.all()), whole, "each once");
    // What was meant for one that had gone is reported; nothing is missing, and nothing is both.
    let handled_or_reported = async || {
        let mut numbers = to_one.all();
        for nid in 1..=5 {
            let letters = addressees.dead_letters("worker", Some(nid)).await.unwrap();
            numbers.extend(letters.iter().map(|letter| letter.payload.get().parse::<u32>().unwrap()));
        }
        sorted(numbers)
    };
    eventually("each to one node was handled or reported", async || {
        handled_or_reported().await.len() >= COUNT as usize
    })
    .await;
    assert_eq!(handled_or_reported().await, whole);
}
