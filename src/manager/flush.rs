//! Writing a channel's changes: one pair of calls for all operations since the last.

use bytes::Bytes;

use super::{
    Host, Inner,
    calls::{Call, all},
    error::{Operation, PersistenceError},
    event::Event,
    slot::{Slot, Ticket},
};
use crate::{
    codec::snapshot,
    persistence::Persistence,
    protocol::{Channel, ChannelId, HistoryUpdate, MessageId},
};

/// What one flush writes.
struct Batch {
    meta: Bytes,
    update: HistoryUpdate,
    mark: u64,
}

impl<P: Persistence, H: Host<P::Error>> Inner<P, H> {
    /// Waits until a flush that began after `ticket` was given has ended. Operations that come while one runs share
    /// the next.
    pub(super) async fn settle(&self, id: &ChannelId, slot: &Slot<P::Error>, ticket: Ticket) {
        while let Some(_turn) = slot.gate.turn_unless(|| slot.is_settled(ticket)).await {
            self.flush(id, slot).await;
        }
    }

    pub(super) async fn flush(&self, id: &ChannelId, slot: &Slot<P::Error>) {
        let ticket = slot.last_ticket();
        let mut failures = Vec::new();
        if !self.persistence.keeps() {
            slot.write_off(ticket);
        } else if slot.is_behind()
            && let Some(batch) = slot.read(batch)
        {
            failures = all(self.writes(id, slot, batch, ticket)).await;
        }
        for failure in failures {
            self.host.event(id, Event::PersistenceFailed(failure));
        }
        for event in slot.settle(ticket) {
            self.host.event(id, event);
        }
    }

    /// The calls of a flush. They are first polled in this order, in one turn, before anything else is awaited.
    fn writes<'a>(
        &'a self,
        id: &'a ChannelId,
        slot: &'a Slot<P::Error>,
        Batch { meta, update, mark }: Batch,
        ticket: Ticket,
    ) -> Vec<Call<'a, P::Error>> {
        let mut writes: Vec<Call<'a, P::Error>> = vec![Box::pin(async move {
            let saved = self.persistence.save_channel_meta(id, meta).await;
            saved
                .map(|()| slot.set_saved(ticket))
                .map_err(|cause| failure(id, Operation::SaveChannelMeta, cause))
        })];
        if !update.is_empty() {
            writes.push(Box::pin(async move {
                let updated = self.persistence.update_history(id, update).await;
                updated.map_err(|cause| failure(id, Operation::UpdateHistory, cause))?;
                slot.write(|channel| channel.confirm_history(mark));
                Ok(())
            }));
        }
        let hints = slot.take_hints().into_iter();
        writes.extend(
            hints.map(|(message, hint)| Box::pin(self.write_hint(id, slot, message, hint)) as Call<_>),
        );
        writes
    }

    async fn write_hint(
        &self,
        id: &ChannelId,
        slot: &Slot<P::Error>,
        message: MessageId,
        hint: Bytes,
    ) -> Result<(), PersistenceError<P::Error>> {
        let written = self.persistence.set_retrieval_hint(&message, hint.clone(), id).await;
        written.map_err(|cause| {
            // Tried again with the next operation, as long as it can still be of use.
            if slot.read(|channel| channel.message(&message).is_some()).unwrap_or(false) {
                slot.queue_hint(message, hint);
            }
            failure(id, Operation::SetRetrievalHint, cause)
        })
    }
}

fn batch(channel: &Channel) -> Batch {
    let (update, mark) = channel.pending_history();
    Batch { meta: snapshot::encode(channel, &update), update, mark }
}

pub(super) fn failure<E: std::fmt::Display>(
    channel: &ChannelId,
    operation: Operation,
    cause: E,
) -> PersistenceError<E> {
    PersistenceError { channel: channel.clone(), operation, reason: cause.to_string(), cause: Some(cause) }
}
