//! The command line and its variables.

use clap::Parser;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Music Park in one process: a park in the browser where everybody in a room hears the same bar of music at the same moment.
///
/// Needs nothing: it keeps its data in a folder (SQLite) and talks to itself. Open the printed address.
/// With DATABASE_URL and REDIS_URL it is one node of a larger park instead.
///
/// Every option can be set by the variable named with it. INT and TERM finish what is under way and end with exit code 0; a wrong
/// setting ends with 2, anything else with 1, and a sentence.
#[derive(Debug, Parser)]
#[command(name = "musicpark", version)]
pub struct Args {
    /// Address of the page, the API and the websocket. Port 0 picks a free one; 0.0.0.0:8080 opens the park to the network.
    #[arg(long, env = "MUSICPARK_ADDR", default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    pub addr: SocketAddr,
    /// The data folder: park.db (SQLite, with its -wal and -shm) and lock (one process has it at a time). To back it up, stop the park and
    /// copy the folder. [default: musicpark in $XDG_DATA_HOME, else in ~/.local/share]
    #[arg(long, env = "MUSICPARK_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// A Postgres database instead of the data folder, such as postgres://park@localhost/park.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// A Redis server to reach other services of the park, such as redis://localhost. [default: all services are in this process]
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    pub redis_url: Option<String>,
    /// Settings of the web service and of the gateway.
    #[command(flatten)]
    pub web: web::Config,
    /// Settings of the worker.
    #[command(flatten)]
    pub worker: worker::Config,
    /// Logs and metrics.
    #[command(flatten)]
    pub telemetry: service::telemetry::Config,
}
