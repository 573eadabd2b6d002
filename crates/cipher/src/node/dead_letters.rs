//! Dead letters: listing what was put aside, and sending it again.

use serde_json::value::RawValue;

use crate::address::{Address, To, check_namespace};
use crate::envelope::{self, Extras};
use crate::error::{CipherError, TransmitError};
use crate::node::{Node, away};
use crate::wire::{DEAD_LETTERS, Dead, queue_name};

/// A transmit that was put aside: nobody handled its route, its handler failed too often, or whom it was for is gone.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// When it was put aside, in milliseconds since 1970, by the clock of whoever did it.
    pub at: u64,
    /// Why, as a sentence.
    pub why: String,
    /// Who sent it.
    pub origin: Address,
    /// Which node it was for, and which tenants.
    pub to: To,
    /// The route, without the namespace.
    pub route: String,
    /// The sender's id for it, when it gave one.
    pub id: Option<String>,
    /// What was sent.
    pub payload: Box<RawValue>,
    queue: String,
    dead: Dead,
}

impl DeadLetter {
    /// `None` for what is no message: such input is skipped where it arrives, and never put aside by a node.
    fn read(ns: &str, nid: Option<u32>, dead: Dead) -> Option<Self> {
        let envelope = envelope::read(&dead.body).ok()?;
        let route = envelope.route(ns).unwrap_or(&envelope.full_route).to_owned();
        let mut to = nid.map_or_else(|| To::any(ns), |nid| To::node(ns, nid));
        to.tenant = envelope.recipient_tenant;
        to.from_tenant = envelope.tenant;
        Some(Self {
            at: dead.at,
            why: dead.why.clone(),
            origin: envelope.origin,
            to,
            route,
            id: envelope.extras.id,
            payload: RawValue::from_string(String::from_utf8(envelope.payload.to_vec()).ok()?).ok()?,
            queue: queue_name(ns, nid),
            dead,
        })
    }
}

impl Node {
    /// The dead letters of one queue, the oldest first: of a node, or with `None` of "any node" of the namespace. At
    /// most the newest 1,000 are kept.
    ///
    /// # Errors
    /// When the server is away or the namespace cannot be used.
    pub async fn dead_letters(&self, ns: &str, nid: Option<u32>) -> Result<Vec<DeadLetter>, CipherError> {
        check_namespace(ns)?;
        let dead = self.core().wire.dead(&queue_name(ns, nid)).await.map_err(away)?;
        Ok(dead.into_iter().filter_map(|dead| DeadLetter::read(ns, nid, dead)).collect())
    }

    /// Sends a dead letter again, with its origin, id and tenants, and takes it off the list: to where it was for
    /// ([`DeadLetter::to`]), or elsewhere in the same namespace or another. Whichever life of a node is there gets it.
    /// At least once, as any transmit: when it fails in between it is still on the list.
    ///
    /// # Errors
    /// As for [`transmit`](Node::transmit).
    pub async fn replay(&self, letter: &DeadLetter, to: &To) -> Result<(), TransmitError> {
        let extras = Extras { id: letter.id.clone(), inc: letter.origin.incarnation, ..Extras::default() };
        let body = envelope::write(&letter.origin, to, &letter.route, &letter.payload, &extras)
            .map_err(TransmitError::Payload)?;
        let unconfirmed = |error: crate::wire::WireError| TransmitError::Unconfirmed(error.0);
        self.push(to, body).await?;
        self.core().wire.unbury(&letter.queue, &letter.dead).await.map_err(unconfirmed)?;
        Ok(())
    }
}

/// Counts and logs that the oldest dead letters of a queue had to go for newer ones: those are lost.
pub(super) fn report_pushed_out(queue: &str, count: u64) {
    if count == 0 {
        return;
    }
    metrics::counter!("cipher_dropped_total", "why" => "dead_letters_full").increment(count);
    tracing::warn!(
        cipher.queue = %queue, count,
        "the oldest dead letters of this queue were dropped, it keeps {DEAD_LETTERS}: replay them before there are more"
    );
}
