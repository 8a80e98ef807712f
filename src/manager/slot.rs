//! A channel's place in the manager: its state, and how far storage has caught up with it.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use bytes::Bytes;

use super::{event::Event, gate::Gate};
use crate::protocol::{Channel, Effects, MessageId};

/// Numbers the operations of a channel that storage or the application must hear of.
pub(super) type Ticket = u64;

/// The ticket of nothing: there is nothing to wait for.
pub(super) const SETTLED: Ticket = 0;

pub(super) struct Slot<E> {
    /// `None` until loaded, and after removal.
    channel: RefCell<Option<Channel>>,
    pub gate: Gate,
    /// Removals that wait or run: operations that come now wait for their end.
    removals: Cell<u32>,
    last: Cell<Ticket>,
    /// The last operation that changed the snapshot, and the last whose snapshot was saved.
    changed: Cell<Ticket>,
    saved: Cell<Ticket>,
    settled: Cell<Ticket>,
    outbox: RefCell<VecDeque<(Ticket, Event<E>)>>,
    hints: RefCell<Vec<(MessageId, Bytes)>>,
}

impl<E> Slot<E> {
    pub fn new() -> Self {
        Self {
            channel: RefCell::default(),
            gate: Gate::default(),
            removals: Cell::default(),
            last: Cell::default(),
            changed: Cell::default(),
            saved: Cell::default(),
            settled: Cell::default(),
            outbox: RefCell::default(),
            hints: RefCell::default(),
        }
    }

    /// Whether an operation can run now.
    pub fn is_ready(&self) -> bool {
        self.is_loaded() && self.removals.get() == 0
    }

    pub fn is_loaded(&self) -> bool {
        self.channel.borrow().is_some()
    }

    pub fn set_channel(&self, channel: Channel) {
        self.channel.replace(Some(channel));
    }

    /// Empties the slot: a channel that takes it later has nothing to do with what was here.
    pub fn clear(&self) {
        self.channel.take();
        self.hints.take();
        self.saved.set(self.changed.get());
    }

    /// Reads the channel. `None` if it is not loaded.
    pub fn read<T>(&self, read: impl FnOnce(&Channel) -> T) -> Option<T> {
        self.channel.borrow().as_ref().map(read)
    }

    /// Changes the channel. `None` if it is not loaded.
    pub fn write<T>(&self, write: impl FnOnce(&mut Channel) -> T) -> Option<T> {
        self.channel.borrow_mut().as_mut().map(write)
    }

    /// Makes operations wait until the guard is dropped.
    pub fn start_removal(&self) -> Removal<'_, E> {
        self.removals.set(self.removals.get().saturating_add(1));
        Removal(self)
    }

    /// Takes note of what an operation did. Returns the ticket to settle.
    pub fn record(&self, Effects { events, changed }: Effects) -> Ticket {
        // With nothing to tell and nothing to write there is nothing to wait for.
        if !changed && events.is_empty() && !self.is_behind() {
            return self.settled.get();
        }
        let ticket = self.last.get().saturating_add(1);
        self.last.set(ticket);
        if changed {
            self.changed.set(ticket);
        }
        self.outbox.borrow_mut().extend(events.into_iter().map(|event| (ticket, event.into())));
        ticket
    }

    /// Whether storage lacks something, for example because a save has failed.
    pub fn is_behind(&self) -> bool {
        self.changed.get() > self.saved.get()
            || !self.hints.borrow().is_empty()
            || self.read(Channel::has_pending_history).unwrap_or(false)
    }

    pub fn last_ticket(&self) -> Ticket {
        self.last.get()
    }

    pub fn is_settled(&self, ticket: Ticket) -> bool {
        self.settled.get() >= ticket
    }

    /// The snapshot was saved as it was at `ticket`.
    pub fn set_saved(&self, ticket: Ticket) {
        self.saved.set(ticket);
    }

    /// There is no storage to catch up with.
    pub fn write_off(&self, ticket: Ticket) {
        self.set_saved(ticket);
        self.take_hints();
        self.write(|channel| channel.confirm_history(u64::MAX));
    }

    /// Storage has been tried for everything up to `ticket`. Returns the events that may be told now.
    pub fn settle(&self, ticket: Ticket) -> Vec<Event<E>> {
        self.settled.set(ticket);
        let mut outbox = self.outbox.borrow_mut();
        let mut due = Vec::new();
        while outbox.front().is_some_and(|(of, _)| *of <= ticket) {
            due.extend(outbox.pop_front().map(|(_, event)| event));
        }
        due
    }

    pub fn queue_hint(&self, id: MessageId, hint: Bytes) {
        self.hints.borrow_mut().push((id, hint));
    }

    pub fn take_hints(&self) -> Vec<(MessageId, Bytes)> {
        self.hints.take()
    }
}

/// A removal that waits or runs.
pub(super) struct Removal<'a, E>(&'a Slot<E>);

impl<E> Drop for Removal<'_, E> {
    fn drop(&mut self) {
        self.0.removals.set(self.0.removals.get().saturating_sub(1));
    }
}
