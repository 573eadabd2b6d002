//! The data folder: where it is, what is in it, and that one process has it at a time.

use service::program::Sentence;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The data folder, held by this process for as long as this lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Opens the folder, making it when it is missing, and takes its lock.
    pub fn open(chosen: Option<PathBuf>) -> Result<DataFolder, Sentence> {
        let path = chosen.map_or_else(default_folder, Ok)?;
        std::fs::create_dir_all(&path).map_err(|error| unusable(&path, "made", &error))?;
        let lock = path.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&lock);
        let file = file.map_err(|error| unusable(&path, "written to", &error))?;
        match file.try_lock() {
            Ok(()) => Ok(DataFolder { path, _lock: file }),
            Err(TryLockError::WouldBlock) => Err(Sentence::configuration(format!(
                "Another park runs on the data folder {}. Stop it, or give this one a folder of its own with MUSICPARK_DATA.",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(unusable(&path, "locked", &error)),
        }
    }

    /// The database in it, as an URL for the store.
    pub fn database_url(&self) -> String {
        format!("sqlite:{}", self.path.join("park.db").display())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn default_folder() -> Result<PathBuf, Sentence> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map(|base| base.join("musicpark"))
        .ok_or_else(|| {
            Sentence::configuration(
                "There is no home folder to keep the park's data in. Name a folder with MUSICPARK_DATA.",
            )
        })
}

fn unusable(path: &Path, what: &str, error: &std::io::Error) -> Sentence {
    let why = match error.kind() {
        ErrorKind::PermissionDenied => "this user may not".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "its file system is read-only".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => "there is a file in the way".to_owned(),
        _ => error.to_string(),
    };
    Sentence::configuration(format!(
        "The data folder {} cannot be {what}: {why}. Name another with MUSICPARK_DATA.",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_parks_do_not_share_a_folder() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/new/folder");
        let first = DataFolder::open(Some(path.clone())).unwrap();
        let second = DataFolder::open(Some(path.clone())).unwrap_err();
        assert!(second.to_string().contains("Another park runs"), "{second}");
        drop(first);
        assert!(DataFolder::open(Some(path)).is_ok());
    }

    #[test]
    fn a_file_in_the_way_is_said() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        std::fs::write(&path, "").unwrap();
        let refused = DataFolder::open(Some(path)).unwrap_err();
        assert!(refused.to_string().contains("cannot be made"), "{refused}");
    }
}
