//! People, and the names they log in with.

use crate::error::StoreError;
use crate::store::{Store, later};
use protocol::id::AccountId;
use protocol::people::Person;

#[allow(unused_variables)]
impl Store {
    /// A new person without a login.
    pub async fn guest(&self, name: &str, look: i64) -> Result<AccountId, StoreError> {
        later()
    }

    /// Gives a guest a login and the hash of a password (PHC string). [`StoreError::Taken`] when another has the login,
    /// [`StoreError::Conflict`] when the account has one already.
    pub async fn register(&self, account: AccountId, login: &str, hash: &str) -> Result<(), StoreError> {
        later()
    }

    /// A new person with a login. [`StoreError::Taken`] when another has the login.
    pub async fn register_new(
        &self,
        name: &str,
        look: i64,
        login: &str,
        hash: &str,
    ) -> Result<AccountId, StoreError> {
        later()
    }

    /// The account and the password's hash of a login.
    pub async fn credentials(&self, login: &str) -> Result<Option<(AccountId, String)>, StoreError> {
        later()
    }

    /// Replaces the password's hash of an account that has a login.
    pub async fn rehash(&self, account: AccountId, hash: &str) -> Result<(), StoreError> {
        later()
    }

    /// Changes how others see an account.
    pub async fn profile(&self, account: AccountId, name: &str, look: i64) -> Result<Person, StoreError> {
        later()
    }

    /// An account as others see it.
    pub async fn person(&self, account: AccountId) -> Result<Option<Person>, StoreError> {
        later()
    }
}
