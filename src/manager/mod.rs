//! Many channels of one participant: runs an operation in memory, persists once at its end, and hands out the events
//! after that. Operations on a channel never interleave; while its storage is busy, those that come change memory and
//! share the next flush (group commit).

mod calls;
mod error;
mod event;
mod flush;
mod gate;
mod load;
mod operate;
mod slot;
mod slots;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use bytes::Bytes;

use calls::{Call, all};
pub use error::{Error, Operation, PersistenceError};
pub use event::Event;
use operate::channel_gone;
use slot::{SETTLED, Slot};
use slots::Slots;

use crate::{
    codec::wire,
    persistence::Persistence,
    protocol::{
        self, Channel, ChannelId, Config, Effects, Kind, Message, MessageId, Millis, ParticipantId, Received,
        check_outgoing, check_timestamp,
    },
};

/// The application, as the manager calls it. It may call the manager back at any time.
pub trait Host<E> {
    /// Something happened. Events of one channel come in order, after the change that caused them was saved.
    fn event(&self, channel: &ChannelId, event: Event<E>);

    /// Whether it may have retrieval hints.
    fn gives_hints(&self) -> bool {
        true
    }

    /// Asked when a message enters a causal history and has no retrieval hint yet.
    fn retrieval_hint(&self, _message: &MessageId, _channel: &ChannelId) -> Option<Bytes> {
        None
    }
}

/// The reliability manager of one participant. Clones share one state.
pub struct Manager<P: Persistence, H: Host<P::Error>> {
    inner: Rc<Inner<P, H>>,
}

struct Inner<P: Persistence, H: Host<P::Error>> {
    participant: ParticipantId,
    config: Arc<Config>,
    persistence: P,
    host: H,
    slots: RefCell<Slots<P::Error>>,
    closed: Cell<bool>,
}

/// The result of an operation.
pub type Result<T, P> = std::result::Result<T, Error<<P as Persistence>::Error>>;

/// What the protocol answers.
type Checked<T> = std::result::Result<T, protocol::Error>;

impl<P: Persistence, H: Host<P::Error>> Clone for Manager<P, H> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<P: Persistence, H: Host<P::Error>> Manager<P, H> {
    /// A manager without channels. `participant` names this member; empty disables SDS-R.
    pub fn new(participant: ParticipantId, config: Config, persistence: P, host: H) -> Self {
        let slots = RefCell::default();
        let inner = Inner {
            participant,
            config: Arc::new(config),
            persistence,
            host,
            slots,
            closed: Cell::new(false),
        };
        Self { inner: Rc::new(inner) }
    }

    /// The application.
    pub fn host(&self) -> &H {
        &self.inner.host
    }

    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Loads a channel, or creates it if nothing was saved.
    ///
    /// # Errors
    /// Every operation that needs a channel loads it when it is first used, and fails with `Persistence` if that
    /// fails; after [`close`](Self::close) every operation fails with `InvalidState`.
    pub async fn ensure_channel(&self, channel: &ChannelId, now: Millis) -> Result<(), P> {
        self.inner.operate(channel, now, &mut |_| Ok(Effects::default())).await
    }

    /// Wipes a channel: with one call from storage, then from memory.
    ///
    /// # Errors
    /// `Persistence` if the backend fails; then memory is kept.
    pub async fn remove_channel(&self, channel: &ChannelId) -> Result<(), P> {
        self.inner.check_open()?;
        self.inner.remove(channel).await.map_err(Error::Persistence)
    }

    /// Removes every channel that is in memory.
    ///
    /// # Errors
    /// As [`remove_channel`](Self::remove_channel), the first that occurred; the other channels are removed.
    pub async fn reset(&self) -> Result<(), P> {
        self.inner.check_open()?;
        // Ids only: a slot that is held elsewhere is not forgotten.
        let channels = self.inner.slots.borrow().ids();
        let removals = channels.iter().map(|channel| Box::pin(self.inner.remove(channel)) as Call<_>);
        let failures = all(removals.collect()).await;
        failures.into_iter().next().map_or(Ok(()), |failure| Err(Error::Persistence(failure)))
    }

    /// Refuses operations from now on, waits for those under way, and releases memory. Storage is untouched.
    pub async fn close(&self) {
        self.inner.closed.set(true);
        let slots = self.inner.slots.borrow().all();
        for (id, slot) in slots {
            // Behind all that is under way.
            let turn = slot.gate.turn_unless(|| false).await;
            self.inner.flush(&id, &slot).await;
            slot.clear();
            drop(turn);
        }
        self.inner.slots.take();
    }

    /// Makes the bytes of a message to broadcast. From then on it is in the history, and sent again until somebody
    /// acknowledges it.
    ///
    /// # Errors
    /// As [`Channel::wrap`]; nothing has changed then.
    pub async fn wrap_outgoing(
        &self,
        content: Bytes,
        id: MessageId,
        channel: &ChannelId,
        now: Millis,
    ) -> Result<Bytes, P> {
        check_outgoing(&content, &id)?;
        self.inner.wrap(channel, now, &|channel| channel.wrap(content.clone(), id.clone(), now)).await
    }

    /// Makes the bytes of a sync message to broadcast.
    ///
    /// # Errors
    /// As [`Channel::wrap_sync`].
    pub async fn wrap_sync(&self, id: MessageId, channel: &ChannelId, now: Millis) -> Result<Bytes, P> {
        self.inner.wrap(channel, now, &|channel| channel.wrap_sync(id.clone(), now)).await
    }

    /// Makes the bytes of an ephemeral message to broadcast: no state, no order, no repair.
    ///
    /// # Errors
    /// `InvalidArgument` and `MessageTooLarge` as [`check_outgoing`].
    pub fn wrap_ephemeral(&self, content: Bytes, id: MessageId, channel: &ChannelId) -> Result<Bytes, P> {
        self.inner.check_open()?;
        check_outgoing(&content, &id)?;
        Ok(wire::encode(&Message {
            dialect: self.inner.config.dialect,
            message_id: id,
            channel_id: channel.clone(),
            sender_id: self.inner.participant.clone(),
            content,
            ..Message::default()
        }))
    }

    /// Takes in bytes from the network. The channel comes from the message; `only` is the one that it may be, if not any.
    ///
    /// # Errors
    /// `Deserialization` if the bytes are no message, `InvalidArgument` if it is another channel's; nothing has changed
    /// then.
    pub async fn unwrap_received(
        &self,
        bytes: Bytes,
        only: Option<&ChannelId>,
        now: Millis,
    ) -> Result<Received, P> {
        self.inner.check_open()?;
        let message = wire::decode(bytes)?;
        if let Some(only) = only.filter(|only| **only != message.channel_id) {
            let reason = format!("the message belongs to channel {:?}, not to {only:?}", message.channel_id);
            return Err(protocol::Error::InvalidArgument(reason).into());
        }
        if message.kind() == Kind::Ephemeral {
            return Ok(self.inner.pass_on(message));
        }
        // Before a channel is made for it.
        check_timestamp(&message)?;
        let channel = message.channel_id.clone();
        let (mut message, mut received) = (Some(message), None);
        let receive = &mut |channel: &mut Channel| {
            let (result, effects) = channel.receive(message.take().unwrap_or_default(), now)?;
            received = Some(result);
            Ok(effects)
        };
        self.inner.operate(&channel, now, receive).await?;
        received.ok_or_else(|| channel_gone(&channel).into())
    }

    /// The application got these messages elsewhere: what waits for them need not wait any more.
    ///
    /// # Errors
    /// `InvalidArgument` if the channel is not in memory.
    pub async fn mark_dependencies_met(&self, ids: &[MessageId], channel: &ChannelId) -> Result<(), P> {
        self.inner.check_open()?;
        let slot = self.inner.slots.borrow().get(channel);
        if let Some(slot) = &slot {
            // It may be loading, or about to be removed.
            drop(slot.gate.turn_unless(|| slot.is_ready()).await);
        }
        let Some(slot) = slot.filter(|slot| slot.is_loaded()) else {
            let reason = format!("channelId {channel:?} is not a channel of this manager");
            return Err(protocol::Error::InvalidArgument(reason).into());
        };
        self.inner.run(channel, &slot, SETTLED, &mut |channel| Ok(channel.mark_dependencies_met(ids))).await
    }

    /// Looks for own messages to send again and for waiting messages to give up. To be called every
    /// `bufferSweepInterval`. Does nothing for a channel that is not in memory.
    ///
    /// # Errors
    /// `InvalidState` after [`close`](Self::close).
    pub async fn check_unacknowledged(&self, channel: &ChannelId, now: Millis) -> Result<(), P> {
        self.inner.sweep(channel, now, Channel::check_unacknowledged).await
    }

    /// Looks for repair requests to answer and to renew. To be called every `repairSweepInterval`. Does nothing for a
    /// channel that is not in memory.
    ///
    /// # Errors
    /// `InvalidState` after [`close`](Self::close).
    pub async fn sweep_repairs(&self, channel: &ChannelId, now: Millis) -> Result<(), P> {
        self.inner.sweep(channel, now, Channel::sweep_repairs).await
    }

    /// [`sweep_repairs`](Self::sweep_repairs) of every channel, side by side: one whose storage is slow doesn't keep
    /// the others waiting.
    ///
    /// # Errors
    /// `InvalidState` after [`close`](Self::close).
    pub async fn run_repair_sweep(&self, now: Millis) -> Result<(), P> {
        self.inner.check_open()?;
        let channels = self.channels();
        let sweep = |channel| async move {
            // It can't have been removed: this runs in the turn in which the channels were listed.
            _ = self.sweep_repairs(channel, now).await;
            Ok(())
        };
        let sweeps = channels.iter().map(|channel| Box::pin(sweep(channel)) as Call<P::Error>);
        all(sweeps.collect()).await;
        Ok(())
    }

    /// The channels that are in memory.
    pub fn channels(&self) -> Vec<ChannelId> {
        self.inner.slots.borrow().loaded_ids()
    }

    /// Reads a channel. `None` if it is not in memory.
    pub fn read<T>(&self, channel: &ChannelId, read: impl FnOnce(&Channel) -> T) -> Option<T> {
        let slot = self.inner.slots.borrow().get(channel)?;
        slot.read(read)
    }
}

impl<P: Persistence, H: Host<P::Error>> Inner<P, H> {
    fn check_open(&self) -> Checked<()> {
        if self.closed.get() {
            return Err(protocol::Error::InvalidState("the manager was cleaned up".into()));
        }
        Ok(())
    }

    fn slot(&self, id: &ChannelId) -> Rc<Slot<P::Error>> {
        self.slots.borrow_mut().get_or_add(id)
    }

    /// Forgets an empty slot, unless another operation waits for it.
    fn forget_slot(&self, id: &ChannelId, slot: &Rc<Slot<P::Error>>) {
        // One reference is ours, one the map's.
        if Rc::strong_count(slot) <= 2 {
            self.slots.borrow_mut().remove(id);
        }
    }

    /// Hands an ephemeral message to the application.
    fn pass_on(&self, message: Message) -> Received {
        let Message { message_id, channel_id, sender_id, content, .. } = message;
        self.host.event(
            &channel_id,
            Event::MessageReady {
                message_id: message_id.clone(),
                sender_id: sender_id.clone(),
                content: content.clone(),
                lamport_timestamp: None,
            },
        );
        Received {
            message_id,
            channel_id,
            sender_id,
            content,
            kind: Kind::Ephemeral,
            delivered: true,
            missing: Vec::new(),
            duplicate: false,
        }
    }

    async fn remove(&self, id: &ChannelId) -> std::result::Result<(), PersistenceError<P::Error>> {
        let slot = self.slot(id);
        let removal = slot.start_removal();
        let turn = slot.gate.turn_unless(|| false).await;
        let dropped = self.persistence.drop_channel(id).await;
        if dropped.is_ok() {
            slot.clear();
        }
        drop((removal, turn));
        if !slot.is_loaded() {
            self.forget_slot(id, &slot);
        }
        dropped.map_err(|cause| flush::failure(id, Operation::DropChannel, cause))
    }
}
