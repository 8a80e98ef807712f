//! One operation from its beginning to its end.

use bytes::Bytes;

use super::{
    Checked, Host, Inner, Result,
    slot::{SETTLED, Slot, Ticket},
};
use crate::{
    codec::wire,
    persistence::Persistence,
    protocol::{self, Channel, ChannelId, Effects, Message, Millis},
};

/// What an operation does to a channel in memory. It is run once. Behind a pointer, so that the code around it, which is
/// large for being asynchronous, exists once for all operations.
type Change<'a> = &'a mut dyn FnMut(&mut Channel) -> Checked<Effects>;

impl<P: Persistence, H: Host<P::Error>> Inner<P, H> {
    /// Runs one operation: load, change memory, persist once, tell the events.
    pub(super) async fn operate(&self, id: &ChannelId, now: Millis, change: Change<'_>) -> Result<(), P> {
        let (slot, loading) = self.loaded(id, now).await?;
        self.run(id, &slot, loading, change).await
    }

    /// Runs an operation on a channel in memory. If it is refused, what `loading` the channel for it has done remains to
    /// be told.
    pub(super) async fn run(
        &self,
        id: &ChannelId,
        slot: &Slot<P::Error>,
        loading: Ticket,
        change: Change<'_>,
    ) -> Result<(), P> {
        let (result, ticket) = match slot.write(change).unwrap_or_else(|| Err(channel_gone(id))) {
            Ok(effects) => (Ok(()), slot.record(effects)),
            Err(error) => (Err(error.into()), loading),
        };
        self.settle(id, slot, ticket).await;
        result
    }

    /// Sends with the retrieval hints that the application has for the next causal history.
    pub(super) async fn wrap(
        &self,
        id: &ChannelId,
        now: Millis,
        compose: &dyn Fn(&mut Channel) -> Checked<(Message, Effects)>,
    ) -> Result<Bytes, P> {
        let (slot, loading) = self.loaded(id, now).await?;
        let without = self.host.gives_hints().then(|| slot.read(Channel::without_hint)).flatten();
        for message in without.unwrap_or_default() {
            if let Some(hint) = self.host.retrieval_hint(&message, id)
                && slot.write(|channel| channel.set_hint(&message, hint.clone())) == Some(true)
            {
                slot.queue_hint(message, hint);
            }
        }
        let mut wrapped = Bytes::new();
        let change = &mut |channel: &mut Channel| {
            let (message, effects) = compose(channel)?;
            wrapped = wire::encode(&message);
            Ok(effects)
        };
        self.run(id, &slot, loading, change).await?;
        Ok(wrapped)
    }

    pub(super) async fn sweep(
        &self,
        id: &ChannelId,
        now: Millis,
        sweep: fn(&mut Channel, Millis) -> Effects,
    ) -> Result<(), P> {
        self.check_open()?;
        let slot = self.slots.borrow().get(id);
        let Some(slot) = slot.filter(|slot| slot.is_ready()) else {
            return Ok(());
        };
        self.run(id, &slot, SETTLED, &mut |channel| Ok(sweep(channel, now))).await
    }
}

pub(super) fn channel_gone(id: &ChannelId) -> protocol::Error {
    protocol::Error::InvalidState(format!("channel {id:?} was removed"))
}
