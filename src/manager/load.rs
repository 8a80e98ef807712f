//! From what a backend has kept to a channel in memory.

use std::rc::Rc;

use bytes::Bytes;

use super::{
    Error, Host, Inner,
    error::{Operation, PersistenceError},
    flush::failure,
    slot::{SETTLED, Slot, Ticket},
};
use crate::{
    codec::{Protobuf, snapshot, wire},
    persistence::{ChannelData, Persistence},
    protocol::{self, Channel, ChannelId, Millis, Saved, StoredMessage, check_id},
};

impl<P: Persistence, H: Host<P::Error>> Inner<P, H> {
    /// The slot of a channel that is in memory, loading it first if need be, and the ticket of what loading it has done.
    ///
    /// # Errors
    /// `PersistenceError` if the backend fails or gives something unusable; then nothing is in memory and storage is
    /// left as it is.
    pub(super) async fn loaded(
        &self,
        id: &ChannelId,
        now: Millis,
    ) -> Result<(Rc<Slot<P::Error>>, Ticket), Error<P::Error>> {
        self.check_open()?;
        check_id("channelId", id.as_str())?;
        let slot = self.slot(id);
        if let Some(_turn) = slot.gate.turn_unless(|| slot.is_ready()).await
            && !slot.is_loaded()
        {
            let loaded = self.load(id, &slot, now).await;
            if loaded.is_err() {
                self.forget_slot(id, &slot);
            }
            return loaded.map(|ticket| (slot.clone(), ticket));
        }
        Ok((slot, SETTLED))
    }

    async fn load(
        &self,
        id: &ChannelId,
        slot: &Slot<P::Error>,
        now: Millis,
    ) -> Result<Ticket, Error<P::Error>> {
        let data = self.persistence.load_channel(id).await;
        let data = data.map_err(|cause| Error::Persistence(failure(id, Operation::LoadChannel, cause)))?;
        let saved = read(id, data.unwrap_or_default()).map_err(|reason| {
            let (channel, operation) = (id.clone(), Operation::LoadChannel);
            Error::Persistence(PersistenceError {
                channel,
                operation,
                reason: reason.to_string(),
                cause: None,
            })
        })?;
        let (me, config) = (self.participant.clone(), self.config.clone());
        let (channel, effects) = Channel::restore(id.clone(), me, config, &Protobuf, saved, now);
        slot.set_channel(channel);
        Ok(slot.record(effects))
    }
}

fn read(id: &ChannelId, data: ChannelData) -> Result<Saved, protocol::Error> {
    let snapshot = data.meta.as_ref().map(snapshot::decode).transpose()?.unwrap_or_default();
    let history = data.message_history.iter().map(|bytes| read_message(id, bytes));
    Ok(Saved { snapshot, history: history.collect::<Result<_, _>>()?, hints: data.retrieval_hints })
}

fn read_message(id: &ChannelId, bytes: &Bytes) -> Result<StoredMessage, protocol::Error> {
    let (message, _) = wire::decode_stored(bytes)?;
    if *wire::channel_of(&message) == *id.as_str().as_bytes() {
        return Ok(message);
    }
    let reason = format!("message {:?} of the history belongs to another channel", message.message_id);
    Err(protocol::Error::Deserialization(reason))
}
