//! The list of rooms, making one, and the library.

use crate::site::{Site, eventually, join};
use axum::http::StatusCode;
use cipher::{Message, Refusal};
use protocol::http::{FloorSeen, PersonSeen, RoomMade, Rooms, Tracks};
use protocol::id::AccountId;
use protocol::link::{Directory, FloorAsked, ns, route, topic};
use protocol::people::Person;
use protocol::refusal::RefusalCode;
use protocol::room::RoomSummary;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

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
async fn a_look_into_a_room_is_asked_of_its_worker_once_for_all_who_look() {
    let site = Site::new().await;
    let [shell, bandstand, _] = <[RoomSummary; 3]>::try_from(rooms(&site).await).unwrap();
    let quiet: FloorSeen = site.browser().get("/api/rooms/bandstand/floor").await.json();
    assert_eq!((quiet.room, quiet.people), (bandstand, vec![]), "of a room that sleeps there is its line");

    let worker = join(&site.bus, ns::WORKER).await;
    let said = RoomSummary { listening: 1, ..shell };
    let person = Person { account: AccountId(7), name: "Amber Heron".into(), look: 7 };
    let people = vec![PersonSeen { person, away: false, x: 800, y: 700, pose: 6 }];
    let seen = FloorSeen { room: said.clone(), next: None, people };
    let asked = Arc::new(AtomicU32::new(0));
    let (answer, count) = (seen.clone(), asked.clone());
    worker.answer(route::FLOOR, move |_: Message<FloorAsked>| {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Ok::<_, Refusal>(answer.clone()))
    });
    worker.serve().await.unwrap();
    let lines = Directory { worker: worker.nid(), full: true, rooms: vec![said] };
    let look = async || site.browser().get("/api/rooms/shell-stage/floor").await.json::<FloorSeen>();
    eventually("the worker's rooms are known", async || {
        worker.publish(topic::DIRECTORY, None, serde_json::to_vec(&lines).unwrap().into()).await.unwrap();
        rooms(&site).await[0].listening == 1
    })
    .await;
    let mut lookers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let mut browser = site.browser();
        lookers.spawn(async move { browser.get("/api/rooms/shell-stage/floor").await.json::<FloorSeen>() });
    }
    assert!(lookers.join_all().await.iter().all(|one| *one == seen));
    assert_eq!(look().await, seen);
    assert!(asked.load(Ordering::Relaxed) <= 2, "{asked:?}: a look is shared for two seconds");

    for slug in ["gone", "%3Cb%3E"] {
        let nothing = site.browser().get(&format!("/api/rooms/{slug}/floor")).await.problem();
        assert_eq!(nothing.refusal.code, RefusalCode::NotFound);
    }
}

#[tokio::test]
async fn who_looks_too_often_is_asked_to_wait() {
    let site = Site::with(|config| config.limit_looks = 2.try_into().unwrap()).await;
    let mut browser = site.browser();
    for _ in 0..2 {
        assert_eq!(browser.get("/api/rooms/bandstand/floor").await.status, StatusCode::OK);
    }
    let refused = browser.get("/api/rooms/bandstand/floor").await.problem();
    assert_eq!(refused.refusal.code, RefusalCode::TooMany);
    let other = browser.at([10, 0, 0, 9]).get("/api/rooms/bandstand/floor").await;
    assert_eq!(other.status, StatusCode::OK, "others look on");
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
