//! A crowd as a process of its own, on a core of its own, and what it reports.

use crate::bench::cores::Cores;
use crate::bench::servers::{Servers, program};
use crate::report::Report;
use anyhow::{Context, bail};
use std::process::{Output, Stdio};

/// A crowd.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// How many people.
    pub people: u32,
    /// How many rooms they are spread over, evenly.
    pub rooms: u32,
    /// How long they are measured, in seconds.
    pub seconds: u32,
    /// What they do.
    pub doing: Doing,
}

/// What a crowd does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doing {
    /// They are there.
    Nothing,
    /// They say lines of 64 bytes.
    Chat {
        /// Lines a second, of all together.
        per_second: f64,
    },
    /// They walk.
    Walk {
        /// Steps a second, of each.
        hertz: f64,
    },
    /// They vote for what is in the queue and take it back.
    Vote {
        /// Votes a second, of all together.
        per_second: f64,
    },
}

impl Doing {
    /// The same, done by so many times fewer people together.
    #[must_use]
    pub fn slower(self, by: f64) -> Doing {
        match self {
            Doing::Chat { per_second } => Doing::Chat { per_second: per_second / by },
            Doing::Vote { per_second } => Doing::Vote { per_second: per_second / by },
            Doing::Walk { .. } | Doing::Nothing => self,
        }
    }

    /// As options of the crowd.
    fn options(self) -> Vec<String> {
        let (chats, walk, votes) = match self {
            Doing::Nothing => (0.0, 0.0, 0.0),
            Doing::Chat { per_second } => (per_second, 0.0, 0.0),
            Doing::Walk { hertz } => (0.0, hertz, 0.0),
            Doing::Vote { per_second } => (0.0, 0.0, per_second),
        };
        let option = |name: &str, rate: f64| [format!("--{name}"), rate.to_string()];
        [option("chats", chats), option("walk", walk), option("votes", votes)].concat()
    }
}

impl Load {
    /// Lets the crowd loose on these servers and waits for its report.
    ///
    /// # Errors
    /// When it could not do what it should, or found that something was lost: with what it said.
    pub async fn run(&self, cores: Cores, servers: &Servers) -> anyhow::Result<Report> {
        let mut command = tokio::process::Command::from(cores.crowd(program("musicpark-crowd")?));
        for gateway in &servers.gateways {
            command.arg("--target").arg(gateway);
        }
        for (name, pid) in &servers.processes {
            command.arg("--pid").arg(format!("{name}={pid}"));
        }
        command.args(["--web", &servers.web, "--json"]).args(self.doing.options());
        for (option, number) in
            [("--people", self.people), ("--rooms", self.rooms), ("--seconds", self.seconds)]
        {
            command.arg(option).arg(number.to_string());
        }
        command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let output = command.output().await.context("The crowd cannot be started")?;
        read(&output)
    }
}

/// The report of a crowd that has ended. One that fell apart, or could not be checked, has measured all the same: that is said, and its
/// report is read, as is that of one whose checker found something.
fn read(output: &Output) -> anyhow::Result<Report> {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let line = match (output.status.code(), out.lines().last()) {
        (Some(0..=2), Some(line)) => line,
        _ => bail!("The crowd ended with {}. It said: {err}", output.status),
    };
    let report: Report = serde_json::from_str(line)
        .with_context(|| format!("The crowd's report was not understood: {line}"))?;
    if !output.status.success() {
        eprintln!("{err}");
        report.unchecked.iter().chain(&report.notes).for_each(|sentence| eprintln!("{sentence}"));
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    /// A crowd that has ended so.
    fn ended(code: i32, out: &str) -> Output {
        Output {
            status: ExitStatus::from_raw(code << 8),
            stdout: out.into(),
            stderr: b"Nobody listens at http://127.0.0.1:1".into(),
        }
    }

    #[test]
    fn what_a_crowd_measured_that_fell_apart_is_not_thrown_away() {
        let notes = vec!["2 people were not in their rooms at the end.".to_owned()];
        let report = Report { people: 5, absent: 2, notes, ..Report::default() };
        let printed = serde_json::to_string(&report).unwrap();
        for code in 0..=2 {
            assert_eq!(read(&ended(code, &printed)).unwrap(), report, "exit code {code}");
        }
    }

    #[test]
    fn a_crowd_that_could_not_be_let_loose_ends_the_measurement_with_what_it_said() {
        let error = read(&ended(2, "")).unwrap_err().to_string();
        assert!(error.ends_with("It said: Nobody listens at http://127.0.0.1:1"), "{error}");
    }
}
