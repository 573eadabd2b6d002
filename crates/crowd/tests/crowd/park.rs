//! The park in one process, for a crowd to be let loose on.

use crowd::child::Child;
use crowd::settings::{Rates, Settings};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A program starts within this, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Where it was built.
pub fn program() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_musicpark-crowd")).with_file_name("musicpark")
}

/// The park in one process, with new data. Dropping it ends it.
pub struct Park {
    pub url: String,
    pub process: Child,
    data: TempDir,
}

impl Park {
    pub async fn start() -> Park {
        let data = tempfile::tempdir().unwrap();
        let mut command = Command::new(program());
        command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("MUSICPARK_DATA", data.path().join("data"));
        let mut process = Child::start(&mut command).expect("musicpark is built (cargo build --workspace)");
        let url = process.says("listening ", PATIENCE).await.unwrap();
        Park { url, process, data }
    }

    /// Its database.
    pub fn journal(&self) -> String {
        format!("sqlite:{}", self.data.path().join("data/park.db").display())
    }

    pub fn crowd(&self, people: u32, rooms: u32, rates: Rates) -> Settings {
        let pids = vec![("park".to_owned(), self.process.id())];
        Settings { rates, pids, ..Settings::new(vec![self.url.clone()], people, rooms, 3) }
    }
}
