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

    /// The clock after a message with this timestamp was received.
    pub(super) fn received_clock(self, clock: u64, timestamp: u64) -> u64 {
        match self {
            Self::NimSds => stay(clock, clock.max(timestamp).saturating_add(1)),
            Self::Rfc => clock,
        }
    }

    /// The clock after a message with this timestamp was delivered.
    pub(super) fn delivered_clock(self, clock: u64, timestamp: u64) -> u64 {
        match self {
            Self::NimSds => clock,
            Self::Rfc => clock.max(timestamp),
        }
    }
}

/// At [`MAX_CLOCK`] the clock stands still: the causal order doesn't need it.
fn stay(clock: u64, next: u64) -> u64 {
    next.min(MAX_CLOCK).max(clock)
}
