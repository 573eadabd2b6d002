//! The parts put together: starting the service, and its router with everything that stands before each route.

use crate::body::BODY_MAX;
use crate::config::Config;
use crate::directory::Directory;
use crate::floors::Floors;
use crate::limits::Limits;
use crate::password::Hasher;
use crate::problem::Failure;
use crate::throttle::Throttle;
use crate::ticket::Tickets;
use crate::web_client::WebClient;
use crate::{headers, neighbours, record, route};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Router, body::Body};
use protocol::refusal::{Refusal, RefusalCode};
use service::clock::ParkClock;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::timeout::RequestBodyTimeoutLayer;

/// A client gets this long between two pieces of its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// An answer is given up after this long: the database has long given up by then.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// What every route may use.
pub struct Site {
    pub config: Config,
    pub store: Store,
    pub node: cipher::Node,
    pub clock: ParkClock,
    /// When the park was first opened, in park time.
    pub opened_us: i64,
    pub stop: CancellationToken,
    pub tickets: Arc<Tickets>,
    pub directory: Arc<Directory>,
    pub floors: Floors,
    pub limits: Limits,
    pub throttle: Throttle,
    pub hasher: Hasher,
    pub web_client: WebClient,
}

/// The running web service. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    site: Arc<Site>,
}

impl Web {
    /// Starts it on a store that is migrated and has its first rooms ([`crate::seed`]), and a node of namespace [`protocol::link::ns::WEB`] that has not begun to serve:
    /// registers what this service answers, and follows the list of rooms until `stop`. The caller then calls `node.serve()` and
    /// listens with [`Web::router`].
    pub async fn start(
        config: Config,
        store: Store,
        node: cipher::Node,
        clock: ParkClock,
        stop: CancellationToken,
    ) -> anyhow::Result<Web> {
        let queue = config.login_queue;
        let folder = config.web_client.clone();
        // Reading files and hashing a password block.
        let (hasher, web_client) = tokio::task::spawn_blocking(move || {
            let web_client =
                folder.map_or_else(|| Ok(WebClient::embedded()), |folder| WebClient::read(&folder))?;
            anyhow::Ok((Hasher::new(queue)?, web_client))
        })
        .await??;
        let opened_us = store.opened_us().await?.unwrap_or_else(|| clock.now_us());
        let (tickets, directory) = (Arc::new(Tickets::new(&node)), Arc::<Directory>::default());
        neighbours::listen(&node, &tickets, &store);
        tokio::spawn({
            let (directory, node, stop) = (directory.clone(), node.clone(), stop.clone());
            async move { directory.follow(node, stop).await }
        });
        let (limits, throttle) = (Limits::new(&config), Throttle::new());
        let site = Site {
            config,
            store,
            node,
            clock,
            opened_us,
            stop,
            tickets,
            directory,
            floors: Floors::default(),
            limits,
            throttle,
            hasher,
            web_client,
        };
        Ok(Web { site: Arc::new(site) })
    }

    /// Page, API and audio. Neither the websocket nor health: merge their routers in. It wants `ConnectInfo<SocketAddr>` with each
    /// request, as [`service::listen::serve`] gives it, and has the fallback of the merged whole.
    pub fn router(&self) -> Router {
        let compressed = Router::new()
            .merge(route::me::router())
            .merge(route::account::router())
            .merge(route::ticket::router())
            .merge(route::rooms::router())
            .merge(route::tracks::router())
            .layer(middleware::from_fn(never_stored))
            .merge(route::page::router())
            .layer(CompressionLayer::new().gzip(true));
        Router::new()
            .merge(compressed)
            .merge(route::audio::router())
            .fallback(route::page::elsewhere)
            .method_not_allowed_fallback(not_that_way)
            .with_state(self.site.clone())
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
            .layer(self.same_origin())
            .layer(middleware::from_fn(in_time))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(headers::add))
            .layer(middleware::from_fn(record::request))
    }

    /// Password hashes computed since the start, for tests and curiosity.
    pub fn password_hashes(&self) -> u64 {
        self.site.hasher.computed()
    }

    /// Only pages of this park change something: judged by Sec-Fetch-Site and Origin.
    fn same_origin(&self) -> CsrfLayer<impl Fn(ProtectionError) -> Response<Body> + Clone + use<>> {
        let config = &self.site.config;
        let origins = config.pages.named();
        let layer = origins.fold(CsrfLayer::new(), |layer, origin| {
            layer.add_trusted_origin(origin.to_string()).expect("an origin is written as a browser writes it")
        });
        layer.with_rejection_response(|_: ProtectionError| {
            let text = "This request comes from a page that is not part of this park. Open the park itself, or name the \
                        page's address in MUSICPARK_ALLOWED_ORIGINS.";
            Failure::refused(RefusalCode::Forbidden, text).into_response()
        })
    }
}

/// Answers of the API are about one person and one moment.
async fn never_stored(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(ANSWER_TIMEOUT, next.run(request))
        .await
        .unwrap_or_else(|_| Failure::Away("the answer took too long".to_owned()).into_response())
}

async fn not_that_way() -> Failure {
    let refusal = Refusal::new(RefusalCode::BadInput, "This address does not take this method.");
    Failure::Status(StatusCode::METHOD_NOT_ALLOWED, refusal)
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of a panic handler")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Failure::Fault(anyhow::anyhow!("panic: {}", said.unwrap_or("without a word"))).into_response()
}
