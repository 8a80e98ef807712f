//! What an operation did, besides changing the channel in memory.

use bytes::Bytes;

use super::{ChannelId, FilterError, HistoryEntry, Kind, MessageId, ParticipantId, StoredMessage};

/// What happened in an operation. The events must be told to the application, after the change is saved.
#[derive(Debug, Default)]
#[must_use]
pub struct Effects {
    /// In the order in which they happened.
    pub events: Vec<Event>,
    /// Whether the snapshot differs from what it was before.
    pub changed: bool,
}

/// Something the application should know or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message was delivered: all its dependencies were delivered before.
    Ready(StoredMessage),
    /// An own message left the outgoing buffer: acknowledged, or out of attempts.
    Sent { message_id: MessageId, acknowledged: bool },
    /// A received message has dependencies that were not delivered here.
    MissingDependencies { message_id: MessageId, missing: Vec<HistoryEntry> },
    /// Broadcast this own message again: the bytes are in our dialect and have our filter of now.
    Resend { message_id: MessageId, bytes: Bytes, attempt: u32 },
    /// A message that waited for dependencies was given up.
    Lost { message_id: MessageId, missing: Vec<MessageId>, reason: LostReason },
    /// Broadcast these bytes, in our dialect: somebody asked for the message.
    RepairReady { message_id: MessageId, bytes: Bytes },
    /// A message's bloom filter was not usable; the rest of the message was.
    FilterIgnored { message_id: MessageId, reason: FilterError },
}

/// Why a waiting message was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostReason {
    /// It waited longer than `lostMessageTimeout`.
    Timeout,
    /// More than `maxIncomingBuffer` messages waited.
    Overflow,
}

/// What became of a received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub message_id: MessageId,
    pub channel_id: ChannelId,
    pub sender_id: ParticipantId,
    pub content: Bytes,
    pub kind: Kind,
    /// False while it waits for dependencies, and for duplicates of one that waits.
    pub delivered: bool,
    /// The dependencies not delivered here; empty when it was delivered or is a duplicate.
    pub missing: Vec<HistoryEntry>,
    pub duplicate: bool,
}
