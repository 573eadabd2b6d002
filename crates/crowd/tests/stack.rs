//! The stack as those who break it use it.

use crowd::child::signal;
use crowd::stack::{Options, Stack};
use crowd::waiting::until;
use rustix::process::Signal;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn runs(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn parts_are_killed_started_stopped_and_added_and_nothing_is_left_behind() {
    let program = ("worker".to_owned(), "musicpark-worker".to_owned());
    let log = ("worker-1".to_owned(), "MUSICPARK_LOG".to_owned(), "debug".to_owned());
    let options =
        Options { web: 1, gateway: 1, programs: vec![program], settings: vec![log], ..Options::default() };
    let stack = Stack::start(options).await.unwrap();
    let worker = stack.pid("worker-1").unwrap();
    let environment = std::fs::read(format!("/proc/{worker}/environ")).unwrap();
    assert!(environment.split(|byte| *byte == 0).any(|set| set == b"MUSICPARK_LOG=debug"));

    stack.kill("worker-1", Signal::KILL).unwrap();
    stack.ended("worker-1").await.unwrap();
    assert!(!runs(worker));
    stack.start_part("worker-1").await.unwrap();
    assert_ne!(stack.pid("worker-1").unwrap(), worker);
    let refused = stack.start_part("worker-1").await.unwrap_err();
    assert!(refused.to_string().contains("runs already"), "{refused}");

    assert_eq!(stack.add("gateway").await.unwrap(), "gateway-2");
    let gateway = stack.pid("gateway-1").unwrap();
    stack.stop_part("gateway-1").await.unwrap();
    assert!(!runs(gateway));
    // The proxy leads to the one that was added.
    let proxy = stack.url().strip_prefix("http://").unwrap();
    let ask = "GET /ws HTTP/1.1\r\nHost: park\r\nConnection: close\r\n\r\n";
    until("a gateway's answer through the proxy", Duration::from_secs(30), async || {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(proxy).await.ok()?;
        stream.write_all(ask.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        // Without an upgrade it says no, and so it is there.
        answer.starts_with("HTTP/1.1 400").then_some(())
    })
    .await
    .unwrap();

    let pids: Vec<u32> = stack.parts().into_iter().map(|part| part.pid).filter(|pid| runs(*pid)).collect();
    assert_eq!(pids.len(), 6, "{:?}", stack.parts());
    drop(stack);
    for pid in pids {
        assert!(!runs(pid), "{pid} outlives the stack");
        assert!(signal(pid, Signal::TERM).is_err());
    }
}

#[test]
fn a_command_is_never_read_by_halves_however_often_the_stack_looks_for_one() {
    let control = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/lib/stack/control.sh");
    let script = r#"source "$1"; while ((SECONDS < 60)); do if take_command 0 0.001; then echo "$verb $name"; fi; done"#;
    let mut command = Command::new("bash");
    command.args(["-euc", script, "stack", control]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut stack = command.spawn().unwrap();
    let (mut pipe, out) = (stack.stdin.take().unwrap(), stack.stdout.take().unwrap());
    let mut heard = BufReader::new(out).lines().map(Result::unwrap);
    for number in 0..10 {
        pipe.write_all(b"add wor").unwrap();
        // The rest comes much later than a look takes: what a busy machine makes of any line.
        std::thread::sleep(Duration::from_millis(20));
        pipe.write_all(format!("ker-{number}\n").as_bytes()).unwrap();
        assert_eq!(heard.next().unwrap(), format!("add worker-{number}"));
    }
    stack.kill().unwrap();
    stack.wait().unwrap();
}
