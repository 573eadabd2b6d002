//! Broadcasts and what handlers get: tenants, trace contexts, any route.

use std::sync::Arc;

use cipher::{HandlerError, Kind, Refusal, RequestError, To};

use crate::support::{PATIENCE, Seen, Site, collect};

pub async fn a_broadcast_reaches_every_node_that_serves(site: &Site) {
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

pub async fn tenants_travel_with_the_message(site: &Site) {
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

pub async fn the_recipients_tenant_is_looked_up_before_the_handler(site: &Site) {
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

pub async fn a_trace_context_goes_on_with_what_a_handler_sends(site: &Site) {
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

pub async fn a_handler_for_any_route_hears_what_no_other_does(site: &Site) {
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
