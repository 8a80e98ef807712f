//! One channel as a deterministic state machine: every entry point takes the time as an argument, changes
//! memory only, and returns what happened as [`Effects`]. Nothing in here does I/O, reads a clock or panics.

mod bloom;
mod channel;
mod config;
mod dialect;
mod effects;
mod error;
mod format;
mod hash;
mod history;
mod id;
mod id_map;
mod incoming;
mod known;
mod message;
mod ordered;
mod outgoing;
mod pending;
mod repair;
mod snapshot;
mod time;
mod timeline;
mod timing;

pub use bloom::{BloomFilter, FilterError, ReceivedFilter, RollingBloomFilter};
pub use channel::{Channel, Saved, check_id, check_outgoing, check_timestamp};
pub use config::Config;
pub use dialect::Dialect;
pub use effects::{Effects, Event, LostReason, Received};
pub use error::Error;
pub use format::Format;
pub use hash::{IdHash, farm_hash};
pub use id::{ChannelId, MessageId, ParticipantId};
pub use id_map::IdMap;
pub use message::{HistoryEntry, Kind, MAX_CLOCK, MAX_CONTENT, MAX_HINT, MAX_ID, Message, StoredMessage};
pub use outgoing::MAX_OUTGOING;
pub use snapshot::{HistoryUpdate, RepairRequest, RepairResponse, Snapshot, Unacknowledged, Waiting};
pub use time::Millis;
pub use timing::{in_response_group, request_delay, response_delay};
