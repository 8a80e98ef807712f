//! What differs between the two implementations that a channel can be shared with, besides their hashes.

use super::{MAX_CLOCK, Millis};

/// Whose rules are followed, and in whose form messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// nim-sds.
    #[default]
    NimSds,
    /// The public specification as @waku/sds has it.
    Rfc,
}

impl Dialect {
    /// The Lamport timestamp of the next own message: pegged to wall-clock time, in seconds or in milliseconds.
    pub(super) fn next_clock(self, clock: u64, now: Millis) -> u64 {
        let next = match self {
            Self::NimSds => clock.max(now / 1000).saturating_add(1),
            Self::Rfc => clock.saturating_add(1).max(now),
        };
        stay(clock, next)
    }

    /// The clock after a message with this timestamp was received. Delivery moves it to the timestamp
    /// at least, in both dialects.
    pub(super) fn received_clock(self, clock: u64, timestamp: u64) -> u64 {
        match self {
            Self::NimSds => stay(clock, clock.max(timestamp).saturating_add(1)),
            Self::Rfc => clock,
        }
    }
}

/// At [`MAX_CLOCK`] the clock stands still: the causal order doesn't need it.
fn stay(clock: u64, next: u64) -> u64 {
    next.min(MAX_CLOCK).max(clock)
}

#[cfg(test)]
mod tests {
    use super::{Dialect::*, *};

    const NOW: Millis = 1_700_000_000_999;

    #[test]
    fn own_messages_have_the_time_or_the_next_number() {
        assert_eq!(NimSds.next_clock(0, NOW), 1_700_000_001);
        assert_eq!(NimSds.next_clock(1_700_000_005, NOW), 1_700_000_006);
        assert_eq!(Rfc.next_clock(0, NOW), NOW);
        assert_eq!(Rfc.next_clock(NOW - 1, NOW), NOW);
        assert_eq!(Rfc.next_clock(NOW, NOW), NOW + 1);
    }

    #[test]
    fn messages_of_others_move_the_clock_on_receipt_in_one_dialect_only() {
        assert_eq!((NimSds.received_clock(5, 7), NimSds.received_clock(7, 5)), (8, 8));
        assert_eq!((Rfc.received_clock(5, 7), Rfc.received_clock(7, 5)), (5, 7));
    }

    #[test]
    fn a_clock_at_the_limit_stands_still_and_none_goes_back() {
        for dialect in [NimSds, Rfc] {
            assert_eq!(dialect.next_clock(MAX_CLOCK, NOW), MAX_CLOCK);
            assert_eq!(dialect.next_clock(u64::MAX, NOW), u64::MAX);
            assert_eq!(dialect.received_clock(MAX_CLOCK, MAX_CLOCK), MAX_CLOCK);
        }
    }
}
