//! Walking in, staying who one is, changing it, and leaving.

use crate::site::{Site, eventually, join};
use axum::http::StatusCode;
use protocol::http::Me;
use protocol::link::{PersonChanged, Revoked, RevokedAsked, RevokedSince, ns, route};
use protocol::refusal::RefusalCode;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[tokio::test]
async fn a_guest_walks_in_and_stays_the_same() {
    let site = Site::new().await;
    let (mut browser, me) = site.guest("  Amber   Heron ").await;
    assert_eq!((me.person.name.as_str(), me.person.look, me.login.as_deref()), ("Amber Heron", 7, None));
    assert_eq!(browser.get("/api/me").await.json::<Me>(), me);
    let again = browser.post("/api/guest", &json!({"name": "Other", "look": 1})).await;
    assert_eq!(again.json::<Me>(), me, "who is somebody stays who they are");
    let (_, other) = site.guest("Amber Heron").await;
    assert_ne!(other.person.account, me.person.account);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let site = Site::with(|config| config.trusted_proxies = "127.0.0.1".parse().unwrap()).await;
    let body = json!({"name": "Amber", "look": 7});
    let plain = site.browser().post("/api/guest", &body).await;
    let plain = plain.header("set-cookie").unwrap().to_owned();
    assert!(
        plain.starts_with("park=") && plain.contains("HttpOnly") && plain.contains("SameSite=Lax"),
        "{plain}"
    );
    assert!(plain.contains("Path=/;") && !plain.contains("Secure"), "{plain}");
    let mut browser = site.browser().saying("x-forwarded-proto", "https");
    let secure = browser.post("/api/guest", &body).await;
    let secure = secure.header("set-cookie").unwrap();
    assert!(secure.starts_with("__Host-park=") && secure.ends_with("; Secure"), "{secure}");
    assert_eq!(browser.get("/api/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_public_url_makes_cookies_secure_without_any_header() {
    let site = Site::with(|config| config.pages.public_url = "https://park.test".parse().unwrap()).await;
    let walked_in = site.browser().post("/api/guest", &json!({"name": "Amber", "look": 7})).await;
    assert!(walked_in.header("set-cookie").unwrap().starts_with("__Host-park="));
}

#[tokio::test]
async fn without_a_session_one_is_nobody() {
    let site = Site::new().await;
    let mut browser = site.browser();
    for cookie in [None, Some("park=made-up".to_owned()), Some(format!("park={}", "A".repeat(43)))] {
        browser.cookie = cookie;
        let answer = browser.get("/api/me").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.problem().refusal.code, RefusalCode::NotSignedIn);
    }
}

#[tokio::test]
async fn a_name_or_look_that_cannot_be_is_refused() {
    let site = Site::new().await;
    for (name, look) in
        [("", 1), ("\u{200b}", 1), (&*"x".repeat(41), 1), ("Amber", -1), ("Amber", 1_i64 << 44)]
    {
        let answer = site.browser().post("/api/guest", &json!({"name": name, "look": look})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name:?} {look}");
        assert_eq!(answer.problem().refusal.code, RefusalCode::BadInput);
    }
}

#[tokio::test]
async fn a_new_name_is_kept_and_told_to_the_gateways() {
    let site = Site::new().await;
    let gateway = join(&site.bus, ns::GATEWAY).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = heard.clone();
    gateway.on(route::PERSON_CHANGED, move |told: cipher::Message<PersonChanged>| {
        ear.lock().unwrap().push(told.payload.person);
        std::future::ready(Ok(()))
    });
    gateway.serve().await.unwrap();
    let (mut browser, me) = site.guest("Amber").await;
    let changed: Me = browser.patch("/api/me", &json!({"name": "Juno", "look": 9})).await.json();
    assert_eq!((changed.person.name.as_str(), changed.person.look), ("Juno", 9));
    assert_eq!(changed.person.account, me.person.account);
    assert_eq!(browser.get("/api/me").await.json::<Me>(), changed);
    eventually("the gateway hears it", async || heard.lock().unwrap().contains(&changed.person)).await;
    assert_eq!(
        browser.patch("/api/me", &json!({"name": "", "look": 9})).await.status,
        StatusCode::BAD_REQUEST
    );
    let stranger = site.browser().patch("/api/me", &json!({"name": "Juno", "look": 9})).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn logging_out_ends_the_session_everywhere() {
    let site = Site::new().await;
    let gateway = join(&site.bus, ns::GATEWAY).await;
    let heard: Arc<Mutex<Vec<Revoked>>> = Arc::default();
    let ear = heard.clone();
    gateway.on(route::REVOKED, move |told: cipher::Message<Revoked>| {
        ear.lock().unwrap().push(told.payload);
        std::future::ready(Ok(()))
    });
    gateway.serve().await.unwrap();
    let ask = async |since| {
        let to = cipher::To::any(ns::WEB);
        let asked = RevokedAsked { since };
        gateway
            .request::<_, RevokedSince>(to, route::REVOKED_SINCE, &asked, Duration::from_secs(10))
            .await
            .unwrap()
    };
    let before = ask(None).await.latest;

    let (mut browser, me) = site.guest("Amber").await;
    let mut thief = browser.clone();
    let answer = browser.post("/api/logout", &json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(browser.cookie, None);
    assert_eq!(
        thief.get("/api/me").await.status,
        StatusCode::UNAUTHORIZED,
        "a copied cookie is worthless too"
    );
    eventually("the gateway hears it", async || {
        heard.lock().unwrap().iter().any(|revoked| revoked.account == me.person.account)
    })
    .await;
    let since = ask(Some(before)).await;
    assert_eq!(since.revoked.len(), 1, "and a gateway that missed it can ask");
    assert_eq!((since.revoked[0].number, since.revoked[0].account), (since.latest, me.person.account));
    assert_eq!(thief.post("/api/logout", &json!({})).await.status, StatusCode::UNAUTHORIZED);
}
