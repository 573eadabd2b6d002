//! The real rapt-cipher 0.1.1 of npm, in a Node.js process, on the same Redis: each understands the other.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cipher::{Message, Node, To};
use fred::clients::Client;
use fred::interfaces::{ClientLike, ListInterface, PubsubInterface};
use serde_json::{Value, json};
use support::{Seen, Site, eventually};

/// A node of rapt-cipher in a process of its own, killed when dropped.
struct Peer {
    process: Child,
    heard: Seen<Value>,
}

impl Peer {
    async fn start(site: &Site, ns: &str, nid: u32) -> Self {
        let server = site.server();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rapt");
        assert!(
            folder.join("node_modules/rapt-cipher").exists(),
            "rapt-cipher is not installed: run `npm ci` in {} (scripts/test does)",
            folder.display()
        );
        let client = server.client().await;
        let before = waiting_connections(&client).await;
        let mut process = Command::new("node")
            .args(["--no-warnings", "peer.js"])
            .args([&server.port().to_string(), ns, &nid.to_string(), "say", "room.enter"])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js is there: `node` is on the PATH");
        let heard = Seen::new();
        let (add, output) = (heard.clone(), process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                add.add(serde_json::from_str(&line).unwrap());
            }
        });
        let peer = Self { process, heard };
        // It blocks on its own queue and on the one for any node, and listens to broadcasts.
        eventually("the peer receives", async || waiting_connections(&client).await == before + 3).await;
        peer
    }

    fn tell(&self, what: &str, recipient: &Value, payload: &Value, tid: Option<&str>) {
        let line =
            json!({"do": what, "route": "say", "recipient": recipient, "payload": payload, "tid": tid});
        writeln!(self.process.stdin.as_ref().unwrap(), "{line}").unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn waiting_connections(client: &Client) -> usize {
    let list: String = client.custom(fred::cmd!("CLIENT"), vec!["LIST".to_owned()]).await.unwrap();
    list.lines().filter(|line| line.contains("cmd=blpop") || line.contains("cmd=psubscribe")).count()
}

type Heard = Seen<(Option<String>, String, u32, Option<String>, Value)>;

/// A Rust node that remembers what it hears: recipient's tenant, origin, origin's tenant and payload.
async fn rust_node(site: &Site, ns: &str) -> (Node, Heard) {
    let node = site.node(ns, 1).await;
    let heard = Seen::new();
    let add = heard.clone();
    node.on("say", move |message: Message<Value>| {
        let Message { recipient_tenant, origin, tenant, payload, .. } = message;
        add.add((recipient_tenant, origin.ns, origin.nid, tenant, payload));
        async { Ok(()) }
    });
    node.serve().await.unwrap();
    (node, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn rapt_cipher_hears_what_rust_sends() {
    let site = Site::redis();
    let (one, zero) = (Peer::start(&site, "old", 1).await, Peer::start(&site, "zero", 0).await);
    let (node, _) = rust_node(&site, "new").await;

    let origin = |tid: Value| json!({"ns": "new", "nid": 1, "tid": tid});
    let line = |kind: &str, tenant: Value, tid: Value, payload: Value| {
        let route = if kind == "deep" { "room.enter" } else { "say" };
        let kind = if kind == "deep" { "transmit" } else { kind };
        json!({"kind": kind, "route": route, "origin": origin(tid), "tenant": tenant, "payload": payload})
    };

    // To its queue and in order; with tenants; a route with a dot in it.
    let payload = json!({"list": [], "object": {}, "umlaut": "ä", "nothing": null});
    node.transmit(To::node("old", 1), "say", &payload).await.unwrap();
    node.transmit(To::node("old", 1).tenant("42").from_tenant("mia"), "say", &json!([1])).await.unwrap();
    node.transmit(To::node("old", 1), "room.enter", &json!("jazz")).await.unwrap();
    let to_one = json!({"ns": "old", "nid": 1, "tid": "*"});
    let expected = [
        line("transmit", to_one.clone(), Value::Null, payload.clone()),
        line("transmit", json!({"ns": "old", "nid": 1, "tid": "42"}), json!("mia"), json!([1])),
        line("deep", to_one, Value::Null, json!("jazz")),
    ];
    assert_eq!(one.heard.reach(3).await, expected);

    // To any node, to node 0 (which means any node on this wire), and to all.
    node.transmit(To::any("zero"), "say", &1).await.unwrap();
    node.transmit(To::node("zero", 0), "say", &2).await.unwrap();
    let anyone = json!({"ns": "zero", "nid": "*", "tid": "*"});
    assert_eq!(
        zero.heard.reach(2).await,
        [
            line("transmit", anyone.clone(), Value::Null, json!(1)),
            line("transmit", anyone, Value::Null, json!(2))
        ]
    );
    node.broadcast("old", "say", &"all of you").await.unwrap();
    let everyone = json!({"ns": "old", "nid": "*", "tid": "*", "r": "old.say"});
    assert_eq!(one.heard.reach(4).await[3], line("broadcast", everyone, Value::Null, json!("all of you")));
    assert_eq!(zero.heard.all().len(), 2, "a broadcast stays in its namespace");
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_hears_what_rapt_cipher_sends_with_malformed_messages_in_between() {
    let site = Site::redis();
    let one = Peer::start(&site, "old", 1).await;
    let zero = Peer::start(&site, "zero", 0).await;
    let client = site.server().client().await;
    let (_node, heard) = rust_node(&site, "new").await;
    let mut count = 0;
    for nonsense in ["not json", "[[[[", "{}", "null", r#"{"origin":3,"recipient":{"r":7}}"#, "\u{feff}{}"] {
        for queue in ["new.1", "new.*"] {
            client.rpush::<(), _, _>(queue, nonsense).await.unwrap();
        }
        client.publish::<(), _, _>("new.say", nonsense).await.unwrap();

        let tenant = |tid: &str| Some(tid.to_owned());
        // Numbers that come as strings, node 0 as origin and as recipient, tenants, transmits and broadcasts.
        for (peer, what, recipient, tid, expected) in [
            (
                &one,
                "transmit",
                json!({"ns": "new", "nid": "1", "tid": 42}),
                Some("7"),
                (tenant("42"), "old".to_owned(), 1, tenant("7")),
            ),
            (&one, "transmit", json!({"ns": "new"}), None, (None, "old".to_owned(), 1, None)),
            (
                &zero,
                "transmit",
                json!({"ns": "new", "nid": 0}),
                Some("7"),
                (None, "zero".to_owned(), 0, tenant("7")),
            ),
            (
                &zero,
                "broadcast",
                json!({"ns": "new", "tid": "9"}),
                None,
                (tenant("9"), "zero".to_owned(), 0, None),
            ),
        ] {
            let payload = json!({"count": count, "list": []});
            peer.tell(what, &recipient, &payload, tid);
            count += 1;
            let all = heard.reach(count).await;
            assert_eq!(all.len(), count, "each once");
            let (recipient, ns, nid, from) = expected;
            assert_eq!(all[count - 1], (recipient, ns, nid, from, payload));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rapt_cipher_finds_what_was_sent_while_it_was_away() {
    let site = Site::redis();
    let (node, _) = rust_node(&site, "new").await;
    let doomed = Peer::start(&site, "old", 1).await;
    node.transmit(To::node("old", 1), "say", &json!("before")).await.unwrap();
    doomed.heard.reach(1).await;
    drop(doomed);
    let client = site.server().client().await;
    // Until Redis has noticed, it would still hand that process what comes: rapt-cipher promises no more.
    eventually("its connections are gone", async || waiting_connections(&client).await == 0).await;
    node.transmit(To::node("old", 1), "say", &json!("while it was away")).await.unwrap();
    node.transmit(To::any("old"), "say", &json!("to anyone")).await.unwrap();
    let next = Peer::start(&site, "old", 1).await;
    let mut heard: Vec<_> =
        next.heard.reach(2).await.into_iter().map(|line| line["payload"].clone()).collect();
    heard.sort_by_key(ToString::to_string);
    assert_eq!(heard, [json!("to anyone"), json!("while it was away")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_shared_by_both_loses_nothing_and_gives_nothing_twice() {
    let site = Site::redis();
    let peer = Peer::start(&site, "both", 2).await;
    let (node, heard) = rust_node(&site, "both").await;
    const EACH: usize = 300;
    for number in 0..EACH {
        node.transmit(To::any("both"), "say", &number).await.unwrap();
        peer.tell("transmit", &json!({"ns": "both"}), &json!(EACH + number), None);
    }
    let all = || {
        let by_rust = heard.all().into_iter().map(|(.., payload)| payload);
        let by_peer = peer.heard.all().into_iter().map(|line| line["payload"].clone());
        let mut numbers: Vec<_> = by_rust.chain(by_peer).map(|payload| payload.as_u64().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    };
    eventually("all have come", async || all().len() >= 2 * EACH).await;
    assert_eq!(all(), (0..2 * EACH as u64).collect::<Vec<_>>());
}
