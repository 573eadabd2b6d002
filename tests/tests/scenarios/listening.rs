//! Hearing, seeing and reading the same.

use protocol::command::Action;
use protocol::event::Happened;
use protocol::http::MakeRoomBody;
use protocol::people::Reaction;
use protocol::room::{Hue, QueueMode};
use protocol::socket::ToServer;
use tests::park::Park;
use tests::person::Somebody;

pub async fn two_people_hear_the_same_track_from_the_same_moment(park: &Park) {
    let first = Somebody::enter(&park.url, &park.gateways[0], "Amber Heron", "bandstand").await;
    let second = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Slow Otter", "bandstand").await;
    let playing = |view: &tests::view::View| view.room.as_ref()?.1.playback.clone();
    let one = first.sees("what plays", playing).await;
    second
        .sees("the same track with the same start", |view| {
            let other = playing(view)?;
            (other.now == one.now || Some(&other.now) == one.next.as_ref()).then_some(())
        })
        .await;
    assert!(one.next.is_some(), "what follows is known ahead");
}

pub async fn a_late_joiner_gets_queue_chat_and_position(park: &Park) {
    let host = Somebody::enter(&park.url, &park.gateways[0], "Copper Toad", "shell-stage").await;
    let track = host.library().await.remove(0);
    host.does(Action::ChatSay { text: "hello from Lisbon".into() }).await.unwrap();
    host.does(Action::QueueAdd { track: track.id }).await.unwrap();
    let late = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Pale Marten", "shell-stage").await;
    let (room, of_host) = (late.room(), host.room());
    assert!(room.chat.iter().any(|line| line.text == "hello from Lisbon" && line.by.name == "Copper Toad"));
    let own = |room: &protocol::room::RoomState| {
        let entries = room.queue.iter().map(|entry| entry.by.account);
        entries
            .chain(room.playback.iter().filter_map(|p| p.now.by.as_ref()).map(|by| by.account))
            .collect::<Vec<_>>()
    };
    assert!(own(&room).contains(&host.account()), "the track put on before is there: {:?}", room.queue);
    assert!(own(&of_host).contains(&host.account()));
    assert_eq!(late.view().wrong, Vec::<String>::new());
}

pub async fn what_one_says_everybody_reads_in_the_same_order(park: &Park) {
    let room = "bench-by-the-path";
    let one = Somebody::enter(&park.url, &park.gateways[0], "Juno", room).await;
    let two = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Maré", room).await;
    for round in 0..2 {
        let (a, b) = (
            Action::ChatSay { text: format!("one {round}") },
            Action::ChatSay { text: format!("two {round}") },
        );
        let (a, b) = tokio::join!(one.does(a), two.does(b));
        a.unwrap();
        b.unwrap();
    }
    let said = |view: &tests::view::View| {
        let lines: Vec<_> = view
            .events
            .iter()
            .filter_map(|event| match &event.happened {
                Happened::ChatSaid { line } if [one.account(), two.account()].contains(&line.by.account) => {
                    Some((event.seq, line.text.clone()))
                }
                _ => None,
            })
            .collect();
        (lines.len() >= 4).then_some(lines)
    };
    let (by_one, by_two) = (one.sees("four lines", said).await, two.sees("four lines", said).await);
    assert_eq!(by_one, by_two);
    assert_eq!((one.view().wrong, two.view().wrong), (vec![], vec![]));
}

pub async fn who_comes_back_gets_only_what_they_missed(park: &Park) {
    let mut traveller = Somebody::enter(&park.url, &park.gateways[0], "Brass Finch", "bandstand").await;
    // Somebody else hears the room through the gateway one comes back to: it has followed the room all along.
    let other = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Velvet Wren", "bandstand").await;
    let room = traveller.view().room.unwrap().0;
    let have = traveller.drop_line();
    let missed = other.does(Action::ChatSay { text: "the tunnel is long".into() }).await.unwrap();
    traveller.connect(park.gateways.last().unwrap()).await;
    traveller.listen(room, have).await;
    traveller
        .sees("what was said meanwhile", |view| {
            view.events.iter().any(|event| event.seq == missed.seq).then_some(())
        })
        .await;
    let view = traveller.view();
    assert_eq!((view.snapshots, view.wrong), (0, vec![]), "only what was missed came, without a hole");
}

pub async fn who_comes_back_through_a_gateway_that_is_new_to_the_room_misses_nothing(park: &Park) {
    let host = Somebody::arrive(&park.url, "Night Owl").await;
    let body = MakeRoomBody { name: "Far Gate".into(), mode: QueueMode::Open, hue: Hue::Mint };
    let made = host.make_room(&body).await;
    let mut traveller = Somebody::enter(&park.url, &park.gateways[0], "Tin Swallow", &made.slug).await;
    let other = Somebody::enter(&park.url, &park.gateways[0], "Soft Lynx", &made.slug).await;
    traveller.sees("that something plays", |view| view.room.as_ref()?.1.playback.as_ref().map(drop)).await;
    let have = traveller.drop_line();
    let mut said = Vec::new();
    for text in ["one", "two", "three"] {
        said.push(other.does(Action::ChatSay { text: text.into() }).await.unwrap().seq);
    }
    traveller.connect(park.gateways.last().unwrap()).await;
    traveller.listen(made.id, have).await;
    traveller
        .sees("all that was said meanwhile", |view| {
            said.iter().all(|seq| view.events.iter().any(|event| event.seq == *seq)).then_some(())
        })
        .await;
    let view = traveller.view();
    assert_eq!((view.snapshots, view.wrong), (0, vec![]), "what was missed came, and no state in its place");
}

pub async fn people_see_each_other_walk_and_react(park: &Park) {
    let one = Somebody::enter(&park.url, &park.gateways[0], "Copper Fox", "shell-stage").await;
    let two = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Silver Owl", "shell-stage").await;
    one.sees("the other", |view| view.people.contains_key(&two.account()).then_some(())).await;
    let before = two.sees("where the other stands", |view| view.spots.get(&one.account()).copied()).await;
    one.walk(before.x + 20, before.y.saturating_sub(10)).await;
    two.sees("the other walk", |view| {
        view.spots.get(&one.account()).filter(|spot| (spot.x, spot.y) != (before.x, before.y)).map(|_| ())
    })
    .await;
    two.say(&ToServer::React { with: Reaction::Fire }).await;
    one.sees("the other's fire", |view| {
        view.reactions.contains(&(two.account(), Reaction::Fire)).then_some(())
    })
    .await;
    let gone = two.account();
    drop(two);
    one.sees("the other gone", |view| (!view.people.contains_key(&gone)).then_some(())).await;
}

pub async fn the_park_tells_everybody_the_same_time(park: &Park) {
    let mut offsets = Vec::new();
    for gateway in &park.gateways {
        let mut somebody = Somebody::arrive(&park.url, "Clock Maker").await;
        somebody.connect(gateway).await;
        let mut best = (f64::MAX, 0.0);
        let start = std::time::Instant::now();
        for i in 0..20 {
            let c0 = start.elapsed().as_secs_f64() * 1e3;
            somebody.probe(c0).await;
            let (_, s1, s2) = somebody.sees("the answer", |view| view.clock.get(i).copied()).await;
            let c3 = start.elapsed().as_secs_f64() * 1e3;
            assert!(s2 >= s1);
            if c3 - c0 < best.0 {
                let wall =
                    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
                        * 1e3;
                best = (c3 - c0, (s1 + s2) / 2.0 - (wall - (c3 - c0) / 2.0));
            }
        }
        offsets.push(best);
    }
    for (round_trip, offset) in &offsets {
        // All of it is one machine: park time is its clock, within the round trip's half and the slewing.
        assert!(offset.abs() < 20.0 + round_trip, "{offsets:?}");
    }
}
