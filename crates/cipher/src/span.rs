//! Gap detection on topics: which part of a numbered stream a message carries, and what a receiver does with it.

/// Which part of a topic's numbered stream a message carries, as its publisher says.
///
/// `epoch` rises when another publisher takes over; `first..=last` are the sequence numbers inside the message. A span
/// with `first == last + 1` carries nothing and announces that `last` is the head of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The publisher's epoch, or term.
    pub epoch: u64,
    /// The first sequence number in the message.
    pub first: u64,
    /// The last sequence number in the message.
    pub last: u64,
}

/// What a receiver does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It continues what the receiver has: take it (skipping what it already has of it), and remember
    /// `(span.epoch, span.last)`.
    Deliver,
    /// It is old news, or from a publisher that was replaced: drop it.
    Stale,
    /// Something in between is missing: get the present state from its owner.
    Resync,
}

/// Decides what to do with a message of `span` by a receiver that has everything up to `have = (epoch, seq)`.
///
/// Within one epoch an overlapping span is delivered. A higher epoch is delivered when it continues exactly at
/// `seq + 1`, so a take-over that lost nothing disturbs nobody; otherwise its numbers may mean other things and the
/// receiver resyncs. A receiver that has nothing resyncs.
pub fn follow(have: Option<(u64, u64)>, span: Span) -> Verdict {
    let Some((epoch, seq)) = have else { return Verdict::Resync };
    let next = seq.saturating_add(1);
    if span.epoch < epoch {
        Verdict::Stale
    } else if span.first > span.last.saturating_add(1) {
        Verdict::Resync // not a span: whatever it was is lost
    } else if span.epoch > epoch {
        if span.first == next { Verdict::Deliver } else { Verdict::Resync }
    } else if span.last <= seq {
        Verdict::Stale
    } else if span.first > next {
        Verdict::Resync
    } else {
        Verdict::Deliver
    }
}
