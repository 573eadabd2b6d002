//! Each example as its first lines say to run it: programs of their own that talk through a private Redis.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod support;

use cipher::{Address, Node, NodeState};
use support::{Program, Site, eventually};

async fn says(program: &Program, line: &str) {
    eventually(&format!("it says {line:?}"), async || program.lines.all().iter().any(|said| said == line))
        .await;
}

/// What a program that ends by itself said.
async fn said(site: &Site, example: &str, words: &[&str]) -> Vec<String> {
    let mut program = Program::example(example, site, words);
    assert_eq!(program.ended().await, Some(0), "{example} {words:?}");
    program.lines.all()
}

async fn serves(viewer: &Node, ns: &str) {
    eventually(&format!("{ns} serves"), async || {
        viewer.nodes(ns).await.iter().any(|node| node.state == NodeState::Serving)
    })
    .await;
}

async fn viewer(site: &Site) -> Node {
    Node::guest(site.transport(), Address::new("viewer", 0)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_arrives_even_when_it_was_said_before_anybody_listened() {
    let site = Site::redis();
    assert_eq!(said(&site, "hello", &["say", "Mia"]).await, [""; 0]);
    let listener = Program::example("hello", &site, &["listen"]);
    says(&listener, "hello Mia, says greeter.0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_queue_gives_each_job_to_one_worker() {
    let site = Site::redis();
    said(&site, "work_queue", &["push", "6", "10"]).await;
    let workers = [(); 2].map(|()| Program::example("work_queue", &site, &["work"]));
    let done = || {
        let mut lines: Vec<_> = workers.iter().flat_map(|worker| worker.lines.all()).collect();
        lines.retain(|line| line.starts_with("done"));
        lines.sort();
        lines
    };
    eventually("the jobs are done", async || done().len() >= 6).await;
    assert_eq!(done(), (0..6).map(|number| format!("done {number}")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_gets_its_answer_or_its_refusal() {
    let site = Site::redis();
    assert!(said(&site, "request_reply", &["ask", "12", "5"]).await[0].starts_with("no answer: "));
    let _calculator = Program::example("request_reply", &site, &["answer"]);
    serves(&viewer(&site).await, "calculator").await;
    assert_eq!(said(&site, "request_reply", &["ask", "12", "5"]).await, ["2.400"]);
    let refused = said(&site, "request_reply", &["ask", "12", "0"]).await;
    assert_eq!(refused, ["refused: nothing can be divided by zero"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_tells_who_comes_and_goes() {
    let site = Site::redis();
    let teller = Program::example("nodes", &site, &["workshop"]);
    let worker = Program::example("work_queue", &site, &["work"]);
    eventually("the worker is told of", async || {
        let lines = teller.lines.all();
        lines.first().is_some_and(|line| line.starts_with("joined  workshop.1"))
            && lines.iter().any(|line| line.contains("workshop.1 Serving"))
    })
    .await;
    worker.signal("INT");
    eventually("and that it left", async || {
        teller.lines.all().iter().any(|line| line.starts_with("left    workshop.1"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_stays_within_its_colour_unless_it_is_shouted() {
    let site = Site::redis();
    let mut mia = Program::example("chat", &site, &["red", "Mia"]);
    let tom = Program::example("chat", &site, &["blue", "Tom"]);
    let viewer = viewer(&site).await;
    tokio::join!(serves(&viewer, "red"), serves(&viewer, "blue"));
    mia.type_line("among us");
    mia.type_line("!to all of you");
    says(&mia, "Mia (red.1): among us").await;
    says(&tom, "Mia (red.1): to all of you").await;
    assert_eq!(tom.lines.all(), ["Mia (red.1): to all of you"]);
}
