//! People, and the names they log in with.

use crate::error::{StoreError, missing, violated};
use crate::store::{Store, in_transaction, on, only};
use protocol::id::AccountId;
use protocol::people::Person;
use sqlx::{FromRow, query, query_as, query_scalar};

#[derive(FromRow)]
struct PersonRow {
    id: i64,
    name: String,
    look: i64,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Person {
        Person { account: AccountId(row.id), name: row.name, look: row.look }
    }
}

const GUEST: &str = "INSERT INTO account (name, look, made_us)
    VALUES ($1, $2, (SELECT now_us FROM clock)) RETURNING id";
const REGISTER: &str = "INSERT INTO credential (account, login, hash) VALUES ($1, $2, $3)";

impl Store {
    /// A new person without a login.
    pub async fn guest(&self, name: &str, look: i64) -> Result<AccountId, StoreError> {
        let id =
            on!(self.writer, db => only(query_scalar(GUEST).bind(name).bind(look).fetch_all(db).await?)?);
        id.map(AccountId)
    }

    /// Gives a guest a login and the hash of a password (PHC string). [`StoreError::Taken`] when another has the login,
    /// [`StoreError::Conflict`] when the account has one already.
    pub async fn register(&self, account: AccountId, login: &str, hash: &str) -> Result<(), StoreError> {
        on!(self.writer, db => {
            query(REGISTER)
                .bind(account.0)
                .bind(login)
                .bind(hash)
                .execute(db)
                .await
                .map_err(|e| unregistered(e, account))?;
        })
    }

    /// A new person with a login. [`StoreError::Taken`] when another has the login.
    pub async fn register_new(
        &self,
        name: &str,
        look: i64,
        login: &str,
        hash: &str,
    ) -> Result<AccountId, StoreError> {
        in_transaction!(self, tx => {
            let id: i64 = only(query_scalar(GUEST).bind(name).bind(look).fetch_all(&mut *tx).await?)?;
            let account = AccountId(id);
            query(REGISTER)
                .bind(id)
                .bind(login)
                .bind(hash)
                .execute(&mut *tx)
                .await
                .map_err(|e| unregistered(e, account))?;
            account
        })
    }

    /// The account and the password's hash of a login.
    pub async fn credentials(&self, login: &str) -> Result<Option<(AccountId, String)>, StoreError> {
        let row: Option<(i64, String)> = on!(self.reader, db => {
            query_as("SELECT account, hash FROM credential WHERE login = $1").bind(login).fetch_optional(db).await?
        })?;
        Ok(row.map(|(account, hash)| (AccountId(account), hash)))
    }

    /// Replaces the password's hash of an account that has a login.
    pub async fn rehash(&self, account: AccountId, hash: &str) -> Result<(), StoreError> {
        let changed = on!(self.writer, db => {
            query("UPDATE credential SET hash = $2 WHERE account = $1")
                .bind(account.0)
                .bind(hash)
                .execute(db)
                .await?
                .rows_affected()
        })?;
        if changed == 0 {
            return Err(StoreError::Missing(format!("Account {account} has no login.")));
        }
        Ok(())
    }

    /// Changes how others see an account.
    pub async fn profile(&self, account: AccountId, name: &str, look: i64) -> Result<Person, StoreError> {
        let rows: Vec<PersonRow> = on!(self.writer, db => {
            query_as("UPDATE account SET name = $2, look = $3 WHERE id = $1 RETURNING id, name, look")
                .bind(account.0)
                .bind(name)
                .bind(look)
                .fetch_all(db)
                .await?
        })?;
        rows.into_iter().next().map(Person::from).ok_or_else(|| no_account(account))
    }

    /// An account as others see it.
    pub async fn person(&self, account: AccountId) -> Result<Option<Person>, StoreError> {
        let row: Option<PersonRow> = on!(self.reader, db => {
            query_as("SELECT id, name, look FROM account WHERE id = $1").bind(account.0).fetch_optional(db).await?
        })?;
        Ok(row.map(Person::from))
    }
}

pub(crate) fn no_account(account: AccountId) -> StoreError {
    StoreError::Missing(format!("There is no account {account}."))
}

/// The constraints of `credential` by name: first what Postgres calls them, then SQLite.
fn unregistered(error: sqlx::Error, account: AccountId) -> StoreError {
    match violated(&error).as_deref() {
        Some("credential_login" | "credential.login") => StoreError::Taken,
        Some("credential_account" | "credential.account") => {
            StoreError::Conflict("This account has a name to log in with already.".to_owned())
        }
        _ => missing(error, || format!("There is no account {account}.")),
    }
}
