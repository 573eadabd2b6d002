//! The handlers of a node by route, with their types erased and their panics caught.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, RwLock};

use futures_util::FutureExt;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::time::Instant;
use tracing::Instrument;

use crate::envelope::Envelope;
use crate::error::{HandlerError, Refusal};
use crate::message::{Kind, Message, Resolved};
use crate::trace::traced;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What became of one attempt to handle a message.
pub(crate) enum Outcome {
    Done,
    /// The payload is not of the handler's type: another attempt would be in vain.
    Malformed(String),
    /// It failed or panicked; another attempt may go better.
    Failed(String),
}

pub(crate) type OnMessage = Arc<dyn Fn(Arrived) -> Boxed<Outcome> + Send + Sync>;
pub(crate) type OnRequest = Arc<dyn Fn(Arrived) -> Boxed<Result<Box<RawValue>, Refusal>> + Send + Sync>;
type Resolve = Arc<dyn Fn(String) -> Boxed<Result<Resolved, HandlerError>> + Send + Sync>;

/// A message on its way to its handler.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) kind: Kind,
    pub(crate) envelope: Envelope,
    /// Without the namespace.
    pub(crate) route: String,
    pub(crate) attempt: u32,
}

#[derive(Default)]
pub(crate) struct Routes {
    messages: RwLock<FxHashMap<String, OnMessage>>,
    requests: RwLock<FxHashMap<String, OnRequest>>,
    /// For the messages nobody else handles.
    any: RwLock<Option<OnMessage>>,
    resolve: Arc<RwLock<Option<Resolve>>>,
}

const UNPOISONED: &str = "nothing panics while it holds this lock";

impl Routes {
    /// Returns false when the route has a handler already.
    pub(crate) fn on<T, F, Fut>(&self, route: &str, handler: F) -> bool
    where
        T: DeserializeOwned + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        let erased = self.erase(handler);
        self.messages.write().expect(UNPOISONED).insert(route.to_owned(), erased).is_none()
    }

    /// Returns false when there is such a handler already.
    pub(crate) fn on_any<T, F, Fut>(&self, handler: F) -> bool
    where
        T: DeserializeOwned + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        let erased = self.erase(handler);
        self.any.write().expect(UNPOISONED).replace(erased).is_none()
    }

    fn erase<T, F, Fut>(&self, handler: F) -> OnMessage
    where
        T: DeserializeOwned + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        let (handler, resolver) = (Arc::new(handler), self.resolve.clone());
        Arc::new(move |arrived| {
            let (handler, resolver) = (handler.clone(), resolver.clone());
            Box::pin(observed(arrived, async move |arrived: Arrived| {
                // The closures themselves run inside the future: their panics are caught too.
                let handling = async {
                    let resolved = match resolve(&resolver, &arrived.envelope).await {
                        Ok(resolved) => resolved,
                        Err(error) => return Outcome::Failed(format!("its tenant was not found: {error}")),
                    };
                    let message = match message(arrived, resolved) {
                        Ok(message) => message,
                        Err(error) => return Outcome::Malformed(error.to_string()),
                    };
                    match handler(message).await {
                        Ok(()) => Outcome::Done,
                        Err(error) => Outcome::Failed(error.to_string()),
                    }
                };
                match AssertUnwindSafe(handling).catch_unwind().await {
                    Ok(outcome) => outcome,
                    Err(panic) => Outcome::Failed(panic_text(panic.as_ref())),
                }
            }))
        })
    }

    /// Returns false when there is a resolver already.
    pub(crate) fn resolve_tenants<R, F, Fut>(&self, resolver: F) -> bool
    where
        R: Send + Sync + 'static,
        F: Fn(String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Arc<R>, HandlerError>> + Send + 'static,
    {
        let erased: Resolve = Arc::new(move |tenant| {
            let finding = resolver(tenant);
            Box::pin(async move { Ok(finding.await? as Resolved) })
        });
        self.resolve.write().expect(UNPOISONED).replace(erased).is_none()
    }

    /// Returns false when the route has an answerer already.
    pub(crate) fn answer<T, R, F, Fut>(&self, route: &str, handler: F) -> bool
    where
        T: DeserializeOwned + Send + 'static,
        R: Serialize + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, Refusal>> + Send + 'static,
    {
        let (handler, resolver) = (Arc::new(handler), self.resolve.clone());
        let erased: OnRequest = Arc::new(move |arrived| {
            let (handler, resolver) = (handler.clone(), resolver.clone());
            Box::pin(observed(arrived, async move |arrived: Arrived| {
                let handling = async {
                    let resolved = resolve(&resolver, &arrived.envelope)
                        .await
                        .map_err(|error| Refusal::new("no_tenant", error.to_string()))?;
                    let message = message(arrived, resolved).map_err(|error| {
                        Refusal::new("malformed", format!("the payload cannot be read: {error}"))
                    })?;
                    handler(message).await
                };
                let reply = match AssertUnwindSafe(handling).catch_unwind().await {
                    Ok(reply) => reply?,
                    Err(panic) => {
                        let text = panic_text(panic.as_ref());
                        tracing::error!(error = %text, "a request's handler panicked");
                        return Err(Refusal::new("failed", "the handler failed"));
                    }
                };
                serde_json::value::to_raw_value(&reply)
                    .map_err(|error| Refusal::new("failed", format!("the reply cannot be written: {error}")))
            }))
        });
        self.requests.write().expect(UNPOISONED).insert(route.to_owned(), erased).is_none()
    }

    pub(crate) fn message_handler(&self, route: &str) -> Option<OnMessage> {
        let own = self.messages.read().expect(UNPOISONED).get(route).cloned();
        own.or_else(|| self.any.read().expect(UNPOISONED).clone())
    }

    /// Whether the route has a handler of its own.
    pub(crate) fn has(&self, route: &str) -> bool {
        self.messages.read().expect(UNPOISONED).contains_key(route)
    }

    pub(crate) fn handles_any(&self) -> bool {
        self.any.read().expect(UNPOISONED).is_some()
    }

    pub(crate) fn request_handler(&self, route: &str) -> Option<OnRequest> {
        self.requests.read().expect(UNPOISONED).get(route).cloned()
    }

    pub(crate) fn message_routes(&self) -> Vec<String> {
        self.messages.read().expect(UNPOISONED).keys().cloned().collect()
    }

    /// Lets go of the handlers, and of the handles to the node they may hold.
    pub(crate) fn clear(&self) {
        self.messages.write().expect(UNPOISONED).clear();
        self.requests.write().expect(UNPOISONED).clear();
        self.any.write().expect(UNPOISONED).take();
        self.resolve.write().expect(UNPOISONED).take();
    }
}

fn message<T: DeserializeOwned>(
    arrived: Arrived,
    resolved: Option<Resolved>,
) -> Result<Message<T>, serde_json::Error> {
    let Arrived { kind, envelope, route, attempt } = arrived;
    Ok(Message {
        kind,
        payload: serde_json::from_slice(&envelope.payload)?,
        origin: envelope.origin,
        tenant: envelope.tenant,
        recipient_nid: envelope.recipient_nid,
        recipient_tenant: envelope.recipient_tenant,
        route,
        id: envelope.extras.id,
        trace: envelope.extras.trace,
        attempt,
        resolved,
    })
}

async fn resolve(
    resolver: &RwLock<Option<Resolve>>,
    envelope: &Envelope,
) -> Result<Option<Resolved>, HandlerError> {
    let resolve = resolver.read().expect(UNPOISONED).clone();
    let (Some(resolve), Some(tenant)) = (resolve, envelope.recipient_tenant.clone()) else {
        return Ok(None);
    };
    resolve(tenant).await.map(Some)
}

/// Handles something within its trace context, and tells how long that took.
async fn observed<R>(arrived: Arrived, handle: impl AsyncFnOnce(Arrived) -> R) -> R {
    let (kind, trace) = (arrived.kind, arrived.envelope.extras.trace.clone());
    let span = tracing::debug_span!(
        "cipher.handle", cipher.kind = kind.name(), cipher.route = %arrived.route,
        cipher.origin = %arrived.envelope.origin, cipher.trace = trace.as_deref()
    );
    let since = Instant::now();
    let handled = traced(trace, handle(arrived)).instrument(span).await;
    handler_seconds(kind).record(since.elapsed().as_secs_f64());
    handled
}

/// With literal labels, whose key is made when this is compiled: this runs for every message.
fn handler_seconds(kind: Kind) -> metrics::Histogram {
    match kind {
        Kind::Transmit => metrics::histogram!("cipher_handler_seconds", "kind" => "transmit"),
        Kind::Broadcast => metrics::histogram!("cipher_handler_seconds", "kind" => "broadcast"),
        Kind::Request => metrics::histogram!("cipher_handler_seconds", "kind" => "request"),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    format!("panicked: {text}")
}
