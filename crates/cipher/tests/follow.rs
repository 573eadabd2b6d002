//! Gap detection: whatever is lost, repeated or reordered, a receiver that follows the verdicts is never wrong.

use cipher::{Span, Verdict, follow};
use proptest::prelude::*;

const fn span(epoch: u64, first: u64, last: u64) -> Span {
    Span { epoch, first, last }
}

#[test]
fn the_verdicts_are_these() {
    let have = Some((2, 10));
    for (span, verdict) in [
        (span(2, 11, 11), Verdict::Deliver),
        (span(2, 11, 15), Verdict::Deliver),
        (span(2, 8, 12), Verdict::Deliver), // overlaps: the receiver skips what it has
        (span(2, 1, 10), Verdict::Stale),
        (span(2, 12, 12), Verdict::Resync),
        (span(3, 11, 12), Verdict::Deliver), // a take-over that lost nothing
        (span(3, 12, 12), Verdict::Resync),
        (span(3, 10, 11), Verdict::Resync),  // its 10 may be another
        (span(3, 11, 10), Verdict::Deliver), // its head is what we have
        (span(2, 13, 12), Verdict::Resync),  // the head is further than what we have
        (span(1, 11, 11), Verdict::Stale),
        (span(2, 9, 3), Verdict::Resync), // not a span
    ] {
        assert_eq!(follow(have, span), verdict, "{span:?}");
    }
    assert_eq!(follow(None, span(1, 1, 1)), Verdict::Resync);
}

proptest! {
    #[test]
    fn a_receiver_never_skips_and_never_goes_back(
        messages in prop::collection::vec((0u64..4, 0u64..30, 0u64..4), 1..60),
        start in (0u64..3, 0u64..20),
    ) {
        let mut have = start;
        for (epoch, first, length) in messages {
            let span = span(epoch, first, first + length);
            if follow(Some(have), span) == Verdict::Deliver {
                prop_assert!(span.first <= have.1 + 1, "nothing in between is missing");
                prop_assert!(span.last > have.1, "it brings something new");
                prop_assert!(span.epoch >= have.0, "a replaced publisher is not heard");
                have = (span.epoch, span.last);
            }
        }
    }

    #[test]
    fn a_stream_without_loss_is_delivered_whole(lengths in prop::collection::vec((1u64..5, any::<bool>()), 1..50)) {
        let mut have = (1, 0);
        for (length, takeover) in lengths {
            let epoch = have.0 + u64::from(takeover);
            let span = span(epoch, have.1 + 1, have.1 + length);
            prop_assert_eq!(follow(Some(have), span), Verdict::Deliver);
            have = (epoch, span.last);
            prop_assert_eq!(follow(Some(have), span), Verdict::Stale, "the same again is old news");
        }
    }

    #[test]
    fn a_loss_is_never_overlooked(have in 0u64..1000, lost in 1u64..1000, epoch in 1u64..3) {
        let next = span(epoch, have + 1 + lost, have + 1 + lost);
        prop_assert_eq!(follow(Some((1, have)), next), Verdict::Resync);
    }

    #[test]
    fn no_numbers_are_too_large(have: Option<(u64, u64)>, epoch: u64, first: u64, last: u64) {
        let _ = follow(have, span(epoch, first, last));
    }
}
