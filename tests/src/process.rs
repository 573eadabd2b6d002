//! A child process whose output is read line by line, and that never outlives its test.

use crate::eventually::eventually;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A running child.
#[derive(Debug)]
pub struct Process {
    child: Child,
    out: Arc<Mutex<Vec<String>>>,
    err: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Process {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let (out, of_out) = follow(child.stdout.take().expect("its standard output is a pipe"));
        let (err, of_err) = follow(child.stderr.take().expect("its standard error is a pipe"));
        Process { child, out, err, readers: vec![of_out, of_err] }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Lines on its standard output so far.
    pub fn out(&self) -> Vec<String> {
        self.out.lock().expect("no reader panics").clone()
    }

    /// Its standard error so far.
    pub fn err(&self) -> String {
        self.err.lock().expect("no reader panics").join("\n")
    }

    /// Its whole standard error, once it has ended.
    pub fn all_err(&mut self) -> String {
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader does not panic");
        }
        self.err()
    }

    /// Waits for a line on its standard output that begins with `start`, and returns the rest of it.
    pub async fn says(&mut self, start: &str) -> String {
        eventually(&format!("the process says {start:?}"), async || {
            let found = self
                .out()
                .iter()
                .find_map(|line| line.strip_prefix(start).map(|rest| rest.trim().to_owned()));
            if found.is_none()
                && let Ok(Some(status)) = self.child.try_wait()
            {
                panic!("the process ended with {status} before it said {start:?}:\n{}", self.err());
            }
            found
        })
        .await
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        eventually("the process ends", async || self.child.try_wait().ok().flatten()).await
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // Politely first: a script ends its children on TERM.
            self.signal("TERM");
            for _ in 0..1_000 {
                if let Ok(Some(_)) = self.child.try_wait() {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Sends a signal to a process.
pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status();
    assert!(status.is_ok_and(|status| status.success()), "kill -{name} {pid} failed");
}

/// A binary of this workspace: cargo puts it beside the folder of the tests' own.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("tests are two folders deep in cargo's");
    let path = folder.join(name);
    assert!(path.exists(), "{} is missing: run `cargo build --workspace` first", path.display());
    path
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn follow(pipe: impl Read + Send + 'static) -> (Arc<Mutex<Vec<String>>>, JoinHandle<()>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = lines.clone();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            kept.lock().expect("nobody panics while holding lines").push(line);
        }
    });
    (lines, reader)
}
