//! Servers and crowd on cores of their own, so that neither takes the other's time.

use anyhow::{Context, ensure};
use std::process::{Command, Stdio};

/// The servers' core. Postgres and Redis run there too.
const SERVERS: usize = 0;
/// The crowd's, and pgbench's.
const CROWD: usize = 1;

/// Who runs where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cores {
    /// The crowd's core; on a machine that has but one, the servers'.
    crowd: usize,
}

impl Cores {
    /// Puts this program onto the servers' core, and with it whatever it starts from now on.
    ///
    /// # Errors
    /// When there is no `taskset`, or the core may not be used.
    pub fn claim() -> anyhow::Result<Cores> {
        let all = std::thread::available_parallelism().context("The number of cores is unknown")?;
        let mut taskset = Command::new("taskset");
        taskset.args(["--all-tasks", "--cpu-list", "--pid", &SERVERS.to_string()]);
        let status = taskset.arg(std::process::id().to_string()).stdout(Stdio::null()).status();
        let status = status.context("taskset cannot be started: it comes with util-linux")?;
        ensure!(status.success(), "Nothing can be pinned to core {SERVERS}.");
        Ok(Cores { crowd: if all.get() > CROWD { CROWD } else { SERVERS } })
    }

    /// Whether servers and crowd have a core each.
    pub fn are_apart(self) -> bool {
        self.crowd != SERVERS
    }

    /// A command that runs the program on the crowd's core.
    pub fn crowd(self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("taskset");
        command.arg("--cpu-list").arg(self.crowd.to_string()).arg(program);
        command
    }
}
