//! Guests, accounts, names and log-out.

use protocol::command::Action;
use protocol::http::{Me, PasswordBody, ProfileBody};
use protocol::socket::CloseCode;
use serde_json::Value;
use tests::park::Park;
use tests::person::Somebody;

pub async fn a_guest_registers_and_stays_who_they_are(park: &Park) {
    let guest = Somebody::enter(&park.url, &park.gateways[0], "Stays Herself", "bandstand").await;
    guest.does(Action::ChatSay { text: "before".into() }).await.unwrap();
    let login = format!("stays-{}", guest.account());
    let body = PasswordBody { login: login.clone(), password: "a long walk at dusk".into() };
    let me: Me = guest.post("/api/register", &body).await.unwrap();
    assert_eq!((me.person.account, me.login.as_deref()), (guest.account(), Some(login.as_str())));
    // Another browser logs in and is the same person; a wrong password is not.
    let other = Somebody::arrive(&park.url, "Somebody Else").await;
    let wrong = PasswordBody { password: "a long walk at dawn".into(), ..body.clone() };
    let refused = other.post::<_, Me>("/api/login", &wrong).await.unwrap_err();
    assert_eq!(refused.text, "Name and password do not match.");
    let me: Me = other.post("/api/login", &body).await.unwrap();
    assert_eq!((me.person.account, me.person.name.as_str()), (guest.account(), "Stays Herself"));
}

pub async fn a_new_name_is_seen_by_everybody_at_once(park: &Park) {
    let one = Somebody::enter(&park.url, &park.gateways[0], "Old Name", "shell-stage").await;
    let two = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Onlooker", "shell-stage").await;
    two.sees("the old name", |view| view.people.get(&one.account()).map(|_| ())).await;
    let body = ProfileBody { name: "New Name".into(), look: 7 };
    let me: Me = one.send_to(reqwest::Method::PATCH, "/api/me", &body).await.unwrap();
    assert_eq!(me.person.name, "New Name");
    let renamed = |view: &tests::view::View| {
        let person = &view.people.get(&one.account())?.person;
        (person.name == "New Name" && person.look == 7).then_some(())
    };
    two.sees("the new name and look", renamed).await;
    one.sees("the new name too", |view| view.you.clone().filter(|name| name == "New Name")).await;
}

pub async fn logging_out_closes_the_sockets_of_that_session(park: &Park) {
    let leaver = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Leaver", "bandstand").await;
    let stayer = Somebody::enter(&park.url, park.gateways.last().unwrap(), "Stayer", "bandstand").await;
    leaver.post::<_, Value>("/api/logout", &()).await.unwrap();
    assert_eq!(leaver.is_sent_away().await, CloseCode::Revoked as u16);
    stayer.does(Action::ChatSay { text: "still here".into() }).await.unwrap();
    let refused = leaver.post::<_, Value>("/api/ticket", &()).await.unwrap_err();
    assert_eq!(refused.code, protocol::refusal::RefusalCode::NotSignedIn);
}
