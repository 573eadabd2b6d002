//! Scenarios: how busy a crowd is, as a small file.

use crate::settings::Rates;
use anyhow::Context;
use std::path::Path;

/// Reads a scenario: the fields of [`Rates`] in TOML; those it does not name are as by default.
///
/// # Errors
/// When the file cannot be read, is no TOML, or names something that is no rate.
pub fn read(file: &Path) -> anyhow::Result<Rates> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("The scenario {} cannot be read", file.display()))?;
    toml::from_str(&text).with_context(|| format!("The scenario {} makes no sense", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn the_scenarios_that_come_along_are_read() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty());
        for file in files {
            read(&file).unwrap();
        }
    }

    #[test]
    fn a_word_that_is_no_rate_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("odd.toml");
        std::fs::write(&file, "dances = 3.0\n").unwrap();
        let error = format!("{:#}", read(&file).unwrap_err());
        assert!(error.contains("dances") && error.contains("odd.toml"), "{error}");
    }
}
