//! The `musicpark-hub` binary: the floor that `scripts/bench rooms` measures the park against.

use anyhow::Context;
use clap::Parser;
use crowd::hub::Hub;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A bare hub on the park's libraries, which plays no game: what delivering costs at the least.
///
/// Prints `web URL` and `gateway URL` when it serves; ends with its process.
#[derive(Debug, Parser)]
#[command(name = "musicpark-hub", version)]
struct Args {
    /// Address of the web's answers; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "HOST:PORT")]
    web: SocketAddr,
    /// Address of the websockets.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "HOST:PORT")]
    gateway: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let listen = async |addr: SocketAddr| {
        TcpListener::bind(addr)
            .await
            .with_context(|| format!("Cannot listen on {addr}; choose another address"))
    };
    let (web, gateway) = (listen(args.web).await?, listen(args.gateway).await?);
    println!("web http://{}", web.local_addr()?);
    println!("gateway http://{}", gateway.local_addr()?);
    Hub::serve(web, gateway).await.context("The hub's web stopped")
}
