//! What can go wrong, sorted by what a caller does about it.

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, or not in time: of a write it is not known whether it was done. Try again later.
    #[error("The database cannot be reached ({0}). Try again in a moment.")]
    Unreachable(String),
    /// Somebody else has this name to log in with.
    #[error("This name to log in with is taken. Choose another.")]
    Taken,
    /// What was asked contradicts what is there.
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
    /// Everything else: a mistake in the program or in the data.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// Whether asking again later may help.
    pub fn is_retryable(&self) -> bool {
        matches!(self, StoreError::Unreachable(_))
    }
}

impl From<sqlx::Error> for StoreError {
    /// Sorts the errors that mean the same for every query. Violated constraints are looked at first, by the queries that expect them.
    fn from(error: sqlx::Error) -> StoreError {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        let away = match &error {
            // A connection that ends amid its first words, as through a proxy whose database is away, is an error of the protocol.
            Io(_) | Tls(_) | Protocol(_) | PoolClosed | PoolTimedOut | WorkerCrashed => true,
            sqlx::Error::Database(database) => database.code().is_some_and(|code| passes(&code)),
            _ => false,
        };
        if away {
            StoreError::Unreachable(error.to_string())
        } else {
            StoreError::Other(format!("The database did not understand or its data is broken: {error}"))
        }
    }
}

/// Whether what this code of the database says passes by itself. Postgres has SQLSTATEs of five characters, SQLite numbers of which the lowest
/// byte says the kind.
fn passes(code: &str) -> bool {
    if let Ok(number) = code.parse::<i32>().map(|n| n & 0xff)
        && code.len() < 5
    {
        // Busy, locked, the disk fails or is full.
        return matches!(number, 5 | 6 | 10 | 13);
    }
    let class = &code[..code.len().min(2)];
    // Connection lost, out of resources (connections, disk); shutting or starting up; serialisation failures and deadlocks; a lock, a
    // statement or a transaction that took too long.
    matches!(class, "08" | "53" | "57" | "40") || matches!(code, "55P03" | "25P03" | "25P04")
}

/// The unique constraint that a statement violated: its name on Postgres, its columns on SQLite.
pub(crate) fn violated(error: &sqlx::Error) -> Option<String> {
    let database = error.as_database_error().filter(|d| d.is_unique_violation())?;
    match database.constraint() {
        Some(name) => Some(name.to_owned()),
        None => database.message().strip_prefix("UNIQUE constraint failed: ").map(str::to_owned),
    }
}

/// Turns the violation of a foreign key into [`StoreError::Missing`] with this sentence.
pub(crate) fn missing(error: sqlx::Error, sentence: impl FnOnce() -> String) -> StoreError {
    if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) {
        StoreError::Missing(sentence())
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_hangs_up_is_a_database_that_is_away() {
        let hung_up = sqlx::Error::Protocol("unexpected response from SSLRequest: 0x00".to_owned());
        assert!(StoreError::from(hung_up).is_retryable());
    }

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for code in ["5", "517", "13", "57P01", "57014", "08006", "53300", "40P01", "55P03", "25P03"] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "1555", "2067", "42P01", "23505", "3D000", "28000", ""] {
            assert!(!passes(code), "{code}");
        }
    }
}
