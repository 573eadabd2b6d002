//! Transmits: sending one, within the bound of its queue.

use bytes::Bytes;
use serde::Serialize;

use crate::address::{To, check_namespace, check_route};
use crate::clock::{millis, now_ms};
use crate::envelope::{self, Extras};
use crate::error::{CipherError, TransmitError};
use crate::node::{Node, away, view};
use crate::trace::trace_context;
use crate::wire::queue_name;

impl Node {
    /// Sends a message to one node, at least once and in order: it waits in the receiver's queue until it was handled.
    /// Returns when the queue has it.
    ///
    /// # Errors
    /// When it was not accepted, or when that is not known: see [`TransmitError`].
    pub async fn transmit<T: Serialize + ?Sized>(
        &self,
        to: To,
        route: &str,
        payload: &T,
    ) -> Result<(), TransmitError> {
        check_namespace(&to.ns)?;
        check_route(route)?;
        let core = self.core();
        if core.over.is_cancelled() {
            return Err(TransmitError::Closed);
        }
        if let (Some(nid), Some(meant)) = (to.nid, to.incarnation) {
            let nodes = tokio::time::timeout(view::FIRST_READING, core.view(&to.ns).nodes())
                .await
                .unwrap_or_default();
            let there = nodes.get(&nid).and_then(|info| info.address.incarnation);
            if there.is_some_and(|there| there != meant) {
                return Err(TransmitError::Gone(to.to_string()));
            }
        }
        let extras = Extras {
            id: Some(core.next_id()),
            inc: core.address.incarnation,
            to: to.incarnation,
            until_ms: Some(now_ms().saturating_add(millis(core.config.queue_age))),
            trace: trace_context(),
            ..Extras::default()
        };
        let body =
            envelope::write(&core.address, &to, route, payload, &extras).map_err(TransmitError::Payload)?;
        self.push(&to, body).await
    }

    /// Appends to a queue that has room.
    pub(super) async fn push(&self, to: &To, body: Bytes) -> Result<(), TransmitError> {
        let core = self.core();
        let queue = queue_name(&to.ns, to.nid);
        self.check_room(&queue).await?;
        let length =
            core.wire.push(&queue, body).await.map_err(|error| TransmitError::Unconfirmed(error.0))?;
        core.count_sent("transmit");
        if length >= core.config.queue_limit {
            core.full.lock().expect("nothing panics while it holds this lock").insert(queue, length);
        }
        Ok(())
    }

    /// Refuses what is for a queue that was at its bound and still is.
    async fn check_room(&self, queue: &str) -> Result<(), TransmitError> {
        let core = self.core();
        let lock = || core.full.lock().expect("nothing panics while it holds this lock");
        if !lock().contains_key(queue) {
            return Ok(());
        }
        let length = core.wire.length(queue).await.map_err(|error| TransmitError::Unconfirmed(error.0))?;
        if length < core.config.queue_limit {
            lock().remove(queue);
            return Ok(());
        }
        metrics::counter!("cipher_dropped_total", "why" => "queue_full").increment(1);
        Err(TransmitError::Full { queue: queue.to_owned(), length })
    }

    /// The fixed ids of a namespace whose nodes are down: their queues wait for them. In the order of ids.
    ///
    /// # Errors
    /// When the name cannot be used, or the server is away.
    pub async fn absent(&self, ns: &str) -> Result<Vec<u32>, CipherError> {
        check_namespace(ns)?;
        let ids = self.core().wire.ids(ns).await.map_err(away)?;
        Ok(ids.into_iter().filter(|id| !id.leased && id.holder.is_none()).map(|id| id.nid).collect())
    }

    /// How many messages wait in a queue: of one node, or with `None` those for any node of the namespace. Those that were
    /// taken and are not handled yet are not counted.
    ///
    /// # Errors
    /// When the server is away or the namespace cannot be used.
    pub async fn queue_length(&self, ns: &str, nid: Option<u32>) -> Result<u64, CipherError> {
        check_namespace(ns)?;
        self.core().wire.length(&queue_name(ns, nid)).await.map_err(away)
    }
}
