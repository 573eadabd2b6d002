//! Topics: the frame around what is published, and the stream a subscriber reads.

use bytes::{BufMut, Bytes, BytesMut};

use crate::exchange::Tap;
use crate::ring::Next;
use crate::span::Span;

/// The first byte of every frame: which layout follows.
const VERSION: u8 = 1;
const WITH_SPAN: u8 = 1;
/// Version and flags.
const SHORT_HEAD: usize = 2;
/// Version, flags, epoch, first, last (big-endian).
const LONG_HEAD: usize = SHORT_HEAD + 3 * 8;

/// Puts the head before a payload.
pub(crate) fn frame(span: Option<Span>, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(LONG_HEAD + payload.len());
    frame.put_u8(VERSION);
    frame.put_u8(if span.is_some() { WITH_SPAN } else { 0 });
    if let Some(span) = span {
        frame.put_u64(span.epoch);
        frame.put_u64(span.first);
        frame.put_u64(span.last);
    }
    frame.put_slice(payload);
    frame.freeze()
}

/// Takes a frame apart without copying its payload; `None` when it is none of ours.
fn unframe(frame: &Bytes) -> Option<(Option<Span>, Bytes)> {
    match frame.get(..SHORT_HEAD)? {
        [VERSION, 0] => Some((None, frame.slice(SHORT_HEAD..))),
        [VERSION, WITH_SPAN] if frame.len() >= LONG_HEAD => {
            let number = |at: usize| frame[at..at + 8].try_into().map(u64::from_be_bytes).ok();
            let span = Span { epoch: number(2)?, first: number(10)?, last: number(18)? };
            Some((Some(span), frame.slice(LONG_HEAD..)))
        }
        _ => None,
    }
}

/// What a subscription yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A message.
    Message {
        /// Which part of the topic's stream it carries, when the publisher said so.
        span: Option<Span>,
        /// What was published.
        payload: Bytes,
    },
    /// Messages may have been lost (the connection was cut, or this subscriber was too slow): get the present state
    /// from its owner.
    Gap,
}

/// A topic, as one subscriber reads it. Dropping it unsubscribes.
///
/// A subscriber that falls 8,192 messages or 32 MiB behind loses the oldest and gets a [`Delivery::Gap`].
pub struct Subscription {
    tap: Tap,
}

impl Subscription {
    pub(crate) fn new(tap: Tap) -> Self {
        Self { tap }
    }

    /// The next message or gap; `None` once the node has left. Safe to cancel.
    pub async fn next(&mut self) -> Option<Delivery> {
        loop {
            match self.tap.next().await? {
                Next::Lossy => return Some(Delivery::Gap),
                Next::Item(body) => {
                    if let Some((span, payload)) = unframe(&body) {
                        metrics::counter!("cipher_received_total", "kind" => "topic").increment(1);
                        return Some(Delivery::Message { span, payload });
                    }
                    metrics::counter!("cipher_malformed_total", "kind" => "topic").increment(1);
                }
            }
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_this() {
        let span = Span { epoch: 1, first: 2, last: 0x0102 };
        let expected = [
            &[1, 1][..],
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0, 0, 0, 0, 0, 0, 0, 2],
            &[0, 0, 0, 0, 0, 0, 1, 2],
            b"hi",
        ]
        .concat();
        assert_eq!(frame(Some(span), b"hi"), expected);
        assert_eq!(frame(None, b"hi"), [&[1, 0][..], b"hi"].concat());
    }

    proptest::proptest! {
        #[test]
        fn what_is_framed_is_unframed(span: Option<(u64, u64, u64)>, payload: Vec<u8>) {
            let span = span.map(|(epoch, first, last)| Span { epoch, first, last });
            proptest::prop_assert_eq!(unframe(&frame(span, &payload)), Some((span, Bytes::from(payload))));
        }

        #[test]
        fn taking_apart_never_panics(frame: Vec<u8>) {
            let _ = unframe(&Bytes::from(frame));
        }
    }
}
