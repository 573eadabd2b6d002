//! Settings of the worker.

use clap::Args;

/// Settings of the worker.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Worker")]
#[group(id = "worker")]
pub struct Config {
    /// Run rooms even though Postgres may lose what it committed (fsync, full_page_writes or synchronous_commit is off).
    #[arg(long, env = "MUSICPARK_ALLOW_UNSAFE_POSTGRES")]
    pub allow_unsafe_postgres: bool,
}

/// How long what a worker owns is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenure {
    /// For as long as the process runs: it alone has the data folder.
    Alone,
    /// For as long as its lease in the shared database is renewed; shards are shared with other workers.
    Leased,
}
