//! What the database reaches by itself: commits of a single row, by its own pgbench.

use crate::bench::cores::Cores;
use crate::bench::servers::Postgres;
use crate::processes::program_beside;
use anyhow::{Context, ensure};
use std::io::Write;
use tempfile::NamedTempFile;

/// A table of about what a room's event needs.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);";
/// One row, committed by itself.
const ROW: &str = "INSERT INTO bench_line (body) VALUES (repeat('x', 200));";

/// Commits a second that so many clients reach on this database in so many seconds; the clients run on the crowd's core.
/// The pgbench is the server's own, which lies beside it.
///
/// # Errors
/// When there is none, or it cannot use the database.
pub async fn commits_per_second(
    cores: Cores,
    postgres: &Postgres,
    clients: u32,
    seconds: u32,
) -> anyhow::Result<f64> {
    pgbench(cores, postgres, TABLE, &["--transactions", "1"]).await?;
    let (clients, seconds) = (clients.to_string(), seconds.to_string());
    let said = pgbench(cores, postgres, ROW, &["--client", &clients, "--time", &seconds]).await?;
    let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    tps.with_context(|| format!("pgbench told no transactions per second. It said: {said}"))
}

async fn pgbench(
    cores: Cores,
    postgres: &Postgres,
    script: &str,
    options: &[&str],
) -> anyhow::Result<String> {
    let mut file = NamedTempFile::new().context("No temporary file can be made")?;
    writeln!(file, "{script}").context("A temporary file cannot be written")?;
    let program = program_beside(postgres.pid, "pgbench")?;
    let mut command = tokio::process::Command::from(cores.crowd(&program));
    command.arg("--no-vacuum").arg("--file").arg(file.path()).args(options).arg(&postgres.url);
    let output = command.kill_on_drop(true).output().await;
    let output = output.with_context(|| format!("{} cannot be started", program.display()))?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "pgbench failed: {said}");
    Ok(said)
}
