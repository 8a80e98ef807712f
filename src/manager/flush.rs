//! Writing a channel's changes: one pair of calls for all operations since the last.

use bytes::Bytes;
use futures_util::future::{join, join_all};

use super::{
    Host, Inner,
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
            let hints = slot.take_hints();
            // Polled in this order, in one turn, before anything else is awaited.
            let pair = self.write(id, slot, batch, ticket);
            let (pair, hinted) = join(pair, self.write_hints(id, slot, hints)).await;
            failures = pair.into_iter().chain(hinted).collect();
        }
        for failure in failures {
            self.host.event(id, Event::PersistenceFailed(failure));
        }
        for event in slot.settle(ticket) {
            self.host.event(id, event);
        }
    }

    async fn write(
        &self,
        id: &ChannelId,
        slot: &Slot<P::Error>,
        Batch { meta, update, mark }: Batch,
        ticket: Ticket,
    ) -> Vec<PersistenceError<P::Error>> {
        let update_history = async {
            if update.is_empty() { Ok(()) } else { self.persistence.update_history(id, update).await }
        };
        let (saved, updated) = join(self.persistence.save_channel_meta(id, meta), update_history).await;
        let mut failures = Vec::new();
        match saved {
            Ok(()) => slot.set_saved(ticket),
            Err(cause) => failures.push(failure(id, Operation::SaveChannelMeta, cause)),
        }
        match updated {
            Ok(()) => slot.write(|channel| channel.confirm_history(mark)).unwrap_or_default(),
            Err(cause) => failures.push(failure(id, Operation::UpdateHistory, cause)),
        }
        failures
    }

    async fn write_hints(
        &self,
        id: &ChannelId,
        slot: &Slot<P::Error>,
        hints: Vec<(MessageId, Bytes)>,
    ) -> Vec<PersistenceError<P::Error>> {
        let write = |(message, hint): (MessageId, Bytes)| async move {
            let result = self.persistence.set_retrieval_hint(&message, hint.clone(), id).await;
            let error = result.err()?;
            // Tried again with the next operation, as long as it can still be of use.
            if slot.read(|channel| channel.message(&message).is_some()).unwrap_or(false) {
                slot.queue_hint(message, hint);
            }
            Some(failure(id, Operation::SetRetrievalHint, error))
        };
        join_all(hints.into_iter().map(write)).await.into_iter().flatten().collect()
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
