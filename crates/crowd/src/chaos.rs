//! What may go wrong, done on purpose: named scenarios against the split stack, each with its figures beside its promises.
//!
//! | module | what |
//! |---|---|
//! | [`ground`] | how the park is run for a scenario |
//! | [`figure`] | a figure beside its promise |
//! | [`guest`] | one person with one socket, for what a crowd does not do |
//! | [`slow`], [`twice`] | a reader too slow, a command sent through two gateways |
//! | [`skew`] | frames of other versions; [`corpus`] keeps them, [`record`] records them |

pub mod corpus;
pub mod figure;
pub mod ground;
pub mod guest;
pub mod record;
pub mod skew;
pub mod slow;
pub mod twice;

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

/// All of them, in the order of PROMISES.md.
pub const SCENARIOS: &[Scenario] = &[
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
        name: "skew",
        about: "frames of earlier versions and of a later one are played",
        run: |ground| Box::pin(skew::skew(ground)),
    },
];

/// The scenario of a name.
pub fn scenario(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}
