//! JSON bodies: bounded, of the right type, and refused with a sentence.

use crate::problem::Failure;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::refusal::{Refusal, RefusalCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Largest body of a request, in bytes.
pub const BODY_MAX: usize = 16 * 1024;

/// A body of JSON, read from a request or written to an answer.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            let text = "Send the body as JSON, with Content-Type: application/json.";
            return Err(Failure::Status(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Refusal::new(RefusalCode::BadInput, text),
            ));
        }
        let body = Bytes::from_request(request, state).await?;
        serde_json::from_slice(&body).map(Json).map_err(|error| {
            // Where and of what kind, not what: the text of a body may be a password.
            let what = if error.is_data() { "does not have the expected fields" } else { "is not JSON" };
            let text = format!("The body {what} (line {}, column {}).", error.line(), error.column());
            Failure::refused(RefusalCode::BadInput, text)
        })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}
