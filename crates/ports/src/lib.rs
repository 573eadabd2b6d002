//! Ports for the servers that tests start and that cannot say which one the system gave them: Redis, Postgres, sentinels.
//!
//! Whatever of ours can say so listens on port 0 instead.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Above those of `scripts/stack`.
const FIRST: u32 = 30_000;
/// Below those that outgoing connections take theirs from (32768 and up).
const COUNT: u32 = 2_768;

/// A port of 127.0.0.1 that nobody listens on, and that nobody else is told in this process.
///
/// No outgoing connection takes it: a server that was stopped finds it free again, and nobody who tries to reach the server meanwhile can
/// be connected with himself. Another process may be told the same one before either listens: try another then.
///
/// # Panics
/// When all of them are taken.
pub fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Other processes begin elsewhere.
    let begin = std::process::id().wrapping_mul(97);
    (0..COUNT)
        .map(|_| FIRST + begin.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("one of 2,768 ports of 127.0.0.1 is free")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_somebody_listens_on_is_not_told_and_none_is_told_twice() {
        let mut told: Vec<u16> = (0..100).map(|_| free_port()).collect();
        let next = u16::try_from(FIRST + (u32::from(told[99]) + 1 - FIRST) % COUNT).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, next));
        told.extend((0..100).map(|_| free_port()));
        drop(listener);
        assert!(!told.contains(&next), "whoever listens there, we or another");
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), 200);
        assert!(told.iter().all(|port| (30_000..32_768).contains(port)));
    }
}
