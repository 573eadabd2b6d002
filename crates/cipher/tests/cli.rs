//! The command-line tool as an operator uses it, against a private Redis.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use cipher::{Message, Refusal, To};
use fred::interfaces::ListInterface;
use serde_json::{Value, json};
use support::{Program, Site, collect, eventually};

const CIPHER: &str = env!("CARGO_BIN_EXE_cipher");

fn start(site: &Site, words: &[&str]) -> Program {
    Program::start(Path::new(CIPHER), site, words)
}

/// Runs it to its end: whether it succeeded, and what it printed and complained about.
async fn run(site: &Site, words: &[&str]) -> (bool, String, String) {
    run_at(&site.server().url(), words).await
}

async fn run_at(url: &str, words: &[&str]) -> (bool, String, String) {
    let words = [&["--redis", url], words].concat().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let output =
        tokio::task::spawn_blocking(|| Command::new(CIPHER).args(words).output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

async fn succeed(site: &Site, words: &[&str]) -> String {
    let (success, printed, complaint) = run(site, words).await;
    assert!(success, "{words:?}: {complaint}");
    printed
}

#[tokio::test(flavor = "multi_thread")]
async fn listen_prints_each_message_as_one_compact_line() {
    let site = Site::redis();
    let listener = start(&site, &["listen", "ws", "1"]);
    // Transmits wait until it listens; then it hears broadcasts too.
    succeed(
        &site,
        &[
            "transmit",
            "ws.1",
            "room.enter",
            "{ \"b\": [1.50, 9007199254740993],\n \"a\": {} }",
            "--tid",
            "42",
            "--from",
            "web.3",
        ],
    )
    .await;
    let first = listener.lines.reach(1).await.remove(0);
    let expected = r#"{"kind":"transmit","origin":{"nid":3,"ns":"web","tid":null},"recipient":{"nid":1,"ns":"ws","tid":"42"},"route":"room.enter","payload":{"b":[1.50,9007199254740993],"a":{}}}"#;
    assert_eq!(first, expected);
    succeed(&site, &["transmit", "ws.*", "say", "\"hi\""]).await;
    listener.lines.reach(2).await;
    succeed(&site, &["broadcast", "ws", "news", "null", "--from", "web.0"]).await;
    let rest: Vec<Value> =
        listener.lines.reach(3).await[1..].iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let anyone = json!({"ns": "ws", "nid": "*", "tid": "*"});
    assert_eq!(
        rest,
        [
            json!({"kind": "transmit", "origin": {"ns": "cli", "nid": 0, "tid": null}, "recipient": anyone, "route": "say", "payload": "hi"}),
            json!({"kind": "broadcast", "origin": {"ns": "web", "nid": 0, "tid": null}, "recipient": anyone, "route": "news", "payload": null}),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn transmit_reaches_a_node_that_was_never_announced_and_registers_nothing() {
    let site = Site::redis();
    let client = site.server().client().await;
    succeed(&site, &["transmit", "old.7", "say", "[1]", "--from", "web.3"]).await;
    let queued: String = client.lpop("old.7", None).await.unwrap();
    assert!(queued.starts_with(r#"{"origin":{"ns":"web","nid":3,"tid":null},"recipient":{"ns":"old","nid":7,"tid":"*","r":"old.say"},"payload":[1]"#), "{queued}");
    use fred::interfaces::ClientLike;
    let keys: Vec<String> = client.custom(fred::cmd!("KEYS"), vec!["*".to_owned()]).await.unwrap();
    assert_eq!(keys, [] as [&str; 0], "it was no node, and nothing of it is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn publish_reaches_subscribe() {
    let site = Site::redis();
    let reader = start(&site, &["subscribe", "room:jazz"]);
    eventually("the text arrives", async || {
        succeed(&site, &["publish", "room:jazz", "blue in green"]).await;
        !reader.lines.all().is_empty()
    })
    .await;
    let line: Value = serde_json::from_str(&reader.lines.all()[0]).unwrap();
    assert_eq!(line, json!({"topic": "room:jazz", "span": null, "text": "blue in green"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn request_prints_the_reply_or_says_why_there_is_none() {
    let site = Site::redis();
    let node = site.node("worker", 1).await;
    node.answer("double", |question: Message<i64>| async move {
        if question.payload < 0 {
            Err(Refusal::new("negative", "only what is positive"))
        } else {
            Ok(question.payload * 2)
        }
    });
    node.serve().await.unwrap();
    assert_eq!(succeed(&site, &["request", "worker.*", "double", "21"]).await, "42\n");
    let (success, printed, complaint) = run(&site, &["request", "worker.1", "double", "-1"]).await;
    assert!(!success && printed.is_empty() && complaint.contains("refused (negative)"), "{complaint}");
    let (success, _, complaint) = run(&site, &["request", "nobody.1", "double", "1"]).await;
    assert!(!success && complaint.contains("nobody.1 is gone"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_and_top_show_who_runs_and_what_waits() {
    let site = Site::redis();
    let node = site.node("worker", 4).await;
    node.serve().await.unwrap();
    let listed = succeed(&site, &["nodes", "worker"]).await;
    assert!(listed.starts_with("worker.4") && listed.contains("serving"), "{listed}");
    node.transmit(To::any("idle"), "x", &()).await.unwrap();
    let view = succeed(&site, &["top", "worker", "idle", "--times", "2", "--every", "100"]).await;
    assert!(view.lines().any(|line| line.starts_with("worker.4")), "{view}");
    assert!(
        view.lines().any(|line| line.starts_with("idle.*") && line.contains("waiting        1")),
        "{view}"
    );
    node.leave().await;
    succeed(&site, &["transmit", "worker.4", "x", "1"]).await;
    let listed = succeed(&site, &["nodes", "worker"]).await;
    assert!(listed.starts_with("worker.4") && listed.contains("down"), "{listed}");
    let view = succeed(&site, &["top", "worker", "--times", "1"]).await;
    let of_it = view.lines().find(|line| line.starts_with("worker.4")).expect("its queue is shown");
    assert!(of_it.contains("down") && of_it.contains("waiting        1"), "{view}");
}

#[tokio::test(flavor = "multi_thread")]
async fn top_shows_how_fast_each_node_sends_and_handles() {
    let site = Site::redis();
    let (web, worker) = (site.node("web", 1).await, site.node("worker", 1).await);
    let _seen = collect(&worker, "count");
    worker.serve().await.unwrap();
    let view = start(&site, &["top", "web", "worker", "--every", "100"]);
    let sender = web.clone();
    let sending = tokio::spawn(async move {
        loop {
            sender.transmit(To::node("worker", 1), "count", &1u32).await.unwrap();
        }
    });
    // web.1   joining  load 0   sent  120/s handled  0/s   waiting  0 dead 0
    let rates = |name: &str| {
        let lines = view.lines.all();
        let row = lines.iter().rfind(|line| line.starts_with(name))?.to_owned();
        let rate = |what: &str| {
            let rest = row.split_once(what)?.1.trim_start();
            rest.split_once("/s")?.0.parse::<u64>().ok()
        };
        Some((rate(" sent ")?, rate(" handled ")?))
    };
    eventually("one sends and the other handles", async || {
        matches!((rates("web.1"), rates("worker.1")), (Some((1.., 0)), Some((0, 1..))))
    })
    .await;
    sending.abort();
    eventually("neither does any more", async || {
        (rates("web.1"), rates("worker.1")) == (Some((0, 0)), Some((0, 0)))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_and_replayed() {
    let site = Site::redis();
    let node = site.node("worker", 1).await;
    node.serve().await.unwrap();
    succeed(&site, &["transmit", "worker.1", "count", "7"]).await;
    let list = async || succeed(&site, &["dead-letters", "list", "worker.1"]).await;
    eventually("it is a dead letter", async || !list().await.is_empty()).await;
    let letter: Value = serde_json::from_str(&list().await).unwrap();
    assert_eq!((&letter["payload"], &letter["why"]), (&json!(7), &json!("nobody handles its route")));
    node.leave().await;
    let id = letter["id"].as_str().unwrap();
    let (success, _, complaint) = run(&site, &["dead-letters", "replay", "worker.1", "another"]).await;
    assert!(!success && complaint.contains("not among the dead letters"), "{complaint}");
    let listener = start(&site, &["listen", "elsewhere", "1"]);
    let replayed = succeed(&site, &["dead-letters", "replay", "worker.1", id, "--to", "elsewhere.1"]).await;
    assert_eq!(replayed, "1 replayed\n");
    let line: Value = serde_json::from_str(&listener.lines.reach(1).await[0]).unwrap();
    assert_eq!((&line["route"], &line["payload"]), (&json!("count"), &json!(7)));
    assert!(list().await.is_empty());
}

/// Name and value of each line.
fn figures(printed: &str) -> Vec<(&str, f64)> {
    printed
        .lines()
        .map(|line| match line.splitn(3, ' ').collect::<Vec<_>>()[..] {
            [name, value, unit] if !unit.is_empty() => (name, value.parse().unwrap()),
            _ => panic!("{line:?} is not NAME VALUE UNIT"),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_prints_a_figure_of_all_it_measures() {
    let site = Site::redis();
    let short = ["--rounds", "2", "--seconds", "0.02", "--in-flight", "16", "--beside", "echo other 5 s"];
    let operations = ["transmit", "broadcast", "request", "publish", "pubsub", "dead-node"];
    let sizes = ["--bytes", "100,16384", "--nodes", "1,2", "--subscribers", "1,3"];
    let printed = succeed(&site, &[&["bench"], &operations[..], &sizes[..], &short[..]].concat()).await;
    let mut expected = Vec::new();
    for size in ["100B", "16KB"] {
        for operation in ["cipher.transmit", "cipher.broadcast", "cipher.request"] {
            expected.extend(["", ".2nodes"].map(|nodes| format!("{operation}.{size}{nodes}")));
        }
        for operation in ["cipher.publish", "redis.pubsub"] {
            expected.extend(["1sub", "3sub"].map(|subscribers| format!("{operation}.{size}.{subscribers}")));
        }
    }
    let parts = ["p50", "p99", "throughput", "client_cpu", "redis_cpu"];
    let mut expected: Vec<_> =
        expected.iter().flat_map(|case| parts.map(|part| format!("{case}.{part}"))).collect();
    expected.extend(["other".to_owned(), "cipher.dead_node.noticed".to_owned()]);
    let figures = figures(&printed);
    assert_eq!(figures.iter().map(|(name, _)| *name).collect::<Vec<_>>(), expected);
    for (name, value) in figures {
        // So short a run may take less processor time than the system counts.
        assert!(value > 0.0 || (value == 0.0 && name.ends_with("_cpu")), "{name} {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_tells_how_soon_messages_arrive_again_after_an_outage() {
    let Site::Redis(mut server) = Site::redis() else { unreachable!("it is the one over Redis") };
    let words = [
        "--redis",
        &server.url(),
        "bench",
        "outage",
        "--rounds",
        "1",
        "--stop-with",
        &format!("redis-cli -p {} shutdown nosave", server.port()),
    ]
    .map(str::to_owned);
    let mut bench =
        Command::new(CIPHER).args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut complaints = BufReader::new(bench.stderr.take().unwrap()).lines().map_while(Result::ok);
    let (complaints, away) = tokio::task::spawn_blocking(move || {
        let away = complaints.any(|line| line == "the server is away");
        (complaints, away)
    })
    .await
    .unwrap();
    assert!(away, "it ended before the server did");
    server.stop();
    server.run();
    let output = tokio::task::spawn_blocking(|| bench.wait_with_output().unwrap()).await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let figures = figures(&printed);
    assert!(
        matches!(figures[..], [("cipher.redis_back.first_delivery", seconds)] if seconds > 0.0),
        "{printed}{}",
        complaints.collect::<String>()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_not_there_is_said_in_a_sentence() {
    let url = format!("redis://user:secret@127.0.0.1:{}", ports::free_port());
    let url = url.as_str();
    let asked = [
        &["listen", "ws", "1"][..],
        &["transmit", "ws.1", "x", "1"],
        &["broadcast", "ws", "x", "1"],
        &["publish", "room", "x"],
        &["subscribe", "room"],
        &["request", "ws.1", "x", "1"],
        &["nodes", "ws"],
        &["nodes", "ws", "--watch"],
        &["dead-letters", "list", "ws.1"],
        &["dead-letters", "replay", "ws.1"],
        &["top", "ws"],
        &["bench"],
    ]
    .map(async |words| {
        let (success, printed, complaint) = run_at(url, words).await;
        assert!(!success && printed.is_empty(), "{words:?}: {printed}");
        assert!(complaint.contains("no Redis answers at 127.0.0.1:"), "{words:?}: {complaint}");
        assert!(!complaint.contains("secret"), "{words:?}: {complaint}");
    });
    futures_util::future::join_all(asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_said_in_a_sentence() {
    let site = Site::redis();
    for (words, part) in [
        (&["transmit", "ws", "x", "1"][..], "names no node"),
        (&["transmit", "ws.one", "x", "1"], "names no node"),
        (&["transmit", "ws.1", "x", "text"], "is no JSON"),
        (&["transmit", "ws.1", "a b", "1"], "the route \"a b\" cannot be used"),
        (&["transmit", "ws.1", "x", "1", "--from", "web"], "names no node"),
        (&["broadcast", "a.b", "x", "1"], "the namespace \"a.b\" cannot be used"),
        (&["broadcast", "ws", "x", "{"], "is no JSON"),
        (&["listen", "ws", "0"], "choose an id from 1"),
        (&["request", "absent.3", "x", "1"], "absent.3 is gone"),
        (&["request", "absent.*", "x", "1"], "absent.* is gone"),
        (&["dead-letters", "list", "absent"], "names no node"),
        (&["nodes", "a.b"], "the namespace \"a.b\" cannot be used"),
        (&["top", "a.b"], "the namespace \"a.b\" cannot be used"),
        (&["bench", "outage"], "measured with --stop-with"),
        (&["bench", "--beside", "echo oops", "dead-node", "--rounds", "1"], "NAME VALUE UNIT is expected"),
    ] {
        let (success, printed, complaint) = run(&site, words).await;
        assert!(!success && printed.is_empty() && complaint.contains(part), "{words:?}: {complaint}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_said_in_a_sentence() {
    for url in ["nonsense", "", "127.0.0.1", "redis://"] {
        let (success, _, complaint) = run_at(url, &["nodes", "ws"]).await;
        assert!(!success && complaint.contains("the Redis URL cannot be used"), "{url:?}: {complaint}");
    }
}
