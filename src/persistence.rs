//! The port behind which a channel's state is kept: five asynchronous methods.
//!
//! At the end of an operation the manager calls [`save_channel_meta`](Persistence::save_channel_meta) and, if the
//! history changed, [`update_history`](Persistence::update_history) back to back, and waits for both together: a
//! backend can put the two into one transaction. One that can't is still safe: any subset of the calls may have
//! reached the disk when the process dies.

use std::{cell::RefCell, collections::BTreeMap, convert::Infallible, rc::Rc};

use bytes::Bytes;

use crate::protocol::{ChannelId, HistoryUpdate, MessageId};

/// All that a backend keeps of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelData {
    /// The newest snapshot, as saved.
    pub meta: Option<Bytes>,
    /// The encoded messages of the history, in any order.
    pub message_history: Vec<Bytes>,
    pub retrieval_hints: Vec<(MessageId, Bytes)>,
}

/// A place where the state of channels is kept.
///
/// A future must do its work when it is first polled, not when it is made, and must not depend on the others of the
/// same operation being finished.
#[allow(async_fn_in_trait)] // Single-threaded by design: no `Send` bounds wanted.
pub trait Persistence {
    /// What a backend reports when something fails. It is handed on to the application.
    type Error: std::fmt::Display;

    /// Whether anything is kept at all. If not, nothing is written, and snapshots are not even made.
    fn keeps(&self) -> bool {
        true
    }

    /// Replaces the channel's snapshot.
    async fn save_channel_meta(&self, channel: &ChannelId, meta: Bytes) -> Result<(), Self::Error>;

    /// Appends and deletes as one batch. Never called with an empty update.
    async fn update_history(&self, channel: &ChannelId, update: HistoryUpdate) -> Result<(), Self::Error>;

    /// All that is kept of the channel; `None` if it was never saved.
    async fn load_channel(&self, channel: &ChannelId) -> Result<Option<ChannelData>, Self::Error>;

    /// Wipes the channel.
    async fn drop_channel(&self, channel: &ChannelId) -> Result<(), Self::Error>;

    /// Keeps a hint that the application gave for a message.
    async fn set_retrieval_hint(
        &self,
        message: &MessageId,
        hint: Bytes,
        channel: &ChannelId,
    ) -> Result<(), Self::Error>;
}

/// Without a backend nothing is kept.
impl<P: Persistence> Persistence for Option<P> {
    type Error = P::Error;

    fn keeps(&self) -> bool {
        self.as_ref().is_some_and(P::keeps)
    }

    async fn save_channel_meta(&self, channel: &ChannelId, meta: Bytes) -> Result<(), P::Error> {
        match self {
            Some(backend) => backend.save_channel_meta(channel, meta).await,
            None => Ok(()),
        }
    }

    async fn update_history(&self, channel: &ChannelId, update: HistoryUpdate) -> Result<(), P::Error> {
        match self {
            Some(backend) => backend.update_history(channel, update).await,
            None => Ok(()),
        }
    }

    async fn load_channel(&self, channel: &ChannelId) -> Result<Option<ChannelData>, P::Error> {
        match self {
            Some(backend) => backend.load_channel(channel).await,
            None => Ok(None),
        }
    }

    async fn drop_channel(&self, channel: &ChannelId) -> Result<(), P::Error> {
        match self {
            Some(backend) => backend.drop_channel(channel).await,
            None => Ok(()),
        }
    }

    async fn set_retrieval_hint(
        &self,
        message: &MessageId,
        hint: Bytes,
        channel: &ChannelId,
    ) -> Result<(), P::Error> {
        match self {
            Some(backend) => backend.set_retrieval_hint(message, hint, channel).await,
            None => Ok(()),
        }
    }
}

#[derive(Debug, Default)]
struct Kept {
    meta: Option<Bytes>,
    history: BTreeMap<MessageId, Bytes>,
    hints: BTreeMap<MessageId, Bytes>,
}

/// Keeps everything in memory, for tests and simulations. Clones share what is kept, so that a second manager finds
/// what the first has saved.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    channels: Rc<RefCell<BTreeMap<ChannelId, Kept>>>,
}

impl Memory {
    /// What is kept of a channel now, in no particular order.
    pub fn data(&self, channel: &ChannelId) -> Option<ChannelData> {
        let channels = self.channels.borrow();
        let kept = channels.get(channel)?;
        Some(ChannelData {
            meta: kept.meta.clone(),
            message_history: kept.history.values().cloned().collect(),
            retrieval_hints: kept.hints.iter().map(|(id, hint)| (id.clone(), hint.clone())).collect(),
        })
    }

    fn change(&self, channel: &ChannelId, change: impl FnOnce(&mut Kept)) -> Result<(), Infallible> {
        change(self.channels.borrow_mut().entry(channel.clone()).or_default());
        Ok(())
    }
}

impl Persistence for Memory {
    type Error = Infallible;

    async fn save_channel_meta(&self, channel: &ChannelId, meta: Bytes) -> Result<(), Infallible> {
        self.change(channel, |kept| kept.meta = Some(meta))
    }

    async fn update_history(&self, channel: &ChannelId, update: HistoryUpdate) -> Result<(), Infallible> {
        self.change(channel, |kept| {
            kept.history.extend(update.append.into_iter().map(|message| (message.message_id, message.bytes)));
            for id in &update.evict {
                kept.history.remove(id);
            }
        })
    }

    async fn load_channel(&self, channel: &ChannelId) -> Result<Option<ChannelData>, Infallible> {
        Ok(self.data(channel))
    }

    async fn drop_channel(&self, channel: &ChannelId) -> Result<(), Infallible> {
        self.channels.borrow_mut().remove(channel);
        Ok(())
    }

    async fn set_retrieval_hint(
        &self,
        message: &MessageId,
        hint: Bytes,
        channel: &ChannelId,
    ) -> Result<(), Infallible> {
        self.change(channel, |kept| {
            kept.hints.insert(message.clone(), hint);
        })
    }
}
