//! What server processes cost: processor time, resident memory and descriptors, as Linux tells them.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::PathBuf;

/// Ticks of processor time a second, as Linux counts them towards programs on every platform (`USER_HZ`).
const TICKS: f64 = 100.0;
/// The unit in which `/proc/PID/status` tells memory.
const KIB: &str = "kB";
/// Its line of resident memory.
const RESIDENT: &str = "VmRSS:";

/// A process and its descendants at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Processor time since it began, in seconds, user and system.
    pub cpu_s: f64,
    /// Resident memory, in KiB; what children share with it, as Postgres' buffers, is counted once.
    pub resident_kib: u64,
    /// Open descriptors; those of children are not counted.
    pub descriptors: u64,
}

/// What a process took over a span of time, and holds at its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Its name, as it was given.
    pub name: String,
    /// Process id.
    pub pid: u32,
    /// Processor time over the span, in seconds.
    pub cpu_s: f64,
    /// Resident memory at its end, in KiB.
    pub resident_kib: u64,
    /// Open descriptors at its end.
    pub descriptors: u64,
}

/// A program that lies beside the one that a process runs, such as Postgres' own clients; else the one on the path.
///
/// # Errors
/// When the process has ended.
pub fn program_beside(pid: u32, name: &str) -> anyhow::Result<PathBuf> {
    let server = fs::read_link(format!("/proc/{pid}/exe"));
    let program = server.with_context(|| format!("Process {pid} is gone"))?.with_file_name(name);
    Ok(if program.exists() { program } else { name.into() })
}

/// A process now, with its children: Postgres serves each connection by one.
///
/// # Errors
/// When it has ended, or this is not Linux.
pub fn usage(pid: u32) -> anyhow::Result<Usage> {
    let (mut all, _) = one(pid)
        .with_context(|| format!("process {pid} cannot be looked at: it has ended, or is not ours"))?;
    for child in children(pid) {
        // A child may end while it is looked at; what it took is then its parent's, once that has waited for it.
        if let Ok((of_child, shared_kib)) = one(child) {
            all.cpu_s += of_child.cpu_s;
            all.resident_kib += of_child.resident_kib.saturating_sub(shared_kib);
        }
    }
    Ok(all)
}

/// Resident memory of this very process, in KiB; 0 where it cannot be told.
pub fn own_resident_kib() -> u64 {
    fs::read_to_string("/proc/self/status").map_or(0, |status| kib(&status, RESIDENT))
}

/// What was taken between two looks.
pub fn spent(name: &str, pid: u32, before: Usage, after: Usage) -> Spent {
    Spent {
        name: name.to_owned(),
        pid,
        cpu_s: (after.cpu_s - before.cpu_s).max(0.0),
        resident_kib: after.resident_kib,
        descriptors: after.descriptors,
    }
}

/// A process by itself, and how much of its memory is of the kind that processes share, in KiB.
fn one(pid: u32) -> anyhow::Result<(Usage, u64)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).map(|list| list.count() as u64).unwrap_or(0);
    let resident_kib = kib(&status, RESIDENT);
    Ok((Usage { cpu_s: cpu_s(&stat)?, resident_kib, descriptors }, kib(&status, "RssShmem:")))
}

/// Processor time of a process and of the children it has waited for: fields 14 to 17 of `/proc/PID/stat`.
fn cpu_s(stat: &str) -> anyhow::Result<f64> {
    // The name in brackets may hold blanks.
    let (_, rest) = stat.rsplit_once(')').context("/proc/PID/stat has no name in brackets")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = fields.get(11..15).context("/proc/PID/stat is too short")?;
    let ticks = ticks.iter().map(|field| field.parse::<f64>()).sum::<Result<f64, _>>()?;
    Ok(ticks / TICKS)
}

/// A line of `/proc/PID/status` that tells memory; 0 where there is none.
fn kib(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().strip_suffix(KIB)?.trim().parse().ok()).unwrap_or(0)
}

fn children(pid: u32) -> Vec<u32> {
    let lists = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    lists
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_a_name_with_blanks_and_brackets() {
        let stat = "42 (a ) b (c) S 1 2 3 4 5 6 7 8 9 10 100 50 25 25 20 0 1";
        assert_eq!(cpu_s(stat).unwrap(), 2.0);
    }

    #[test]
    fn memory_is_read_by_its_name() {
        let status = "VmRSS:\t   12345 kB\nRssShmem:\t 77 kB\n";
        assert_eq!(
            (kib(status, "VmRSS:"), kib(status, "RssShmem:"), kib(status, "VmSwap:")),
            (12_345, 77, 0)
        );
    }

    #[test]
    fn one_sees_what_this_very_process_takes() {
        let me = usage(std::process::id()).unwrap();
        assert!(me.resident_kib > 1_000 && me.descriptors >= 3, "{me:?}");
    }

    #[test]
    fn a_process_that_is_gone_is_a_sentence() {
        let error = usage(u32::MAX).unwrap_err();
        assert!(format!("{error:#}").contains("has ended"), "{error:#}");
    }
}
