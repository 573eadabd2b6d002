//! Tickets for websockets, as a gateway redeems them.

use crate::site::{Site, join};
use axum::http::StatusCode;
use cipher::{Address, Node, RequestError, To};
use protocol::http::{Me, Ticket};
use protocol::link::{TicketOwner, TicketRedeemed, ns, route};
use serde_json::json;
use std::time::Duration;

async fn redeem(gateway: &Node, ticket: &str) -> Result<TicketOwner, RequestError> {
    let [nid, incarnation, secret] =
        ticket.splitn(3, '.').collect::<Vec<_>>().try_into().expect("three parts");
    let nid = nid.parse().unwrap();
    let issuer = Address { ns: ns::WEB.into(), nid, incarnation: Some(incarnation.parse().unwrap()) };
    let secret = TicketRedeemed { secret: secret.to_owned() };
    gateway.request(To::incarnation(issuer), route::REDEEM, &secret, Duration::from_secs(10)).await
}

fn is_stale(answer: &Result<TicketOwner, RequestError>) -> bool {
    matches!(answer, Err(RequestError::Refused(refusal)) if refusal.code == "stale_ticket")
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let site = Site::new().await;
    let gateway = join(&site.bus, ns::GATEWAY).await;
    gateway.serve().await.unwrap();
    let (mut browser, me) = site.guest("Amber").await;
    let Ticket { ticket } = browser.post("/api/ticket", &json!({})).await.json();
    assert!(ticket.starts_with(&format!("{}.", site.nid)));
    let owner = redeem(&gateway, &ticket).await.unwrap();
    assert_eq!(owner.person, me.person);
    assert!(is_stale(&redeem(&gateway, &ticket).await), "it was used");
    let made_up = format!("{}.{}", ticket.rsplit_once('.').unwrap().0, "A".repeat(43));
    assert!(is_stale(&redeem(&gateway, &made_up).await));
}

#[tokio::test]
async fn nobody_gets_a_ticket_without_a_session() {
    let site = Site::new().await;
    assert_eq!(site.browser().post("/api/ticket", &json!({})).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_ticket_dies_with_its_session_and_follows_its_owners_name() {
    let site = Site::new().await;
    let gateway = join(&site.bus, ns::GATEWAY).await;
    gateway.serve().await.unwrap();
    let (mut browser, _) = site.guest("Amber").await;
    let Ticket { ticket } = browser.post("/api/ticket", &json!({})).await.json();
    let me: Me = browser.patch("/api/me", &json!({"name": "Juno", "look": 9})).await.json();
    assert_eq!(redeem(&gateway, &ticket).await.unwrap().person, me.person);
    let Ticket { ticket } = browser.post("/api/ticket", &json!({})).await.json();
    browser.post("/api/logout", &json!({})).await;
    assert!(is_stale(&redeem(&gateway, &ticket).await));
}
