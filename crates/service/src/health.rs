//! Liveness and readiness: `/health/live` says the process runs, `/health/ready` that all it needs answers.

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a service needs and whether it has it. Cheap to clone. Starts with everything missing.
#[derive(Debug, Clone)]
pub struct Health {
    parts: Arc<Mutex<BTreeMap<&'static str, bool>>>,
}

impl Health {
    /// The parts that must be there for the service to be ready.
    pub fn new(parts: &[&'static str]) -> Health {
        Health { parts: Arc::new(Mutex::new(parts.iter().map(|part| (*part, false)).collect())) }
    }

    /// Says whether a part is there.
    pub fn set(&self, part: &'static str, ready: bool) {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).insert(part, ready);
    }

    /// Whether all parts are there.
    pub fn is_ready(&self) -> bool {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).values().all(|ready| *ready)
    }

    /// `/health/live` and `/health/ready`; the latter answers 503 with the parts while one is missing.
    pub fn router(&self) -> Router {
        let health = self.clone();
        let ready = move || async move {
            let parts = health.parts.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let ready = parts.values().all(|ready| *ready);
            let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            let parts =
                parts.into_iter().map(|(part, ready)| (part, if ready { "ready" } else { "missing" }));
            (status, Json(parts.collect::<BTreeMap<_, _>>()))
        };
        Router::new().route("/health/live", get(|| async { "live\n" })).route("/health/ready", get(ready))
    }
}
