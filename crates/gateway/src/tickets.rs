//! Redeeming tickets: `<node id>.<incarnation>.<secret>`, kept by the web server that issued it, good once.

use cipher::{Address, Node, RequestError, To};
use protocol::link::{TicketOwner, TicketRedeemed, ns, route};
use std::time::Duration;

/// How long a web server may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// Longest ticket looked at, in bytes.
const TICKET_MAX: usize = 200;

/// Why a ticket opens no socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEntry {
    /// It is unknown, used, too old or garbled: fetch another.
    Stale,
    /// The web server does not answer: try again.
    Away,
}

/// Asks the web server that issued the ticket whom it was made for.
pub async fn redeem(node: &Node, ticket: &str) -> Result<TicketOwner, NoEntry> {
    let (issuer, secret) = parse(ticket).ok_or(NoEntry::Stale)?;
    let secret = TicketRedeemed { secret: secret.to_owned() };
    node.request(To::incarnation(issuer), route::REDEEM, &secret, PATIENCE).await.map_err(|error| match error
    {
        RequestError::Refused(_) | RequestError::Gone(_) => NoEntry::Stale,
        error => {
            tracing::warn!(%error, "a ticket could not be redeemed");
            NoEntry::Away
        }
    })
}

fn parse(ticket: &str) -> Option<(Address, &str)> {
    if ticket.len() > TICKET_MAX {
        return None;
    }
    let (nid, rest) = ticket.split_once('.')?;
    let (incarnation, secret) = rest.split_once('.')?;
    let nid = nid.parse().ok().filter(|nid| *nid > 0)?;
    let incarnation = Some(incarnation.parse().ok()?);
    Some((Address { ns: ns::WEB.to_owned(), nid, incarnation }, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_garbled_ticket_is_stale_before_anybody_is_asked() {
        assert!(parse("3.00000000000000ff.secret").is_some());
        for garbled in ["", "3", "3.xyz.secret", "0.ff.secret", "-1.ff.s", &"9.ff.".repeat(99)] {
            assert!(parse(garbled).is_none(), "{garbled}");
        }
    }
}
