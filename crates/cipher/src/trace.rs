//! The trace context of the message that is being handled, which goes on with whatever is sent meanwhile.

use std::future::Future;

tokio::task_local! {
    static CONTEXT: Option<String>;
}

/// Runs something with a trace context, such as a W3C `traceparent`: what it sends carries that context. Handlers run
/// with the context of their message; tasks they spawn do not inherit it.
pub async fn traced<F: Future>(context: impl Into<Option<String>>, future: F) -> F::Output {
    CONTEXT.scope(context.into(), future).await
}

/// The trace context this task runs with.
pub fn trace_context() -> Option<String> {
    CONTEXT.try_with(Clone::clone).ok().flatten()
}
