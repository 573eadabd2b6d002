//! Tickets for websockets: `<node id>.<incarnation>.<secret>`, in the memory of the node that issued them, for one use within 30 s.

use protocol::id::AccountId;
use protocol::link::{Revoked, TicketOwner};
use protocol::people::Person;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a ticket is good.
const LIFE: Duration = Duration::from_secs(30);
/// Tickets issued within [`LIFE`], at the most; about 250 bytes each.
const TICKETS_MAX: usize = 65_536;

/// The tickets that this node has issued and that are still good.
#[derive(Debug)]
pub struct Tickets {
    /// Node id and incarnation, with their dots.
    prefix: String,
    max: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    owners: HashMap<String, TicketOwner>,
    /// Each ticket once, used or not, until its time has passed: all live equally long.
    oldest_first: VecDeque<(Instant, String)>,
}

impl Tickets {
    /// For a node; no ticket yet.
    pub fn new(node: &cipher::Node) -> Tickets {
        Tickets::with_prefix(format!("{}.{}.", node.nid(), node.incarnation()))
    }

    fn with_prefix(prefix: String) -> Tickets {
        Tickets { prefix, max: TICKETS_MAX, held: Mutex::default() }
    }

    /// A new ticket; `None` when too many are out.
    pub fn issue(&self, owner: TicketOwner, now: Instant) -> Option<String> {
        let secret = crate::session::draw_secret();
        let mut held = self.lock();
        held.expire(now);
        if held.oldest_first.len() >= self.max {
            return None;
        }
        held.oldest_first.push_back((now, secret.clone()));
        let ticket = format!("{}{secret}", self.prefix);
        held.owners.insert(secret, owner);
        Some(ticket)
    }

    /// Whom a ticket was made for, by its secret. From then on it is used.
    pub fn redeem(&self, secret: &str, now: Instant) -> Option<TicketOwner> {
        let mut held = self.lock();
        held.expire(now);
        held.owners.remove(secret)
    }

    /// Makes the tickets of an ended session worthless.
    pub fn revoke(&self, revoked: &Revoked) {
        self.lock().owners.retain(|_, owner| match revoked.session {
            Some(session) => owner.session != session,
            None => owner.person.account != revoked.account,
        });
    }

    /// Somebody has another name or look: their open tickets say so.
    pub fn rename(&self, person: &Person) {
        let of = |account: AccountId| move |owner: &&mut TicketOwner| owner.person.account == account;
        for owner in self.lock().owners.values_mut().filter(of(person.account)) {
            owner.person = person.clone();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn expire(&mut self, now: Instant) {
        while self
            .oldest_first
            .front()
            .is_some_and(|(issued, _)| now.saturating_duration_since(*issued) >= LIFE)
        {
            if let Some((_, secret)) = self.oldest_first.pop_front() {
                self.owners.remove(&secret);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(account: i64, session: i64) -> TicketOwner {
        TicketOwner {
            person: Person { account: AccountId(account), name: "Amber Heron".into(), look: 7 },
            session,
        }
    }

    fn secret(ticket: &str) -> &str {
        ticket.strip_prefix("3.ff.").unwrap()
    }

    #[test]
    fn a_ticket_opens_one_socket_within_30_s() {
        let (tickets, now) = (Tickets::with_prefix("3.ff.".into()), Instant::now());
        let first = tickets.issue(owner(1, 1), now).unwrap();
        assert_eq!(tickets.redeem(secret(&first), now + LIFE / 2), Some(owner(1, 1)));
        assert_eq!(tickets.redeem(secret(&first), now + LIFE / 2), None, "it was used");
        let second = tickets.issue(owner(1, 1), now).unwrap();
        assert_ne!(first, second);
        assert_eq!(tickets.redeem(secret(&second), now + LIFE), None, "it is too old");
        assert_eq!(tickets.redeem("made up", now), None);
    }

    #[test]
    fn an_ended_session_opens_no_socket_any_more() {
        let (tickets, now) = (Tickets::with_prefix("3.ff.".into()), Instant::now());
        let [a, b, c] =
            [owner(1, 1), owner(1, 2), owner(2, 3)].map(|owner| tickets.issue(owner, now).unwrap());
        tickets.revoke(&Revoked { number: 1, session: Some(1), account: AccountId(1) });
        assert_eq!(tickets.redeem(secret(&a), now), None);
        tickets.revoke(&Revoked { number: 2, session: None, account: AccountId(1) });
        assert_eq!(tickets.redeem(secret(&b), now), None);
        assert!(tickets.redeem(secret(&c), now).is_some());
    }

    #[test]
    fn an_open_ticket_follows_its_owners_name() {
        let (tickets, now) = (Tickets::with_prefix("3.ff.".into()), Instant::now());
        let ticket = tickets.issue(owner(1, 1), now).unwrap();
        tickets.rename(&Person { account: AccountId(1), name: "Juno".into(), look: 8 });
        assert_eq!(tickets.redeem(secret(&ticket), now).unwrap().person.name, "Juno");
    }

    #[test]
    fn the_number_of_tickets_is_bounded() {
        let mut tickets = Tickets::with_prefix("3.ff.".into());
        tickets.max = 2;
        let now = Instant::now();
        assert!(tickets.issue(owner(1, 1), now).is_some() && tickets.issue(owner(1, 1), now).is_some());
        assert_eq!(tickets.issue(owner(1, 1), now), None);
        assert!(tickets.issue(owner(1, 1), now + LIFE).is_some());
    }
}
