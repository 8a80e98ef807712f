//! One channel as a deterministic state machine: every entry point takes the time as an argument, changes
//! memory only, and returns what happened as effects. Nothing in here does I/O, reads a clock or panics.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
// Tests may do what the code may not.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod bloom;
mod config;
mod error;
mod format;
mod hash;
mod id;
mod message;
mod snapshot;
mod time;
mod timing;

pub use bloom::{BloomFilter, FilterError, ReceivedFilter, RollingBloomFilter};
pub use config::{Config, Dialect};
pub use error::Error;
pub use format::Format;
pub use hash::IdHash;
pub use id::{ChannelId, MessageId, ParticipantId};
pub use message::{HistoryEntry, Kind, MAX_CLOCK, MAX_CONTENT, Message, StoredMessage};
pub use snapshot::{HistoryUpdate, RepairRequest, RepairResponse, Snapshot, Unacknowledged, Waiting};
pub use time::Millis;
pub use timing::{in_response_group, request_delay, response_delay};
