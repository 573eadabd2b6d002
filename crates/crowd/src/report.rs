//! What a crowd measured: a table for people, one JSON object for programs.

use crate::checker::Verdict;
use crate::crowd::Gathered;
use crate::history::{History, Seen};
use crate::latency::Percentiles;
use crate::marks::Marked;
use crate::person::Shared;
use crate::processes::Spent;
use crate::replicas::Compared;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use tokio::time::Instant;

/// What only the crowd's own run knows.
#[derive(Debug)]
pub struct Measured {
    /// Length of the measured time, in seconds: from when all were in until they rested.
    pub seconds: f64,
    /// How people came in.
    pub gathered: Gathered,
    /// When the measured time began.
    pub began: Instant,
    /// People who were not in their rooms at the end.
    pub absent: u64,
    /// What the watched processes took in it.
    pub processes: Vec<Spent>,
    /// Resident memory of the crowd itself: before the first came, and at the end, in KiB.
    pub resident_kib: (u64, u64),
    /// What else is to be said.
    pub notes: Vec<String>,
    /// What of the crowd itself cannot be judged.
    pub unchecked: Vec<String>,
}

/// The figures of a run. Times are milliseconds, rates are per second of the measured time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// People asked for.
    pub people: u32,
    /// Rooms.
    pub rooms: u32,
    /// Length of the measured time.
    pub seconds: f64,
    /// Durable events that reached somebody live in the measured time, each receiver counted.
    pub deliveries: u64,
    /// Durable events that somebody never got and was not told of by a snapshot; from the checker.
    pub lost: u64,
    /// Durable events that somebody got twice; from the checker.
    pub duplicated: u64,
    /// Durable events that came out of their order; from the checker.
    pub misordered: u64,
    /// Durable events that came to somebody who does not listen to their room; from the checker.
    pub misrouted: u64,
    /// What is not as it may be, in all; from the checker.
    pub breaches: u64,
    /// Commands sent, each id once.
    pub commands: u64,
    /// Of them carried out.
    pub acknowledged: u64,
    /// Of them without an outcome at the end.
    pub unknown: u64,
    /// From when a command was due until it was sent: part of all other times. More than a few milliseconds say that the crowd
    /// had no connection or too little processor time of its own.
    pub lateness_ms: Percentiles,
    /// From when a command was due until its event reached each receiver.
    pub latency_ms: Percentiles,
    /// From when a command was due until its sender knew it was carried out.
    pub acknowledgement_ms: Percentiles,
    /// From when a step was due until its position reached each receiver.
    pub staleness_ms: Percentiles,
    /// Steps sent.
    pub steps: u64,
    /// Positions that reached somebody, each receiver counted.
    pub positions: u64,
    /// Steps that a later one of the same person overtook before the park told of them, each receiver counted.
    pub superseded: u64,
    /// Frames of positions that a receiver did not get although others did.
    pub skipped_frames: u64,
    /// Bytes of frames each client received in a second.
    pub bytes_per_client_per_second: f64,
    /// Frames each client received in a second.
    pub frames_per_client_per_second: f64,
    /// People who came in a second, from the first until they began to act.
    pub joins_per_second: f64,
    /// From the first until they were in, in seconds.
    pub gathering_s: f64,
    /// From somebody's first request until they heard and saw their room.
    pub joining_ms: Percentiles,
    /// From the loss of a connection until the room was heard again.
    pub gap_ms: Percentiles,
    /// Connections lost that nobody dropped on purpose.
    pub disconnects: u64,
    /// Of them those that people left as their gateway had said that it goes away.
    pub drained: u64,
    /// The most connections one person lost, whether or not on purpose.
    pub disconnects_max: u64,
    /// People who were not in their rooms at the end: the figures are those of a crowd that fell apart.
    pub absent: u64,
    /// Connections that people dropped on purpose.
    pub drops: u64,
    /// Snapshots beyond the first of each person.
    pub resyncs: u64,
    /// Of them those to people who came back within a minute and had missed at most a thousand events: they are promised only these.
    pub not_resumed: u64,
    /// Frames that made no sense; each is a breach.
    pub nonsense: u64,
    /// Deeds that could not be done, as there was nothing to do them with.
    pub undone: u64,
    /// Refusals by reason.
    pub refusals: BTreeMap<String, u64>,
    /// Closed connections by code; 1006 is one that ended without a code.
    pub closes: BTreeMap<u16, u64>,
    /// How the copies of the rooms compared at rest; none: that was not asked for (it takes a journal), or not possible.
    pub copies: Option<Copies>,
    /// What came after each marked moment.
    pub marks: Vec<Marked>,
    /// Resident memory of the crowd's own process at the end, in KiB.
    pub crowd_resident_kib: u64,
    /// What of it came with the people, in KiB a person.
    pub crowd_kib_per_person: f64,
    /// What the watched processes took.
    pub processes: Vec<Spent>,
    /// What else is to be said, in sentences.
    pub notes: Vec<String>,
    /// What could not be checked as asked for, in sentences.
    pub unchecked: Vec<String>,
}

/// How the copies of the rooms compared at rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies {
    /// Copies that were compared with the journal: of each gateway, of the worker, and what workers saved.
    pub compared: u64,
    /// Rooms whose worker's own copy was among them.
    pub of_workers: u64,
    /// Copies that are not what the journal makes; each is a breach.
    pub different: u64,
    /// The first of them, in sentences.
    pub differences: Vec<String>,
}

/// Differences that are told in words.
const DIFFERENCES_TOLD: usize = 20;

impl Report {
    /// The figures of a crowd that has left. What only the checker knows is 0 until [`Report::judged`].
    pub fn new(shared: &Shared, histories: &[History], measured: Measured) -> Report {
        let (tally, settings) = (&shared.tally, &shared.settings);
        let per_client = |n: u64| n as f64 / f64::from(settings.people) / measured.seconds.max(0.001);
        let (without, with) = measured.resident_kib;
        let lost =
            |history: &History| history.seen.iter().filter(|seen| matches!(seen, Seen::Lost)).count() as u64;
        Report {
            people: settings.people,
            rooms: settings.rooms,
            seconds: measured.seconds,
            deliveries: tally.deliveries.get(),
            lost: 0,
            duplicated: 0,
            misordered: 0,
            misrouted: 0,
            breaches: 0,
            commands: tally.commands.get(),
            acknowledged: tally.acknowledged.get(),
            unknown: tally.pending.get(),
            lateness_ms: tally.lateness.percentiles(),
            latency_ms: tally.latency.percentiles(),
            acknowledgement_ms: tally.acknowledgement.percentiles(),
            staleness_ms: tally.staleness.percentiles(),
            steps: tally.steps.get(),
            positions: tally.positions.get(),
            superseded: tally.superseded.get(),
            skipped_frames: tally.skipped_frames.get(),
            bytes_per_client_per_second: per_client(tally.bytes.get()),
            frames_per_client_per_second: per_client(tally.frames.get()),
            joins_per_second: measured.gathered.people as f64
                / measured.gathered.took.as_secs_f64().max(0.001),
            gathering_s: measured.gathered.took.as_secs_f64(),
            joining_ms: tally.joining.percentiles(),
            gap_ms: tally.gaps.percentiles(),
            disconnects: tally.disconnects.get(),
            drained: tally.drained.get(),
            absent: measured.absent,
            disconnects_max: histories.iter().map(lost).max().unwrap_or_default(),
            drops: tally.drops.get(),
            resyncs: tally.resyncs.get(),
            not_resumed: tally.not_resumed.get(),
            nonsense: tally.nonsense.get(),
            undone: tally.undone.get(),
            refusals: tally.refusals(),
            closes: tally.closes(),
            copies: None,
            marks: tally.marks.told(measured.began),
            crowd_resident_kib: with,
            crowd_kib_per_person: with.saturating_sub(without) as f64 / f64::from(settings.people),
            processes: measured.processes,
            notes: measured.notes,
            unchecked: measured.unchecked,
        }
    }
}

impl Report {
    /// Takes in how the copies of rooms compared.
    pub fn compared(&mut self, compared: &Compared) {
        self.copies = Some(Copies {
            compared: compared.copies,
            of_workers: compared.of_workers,
            different: compared.differences.len() as u64,
            differences: compared
                .differences
                .iter()
                .take(DIFFERENCES_TOLD)
                .map(ToString::to_string)
                .collect(),
        });
        self.unchecked.extend_from_slice(&compared.untold);
        self.notes.extend_from_slice(&compared.notes);
    }

    /// Takes in what the checker found.
    pub fn judged(&mut self, verdict: &Verdict) {
        self.lost = verdict.lost;
        self.duplicated = verdict.duplicated;
        self.misordered = verdict.misordered;
        self.misrouted = verdict.misrouted;
        self.breaches = verdict.breaches_in_all();
    }
}

impl Display for Report {
    /// A table for people.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, value: String| writeln!(f, "{name:<22} {value}");
        line("crowd", format!("{} people in {} rooms for {:.1} s", self.people, self.rooms, self.seconds))?;
        line("walked in", format!("{:.0} a second, each in {}", self.joins_per_second, self.joining_ms))?;
        line(
            "commands",
            format!("{} sent, {} carried out, {} unknown", self.commands, self.acknowledged, self.unknown),
        )?;
        line(
            "deliveries",
            format!(
                "{} ({:.0} a second), {} lost, {} doubled, {} misordered, {} misrouted",
                self.deliveries,
                self.deliveries as f64 / self.seconds.max(0.001),
                self.lost,
                self.duplicated,
                self.misordered,
                self.misrouted
            ),
        )?;
        line("sent late by", self.lateness_ms.to_string())?;
        line("latency", self.latency_ms.to_string())?;
        line("acknowledgement", self.acknowledgement_ms.to_string())?;
        if self.steps > 0 {
            line(
                "positions",
                format!(
                    "{} of {} steps, {} overtaken, {} frames skipped",
                    self.positions, self.steps, self.superseded, self.skipped_frames
                ),
            )?;
            line("staleness", self.staleness_ms.to_string())?;
        }
        line(
            "each client",
            format!(
                "{:.0} bytes and {:.1} frames a second",
                self.bytes_per_client_per_second, self.frames_per_client_per_second
            ),
        )?;
        line(
            "connections",
            format!(
                "{} lost ({} of them from gateways that said they go away), {} dropped on purpose, at most {} of one person, {} snapshots again ({} of them instead of a little that was missed), back in {}",
                self.disconnects,
                self.drained,
                self.drops,
                self.disconnects_max,
                self.resyncs,
                self.not_resumed,
                self.gap_ms
            ),
        )?;
        for (reason, count) in &self.refusals {
            line("refused", format!("{count} times: {reason}"))?;
        }
        for (code, count) in &self.closes {
            line("closed", format!("{count} times with {code}"))?;
        }
        if let Some(Copies { compared, of_workers, different, differences }) = &self.copies {
            line(
                "copies of rooms",
                format!(
                    "{compared} compared with the journal, the worker's own of {of_workers} rooms, {different} different"
                ),
            )?;
            differences.iter().try_for_each(|difference| line("different", difference.clone()))?;
        }
        for mark in &self.marks {
            line(
                "after",
                format!(
                    "{} at {:.1} s: {} rooms accept again in {}, silent for {}; {} people hear them in {}",
                    mark.what,
                    mark.at_s,
                    mark.rooms,
                    mark.accepts_again_ms,
                    mark.silent_ms,
                    mark.heard_ms.count,
                    mark.heard_ms
                ),
            )?;
        }
        for process in &self.processes {
            line(
                &process.name,
                format!(
                    "{:.2} s of processor time, {:.1} MiB, {} descriptors",
                    process.cpu_s,
                    process.resident_kib as f64 / 1024.0,
                    process.descriptors
                ),
            )?;
        }
        line(
            "the crowd itself",
            format!(
                "{:.1} MiB, {:.1} KiB a person",
                self.crowd_resident_kib as f64 / 1024.0,
                self.crowd_kib_per_person
            ),
        )?;
        if self.undone > 0 {
            line("not done", format!("{} deeds, as there was nothing to do them with", self.undone))?;
        }
        self.unchecked.iter().try_for_each(|what| line("not checked", what.clone()))?;
        self.notes.iter().try_for_each(|note| line("note", note.clone()))
    }
}

impl Display for Percentiles {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Percentiles { count, p50, p95, p99, max } = self;
        match count {
            0 => write!(f, "- ms (nothing was timed)"),
            _ => write!(f, "{p50:.1} / {p95:.1} / {p99:.1} / {max:.1} ms (p50 / p95 / p99 / max)"),
        }
    }
}
