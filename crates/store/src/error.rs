//! What can go wrong, sorted by what a caller does about it.

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, or not in time: nothing is known of what was asked. Try again later.
    #[error("The database cannot be reached: {0}. Try again in a moment.")]
    Unreachable(String),
    /// Somebody else has this name to log in with.
    #[error("This name is taken. Choose another.")]
    Taken,
    /// What was asked contradicts what is there: the account has a login already, or the row was written before.
    #[error("{0}")]
    Conflict(String),
    /// What was to be changed does not exist.
    #[error("{0}")]
    Missing(String),
    /// The data was written by a newer version of the program, which this one must not touch.
    #[error(
        "This data was written by a newer version of Music Park (schema {data}, this program knows {program}). \
         Start the newer version, or give another data folder."
    )]
    Newer {
        /// Version of the data's schema.
        data: i64,
        /// Newest version this program knows.
        program: i64,
    },
    /// A command of the turn is in the journal already: nothing of the turn was written.
    #[error("A command of this turn was carried out before: nothing of the turn was written.")]
    Duplicate,
    /// Everything else: a bug or broken data.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// Whether asking again later may help.
    pub fn is_retryable(&self) -> bool {
        matches!(self, StoreError::Unreachable(_))
    }
}
