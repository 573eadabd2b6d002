//! A room's replica, the pure part: the latest snapshot and the bytes of the events since, spliced without a gap.
//!
//! It never folds an event: rules live in `park` and, for display, in the browser.

use axum::extract::ws::Utf8Bytes;
use cipher::{Span, Verdict, follow};
use protocol::link::{RESUME_BYTES_MAX, RESUME_MAX};
use protocol::socket::Head;
use std::collections::VecDeque;

/// Events since the snapshot after which a new one is worth its fetching (ARCHITECTURE.md, invariant 4); so many of the tail are kept.
pub const TAIL_MAX: u64 = RESUME_MAX as u64;
/// The same in bytes: whoever comes gets the snapshot and all of them at once, and that must fit what may wait for a socket.
const TAIL_BYTES_MAX: usize = 96 * 1024;
/// Who comes back first is seldom who left first: events before theirs that are fetched too.
const MARGIN: u64 = 100;

/// The latest snapshot of a room and what came since, as frames for browsers.
#[derive(Debug)]
pub struct Replica {
    snapshot: Utf8Bytes,
    snapshot_seq: u64,
    /// Bytes of the tail that are not in the snapshot.
    since_bytes: usize,
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
        let head = self::head(head);
        Replica {
            snapshot,
            snapshot_seq: head.1,
            since_bytes: 0,
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
                self.since_bytes += frame.len();
            }
            if let Some((seq, snapshot)) = self.early.take_if(|(seq, _)| *seq <= self.head.1) {
                self.put_under(seq, snapshot);
            }
            self.trim();
        }
        verdict
    }

    /// Whether so much came since the snapshot that a new one is wanted.
    pub fn is_long(&self) -> bool {
        let long = self.head.1 - self.snapshot_seq > TAIL_MAX || self.since_bytes > TAIL_BYTES_MAX;
        self.early.is_none() && long
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
        self.since_bytes = self.since(seq).map(|frame| frame.len()).sum();
        self.trim();
    }

    /// Lets go of what is in the snapshot and too old for whoever comes back.
    fn trim(&mut self) {
        while self.head.1 - self.tail_from > TAIL_MAX {
            let Some((span, _)) = self.tail.front() else { break };
            if span.last > self.snapshot_seq {
                break;
            }
            self.tail_from = span.last;
            self.tail.pop_front();
        }
    }

    fn since(&self, seq: u64) -> impl Iterator<Item = &Utf8Bytes> {
        self.tail.iter().filter(move |(span, _)| span.last > seq).map(|(_, frame)| frame)
    }

    /// The events that would have to be known for somebody with `have` to get only what they missed: the numbers before the first and of the
    /// last. None: it can be told already, or is too much.
    pub fn lacks(&self, have: Option<Head>) -> Option<(u64, u64)> {
        let (term, seq) = head(have?);
        let lacks = seq < self.tail_from && self.head.1 - seq <= TAIL_MAX && term <= self.head.0;
        let from = seq.saturating_sub(MARGIN).max(self.tail_from.saturating_sub(TAIL_MAX));
        lacks.then_some((from, self.tail_from))
    }

    /// Puts events before the tail: those that [`Replica::lacks`] asked for. They are in the snapshot, and for those who come back.
    pub fn put_before(&mut self, events: impl DoubleEndedIterator<Item = (Span, Utf8Bytes)>) {
        for (span, frame) in events.rev() {
            if span.last != self.tail_from {
                break;
            }
            self.tail_from = span.first - 1;
            self.tail.push_front((span, frame));
        }
    }

    /// The frames for somebody who has everything up to `have`: only what came since when the tail reaches back that far and it is not too
    /// much, else the snapshot and what came since it. Says whether a snapshot is among them.
    pub fn frames_for(&self, have: Option<Head>) -> (Vec<Utf8Bytes>, bool) {
        let missed = have
            .map(head)
            .filter(|(term, seq)| *seq >= self.tail_from && *seq <= self.head.1 && *term <= self.head.0)
            .map(|(_, seq)| self.since(seq).collect::<Vec<_>>())
            .filter(|missed| missed.iter().map(|frame| frame.len()).sum::<usize>() <= RESUME_BYTES_MAX);
        match missed {
            Some(missed) => (joined(&missed), false),
            None => {
                let since: Vec<_> = self.since(self.snapshot_seq).collect();
                (std::iter::once(self.snapshot.clone()).chain(joined(&since)).collect(), true)
            }
        }
    }
}

fn head(head: Head) -> (u64, u64) {
    (head.term.max(0) as u64, head.seq.max(0) as u64)
}

/// Frames of events as one, so that a thousand of them cost a socket no more than what is in them.
fn joined(frames: &[&Utf8Bytes]) -> Vec<Utf8Bytes> {
    /// After the events: the ends of the list, of the frame's body and of the frame.
    const END: &str = "]}}";
    let as_they_are = || frames.iter().copied().cloned().collect();
    let [first, _, ..] = frames else { return as_they_are() };
    let Some(start) = first.find('[').map(|at| &first[..=at]) else { return as_they_are() };
    let inner = frames.iter().map(|frame| frame.strip_prefix(start)?.strip_suffix(END));
    // A frame that is put otherwise comes from a worker of another version.
    let Some(inner) = inner.collect::<Option<Vec<_>>>() else { return as_they_are() };
    vec![format!("{start}{}{END}", inner.join(",")).into()]
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

    #[test]
    fn events_kept_before_it_let_somebody_resume_at_a_gateway_that_is_new_to_the_room() {
        let mut replica = Replica::new("S500".into(), Head { term: 2, seq: 500 });
        let have = |seq| Some(Head { term: 1, seq });
        assert_eq!(replica.lacks(have(498)), Some((398, 500)));
        assert_eq!(replica.lacks(have(30)), Some((0, 500)));
        assert_eq!(replica.lacks(None), None, "whoever has nothing gets the snapshot");
        assert_eq!(replica.lacks(have(500)), None, "nothing was missed");
        assert_eq!(replica.lacks(have(501)), None, "it is the replica that is behind");
        assert_eq!(replica.lacks(Some(Head { term: 3, seq: 498 })), None);
        replica.put_before((399..=500).map(|seq| (span(1, seq, seq), format!("E{seq}").into())));
        replica.take(span(2, 501, 501), &"E501".into());
        let (frames, whole) = replica.frames_for(have(498));
        assert_eq!((texts(&frames), whole), (vec!["E499", "E500", "E501"], false));
        assert_eq!(texts(&replica.frames_for(None).0), ["S500", "E501"]);
        assert!(!replica.is_long());
        assert!(replica.frames_for(have(397)).1);
    }

    #[test]
    fn who_missed_more_than_a_thousand_is_not_looked_up() {
        let replica = Replica::new("S".into(), Head { term: 1, seq: 5_000 });
        assert_eq!(replica.lacks(Some(Head { term: 1, seq: 3_999 })), None);
        assert_eq!(replica.lacks(Some(Head { term: 1, seq: 4_000 })), Some((4_000, 5_000)));
    }

    #[test]
    fn a_hole_in_what_was_looked_up_is_no_tail() {
        let mut replica = Replica::new("S10".into(), Head { term: 1, seq: 10 });
        replica.put_before([(span(1, 7, 7), "E7".into()), (span(1, 9, 9), "E9".into())].into_iter());
        assert!(replica.frames_for(Some(Head { term: 1, seq: 9 })).1);
        replica.put_before([(span(1, 7, 7), "E7".into()), (span(1, 10, 10), "E10".into())].into_iter());
        assert!(!replica.frames_for(Some(Head { term: 1, seq: 9 })).1);
        assert!(replica.frames_for(Some(Head { term: 1, seq: 8 })).1);
    }

    fn events(numbers: std::ops::RangeInclusive<u64>, padding: usize) -> Utf8Bytes {
        let list: Vec<String> =
            numbers.map(|seq| format!(r#"{{"seq":{seq},"x":"{}"}}"#, "y".repeat(padding))).collect();
        format!(r#"{{"events":{{"room":7,"events":[{}]}}}}"#, list.join(",")).into()
    }

    #[test]
    fn what_was_missed_comes_in_one_frame() {
        let mut replica = Replica::new("S".into(), Head { term: 1, seq: 0 });
        for (first, last) in [(1, 2), (3, 3), (4, 9)] {
            replica.take(span(1, first, last), &events(first..=last, 0));
        }
        assert_eq!(replica.frames_for(Some(Head { term: 1, seq: 2 })).0, [events(3..=9, 0)]);
        assert_eq!(replica.frames_for(None).0, ["S".into(), events(1..=9, 0)]);
        replica.take(span(1, 10, 10), &"of another version".into());
        assert_eq!(replica.frames_for(Some(Head { term: 1, seq: 2 })).0.len(), 3, "each as it is");
    }

    #[test]
    fn whoever_comes_gets_no_more_than_may_wait_for_a_socket() {
        let mut replica = Replica::new("S".into(), Head { term: 1, seq: 0 });
        for seq in 1..=300 {
            replica.take(span(1, seq, seq), &events(seq..=seq, 1_000));
            if replica.is_long() {
                replica.renew(format!("S{seq}").into(), Head { term: 1, seq: seq as i64 });
            }
            let waits: usize = replica.frames_for(None).0.iter().map(|frame| frame.len()).sum();
            assert!(waits < TAIL_BYTES_MAX + 2_000, "{waits} after {seq}");
        }
        assert!(
            replica.frames_for(Some(Head { term: 1, seq: 0 })).1,
            "it would be cut as too slow, again and again"
        );
        assert!(!replica.frames_for(Some(Head { term: 1, seq: 150 })).1);
    }
}
