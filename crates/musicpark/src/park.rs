//! The three services put together, on one listener.

use crate::args::Args;
use crate::data::DataFolder;
use axum::Router;
use cipher::{MemoryBus, Node, NodeConfig, RedisConfig, Transport};
use gateway::Gateway;
use protocol::link::ns;
use service::clock::ParkClock;
use service::health::Health;
use service::listen;
use service::program::Sentence;
use store::Store;
use tokio_util::sync::CancellationToken;
use web::Web;
use worker::{Tenure, Worker};

/// Runs the park until `stop`, then drains it.
pub async fn run(args: Args, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = listen::bind(args.addr, "MUSICPARK_ADDR").await?;
    // What a larger park shares may be away for long: Ctrl-C ends the waiting too.
    let Some(started) = stop.run_until_cancelled(Box::pin(start(args, &stop))).await else { return Ok(()) };
    let park = started?;
    println!("listening http://{}", listen::told(&listener)?);
    let serving = tokio::spawn(listen::serve(listener, park.router.clone(), stop.clone()));
    stop.cancelled().await;
    park.gateway.drain().await;
    serving.await?;
    park.drain().await;
    tracing::info!("stopped");
    Ok(())
}

/// The running services.
struct Park {
    router: Router,
    gateway: Gateway,
    worker: Worker,
    /// Ends the worker: after the gateway and the web service, so that nothing they passed on is lost.
    last: CancellationToken,
    nodes: [Node; 3],
    store: Store,
    _folder: Option<DataFolder>,
}

impl Park {
    async fn drain(&self) {
        self.last.cancel();
        self.worker.drain().await;
        for node in &self.nodes {
            node.leave().await;
        }
        self.store.close().await;
    }
}

async fn start(args: Args, stop: &CancellationToken) -> anyhow::Result<Park> {
    let (store, tenure, folder) = open_store(&args).await?;
    web::seed(&store).await?;
    let bus = match args.redis_url {
        Some(url) => Transport::Redis(RedisConfig::new(url)),
        None => Transport::Memory(MemoryBus::new()),
    };
    let join = async |ns| {
        let joined = Node::join(bus.clone(), NodeConfig::new(ns)).await;
        joined.map_err(|error| Sentence::configuration(format!("The park cannot use REDIS_URL: {error}.")))
    };
    let (of_worker, of_gateway, of_web) =
        (join(ns::WORKER).await?, join(ns::GATEWAY).await?, join(ns::WEB).await?);

    let clock = ParkClock::system();
    let health = Health::new(Worker::NEEDS);
    let last = CancellationToken::new();
    let worker = Worker::start(
        args.worker,
        tenure,
        store.clone(),
        of_worker.clone(),
        clock.clone(),
        health.clone(),
        last.clone(),
    )
    .await?;
    of_worker.serve().await?;
    let gateway = Gateway::start(
        gateway::Config { pages: args.web.pages.clone() },
        of_gateway.clone(),
        clock.clone(),
        stop,
    );
    of_gateway.serve().await?;
    let web = Web::start(args.web, store.clone(), of_web.clone(), clock, stop.clone()).await?;
    of_web.serve().await?;
    let router = web.router().merge(gateway.router()).merge(health.router());
    Ok(Park { router, gateway, worker, last, nodes: [of_web, of_gateway, of_worker], store, _folder: folder })
}

/// The database: the data folder's own, or the Postgres that the setting names.
async fn open_store(args: &Args) -> anyhow::Result<(Store, Tenure, Option<DataFolder>)> {
    match (&args.database_url, &args.redis_url) {
        (Some(url), Some(_)) => {
            let store = Store::connect(url).await;
            let wrong = |error| Sentence::configuration(format!("The park cannot use DATABASE_URL: {error}"));
            Ok((store.map_err(wrong)?, Tenure::Leased, None))
        }
        (None, None) => {
            let folder = DataFolder::open(args.data.clone())?;
            tracing::info!(folder = %folder.path().display(), "the park's data");
            let store = Store::connect(&folder.database_url()).await?;
            Ok((store, Tenure::Alone, Some(folder)))
        }
        // One without the other is two parks that write to one database, or two databases that answer for one another.
        (Some(_), None) => Err(half("DATABASE_URL", "REDIS_URL").into()),
        (None, Some(_)) => Err(half("REDIS_URL", "DATABASE_URL").into()),
    }
}

fn half(set: &str, missing: &str) -> Sentence {
    Sentence::configuration(format!(
        "{set} is set and {missing} is not. Set both to be a node of a larger park, or neither to be one by yourself."
    ))
}
