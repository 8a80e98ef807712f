//! A message on the wire, and a message at rest.

use bytes::Bytes;

use super::{ChannelId, Dialect, MessageId, ParticipantId};

/// The largest content of a message, in bytes (1 MiB), on send and on receive.
pub const MAX_CONTENT: usize = 1024 * 1024;

/// The longest id of a message, a channel or a participant, in bytes (16 KiB).
pub const MAX_ID: usize = 16 * 1024;

/// The largest retrieval hint, in bytes (16 KiB).
pub const MAX_HINT: usize = 16 * 1024;

/// The largest Lamport timestamp a message may have to be accepted: 2^32 below the largest a signed 64-bit
/// integer holds, so that a forged clock can't take away the room that later messages need.
pub const MAX_CLOCK: u64 = i64::MAX as u64 - (1 << 32);

/// The most bytes of causal history in a message, and of repair requests (1 MiB each): so every message of ours is one
/// that others accept.
const MAX_ENTRIES: usize = 1024 * 1024;

/// A dependency as messages name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryEntry {
    pub message_id: MessageId,
    /// What the application needs to fetch the message elsewhere; empty if there is none.
    pub retrieval_hint: Bytes,
    /// Who sent the message; empty if not known.
    pub sender_id: ParticipantId,
}

/// A message as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Whose form it has on the wire, its filter above all.
    pub dialect: Dialect,
    pub message_id: MessageId,
    pub channel_id: ChannelId,
    pub sender_id: ParticipantId,
    /// `None` marks an ephemeral message.
    pub lamport_timestamp: Option<u64>,
    /// The newest entries of the sender's history, oldest first: what this message depends on.
    pub causal_history: Vec<HistoryEntry>,
    pub content: Bytes,
    /// The sender's serialized bloom filter, as received: not parsed, not trusted.
    pub bloom_filter: Option<Bytes>,
    /// What the sender asks the group to send again (SDS-R).
    pub repair_request: Vec<HistoryEntry>,
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Carries the application's bytes and becomes part of the history.
    Content,
    /// Empty content: tells clock, history, filter and repair requests; never part of the history.
    Sync,
    /// No Lamport timestamp: handed to the application at once, touches no state.
    Ephemeral,
}

impl HistoryEntry {
    /// About how many bytes it takes in a message.
    pub(super) fn size(&self) -> usize {
        let ids = self.message_id.as_str().len().saturating_add(self.sender_id.as_str().len());
        ids.saturating_add(self.retrieval_hint.len()).saturating_add(16)
    }
}

/// Takes entries as long as all together fit into a message.
pub(super) fn fitting(size: &mut usize, entry: &HistoryEntry) -> bool {
    *size = size.saturating_add(entry.size());
    *size <= MAX_ENTRIES
}

impl Message {
    /// What this message is for.
    pub fn kind(&self) -> Kind {
        match self.lamport_timestamp {
            None => Kind::Ephemeral,
            Some(_) if self.content.is_empty() => Kind::Sync,
            Some(_) => Kind::Content,
        }
    }
}

/// A message at rest: what the protocol needs to know of it, and the bytes it is kept as. These bytes have neither
/// a bloom filter nor repair requests, which matter only in the moment of the first broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    pub message_id: MessageId,
    pub sender_id: ParticipantId,
    pub lamport_timestamp: u64,
    /// The encoded message; the codec reads it. Shared, not copied, by all that refer to it.
    pub bytes: Bytes,
}

impl StoredMessage {
    /// Its place in the order of the history.
    pub(super) fn place(&self) -> (u64, MessageId) {
        (self.lamport_timestamp, self.message_id.clone())
    }
}
