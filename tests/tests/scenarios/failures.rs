//! What breaks, and what people notice of it.

use protocol::command::Action;
use protocol::http::{MakeRoomBody, Rooms};
use protocol::room::{Hue, QueueMode};
use tests::eventually::eventually;
use tests::park::Park;
use tests::person::Somebody;
use tests::view::View;

fn start_of_track(view: &View) -> Option<i64> {
    Some(view.room.as_ref()?.1.playback.as_ref()?.now.start_us)
}

pub async fn a_park_that_stops_and_starts_again_plays_on(park: &mut Park) {
    let host = Somebody::enter(&park.url, &park.url, "Night Owl", "bandstand").await;
    let track = host.library().await.remove(0).id;
    host.does(Action::QueueAdd { track }).await.unwrap();
    let start_us = host.sees("what plays", start_of_track).await;
    let opened_us = host.page("/").await.1.opened_us;
    assert_eq!(park.interrupt().await, Some(0), "Ctrl-C is an orderly end");
    assert_eq!(host.is_sent_away().await, 1001);
    park.start_again().await;
    let back = Somebody::enter(&park.url, &park.url, "Early Bird", "bandstand").await;
    assert_eq!(start_of_track(&back.view()), Some(start_us), "the music went on as if nothing had been");
    assert_eq!(back.page("/").await.1.opened_us, opened_us, "dusk is when it was");
    let queued = back.room().queue.iter().any(|entry| entry.by.account == host.account());
    assert!(queued, "the queue is still there: {:?}", back.room().queue);
}

pub async fn a_park_that_is_killed_loses_nothing_acknowledged(park: &mut Park) {
    let mut host = Somebody::enter(&park.url, &park.url, "Diarist", "bandstand").await;
    let room = host.view().room.unwrap().0;
    let mut last = 0;
    for line in 0..4 {
        last = host.does(Action::ChatSay { text: format!("line {line}") }).await.unwrap().seq;
    }
    park.kill().await;
    park.start_again().await;
    // The session is still good, and so is everything that was acknowledged.
    host.connect(&park.url.clone()).await;
    let have = host.view().head;
    host.listen(room, have).await;
    let event = host.does(Action::ChatSay { text: "and on it goes".into() }).await.unwrap();
    assert!(event.seq > last && event.term > 1, "{event:?}");
    let lines = host.room().chat.iter().filter(|line| line.by.account == host.account()).count();
    assert_eq!(lines, 5);
}

pub async fn the_music_goes_on_while_the_worker_is_killed_and_started_anew(park: &mut Park) {
    let one = Somebody::enter(&park.url, &park.gateways[0], "Steady", "bandstand").await;
    let two = Somebody::enter(&park.url, &park.gateways[1], "Calm", "bandstand").await;
    let track = one.library().await.remove(0).id;
    one.does(Action::QueueAdd { track }).await.unwrap();
    let start_us = one.sees("what plays", start_of_track).await;
    let before = one.room();
    park.kill_part("worker-1").await;
    // A click meanwhile is kept and carried out once the worker is back.
    let kept = two.does(Action::ChatSay { text: "did you notice".into() });
    let (said, ()) = tokio::join!(kept, park.start_part("worker-1"));
    let said = said.unwrap();
    let lines = one
        .sees("the line said meanwhile", |view| {
            let state = &view.room.as_ref()?.1;
            let lines = state.chat.iter().filter(|line| line.text == "did you notice").count();
            (lines > 0).then_some(lines)
        })
        .await;
    assert_eq!(lines, 1);
    assert!(said.term > 1, "a new worker has a new term");
    assert_eq!(start_of_track(&one.view()), Some(start_us), "the music did not move");
    assert_eq!(one.room().queue, before.queue);
    for somebody in [&one, &two] {
        assert_eq!(somebody.view().closed, None, "nobody was sent away");
        assert_eq!(somebody.view().wrong, Vec::<String>::new());
    }
}

pub async fn who_loses_their_gateway_goes_on_at_another(park: &mut Park) {
    let mut unlucky = Somebody::enter(&park.url, &park.gateways[1], "Unlucky", "bandstand").await;
    let lucky = Somebody::enter(&park.url, &park.gateways[0], "Lucky", "bandstand").await;
    let room = unlucky.view().room.unwrap().0;
    lucky.sees("the other", |view| view.people.get(&unlucky.account()).map(|_| ())).await;
    park.kill_part("gateway-2").await;
    assert_eq!(unlucky.is_sent_away().await, 1006);
    let missed = lucky.does(Action::ChatSay { text: "where did they go".into() }).await.unwrap();
    let have = unlucky.drop_line();
    unlucky.connect(&park.gateways[0].clone()).await;
    unlucky.listen(room, have).await;
    unlucky
        .sees("what was missed", |view| view.events.iter().any(|event| event.seq == missed.seq).then_some(()))
        .await;
    let view = unlucky.view();
    assert_eq!((view.snapshots, view.wrong), (0, vec![]), "this gateway's tail reached back far enough");
}

pub async fn the_database_goes_away_and_comes_back_and_nothing_acknowledged_is_lost(park: &mut Park) {
    let mut owner = Somebody::arrive(&park.url, "Patient Owner").await;
    let body = MakeRoomBody { name: "Leaky Boat".into(), mode: QueueMode::Open, hue: Hue::Sky };
    let made = owner.make_room(&body).await;
    owner.connect(&park.gateways[0]).await;
    owner.step_in(made.id).await;
    let guest = Somebody::enter(&park.url, &park.gateways[1], "Dry Feet", &made.slug).await;
    let before = owner.does(Action::ChatSay { text: "is it raining".into() }).await.unwrap();
    park.kill_part("postgres").await;
    // What is asked meanwhile is not lost and not pretended: it is refused as retryable, sent again and then carried out once.
    let kept = owner.does(Action::ChatSay { text: "it is".into() });
    let (after, ()) = tokio::join!(kept, park.start_part("postgres"));
    let after = after.unwrap();
    assert!(after.seq > before.seq);
    let lines = |view: &View| {
        let state = &view.room.as_ref()?.1;
        let said: Vec<_> = state.chat.iter().map(|line| line.text.clone()).collect();
        said.contains(&"it is".to_owned()).then_some(said)
    };
    assert_eq!(guest.sees("what was said", lines).await, ["is it raining", "it is"]);
    // The room still knows who is in it: both have to agree on a skip, and both are in the list.
    let playing = owner.sees("what plays", start_of_track).await;
    owner.does(Action::SkipVote { start_us: playing, up: true }).await.unwrap();
    assert_eq!(start_of_track(&owner.view()), Some(playing), "one of two is not enough");
    guest.does(Action::SkipVote { start_us: playing, up: true }).await.unwrap();
    owner.sees("the next track", |view| start_of_track(view).filter(|start| *start != playing)).await;
    eventually("the list shows both", async || {
        // A web server whose connections were cut may say for a moment that it should be asked again.
        let rooms = guest.try_get::<Rooms>("/api/rooms").await.ok()?.rooms;
        rooms.iter().any(|room| room.id == made.id && room.listening == 2).then_some(())
    })
    .await;
    for somebody in [&owner, &guest] {
        assert_eq!((somebody.view().closed, somebody.view().wrong), (None, vec![]), "nobody was sent away");
    }
}

pub async fn redis_starts_anew_and_everybody_goes_on(park: &mut Park) {
    let one = Somebody::enter(&park.url, &park.gateways[0], "Before", "bandstand").await;
    let two = Somebody::enter(&park.url, &park.gateways[1], "After", "bandstand").await;
    one.does(Action::ChatSay { text: "mind the gap".into() }).await.unwrap();
    park.kill_part("redis").await;
    park.start_part("redis").await;
    one.does(Action::ChatSay { text: "the gap was here".into() }).await.unwrap();
    two.sees("both lines", |view| {
        let chat = &view.room.as_ref()?.1.chat;
        let said = |text: &str| chat.iter().filter(|line| line.text == text).count();
        (said("mind the gap") == 1 && said("the gap was here") == 1).then_some(())
    })
    .await;
    two.sees("the other still there", |view| view.people.get(&one.account()).map(|_| ())).await;
    let me: protocol::http::Me = one.get("/api/me").await;
    assert_eq!(me.person.account, one.account(), "nobody is logged out");
    for somebody in [&one, &two] {
        assert_eq!((somebody.view().closed, somebody.view().wrong), (None, vec![]));
    }
}

pub async fn two_workers_share_the_rooms_and_one_takes_over_from_the_other(park: &mut Park) {
    let one = Somebody::enter(&park.url, &park.gateways[0], "Left Bank", "shell-stage").await;
    let two = Somebody::enter(&park.url, &park.gateways[1], "Right Bank", "bandstand").await;
    for somebody in [&one, &two] {
        somebody.does(Action::ChatSay { text: "before".into() }).await.unwrap();
    }
    let (first, second) = (start_of_track(&one.view()), start_of_track(&two.view()));
    park.kill_part("worker-2").await;
    for somebody in [&one, &two] {
        somebody.does(Action::ChatSay { text: "after".into() }).await.unwrap();
        assert_eq!((somebody.view().closed, somebody.view().wrong), (None, vec![]));
    }
    assert_eq!(
        (start_of_track(&one.view()), start_of_track(&two.view())),
        (first, second),
        "the music did not move"
    );
}
