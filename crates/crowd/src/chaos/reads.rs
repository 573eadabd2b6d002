//! What the park has read so far, by its own counters: what a herd must not multiply (promise 13).

use crate::processes::program_beside;
use crate::stack::Stack;
use anyhow::{Context, ensure};
use std::time::Duration;
use tokio::process::Command;

/// A connection of Postgres that rests tells what it did at the latest after ten seconds.
const TOLD_AFTER: Duration = Duration::from_secs(11);
/// Searches of the table by an index, and whole scans.
const SESSIONS: &str =
    "SELECT coalesce(idx_scan, 0), coalesce(seq_scan, 0) FROM pg_stat_user_tables WHERE relname = 'session'";
/// Counted by the workers.
const SNAPSHOTS: &str = "worker_snapshots_total";

/// Counts of reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reads {
    /// Of one session, by an index.
    pub sessions: u64,
    /// Of all sessions.
    pub session_scans: u64,
    /// Of one room's state, by a gateway from its worker.
    pub snapshots: u64,
}

impl Reads {
    /// All so far, once those that were just made are counted too.
    ///
    /// # Errors
    /// When the database or a worker does not tell.
    pub async fn settled(stack: &Stack) -> anyhow::Result<Reads> {
        tokio::time::sleep(TOLD_AFTER).await;
        let (sessions, session_scans) = sessions(stack).await?;
        let mut snapshots = 0;
        for worker in stack.parts().iter().filter(|part| part.name.starts_with("worker-")) {
            let metrics = reqwest::get(stack.metrics(&worker.name)?).await?.text().await?;
            snapshots += counted(&metrics, SNAPSHOTS);
        }
        Ok(Reads { sessions, session_scans, snapshots })
    }

    /// Those made since then.
    pub fn since(&self, before: &Reads) -> Reads {
        Reads {
            sessions: self.sessions - before.sessions,
            session_scans: self.session_scans - before.session_scans,
            snapshots: self.snapshots - before.snapshots,
        }
    }
}

/// Asked by the server's own psql, which lies beside it or is on the path.
async fn sessions(stack: &Stack) -> anyhow::Result<(u64, u64)> {
    let psql = program_beside(stack.pid("postgres")?, "psql")?;
    let output =
        Command::new(&psql).args(["-Atqc", SESSIONS]).arg(stack.postgres()?).kill_on_drop(true).output();
    let output = output.await.with_context(|| format!("{} cannot be started", psql.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "psql failed: {}", String::from_utf8_lossy(&output.stderr));
    let counts =
        said.trim().split_once('|').and_then(|(one, all)| Some((one.parse().ok()?, all.parse().ok()?)));
    counts.with_context(|| format!("psql told no counts of reads, but {said}"))
}

/// A counter of Prometheus' text form over all its labels; 0 while nothing was counted.
fn counted(metrics: &str, name: &str) -> u64 {
    let values = metrics.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        rest.starts_with([' ', '{']).then(|| rest.rsplit(' ').next()?.parse::<u64>().ok())?
    });
    values.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_summed_over_its_labels_and_told_from_others_that_begin_alike() {
        let text = "# TYPE reads counter\nreads{of=\"a b\"} 3\nreads{of=\"c\"} 4\n\nreads_total 9\nother 1\n";
        assert_eq!((counted(text, "reads"), counted(text, "reads_total"), counted(text, "none")), (7, 9, 0));
    }
}
