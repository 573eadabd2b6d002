//! Processor time: of this process, which is the sender and its receivers together, and of the Redis server.

use std::fs;
use std::ops::Sub;

use anyhow::Context;
use fred::clients::Client;
use fred::interfaces::ClientLike;
use fred::types::InfoKind;

/// The unit of `/proc/self/stat`: Linux shows 100 ticks a second to programs, whatever it counts itself.
const TICKS_PER_SECOND: f64 = 100.0;
/// Where user and system time stand in `/proc/self/stat`, counted from what follows the program's name.
const USER_AND_SYSTEM: [usize; 2] = [11, 12];

/// Seconds of processor time since the processes began.
#[derive(Clone, Copy)]
pub struct Cpu {
    pub client: f64,
    pub redis: f64,
}

impl Cpu {
    pub async fn now(redis: &Client) -> anyhow::Result<Self> {
        Ok(Self { client: of_this_process()?, redis: of_the_server(redis).await? })
    }
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { client: self.client - before.client, redis: self.redis - before.redis }
    }
}

fn of_this_process() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("/proc/self/stat tells the processor time")?;
    let (_, after_name) = stat.rsplit_once(')').context("/proc/self/stat holds the program's name")?;
    let fields: Vec<_> = after_name.split_ascii_whitespace().collect();
    let mut ticks = 0.0;
    for place in USER_AND_SYSTEM {
        ticks += fields.get(place).context("/proc/self/stat is too short")?.parse::<f64>()?;
    }
    Ok(ticks / TICKS_PER_SECOND)
}

async fn of_the_server(redis: &Client) -> anyhow::Result<f64> {
    let info: String = redis.info(Some(InfoKind::Cpu)).await?;
    let of = |name: &str| {
        let value = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value
            .and_then(|value| value.trim().parse::<f64>().ok())
            .with_context(|| format!("INFO has no {name}"))
    };
    Ok(of("used_cpu_user")? + of("used_cpu_sys")?)
}
