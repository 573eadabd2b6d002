//! Beginning to serve: listening, taking over what former lives left, and consuming the queues.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use crate::address::Address;
use crate::error::CipherError;
use crate::node::core::Core;
use crate::node::{Node, broadcasts, consume, requests, sweep};
use crate::registry::NodeState;
use crate::wire::{WireError, ask_channel, broadcast_channel, every_broadcast, queue_name};

/// Before the transport is tried again.
const RETRY: Duration = Duration::from_millis(250);

impl Node {
    /// Starts to receive, and says so in the registry. Once it returns, a broadcast or a request reaches this node.
    /// Waits for a server that is away. It goes on when the caller stops waiting for it; calling it again waits for the same.
    ///
    /// # Errors
    /// [`CipherError::Closed`] when the node leaves meanwhile, [`CipherError::Guest`] when it is none of its namespace.
    pub async fn serve(&self) -> Result<(), CipherError> {
        if self.core().is_guest() {
            return Err(CipherError::Guest);
        }
        let begun = {
            let mut serving = self.life.serving.lock().expect("nothing panics while it holds this lock");
            serving.get_or_insert_with(|| in_the_background(self.core().clone())).clone()
        };
        if begun.await { Ok(()) } else { Err(CipherError::Closed) }
    }
}

/// In a task of its own: a half begun one would never be begun again.
fn in_the_background(core: Arc<Core>) -> Shared<BoxFuture<'static, bool>> {
    let begun = tokio::spawn(async move { begin(&core).await.is_ok() });
    begun.map(|begun| begun.unwrap_or(false)).boxed().shared()
}

async fn begin(core: &Arc<Core>) -> Result<(), CipherError> {
    let Address { ns, nid, .. } = core.address.clone();
    for route in core.routes.message_routes() {
        let tap = core.listen(broadcast_channel(&ns, &route)).await.ok_or(CipherError::Closed)?;
        core.spawn_work(broadcasts::run(core.clone(), Some(route), tap));
    }
    if core.routes.handles_any() {
        let tap = core.listen(every_broadcast(&ns)).await.ok_or(CipherError::Closed)?;
        core.spawn_work(broadcasts::run(core.clone(), None, tap));
    }
    let asks = core.listen(ask_channel(&ns, nid)).await.ok_or(CipherError::Closed)?;
    core.spawn_work(requests::run_answers(core.clone(), asks));
    retry(core, "take back what former lives left", || sweep::succeed(core)).await?;
    for nid in [Some(nid), None] {
        let queue = queue_name(&ns, nid);
        let me = core.address.clone();
        let take = || core.wire.taker(&queue, &me, nid.is_some());
        let taker = retry(core, "take from the queue", take).await?;
        core.spawn_work(consume::run(core.clone(), queue, taker));
    }
    core.spawn_work(sweep::run(core.clone()));
    core.set_state(NodeState::Serving).await;
    Ok(())
}

/// Does something over a transport that may be away, until it is done or the node leaves.
async fn retry<T, F: Future<Output = Result<T, WireError>>>(
    core: &Core,
    what: &str,
    attempt: impl Fn() -> F,
) -> Result<T, CipherError> {
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(_) if core.stop.is_cancelled() => return Err(CipherError::Closed),
            Err(error) => tracing::warn!(%error, "this node cannot {what} yet, trying again"),
        }
        let _ = core.stop.run_until_cancelled(tokio::time::sleep(RETRY)).await;
    }
}
