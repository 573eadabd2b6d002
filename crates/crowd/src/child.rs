//! A child process whose output is read line by line, and that never outlives its owner.

use crate::waiting;
use anyhow::Context;
pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Lines kept of each stream: the last ones.
const LINES_MAX: usize = 10_000;
/// A child that was asked to end has this long: a script ends its own children in that time.
const LAST_WORDS: Duration = Duration::from_secs(60);
/// Between two looks whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A running child. Dropping it asks it to end (TERM), waits, and kills it should that take too long.
#[derive(Debug)]
pub struct Child {
    process: std::process::Child,
    out: Lines,
    err: Lines,
    readers: Vec<JoinHandle<()>>,
}

impl Child {
    /// Starts it, with empty standard input.
    ///
    /// # Errors
    /// When there is no such program, or it cannot be run.
    pub fn start(command: &mut Command) -> anyhow::Result<Child> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        let (out, of_out) = Lines::follow(process.stdout.take().expect("its standard output is a pipe"));
        let (err, of_err) = Lines::follow(process.stderr.take().expect("its standard error is a pipe"));
        Ok(Child { process, out, err, readers: vec![of_out, of_err] })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Lines on its standard output so far.
    pub fn out(&self) -> Vec<String> {
        self.out.lock().iter().cloned().collect()
    }

    /// Its standard error so far.
    pub fn err(&self) -> String {
        Vec::from_iter(self.err.lock().iter().cloned()).join("\n")
    }

    /// Its whole standard error, once it has ended.
    pub fn all_err(&mut self) -> String {
        for reader in self.readers.drain(..) {
            // A reader ends with its pipe, and does not panic.
            let _ = reader.join();
        }
        self.err()
    }

    /// Whether it has ended, and how.
    pub fn status(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().ok().flatten()
    }

    /// Waits for a line on its standard output that begins with `start`, and returns the rest of it.
    ///
    /// # Errors
    /// When it ends before, or never says so: with what it wrote on its standard error.
    pub async fn says(&mut self, start: &str, patience: Duration) -> anyhow::Result<String> {
        let what = format!("{:?} is said by a program", start.trim());
        waiting::until(&what, patience, async || {
            let found = self.out.lock().iter().find_map(|line| line.strip_prefix(start).map(str::to_owned));
            match (found, self.status()) {
                (Some(rest), _) => Some(Ok(rest.trim().to_owned())),
                (None, Some(status)) => Some(Err(status)),
                (None, None) => None,
            }
        })
        .await
        .with_context(|| format!("It wrote: {}", self.err()))?
        .map_err(|status| anyhow::anyhow!("It ended with {status}, and wrote: {}", self.all_err()))
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn ended(&mut self, patience: Duration) -> anyhow::Result<ExitStatus> {
        waiting::until("the program ends", patience, async || self.status()).await
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it has ended.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        self::signal(self.id(), signal)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.status().is_some() || self.signal(Signal::TERM).is_err() {
            return;
        }
        let give_up = Instant::now() + LAST_WORDS;
        while self.status().is_none() {
            if Instant::now() > give_up {
                let _ = self.process.kill();
                let _ = self.process.wait();
                return;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// Sends a process a signal.
///
/// # Errors
/// When there is no such process, or it is not one's own.
pub fn signal(pid: u32, signal: Signal) -> anyhow::Result<()> {
    let of = i32::try_from(pid).ok().and_then(Pid::from_raw).context("0 is no process id")?;
    kill_process(of, signal).with_context(|| format!("Process {pid} takes no signal"))
}

/// The last lines of a stream.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<VecDeque<String>>>);

impl Lines {
    fn follow(pipe: impl Read + Send + 'static) -> (Lines, JoinHandle<()>) {
        let lines = Lines::default();
        let kept = lines.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let mut kept = kept.lock();
                if kept.len() == LINES_MAX {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        });
        (lines, reader)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
