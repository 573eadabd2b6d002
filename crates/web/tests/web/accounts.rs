//! Registering and logging in with a password.

use crate::site::{Browser, Site, eventually};
use axum::http::StatusCode;
use protocol::http::Me;
use protocol::refusal::RefusalCode;
use serde_json::{Value, json};

const PASSWORD: &str = "four paper lamps";

fn body(login: &str, password: &str) -> Value {
    json!({"login": login, "password": password})
}

/// A guest who registered.
async fn registered(site: &Site, login: &str) -> (Browser, Me) {
    let (mut browser, _) = site.guest("Amber Heron").await;
    let me = browser.post("/api/register", &body(login, PASSWORD)).await.json();
    (browser, me)
}

#[tokio::test]
async fn a_guest_becomes_an_account_and_stays_who_they_are() {
    let site = Site::new().await;
    let (mut browser, guest) = site.guest("Amber Heron").await;
    let mut before = browser.clone();
    let me: Me = browser.post("/api/register", &body("Juno", PASSWORD)).await.json();
    assert_eq!((me.person, me.login.as_deref()), (guest.person, Some("juno")));
    assert_ne!(browser.cookie, before.cookie, "the token was rotated");
    assert_eq!(browser.get("/api/me").await.json::<Me>().login.as_deref(), Some("juno"));
    eventually("the former token is worthless", async || before.clone().get("/api/me").await.status == 401)
        .await;
    assert_eq!(before.post("/api/ticket", &json!({})).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn one_registers_without_having_been_a_guest() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let me: Me = browser.post("/api/register", &body("juno", PASSWORD)).await.json();
    assert_eq!((me.person.name.as_str(), me.login.as_deref()), ("juno", Some("juno")));
    assert_eq!(browser.get("/api/me").await.json::<Me>(), me);
}

#[tokio::test]
async fn what_cannot_be_registered_says_why() {
    let site = Site::new().await;
    let (mut owner, _) = registered(&site, "juno").await;
    let second = owner.post("/api/register", &body("juno2", PASSWORD)).await;
    assert_eq!(second.problem().refusal.code, RefusalCode::Conflict);
    let hashes = site.web.password_hashes();
    let (mut browser, _) = site.guest("Mara").await;
    let taken = browser.post("/api/register", &body("JUNO", PASSWORD)).await.problem();
    assert_eq!((taken.status, taken.refusal.text.as_str()), (409, "This name is taken. Choose another."));
    assert_eq!(site.web.password_hashes(), hashes + 1, "a taken name takes as long as a free one");
    for (login, password) in [("ma", PASSWORD), ("m@ra", PASSWORD), ("mara", "short"), ("mara", "password1")]
    {
        let problem = browser.post("/api/register", &body(login, password)).await.problem();
        assert_eq!(problem.refusal.code, RefusalCode::BadInput, "{login} {password}");
    }
    let long = browser.post("/api/register", &body("mara", &"long ".repeat(300))).await;
    assert_eq!(long.problem().refusal.code, RefusalCode::BadInput);
    assert_eq!(site.web.password_hashes(), hashes + 1, "what is refused for its form is not hashed");
    assert!(browser.get("/api/me").await.json::<Me>().login.is_none());
}

#[tokio::test]
async fn logging_in_from_another_browser_brings_the_account_back() {
    let site = Site::new().await;
    let (_, owner) = registered(&site, "juno").await;
    let (mut browser, guest) = site.guest("Somebody").await;
    let me: Me = browser.post("/api/login", &body("  Juno ", PASSWORD)).await.json();
    assert_eq!(me, owner);
    assert_ne!(me.person.account, guest.person.account);
    assert_eq!(browser.get("/api/me").await.json::<Me>(), owner);
}

#[tokio::test]
async fn a_known_and_an_unknown_name_cannot_be_told_apart() {
    let site = Site::new().await;
    registered(&site, "juno").await;
    let mut seen = Vec::new();
    for login in ["juno", "nobody", "no such name!", ""] {
        let before = site.web.password_hashes();
        let answer = site.browser().post("/api/login", &body(login, "five paper lamps")).await;
        let hashes = site.web.password_hashes() - before;
        assert_eq!(answer.problem().refusal.text, "Name and password do not match.");
        assert_eq!(answer.header("set-cookie"), None);
        seen.push((answer.status, answer.body, hashes));
    }
    assert_eq!(seen[0].2, 1);
    assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn guessing_is_slowed_but_does_not_lock_the_owner_out() {
    let site = Site::new().await;
    let (mut owner, _) = registered(&site, "juno").await;
    let mut guesser = site.browser().at([10, 0, 0, 9]);
    let mut refused = None;
    for _ in 0..20 {
        let answer = guesser.post("/api/login", &body("juno", "wrong one again")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    let refused = refused.expect("guessing has to wait");
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    let hashes = site.web.password_hashes();
    assert_eq!(
        guesser.post("/api/login", &body("juno", PASSWORD)).await.status,
        429,
        "the right one waits as well"
    );
    assert_eq!(site.web.password_hashes(), hashes, "and costs nothing");
    owner.cookie = None;
    assert_eq!(owner.post("/api/login", &body("juno", PASSWORD)).await.status, StatusCode::OK);
}
