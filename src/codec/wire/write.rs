//! From a message to bytes.

use bytes::Bytes;

use super::layout::{Layout, Part};
use crate::{
    codec::writer::{bytes, length, number, size_of_bytes},
    protocol::{Dialect, HistoryEntry, Message},
};

/// About what an entry or the ids of a message take, to begin with enough memory.
const ROOM: usize = 96;

/// Writes a message in a dialect's form, byte for byte like its reference, with this clock, filter and requests.
pub(super) fn message(
    layout: &Layout,
    message: &Message,
    clock: Option<u64>,
    filter: &[u8],
    requests: &[HistoryEntry],
) -> Bytes {
    let entries = message.causal_history.len().saturating_add(requests.len()).saturating_add(2);
    let large = filter.len().saturating_add(message.content.len());
    let mut out = Vec::with_capacity(entries.saturating_mul(ROOM).saturating_add(large));
    // nim-sds needs what is empty, too. @waku/sds leaves it out, and would throw on an empty filter.
    let empty_too = layout.dialect == Dialect::NimSds;
    for (part, field) in layout.parts.iter().zip(layout.schema.fields) {
        let mut value = |value: &[u8], needed: bool| {
            if needed || !value.is_empty() {
                bytes(&mut out, field.number, value);
            }
        };
        match part {
            Part::MessageId => value(message.message_id.as_str().as_bytes(), true),
            Part::ChannelId => value(message.channel_id.as_str().as_bytes(), true),
            Part::SenderId => value(message.sender_id.as_str().as_bytes(), false),
            Part::Content => value(&message.content, empty_too),
            Part::BloomFilter => value(filter, empty_too),
            Part::LamportTimestamp => {
                clock.into_iter().for_each(|clock| number(&mut out, field.number, clock))
            }
            Part::CausalHistory => entries_of(&mut out, field.number, &message.causal_history),
            Part::RepairRequest => entries_of(&mut out, field.number, requests),
        }
    }
    // It may be kept for long, and is not changed any more.
    out.shrink_to_fit();
    out.into()
}

fn entries_of(out: &mut Vec<u8>, field: u32, list: &[HistoryEntry]) {
    for item in list {
        length(out, field, entry_size(item));
        entry(out, item);
    }
}

/// Writes the fields of a history entry.
pub fn entry(out: &mut Vec<u8>, entry: &HistoryEntry) {
    let fields = fields_of(entry);
    fields.into_iter().for_each(|(field, value)| bytes(out, field, value));
}

fn entry_size(entry: &HistoryEntry) -> usize {
    fields_of(entry).into_iter().map(|(_, value)| size_of_bytes(value)).fold(0, usize::saturating_add)
}

/// The fields of a history entry; those that are empty are left out.
fn fields_of(entry: &HistoryEntry) -> impl IntoIterator<Item = (u32, &[u8])> {
    let (id, sender) = (entry.message_id.as_str().as_bytes(), entry.sender_id.as_str().as_bytes());
    [(1, id), (2, &*entry.retrieval_hint), (3, sender)]
        .into_iter()
        .filter(|(field, value)| *field == 1 || !value.is_empty())
}
