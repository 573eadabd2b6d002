//! Beginning to serve: listening, taking over what former lives left, and consuming the queues.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::error::CipherError;
use crate::node::{Node, broadcasts, consume, requests, sweep};
use crate::registry::NodeState;
use crate::wire::{WireError, ask_channel, broadcast_channel, every_broadcast, queue_name};

/// Before the transport is tried again.
const RETRY: Duration = Duration::from_millis(250);

impl Node {
    /// Starts to receive, and says so in the registry. Once it returns, a broadcast or a request reaches this node.
    /// Waits for a server that is away.
    ///
    /// # Errors
    /// [`CipherError::Closed`] when the node leaves meanwhile, [`CipherError::Guest`] when it is none of its namespace.
    pub async fn serve(&self) -> Result<(), CipherError> {
        if self.core().is_guest() {
            return Err(CipherError::Guest);
        }
        if self.life.serving.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let core = self.core();
        for route in core.routes.message_routes() {
            let tap = core.listen(broadcast_channel(self.ns(), &route)).await.ok_or(CipherError::Closed)?;
            core.spawn_work(broadcasts::run(core.clone(), Some(route), tap));
        }
        if core.routes.handles_any() {
            let tap = core.listen(every_broadcast(self.ns())).await.ok_or(CipherError::Closed)?;
            core.spawn_work(broadcasts::run(core.clone(), None, tap));
        }
        let asks = core.listen(ask_channel(self.ns(), self.nid())).await.ok_or(CipherError::Closed)?;
        core.spawn_work(requests::run_answers(core.clone(), asks));
        self.retry("take back what former lives left", async || sweep::succeed(core).await).await?;
        for nid in [Some(self.nid()), None] {
            let queue = queue_name(self.ns(), nid);
            let me = core.address.clone();
            let taker = self
                .retry("take from the queue", async || core.wire.taker(&queue, &me, nid.is_some()).await)
                .await?;
            core.spawn_work(consume::run(core.clone(), queue, taker));
        }
        core.spawn_work(sweep::run(core.clone()));
        self.set_state(NodeState::Serving).await;
        Ok(())
    }

    /// Does something over a transport that may be away, until it is done or the node leaves.
    async fn retry<T>(
        &self,
        what: &str,
        attempt: impl AsyncFn() -> Result<T, WireError>,
    ) -> Result<T, CipherError> {
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(_) if self.core().stop.is_cancelled() => return Err(CipherError::Closed),
                Err(error) => tracing::warn!(%error, "this node cannot {what} yet, trying again"),
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}
