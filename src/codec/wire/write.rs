//! From a message to bytes.

use bytes::Bytes;

use super::layout::{Layout, Part};
use crate::{
    codec::writer::{bytes, length, number, size_of_bytes, size_of_number},
    protocol::{Dialect, HistoryEntry, Message},
};

/// The value of a field to write.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Entry(&'a HistoryEntry),
}

/// Writes a message in a dialect's form, byte for byte like its reference, with this clock, filter and requests.
pub(super) fn message(
    layout: &Layout,
    message: &Message,
    clock: Option<u64>,
    filter: &[u8],
    requests: &[HistoryEntry],
) -> Bytes {
    let pieces = |put: &mut dyn FnMut(u32, Piece<'_>)| {
        // nim-sds needs what is empty, too. @waku/sds leaves it out, and would throw on an empty filter.
        let empty_too = layout.dialect == Dialect::NimSds;
        for (part, field) in layout.parts.iter().zip(layout.schema.fields) {
            let mut put = |piece: Piece<'_>| put(field.number, piece);
            let mut value = |value: &[u8], needed: bool| {
                if needed || !value.is_empty() {
                    put(Piece::Bytes(value));
                }
            };
            match part {
                Part::MessageId => value(message.message_id.as_str().as_bytes(), true),
                Part::ChannelId => value(message.channel_id.as_str().as_bytes(), true),
                Part::SenderId => value(message.sender_id.as_str().as_bytes(), false),
                Part::Content => value(&message.content, empty_too),
                Part::BloomFilter => value(filter, empty_too),
                Part::LamportTimestamp => clock.into_iter().for_each(|clock| put(Piece::Number(clock))),
                Part::CausalHistory => message.causal_history.iter().for_each(|item| put(Piece::Entry(item))),
                Part::RepairRequest => requests.iter().for_each(|item| put(Piece::Entry(item))),
            }
        }
    };
    // Measured first, so that it is written without moving, and has no spare memory behind it while it is kept.
    let mut size = 0_usize;
    pieces(&mut |field, piece| size = size.saturating_add(piece.size(field)));
    let mut out = Vec::with_capacity(size);
    pieces(&mut |field, piece| piece.write(&mut out, field));
    out.into()
}

impl Piece<'_> {
    fn size(self, field: u32) -> usize {
        let value = match self {
            Self::Number(value) => size_of_number(value),
            Self::Bytes(value) => size_of_bytes(value),
            Self::Entry(entry) => {
                let size = entry_size(entry);
                size.saturating_add(size_of_number(size as u64))
            }
        };
        // The sizes count one byte for the tag.
        value.saturating_add(usize::from(field > 15))
    }

    fn write(self, out: &mut Vec<u8>, field: u32) {
        match self {
            Self::Number(value) => number(out, field, value),
            Self::Bytes(value) => bytes(out, field, value),
            Self::Entry(item) => {
                length(out, field, entry_size(item));
                entry(out, item);
            }
        }
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
