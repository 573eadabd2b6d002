//! A room's replica, the pure part: the latest snapshot and the bytes of the events since, spliced without a gap.
//!
//! It never folds an event: rules live in `park` and, for display, in the browser.

use axum::extract::ws::Utf8Bytes;
use cipher::{Span, Verdict, follow};
use protocol::socket::Head;
use std::collections::VecDeque;

/// Events of the tail after which a new snapshot is worth its fetching (ARCHITECTURE.md, invariant 4).
pub const TAIL_MAX: usize = 1_000;

/// The latest snapshot of a room and what came since, as frames for browsers.
#[derive(Debug)]
pub struct Replica {
    snapshot: Utf8Bytes,
    snapshot_seq: u64,
    head: (u64, u64),
    tail: VecDeque<(Span, Utf8Bytes)>,
    /// Sequence number before the first event of `tail`.
    tail_from: u64,
    /// A newer snapshot that is ahead of the tail: the events up to it are on their way.
    early: Option<(u64, Utf8Bytes)>,
}

impl Replica {
    /// A replica that is a snapshot: its frame and the head it stands at.
    pub fn new(snapshot: Utf8Bytes, head: Head) -> Replica {
        let head = (head.term.max(0) as u64, head.seq.max(0) as u64);
        Replica {
            snapshot,
            snapshot_seq: head.1,
            head,
            tail: VecDeque::new(),
            tail_from: head.1,
            early: None,
        }
    }

    /// Term and number of the last event in it.
    pub fn head(&self) -> (u64, u64) {
        self.head
    }

    /// Takes a frame of events if it continues what is here. `Resync`: something is missing, take a new snapshot.
    pub fn take(&mut self, span: Span, frame: &Utf8Bytes) -> Verdict {
        let verdict = follow(Some(self.head), span);
        if verdict == Verdict::Deliver {
            self.head = (span.epoch, span.last.max(self.head.1));
            if span.last >= span.first {
                self.tail.push_back((span, frame.clone()));
            }
            if let Some((seq, snapshot)) = self.early.take_if(|(seq, _)| *seq <= self.head.1) {
                self.put_under(seq, snapshot);
            }
        }
        verdict
    }

    /// Whether the tail is long enough for a new snapshot.
    pub fn is_long(&self) -> bool {
        self.early.is_none() && self.head.1 - self.tail_from > TAIL_MAX as u64
    }

    /// Takes a newer snapshot: put under the tail at once, or as soon as the tail has reached it. The events before it stay a while for
    /// those who come back.
    pub fn renew(&mut self, snapshot: Utf8Bytes, head: Head) {
        let seq = head.seq.max(0) as u64;
        if seq > self.head.1 {
            self.early = Some((seq, snapshot));
        } else if seq >= self.snapshot_seq {
            self.put_under(seq, snapshot);
        }
    }

    fn put_under(&mut self, seq: u64, snapshot: Utf8Bytes) {
        self.snapshot = snapshot;
        self.snapshot_seq = seq;
        while self.head.1 - self.tail_from > TAIL_MAX as u64 {
            let Some((span, _)) = self.tail.front() else { break };
            if span.last > seq {
                break;
            }
            self.tail_from = span.last;
            self.tail.pop_front();
        }
    }

    /// The frames for somebody who has everything up to `have`: only what came since when the tail reaches back that far, else the
    /// snapshot and what came since it. Says whether a snapshot is among them.
    pub fn frames_for(&self, have: Option<Head>) -> (Vec<Utf8Bytes>, bool) {
        let resumable = have
            .map(|have| (have.term.max(0) as u64, have.seq.max(0) as u64))
            .filter(|(term, seq)| *seq >= self.tail_from && *seq <= self.head.1 && *term <= self.head.0);
        let from = resumable.map_or(self.snapshot_seq, |(_, seq)| seq);
        let snapshot = resumable.is_none().then(|| self.snapshot.clone());
        let since = self.tail.iter().filter(|(span, _)| span.last > from).map(|(_, frame)| frame.clone());
        (snapshot.into_iter().chain(since).collect(), resumable.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(epoch: u64, first: u64, last: u64) -> Span {
        Span { epoch, first, last }
    }

    fn replica_with_tail() -> Replica {
        let mut replica = Replica::new("S10".into(), Head { term: 1, seq: 10 });
        for seq in 11..=13 {
            assert_eq!(replica.take(span(1, seq, seq), &format!("E{seq}").into()), Verdict::Deliver);
        }
        replica
    }

    fn texts(frames: &[Utf8Bytes]) -> Vec<&str> {
        frames.iter().map(Utf8Bytes::as_str).collect()
    }

    #[test]
    fn a_newcomer_gets_the_snapshot_and_what_came_since() {
        let (frames, whole) = replica_with_tail().frames_for(None);
        assert_eq!((texts(&frames), whole), (vec!["S10", "E11", "E12", "E13"], true));
    }

    #[test]
    fn who_comes_back_gets_only_what_they_missed() {
        let replica = replica_with_tail();
        let (frames, whole) = replica.frames_for(Some(Head { term: 1, seq: 12 }));
        assert_eq!((texts(&frames), whole), (vec!["E13"], false));
        let (frames, whole) = replica.frames_for(Some(Head { term: 1, seq: 13 }));
        assert_eq!((texts(&frames), whole), (vec![], false));
    }

    #[test]
    fn who_was_away_too_long_or_knows_a_future_gets_a_snapshot() {
        let replica = replica_with_tail();
        for have in [Head { term: 1, seq: 9 }, Head { term: 1, seq: 14 }, Head { term: 2, seq: 12 }] {
            assert!(replica.frames_for(Some(have)).1, "{have:?}");
        }
    }

    #[test]
    fn a_lost_message_is_noticed_and_a_take_over_is_not_a_hole() {
        let mut replica = replica_with_tail();
        assert_eq!(replica.take(span(1, 15, 15), &"E15".into()), Verdict::Resync);
        assert_eq!(replica.take(span(2, 14, 14), &"E14".into()), Verdict::Deliver);
        assert_eq!(replica.take(span(1, 15, 15), &"zombie".into()), Verdict::Stale);
        assert_eq!(replica.head(), (2, 14));
    }

    #[test]
    fn a_long_tail_is_cut_when_a_new_snapshot_is_here() {
        let mut replica = Replica::new("S0".into(), Head { term: 1, seq: 0 });
        for seq in 1..=1_500 {
            replica.take(span(1, seq, seq), &"E".into());
        }
        assert!(replica.is_long());
        replica.renew("S1490".into(), Head { term: 1, seq: 1_490 });
        assert!(!replica.is_long());
        assert_eq!(replica.frames_for(None).0.len(), 11);
        assert!(!replica.frames_for(Some(Head { term: 1, seq: 600 })).1);
    }

    #[test]
    fn a_snapshot_that_overtakes_its_events_waits_for_them() {
        let mut replica = Replica::new("S0".into(), Head { term: 1, seq: 0 });
        for seq in 1..=1_200 {
            replica.take(span(1, seq, seq), &"E".into());
        }
        replica.renew("S1202".into(), Head { term: 1, seq: 1_202 });
        assert!(!replica.is_long(), "it is not asked for again meanwhile");
        replica.take(span(1, 1_201, 1_201), &"E".into());
        assert_eq!(texts(&replica.frames_for(None).0)[0], "S0");
        replica.take(span(1, 1_202, 1_203), &"E1203".into());
        assert_eq!(texts(&replica.frames_for(None).0), ["S1202", "E1203"]);
    }
}
