//! Requests: replies, refusals, deadlines, and nodes that are gone.

use std::time::Duration;

use cipher::{Node, Refusal, RequestError, To};

use crate::support::{PATIENCE, Site, eventually, soon};

async fn doubler(site: &Site) -> Node {
    serve_as_doubler(site.node("worker", 1).await).await
}

async fn serve_as_doubler(node: Node) -> Node {
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

pub async fn a_request_brings_its_reply_or_its_refusal(site: &Site) {
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

pub async fn a_request_ends_at_its_deadline(site: &Site) {
    let _worker = doubler(site).await;
    let web = site.node("web", 1).await;
    let late = web.request::<_, ()>(To::any("worker"), "never", &(), Duration::from_millis(300)).await;
    assert!(matches!(late, Err(RequestError::Timeout { .. })), "{late:?}");
}

pub async fn a_request_to_nobody_fails_at_once(site: &Site) {
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

pub async fn a_request_fails_when_the_asked_node_crashes(site: &Site) {
    let worker = serve_as_doubler(site.mortal("worker", 1).await).await;
    let web = site.mortal("web", 1).await;
    eventually("the worker is known", async || !web.nodes("worker").await.is_empty()).await;
    let asking = web.clone();
    let asked = tokio::spawn(async move {
        asking.request::<_, ()>(To::node("worker", 1), "never", &(), Duration::MAX).await
    });
    drop(worker);
    let gone = soon("word that the worker is gone", asked).await.unwrap();
    assert!(matches!(gone, Err(RequestError::Gone(_))), "{gone:?}");
}
