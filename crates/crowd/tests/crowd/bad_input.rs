//! What goes wrong outside the park ends in a sentence, an exit code, and the figures so far.

use crate::park::{PATIENCE, Park, program};
use crowd::child::Child;
use crowd::waiting::until;
use rustix::process::Signal;
use std::process::{Command, Output};

/// The crowd as somebody starts it.
const CROWD: &str = env!("CARGO_BIN_EXE_musicpark-crowd");
/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

/// What is said on standard error by a crowd that cannot be let loose.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "there are no figures: {output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn crowd(words: &[&str]) -> Output {
    Command::new(CROWD).args(words).output().unwrap()
}

#[test]
fn a_park_that_is_not_there_or_has_no_such_address_is_a_sentence() {
    for (words, sentence) in [
        (&["--target", NOBODY][..], "Nobody listens at http://127.0.0.1:1"),
        (&["--target", "127.0.0.1:1"], "\"127.0.0.1:1\" is no address"),
        (&["--target", "http://no.such.name.invalid:80"], "leads nowhere"),
        (&["--target", "https://park.example"], "The crowd speaks no TLS"),
        (&["--target", NOBODY, "--people", "0"], "A crowd of nobody"),
        (&["--target", NOBODY, "--people", "1", "--rooms", "2"], "2 rooms for 1 people"),
        (&["--target", NOBODY, "--scenario", "/nowhere.toml"], "/nowhere.toml"),
        (&["--target", NOBODY, "--chats", "1e9"], "lower a rate or the time"),
    ] {
        let said = refused(&crowd(words));
        assert!(said.starts_with("musicpark-crowd: ") && said.contains(sentence), "{words:?}: {said}");
    }
}

#[test]
fn one_of_several_gateways_that_is_not_there_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let there = format!("http://{}", listener.local_addr().unwrap());
    let said = refused(&crowd(&["--target", &there, "--target", NOBODY]));
    assert!(said.contains("Nobody listens at http://127.0.0.1:1: is a gateway running there?"), "{said}");
}

#[test]
fn a_journal_that_is_not_there_is_said_before_anybody_walks_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("typo.db");
    let journal = format!("sqlite:{}", file.display());
    let said = refused(&crowd(&["--target", NOBODY, "--journal", &journal]));
    assert!(
        said.contains("The journal cannot be read: there is no file") && said.contains("typo.db"),
        "{said}"
    );
    assert!(!file.exists());
}

#[test]
fn too_few_descriptors_are_a_sentence_that_says_how_many_it_takes() {
    let script = r#"ulimit -n 64; exec "$@""#;
    let words = ["-c", script, "sh", CROWD, "--target", NOBODY, "--people", "500"];
    let said = refused(&Command::new("sh").args(words).output().unwrap());
    assert!(said.contains("500 people need 756 descriptors, and this system allows a process 64."), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_park_that_dies_ends_the_run_with_the_figures_so_far() {
    let mut park = Park::start().await;
    let mut crowd = Command::new(CROWD);
    crowd.args(["--target", &park.url, "--journal", &park.journal()]);
    crowd.args("--people 6 --rooms 1 --chats 10 --seconds 3600".split(' '));
    let mut crowd = Child::start(&mut crowd).unwrap();
    let acts = async || crowd.err().contains(" deliveries").then_some(());
    until("they hear each other", PATIENCE, acts).await.unwrap();
    park.process.signal(Signal::KILL).unwrap();
    park.process.ended(PATIENCE).await.unwrap();
    let status = crowd.ended(PATIENCE).await.unwrap();
    let (told, figures) = (crowd.all_err(), crowd.out().join("\n"));
    assert_eq!(status.code(), Some(2), "{told}");
    assert!(told.contains("the park is gone"), "{told}");
    for part in [
        "closed                 6 times with 1006",
        "6 of 6 people were not in their rooms at the end: they could not come in or back",
        "Nobody listens at",
        "The copies of rooms were not compared: Nobody listens at",
    ] {
        assert!(figures.contains(part), "{part:?} is not in {figures}");
    }
}

#[test]
fn ports_that_are_used_up_are_a_sentence_and_whoever_got_in_is_measured() {
    // A network of its own that has few ports: everybody may make one who may make users of its own.
    let own = |words: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net"]).args(words);
        command
    };
    if !own(&["true"]).status().is_ok_and(|status| status.success()) {
        eprintln!("Not looked at: this machine lets nobody make a network of its own (unshare).");
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let script = r#"
        ip link set lo up
        echo "61000 61039" >/proc/sys/net/ipv4/ip_local_port_range
        MUSICPARK_ADDR=127.0.0.1:8080 MUSICPARK_DATA="$1/data" "$2" >"$1/said" 2>&1 &
        trap 'kill $!; wait' EXIT
        until grep -q "^listening" "$1/said"; do sleep 0.05; done
        "$3" --target http://127.0.0.1:8080 --people 80 --rooms 1 --seconds 2 --chats 80 --joins-at-once 4
    "#;
    let data = data.path().to_str().unwrap();
    let park = program();
    let words = ["bash", "-ec", script, "bash", data, park.to_str().unwrap(), CROWD];
    let output = own(&words).output().unwrap();
    let (told, figures) =
        (String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap());
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("of 80 people: no port left"), "{told}");
    let why = "All ports of 127.0.0.2 are in use: wait a minute, or simulate fewer people";
    assert!(told.contains(why) && figures.contains(why), "{told}{figures}");
    let heard = figures.contains(", 0 lost, 0 doubled") && !figures.contains("deliveries             0 ");
    assert!(heard, "those who are in hear each other: {figures}");
}
