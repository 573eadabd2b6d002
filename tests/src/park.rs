//! A park to test: the one-process one, or the split stack.

use crate::eventually::eventually;
use crate::process::{Process, binary, repository, signal};
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
    process: Option<Process>,
    folder: TempDir,
}

impl Park {
    /// Starts a park with new data.
    pub async fn start(deployment: Deployment) -> Park {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match deployment {
            Deployment::Embedded => {
                let mut process = Process::start(&mut embedded(&folder));
                let url = process.says("listening").await;
                Park { deployment, gateways: vec![url.clone()], url, process: Some(process), folder }
            }
            Deployment::Split | Deployment::TwoWorkers => {
                let mut command = Command::new(repository().join("scripts/stack"));
                command.args(["--dev", "--no-build", "--web", "2", "--gateway", "2"]);
                command.args(["--worker", if deployment == Deployment::TwoWorkers { "2" } else { "1" }]);
                command.args(["--logs".into(), folder.path().join("logs")]);
                let mut process = Process::start(&mut command);
                let url = process.says("ready").await;
                let address = |line: &String| {
                    let (name, rest) = line.split_once(' ')?;
                    name.starts_with("gateway-").then(|| rest.split(' ').next().map(str::to_owned))?
                };
                let gateways = process.out().iter().filter_map(address).collect();
                Park { deployment, gateways, url, process: Some(process), folder }
            }
        }
    }

    /// The data folder of the one-process park.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Stops the one-process park as Ctrl-C does; returns its exit code.
    pub async fn interrupt(&mut self) -> Option<i32> {
        let mut process = self.process.take().expect("the park runs");
        process.signal("INT");
        process.ended().await.code()
    }

    /// Ends the one-process park at once, as a power cut would.
    pub async fn kill(&mut self) {
        let mut process = self.process.take().expect("the park runs");
        process.signal("KILL");
        process.ended().await;
    }

    /// Starts the one-process park again on its data, at its old address.
    pub async fn start_again(&mut self) {
        let mut command = embedded(&self.folder);
        command.env("MUSICPARK_ADDR", self.url.trim_start_matches("http://"));
        let mut process = Process::start(&mut command);
        process.says("listening").await;
        self.process = Some(process);
    }

    /// Kills a process of the split stack (`worker-1`, `gateway-2`, ...), and waits until the stack has seen its end.
    pub async fn kill_part(&self, name: &str) {
        let pid = self.pid(name);
        signal(pid, "KILL");
        let stack = self.process.as_ref().expect("the park runs");
        let ended = format!("{name} ({pid}) ended");
        eventually(&ended, async || stack.err().contains(&ended).then_some(())).await;
    }

    /// Starts a killed process of the split stack anew, and waits until it runs.
    pub async fn start_part(&self, name: &str) {
        let stack = self.process.as_ref().expect("the park runs");
        let folder = stack.out().iter().find_map(|line| line.strip_prefix("folder ").map(PathBuf::from));
        let control = folder.expect("the stack says its folder").join("control");
        let before = self.pid(name);
        std::fs::write(control, format!("start {name}\n")).expect("the stack reads its control pipe");
        eventually(&format!("{name} runs again"), async || (self.pid(name) != before).then_some(())).await;
    }

    /// What the park's processes logged, for a failing test.
    pub fn log(&self) -> String {
        let own = self.process.as_ref().map(Process::err).unwrap_or_default();
        let logs = std::fs::read_dir(self.folder.path().join("logs")).into_iter().flatten().flatten();
        let tail = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            format!("== {}\n{}", path.display(), lines[lines.len().saturating_sub(15)..].join("\n"))
        };
        logs.map(|file| tail(file.path())).fold(own, |all, one| format!("{all}\n{one}"))
    }

    fn pid(&self, name: &str) -> u32 {
        let out = self.process.as_ref().expect("the park runs").out();
        let line = out.iter().rev().find(|line| line.split(' ').next() == Some(name));
        let pid = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
        pid.unwrap_or_else(|| panic!("the stack never said the process of {name}"))
    }
}

fn embedded(folder: &TempDir) -> Command {
    let mut command = Command::new(binary("musicpark"));
    command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("MUSICPARK_DATA", folder.path().join("data"));
    command
}
