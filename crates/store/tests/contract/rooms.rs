//! The list of rooms.

use crate::park::{Park, room, settings};
use protocol::id::{AccountId, RoomId};
use protocol::room::{Hue, Place, QueueMode, RoomSettings};
use store::{NewRoom, RoomSpec, StoreError};

fn slugs(rooms: &[RoomSpec]) -> Vec<&str> {
    rooms.iter().map(|r| r.slug.as_str()).collect()
}

pub async fn a_room_is_found_by_id_and_link(park: &Park) {
    let me = park.guest().await;
    let new = NewRoom {
        slug: "night-bench".to_owned(),
        settings: RoomSettings {
            name: "Night \"Bench\"".to_owned(),
            about: String::new(),
            hue: Hue::Orchid,
            mode: QueueMode::Open,
            mix: false,
            capacity: Some(12),
        },
        place: Place::Bench,
        mood: Some("slow".to_owned()),
        owner: Some(me),
        own: false,
    };
    let made = park.store.room_make(&new).await.unwrap();
    assert!(made.id.0 > 0, "0 is the lawn");
    assert_eq!(made.settings, new.settings);
    assert_eq!((made.place, made.mood.as_deref(), made.own), (Place::Bench, Some("slow"), false));
    assert_eq!(made.owner, park.store.person(me).await.unwrap());
    assert_eq!(park.store.room(made.id).await.unwrap(), Some(made.clone()));
    assert_eq!(park.store.room_by_slug("night-bench").await.unwrap(), Some(made.clone()));
    assert_eq!(park.store.room(RoomId(made.id.0 + 1)).await.unwrap(), None);
    assert_eq!(park.store.room_by_slug("night%").await.unwrap(), None);
    let ownerless = NewRoom { owner: Some(AccountId(9_999)), ..new };
    let refused = park.store.room_make(&ownerless).await;
    assert!(matches!(refused, Err(StoreError::Missing(_))), "{refused:?}");
}

pub async fn rooms_of_one_name_get_links_of_their_own(park: &Park) {
    for slug in ["shell", "shell-2", "shell-3"] {
        assert_eq!(park.store.room_make(&room("Shell")).await.unwrap().slug, slug);
    }
    assert_eq!(park.store.room_make(&room("Shell Stage")).await.unwrap().slug, "shell-stage");
    assert_eq!(park.store.room_make(&room("Shell")).await.unwrap().slug, "shell-4");
    assert_eq!(park.store.room_make(&room("Shell 2")).await.unwrap().slug, "shell-2-2");
}

pub async fn rooms_of_one_name_made_at_once_get_links_of_their_own(park: &Park) {
    let mut makers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = park.store.clone();
        makers.spawn(async move { store.room_make(&room("Shell")).await.unwrap().slug });
    }
    let mut slugs = makers.join_all().await;
    slugs.sort();
    let expected = ["shell", "shell-2", "shell-3", "shell-4", "shell-5", "shell-6", "shell-7", "shell-8"];
    assert_eq!(slugs, expected);
}

pub async fn the_parks_own_rooms_come_first_then_the_newest(park: &Park) {
    for (name, own) in [("one", false), ("first", true), ("two", false), ("second", true), ("three", false)] {
        park.store.room_make(&NewRoom { own, ..room(name) }).await.unwrap();
    }
    let all = park.store.rooms(100).await.unwrap();
    assert_eq!(slugs(&all), ["first", "second", "three", "two", "one"]);
    assert_eq!(slugs(&park.store.rooms(3).await.unwrap()), ["first", "second", "three"]);
}

pub async fn the_parks_own_rooms_are_made_once(park: &Park) {
    let own: Vec<NewRoom> =
        ["Shell", "Bandstand", "Glasshouse"].map(|name| NewRoom { own: true, ..room(name) }).into();
    park.store.rooms_seed(&own).await.unwrap();
    park.store.rooms_seed(&own).await.unwrap();
    let (one, two) = (park.another().await, park.another().await);
    let (a, b) = tokio::join!(one.rooms_seed(&own), two.rooms_seed(&own[..2]));
    a.and(b).unwrap();
    let all = park.store.rooms(100).await.unwrap();
    assert_eq!(slugs(&all), ["shell", "bandstand", "glasshouse"]);
    assert!(all.iter().all(|r| r.own && r.owner.is_none()));
    // What an owner of the park removed by renaming does not come back.
    park.store.rooms_seed(&[NewRoom { own: true, ..room("Late") }]).await.unwrap();
    assert_eq!(park.store.rooms(100).await.unwrap().len(), 3);
}

pub async fn a_renamed_room_keeps_its_link(park: &Park) {
    let made = park.store.room_make(&room("Shell")).await.unwrap();
    let changed = RoomSettings { hue: Hue::Rose, mode: QueueMode::Open, mix: false, ..settings("Conch") };
    park.store.room_rename(made.id, &changed).await.unwrap();
    let found = park.store.room_by_slug("shell").await.unwrap().unwrap();
    assert_eq!((found.id, found.settings), (made.id, changed.clone()));
    let changed = RoomSettings { capacity: Some(10_000), ..changed };
    park.store.room_rename(made.id, &changed).await.unwrap();
    assert_eq!(park.store.room(made.id).await.unwrap().unwrap().settings.capacity, Some(10_000));
    let changed = RoomSettings { capacity: None, ..changed };
    park.store.room_rename(made.id, &changed).await.unwrap();
    assert_eq!(park.store.room(made.id).await.unwrap().unwrap().settings.capacity, None, "as many as come");
    let nowhere = park.store.room_rename(RoomId(9_999), &changed).await;
    assert!(matches!(nowhere, Err(StoreError::Missing(_))), "{nowhere:?}");
}

pub async fn a_park_was_opened_when_its_first_room_was_made(park: &Park) {
    assert_eq!(park.store.opened_us().await.unwrap(), None);
    let before = park.store.now_us().await.unwrap();
    park.store.room_make(&room("First")).await.unwrap();
    let opened = park.store.opened_us().await.unwrap().unwrap();
    assert!(
        (before - 1_000..=park.store.now_us().await.unwrap() + 1_000).contains(&opened),
        "{before} {opened}"
    );
    park.store.room_make(&room("Later")).await.unwrap();
    assert_eq!(park.store.opened_us().await.unwrap(), Some(opened), "and it stays so");
}
