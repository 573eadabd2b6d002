//! The programs as an operator meets them: settings that are wrong get a sentence and exit code 2, an orderly end gets 0.
#![allow(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

use crowd::child::Signal;
use crowd::stack::repository;
use protocol::link::ns;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, SqliteConnection};
use std::net::TcpListener;
use std::process::Command;
use tests::eventually::eventually;
use tests::process::{Process, binary};

fn park(data: &std::path::Path) -> Command {
    let mut command = Command::new(binary("musicpark"));
    command.env_remove("DATABASE_URL").env_remove("REDIS_URL");
    command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("MUSICPARK_DATA", data);
    command
}

async fn refusal(command: &mut Command) -> (Option<i32>, String) {
    let mut process = Process::start(command);
    let status = process.ended().await;
    (status.code(), process.all_err())
}

#[tokio::test]
async fn a_port_in_use_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let (code, said) = refusal(park(folder.path()).env("MUSICPARK_ADDR", addr.to_string())).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains(&format!("Port {} is in use", addr.port())) && said.contains("MUSICPARK_ADDR"),
        "{said}"
    );
}

#[tokio::test]
async fn a_second_park_on_one_data_folder_is_refused_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Process::start(&mut park(folder.path()));
    let url = first.says("listening").await;
    let (code, said) = refusal(&mut park(folder.path())).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("Another park runs on the data folder"), "{said}");
    let health = reqwest::get(format!("{url}/health/ready")).await.unwrap();
    assert!(health.status().is_success());
    first.signal(Signal::TERM);
    assert_eq!(first.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let (code, said) = refusal(&mut park(&file.join("data"))).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a-file/data cannot be made") && said.contains("MUSICPARK_DATA"), "{said}");
}

#[tokio::test]
async fn data_of_a_newer_version_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Process::start(&mut park(folder.path()));
    first.says("listening").await;
    first.signal(Signal::TERM);
    assert_eq!(first.ended().await.code(), Some(0));
    let database = SqliteConnectOptions::new().filename(folder.path().join("park.db"));
    let mut database = SqliteConnection::connect_with(&database).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (7000, 'tomorrow', 1, x'00', 0)";
    database.execute(newer).await.unwrap();
    database.close().await.unwrap();
    let (code, said) = refusal(&mut park(folder.path())).await;
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("written by a newer version of Music Park"), "{said}");
}

#[tokio::test]
async fn a_database_address_that_is_none_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = refusal(park(folder.path()).env("DATABASE_URL", "postgres://somewhere/park")).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("REDIS_URL is not"), "{said}");
    let both = &mut park(folder.path());
    both.env("DATABASE_URL", "mysql://somewhere/park").env("REDIS_URL", "redis://127.0.0.1:1");
    let (code, said) = refusal(both).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("cannot use DATABASE_URL"), "{said}");
    let worker = &mut Command::new(binary("musicpark-worker"));
    let (code, said) =
        refusal(worker.env_remove("DATABASE_URL").env("REDIS_URL", "redis://127.0.0.1:1")).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("--database-url"), "{said}");
}

#[tokio::test]
async fn a_worker_waits_for_a_database_that_is_not_there_yet_and_says_so() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(binary("musicpark-worker"));
    command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("REDIS_URL", "redis://127.0.0.1:1");
    command.env("DATABASE_URL", format!("postgres://nobody@{free}/park"));
    let mut worker = Process::start(&mut command);
    let url = worker.says("listening").await;
    eventually("it says that it waits", async || {
        worker.err().contains("waiting for the database").then_some(())
    })
    .await;
    let live = reqwest::get(format!("{url}/health/live")).await.unwrap();
    let ready = reqwest::get(format!("{url}/health/ready")).await.unwrap();
    assert_eq!((live.status().as_u16(), ready.status().as_u16()), (200, 503));
    worker.signal(Signal::TERM);
    assert_eq!(worker.ended().await.code(), Some(0), "it can be stopped while it waits");
}

#[tokio::test]
async fn a_gateway_waits_for_redis_and_answers_that_it_is_not_ready() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(binary("musicpark-gateway"));
    command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("REDIS_URL", format!("redis://{free}"));
    let mut gateway = Process::start(&mut command);
    let url = gateway.says("listening").await;
    let ready = reqwest::get(format!("{url}/health/ready")).await.unwrap();
    let socket = reqwest::get(format!("{url}/ws")).await.unwrap();
    assert_eq!((ready.status().as_u16(), socket.status().as_u16()), (503, 503));
    gateway.signal(Signal::TERM);
    assert_eq!(gateway.ended().await.code(), Some(0));
}

fn ask_redis(url: &str, words: &[&str]) -> String {
    let said = Command::new("redis-cli").args(["-u", url]).args(words).output().unwrap();
    assert!(said.status.success(), "{said:?}");
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_service_frozen_until_another_took_its_id_ends_so_that_its_supervisor_starts_it_again() {
    let mut command = Command::new(repository().join("scripts/stack"));
    command.args(["--dev", "--no-build", "--web", "0", "--gateway", "0", "--worker", "0"]);
    let mut stack = Process::start(&mut command);
    let mut address =
        async |name: &str| stack.says(&format!("{name} ")).await.split(' ').next().unwrap().to_owned();
    let (postgres, redis) = (address("postgres").await, address("redis").await);
    stack.says("ready").await;
    let start = |name: &str| {
        let mut command = Command::new(binary(&format!("musicpark-{name}")));
        command.env("MUSICPARK_ADDR", "127.0.0.1:0").env("REDIS_URL", &redis).env("DATABASE_URL", &postgres);
        Process::start(&mut command)
    };
    let displaced = async |name: &str, ns: &str, called: &str| {
        let (lease, nodes) = (format!("cipher:lease:{{{ns}.1}}"), format!("cipher:nodes:{{{ns}}}"));
        // The life that serves as the first of its kind.
        let serves = async |not: &str| {
            eventually(&format!("a {called} serves"), async || {
                let entry = ask_redis(&redis, &["HGET", &nodes, "1"]);
                let life = entry.split(' ').next().unwrap().to_owned();
                (entry.contains("serving") && life != not).then_some(life)
            })
            .await
        };
        let mut frozen = start(name);
        let life = serves("").await;
        frozen.signal(Signal::STOP);
        eventually(&format!("the {called} has lost its id"), async || {
            (ask_redis(&redis, &["EXISTS", &lease]) == "0").then_some(())
        })
        .await;
        let mut other = start(name);
        serves(&life).await;
        frozen.signal(Signal::CONT);
        assert_eq!(frozen.ended().await.code(), Some(1), "{name}");
        let said = frozen.all_err();
        assert!(said.contains(&format!("Another {called} took this one's id")), "{said}");
        other.signal(Signal::TERM);
        assert_eq!(other.ended().await.code(), Some(0), "{name}: the successor was not disturbed");
    };
    tokio::join!(
        displaced("worker", ns::WORKER, "worker"),
        displaced("web", ns::WEB, "web server"),
        displaced("gateway", ns::GATEWAY, "gateway"),
    );
}

#[tokio::test]
async fn help_names_every_variable_and_version_the_version() {
    for name in ["musicpark", "musicpark-web", "musicpark-gateway", "musicpark-worker"] {
        let help = Command::new(binary(name)).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        for variable in ["MUSICPARK_ADDR", "REDIS_URL", "MUSICPARK_METRICS_ADDR", "MUSICPARK_LOG"] {
            assert!(help.contains(variable), "{name} --help names {variable}");
        }
        let version = Command::new(binary(name)).arg("--version").output().unwrap();
        let said = String::from_utf8(version.stdout).unwrap();
        assert_eq!(said.trim(), format!("{name} {}", env!("CARGO_PKG_VERSION")));
    }
}

#[tokio::test]
async fn a_park_open_to_the_network_tells_an_address_others_can_open_and_its_metrics_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = park(folder.path());
    command.env("MUSICPARK_ADDR", "0.0.0.0:0").env("MUSICPARK_METRICS_ADDR", "127.0.0.1:0");
    let mut process = Process::start(&mut command);
    let metrics = process.says("metrics").await;
    let url = process.says("listening").await;
    assert!(!url.contains("0.0.0.0"), "{url}");
    let port = url.rsplit(':').next().unwrap();
    eventually("the metrics name the rooms in memory", async || {
        let told = reqwest::get(&metrics).await.ok()?.text().await.ok()?;
        told.contains("worker_rooms 3").then_some(())
    })
    .await;
    let public = reqwest::get(format!("http://127.0.0.1:{port}/metrics")).await.unwrap();
    assert_eq!(public.status().as_u16(), 404, "metrics are not on the public port");
}
