//! What all scenarios stand on: how the park is run, and how many people are in it.

use crate::stack::{Options, Profile, Stack, unlimited};
use std::path::PathBuf;

/// How scenarios are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Which build of the services. Whoever runs scenarios has built it.
    pub profile: Profile,
    /// How many people the crowd has.
    pub people: u32,
    /// In how many rooms they are.
    pub rooms: u32,
    /// What the crowd does is drawn from this.
    pub seed: u64,
    /// How long [`super::nemesis`] goes on, in minutes.
    pub minutes: u32,
    /// Where the services' logs are kept, a folder a scenario; none: they go with the stack.
    pub logs: Option<PathBuf>,
}

impl Ground {
    /// A stack of two web servers, two gateways and a worker, which lets in as many as come from this one machine.
    pub fn options(&self) -> Options {
        let (profile, settings, logs) = (self.profile, unlimited(), self.logs.clone());
        Options { profile, settings, logs, ..Options::default() }
    }

    /// Starts a stack.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn stack(&self, options: Options) -> anyhow::Result<Stack> {
        Stack::start(options).await
    }

    /// Tells whoever watches what goes on.
    pub fn say(&self, what: &str) {
        eprintln!("{what}");
    }
}
