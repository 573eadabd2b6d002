//! From what a crowd reports to figures.

use crate::bench::cases::Case;
use crate::bench::cores::Cores;
use crate::bench::figures::Figures;
use crate::bench::pgbench;
use crate::bench::servers::{Deployment, Servers};
use crate::processes::Usage;
use crate::report::Report;

/// What is told of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// How long events took to each receiver, whether all came, once, and the processor time for a million of them.
    Deliveries,
    /// How stale positions were, the bytes they took, and the processor time for a million of them.
    Positions,
    /// Memory of each process for each connection.
    Memory,
    /// How quickly people came in, and what one cost.
    Joins,
    /// Durable commands a second, and how soon their senders knew.
    Commands,
    /// What the same database reaches by itself, in single-row commits, with the park idle beside it.
    Pgbench,
}

/// One measurement.
#[derive(Debug)]
pub struct Measured<'a> {
    /// Of what.
    pub case: &'a Case,
    /// On what.
    pub deployment: Deployment,
    /// The servers, still running.
    pub servers: &'a Servers,
    /// What each of their processes held and had taken before the crowd came.
    pub before: &'a [Usage],
    /// What the crowd saw.
    pub report: &'a Report,
}

/// Clients of pgbench: one, and enough to fill its groups of commits.
const PGBENCH_CLIENTS: [u32; 2] = [1, 16];

impl Tell {
    /// Adds its figures.
    ///
    /// # Errors
    /// When something that is measured beside the crowd cannot be.
    pub async fn figures(
        self,
        measured: &Measured<'_>,
        cores: Cores,
        figures: &mut Figures,
    ) -> anyhow::Result<()> {
        let Measured { case, deployment, servers, report, .. } = measured;
        let name = case.name(*deployment);
        match self {
            Tell::Deliveries => {
                figures.add(format!("{name}.delivery-p50"), report.latency_ms.p50, "ms");
                figures.add(format!("{name}.delivery-p99"), report.latency_ms.p99, "ms");
                figures.add(format!("{name}.deliveries"), report.deliveries as f64 / report.seconds, "1/s");
                measured.faults(figures);
                measured.cost(report.deliveries as f64, "s/million", figures);
            }
            Tell::Positions => {
                figures.add(format!("{name}.staleness-p50"), report.staleness_ms.p50, "ms");
                figures.add(format!("{name}.staleness-p99"), report.staleness_ms.p99, "ms");
                figures.add(format!("{name}.positions"), report.positions as f64 / report.seconds, "1/s");
                figures.add(format!("{name}.bytes"), report.bytes_per_client_per_second, "B/client/s");
                measured.faults(figures);
                measured.cost(report.positions as f64, "s/million", figures);
            }
            Tell::Memory => {
                for (spent, before) in report.processes.iter().zip(measured.before) {
                    let grown = spent.resident_kib.saturating_sub(before.resident_kib) as f64;
                    let each = grown / f64::from(case.load.people);
                    figures.add(format!("{name}.memory.{}", spent.name), each, "KiB/connection");
                }
            }
            Tell::Joins => {
                figures.add(format!("{name}.joins"), report.joins_per_second, "1/s");
                figures.add(format!("{name}.all-in"), report.gathering_s, "s");
                figures.add(format!("{name}.join-p99"), report.joining_ms.p99, "ms");
                // Before the crowd came until it had acted for a moment, in which it does nothing.
                let all = servers.usage()?;
                let cpu_s: f64 =
                    all.iter().zip(measured.before).map(|(now, then)| now.cpu_s - then.cpu_s).sum();
                figures.add(format!("{name}.cpu"), cpu_s * 1e3 / f64::from(case.load.people), "ms/join");
                measured.faults(figures);
            }
            Tell::Commands => {
                let done = report.acknowledgement_ms.count as f64;
                figures.add(format!("{name}.commands"), done / report.seconds, "1/s");
                figures.add(format!("{name}.acknowledged-p50"), report.acknowledgement_ms.p50, "ms");
                figures.add(format!("{name}.acknowledged-p99"), report.acknowledgement_ms.p99, "ms");
                figures.add(format!("{name}.unknown"), report.unknown as f64, "commands");
                measured.faults(figures);
                measured.cost(done, "s/million", figures);
            }
            Tell::Pgbench => {
                let Some(postgres) = &servers.postgres else { return Ok(()) };
                for clients in PGBENCH_CLIENTS {
                    let commits =
                        pgbench::commits_per_second(cores, postgres, clients, case.load.seconds).await?;
                    figures.add(format!("{}.pgbench-{clients}.commits", case.letter), commits, "1/s");
                }
            }
        }
        Ok(())
    }
}

impl Measured<'_> {
    /// What there shall be none of.
    fn faults(&self, figures: &mut Figures) {
        let name = self.case.name(self.deployment);
        for (what, count, unit) in [
            ("lost", self.report.lost, "events"),
            ("doubled", self.report.duplicated, "events"),
            ("misordered", self.report.misordered, "events"),
            ("misrouted", self.report.misrouted, "events"),
            ("absent", self.report.absent, "people"),
        ] {
            figures.add(format!("{name}.{what}"), count as f64, unit);
        }
    }

    /// Processor time of the servers for a million of something: in all, and of each process where there are several.
    fn cost(&self, of: f64, unit: &'static str, figures: &mut Figures) {
        let name = self.case.name(self.deployment);
        let millions = of.max(1.0) / 1e6;
        let all: f64 = self.report.processes.iter().map(|spent| spent.cpu_s).sum();
        figures.add(format!("{name}.cpu"), all / millions, unit);
        if self.report.processes.len() > 1 {
            for spent in &self.report.processes {
                figures.add(format!("{name}.cpu.{}", spent.name), spent.cpu_s / millions, unit);
            }
        }
    }
}
