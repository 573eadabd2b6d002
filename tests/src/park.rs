//! A park to test: the one-process one, or the split stack.

use crate::process::{Process, binary};
use crowd::child::Signal;
use crowd::stack::{Options, Stack};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// How a park is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// `musicpark`: one process, memory and SQLite.
    Embedded,
    /// Two web servers, two gateways, a worker, Redis, Postgres and the proxy.
    Split,
    /// The same with two workers.
    TwoWorkers,
}

/// A running park. Dropping it ends all its processes.
#[derive(Debug)]
pub struct Park {
    /// How it is deployed.
    pub deployment: Deployment,
    /// Where people reach it.
    pub url: String,
    /// Where the gateways listen: one, or each of several.
    pub gateways: Vec<String>,
    running: Running,
    folder: TempDir,
}

/// Its processes.
#[derive(Debug)]
enum Running {
    Embedded(Process),
    Split(Stack),
}

impl Park {
    /// Starts a park with new data.
    pub async fn start(deployment: Deployment) -> Park {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match deployment {
            Deployment::Embedded => {
                let mut process = Process::start(&mut embedded(&folder));
                let url = process.says("listening").await;
                Park {
                    deployment,
                    gateways: vec![url.clone()],
                    url,
                    running: Running::Embedded(process),
                    folder,
                }
            }
            Deployment::Split | Deployment::TwoWorkers => {
                let worker = if deployment == Deployment::TwoWorkers { 2 } else { 1 };
                let logs = Some(folder.path().join("logs"));
                let stack = Stack::start(Options { worker, logs, ..Options::default() }).await;
                let stack = stack.unwrap_or_else(|error| panic!("{error:#}"));
                let (url, gateways) = (stack.url().to_owned(), stack.gateways());
                Park { deployment, url, gateways, running: Running::Split(stack), folder }
            }
        }
    }

    /// The data folder of the one-process park.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Stops the one-process park as Ctrl-C does; returns its exit code.
    pub async fn interrupt(&mut self) -> Option<i32> {
        self.process().signal(Signal::INT);
        self.process().ended().await.code()
    }

    /// Ends the one-process park at once, as a power cut would.
    pub async fn kill(&mut self) {
        self.process().signal(Signal::KILL);
        self.process().ended().await;
    }

    /// Starts the one-process park again on its data, at its old address.
    pub async fn start_again(&mut self) {
        let mut command = embedded(&self.folder);
        command.env("MUSICPARK_ADDR", self.url.trim_start_matches("http://"));
        let mut process = Process::start(&mut command);
        process.says("listening").await;
        self.running = Running::Embedded(process);
    }

    /// Kills a process of the split stack (`worker-1`, `gateway-2`, ...), and waits until the stack has seen its end.
    pub async fn kill_part(&self, name: &str) {
        let stack = self.stack();
        stack.kill(name, Signal::KILL).unwrap_or_else(|error| panic!("{error:#}"));
        stack.ended(name).await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// Starts a killed process of the split stack anew, and waits until it runs.
    pub async fn start_part(&self, name: &str) {
        self.stack().start_part(name).await.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// What the park's processes logged, for a failing test.
    pub fn log(&self) -> String {
        let own = match &self.running {
            Running::Embedded(process) => process.err(),
            Running::Split(stack) => stack.said(),
        };
        let logs = std::fs::read_dir(self.folder.path().join("logs")).into_iter().flatten().flatten();
        let tail = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            format!("== {}\n{}", path.display(), lines[lines.len().saturating_sub(15)..].join("\n"))
        };
        logs.map(|file| tail(file.path())).fold(own, |all, one| format!("{all}\n{one}"))
    }

    fn process(&mut self) -> &mut Process {
        match &mut self.running {
            Running::Embedded(process) => process,
            Running::Split(_) => panic!("the split stack is many processes"),
        }
    }

    fn stack(&self) -> &Stack {
        match &self.running {
            Running::Split(stack) => stack,
            Running::Embedded(_) => panic!("the one-process park has no parts"),
        }
    }
}

fn embedded(folder: &TempDir) -> Command {
    let mut command = Command::new(binary("musicpark"));
    command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("MUSICPARK_DATA", folder.path().join("data"));
    command
}
