//! What each letter measures: who comes, what they do, and what is told of it.

use crate::bench::load::{Doing, Load};
use crate::bench::servers::Deployment;
use crate::bench::tell::Tell;
use clap::ValueEnum;

/// A benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Letter {
    /// Chat in rooms of 50: delivery, processor time.
    A,
    /// Walking in rooms of 50: staleness, bytes, processor time.
    B,
    /// Memory of idle connections.
    C,
    /// Joining: how many a second, and 5,000 into one room.
    D,
    /// Durable commands through one worker, beside pgbench.
    E,
    /// One room with 5,000 listeners.
    F,
    /// One, two and four gateways.
    G,
}

/// With how many people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As the figures are told.
    Full,
    /// The first of each letter's measurements with a fiftieth of the people, for seconds: whether the benchmark works, not what the
    /// park costs.
    Quick,
}

/// One measurement, made on each of its deployments in each run.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its place in the names of the figures: `a`, ...
    pub letter: Letter,
    /// What tells it from the letter's others: mostly the number of people.
    pub what: String,
    /// On what.
    pub deployments: Vec<Deployment>,
    /// The crowd.
    pub load: Load,
    /// What is told of it.
    pub tells: &'static [Tell],
}

impl Case {
    /// The beginning of its figures' names.
    pub fn name(&self, deployment: Deployment) -> String {
        format!("{}.{deployment}.{}", self.letter, self.what)
    }
}

impl std::fmt::Display for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        format!("{self:?}").to_lowercase().fmt(f)
    }
}

/// People of a room where there are several.
const ROOM: u32 = 50;
/// Chat lines a second, all rooms together: in rooms of 50 ten thousand deliveries.
const LINES: f64 = 200.0;
/// How long each crowd is measured, in seconds.
const MEASURED: u32 = 10;

/// People who offer durable commands, in rooms of two: one core sends no more.
const OFFERING: [u32; 3] = [1_000, 2_000, 3_000];
/// Durable commands a second that each of them offers; the gateway admits five.
const OFFERED_EACH: f64 = 4.0;

const SPLIT: Deployment = Deployment::Split { gateways: 1 };
const ALL: [Deployment; 3] = [Deployment::Floor, Deployment::Embedded, SPLIT];

impl Letter {
    /// Its measurements.
    pub fn cases(self, size: Size) -> Vec<Case> {
        let case = |deployments: &[Deployment], what: String, load, tells| Case {
            letter: self,
            what,
            deployments: deployments.to_vec(),
            load: size.of(load),
            tells,
        };
        let in_rooms = |people, doing| Load { people, rooms: people / ROOM, seconds: MEASURED, doing };
        let in_one = |people, doing| Load { people, rooms: 1, seconds: MEASURED, doing };
        let mut cases = match self {
            Letter::A => Vec::from([1_000, 4_000].map(|people| {
                let load = in_rooms(people, Doing::Chat { per_second: LINES });
                case(&ALL, people.to_string(), load, &[Tell::Deliveries])
            })),
            Letter::B => Vec::from([1_000, 2_000].map(|people| {
                let load = in_rooms(people, Doing::Walk { hertz: 5.0 });
                case(&ALL, people.to_string(), load, &[Tell::Positions])
            })),
            Letter::C => Vec::from([5_000, 15_000].map(|people| {
                let load = Load { seconds: 2, ..in_rooms(people, Doing::Nothing) };
                case(&ALL, people.to_string(), load, &[Tell::Memory])
            })),
            Letter::D => vec![
                case(
                    &ALL,
                    "1000".into(),
                    Load { seconds: 1, ..in_rooms(1_000, Doing::Nothing) },
                    &[Tell::Joins],
                ),
                case(
                    &ALL,
                    "one-room".into(),
                    Load { seconds: 1, ..in_one(5_000, Doing::Nothing) },
                    &[Tell::Joins],
                ),
            ],
            Letter::E => {
                let mut cases = Vec::from(OFFERING.map(|people| {
                    let per_second = f64::from(people) * OFFERED_EACH;
                    let doing = Doing::Vote { per_second };
                    let load = Load { people, rooms: people / 2, seconds: MEASURED, doing };
                    let what = format!("offered-{per_second}");
                    case(&[Deployment::Embedded, SPLIT], what, load, &[Tell::Commands])
                }));
                // Beside one of them, once the crowd has left.
                cases[0].tells = &[Tell::Commands, Tell::Pgbench];
                cases
            }
            Letter::F => {
                let load = in_one(5_000, Doing::Chat { per_second: 2.0 });
                vec![case(&ALL, "5000".into(), load, &[Tell::Deliveries])]
            }
            Letter::G => {
                let gateways = [1, 2, 4].map(|gateways| Deployment::Split { gateways });
                let deployments: Vec<_> = std::iter::once(Deployment::Floor).chain(gateways).collect();
                let load = in_rooms(1_000, Doing::Chat { per_second: LINES });
                vec![case(&deployments, "1000".into(), load, &[Tell::Deliveries])]
            }
        };
        if size == Size::Quick {
            cases.truncate(1);
        }
        cases
    }
}

impl Size {
    /// The load in this size.
    fn of(self, load: Load) -> Load {
        match self {
            Size::Full => load,
            Size::Quick => {
                let people = (load.people / 50).max(2);
                let doing = load.doing.slower(50.0);
                Load { people, rooms: (load.rooms / 50).max(1), seconds: load.seconds.min(2), doing }
            }
        }
    }
}
