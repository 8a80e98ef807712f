//! Which field of a message has which number, in each dialect.

use crate::{
    codec::strict::{self, Field, Schema, Value},
    protocol::Dialect,
};

/// The most entries that the causal history of a decoded message may have.
pub const MAX_CAUSAL_HISTORY: usize = 1000;

/// The most repair requests that a decoded message may have.
pub const MAX_REPAIR_REQUESTS: usize = 1000;

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    MessageId,
    LamportTimestamp,
    CausalHistory,
    ChannelId,
    Content,
    BloomFilter,
    SenderId,
    RepairRequest,
}

/// A dialect's form of a message.
pub(super) struct Layout {
    pub dialect: Dialect,
    pub schema: Schema,
    /// What the fields of the schema are for, in its order, in which they are written as well.
    pub parts: [Part; 8],
}

/// The form of nim-sds, on the wire and at rest.
pub(super) static NIM_SDS: Layout = Layout {
    dialect: Dialect::NimSds,
    schema: Schema {
        name: "message",
        fields: &[
            Field::bytes(1, "messageId"),
            Field::number(2, "lamportTimestamp"),
            Field::nested(3, "causalHistory", MAX_CAUSAL_HISTORY),
            Field::bytes(CHANNEL, "channelId"),
            Field::bytes(CONTENT, "content"),
            Field::bytes(6, "bloomFilter"),
            Field::bytes(7, "senderId"),
            Field::nested(13, "repairRequest", MAX_REPAIR_REQUESTS),
        ],
    },
    parts: [
        Part::MessageId,
        Part::LamportTimestamp,
        Part::CausalHistory,
        Part::ChannelId,
        Part::Content,
        Part::BloomFilter,
        Part::SenderId,
        Part::RepairRequest,
    ],
};

pub(super) const CHANNEL: u32 = 4;
pub(super) const CONTENT: u32 = 5;

/// The form of the public specification, as @waku/sds has it.
pub(super) static RFC: Layout = Layout {
    dialect: Dialect::Rfc,
    schema: Schema {
        name: "message",
        fields: &[
            Field::bytes(1, "senderId"),
            Field::bytes(TELLING, "messageId"),
            Field::bytes(3, "channelId"),
            Field::number(10, "lamportTimestamp"),
            Field::nested(11, "causalHistory", MAX_CAUSAL_HISTORY),
            Field::bytes(12, "bloomFilter"),
            Field::nested(13, "repairRequest", MAX_REPAIR_REQUESTS),
            Field::bytes(20, "content"),
        ],
    },
    parts: [
        Part::SenderId,
        Part::MessageId,
        Part::ChannelId,
        Part::LamportTimestamp,
        Part::CausalHistory,
        Part::BloomFilter,
        Part::RepairRequest,
        Part::Content,
    ],
};

/// The field that tells the dialects apart: the clock of nim-sds, a varint, has the number of the id in the other. What has
/// neither is an ephemeral message of nim-sds.
const TELLING: u32 = 2;

impl Layout {
    pub fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::NimSds => &NIM_SDS,
            Dialect::Rfc => &RFC,
        }
    }

    /// The form that bytes are in, as far as that can be told without reading them.
    pub fn recognize(bytes: &[u8]) -> &'static Self {
        let mut fields = strict::fields(bytes).map_while(Result::ok);
        let text = |(number, value)| number == TELLING && matches!(value, Value::Bytes(_));
        if fields.any(text) { &RFC } else { &NIM_SDS }
    }
}
