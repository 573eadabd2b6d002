//! A child process as tests want it: what does not come about fails the test.

use crate::eventually::PATIENCE;
use crowd::child::{Child, Signal};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

/// A running child. Dropping it ends it.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Process {
        Process(Child::start(command).unwrap_or_else(|error| panic!("{error:#}")))
    }

    /// Lines on its standard output so far.
    pub fn out(&self) -> Vec<String> {
        self.0.out()
    }

    /// Its standard error so far.
    pub fn err(&self) -> String {
        self.0.err()
    }

    /// Its whole standard error, once it has ended.
    pub fn all_err(&mut self) -> String {
        self.0.all_err()
    }

    /// Waits for a line on its standard output that begins with `start`, and returns the rest of it.
    pub async fn says(&mut self, start: &str) -> String {
        self.0.says(start, PATIENCE).await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        self.0.ended(PATIENCE).await.unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.0.signal(signal).unwrap_or_else(|error| panic!("{error:#}"));
    }
}

/// A binary of this workspace: cargo puts it beside the folder of the tests' own.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("tests are two folders deep in cargo's");
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing: run `cargo build --workspace` first", path.display());
    path
}
