//! What a crowd is let loose on: the bare hub, the park in one process, or the park split into its services.

use crate::child::Child;
use crate::processes::{self, Usage};
use crate::stack::{LIMITS, Options, Profile, Stack, UNLIMITED, unlimited};
use anyhow::{Context, ensure};
use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A program that was built before listens in a moment, on a busy machine in some seconds.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// What is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// The bare hub.
    Floor,
    /// `musicpark`: one process, memory and SQLite.
    Embedded,
    /// A web server, a worker, Redis, Postgres and so many gateways.
    Split {
        /// How many gateways.
        gateways: u32,
    },
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deployment::Floor => f.write_str("floor"),
            Deployment::Embedded => f.write_str("embedded"),
            Deployment::Split { gateways: 1 } => f.write_str("split"),
            Deployment::Split { gateways } => write!(f, "split-{gateways}"),
        }
    }
}

/// Running servers, with new data. Dropping them ends all their processes.
#[derive(Debug)]
pub struct Servers {
    /// Where sockets are opened.
    pub gateways: Vec<String>,
    /// Where one logs in.
    pub web: String,
    /// The processes whose cost counts, by name.
    pub processes: Vec<(String, u32)>,
    /// The database; only of the split park.
    pub postgres: Option<Postgres>,
    _running: Running,
}

/// A database server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postgres {
    /// Its address.
    pub url: String,
    /// Its process.
    pub pid: u32,
}

#[derive(Debug)]
#[expect(dead_code, reason = "held only for its end")]
enum Running {
    Alone(Child),
    WithData(Child, TempDir),
    Stack(Stack),
}

impl Servers {
    /// Starts them, and waits until they are ready.
    ///
    /// # Errors
    /// When a program is missing or does not come up.
    pub async fn start(deployment: Deployment) -> anyhow::Result<Servers> {
        match deployment {
            Deployment::Floor => Servers::floor().await,
            Deployment::Embedded => Servers::embedded().await,
            Deployment::Split { gateways } => Servers::split(gateways).await,
        }
    }

    /// What each process holds and has taken so far, in their order.
    ///
    /// # Errors
    /// When one has ended.
    pub fn usage(&self) -> anyhow::Result<Vec<Usage>> {
        let of =
            |(name, pid): &(String, u32)| processes::usage(*pid).with_context(|| format!("{name} is gone"));
        self.processes.iter().map(of).collect()
    }

    async fn floor() -> anyhow::Result<Servers> {
        let mut hub = Child::start(&mut Command::new(program("musicpark-hub")?))?;
        let web = hub.says("web ", START_PATIENCE).await?;
        let gateways = vec![hub.says("gateway ", START_PATIENCE).await?];
        let processes = vec![("hub".to_owned(), hub.id())];
        Ok(Servers { gateways, web, processes, postgres: None, _running: Running::Alone(hub) })
    }

    async fn embedded() -> anyhow::Result<Servers> {
        let data = tempfile::tempdir().context("No temporary folder can be made")?;
        let mut command = Command::new(program("musicpark")?);
        command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("MUSICPARK_DATA", data.path().join("data"));
        command.envs(LIMITS.map(|limit| (limit, UNLIMITED)));
        let mut park = Child::start(&mut command)?;
        let web = park.says("listening ", START_PATIENCE).await?;
        let processes = vec![("musicpark".to_owned(), park.id())];
        let gateways = vec![web.clone()];
        Ok(Servers { gateways, web, processes, postgres: None, _running: Running::WithData(park, data) })
    }

    async fn split(gateways: u32) -> anyhow::Result<Servers> {
        let profile = if cfg!(debug_assertions) { Profile::Dev } else { Profile::Release };
        let settings = unlimited();
        let options =
            Options { web: 1, gateway: gateways, worker: 1, profile, settings, ..Options::default() };
        let stack = Stack::start(options).await?;
        let web = stack.webs().into_iter().next().context("The stack has no web server.")?;
        // People connect to the gateways themselves: the proxy takes no part.
        let parts = stack.parts().into_iter().filter(|part| part.name != "proxy");
        let processes = parts.map(|part| (part.name, part.pid)).collect();
        let postgres = Some(Postgres { url: stack.postgres()?, pid: stack.pid("postgres")? });
        Ok(Servers { gateways: stack.gateways(), web, processes, postgres, _running: Running::Stack(stack) })
    }
}

/// A program of this workspace: cargo puts all of them into one folder.
///
/// # Errors
/// When it is not there.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("A program does not know where it lies")?;
    let path = own.with_file_name(name);
    ensure!(path.exists(), "{} is missing: scripts/bench builds it.", path.display());
    Ok(path)
}
