//! Queue, votes, roles and rooms.

use protocol::command::Action;
use protocol::event::{Happened, StartReason};
use protocol::http::{FloorSeen, MakeRoomBody};
use protocol::id::FloorId;
use protocol::people::Role;
use protocol::refusal::RefusalCode;
use protocol::room::{Hue, QueueMode};
use protocol::socket::ToServer;
use tests::eventually::eventually;
use tests::park::Park;
use tests::person::Somebody;

fn room(name: &str, mode: QueueMode) -> MakeRoomBody {
    MakeRoomBody { name: name.to_owned(), mode, hue: Hue::Iris }
}

pub async fn a_command_sent_twice_is_carried_out_once(park: &Park) {
    let mut one = Somebody::enter(&park.url, &park.gateways[0], "Twice Said", "bandstand").await;
    let mut command = one.command(Action::ChatSay { text: "only once, please".into() });
    one.say(&ToServer::Command(command.clone())).await;
    let event = one
        .sees("its event", |view| view.events.iter().find(|event| event.command == Some(command.id)).cloned())
        .await;
    command.resent = true;
    // Again here, and again through another socket, perhaps at another gateway.
    one.say(&ToServer::Command(command.clone())).await;
    one.sees("that it was accepted before", |view| view.accepted.get(&command.id).copied()).await;
    let room = one.view().room.unwrap().0;
    one.connect(park.gateways.last().unwrap()).await;
    one.listen(room, None).await;
    one.sees("the room", |view| view.room.as_ref().map(|_| ())).await;
    one.say(&ToServer::Command(command.clone())).await;
    let head = one.sees("the same result", |view| view.accepted.get(&command.id).copied()).await;
    assert_eq!((head.term, head.seq), (event.term, event.seq));
    let lines = one.room().chat.iter().filter(|line| line.text == "only once, please").count();
    assert_eq!(lines, 1);
}

pub async fn what_was_refused_stays_refused_when_it_comes_again(park: &Park) {
    let loud = Somebody::enter(&park.url, &park.gateways[0], "Loud", "bandstand").await;
    let line = |text: &str| Action::ChatSay { text: text.to_owned() };
    for n in 1..=5 {
        loud.does(line(&format!("line {n}"))).await.unwrap();
    }
    let mut refused = loud.command(line("one too many"));
    loud.say(&ToServer::Command(refused.clone())).await;
    let why = loud.sees("a refusal", |view| view.refused.get(&refused.id).cloned()).await;
    assert_eq!(why.code, RefusalCode::TooMany, "{why:?}");
    eventually("lines are taken again", async || loud.does(line("later")).await.ok()).await;
    // A copy of it that was on its way meanwhile: its sender was told that it is over.
    refused.resent = true;
    loud.say(&ToServer::Command(refused)).await;
    eventually("one more line is taken", async || loud.does(line("after it")).await.ok()).await;
    assert!(loud.room().chat.iter().all(|line| line.text != "one too many"));
}

pub async fn half_of_those_present_skip_a_track(park: &Park) {
    let host = Somebody::arrive(&park.url, "Low Tide").await;
    let made = host.make_room(&room("Skip School", QueueMode::Open)).await;
    let one = Somebody::enter(&park.url, &park.gateways[0], "First Voter", &made.slug).await;
    let two = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Second Voter", &made.slug).await;
    let playing = one.sees("what plays", |view| view.room.as_ref()?.1.playback.clone()).await;
    one.sees("that two votes are needed", |view| (view.crowd.1 == 2 && view.crowd.2 == 2).then_some(()))
        .await;
    let start_us = playing.now.start_us;
    one.does(Action::SkipVote { start_us, up: true }).await.unwrap();
    let again = one.does(Action::SkipVote { start_us, up: true }).await.unwrap_err();
    assert_eq!(again.code, RefusalCode::Conflict, "{again}");
    assert_eq!(one.room().playback.unwrap().now.start_us, start_us, "one of two is not enough");
    two.does(Action::SkipVote { start_us, up: true }).await.unwrap();
    let why = one
        .sees("the next track start", |view| {
            view.events.iter().find_map(|event| match &event.happened {
                Happened::PlayStarted { playback, why, .. } if playback.now.start_us != start_us => {
                    Some(why.clone())
                }
                _ => None,
            })
        })
        .await;
    assert_eq!(why, StartReason::Voted { votes: 2, needed: 2 });
    // A vote that came too late does not skip the next track.
    let late = two.does(Action::SkipVote { start_us, up: true }).await.unwrap_err();
    assert_eq!(late.code, RefusalCode::Conflict, "{late}");
}

pub async fn the_owner_makes_a_dj_and_the_dj_plays(park: &Park) {
    let mut owner = Somebody::arrive(&park.url, "Low Tide Records").await;
    let made = owner.make_room(&room("Turn Tables", QueueMode::Rotation)).await;
    owner.connect(&park.gateways[0]).await;
    owner.step_in(made.id).await;
    let guest = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Hopeful", &made.slug).await;
    let track = guest.library().await.remove(0).id;
    let refused = guest.does(Action::QueueAdd { track }).await.unwrap_err();
    assert_eq!(refused.code, RefusalCode::Forbidden);
    assert!(refused.text.contains("Only DJs add tracks here"), "{refused}");
    owner.does(Action::RoleDj { account: guest.account(), dj: true }).await.unwrap();
    guest
        .sees("that one is a DJ", |view| {
            (park::role(&view.room.as_ref()?.1, guest.account()) == Role::Dj).then_some(())
        })
        .await;
    guest.does(Action::QueueAdd { track }).await.unwrap();
    owner
        .sees("the DJ's track", |view| {
            let room = &view.room.as_ref()?.1;
            let queued = room.queue.iter().any(|entry| entry.by.account == guest.account());
            (queued || room.playback.as_ref()?.now.by.as_ref()?.account == guest.account()).then_some(())
        })
        .await;
}

pub async fn a_guest_may_not_change_somebody_elses_room(park: &Park) {
    let guest = Somebody::enter(&park.url, &park.gateways[0], "Sly Fox", "shell-stage").await;
    let mut settings = guest.room().settings;
    settings.name = "Sly Fox's Stage".into();
    let refused = guest.does(Action::RoomChange { settings }).await.unwrap_err();
    assert_eq!(refused.code, RefusalCode::Forbidden, "{refused}");
    assert_eq!(guest.room().settings.name, "Shell Stage");
    guest.does(Action::ChatSay { text: "worth a try".into() }).await.expect("the socket still works");
}

pub async fn who_left_before_one_came_is_not_on_ones_list(park: &Park) {
    let host = Somebody::arrive(&park.url, "Early Leaver").await;
    let made = host.make_room(&room("Closing Time", QueueMode::Open)).await;
    let mut leaver = Somebody::enter(&park.url, &park.gateways[0], "Last Guest", &made.slug).await;
    // The page is loaded while somebody is in the room; they leave before its socket is open.
    let mut late = Somebody::arrive(&park.url, "Slow Page").await;
    eventually("the list has who is in", async || {
        (late.room_called(&made.slug).await.listening == 1).then_some(())
    })
    .await;
    leaver.drop_line();
    let insider = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Insider", "bandstand").await;
    let mut watcher = Somebody::arrive(&park.url, "Watcher").await;
    watcher.connect(&park.gateways[0]).await;
    watcher
        .sees("that the room is empty", |view| {
            view.rooms.get(&made.id).filter(|line| line.listening == 0).map(drop)
        })
        .await;
    // Who is in another room is told now and then, and at the latest on coming out.
    insider.say(&ToServer::Stand { floor: FloorId::LAWN }).await;
    insider
        .sees("that too", |view| view.rooms.get(&made.id).filter(|line| line.listening == 0).map(drop))
        .await;
    for gateway in &park.gateways {
        late.rooms_age_ms = Some(60_000);
        late.connect(gateway).await;
        late.sees("that too", |view| view.rooms.get(&made.id).filter(|line| line.listening == 0).map(drop))
            .await;
    }
}

pub async fn a_new_room_is_in_the_list_with_what_it_plays(park: &Park) {
    let mut maker = Somebody::arrive(&park.url, "Room Maker").await;
    let made = maker.make_room(&room("Café d'été", QueueMode::Open)).await;
    assert!(made.slug.starts_with("cafe-dete"), "{}", made.slug);
    maker.connect(&park.gateways[0]).await;
    maker.step_in(made.id).await;
    eventually("the list shows its listener and its track", async || {
        let rooms = maker.rooms().await;
        let line = rooms.iter().find(|room| room.id == made.id)?;
        (line.listening == 1 && line.now.is_some() && line.host.as_deref() == Some("Room Maker"))
            .then_some(())
    })
    .await;
    maker
        .sees("the change of the list", |view| {
            view.rooms.get(&made.id).filter(|room| room.listening == 1).map(|_| ())
        })
        .await;
}

pub async fn the_join_card_shows_who_is_there(park: &Park) {
    let inside = Somebody::enter(&park.url, &park.gateways[0], "Early Lark", "bench-by-the-path").await;
    let before = inside.sees("where one stands", |view| view.spots.get(&inside.account()).copied()).await;
    inside.walk(before.x + 15, before.y).await;
    let stranger = reqwest::Client::new();
    let look = async || {
        let url = format!("{}/api/rooms/bench-by-the-path/floor", park.url);
        stranger.get(url).send().await.expect("the park answers").text().await.expect("a body")
    };
    let text = eventually("who looks in from outside sees who walks there, and what plays", async || {
        let text = look().await;
        let seen: FloorSeen = serde_json::from_str(&text).ok()?;
        let one = seen.people.iter().find(|one| one.person == inside.me.person)?;
        let moved = one.x > before.x && one.pose & 0b111 == 0;
        (moved && seen.room.listening >= 1 && seen.room.now.is_some()).then_some(text)
    })
    .await;
    // Who looks in learns of people what everybody on the floor sees, and nothing else.
    let seen: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys = |value: &serde_json::Value| {
        value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(keys(&seen), ["next", "people", "room"].map(String::from).into());
    assert_eq!(keys(&seen["people"][0]), ["away", "person", "pose", "x", "y"].map(String::from).into());
    assert_eq!(keys(&seen["people"][0]["person"]), ["account", "look", "name"].map(String::from).into());
    let gone = inside.account();
    drop(inside);
    eventually("who has left is not seen any more", async || {
        let seen: FloorSeen = serde_json::from_str(&look().await).ok()?;
        seen.people.iter().all(|one| one.person.account != gone).then_some(())
    })
    .await;
}

pub async fn the_first_response_has_the_whole_card(park: &Park) {
    let inside = Somebody::enter(&park.url, &park.gateways[0], "Card Player", "bandstand").await;
    let somebody = Somebody::arrive(&park.url, "Fair & <Square>").await;
    let (html, boot) = eventually("the page knows what plays", async || {
        let (html, boot) = somebody.page("/r/bandstand").await;
        boot.room.as_ref()?.now.as_ref()?;
        Some((html, boot))
    })
    .await;
    let card = html.split_once("id=\"app\">").unwrap().1;
    let track = boot.room.unwrap().now.unwrap().track;
    for text in
        ["Bandstand", &track.title, &track.artist, "Fair &amp; &lt;Square&gt;", "data-testid=\"step-in\""]
    {
        assert!(card.contains(text), "{text} is not in {card}");
    }
    assert!(!card.contains("{{") && !card.contains("<!--"), "a gap was left: {card}");
    assert_eq!(boot.guest, None, "who is known walks in under their name");
    drop(inside);
    // Of however many web servers: the park was opened once.
    for _ in 0..4 {
        assert_eq!(somebody.page("/").await.1.opened_us, boot.opened_us);
    }
}
