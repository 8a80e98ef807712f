//! Defects that are put in on purpose, to see that the checks find them.

use bytes::Bytes;
use sds_wasm::{
    codec::Protobuf,
    manager::Event,
    protocol::{Dialect, Format, IdHash, Message, RollingBloomFilter},
};

use crate::{participant::Told, settings::Profile, storage::Storage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// Storage says that all is written, and writes nothing.
    LyingStorage,
    /// Storage never answers.
    SilentStorage,
    /// Events are told twice.
    RepeatedEvents,
    /// Messages that get ready together are told in reverse.
    ReversedEvents,
    /// An operation ends before its events are told.
    LateEvents,
    /// One participant never gets some of the messages.
    DeafParticipant,
    /// Every message has a filter that holds everything.
    ForgedFilter,
    /// One participant speaks the other dialect.
    ForeignDialect,
    /// One participant has a clock that stands still.
    StoppedClock,
}

impl Defect {
    pub const ALL: [Self; 9] = [
        Self::LyingStorage,
        Self::SilentStorage,
        Self::RepeatedEvents,
        Self::ReversedEvents,
        Self::LateEvents,
        Self::DeafParticipant,
        Self::ForgedFilter,
        Self::ForeignDialect,
        Self::StoppedClock,
    ];
}

impl Defect {
    /// The runs in which it must be found.
    pub fn profile(self) -> Profile {
        match self {
            Self::LyingStorage => Profile::Crashing,
            Self::ReversedEvents | Self::ForgedFilter => Profile::Lossy,
            Self::ForeignDialect | Self::StoppedClock => Profile::BothDialects,
            _ => Profile::Calm,
        }
    }

    /// What the check says that must find it.
    pub fn finding(self) -> &'static str {
        match self {
            Self::LyingStorage => "were reported as written, the disk has not",
            Self::SilentStorage => "have not ended",
            Self::RepeatedEvents => "was delivered again",
            Self::ReversedEvents => "was delivered after a message that depends on it",
            Self::LateEvents => "before its unwrap ended",
            Self::DeafParticipant => "of p0 waits for",
            Self::ForgedFilter => "was acknowledged, but nobody has received it",
            Self::ForeignDialect => "not in its own",
            Self::StoppedClock => "which it depends on",
        }
    }

    pub fn install(self, storage: &Storage) {
        storage.disk_mut().lies = self == Self::LyingStorage;
        storage.disk_mut().hangs = self == Self::SilentStorage;
    }

    /// Changes what a participant told.
    pub fn distort(self, told: &mut Vec<Told>) {
        let is_ready = |told: &Told| matches!(told, Told::Event(Event::MessageReady { .. }));
        let places: Vec<_> = (0..told.len()).filter(|at| is_ready(&told[*at])).collect();
        match self {
            Self::RepeatedEvents => {
                for at in places.into_iter().rev() {
                    if let Told::Event(event) = &told[at] {
                        let again = Told::Event(event.clone());
                        told.insert(at, again);
                    }
                }
            }
            Self::ReversedEvents => {
                for (first, last) in places.iter().zip(places.iter().rev()).take(places.len() / 2) {
                    told.swap(*first, *last);
                }
            }
            Self::LateEvents => told.sort_by_key(|told| matches!(told, Told::Event(_))),
            _ => {}
        }
    }

    /// What the deaf participant doesn't get.
    pub fn is_unheard(message: &Message) -> bool {
        let id = message.message_id.as_str();
        !id.starts_with("p0") && id.ends_with(['5', '6', '7', '8', '9'])
    }

    /// Changes what is broadcast. Returns whether it did.
    pub fn change(self, from: usize, message: &mut Message) -> bool {
        match self {
            Self::ForgedFilter => Self::forge_filter(message),
            Self::ForeignDialect if from == 0 => {
                message.bloom_filter = None;
                message.dialect = match message.dialect {
                    Dialect::NimSds => Dialect::Rfc,
                    Dialect::Rfc => Dialect::NimSds,
                };
            }
            Self::StoppedClock if message.sender_id.as_str() == "p0" => message.lamport_timestamp = Some(1),
            _ => return false,
        }
        true
    }

    fn forge_filter(message: &mut Message) {
        let mut filter = RollingBloomFilter::new(Dialect::NimSds, 1, 0.5);
        (0..100).for_each(|number| filter.add(IdHash::of(Dialect::NimSds, &number.to_string())));
        message.bloom_filter = Some(full(Protobuf.write_filter(Dialect::NimSds, filter.filter())));
    }
}

/// A serialized filter with all bits set.
fn full(filter: Bytes) -> Bytes {
    // Field 1, its length, and the words.
    let mut bytes = filter.to_vec();
    let length = bytes[1].into();
    bytes[2..][..length].fill(0xff);
    bytes.into()
}
