//! What stands before every route: whose page asks, how large, of what kind, how often.

use crate::site::{Browser, HOST, Site};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use protocol::refusal::RefusalCode;
use serde_json::{Value, json};
use std::num::NonZeroU32;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

fn guest() -> Value {
    json!({"name": "Amber", "look": 7})
}

async fn walks_in(mut browser: Browser) -> StatusCode {
    browser.post("/api/guest", &guest()).await.status
}

#[tokio::test]
async fn only_the_parks_own_pages_change_anything() {
    let site =
        Site::with(|config| config.pages.allowed_origins = "https://friend.example".parse().unwrap()).await;
    for (fetch_site, origin) in [
        ("cross-site", "https://evil.example"),
        ("same-site", "https://sub.park.test"),
        ("", "https://evil.example"),
        ("", "null"),
    ] {
        let strange = site.browser().saying("sec-fetch-site", fetch_site).saying("origin", origin);
        assert_eq!(walks_in(strange.clone()).await, StatusCode::FORBIDDEN, "{fetch_site} {origin}");
        let (thief, _) = site.guest("Amber").await;
        let mut thief = thief.saying("sec-fetch-site", fetch_site).saying("origin", origin);
        assert_eq!(
            thief.post("/api/logout", &json!({})).await.problem().refusal.code,
            RefusalCode::Forbidden
        );
        assert_eq!(thief.get("/api/me").await.status, StatusCode::OK, "still logged in");
    }
    let old = site.browser().saying("sec-fetch-site", "").saying("origin", &format!("http://{HOST}"));
    assert_eq!(walks_in(old).await, StatusCode::OK, "an old browser on our page");
    assert_eq!(walks_in(site.browser().saying("sec-fetch-site", "")).await, StatusCode::OK, "a program");
    let friend =
        site.browser().saying("sec-fetch-site", "cross-site").saying("origin", "https://friend.example");
    assert_eq!(walks_in(friend).await, StatusCode::OK);
}

#[tokio::test]
async fn garbage_is_refused_with_a_sentence() {
    let site = Site::new().await;
    let deep = "[".repeat(10_000);
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("{\"name\": 7, \"look\": 7}", 400),
        ("{\"name\": \"A\", \"look\": 1.5}", 400),
        (deep.as_str(), 400),
        (&"x".repeat(17 * 1024), 413),
    ] {
        let mut browser = site.browser();
        let answer = browser.send(Method::POST, "/api/guest", Body::from(body.to_owned())).await;
        assert_eq!(answer.status, status, "{}", &body[..body.len().min(40)]);
        assert_eq!(answer.problem().refusal.code, RefusalCode::BadInput);
    }
    let bytes = site.browser().send(Method::POST, "/api/guest", Body::from(vec![0xff; 64])).await;
    assert_eq!(bytes.problem().status, 400);
    let form = site.browser().saying("content-type", "text/plain").post("/api/guest", &guest()).await;
    assert_eq!(form.problem().status, 415);
    let put = site.browser().send(Method::PUT, "/api/guest", Body::empty()).await;
    assert_eq!(put.problem().status, 405);
    let secret = site.browser().send(Method::POST, "/api/login", Body::from("{\"password\": hunter2}")).await;
    assert!(!secret.text().contains("hunter2"), "a body is not repeated");
}

#[tokio::test]
async fn a_club_behind_one_router_comes_in_and_a_flood_does_not() {
    let site = Site::new().await;
    for _ in 0..1000 {
        assert_eq!(walks_in(site.browser()).await, StatusCode::OK);
    }
    let strict = Site::with(|config| config.limit_guests = NonZeroU32::new(3).unwrap()).await;
    for _ in 0..3 {
        assert_eq!(walks_in(strict.browser()).await, StatusCode::OK);
    }
    let refused = strict.browser().post("/api/guest", &guest()).await;
    assert_eq!(refused.problem().refusal.code, RefusalCode::TooMany);
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(
        walks_in(strict.browser().at([10, 0, 0, 2])).await,
        StatusCode::OK,
        "another address is not concerned"
    );
}

#[tokio::test]
async fn each_kind_has_its_own_limit() {
    let one = || NonZeroU32::new(1).unwrap();
    let site = Site::with(|config| {
        (config.limit_logins, config.limit_tickets, config.limit_rooms) = (one(), one(), one());
    })
    .await;
    let (mut browser, _) = site.guest("Amber").await;
    let login = json!({"login": "juno", "password": "four paper lamps"});
    let room = json!({"name": "Mine", "mode": "open", "hue": "iris"});
    for (path, body) in [("/api/login", &login), ("/api/ticket", &json!({})), ("/api/rooms", &room)] {
        assert_ne!(browser.post(path, body).await.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(browser.post(path, body).await.problem().refusal.code, RefusalCode::TooMany, "{path}");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_counts_and_not_the_proxy() {
    let site = Site::with(|config| {
        config.trusted_proxies = "127.0.0.1".parse().unwrap();
        config.limit_guests = NonZeroU32::new(1).unwrap();
    })
    .await;
    let from = |address| site.browser().saying("x-forwarded-for", address);
    assert_eq!(walks_in(from("1.2.3.4")).await, StatusCode::OK);
    assert_eq!(walks_in(from("1.2.3.5")).await, StatusCode::OK);
    assert_eq!(
        walks_in(from("6.6.6.6, 1.2.3.4")).await,
        StatusCode::TOO_MANY_REQUESTS,
        "what a client writes is no way around"
    );
    let stranger = |address| from(address).at([10, 0, 0, 1]);
    assert_eq!(walks_in(stranger("1.1.1.1")).await, StatusCode::OK);
    assert_eq!(walks_in(stranger("2.2.2.2")).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn every_answer_has_a_number_for_the_log() {
    let site = Site::new().await;
    for path in ["/", "/api/me", "/api/rooms", "/favicon.svg"] {
        assert!(
            site.browser().get(path).await.header("x-request-id").is_some_and(|id| id.len() == 12),
            "{path}"
        );
    }
    assert_eq!(site.browser().get("/api/rooms").await.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn it_answers_on_a_real_listener() {
    let site = Site::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(service::listen::serve(listener, site.web.router(), stop.clone()));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /r/bandstand HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains(&format!("content=\"http://{address}/r/bandstand\"")), "{answer}");
    stop.cancel();
    serving.await.unwrap();
}
