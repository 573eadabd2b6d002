//! What a node promises, over memory and over Redis alike.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cipher::{
    Change, Delivery, HandlerError, Kind, Nid, Node, NodeConfig, NodeState, RedisConfig, Refusal,
    RequestError, Span, To, TransmitError, Transport,
};
use support::{PATIENCE, Seen, Site, eventually, soon};
use tokio::sync::Semaphore;

macro_rules! contract {
    ($($scenario:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(&super::Site::memory()).await;
            })*
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(&super::Site::redis()).await;
            })*
        }
    };
}

contract!(
    transmits_of_one_sender_arrive_in_order,
    a_transmit_waits_for_its_receiver,
    a_transmit_to_any_node_reaches_exactly_one,
    a_broadcast_reaches_every_node_that_serves,
    a_handler_that_fails_is_tried_again_and_stops_nobody,
    what_a_crashed_life_did_not_finish_reaches_the_next,
    a_transmit_for_a_former_life_is_refused,
    tenants_travel_with_the_message,
    a_request_brings_its_reply_or_its_refusal,
    a_request_ends_at_its_deadline,
    a_request_to_nobody_fails_at_once,
    a_request_fails_when_the_asked_node_crashes,
    a_slow_handler_stops_neither_requests_nor_broadcasts,
    every_subscriber_gets_what_is_published_in_order,
    a_subscription_is_active_when_it_returns,
    ids_are_leased_from_one_and_reused,
    a_watch_sees_joins_changes_and_departures,
    a_crashed_node_is_noticed,
    a_leaving_node_finishes_and_sends_what_it_has,
    a_full_queue_refuses,
    dead_letters_are_listed_and_replayed,
    what_a_crashed_node_had_of_a_shared_queue_goes_to_another,
    the_queue_of_a_leased_id_ends_with_its_node,
    nodes_come_and_go_under_traffic_and_lose_nothing,
    sixty_four_nodes_know_each_other_and_share_the_work,
    a_flood_is_bounded_and_its_reader_told,
    the_recipients_tenant_is_looked_up_before_the_handler,
    a_trace_context_goes_on_with_what_a_handler_sends,
    what_waited_too_long_is_put_aside,
    a_handler_for_any_route_hears_what_no_other_does,
);

fn collect(node: &Node, route: &str) -> Seen<u32> {
    let seen = Seen::new();
    let collected = seen.clone();
    node.on(route, move |message: cipher::Message<u32>| {
        collected.add(message.payload);
        async { Ok(()) }
    });
    seen
}

async fn transmits_of_one_sender_arrive_in_order(site: &Site) {
    let receiver = site.node("worker", 1).await;
    let seen = collect(&receiver, "count");
    receiver.serve().await.unwrap();
    let sender = site.node("web", 1).await;
    for number in 0..500u32 {
        sender.transmit(To::node("worker", 1), "count", &number).await.unwrap();
    }
    assert_eq!(seen.reach(500).await, (0..500).collect::<Vec<_>>());
}

async fn a_transmit_waits_for_its_receiver(site: &Site) {
    let sender = site.node("web", 1).await;
    sender.transmit(To::node("worker", 1), "count", &7u32).await.unwrap();
    let receiver = site.node("worker", 1).await;
    let seen = collect(&receiver, "count");
    receiver.serve().await.unwrap();
    assert_eq!(seen.reach(1).await, [7]);
}

async fn a_transmit_to_any_node_reaches_exactly_one(site: &Site) {
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

async fn a_broadcast_reaches_every_node_that_serves(site: &Site) {
    let (one, two, other) = (site.node("ws", 1).await, site.node("ws", 2).await, site.node("web", 1).await);
    let seen = [collect(&one, "news"), collect(&two, "news"), collect(&other, "news")];
    for node in [&one, &two, &other] {
        node.serve().await.unwrap();
    }
    for number in 0..100u32 {
        other.broadcast("ws", "news", &number).await.unwrap();
    }
    let expected: Vec<u32> = (0..100).collect();
    assert_eq!(seen[0].reach(100).await, expected);
    assert_eq!(seen[1].reach(100).await, expected);
    assert!(seen[2].all().is_empty(), "a broadcast stays in its namespace");
}

async fn a_handler_that_fails_is_tried_again_and_stops_nobody(site: &Site) {
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

async fn what_a_crashed_life_did_not_finish_reaches_the_next(site: &Site) {
    let sender = site.node("web", 1).await;
    let doomed = site.node("worker", 1).await;
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

    let next = soon("the id to be free", site.node("worker", 1)).await;
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

async fn a_transmit_for_a_former_life_is_refused(site: &Site) {
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

async fn tenants_travel_with_the_message(site: &Site) {
    let node = site.node("ws", 1).await;
    let seen = Seen::new();
    let add = seen.clone();
    node.on("hello", move |message: cipher::Message<String>| {
        add.add((
            message.origin.clone(),
            message.tenant.clone(),
            message.recipient_tenant.clone(),
            message.payload,
        ));
        async { Ok(()) }
    });
    node.serve().await.unwrap();
    let to = To::node("ws", 1).tenant("42").from_tenant("mia");
    node.transmit(to, "hello", "there").await.unwrap();
    let expected = (node.address(), Some("mia".to_owned()), Some("42".to_owned()), "there".to_owned());
    assert_eq!(seen.reach(1).await, [expected]);
}

async fn doubler(site: &Site) -> Node {
    let node = site.node("worker", 1).await;
    node.answer("double", |message: cipher::Message<i64>| async move {
        match message.payload {
            number if number < 0 => Err(Refusal::new("negative", "only what is positive is doubled")),
            13 => panic!("on purpose"),
            number => Ok(number * 2),
        }
    });
    node.answer("never", |_: cipher::Message<()>| std::future::pending::<Result<(), Refusal>>());
    node.serve().await.unwrap();
    node
}

async fn a_request_brings_its_reply_or_its_refusal(site: &Site) {
    let _worker = doubler(site).await;
    let web = site.node("web", 1).await;
    let ask =
        async |to: To, route: &str, number: i64| web.request::<_, i64>(to, route, &number, PATIENCE).await;
    assert_eq!(ask(To::node("worker", 1), "double", 21).await.unwrap(), 42);
    assert_eq!(ask(To::any("worker"), "double", 4).await.unwrap(), 8);
    let code = |result: Result<i64, RequestError>| match result {
        Err(RequestError::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(code(ask(To::node("worker", 1), "double", -1).await), "negative");
    assert_eq!(code(ask(To::node("worker", 1), "double", 13).await), "failed");
    assert_eq!(code(ask(To::node("worker", 1), "halve", 1).await), "no_handler");
    let malformed = web.request::<_, i64>(To::any("worker"), "double", "text", PATIENCE).await;
    assert_eq!(code(malformed), "malformed");
}

async fn a_request_ends_at_its_deadline(site: &Site) {
    let _worker = doubler(site).await;
    let web = site.node("web", 1).await;
    let late = web.request::<_, ()>(To::any("worker"), "never", &(), Duration::from_millis(300)).await;
    assert!(matches!(late, Err(RequestError::Timeout { .. })), "{late:?}");
}

async fn a_request_to_nobody_fails_at_once(site: &Site) {
    let web = site.node("web", 1).await;
    for to in [To::node("worker", 9), To::any("worker")] {
        let gone = soon("word that nobody is there", web.request::<_, ()>(to, "x", &(), Duration::MAX)).await;
        assert!(matches!(gone, Err(RequestError::Gone(_))), "{gone:?}");
    }
    let worker = doubler(site).await;
    let address = worker.address();
    worker.leave().await;
    let _present = doubler(site).await;
    let to_former = web.request::<_, i64>(To::incarnation(address), "double", &1, Duration::MAX);
    let gone = soon("word that the former life is gone", to_former).await;
    assert!(matches!(gone, Err(RequestError::Gone(_))), "{gone:?}");
}

async fn a_request_fails_when_the_asked_node_crashes(site: &Site) {
    let worker = doubler(site).await;
    let web = site.node("web", 1).await;
    eventually("the worker is known", async || !web.nodes("worker").await.is_empty()).await;
    let asking = web.clone();
    let asked = tokio::spawn(async move {
        asking.request::<_, ()>(To::node("worker", 1), "never", &(), Duration::MAX).await
    });
    drop(worker);
    let gone = soon("word that the worker is gone", asked).await.unwrap();
    assert!(matches!(gone, Err(RequestError::Gone(_))), "{gone:?}");
}

async fn a_slow_handler_stops_neither_requests_nor_broadcasts(site: &Site) {
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

async fn every_subscriber_gets_what_is_published_in_order(site: &Site) {
    let (web, ws) = (site.node("web", 1).await, site.node("ws", 1).await);
    let mut subscriptions = [
        ws.subscribe("room:jazz").await.unwrap(),
        ws.subscribe("room:jazz").await.unwrap(),
        web.subscribe("room:jazz").await.unwrap(),
    ];
    let mut elsewhere = ws.subscribe("room:rock").await.unwrap();
    let publisher = site.node("worker", 1).await;
    let span =
        |number: u64| number.is_multiple_of(2).then_some(Span { epoch: 3, first: number, last: number + 1 });
    for number in 0..200u64 {
        let payload = Bytes::copy_from_slice(&number.to_be_bytes());
        publisher.publish("room:jazz", span(number), payload).await.unwrap();
    }
    publisher.publish("room:rock", None, Bytes::from_static(b"rock")).await.unwrap();
    for subscription in &mut subscriptions {
        for number in 0..200u64 {
            let delivery = soon("a message", subscription.next()).await.unwrap();
            let payload = Bytes::copy_from_slice(&number.to_be_bytes());
            assert_eq!(delivery, Delivery::Message { span: span(number), payload });
        }
    }
    let rock = Delivery::Message { span: None, payload: Bytes::from_static(b"rock") };
    assert_eq!(soon("a message", elsewhere.next()).await, Some(rock));
}

async fn a_subscription_is_active_when_it_returns(site: &Site) {
    let (ws, worker) = (site.node("ws", 1).await, site.node("worker", 1).await);
    for round in 0..60u8 {
        // The same few topics again and again, the former subscription just dropped.
        let topic = format!("room:{}", round % 3);
        let mut subscription = ws.subscribe(&topic).await.unwrap();
        worker.publish(&topic, None, Bytes::from(vec![round])).await.unwrap();
        let got = soon("what was published right after subscribing", subscription.next()).await;
        assert_eq!(got, Some(Delivery::Message { span: None, payload: Bytes::from(vec![round]) }));
    }
}

async fn ids_are_leased_from_one_and_reused(site: &Site) {
    let one = soon("an id", site.leased("ws")).await;
    let two = soon("an id", site.leased("ws")).await;
    assert_eq!((one.nid(), two.nid()), (1, 2));
    one.leave().await;
    let again = soon("an id", site.leased("ws")).await;
    assert_eq!(again.nid(), 1);
    assert_ne!(again.incarnation(), one.incarnation());
}

async fn a_watch_sees_joins_changes_and_departures(site: &Site) {
    let observer = site.node("web", 1).await;
    let first = site.node("worker", 1).await;
    let mut watch = observer.watch("worker");
    let mut change = async || soon("a change", watch.next()).await.unwrap();
    let Change::Joined(info) = change().await else { panic!("who is there joins first") };
    assert_eq!((info.address, info.state), (first.address(), NodeState::Joining));

    first.set_load(3);
    first.serve().await.unwrap();
    loop {
        let Change::Changed(info) = change().await else {
            panic!("its state and load changed, nothing else")
        };
        if info.state == NodeState::Serving {
            break assert_eq!(info.load, 3);
        }
    }

    let second = site.node("worker", 2).await;
    let Change::Joined(info) = change().await else { panic!("another one joined") };
    assert_eq!(info.address, second.address());

    first.leave().await;
    loop {
        match change().await {
            Change::Left(info) => break assert_eq!(info.address, first.address()),
            Change::Changed(info) => assert_eq!(info.state, NodeState::Draining),
            Change::Joined(info) => panic!("nobody joined: {info:?}"),
        }
    }
    let left: Vec<_> = observer.nodes("worker").await.into_iter().map(|info| info.address).collect();
    assert_eq!(left, [second.address()]);
}

async fn a_crashed_node_is_noticed(site: &Site) {
    let observer = site.node("web", 1).await;
    let doomed = site.node("worker", 1).await;
    let mut watch = observer.watch("worker");
    assert!(matches!(soon("who is there", watch.next()).await, Some(Change::Joined(_))));
    let address = doomed.address();
    drop(doomed);
    loop {
        match soon("the departure", watch.next()).await {
            Some(Change::Left(info)) => break assert_eq!(info.address, address),
            Some(Change::Changed(_)) => {}
            other => panic!("it should have left: {other:?}"),
        }
    }
    assert!(observer.nodes("worker").await.is_empty());
}

async fn a_leaving_node_finishes_and_sends_what_it_has(site: &Site) {
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

async fn a_full_queue_refuses(site: &Site) {
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

async fn dead_letters_are_listed_and_replayed(site: &Site) {
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

/// Short, so that the tests about what happens when one runs out are quick.
fn short_lease(ns: &str) -> NodeConfig {
    NodeConfig { lease: Duration::from_millis(600), ..NodeConfig::new(ns) }
}

async fn what_a_crashed_node_had_of_a_shared_queue_goes_to_another(site: &Site) {
    let doomed = site.join(short_lease("worker")).await;
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
    let other = site.join(short_lease("worker")).await;
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

async fn the_queue_of_a_leased_id_ends_with_its_node(site: &Site) {
    let observer = site.join(short_lease("worker")).await;
    observer.serve().await.unwrap();
    let (leaving, crashing) =
        (site.join(short_lease("worker")).await, site.join(short_lease("worker")).await);
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
    let next = site.join(short_lease("worker")).await;
    assert_eq!(next.nid(), left.nid.min(crashed.nid), "the lowest that is free");
    let seen = collect(&next, "count");
    next.serve().await.unwrap();
    sender.transmit(To::incarnation(next.address()), "count", &4u32).await.unwrap();
    assert_eq!(seen.reach(1).await, [4]);
}

async fn nodes_come_and_go_under_traffic_and_lose_nothing(site: &Site) {
    const COUNT: u32 = 1_500;
    let sender = site.node("web", 1).await;
    let (to_any, to_one) = (Seen::new(), Seen::new());
    let worker = async || {
        let node = site.join(short_lease("worker")).await;
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

async fn sixty_four_nodes_know_each_other_and_share_the_work(site: &Site) {
    const NODES: u32 = 64;
    let seen = Seen::new();
    let joining = (1..=NODES).map(async |nid| {
        // Long enough for 64 nodes in one process on a busy machine.
        let lease = Duration::from_secs(20);
        let config = NodeConfig { nid: Nid::Fixed(nid), lease, ..NodeConfig::new("worker") };
        let transport = match site.transport() {
            // Each takes the memory for its bursts at the start.
            Transport::Redis(redis) => Transport::Redis(RedisConfig { burst: 1_024, ..redis }),
            memory @ Transport::Memory(_) => memory,
        };
        let node = Node::join(transport, config).await.unwrap();
        let (news, work) = (seen.clone(), seen.clone());
        node.on("news", move |_: cipher::Message<()>| {
            news.add(("news", nid));
            async { Ok(()) }
        });
        node.on("work", move |message: cipher::Message<u32>| {
            work.add(("work", message.payload));
            async { Ok(()) }
        });
        node.serve().await.unwrap();
        node
    });
    let nodes = soon("all of them", futures_util::future::join_all(joining)).await;
    let ids = async |node: &Node| {
        node.nodes("worker").await.into_iter().map(|info| info.address.nid).collect::<Vec<_>>()
    };
    let whole: Vec<u32> = (1..=NODES).collect();
    eventually("one knows all of them", async || ids(&nodes[0]).await == whole).await;
    nodes[0].broadcast("worker", "news", &()).await.unwrap();
    for number in 1..=NODES {
        nodes[0].transmit(To::node("worker", number), "work", &number).await.unwrap();
    }
    let mut all = seen.reach(2 * NODES as usize).await;
    all.sort_unstable();
    let expected = whole.iter().map(|id| ("news", *id)).chain(whole.iter().map(|id| ("work", *id)));
    assert_eq!(all, expected.collect::<Vec<_>>());
}

async fn a_flood_is_bounded_and_its_reader_told(site: &Site) {
    let (ws, worker) = (site.node("ws", 1).await, site.node("worker", 1).await);
    let mut slow = ws.subscribe("room").await.unwrap();
    let mut quick = ws.subscribe("room").await.unwrap();
    const COUNT: u32 = 20_000;
    let reading = tokio::spawn(async move {
        let mut last = None;
        while last != Some(COUNT - 1) {
            if let Some(Delivery::Message { payload, .. }) = quick.next().await {
                last = Some(u32::from_be_bytes(payload[..].try_into().unwrap()));
            }
        }
    });
    for number in 0..COUNT {
        worker.publish("room", None, Bytes::copy_from_slice(&number.to_be_bytes())).await.unwrap();
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    soon("the quick reader to have the last", reading).await.unwrap();
    assert_eq!(slow.next().await, Some(Delivery::Gap), "the slow one is told first of all");
    let mut kept = Vec::new();
    while kept.last() != Some(&(COUNT - 1)) {
        let Some(Delivery::Message { payload, .. }) = soon("a message", slow.next()).await else {
            panic!("there was one gap, and the newest are whole")
        };
        kept.push(u32::from_be_bytes(payload[..].try_into().unwrap()));
    }
    assert!(kept.len() <= 8_192, "{} were kept", kept.len());
    assert!(kept.is_sorted(), "in order");
}

async fn the_recipients_tenant_is_looked_up_before_the_handler(site: &Site) {
    struct Person {
        name: String,
    }
    let ws = site.node("ws", 1).await;
    ws.resolve_tenants(|tenant: String| async move {
        match tenant.as_str() {
            "42" => Ok(Arc::new(Person { name: "Mia".to_owned() })),
            _ => Err(HandlerError::new("nobody has this id")),
        }
    });
    let seen = Seen::new();
    let add = seen.clone();
    ws.on("hello", move |message: cipher::Message<u32>| {
        add.add((message.payload, message.resolved::<Person>().map(|person| person.name.clone())));
        async { Ok(()) }
    });
    ws.answer("name", |message: cipher::Message<()>| async move {
        Ok(message.resolved::<Person>().map(|person| person.name.clone()))
    });
    ws.serve().await.unwrap();
    let web = site.node("web", 1).await;
    let to = |tenant: &str| To::node("ws", 1).tenant(tenant);
    web.transmit(to("7"), "hello", &1).await.unwrap();
    web.transmit(to("42"), "hello", &2).await.unwrap();
    web.transmit(To::node("ws", 1), "hello", &3).await.unwrap();
    assert_eq!(seen.reach(2).await, [(2, Some("Mia".to_owned())), (3, None)]);
    let letters = web.dead_letters("ws", Some(1)).await.unwrap();
    assert!(letters[0].why.contains("nobody has this id"), "{}", letters[0].why);
    let name: Option<String> = web.request(to("42"), "name", &(), PATIENCE).await.unwrap();
    assert_eq!(name.as_deref(), Some("Mia"));
    let refused = web.request::<_, Option<String>>(to("7"), "name", &(), PATIENCE).await;
    assert!(matches!(refused, Err(RequestError::Refused(Refusal { code, .. })) if code == "no_tenant"));
}

async fn a_trace_context_goes_on_with_what_a_handler_sends(site: &Site) {
    let (web, worker) = (site.node("web", 1).await, site.node("worker", 1).await);
    let seen = Seen::new();
    for (node, route) in [(&web, "answered"), (&web, "told")] {
        let add = seen.clone();
        node.on(route, move |message: cipher::Message<()>| {
            add.add((message.route.clone(), message.trace));
            async { Ok(()) }
        });
    }
    let handle = worker.clone();
    worker.on("work", move |message: cipher::Message<()>| {
        let node = handle.clone();
        async move {
            node.transmit(To::incarnation(message.origin), "answered", &()).await?;
            Ok(node.broadcast("web", "told", &()).await?)
        }
    });
    worker.answer("traced", |message: cipher::Message<()>| async move { Ok(message.trace) });
    web.serve().await.unwrap();
    worker.serve().await.unwrap();
    let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
    let sending = async {
        web.transmit(To::node("worker", 1), "work", &()).await.unwrap();
        web.request::<_, Option<String>>(To::node("worker", 1), "traced", &(), PATIENCE).await.unwrap()
    };
    assert_eq!(cipher::traced(context.clone(), sending).await, Some(context.clone()));
    let mut all = seen.reach(2).await;
    all.sort();
    assert_eq!(all, [("answered".to_owned(), Some(context.clone())), ("told".to_owned(), Some(context))]);
    web.transmit(To::node("worker", 1), "work", &()).await.unwrap();
    assert!(seen.reach(4).await[2..].iter().all(|(_, trace)| trace.is_none()), "it ends with its task");
    worker.leave().await;
}

async fn what_waited_too_long_is_put_aside(site: &Site) {
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

async fn a_handler_for_any_route_hears_what_no_other_does(site: &Site) {
    let ws = site.node("ws", 1).await;
    let known = collect(&ws, "known");
    let seen = Seen::new();
    let add = seen.clone();
    ws.on_any(move |message: cipher::Message<u32>| {
        add.add((message.kind, message.recipient_nid, message.route, message.payload));
        async { Ok(()) }
    });
    ws.serve().await.unwrap();
    let web = site.node("web", 1).await;
    web.broadcast("ws", "known", &0u32).await.unwrap();
    web.broadcast("ws", "room.news", &1u32).await.unwrap();
    web.broadcast("web", "elsewhere", &2u32).await.unwrap();
    seen.reach(1).await;
    web.transmit(To::node("ws", 1), "room.enter", &3u32).await.unwrap();
    seen.reach(2).await;
    web.transmit(To::any("ws"), "say", &4u32).await.unwrap();
    let expected = [
        (Kind::Broadcast, None, "room.news".to_owned(), 1),
        (Kind::Transmit, Some(1), "room.enter".to_owned(), 3),
        (Kind::Transmit, None, "say".to_owned(), 4),
    ];
    assert_eq!(seen.reach(3).await, expected);
    assert_eq!(known.reach(1).await, [0], "and what another handles is only that one's");
}
