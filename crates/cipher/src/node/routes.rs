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

use crate::envelope::Envelope;
use crate::error::{HandlerError, Refusal};
use crate::message::Message;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What became of one attempt to handle a message.
pub(crate) enum Outcome {
    Done,
    /// The payload is not of the handler's type: another attempt would be in vain.
    Malformed(String),
    /// It failed or panicked; another attempt may go better.
    Failed(String),
}

pub(crate) type OnMessage = Arc<dyn Fn(Envelope, String, u32) -> Boxed<Outcome> + Send + Sync>;
pub(crate) type OnRequest =
    Arc<dyn Fn(Envelope, String) -> Boxed<Result<Box<RawValue>, Refusal>> + Send + Sync>;

#[derive(Default)]
pub(crate) struct Routes {
    messages: RwLock<FxHashMap<String, OnMessage>>,
    requests: RwLock<FxHashMap<String, OnRequest>>,
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
        let handler = Arc::new(handler);
        let erased: OnMessage = Arc::new(move |envelope, route, attempt| {
            let handler = handler.clone();
            Box::pin(async move {
                let message = match message(envelope, route, attempt) {
                    Ok(message) => message,
                    Err(error) => return Outcome::Malformed(error.to_string()),
                };
                // The closure itself runs inside the future: its panic is caught too.
                match AssertUnwindSafe(async { handler(message).await }).catch_unwind().await {
                    Ok(Ok(())) => Outcome::Done,
                    Ok(Err(error)) => Outcome::Failed(error.to_string()),
                    Err(panic) => Outcome::Failed(panic_text(panic.as_ref())),
                }
            })
        });
        self.messages.write().expect(UNPOISONED).insert(route.to_owned(), erased).is_none()
    }

    /// Returns false when the route has an answerer already.
    pub(crate) fn answer<T, R, F, Fut>(&self, route: &str, handler: F) -> bool
    where
        T: DeserializeOwned + Send + 'static,
        R: Serialize + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, Refusal>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let erased: OnRequest = Arc::new(move |envelope, route| {
            let handler = handler.clone();
            Box::pin(async move {
                let message = message(envelope, route, 1).map_err(|error| {
                    Refusal::new("malformed", format!("the payload cannot be read: {error}"))
                })?;
                let reply = match AssertUnwindSafe(async { handler(message).await }).catch_unwind().await {
                    Ok(reply) => reply?,
                    Err(panic) => {
                        let text = panic_text(panic.as_ref());
                        tracing::error!(error = %text, "a request's handler panicked");
                        return Err(Refusal::new("failed", "the handler failed"));
                    }
                };
                serde_json::value::to_raw_value(&reply)
                    .map_err(|error| Refusal::new("failed", format!("the reply cannot be written: {error}")))
            })
        });
        self.requests.write().expect(UNPOISONED).insert(route.to_owned(), erased).is_none()
    }

    pub(crate) fn message_handler(&self, route: &str) -> Option<OnMessage> {
        self.messages.read().expect(UNPOISONED).get(route).cloned()
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
    }
}

fn message<T: DeserializeOwned>(
    envelope: Envelope,
    route: String,
    attempt: u32,
) -> Result<Message<T>, serde_json::Error> {
    Ok(Message {
        payload: serde_json::from_slice(&envelope.payload)?,
        origin: envelope.origin,
        tenant: envelope.tenant,
        recipient_tenant: envelope.recipient_tenant,
        route,
        id: envelope.extras.id,
        attempt,
    })
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    format!("panicked: {text}")
}
