//! Logs on stderr, and metrics on a listener of their own: never on the public port.

use crate::listen;
use crate::program::Sentence;
use axum::Router;
use axum::routing::get;
use clap::{Args, ValueEnum};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// How a process tells what it does.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Telemetry")]
#[group(id = "telemetry")]
pub struct Config {
    /// What is logged: error, warn, info, debug, trace, also per module (`info,gateway=debug`).
    #[arg(long = "log", env = "MUSICPARK_LOG", default_value = "info", value_name = "FILTER")]
    pub filter: String,
    /// How it is logged.
    #[arg(long, env = "MUSICPARK_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: Format,
    /// Address of the Prometheus metrics at /metrics; none: no metrics are served.
    #[arg(long, env = "MUSICPARK_METRICS_ADDR", value_name = "HOST:PORT")]
    pub metrics_addr: Option<SocketAddr>,
}

/// Format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. Once a process.
pub fn start_log(config: &Config) -> Result<(), Sentence> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| {
        Sentence::configuration(format!(
            "MUSICPARK_LOG is no log filter: {error}. For example: info,gateway=debug."
        ))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log_format {
        Format::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        Format::Json => log.json().try_init(),
    };
    started.map_err(|error| Sentence::fault(format!("The log could not be started: {error}.")))
}

/// Serves `/metrics` where the configuration says so; prints `metrics http://HOST:PORT/metrics`.
pub async fn start_metrics(config: &Config, stop: &CancellationToken) -> Result<(), Sentence> {
    let handle = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|error| Sentence::fault(format!("The metrics could not be started: {error}.")))?;
    let upkeep = handle.clone();
    let stopped = stop.clone();
    tokio::spawn(async move {
        // Old samples are let go of only here.
        while stopped.run_until_cancelled(tokio::time::sleep(Duration::from_secs(5))).await.is_some() {
            upkeep.run_upkeep();
        }
    });
    if let Some(addr) = config.metrics_addr {
        let listener = listen::bind(addr, "MUSICPARK_METRICS_ADDR").await?;
        let told = listen::told(&listener).map_err(|error| Sentence::fault(error.to_string()))?;
        println!("metrics http://{told}/metrics");
        tokio::spawn(listen::serve(listener, router(handle), stop.clone()));
    }
    Ok(())
}

fn router(handle: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(move || async move { handle.render() }))
}
