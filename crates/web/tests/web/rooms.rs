//! The list of rooms, making one, and the library.

use crate::site::{Site, eventually, join};
use axum::http::StatusCode;
use cipher::{Message, Refusal};
use protocol::http::{RoomMade, Rooms, Tracks};
use protocol::link::{Directory, ns, route, topic};
use protocol::refusal::RefusalCode;
use protocol::room::RoomSummary;
use serde_json::{Value, json};

fn named(name: &str) -> Value {
    json!({"name": name, "mode": "open", "hue": "iris"})
}

async fn rooms(site: &Site) -> Vec<RoomSummary> {
    site.browser().get("/api/rooms").await.json::<Rooms>().rooms
}

#[tokio::test]
async fn a_fresh_park_has_three_rooms() {
    let site = Site::new().await;
    let slugs: Vec<String> = rooms(&site).await.into_iter().map(|room| room.slug).collect();
    assert_eq!(slugs, ["shell-stage", "bandstand", "bench-by-the-path"]);
}

#[tokio::test]
async fn a_guest_makes_a_room_and_it_is_on_the_list_at_once() {
    let site = Site::new().await;
    assert_eq!(rooms(&site).await.len(), 3);
    let (mut browser, me) = site.guest("Amber Heron").await;
    let answer = browser.post("/api/rooms", &named(" Café   d'été ")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let made: RoomMade = answer.json();
    assert_eq!(made.slug, "cafe-dete");
    let second: RoomMade = browser.post("/api/rooms", &named("Cafe dete")).await.json();
    assert_eq!(second.slug, "cafe-dete-2");
    let list = rooms(&site).await;
    let room = list.iter().find(|room| room.id == made.id).expect("it is on the list");
    assert_eq!((room.name.as_str(), room.host.as_deref()), ("Café d'été", Some("Amber Heron")));
    let spec = site.store.room(made.id).await.unwrap().unwrap();
    assert_eq!((spec.owner, spec.own, spec.settings.mix), (Some(me.person), false, true));
}

#[tokio::test]
async fn a_room_needs_a_name_and_somebody() {
    let site = Site::new().await;
    let nobody = site.browser().post("/api/rooms", &named("Mine")).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let (mut browser, _) = site.guest("Amber").await;
    for body in
        [named(" "), named(&"x".repeat(61)), json!({"name": "A", "mode": "chaos", "hue": "iris"}), json!({})]
    {
        let problem = browser.post("/api/rooms", &body).await.problem();
        assert_eq!((problem.status, problem.refusal.code), (400, RefusalCode::BadInput), "{body}");
    }
    assert_eq!(rooms(&site).await.len(), 3);
}

#[tokio::test]
async fn what_workers_say_is_on_the_list_and_the_liveliest_is_first() {
    let site = Site::new().await;
    let [shell, bandstand, bench] = <[RoomSummary; 3]>::try_from(rooms(&site).await).unwrap();
    let worker = join(&site.bus, ns::WORKER).await;
    let nid = worker.nid();
    let said =
        Directory { worker: nid, full: true, rooms: vec![RoomSummary { listening: 4, ..bench.clone() }] };
    let answer = said.clone();
    worker
        .answer(route::DIRECTORY, move |_: Message<()>| std::future::ready(Ok::<_, Refusal>(answer.clone())));
    worker.serve().await.unwrap();
    let publish = async |lines: &Directory| {
        worker.publish(topic::DIRECTORY, None, serde_json::to_vec(lines).unwrap().into()).await.unwrap();
    };
    let order = async || rooms(&site).await.iter().map(|room| (room.id, room.listening)).collect::<Vec<_>>();
    eventually("the bench is liveliest", async || {
        publish(&said).await;
        order().await == [(bench.id, 4), (shell.id, 0), (bandstand.id, 0)]
    })
    .await;
    let changed =
        Directory { full: false, rooms: vec![RoomSummary { listening: 9, ..bandstand.clone() }], ..said };
    publish(&changed).await;
    eventually("the bandstand is", async || {
        order().await == [(bandstand.id, 9), (bench.id, 4), (shell.id, 0)]
    })
    .await;
    let front = site.browser().get("/").await.boot();
    assert_eq!(front.room.map(|room| room.id), Some(bandstand.id), "the bare address leads there");
}

#[tokio::test]
async fn the_library_is_searched() {
    let site = Site::new().await;
    let all: Tracks = site.browser().get("/api/tracks").await.json();
    assert_eq!(all.tracks.len(), web::demo_library().unwrap().len());
    let first = all.tracks.first().expect("the demo library is in the program");
    let word = first.title.split(' ').next().unwrap().to_uppercase();
    let found: Tracks = site.browser().get(&format!("/api/tracks?search={word}")).await.json();
    assert!(found.tracks.contains(first));
    let none: Tracks = site.browser().get("/api/tracks?search=%25_no_such_title").await.json();
    assert!(none.tracks.is_empty());
    assert_eq!(site.browser().get("/api/tracks?search=%00").await.json::<Tracks>().tracks.len(), 0);
    let long = site.browser().get(&format!("/api/tracks?search={}", "x".repeat(101))).await;
    assert_eq!(long.problem().status, 400);
    assert_eq!(site.browser().get("/api/tracks?search=a&search=b").await.problem().status, 400);
}
