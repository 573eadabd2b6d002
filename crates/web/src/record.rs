//! The request log and its metrics: one line a request, with its number; never a query string, a header or a body.

use crate::problem::Cause;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;

/// The request's number, by which a person's report is found in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Measures and logs a request.
pub async fn request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = known(request.method());
    // The route, not the address: an address may hold anything, and metrics are bounded.
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("other", MatchedPath::as_str);
    let id = format!("{:012x}", rand::random::<u64>() >> 16);
    let mut response = next.run(request).await;
    let (status, took) = (response.status(), started.elapsed());
    let duration_ms = took.as_secs_f64() * 1e3;
    let cause = response.extensions_mut().remove::<Cause>();
    match cause {
        Some(Cause(cause)) if status == StatusCode::INTERNAL_SERVER_ERROR => {
            tracing::error!(
                request.id = id,
                method,
                path,
                status = status.as_u16(),
                duration_ms,
                cause = &*cause,
                "request failed"
            );
        }
        Some(Cause(cause)) => {
            tracing::warn!(
                request.id = id,
                method,
                path,
                status = status.as_u16(),
                duration_ms,
                cause = &*cause,
                "request refused"
            );
        }
        // Files and music: many, and never interesting.
        None if path.starts_with("/audio") || (path == "other" && status.is_success()) => {
            tracing::debug!(request.id = id, method, path, status = status.as_u16(), duration_ms, "request");
        }
        None => {
            tracing::info!(request.id = id, method, path, status = status.as_u16(), duration_ms, "request");
        }
    }
    let labels =
        [("method", method.to_owned()), ("path", path.to_owned()), ("status", status.as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", "path" => path.to_owned())
        .record(took.as_secs_f64());
    let id = HeaderValue::try_from(id).expect("hexadecimal digits fit a header");
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// A client may make methods up: those would be labels without bound.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
