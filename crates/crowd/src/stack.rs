//! The park split into its services, run by `scripts/stack`: who is in it, and killing, freezing, stopping, starting and adding parts.

use crate::child::{self, Child};
use crate::waiting;
use anyhow::{Context, bail, ensure};
use rustix::process::Signal;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio::sync::Mutex;

/// A stack that was built before is up in a few seconds, on a busy machine in many.
const START_PATIENCE: Duration = Duration::from_secs(180);
/// Building in front of that may take long.
const BUILD_PATIENCE: Duration = Duration::from_secs(3_600);
/// A part that is started, stopped or added.
const PART_PATIENCE: Duration = Duration::from_secs(90);

/// Which build of the services runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The development build, as the tests use.
    Dev,
    /// The release build, as measured.
    Release,
}

/// What a stack consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many web servers.
    pub web: u32,
    /// How many gateways.
    pub gateway: u32,
    /// How many workers.
    pub worker: u32,
    /// Which build.
    pub profile: Profile,
    /// Whether to build first, or to use what was built before.
    pub build: bool,
    /// Another program (with arguments, by spaces) for a kind of service.
    pub programs: Vec<(String, String)>,
    /// Variables for a kind of service or for one: who, variable, value.
    pub settings: Vec<(String, String, String)>,
    /// Where the logs are kept; none: with the temporary folder, which goes.
    pub logs: Option<PathBuf>,
}

/// Settings of web servers that bound what one address may do. A crowd comes from one: that is not what is tried.
pub const LIMITS: [&str; 4] =
    ["MUSICPARK_LIMIT_GUESTS", "MUSICPARK_LIMIT_TICKETS", "MUSICPARK_LIMIT_ROOMS", "MUSICPARK_LIMIT_LOGINS"];
/// What it may do instead, whatever the limit's unit of time.
pub const UNLIMITED: &str = "100000000";

/// [`LIMITS`] lifted, as [`Options::settings`].
pub fn unlimited() -> Vec<(String, String, String)> {
    LIMITS.map(|limit| ("web".to_owned(), limit.to_owned(), UNLIMITED.to_owned())).to_vec()
}

impl Default for Options {
    /// Two web servers, two gateways, a worker; the development build as it is.
    fn default() -> Options {
        Options {
            web: 2,
            gateway: 2,
            worker: 1,
            profile: Profile::Dev,
            build: false,
            programs: Vec::new(),
            settings: Vec::new(),
            logs: None,
        }
    }
}

/// A running stack. Dropping it ends all its processes and waits for that.
#[derive(Debug)]
pub struct Stack {
    child: Child,
    /// One command at a time, as the answer names no more than the command.
    control: Mutex<PathBuf>,
    /// Where each service's standard output is kept, among others.
    folder: PathBuf,
    url: String,
}

impl Stack {
    /// Starts a stack with new data, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not come up; with what it said.
    pub async fn start(options: Options) -> anyhow::Result<Stack> {
        Stack::start_behind(options, |_| ()).await
    }

    /// The same, told as soon as its Postgres and Redis are there, before the services that may reach them through something else.
    ///
    /// # Errors
    /// When it does not come up; with what it said.
    pub async fn start_behind(options: Options, backing: impl FnOnce(&Backing)) -> anyhow::Result<Stack> {
        let patience = if options.build { BUILD_PATIENCE } else { START_PATIENCE };
        let mut stack = Stack::launch(&options)?;
        stack.child.says("redis ", patience).await.context("The stack did not come up")?;
        backing(&Backing { postgres: stack.postgres()?, redis: stack.redis()? });
        stack.url = stack.child.says("ready ", patience).await.context("The stack did not come up")?;
        let folder = stack.child.says("folder ", START_PATIENCE).await?;
        stack.folder = folder.into();
        stack.control = Mutex::new(stack.folder.join("control"));
        Ok(stack)
    }

    fn launch(options: &Options) -> anyhow::Result<Stack> {
        let mut command = Command::new(repository().join("scripts/stack"));
        for (option, number) in
            [("--web", options.web), ("--gateway", options.gateway), ("--worker", options.worker)]
        {
            command.arg(option).arg(number.to_string());
        }
        if options.profile == Profile::Dev {
            command.arg("--dev");
        }
        if !options.build {
            command.arg("--no-build");
        }
        for (kind, program) in &options.programs {
            command.arg("--program").arg(format!("{kind}={program}"));
        }
        for (who, variable, value) in &options.settings {
            command.arg("--set").arg(format!("{who}:{variable}={value}"));
        }
        if let Some(logs) = &options.logs {
            command.arg("--logs").arg(logs);
        }
        let child = Child::start(&mut command)?;
        Ok(Stack { child, control: Mutex::default(), folder: PathBuf::new(), url: String::new() })
    }

    /// Where people reach the park: the proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where each gateway listens.
    pub fn gateways(&self) -> Vec<String> {
        self.urls_of("gateway-")
    }

    /// Where each gateway listens whose process is there.
    pub fn running_gateways(&self) -> Vec<String> {
        let running =
            self.parts().into_iter().filter(|part| part.name.starts_with("gateway-") && part.runs());
        running.map(|part| part.url).collect()
    }

    /// Where each web server listens.
    pub fn webs(&self) -> Vec<String> {
        self.urls_of("web-")
    }

    /// The database's address.
    ///
    /// # Errors
    /// When the stack never said so.
    pub fn postgres(&self) -> anyhow::Result<String> {
        Ok(self.part("postgres")?.url)
    }

    /// The address of Redis.
    ///
    /// # Errors
    /// When the stack never said so.
    pub fn redis(&self) -> anyhow::Result<String> {
        Ok(self.part("redis")?.url)
    }

    /// Where a service tells its metrics.
    ///
    /// # Errors
    /// When it never said so.
    pub fn metrics(&self, name: &str) -> anyhow::Result<String> {
        let said = std::fs::read_to_string(self.folder.join(format!("{name}.out")));
        let said = said.with_context(|| format!("{name} has said nothing"))?;
        let url = said.lines().find_map(|line| line.strip_prefix("metrics "));
        Ok(url.with_context(|| format!("{name} does not say where its metrics are."))?.to_owned())
    }

    /// Its parts, in the order in which they were first started: `postgres`, `redis`, `worker-1`, ..., `proxy`.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for part in self.child.out().iter().filter_map(|line| Part::read(line)) {
            match parts.iter_mut().find(|known| known.name == part.name) {
                Some(known) => *known = part,
                None => parts.push(part),
            }
        }
        parts
    }

    /// The process of a part, as last started.
    ///
    /// # Errors
    /// When there is no such part.
    pub fn pid(&self, name: &str) -> anyhow::Result<u32> {
        Ok(self.part(name)?.pid)
    }

    /// Sends a part a signal: `KILL`, `STOP`, `CONT`, ...
    ///
    /// # Errors
    /// When there is no such part, or it has ended.
    pub fn kill(&self, name: &str, signal: Signal) -> anyhow::Result<()> {
        child::signal(self.pid(name)?, signal).with_context(|| format!("{name} cannot be signalled"))
    }

    /// Waits until a part that was killed has ended.
    ///
    /// # Errors
    /// When it goes on.
    pub async fn ended(&self, name: &str) -> anyhow::Result<()> {
        let said = format!("{name} ({}) ended", self.pid(name)?);
        let has = async || self.child.err().contains(&said).then_some(());
        waiting::until(&format!("The end of {name}"), PART_PATIENCE, has).await
    }

    /// Starts a part that has ended anew, at its old address and with its old data, and waits until it listens.
    ///
    /// # Errors
    /// When it does not start, or runs already.
    pub async fn start_part(&self, name: &str) -> anyhow::Result<()> {
        self.command("start", name).await
    }

    /// Ends a part politely, and waits for its end.
    ///
    /// # Errors
    /// When there is no such part.
    pub async fn stop_part(&self, name: &str) -> anyhow::Result<()> {
        self.command("stop", name).await
    }

    /// Adds one more of a kind, and waits until it is ready and the proxy knows it. Returns its name.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn add(&self, kind: &str) -> anyhow::Result<String> {
        self.command("add", kind).await?;
        let newest = self.parts().into_iter().rev().find(|part| part.name.starts_with(kind));
        Ok(newest.with_context(|| format!("The stack added a {kind}, but never said which."))?.name)
    }

    /// What the stack itself said on its standard error.
    pub fn said(&self) -> String {
        self.child.err()
    }

    async fn command(&self, verb: &str, name: &str) -> anyhow::Result<()> {
        let control = self.control.lock().await;
        let (done, failed) = (format!("done {verb} {name}"), format!("failed {verb} {name}"));
        let answers = || {
            let out = self.child.out();
            let count = |answer: &str| out.iter().filter(|line| *line == answer).count();
            (count(&done), count(&failed))
        };
        let before = answers();
        let pipe = std::fs::OpenOptions::new().write(true).open(&*control);
        // In one write: the stack waits for the rest of a line, and does nothing else meanwhile.
        let line = format!("{verb} {name}\n");
        pipe.context("The stack takes no commands")?.write_all(line.as_bytes())?;
        let after = waiting::until(&format!("{verb} {name}"), PART_PATIENCE, async || {
            let after = answers();
            (after != before).then_some(after)
        })
        .await
        .with_context(|| format!("The stack said: {}", self.said()))?;
        if after.1 > before.1 {
            bail!("The stack could not {verb} {name}. It said: {}", self.said());
        }
        Ok(())
    }

    fn part(&self, name: &str) -> anyhow::Result<Part> {
        let part = self.parts().into_iter().find(|part| part.name == name);
        part.with_context(|| format!("The stack has no {name}."))
    }

    fn urls_of(&self, kind: &str) -> Vec<String> {
        self.parts().into_iter().filter(|part| part.name.starts_with(kind)).map(|part| part.url).collect()
    }
}

/// What the services of a stack stand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backing {
    /// The database's address.
    pub postgres: String,
    /// The address of Redis.
    pub redis: String,
}

/// A process of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `worker-1`, `redis`, ...
    pub name: String,
    /// Where it is reached.
    pub url: String,
    /// Its process.
    pub pid: u32,
}

impl Part {
    /// Whether its process is there.
    pub fn runs(&self) -> bool {
        Path::new("/proc").join(self.pid.to_string()).exists()
    }

    /// A line `NAME URL PID` of the stack's; none for its other lines.
    fn read(line: &str) -> Option<Part> {
        let (name, rest) = line.split_once(' ')?;
        let (url, pid) = rest.split_once(' ')?;
        url.contains("://").then_some(())?;
        Some(Part { name: name.to_owned(), url: url.to_owned(), pid: pid.parse().ok()? })
    }
}

/// `HOST:PORT` of a URL such as `redis://127.0.0.1:7000` or `postgres://postgres@127.0.0.1:7001/postgres`.
///
/// # Errors
/// When it has no such place.
pub fn place(url: &str) -> anyhow::Result<&str> {
    let rest = url.split_once("://").with_context(|| format!("{url} is no URL."))?.1;
    let rest = rest.split('/').next().unwrap_or(rest);
    let place = rest.rsplit('@').next().unwrap_or(rest);
    ensure!(place.contains(':'), "{url} names no port.");
    Ok(place)
}

/// The repository this was built from: its scripts are there.
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_parts_are_told_from_other_lines() {
        let part = Part::read("worker-1 http://127.0.0.1:7000 42").unwrap();
        assert_eq!(
            (part.name.as_str(), part.url.as_str(), part.pid),
            ("worker-1", "http://127.0.0.1:7000", 42)
        );
        for other in ["folder /tmp/x", "ready http://127.0.0.1:7000", "done start worker-1", ""] {
            assert_eq!(Part::read(other), None, "{other}");
        }
    }

    #[test]
    fn the_place_of_a_url_is_its_host_and_port() {
        assert_eq!(place("postgres://postgres@127.0.0.1:5432/postgres").unwrap(), "127.0.0.1:5432");
        assert_eq!(place("redis://127.0.0.1:6379").unwrap(), "127.0.0.1:6379");
        assert!(place("127.0.0.1").is_err());
    }
}
