//! A park for one test, and browsers that visit it.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use cipher::{MemoryBus, Node, NodeConfig, Transport};
use clap::Parser;
use protocol::http::{Boot, Me, Problem};
use protocol::link::ns;
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::clock::ParkClock;
use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use store::Store;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use web::{Config, Web};

/// Host that browsers in these tests have in their address bar.
pub const HOST: &str = "park.test";
/// A page as the web client's build leaves it.
const INDEX: &str = "<!doctype html><html><head><!--head--></head><body><!--boot--><div id=\"app\"><!--first--></div></body></html>";

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    web: Config,
}

/// The settings with their defaults.
pub fn defaults() -> Config {
    Arguments::parse_from(["musicpark-web"]).web
}

/// A join screen as the build leaves it, with two of its gaps.
const FIRST_JSON: &str = r#"{
    "cards": [
        {"playing": false, "who": "new", "html": "<h1 title=\"{{room}}\">{{room}}</h1><p>You walk in as {{you}}</p><p>{{listening}}, {{host}}</p>"},
        {"playing": false, "who": "guest", "html": "<h1>{{room}}</h1><p>Welcome back, {{you}}</p><p>{{host}}</p>"}
    ],
    "listening": {"none": "nobody yet", "one": "one", "many": "{{count}} there"},
    "picked": {"mix": "the mix", "by": "picked by {{by}}"},
    "mode": {"open": "votes", "rotation": "turns"},
    "own": "the park's own",
    "names": {"adjectives": ["Amber"], "animals": ["Heron"]}
}"#;

pub struct Site {
    pub web: Web,
    pub store: Store,
    pub bus: MemoryBus,
    pub nid: u32,
    router: Router,
    folder: TempDir,
    _stop: DropGuard,
}

impl Site {
    /// With the built client of these tests, the demo library and the first rooms.
    pub async fn new() -> Site {
        Site::with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let client = folder.path().join("client");
        std::fs::create_dir_all(client.join("assets")).unwrap();
        std::fs::write(client.join("index.html"), INDEX).unwrap();
        std::fs::write(client.join("first.json"), FIRST_JSON).unwrap();
        std::fs::write(client.join("assets/main-1a2b.js"), "let lamp = 'warm';\n".repeat(200)).unwrap();
        std::fs::write(client.join("favicon.svg"), "<svg/>").unwrap();
        let mut config = Config { web_client: Some(client), ..defaults() };
        change(&mut config);

        let store =
            Store::open(&format!("sqlite:{}", folder.path().join("park.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        web::seed(&store).await.unwrap();
        let bus = MemoryBus::new();
        let node = join(&bus, ns::WEB).await;
        let stop = CancellationToken::new();
        let web =
            Web::start(config, store.clone(), node.clone(), ParkClock::system(), stop.clone()).await.unwrap();
        node.serve().await.unwrap();
        let router = web.router();
        Site { web, store, bus, nid: node.nid(), router, folder, _stop: stop.drop_guard() }
    }

    /// An empty folder of this test's own.
    pub fn empty_folder(&self) -> std::path::PathBuf {
        let empty = self.folder.path().join("empty");
        std::fs::create_dir_all(&empty).unwrap();
        empty
    }

    /// Somebody who has never been here.
    pub fn browser(&self) -> Browser {
        let peer = SocketAddr::from(([127, 0, 0, 1], 50_000));
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HOST.parse().unwrap());
        Browser { router: self.router.clone(), peer, headers, cookie: None }
    }

    /// Somebody who walked in as a guest.
    pub async fn guest(&self, name: &str) -> (Browser, Me) {
        let mut browser = self.browser();
        let answer = browser.post("/api/guest", &serde_json::json!({"name": name, "look": 7})).await;
        (browser, answer.json())
    }
}

/// A node of another service on the same bus, not serving yet.
pub async fn join(bus: &MemoryBus, namespace: &str) -> Node {
    Node::join(Transport::Memory(bus.clone()), NodeConfig::new(namespace)).await.unwrap()
}

/// A browser: keeps its cookie, and says where its requests come from as browsers do.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    peer: SocketAddr,
    headers: HeaderMap,
    /// `name=value`.
    pub cookie: Option<String>,
}

impl Browser {
    /// The same browser at another address.
    pub fn at(&self, address: [u8; 4]) -> Browser {
        Browser { peer: SocketAddr::from((address, 50_000)), ..self.clone() }
    }

    /// The same browser with another header on all its requests.
    pub fn saying(mut self, name: &'static str, value: &str) -> Browser {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::POST, path, Body::from(serde_json::to_vec(body).unwrap())).await
    }

    pub async fn patch(&mut self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::PATCH, path, Body::from(serde_json::to_vec(body).unwrap())).await
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Body) -> Answer {
        let mut request = Request::builder().method(&method).uri(path).extension(ConnectInfo(self.peer));
        let headers = request.headers_mut().unwrap();
        if method != Method::GET {
            headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
            headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
        }
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        if let Some(cookie) = &self.cookie {
            headers.insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        };
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().unwrap().to_owned();
            self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
        }
        answer
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The error, checked to be one that a person can read.
    #[track_caller]
    pub fn problem(&self) -> Problem {
        assert!(
            self.status.is_client_error() || self.status.is_server_error(),
            "{} {}",
            self.status,
            self.text()
        );
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        assert!(problem.refusal.text.ends_with('.') && problem.refusal.text.contains(' '), "{problem:?}");
        problem
    }

    /// What the page tells the web client.
    #[track_caller]
    pub fn boot(&self) -> Boot {
        let json =
            self.text().split_once("<script type=\"application/json\" id=\"boot\">").expect("a boot block").1;
        serde_json::from_str(json.split_once("</script>").unwrap().0).unwrap()
    }
}

/// Polls until a condition holds; panics when it does not in time.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
