//! Who is logged in, and the numbered revocations that close sockets.

use crate::accounts::no_account;
use crate::error::{StoreError, missing};
use crate::store::{Store, in_transaction, on, only};
use protocol::id::AccountId;
use protocol::link::{Revoked, RevokedSince};
use protocol::people::Person;
use sqlx::{FromRow, query, query_as, query_scalar};

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

#[derive(FromRow)]
struct SessionRow {
    session: i64,
    account: i64,
    name: String,
    look: i64,
    login: Option<String>,
}

#[derive(FromRow)]
struct RevocationRow {
    number: i64,
    session: Option<i64>,
    account: i64,
}

/// Takes the next number and keeps its row locked until the commit, so that numbers rise in the order of commits.
const COUNT: &str = "UPDATE counter SET last = last + 1 WHERE name = 'revocation' RETURNING last";
const REVOKE: &str = "INSERT INTO revocation (number, session, account, made_us)
    VALUES ($1, $2, $3, (SELECT now_us FROM clock))";
const LATEST: &str = "SELECT last FROM counter WHERE name = 'revocation'";

impl Store {
    /// Opens a session for the SHA-256 of a token, until `expires_us` by the database's clock; answers its number.
    pub async fn session_open(
        &self,
        account: AccountId,
        token_hash: &[u8; 32],
        expires_us: i64,
    ) -> Result<i64, StoreError> {
        on!(self.writer, db => {
            let rows = query_scalar(
                "INSERT INTO session (account, token, made_us, expires_us)
                 VALUES ($1, $2, (SELECT now_us FROM clock), $3) RETURNING id",
            )
            .bind(account.0)
            .bind(&token_hash[..])
            .bind(expires_us)
            .fetch_all(db)
            .await
            .map_err(|e| missing(e, || format!("There is no account {account}.")))?;
            only(rows)?
        })
    }

    /// The session of a token; none when there is none, it has expired or ended. One indexed read.
    pub async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let row: Option<SessionRow> = on!(self.reader, db => {
            query_as(
                "SELECT s.id AS session, a.id AS account, a.name, a.look, c.login
                 FROM session s JOIN account a ON a.id = s.account LEFT JOIN credential c ON c.account = a.id
                 WHERE s.token = $1 AND s.ended_us IS NULL AND s.expires_us > (SELECT now_us FROM clock)",
            )
            .bind(&token_hash[..])
            .fetch_optional(db)
            .await?
        })?;
        Ok(row.map(|row| Session {
            session: row.session,
            person: Person { account: AccountId(row.account), name: row.name, look: row.look },
            login: row.login,
        }))
    }

    /// Ends a session and writes its revocation. Revocations are numbered from 1, without gaps, in the order of their commits.
    pub async fn session_end(&self, session: i64) -> Result<Revoked, StoreError> {
        in_transaction!(self, tx => {
            let number: i64 = only(query_scalar(COUNT).fetch_all(&mut *tx).await?)?;
            let account: Vec<i64> = query_scalar(
                "UPDATE session SET ended_us = coalesce(ended_us, (SELECT now_us FROM clock)) WHERE id = $1
                 RETURNING account",
            )
            .bind(session)
            .fetch_all(&mut *tx)
            .await?;
            let account = *account
                .first()
                .ok_or_else(|| StoreError::Missing(format!("There is no session {session}.")))?;
            query(REVOKE).bind(number).bind(Some(session)).bind(account).execute(&mut *tx).await?;
            Revoked { number, session: Some(session), account: AccountId(account) }
        })
    }

    /// Ends all sessions of an account with one revocation.
    pub async fn sessions_end_all(&self, account: AccountId) -> Result<Revoked, StoreError> {
        if self.person(account).await?.is_none() {
            return Err(no_account(account));
        }
        in_transaction!(self, tx => {
            let number: i64 = only(query_scalar(COUNT).fetch_all(&mut *tx).await?)?;
            query(
                "UPDATE session SET ended_us = (SELECT now_us FROM clock) WHERE account = $1 AND ended_us IS NULL",
            )
            .bind(account.0)
            .execute(&mut *tx)
            .await?;
            query(REVOKE).bind(number).bind(None::<i64>).bind(account.0).execute(&mut *tx).await?;
            Revoked { number, session: None, account }
        })
    }

    /// Revocations after a number, at most [`REVOCATIONS_MAX`] (then `latest` is beyond them: ask again); without a number only the
    /// latest number.
    pub async fn revocations(&self, since: Option<i64>) -> Result<RevokedSince, StoreError> {
        let latest: i64 = on!(self.reader, db => only(query_scalar(LATEST).fetch_all(db).await?)?)?;
        let Some(since) = since else { return Ok(RevokedSince { revoked: Vec::new(), latest }) };
        let rows: Vec<RevocationRow> = on!(self.reader, db => {
            query_as(
                "SELECT number, session, account FROM revocation WHERE number > $1 ORDER BY number LIMIT $2",
            )
            .bind(since)
            .bind(REVOCATIONS_MAX as i64)
            .fetch_all(db)
            .await?
        })?;
        // More may have been committed between the two reads.
        let latest = rows.last().map_or(latest, |last| latest.max(last.number));
        let revoked = rows
            .into_iter()
            .map(|row| Revoked { number: row.number, session: row.session, account: AccountId(row.account) })
            .collect();
        Ok(RevokedSince { revoked, latest })
    }
}
