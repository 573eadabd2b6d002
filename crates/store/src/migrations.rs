//! The schema's versions, embedded from `migrations/`, and what to say when one does not fit.
//!
//! A migration that was released is never edited: a later one changes what it made.

use crate::error::StoreError;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

/// One file of a schema's history.
struct File {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

/// Both databases get the same versions, so that one number says which schema it is.
macro_rules! files {
    ($database:literal: $($version:literal $name:literal),+) => {
        &[$(File {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../../migrations/", $database, "/", $name, ".sql")),
        }),+]
    };
}

const POSTGRES: &[File] = files!("postgres": 1 "0001_park", 2 "0002_capacity");
const SQLITE: &[File] = files!("sqlite": 1 "0001_park", 2 "0002_capacity");

/// The newest version that the data has, where sqlx keeps it.
pub(crate) const APPLIED: &str = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";

pub(crate) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

pub(crate) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

fn migrator(files: &[File]) -> Migrator {
    Migrator::with_migrations(
        files
            .iter()
            .map(|f| {
                Migration::new(f.version, f.name.into(), MigrationType::Simple, f.sql.into_sql_str(), false)
            })
            .collect(),
    )
}

/// The sentence for a migration that did not go through; `data` is what [`APPLIED`] answered.
pub(crate) fn refused(
    error: MigrateError,
    data: Result<Vec<i64>, sqlx::Error>,
    migrator: &Migrator,
) -> StoreError {
    let program = migrator.iter().map(|m| m.version).max().unwrap_or(0);
    let data = data.ok().and_then(|rows| rows.first().copied()).unwrap_or(0);
    if data > program {
        return StoreError::Newer { data, program };
    }
    match error {
        MigrateError::Execute(error) => error.into(),
        MigrateError::ExecuteMigration(error, version) => match StoreError::from(error) {
            away @ StoreError::Unreachable(_) => away,
            other => StoreError::Other(format!("Migration {version} of the database failed: {other}")),
        },
        MigrateError::VersionMismatch(version) | MigrateError::VersionMissing(version) => {
            StoreError::Other(format!(
                "Version {version} of this database's schema is not the one this program knows. It was made by an unreleased \
             version: start that one, or give another database or data folder."
            ))
        }
        other => StoreError::Other(format!("The database's schema cannot be brought up to date: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_file_of_the_folder_is_embedded_and_both_databases_have_the_same_versions() {
        for (folder, files) in [("postgres", POSTGRES), ("sqlite", SQLITE)] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
            let mut there: Vec<String> = std::fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            there.sort();
            let embedded: Vec<String> = files.iter().map(|f| format!("{}.sql", f.name)).collect();
            assert_eq!(there, embedded);
            assert!(files.iter().all(|f| f.name.starts_with(&format!("{:04}_", f.version))));
        }
        let versions = |files: &[File]| files.iter().map(|f| f.version).collect::<Vec<_>>();
        assert_eq!(versions(POSTGRES), versions(SQLITE));
    }
}
