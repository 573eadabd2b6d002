//! `scripts/bench rooms`: what rooms cost and how quickly they answer, embedded and split, beside a bare hub that plays no game.
//!
//! | module | what |
//! |---|---|
//! | [`cases`] | what each letter measures: who comes, what they do, what is told of it |
//! | `servers` | the hub, the embedded park, the split stack |
//! | `load` | a crowd as a process of its own, and what it reports |
//! | `tell` | from a report to figures |
//! | `pgbench` | what the database reaches by itself |
//! | `figures` | medians of the runs, one line each |
//! | `verdict` | the figures beside their targets; whether the floor may be trusted |
//! | `cores` | servers and crowd on cores of their own |

pub mod cases;
mod cores;
mod figures;
mod load;
mod pgbench;
mod servers;
mod tell;
mod verdict;

use anyhow::Context;
use cases::{Case, Letter, Size};
use cores::Cores;
use figures::Figures;
use servers::{Deployment, Servers};
use tell::Measured;

/// What is measured.
#[derive(Debug, Clone)]
pub struct Bench {
    /// The letters, in the order in which they are measured.
    pub letters: Vec<Letter>,
    /// How often; the runs of one letter are interleaved.
    pub runs: u32,
    /// With how many people.
    pub size: Size,
}

impl Bench {
    /// Measures, and prints each letter's figures when it is done. Pins this process: it is to be the only thing that runs in it.
    ///
    /// # Errors
    /// When something cannot be started or a crowd cannot be let loose: the figures before it are printed.
    pub async fn run(&self) -> anyhow::Result<()> {
        let cores = Cores::claim()?;
        if !cores.are_apart() {
            eprintln!("This machine has one core: servers and crowd share it, and the figures say little.");
        }
        for letter in &self.letters {
            let mut figures = Figures::default();
            let measured = self.measure(*letter, cores, &mut figures).await;
            verdict::conclude(*letter, &mut figures);
            print!("{}", figures.lines());
            measured?;
            // A small crowd shows whether the benchmark works: what it costs says nothing.
            if self.size == Size::Full {
                verdict::sentences(&figures).iter().for_each(|sentence| eprintln!("{sentence}"));
            }
        }
        Ok(())
    }

    /// All runs of a letter: what is compared is measured in turn, so that a machine that grows slower does so for everybody.
    async fn measure(&self, letter: Letter, cores: Cores, figures: &mut Figures) -> anyhow::Result<()> {
        let cases = letter.cases(self.size);
        for run in 1..=self.runs {
            for case in &cases {
                for deployment in &case.deployments {
                    let name = case.name(*deployment);
                    eprintln!("{name}, run {run} of {}", self.runs);
                    measure_once(case, *deployment, cores, figures).await.with_context(|| name)?;
                }
            }
        }
        Ok(())
    }
}

async fn measure_once(
    case: &Case,
    deployment: Deployment,
    cores: Cores,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let servers = Servers::start(deployment).await?;
    let before = servers.usage()?;
    let report = case.load.run(cores, &servers).await?;
    let measured = Measured { case, deployment, servers: &servers, before: &before, report: &report };
    for tell in case.tells {
        tell.figures(&measured, cores, figures).await?;
    }
    Ok(())
}
