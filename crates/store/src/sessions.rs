//! Who is logged in, and the numbered revocations that close sockets.

use crate::error::StoreError;
use crate::store::{Store, later};
use protocol::id::AccountId;
use protocol::link::{Revoked, RevokedSince};
use protocol::people::Person;

/// Somebody who is logged in, as a guest or with a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Number of the session.
    pub session: i64,
    /// Whose it is.
    pub person: Person,
    /// The name to log in with; none for a guest.
    pub login: Option<String>,
}

/// Revocations that one answer holds at the most.
pub const REVOCATIONS_MAX: usize = 1000;

#[allow(unused_variables)]
impl Store {
    /// Opens a session for the SHA-256 of a token, until `expires_us`; answers its number.
    pub async fn session_open(
        &self,
        account: AccountId,
        token_hash: &[u8; 32],
        expires_us: i64,
    ) -> Result<i64, StoreError> {
        later()
    }

    /// The session of a token; none when there is none, it has expired or ended. One indexed read.
    pub async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        later()
    }

    /// Ends a session and writes its revocation. Revocations are numbered without gaps in the order of their commits.
    pub async fn session_end(&self, session: i64) -> Result<Revoked, StoreError> {
        later()
    }

    /// Ends all sessions of an account with one revocation.
    pub async fn sessions_end_all(&self, account: AccountId) -> Result<Revoked, StoreError> {
        later()
    }

    /// Revocations after a number, at most [`REVOCATIONS_MAX`]; without a number only the latest number.
    pub async fn revocations(&self, since: Option<i64>) -> Result<RevokedSince, StoreError> {
        later()
    }
}
