//! The page at every address, and the web client's files.

use crate::site::{HOST, Site};
use axum::http::{Method, StatusCode};
use protocol::http::RoomMade;
use serde_json::json;
use web::config::Origin;

#[tokio::test]
async fn the_bare_address_leads_to_the_parks_own_room() {
    let site = Site::new().await;
    let page = site.browser().get("/").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::OK, Some("text/html; charset=utf-8"))
    );
    let boot = page.boot();
    assert_eq!(boot.room.unwrap().slug, "shell-stage");
    assert_eq!((boot.rooms.len(), boot.missing, boot.me), (3, None, None));
    assert!(boot.now_us > 1_700_000_000_000_000);
    assert!((1_700_000_000_000_000..=boot.now_us).contains(&boot.opened_us), "{}", boot.opened_us);
    assert!(page.header("cache-control").unwrap().contains("no-cache"));
}

#[tokio::test]
async fn a_link_leads_to_its_room_and_knows_who_comes() {
    let site = Site::new().await;
    let (mut browser, me) = site.guest("Amber").await;
    let page = browser.get("/r/bandstand").await;
    let boot = page.boot();
    assert_eq!(boot.room.unwrap().slug, "bandstand");
    assert_eq!(boot.me, Some(me));
    assert!(page.text().contains("<title>Bandstand · Music Park</title>"));
    assert!(page.text().contains(&format!("property=\"og:url\" content=\"http://{HOST}/r/bandstand\"")));
    assert!(page.text().contains(&format!("property=\"og:image\" content=\"http://{HOST}/og.png\"")));
}

#[tokio::test]
async fn the_first_response_has_the_card_with_room_and_name() {
    let site = Site::new().await;
    let page = site.browser().get("/r/bandstand").await;
    let guest = page.boot().guest.expect("who one would walk in as");
    assert_eq!(guest.name, "Amber Heron");
    let card = "<div id=\"app\"><h1 title=\"Bandstand\">Bandstand</h1><p>You walk in as Amber Heron</p>\
                <p>nobody yet, the park&#39;s own</p></div>";
    assert!(page.text().contains(card), "{}", page.text());
    let (mut known, _) = site.guest("{{room}} & <Co>").await;
    let page = known.get("/r/bandstand").await;
    assert!(page.text().contains("<p>Welcome back, {{room}} &amp; &lt;Co&gt;</p>"), "{}", page.text());
    assert_eq!(page.boot().guest, None);
    let nowhere = site.browser().get("/r/gone").await;
    assert!(nowhere.text().contains("<div id=\"app\"></div>"), "where there is no room there is no card");
    assert_eq!(site.browser().get("/first.json").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_hostile_name_is_only_a_name() {
    let site = Site::new().await;
    let name = "</script><script>bad()</script>\"'><b>&";
    let (mut browser, _) = site.guest(name).await;
    let room = json!({"name": name, "mode": "open", "hue": "iris"});
    let made: RoomMade = browser.post("/api/rooms", &room).await.json();
    let page = browser.get(&format!("/r/{}", made.slug)).await;
    assert_eq!(page.text().matches("<script").count(), 1, "{}", page.text());
    assert_eq!(page.text().matches("</script").count(), 1);
    assert!(!page.text().contains("<b>"));
    let boot = page.boot();
    assert_eq!((boot.room.unwrap().name.as_str(), boot.me.unwrap().person.name.as_str()), (name, name));
}

#[tokio::test]
async fn an_unknown_room_and_an_unknown_page_are_said_to_be() {
    let site = Site::new().await;
    for (path, missing) in
        [("/r/gone", "gone"), ("/r/%3Cb%3E", "<b>"), ("/somewhere/else", "/somewhere/else")]
    {
        let page = site.browser().get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        let boot = page.boot();
        assert_eq!((boot.missing.as_deref(), boot.room, boot.rooms.len()), (Some(missing), None, 3));
        assert!(!page.text().contains("<b>"));
    }
    for path in ["/api/nothing", "/assets/old-9f.js", "/audio/"] {
        assert_eq!(site.browser().get(path).await.problem().status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_page_may_do_little() {
    let site = Site::new().await;
    let page = site.browser().get("/").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains(&format!("connect-src 'self' ws://{HOST};")), "{policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("script-src 'self' 'unsafe-inline'"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), Some(value));
        assert_eq!(site.browser().get("/api/rooms").await.header(name), Some(value));
    }
    assert!(page.header("permissions-policy").unwrap().contains("camera=()"));
}

#[tokio::test]
async fn the_clients_files_are_served_compressed_and_kept() {
    let site = Site::new().await;
    let script = site.browser().get("/assets/main-1a2b.js").await;
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert!(script.header("cache-control").unwrap().contains("immutable"));
    let small = site.browser().saying("accept-encoding", "gzip, br").get("/assets/main-1a2b.js").await;
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    assert!(small.body.len() < script.body.len() / 10);
    assert_eq!(site.browser().get("/favicon.svg").await.header("content-type"), Some("image/svg+xml"));
    let posted = site.browser().send(Method::POST, "/favicon.svg", axum::body::Body::empty()).await;
    assert_eq!(posted.problem().status, 404);
}

#[tokio::test]
async fn a_page_that_was_not_built_says_how_to_build_it() {
    let site = Site::new().await;
    let empty = site.empty_folder();
    let unbuilt = Site::with(|config| config.web_client = Some(empty)).await;
    for path in ["/", "/r/bandstand"] {
        let page = unbuilt.browser().get(path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.text().contains("scripts/play"), "{}", page.text());
    }
    assert_eq!(unbuilt.browser().get("/api/rooms").await.status, StatusCode::OK, "the rest works");
}

#[tokio::test]
async fn a_public_url_makes_links_absolute_and_the_socket_encrypted() {
    let public: Origin = format!("https://{HOST}").parse().unwrap();
    let site = Site::with(|config| config.pages.public_url.0 = Some(public)).await;
    let page = site.browser().get("/r/bandstand").await;
    assert!(page.text().contains(&format!("content=\"https://{HOST}/r/bandstand\"")));
    assert!(page.header("content-security-policy").unwrap().contains(&format!("wss://{HOST};")));
}

#[tokio::test]
async fn while_the_database_is_away_the_page_says_so() {
    let site = Site::new().await;
    site.store.close().await;
    let page = site.browser().get("/r/bandstand").await;
    assert!(page.status.is_server_error(), "{}", page.status);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(
        !page.text().to_lowercase().contains("sql"),
        "what went wrong inside is not told: {}",
        page.text()
    );
    let api = site.browser().post("/api/guest", &json!({"name": "Amber", "look": 1})).await.problem();
    assert!(api.status >= 500 && !api.refusal.text.to_lowercase().contains("sql"), "{api:?}");
}
