//! The README's table of settings is that of the program: same variables, same defaults.

#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

use std::collections::BTreeMap;
use std::process::Command;

const README: &str = include_str!("../../../README.md");

/// Variables and their defaults as `musicpark --help` tells them; it has the settings of all four programs.
fn told_by_help() -> BTreeMap<String, Option<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_musicpark")).arg("--help").env_clear().output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let mut told = BTreeMap::new();
    let mut latest = None;
    for line in help.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("[env: ") {
            let name: String = rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
            told.insert(name.clone(), None);
            latest = Some(name);
        } else if let Some(default) = line.strip_prefix("[default: ").and_then(|d| d.strip_suffix(']'))
            && let Some(name) = latest.take()
        {
            told.insert(name, Some(default.to_owned()));
        }
    }
    told
}

/// The rows of the table: variable and default as it stands there.
fn told_by_readme() -> BTreeMap<String, String> {
    let rows = README.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.filter(|(name, _)| name.starts_with("MUSICPARK_") || name.ends_with("_URL"))
        .map(|(name, rest)| (name.to_owned(), rest.split(" | ").next().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn the_readme_names_every_setting_and_no_other() {
    let (help, readme) = (told_by_help(), told_by_readme());
    assert!(help.len() > 10, "the help was not understood: {help:?}");
    assert_eq!(help.keys().collect::<Vec<_>>(), readme.keys().collect::<Vec<_>>());
    for (name, default) in help {
        if let Some(default) = default {
            assert!(
                readme[&name].contains(&format!("`{default}`")),
                "the README says {} for {name}, the program {default}",
                readme[&name]
            );
        }
    }
}
