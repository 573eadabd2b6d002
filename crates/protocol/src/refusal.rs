//! Why something was not done, in words for people.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// The kind of a refusal, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The sender may not do this.
    Forbidden,
    /// What it is about is not there (any more).
    NotFound,
    /// It does not fit the state: already so, or too late.
    Conflict,
    /// Text, name or number out of bounds.
    BadInput,
    /// Too much of it, or too often: again later.
    TooMany,
    /// Cannot be done at the moment; try again with the same id.
    Retry,
    /// The command's id is no uuid v7 or too old or from the future.
    StaleCommand,
    /// A service that is needed does not answer; try again.
    Unavailable,
    /// The ticket is unknown, used or too old: fetch another.
    StaleTicket,
    /// Not logged in.
    NotSignedIn,
}

impl fmt::Display for RefusalCode {
    /// As on the wire: `too_many`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// The kind.
    pub code: RefusalCode,
    /// A sentence for the person: what, and what to do.
    pub text: String,
    /// When trying again makes sense, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after_ms: Option<u32>,
}

impl Refusal {
    /// A refusal of a kind with its sentence.
    pub fn new(code: RefusalCode, text: impl Into<String>) -> Refusal {
        Refusal { code, text: text.into(), retry_after_ms: None }
    }

    /// The same, with the time after which to try again.
    pub fn after(mut self, ms: u32) -> Refusal {
        self.retry_after_ms = Some(ms);
        self
    }
}
