//! `scripts/bench rooms` in its smallest form, so that it works when somebody wants to know.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

use std::collections::HashMap;
use std::process::Command;

/// The figures of a quick run, by name.
fn figures(letters: &[&str]) -> HashMap<String, f64> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_musicpark-bench-rooms"));
    let output = command.arg("--quick").args(letters).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let read = |line: &str| {
        let [name, value, _unit] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
    };
    String::from_utf8(output.stdout).unwrap().lines().map(read).collect()
}

#[test]
fn the_park_is_measured_beside_the_hub_and_the_database() {
    let figures = figures(&["a", "e"]);
    for deployment in ["floor", "embedded", "split"] {
        let of = |name: &str| figures[&name.replace('*', deployment)];
        assert!(of("a.*.1000.deliveries") > 1.0, "{figures:?}");
        assert_eq!((of("a.*.1000.lost"), of("a.*.1000.doubled")), (0.0, 0.0));
    }
    for gained in ["a.split.1000.cpu.worker-1", "a.split.1000.cpu-of-floor", "e.pgbench-1.commits"] {
        assert!(figures[gained] > 0.0, "{gained} in {figures:?}");
    }
    for deployment in ["embedded", "split"] {
        assert!(figures[&format!("e.{deployment}.offered-4000.commands")] > 1.0, "{figures:?}");
    }
}

#[test]
fn a_letter_that_is_none_is_refused_with_the_list() {
    let output = Command::new(env!("CARGO_BIN_EXE_musicpark-bench-rooms")).arg("z").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("possible values: a, b, c"));
}
