//! Topics: everything in order, or word of a gap.

use bytes::Bytes;
use cipher::{Delivery, Span};

use crate::support::{Site, soon};

pub async fn every_subscriber_gets_what_is_published_in_order(site: &Site) {
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

pub async fn a_subscription_is_active_when_it_returns(site: &Site) {
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

pub async fn a_flood_is_bounded_and_its_reader_told(site: &Site) {
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
