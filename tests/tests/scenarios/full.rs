//! A room that holds only so many, and the line before it.

use protocol::command::Action;
use protocol::http::MakeRoomBody;
use protocol::id::{AccountId, FloorId, RoomId};
use protocol::room::{Hue, QueueMode, RoomSettings};
use protocol::socket::ToServer;
use tests::eventually::eventually;
use tests::park::Park;
use tests::person::Somebody;

/// Comes to the room's door without waiting for a place.
async fn comes(park: &Park, gateway: &str, name: &str, room: RoomId) -> Somebody {
    let mut somebody = Somebody::arrive(&park.url, name).await;
    somebody.connect(gateway).await;
    somebody.listen(room, None).await;
    somebody.say(&ToServer::Stand { floor: FloorId::of(room) }).await;
    somebody
}

async fn sees_line(somebody: &Somebody, line: &[&Somebody]) {
    let line: Vec<AccountId> = line.iter().map(|one| one.account()).collect();
    somebody.sees("who waits", |view| (view.line == line).then_some(())).await;
}

async fn sees_inside(somebody: &Somebody, inside: &[&Somebody]) {
    let accounts: Vec<AccountId> = inside.iter().map(|one| one.account()).collect();
    somebody
        .sees("who is inside", |view| {
            let all = view.people.len() == accounts.len() && view.crowd.0 as usize == accounts.len();
            (all && accounts.iter().all(|one| view.people.contains_key(one))).then_some(())
        })
        .await;
}

pub async fn who_comes_to_a_full_room_waits_in_line_and_is_walked_in(park: &Park) {
    let (here, there) = (&park.gateways[0], park.gateways.last().unwrap());
    let mut owner = Somebody::arrive(&park.url, "Small Host").await;
    let room = MakeRoomBody { name: "Broom Cupboard".into(), mode: QueueMode::Open, hue: Hue::Rose };
    let made = owner.make_room(&room).await;
    owner.connect(here).await;
    owner.step_in(made.id).await;
    let holding = |capacity| RoomSettings { capacity, ..owner.room().settings };
    owner.does(Action::RoomChange { settings: holding(Some(2)) }).await.unwrap();
    owner.say(&ToServer::Stand { floor: FloorId::LAWN }).await;

    let one = Somebody::enter(&park.url, here, "First Inside", &made.slug).await;
    let two = Somebody::enter(&park.url, there, "Second Inside", &made.slug).await;
    let three = comes(park, there, "Third Waiting", made.id).await;
    sees_line(&three, &[&three]).await;
    let four = comes(park, here, "Fourth Waiting", made.id).await;
    sees_line(&four, &[&three, &four]).await;
    sees_line(&three, &[&three, &four]).await;
    sees_inside(&three, &[&one, &two]).await;
    eventually("the list says that the room is full", async || {
        let line = owner.rooms().await.into_iter().find(|line| line.id == made.id)?;
        (line.full && line.listening == 2).then_some(())
    })
    .await;

    // Who waits hears the room.
    one.does(Action::ChatSay { text: "who is at the door?".into() }).await.unwrap();
    let said = |view: &tests::view::View| {
        view.room.as_ref()?.1.chat.iter().any(|line| line.text == "who is at the door?").then_some(())
    };
    three.sees("what is said inside", said).await;
    three.sees("what plays inside", |view| view.room.as_ref()?.1.playback.clone()).await;

    owner.step_in(made.id).await;
    sees_inside(&two, &[&one, &two, &owner]).await;
    owner.say(&ToServer::Stand { floor: FloorId::LAWN }).await;
    sees_inside(&two, &[&one, &two]).await;

    // The place is kept for a moment, should they only have lost the connection; then the next is walked in.
    drop(one);
    sees_inside(&two, &[&two]).await;
    sees_line(&two, &[&three, &four]).await;
    sees_inside(&three, &[&two, &three]).await;
    sees_line(&four, &[&four]).await;

    owner.does(Action::RoomChange { settings: holding(Some(3)) }).await.unwrap();
    sees_inside(&four, &[&two, &three, &four]).await;
    sees_line(&four, &[]).await;
}
