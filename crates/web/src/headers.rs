//! Headers that every answer carries, so that a browser does no more with it than was meant.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use service::origin::Origin;

/// On everything, unless the answer says otherwise.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "autoplay=(self), microphone=(self), screen-wake-lock=(self), camera=(), geolocation=(), payment=(), usb=()",
    ),
    // What is no page needs nothing at all.
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// Adds them.
pub async fn add(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in ALWAYS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// What the web client's page may do: its own files and its own websocket. No code in the page itself; style attributes are
/// allowed, as they are no code and Svelte writes them.
pub fn page_policy(origin: &Origin) -> HeaderValue {
    let websocket = origin.websocket();
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; \
         connect-src 'self' {websocket}; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    HeaderValue::try_from(policy).expect("an origin's host has no control characters")
}
