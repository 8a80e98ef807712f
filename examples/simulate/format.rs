//! The package's format, where all participants share the bytes of a message that they keep: a thousand logs would not
//! fit into memory otherwise. It is the same message for all, so that nothing else changes.

use std::{cell::RefCell, collections::HashMap};

use bytes::Bytes;
use sds_wasm::{
    codec::Protobuf,
    protocol::{
        BloomFilter, Dialect, FilterError, Format, HistoryEntry, Message, MessageId, ReceivedFilter,
        StoredMessage,
    },
};

thread_local! {
    /// One scenario runs per thread.
    static KEPT: RefCell<HashMap<MessageId, StoredMessage>> = RefCell::default();
    static DEPENDENCIES: RefCell<Option<Vec<HistoryEntry>>> = const { RefCell::new(None) };
}

pub struct Shared;

impl Shared {
    /// A new scenario begins.
    pub fn clear() {
        KEPT.take();
        DEPENDENCIES.take();
    }

    /// The next message that is kept, an own one, names these instead of what the core has chosen.
    pub fn rename_next(dependencies: Vec<HistoryEntry>) {
        DEPENDENCIES.replace(Some(dependencies));
    }
}

impl Format for Shared {
    fn store(&self, message: &Message) -> StoredMessage {
        KEPT.with_borrow_mut(|kept| {
            let keep = || match DEPENDENCIES.take() {
                None => Protobuf.store(message),
                Some(causal_history) => Protobuf.store(&Message { causal_history, ..message.clone() }),
            };
            kept.entry(message.message_id.clone()).or_insert_with(keep).clone()
        })
    }

    fn rebroadcast(&self, dialect: Dialect, stored: &Bytes, filter: Option<Bytes>) -> Bytes {
        Protobuf.rebroadcast(dialect, stored, filter)
    }

    fn write_filter(&self, dialect: Dialect, filter: &BloomFilter) -> Bytes {
        Protobuf.write_filter(dialect, filter)
    }

    fn read_filter(&self, dialect: Dialect, bytes: &Bytes) -> Result<ReceivedFilter, FilterError> {
        Protobuf.read_filter(dialect, bytes)
    }
}
