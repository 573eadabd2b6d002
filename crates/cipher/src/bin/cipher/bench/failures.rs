//! How soon the others notice that a node has died, and how soon messages arrive again after the server was away.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use cipher::{Address, Change, Delivery, Message, Nid, Node, NodeConfig, NodeState, To, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// Whatever is waited for takes less.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the server is looked at, and a message sent, while it is waited for.
const LOOK: Duration = Duration::from_millis(2);

/// Kills a node that runs in a process of its own, and returns how many seconds later its departure is known.
pub async fn death_noticed(transport: &Transport, url: &str) -> anyhow::Result<f64> {
    let ns = format!("bench-{}-mortal", std::process::id());
    let watcher = Node::guest(transport.clone(), Address::new("cli", 0)).await?;
    let mut changes = watcher.watch(&ns);
    let mut mortal = listener(url, &ns)?;
    let serving = async {
        loop {
            match changes.next().await {
                Some(Change::Joined(node) | Change::Changed(node)) if node.state == NodeState::Serving => {
                    break;
                }
                Some(_) => {}
                None => bail!("the watching node ended"),
            }
        }
        Ok(())
    };
    within("the node to serve", serving).await??;
    mortal.kill().await?;
    let died = Instant::now();
    let noticed = async { while !matches!(changes.next().await, Some(Change::Left(_)) | None) {} };
    within("its departure", noticed).await?;
    let noticed = died.elapsed();
    watcher.leave().await;
    Ok(noticed.as_secs_f64())
}

/// This very program as a node, killed when dropped.
fn listener(url: &str, ns: &str) -> anyhow::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(["listen", ns, "1"])
        .env("REDIS_URL", url) // not as an argument: it may hold a password, and others see those
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("this program could not be started a second time")
}

/// Takes the server away by a command, waits until something else has started it again, and returns how many seconds
/// after its first answer both a transmit and a topic's message were delivered that were sent meanwhile.
pub async fn delivered_again(transport: &Transport, url: &str, stop: &str) -> anyhow::Result<f64> {
    let ns = format!("bench-{}-cut", std::process::id());
    let (transmitted, mut last_transmitted) = watch::channel(0);
    let (published, mut last_published) = watch::channel(0);
    let receiver =
        Node::join(transport.clone(), NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new(&ns) }).await?;
    receiver.on("bench", move |message: Message<u64>| {
        transmitted.send_replace(message.payload);
        async { Ok(()) }
    });
    receiver.serve().await?;
    let mut topic = receiver.subscribe(&ns).await?;
    tokio::spawn(async move {
        while let Some(delivery) = topic.next().await {
            if let Delivery::Message { payload, .. } = delivery {
                published.send_replace(payload.as_ref().try_into().map_or(0, u64::from_be_bytes));
            }
        }
    });
    let sender = Node::guest(transport.clone(), Address::new("cli", 0)).await?;
    // They carry when they were sent, on this program's clock.
    let epoch = Instant::now();
    let now = move || u64::try_from(epoch.elapsed().as_micros()).unwrap_or(u64::MAX);
    let (by_publish, by_transmit, to) = (sender.clone(), sender.clone(), To::node(&ns, 1));
    let topic = ns.clone();
    let publishing = async move {
        while by_publish.publish(&topic, None, now().to_be_bytes().to_vec().into()).await.is_ok() {
            tokio::time::sleep(LOOK).await;
        }
    };
    // A transmit waits for the server; others are tried beside it, as many callers do.
    let transmitting = async move {
        loop {
            let (node, to) = (by_transmit.clone(), to.clone());
            tokio::spawn(async move { node.transmit(to, "bench", &now()).await });
            tokio::time::sleep(LOOK * 10).await;
        }
    };
    let measuring = async {
        within("the first messages", last_transmitted.wait_for(|sent| *sent > 0)).await??;
        within("the first messages", last_published.wait_for(|sent| *sent > 0)).await??;
        let mut stopping = Command::new("sh");
        stopping.args(["-c", stop]).stdin(Stdio::null()).stdout(Stdio::null());
        // Side by side: it may be back soon after the command has ended.
        let (stopped, away) =
            tokio::join!(stopping.status(), within("the server to go away", answers(url, false)));
        ensure!(stopped?.success(), "{stop:?} failed");
        away??;
        eprintln!("the server is away");
        let gone = now();
        within("the server to be back", answers(url, true)).await??;
        let back = Instant::now();
        within("a transmit", last_transmitted.wait_for(|sent| *sent > gone)).await??;
        within("a message of the topic", last_published.wait_for(|sent| *sent > gone)).await??;
        anyhow::Ok(back.elapsed().as_secs_f64())
    };
    let took = tokio::select! {
        took = measuring => took?,
        () = publishing => bail!("the sender ended"),
        () = transmitting => bail!("the sender ended"),
    };
    sender.leave().await;
    receiver.leave().await;
    Ok(took)
}

/// Waits until the server answers a ping, or until it does not.
async fn answers(url: &str, wanted: bool) -> anyhow::Result<()> {
    let server = fred::types::config::Config::from_url(url)?.server;
    let first = server.hosts().into_iter().next().context("the Redis URL names no server")?;
    let address = (first.host.to_string(), first.port);
    while ping((&address.0, address.1)).await.is_ok() != wanted {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// A server that wants a password answers too, with a refusal; one that still loads its data says so.
async fn ping(server: (&str, u16)) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(server).await?;
    connection.write_all(b"PING\r\n").await?;
    let mut answer = [0; b"+PONG\r\n".len()];
    connection.read_exact(&mut answer).await?;
    if answer.starts_with(b"-LOAD") { Err(std::io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
}

async fn within<T>(what: &str, waiting: impl Future<Output = T>) -> anyhow::Result<T> {
    tokio::time::timeout(PATIENCE, waiting).await.with_context(|| format!("waited in vain for {what}"))
}
