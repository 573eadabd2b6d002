//! What the other services ask of this one, and what it tells them, over cipher.

use crate::server::Site;
use crate::ticket::Tickets;
use cipher::{Message, Node, Refusal};
use protocol::link::{PersonChanged, Revoked, RevokedAsked, TicketRedeemed, ns, route};
use protocol::people::Person;
use std::sync::Arc;
use std::time::Instant;
use store::Store;

/// Registers the answers: tickets are redeemed, revocations told; and listens to the other web servers, whose log-outs and new
/// names concern the tickets held here.
pub fn listen(node: &Node, tickets: &Arc<Tickets>, store: &Store) {
    let held = tickets.clone();
    node.answer(route::REDEEM, move |asked: Message<TicketRedeemed>| {
        let owner = held.redeem(&asked.payload.secret, Instant::now());
        let owner = owner.ok_or_else(|| {
            Refusal::new("stale_ticket", "This ticket is unknown, used or older than 30 s: fetch another.")
        });
        std::future::ready(owner)
    });
    let revocations = store.clone();
    node.answer(route::REVOKED_SINCE, move |asked: Message<RevokedAsked>| {
        let store = revocations.clone();
        async move {
            store.revocations(asked.payload.since).await.map_err(|error| {
                tracing::warn!(%error, "revocations could not be read");
                Refusal::new("unavailable", "The database does not answer. Ask again.")
            })
        }
    });
    let held = tickets.clone();
    node.on(route::REVOKED, move |told: Message<Revoked>| {
        held.revoke(&told.payload);
        std::future::ready(Ok(()))
    });
    let held = tickets.clone();
    node.on(route::PERSON_CHANGED, move |told: Message<PersonChanged>| {
        held.rename(&told.payload.person);
        std::future::ready(Ok(()))
    });
}

/// A session ended: gateways close its sockets, web servers forget its tickets. Should the message be lost, gateways find the
/// revocation in the numbered table within 2 s.
pub async fn tell_revoked(site: &Site, revoked: &Revoked) {
    site.tickets.revoke(revoked);
    for namespace in [ns::GATEWAY, ns::WEB] {
        if let Err(error) = site.node.broadcast(namespace, route::REVOKED, revoked).await {
            tracing::warn!(%error, number = revoked.number, "a revocation could not be told to the {namespace} nodes");
        }
    }
}

/// Somebody has another name or look: gateways show it at once.
pub async fn tell_person(site: &Site, person: &Person) {
    site.tickets.rename(person);
    let told = PersonChanged { person: person.clone() };
    for namespace in [ns::GATEWAY, ns::WEB] {
        if let Err(error) = site.node.broadcast(namespace, route::PERSON_CHANGED, &told).await {
            tracing::warn!(%error, account = person.account.0, "a new name could not be told to the {namespace} nodes");
        }
    }
}
