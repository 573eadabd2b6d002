//! What may go wrong, done on purpose: named scenarios against the split stack, each with its figures beside its promises.
//!
//! | module | what |
//! |---|---|
//! | [`ground`] | how the park is run for a scenario; [`scene`] a park full of people |
//! | [`figure`] | a figure beside its promise |
//! | [`guest`] | one person with one socket, for what a crowd does not do |
//! | [`vigil`] | somebody who listens and walks on meanwhile; [`music`] what plays for them |
//! | [`worker`], [`gateway`], [`redis`], [`postgres`] | each dies, freezes, is restarted, emptied, replaced; a herd comes back |
//! | [`reads`] | what the park has read, by its own counters |
//! | [`cut`] | the network between two services |
//! | [`nemesis`] | one fault after the other, drawn by a seed |
//! | [`slow`], [`twice`], [`revoked`] | a reader too slow, a command sent through two gateways, a session that ends |
//! | [`overload`] | more is asked for than there is room for |
//! | [`skew`] | frames of other versions; [`corpus`] keeps them, [`record`] records them |

pub mod corpus;
pub mod cut;
pub mod figure;
pub mod gateway;
pub mod ground;
pub mod guest;
pub mod music;
pub mod nemesis;
pub mod overload;
pub mod postgres;
pub mod reads;
pub mod record;
pub mod redis;
pub mod revoked;
pub mod scene;
pub mod skew;
pub mod slow;
pub mod twice;
pub mod vigil;
pub mod worker;

use cut::Way;
pub use figure::{Figure, Promise};
pub use ground::Ground;

use std::future::Future;
use std::pin::Pin;

/// What a scenario comes to.
pub type Figures<'a> = Pin<Box<dyn Future<Output = anyhow::Result<Vec<Figure>>> + 'a>>;

/// A fault with a name.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What is done, in a line.
    pub about: &'static str,
    /// Does it.
    pub run: for<'a> fn(&'a Ground) -> Figures<'a>,
}

/// All of them that come to an end by themselves.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "worker-kill",
        about: "a worker is killed (kill -9), another takes over, the first comes back",
        run: |ground| Box::pin(worker::kill(ground)),
    },
    Scenario {
        name: "worker-freeze",
        about: "a worker is stopped (SIGSTOP) for 10 s, another takes over, the first thaws",
        run: |ground| Box::pin(worker::freeze(ground)),
    },
    Scenario {
        name: "hand-over",
        about: "a worker ends in order (TERM) and starts again: its rooms are handed over and back",
        run: |ground| Box::pin(worker::hand_over(ground)),
    },
    Scenario {
        name: "gateway-kill",
        about: "a gateway is killed (kill -9)",
        run: |ground| Box::pin(gateway::kill(ground)),
    },
    Scenario {
        name: "rolling-restart",
        about: "new gateways come, then the old ones are drained one after the other",
        run: |ground| Box::pin(gateway::rolling(ground)),
    },
    Scenario {
        name: "herd",
        about: "all connections break at once",
        run: |ground| Box::pin(gateway::herd(ground)),
    },
    Scenario {
        name: "redis-restart",
        about: "Redis is killed (kill -9) and started again",
        run: |ground| Box::pin(redis::restart(ground)),
    },
    Scenario {
        name: "redis-flushall",
        about: "Redis forgets everything",
        run: |ground| Box::pin(redis::flush(ground)),
    },
    Scenario {
        name: "redis-client-kill",
        about: "Redis closes all connections",
        run: |ground| Box::pin(redis::client_kill(ground)),
    },
    Scenario {
        name: "postgres-stop",
        about: "Postgres is stopped at once (SIGQUIT) and started again",
        run: |ground| Box::pin(postgres::stop(ground)),
    },
    Scenario {
        name: "postgres-away",
        about: "Postgres is away for 30 s",
        run: |ground| Box::pin(postgres::away(ground)),
    },
    Scenario {
        name: "cut-worker-postgres",
        about: "a worker and Postgres do not hear each other for 8 s",
        run: |ground| {
            Box::pin(cut::worker(ground, "cut-worker-postgres", |links| &links.worker_postgres, Way::Both))
        },
    },
    Scenario {
        name: "cut-worker-postgres-there",
        about: "Postgres does not hear a worker for 8 s",
        run: |ground| {
            Box::pin(cut::worker(
                ground,
                "cut-worker-postgres-there",
                |links| &links.worker_postgres,
                Way::There,
            ))
        },
    },
    Scenario {
        name: "cut-worker-postgres-back",
        about: "a worker does not hear Postgres for 8 s",
        run: |ground| {
            Box::pin(cut::worker(
                ground,
                "cut-worker-postgres-back",
                |links| &links.worker_postgres,
                Way::Back,
            ))
        },
    },
    Scenario {
        name: "cut-worker-redis",
        about: "a worker and Redis do not hear each other for 8 s",
        run: |ground| {
            Box::pin(cut::worker(ground, "cut-worker-redis", |links| &links.worker_redis, Way::Both))
        },
    },
    Scenario {
        name: "cut-worker-redis-there",
        about: "Redis does not hear a worker for 8 s",
        run: |ground| {
            Box::pin(cut::worker(ground, "cut-worker-redis-there", |links| &links.worker_redis, Way::There))
        },
    },
    Scenario {
        name: "cut-worker-redis-back",
        about: "a worker does not hear Redis for 8 s",
        run: |ground| {
            Box::pin(cut::worker(ground, "cut-worker-redis-back", |links| &links.worker_redis, Way::Back))
        },
    },
    Scenario {
        name: "cut-gateway-redis",
        about: "a gateway and Redis do not hear each other for 8 s",
        run: |ground| {
            Box::pin(cut::gateway(ground, "cut-gateway-redis", |links| &links.gateway_redis, Way::Both))
        },
    },
    Scenario {
        name: "cut-gateway-redis-there",
        about: "Redis does not hear a gateway for 8 s",
        run: |ground| {
            Box::pin(cut::gateway(
                ground,
                "cut-gateway-redis-there",
                |links| &links.gateway_redis,
                Way::There,
            ))
        },
    },
    Scenario {
        name: "cut-gateway-redis-back",
        about: "a gateway does not hear Redis for 8 s",
        run: |ground| {
            Box::pin(cut::gateway(ground, "cut-gateway-redis-back", |links| &links.gateway_redis, Way::Back))
        },
    },
    Scenario {
        name: "slow-reader",
        about: "one person stops reading, another reads too slowly",
        run: |ground| Box::pin(slow::slow_reader(ground)),
    },
    Scenario {
        name: "twice",
        about: "each command is sent through two gateways at the same time",
        run: |ground| Box::pin(twice::twice(ground)),
    },
    Scenario {
        name: "overload",
        about: "three times the log-ins there is room for, then people who send eight times what they may",
        run: |ground| Box::pin(overload::overload(ground)),
    },
    Scenario {
        name: "revoked",
        about: "somebody logs out, somebody's session is replaced: their sockets close everywhere",
        run: |ground| Box::pin(revoked::revoked(ground)),
    },
    Scenario {
        name: "skew",
        about: "frames of earlier versions and of a later one are played",
        run: |ground| Box::pin(skew::skew(ground)),
    },
];

/// What takes as long as one likes: only when it is named.
pub const NEMESIS: &Scenario = &Scenario {
    name: "nemesis",
    about: "faults drawn by --seed, one after the other, for --minutes; only when it is named",
    run: |ground| Box::pin(nemesis::nemesis(ground)),
};

/// The scenario of a name.
pub fn scenario(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().chain([NEMESIS]).find(|scenario| scenario.name == name)
}
