//! What must hold of one participant, whatever happens.

use std::collections::{BTreeMap, BTreeSet};

use sds_wasm::{
    manager::{Error, Event, Operation},
    protocol::{Channel, Config, Kind, Message, MessageId, Received},
};

use crate::{
    log::Log,
    participant::Told,
    storage::{Disk, Failure},
};

/// All messages that were ever broadcast.
pub type Messages = BTreeMap<MessageId, Message>;

/// The application's view of a participant, over all its runs.
pub struct Model {
    name: String,
    config: Config,
    log: Log,
    /// Own messages and those told ready, as far as they must be remembered.
    delivered: BTreeSet<MessageId>,
    /// Dependencies of delivered messages that were not delivered: too late for them.
    too_late: BTreeSet<MessageId>,
    /// Told missing something, not delivered yet.
    waiting: BTreeSet<MessageId>,
    given_up: BTreeSet<MessageId>,
    /// Own messages whose promise has resolved.
    pub resolved: BTreeSet<MessageId>,
    clock: u64,
    failures_told: usize,
    must_be_loaded: Option<BTreeSet<MessageId>>,
    pub deliveries: usize,
}

impl Model {
    pub fn new(name: &str, config: &Config, log: Log) -> Self {
        Self {
            name: name.to_owned(),
            config: config.clone(),
            log,
            delivered: BTreeSet::new(),
            too_late: BTreeSet::new(),
            waiting: BTreeSet::new(),
            given_up: BTreeSet::new(),
            resolved: BTreeSet::new(),
            clock: 0,
            failures_told: 0,
            must_be_loaded: None,
            deliveries: 0,
        }
    }

    fn check(&self, holds: bool, text: impl FnOnce() -> String) {
        self.log.check(holds, &self.name, text);
    }

    fn keeps_all(&self) -> bool {
        self.config.max_message_history >= Config::default().max_message_history
    }

    /// A new run begins with what is on the disk: all that was promised, and perhaps more.
    pub fn restarted(&mut self, disk: &Disk) {
        let kept = disk.messages();
        if self.keeps_all() {
            let lost: Vec<_> = disk.promised.difference(&kept).collect();
            self.check(lost.is_empty(), || format!("{lost:?} were reported as written, the disk has not"));
        }
        // What never reached the disk was told, but is not known any more: it may be told again.
        self.resolved.retain(|id| kept.contains(id));
        self.waiting.clear();
        self.too_late.clear();
        if self.keeps_all() {
            let missing: Vec<_> = disk.dependencies().difference(&kept).cloned().collect();
            self.check(missing.is_empty(), || {
                format!("{missing:?} were delivered before messages that are kept, and are gone")
            });
        }
        self.clock = disk.promised_clock;
        self.failures_told = 0;
        // What was evicted before may be delivered again, whatever depends on it.
        if self.keeps_all() {
            self.delivered.clear();
        }
        self.delivered.extend(kept.iter().cloned());
        self.must_be_loaded = Some(kept);
    }

    /// A look at the channel after a step.
    pub fn look(&mut self, channel: &Channel) {
        let (before, clock) = (self.clock, channel.lamport_timestamp());
        self.check(clock >= before, || format!("the clock went from {before} back to {clock}"));
        self.clock = clock;
        if let Some(mut lost) = self.must_be_loaded.take()
            && self.keeps_all()
        {
            lost.retain(|id| channel.message(id).is_none());
            self.check(lost.is_empty(), || format!("{lost:?} were on the disk, but were not loaded"));
        }
        let config = &self.config;
        let limits = [
            (channel.history().count(), config.max_message_history, "history"),
            (channel.incoming().count(), config.max_incoming_buffer, "incoming buffer"),
            (channel.repair_requests().count(), config.max_repair_buffer, "outgoing repair buffer"),
            (channel.repair_responses().count(), config.max_repair_buffer, "incoming repair buffer"),
        ];
        for (size, limit, name) in limits {
            self.check(size <= limit, || format!("{size} in the {name}, the limit is {limit}"));
        }
    }

    pub fn hear(&mut self, told: &Told, messages: &Messages, disk: &Disk) {
        match told {
            Told::Event(event) => self.event(event, messages, disk),
            Told::Wrapped(id, result) => {
                self.ended(result, disk);
                if result.is_ok() && !is_sync(id) {
                    self.wrapped(id, disk);
                }
            }
            Told::Unwrapped(result) => {
                self.ended(result, disk);
                if let Ok(received) = result {
                    self.unwrapped(received);
                }
            }
            Told::Done(result) => self.ended(result, disk),
        }
    }

    /// The only thing an operation may fail with here is a load that failed.
    fn ended<T>(&self, result: &Result<T, Error<Failure>>, disk: &Disk) {
        if let Err(error) = result {
            let is_load =
                matches!(error, Error::Persistence(failure) if failure.operation == Operation::LoadChannel);
            self.check(is_load && disk.failed_loads > 0, || format!("an operation failed: {error}"));
        }
        let (told, failed) = (self.failures_told, disk.failed_writes);
        self.check(disk.is_writing() || told == failed, || {
            format!("{failed} writes failed, {told} were told before the operation ended")
        });
    }

    fn wrapped(&mut self, id: &MessageId, disk: &Disk) {
        self.resolved.insert(id.clone());
        let is_safe = disk.promised.contains(id) || disk.failed_writes > 0 || !self.keeps_all();
        self.check(is_safe, || format!("{id} was wrapped, but neither written nor reported as not written"));
    }

    /// The events of an operation come before its end.
    fn unwrapped(&self, received: &Received) {
        let id = &received.message_id;
        if received.duplicate || received.kind != Kind::Content {
            return;
        }
        if received.delivered {
            self.check(self.delivered.contains(id), || {
                format!("{id} was not told ready before its unwrap ended")
            });
        } else {
            let told = [&self.waiting, &self.given_up, &self.delivered];
            let was_told = told.iter().any(|ids| ids.contains(id));
            self.check(was_told, || format!("{id} was not told to miss something before its unwrap ended"));
        }
    }

    fn event(&mut self, event: &Event<Failure>, messages: &Messages, disk: &Disk) {
        match event {
            Event::MessageReady { message_id, .. } => self.ready(message_id, messages, disk),
            Event::MissingDependencies { message_id, .. } => {
                let is_new = self.waiting.insert(message_id.clone());
                self.check(is_new || !self.keeps_all(), || {
                    format!("{message_id} was told twice to miss something")
                });
            }
            Event::PersistenceFailed(_) => self.failures_told += 1,
            Event::MessageLost { message_id, .. } => {
                let may_be = self.config.max_incoming_buffer < Config::default().max_incoming_buffer;
                self.check(may_be, || format!("{message_id} was given up"));
                self.waiting.remove(message_id);
                self.given_up.insert(message_id.clone());
            }
            Event::FilterIgnored { message_id, reason } => {
                self.check(false, || format!("the filter of {message_id} was ignored: {reason}"));
            }
            Event::MessageSent { .. } | Event::MessageResend { .. } | Event::RepairReady { .. } => {}
        }
    }

    fn ready(&mut self, id: &MessageId, messages: &Messages, disk: &Disk) {
        self.deliveries += 1;
        self.waiting.remove(id);
        let is_new = !self.delivered.contains(id);
        self.check(is_new || !self.keeps_all(), || format!("{id} was delivered again"));
        let in_time = !self.too_late.contains(id);
        self.check(in_time, || format!("{id} was delivered after a message that depends on it"));
        let was_tried = disk.tried.contains(id) || !self.keeps_all();
        self.check(was_tried, || format!("{id} was told ready before storage was asked to keep it"));
        self.deliver(id, messages);
    }

    /// From now on nothing that this message depends on may be delivered.
    pub fn deliver(&mut self, id: &MessageId, messages: &Messages) {
        self.delivered.insert(id.clone());
        let dependencies = messages[id].causal_history.iter();
        let missing = dependencies.filter(|entry| !self.delivered.contains(&entry.message_id));
        self.too_late.extend(missing.map(|entry| entry.message_id.clone()));
    }
}

pub fn is_sync(id: &MessageId) -> bool {
    id.as_str().starts_with("sync")
}
