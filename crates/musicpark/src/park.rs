//! The three services put together, on one listener.

use crate::args::Args;
use crate::data::DataFolder;
use anyhow::Context;
use cipher::{MemoryBus, Node, NodeConfig, RedisConfig, Transport};
use gateway::Gateway;
use protocol::link::ns;
use service::clock::ParkClock;
use service::health::Health;
use service::listen;
use store::Store;
use tokio_util::sync::CancellationToken;
use web::Web;
use worker::{Tenure, Worker};

/// Runs the park until `stop`, then drains it.
pub async fn run(args: Args, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = listen::bind(args.addr, "MUSICPARK_ADDR").await?;
    let (store, tenure, _folder) = open_store(&args).await?;
    web::seed(&store).await?;

    let bus = match args.redis_url {
        Some(url) => Transport::Redis(RedisConfig::new(url)),
        None => Transport::Memory(MemoryBus::new()),
    };
    let join = async |ns| {
        Node::join(bus.clone(), NodeConfig::new(ns))
            .await
            .context("The park cannot use its Redis. Check REDIS_URL.")
    };
    let (of_worker, of_gateway, of_web) =
        (join(ns::WORKER).await?, join(ns::GATEWAY).await?, join(ns::WEB).await?);

    let clock = ParkClock::system();
    let health = Health::new(Worker::NEEDS);
    // The gateway and the web service end before the worker, so that nothing they passed on is lost.
    let doors = stop.child_token();
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
    let gateway = Gateway::start(gateway_config(&args.web), of_gateway.clone(), clock.clone(), doors.clone());
    of_gateway.serve().await?;
    let web = Web::start(args.web, store.clone(), of_web.clone(), clock, doors).await?;
    of_web.serve().await?;

    println!("listening http://{}", listen::told(&listener)?);
    let router = web.router().merge(gateway.router()).merge(health.router());
    let serving = tokio::spawn(listen::serve(listener, router, stop.clone()));
    stop.cancelled().await;
    gateway.drain().await;
    serving.await?;
    last.cancel();
    worker.drain().await;
    for node in [of_web, of_gateway, of_worker] {
        node.leave().await;
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// The database: the data folder's own, or the Postgres that the setting names.
async fn open_store(args: &Args) -> anyhow::Result<(Store, Tenure, Option<DataFolder>)> {
    match &args.database_url {
        Some(url) => {
            let store =
                Store::connect(url).await.context("The park cannot use its database. Check DATABASE_URL.")?;
            Ok((store, Tenure::Leased, None))
        }
        None => {
            let folder = DataFolder::open(args.data.clone())?;
            tracing::info!(folder = %folder.path().display(), "the park's data");
            let store = Store::connect(&folder.database_url()).await?;
            Ok((store, Tenure::Alone, Some(folder)))
        }
    }
}

/// The gateway lets in the same pages as the web service.
fn gateway_config(web: &web::Config) -> gateway::Config {
    gateway::Config { allowed_origins: web.allowed_origins.clone(), public_url: web.public_url.clone() }
}
