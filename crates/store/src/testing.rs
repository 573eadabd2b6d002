//! A private Postgres for tests: started on first use, gone with the process that uses it, however that ends.
//!
//! It blocks: tests of any runtime can use it. What fails panics with a sentence.

use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A server of Postgres with its data in a temporary folder, listening on 127.0.0.1 and on a socket in that folder.
#[derive(Debug)]
pub struct PrivatePostgres {
    programs: PathBuf,
    folder: PathBuf,
    as_postgres: bool,
    fsync: Fsync,
    port: u16,
    keeper: Option<Child>,
    databases: AtomicU32,
}

/// Whether commits reach the disk.
#[derive(Debug, Clone, Copy)]
enum Fsync {
    On,
    Off,
}

/// Runs the server and waits for a word: `stop` stops it; the end of the input, which comes when the test's process is gone in whatever way,
/// removes the folder as well. Arguments: programs, folder, port, on or off.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$2" \
    -c max_connections=200 -c shared_buffers=32MB -c fsync="$4" -c full_page_writes="$4" >>"$2/log" 2>&1 </dev/null &
server=$!
word=
read -r word
kill -QUIT "$server"
wait "$server"
[ "$word" = stop ] || rm -rf "$2"
"#;

/// How long a start may take on a machine that is very busy.
const START: Duration = Duration::from_secs(60);
/// Ports to try when others take the free one first.
const PORTS: usize = 8;

impl PrivatePostgres {
    /// The one server of this process. Each test makes a database of its own in it. Nobody needs its data after a crash of the machine,
    /// and writing a hundred databases through to the disk takes long: `fsync` is off.
    pub fn shared() -> &'static PrivatePostgres {
        static SHARED: OnceLock<PrivatePostgres> = OnceLock::new();
        SHARED.get_or_init(|| PrivatePostgres::start_with(Fsync::Off))
    }

    /// Starts a server for a test that stops it, or that needs what a real one has: `fsync` is on.
    pub fn start() -> PrivatePostgres {
        PrivatePostgres::start_with(Fsync::On)
    }

    fn start_with(fsync: Fsync) -> PrivatePostgres {
        let programs = programs();
        let folder = new_folder();
        // Postgres refuses to run as root: Debian's package has made a user for it.
        let as_postgres = std::fs::metadata(&folder).is_ok_and(|m| m.uid() == 0);
        if as_postgres {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let mut server = PrivatePostgres {
            programs,
            folder,
            as_postgres,
            fsync,
            port: 0,
            keeper: None,
            databases: AtomicU32::new(0),
        };
        run(server
            .command("initdb")
            .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync", "-D"])
            .arg(server.folder.join("data")));
        for _ in 0..PORTS {
            server.port = ports::free_port();
            if server.keep() {
                return server;
            }
            server.stop();
        }
        panic!("Postgres found no free port in {PORTS} tries.");
    }

    /// An empty database of its own for a test; answers its address.
    pub fn database(&self) -> String {
        let name = format!("park_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        run(self
            .command("createdb")
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])
            .arg(&name));
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops it at once, without a word to its clients, as a crash does. The data stay.
    pub fn stop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            if let Some(mut input) = keeper.stdin.take() {
                // When it cannot be told, its input has ended already, and that stops the server as well.
                let _ = input.write_all(b"stop\n");
            }
            let _ = keeper.wait();
        }
    }

    /// Starts it again on the same port after [`PrivatePostgres::stop`].
    pub fn start_again(&mut self) {
        self.stop();
        assert!(self.keep(), "Another process took port {} while Postgres was stopped.", self.port);
    }

    /// Starts the server; `false` when its port is taken.
    fn keep(&mut self) -> bool {
        let log = self.folder.join("log");
        let _ = std::fs::remove_file(&log);
        let keeper = self
            .as_owner("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&self.programs)
            .arg(&self.folder)
            .arg(self.port.to_string())
            .arg(match self.fsync {
                Fsync::On => "on",
                Fsync::Off => "off",
            })
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A Ctrl-C is for the test, whose end then ends this.
            .process_group(0)
            .spawn()
            .expect("sh starts");
        self.keeper = Some(keeper);
        let deadline = Instant::now() + START;
        loop {
            // By the socket in the folder: on the port another server might answer.
            let ready = Command::new(self.programs.join("pg_isready"))
                .args(["-q", "-U", "postgres", "-p", &self.port.to_string(), "-h"])
                .arg(&self.folder)
                .status()
                .is_ok_and(|status| status.success());
            if ready {
                return true;
            }
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            if said.contains("could not create any TCP/IP sockets") {
                return false;
            }
            assert!(Instant::now() < deadline, "Postgres does not start. It says:\n{said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn command(&self, program: &str) -> Command {
        self.as_owner(self.programs.join(program))
    }

    /// A command run as the user whose data it is.
    fn as_owner(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = if self.as_postgres {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The user postgres may not be allowed into the folder the tests run in.
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
        // A stopped server's keeper has left the folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder with Postgres's programs: one of PATH, else Debian's, the newest version first.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    std::env::split_paths(&path)
        .chain(debian.into_iter().rev())
        .find(|folder| {
            ["initdb", "postgres", "pg_isready", "createdb"].iter().all(|p| folder.join(p).exists())
        })
        .expect(
            "These tests start a Postgres of their own and found none, neither in PATH nor in /usr/lib/postgresql. \
             Install it: apt-get install postgresql (Debian's package; it need not run)",
        )
}

fn new_folder() -> PathBuf {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let name = format!("musicpark-pg-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    // Left by a process of the same number that the machine's end took by surprise.
    let _ = std::fs::remove_dir_all(&folder);
    create(&folder);
    folder
}

fn create(folder: &Path) {
    std::fs::create_dir(folder)
        .unwrap_or_else(|e| panic!("The temporary folder {} cannot be made: {e}", folder.display()));
}

fn run(command: &mut Command) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{} cannot be started: {e}", command.get_program().display()));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
