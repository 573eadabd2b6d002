//! Errors as answers: a sentence for the person as `application/problem+json`; what went wrong inside goes to the log only.

use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::http::Problem;
use protocol::refusal::{Refusal, RefusalCode};
use std::convert::Infallible;
use std::sync::Arc;
use store::StoreError;

/// Why a request was not done.
#[derive(Debug)]
pub enum Failure {
    /// With a sentence, and the status that fits its code.
    Refused(Refusal),
    /// With a sentence and a status of its own.
    Status(StatusCode, Refusal),
    /// The database does not answer; try again.
    Away(String),
    /// A bug or broken data.
    Fault(anyhow::Error),
}

/// What went wrong inside, in the extensions of an answer: the request log takes it from there.
#[derive(Debug, Clone)]
pub struct Cause(pub Arc<str>);

impl Failure {
    /// A refusal of a kind with its sentence.
    pub fn refused(code: RefusalCode, text: impl Into<String>) -> Failure {
        Failure::Refused(Refusal::new(code, text))
    }

    /// There is nothing at this address.
    pub fn nothing_here() -> Failure {
        Failure::refused(RefusalCode::NotFound, "There is nothing at this address.")
    }

    /// Who asks is not logged in, not even as a guest.
    pub fn not_signed_in() -> Failure {
        Failure::refused(RefusalCode::NotSignedIn, "You are not in the park yet. Walk in or log in first.")
    }

    /// Status, sentence and, for the log, the cause.
    fn parts(self) -> (StatusCode, Refusal, Option<Cause>) {
        match self {
            Failure::Refused(refusal) => (status(refusal.code), refusal, None),
            Failure::Status(status, refusal) => (status, refusal, None),
            Failure::Away(cause) => {
                let text =
                    "The park's memory does not answer right now. Nothing is lost, try again in a moment.";
                let refusal = Refusal::new(RefusalCode::Unavailable, text).after(1000);
                (StatusCode::SERVICE_UNAVAILABLE, refusal, Some(Cause(cause.into())))
            }
            Failure::Fault(error) => {
                let text = "Something went wrong on the park's side. Try again in a moment.";
                let refusal = Refusal::new(RefusalCode::Unavailable, text);
                (StatusCode::INTERNAL_SERVER_ERROR, refusal, Some(Cause(format!("{error:#}").into())))
            }
        }
    }

    /// The same as a page for people, made by `page` from status and sentence.
    pub fn into_page(self, page: impl FnOnce(StatusCode, &str) -> Response) -> Response {
        let (status, refusal, cause) = self.parts();
        finish(page(status, &refusal.text), &refusal, cause)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, refusal, cause) = self.parts();
        let title = status.canonical_reason().unwrap_or("Not done").to_owned();
        let problem = Problem { status: status.as_u16(), title, refusal: refusal.clone() };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        finish((status, [(header::CONTENT_TYPE, kind)], body).into_response(), &refusal, cause)
    }
}

fn finish(mut response: Response, refusal: &Refusal, cause: Option<Cause>) -> Response {
    if let Some(ms) = refusal.retry_after_ms {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000)));
    }
    if let Some(cause) = cause {
        response.extensions_mut().insert(cause);
    }
    response
}

fn status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::Forbidden => StatusCode::FORBIDDEN,
        RefusalCode::NotFound => StatusCode::NOT_FOUND,
        RefusalCode::Conflict | RefusalCode::StaleCommand => StatusCode::CONFLICT,
        RefusalCode::BadInput => StatusCode::BAD_REQUEST,
        RefusalCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalCode::Retry | RefusalCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::StaleTicket | RefusalCode::NotSignedIn => StatusCode::UNAUTHORIZED,
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        if error.is_retryable() { Failure::Away(error.to_string()) } else { Failure::Fault(error.into()) }
    }
}

impl From<Infallible> for Failure {
    fn from(never: Infallible) -> Failure {
        match never {}
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Failure {
        let text = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            "That is too much at once: a request here has at most 16 KiB."
        } else {
            "The request did not arrive whole. Send it again."
        };
        Failure::Status(rejection.status(), Refusal::new(RefusalCode::BadInput, text))
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Failure {
        let text = "What stands after the question mark in this address cannot be read.";
        Failure::Status(rejection.status(), Refusal::new(RefusalCode::BadInput, text))
    }
}
