//! Bad input gets a clear answer, and nothing is lost.

use protocol::command::Action;
use protocol::id::CommandId;
use protocol::refusal::RefusalCode;
use protocol::socket::{CloseCode, FRAME_MAX, ToServer};
use tests::park::Park;
use tests::person::Somebody;
use tests::view::View;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use uuid::{NoContext, Timestamp, Uuid};

pub async fn a_ticket_opens_one_socket(park: &Park) {
    let mut one = Somebody::arrive(&park.url, "Ticket Holder").await;
    let ticket = one.ticket().await;
    one.connect_with(&park.gateways[0], ticket.clone()).await;
    one.sees("the greeting", |view| view.welcome.then_some(())).await;
    one.connect_with(park.gateways.last().unwrap(), ticket).await;
    assert_eq!(one.is_sent_away().await, CloseCode::StaleTicket as u16);
    one.connect_with(&park.gateways[0], "1.0000000000000001.made-up".into()).await;
    assert_eq!(one.is_sent_away().await, CloseCode::StaleTicket as u16);
}

pub async fn a_frame_that_is_too_large_closes_only_its_own_socket(park: &Park) {
    let careless = Somebody::enter(&park.url, &park.gateways[0], "Careless", "bandstand").await;
    let other = Somebody::enter(&park.url, &park.gateways[0], "Bystander", "bandstand").await;
    careless.say_raw("x".repeat(FRAME_MAX + 1)).await;
    assert_eq!(careless.is_sent_away().await, CloseCode::TooLarge as u16);
    other.does(Action::ChatSay { text: "what was that".into() }).await.unwrap();
}

pub async fn what_is_not_understood_is_said_and_nothing_is_lost(park: &Park) {
    let one = Somebody::enter(&park.url, &park.gateways[0], "Mumbler", "bandstand").await;
    let deep = format!("{{\"command\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    for (i, nonsense) in ["{", "{\"dance\":{}}", "{\"command\":{\"id\":7}}", &deep].into_iter().enumerate() {
        one.say_raw(nonsense.to_owned()).await;
        let why = one.sees("that it was not understood", |view| view.sorry.get(i).cloned()).await;
        assert_eq!(why.code, RefusalCode::BadInput);
        assert!(why.text.starts_with("The park does not understand that"), "{why}");
    }
    one.does(Action::ChatSay { text: "pardon".into() }).await.unwrap();
    let missing = one.does(Action::QueueAdd { track: protocol::id::TrackId(9_999_999) }).await.unwrap_err();
    assert_eq!(missing.code, RefusalCode::NotFound, "{missing}");
    let empty = one.does(Action::ChatSay { text: " \u{200B} ".into() }).await.unwrap_err();
    assert_eq!(empty.code, RefusalCode::BadInput, "{empty}");
}

pub async fn a_socket_without_a_hello_gets_nothing(park: &Park) {
    let one = Somebody::arrive(&park.url, "Rude").await;
    let mut rude = one;
    rude.connect_with(&park.gateways[0], "not a ticket".into()).await;
    assert_eq!(rude.is_sent_away().await, CloseCode::StaleTicket as u16);
    assert!(!rude.view().welcome);
}

pub async fn a_strange_page_opens_no_socket(park: &Park) {
    let url = format!("{}/ws", park.gateways[0].replacen("http", "ws", 1));
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    let refused = tokio_tungstenite::connect_async(request).await.expect_err("a strange origin is refused");
    assert!(refused.to_string().contains("403"), "{refused}");
}

pub async fn a_command_from_another_hour_is_refused(park: &Park) {
    let one = Somebody::enter(&park.url, &park.gateways[0], "Late Clicker", "bandstand").await;
    let mut command = one.command(Action::ChatSay { text: "from long ago".into() });
    command.id = CommandId(Uuid::new_v7(Timestamp::from_unix(NoContext, 1_600_000_000, 0)));
    one.say(&ToServer::Command(command.clone())).await;
    let why = one.sees("a refusal", |view| view.refused.get(&command.id).cloned()).await;
    assert_eq!(why.code, RefusalCode::StaleCommand, "{why}");
}

pub async fn what_is_sent_again_too_often_is_never_called_refused(park: &Park) {
    let eager = Somebody::enter(&park.url, &park.gateways[0], "Eager", "bandstand").await;
    let mut command = eager.command(Action::ChatSay { text: "once".into() });
    eager.say(&ToServer::Command(command.clone())).await;
    command.resent = true;
    for _ in 0..40 {
        eager.say(&ToServer::Command(command.clone())).await;
    }
    let why = eager.sees("that it was too often", |view| view.refused.get(&command.id).cloned()).await;
    // It is in the journal: that it was not carried out would be a lie.
    assert_eq!(why.code, RefusalCode::Retry, "{why:?}");
    // By its event, and once more by an answer to whichever copy came after that was committed.
    let done = |view: &View| view.events.iter().any(|event| event.command == Some(command.id));
    eager.sees("that it was carried out", |view| done(view).then_some(())).await;
}
