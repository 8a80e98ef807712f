//! One run: participants, their disks and the network between them, in virtual time, all from one seed.

mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use fastrand::Rng;
use sds_wasm::{
    codec::wire,
    manager::Event,
    protocol::{Message, MessageId},
};

use crate::{
    counts::Counts,
    defect::Defect,
    log::Log,
    model::{Messages, is_sync},
    network::Network,
    participant::{Participant, Told},
    settings::{Profile, Settings, StorageFaults},
    storage::{Failure, Storage},
};

/// The longest time from the last fault until all is well, in milliseconds.
const PATIENCE: u64 = 120_000;
/// All logs must stay equal for so long.
const QUIET: u64 = 1000;

pub struct World {
    settings: Settings,
    rng: Rng,
    log: Log,
    now: u64,
    network: Network,
    participants: Vec<Participant>,
    /// How far the clocks of their machines are ahead.
    ahead: Vec<u64>,
    messages: Messages,
    /// Whom a message was handed to.
    received: BTreeMap<MessageId, BTreeSet<usize>>,
    sent: usize,
    syncs: usize,
    defect: Option<Defect>,
    counts: Counts,
}

impl World {
    pub fn new(seed: u64, log: Log, defect: Option<Defect>) -> Self {
        let mut rng = Rng::with_seed(seed);
        let settings = Settings::draw(Profile::of(seed), &mut rng);
        log.line("", || format!("{settings:?}"));
        let names = (0..settings.participants).map(|number| format!("p{number}"));
        let participants = names.map(|name| {
            let storage = Storage::new(&name, settings.storage.clone(), log.clone());
            if let Some(defect) = defect {
                defect.install(&storage);
            }
            Participant::new(&name, storage, &settings.config, log.clone())
        });
        Self {
            participants: participants.collect(),
            ahead: vec![0; settings.participants],
            network: Network::new(settings.participants, settings.network.clone()),
            now: 1_700_000_000_000,
            messages: Messages::new(),
            received: BTreeMap::new(),
            sent: 0,
            syncs: 0,
            settings,
            rng,
            log,
            defect,
            counts: Counts::default(),
        }
    }

    /// Runs to the end. What went wrong is in the log.
    pub fn run(mut self) -> Counts {
        self.log.set_now(self.now);
        for at in 0..self.participants.len() {
            self.start(at);
        }
        while self.sent < self.settings.messages {
            self.step(true);
        }
        self.heal();
        self.settle();
        self.check_timestamps();
        if self.settings.profile.keeps_all() && self.log.violations().is_empty() {
            self.restart_all();
        }
        self.count()
    }

    fn count(self) -> Counts {
        let mut counts = self.counts;
        counts.runs = 1;
        counts.messages = self.sent;
        counts.not_promised = self.sent - self.promised().len();
        for participant in &self.participants {
            counts.deliveries += participant.model.deliveries;
            counts.torn += participant.storage.disk().torn;
            counts.failed_writes += participant.storage.disk().all_failed_writes;
            counts.most_under_way = counts.most_under_way.max(participant.most_under_way);
        }
        counts
    }

    fn step(&mut self, is_troubled: bool) {
        let before = self.now;
        self.now += self.rng.u64(1..=40);
        self.log.set_now(self.now);
        if is_troubled {
            self.trouble();
            self.send();
        }
        self.sweep(before);
        self.deliver();
        self.write();
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.rng.f64() < chance
    }

    fn trouble(&mut self) {
        if self.happens(self.settings.partition) {
            self.log.line("net", || "divides or heals".into());
            self.network.divide(&mut self.rng);
        }
        for at in 0..self.participants.len() {
            if !self.participants[at].is_running() {
                if self.happens(0.05) {
                    self.start(at);
                }
                continue;
            }
            if self.happens(self.settings.set_clock) {
                self.set_clock(at);
            }
            if self.happens(self.settings.burst) {
                let mut disk = self.participants[at].storage.disk_mut();
                disk.is_down = !disk.is_down;
            }
            let is_writing = self.participants[at].storage.disk().is_writing();
            let chance = self.settings.crash + if is_writing { self.settings.tear } else { 0.0 };
            if self.happens(chance) {
                self.crash(at);
            }
        }
    }

    fn start(&mut self, at: usize) {
        let before = self.participants[at].dialect;
        let dialect = self.settings.profile.dialect(before, &mut self.rng);
        self.counts.dialect_changes += usize::from(before.is_some_and(|before| before != dialect));
        self.set_clock(at);
        let time = self.time(at);
        self.participants[at].start(self.settings.config_of(dialect), time);
        self.hear(at);
    }

    fn set_clock(&mut self, at: usize) {
        self.ahead[at] = self.rng.u64(0..=self.settings.ahead);
    }

    /// The time that a participant believes it is.
    fn time(&self, at: usize) -> u64 {
        self.now + self.ahead[at]
    }

    fn crash(&mut self, at: usize) {
        self.counts.crashes += 1;
        self.participants[at].crash(&mut self.rng);
    }

    fn send(&mut self) {
        for at in 0..self.participants.len() {
            if self.sent < self.settings.messages
                && self.participants[at].is_running()
                && self.happens(self.settings.send)
            {
                self.sent += 1;
                let id = format!("p{at}-{}", self.sent);
                let content = Bytes::from(format!("content of {id}"));
                let time = self.time(at);
                self.participants[at].send(id.as_str().into(), content, time);
                self.hear(at);
            }
        }
    }

    /// What an application does at intervals. Not all participants at the same time.
    fn sweep(&mut self, before: u64) {
        let (now, config) = (self.now, self.settings.config.clone());
        for at in 0..self.participants.len() {
            let time = self.time(at);
            let is_due =
                |interval: u64| (now + 17 * at as u64) / interval != (before + 17 * at as u64) / interval;
            if is_due(config.sync_message_interval) {
                self.syncs += 1;
                let id = format!("sync-p{at}-{}", self.syncs);
                self.participants[at].send_sync(id.as_str().into(), time);
            }
            if is_due(config.buffer_sweep_interval) {
                self.participants[at].sweep(time);
            }
            if is_due(config.repair_sweep_interval) {
                self.participants[at].sweep_repairs(time);
            }
            self.hear(at);
        }
    }

    fn deliver(&mut self) {
        for (to, bytes) in self.network.arrivals(self.now) {
            let message = wire::decode(bytes.clone()).unwrap();
            if self.defect == Some(Defect::DeafParticipant) && to == 0 && Defect::is_unheard(&message) {
                continue;
            }
            if self.participants[to].is_running() {
                self.received.entry(message.message_id.clone()).or_default().insert(to);
                let (time, before) = (self.time(to), self.participants[to].unacknowledged());
                self.participants[to].receive(bytes, time);
                self.look(to, &message, before);
                self.hear(to);
            }
        }
    }

    /// Counts what a message did to the outgoing buffer of its receiver.
    fn look(&mut self, at: usize, message: &Message, mut before: BTreeSet<MessageId>) {
        let is_other = self.participants[at].dialect != Some(message.dialect);
        for entry in &message.causal_history {
            before.remove(&entry.message_id);
        }
        let after = self.participants[at].unacknowledged();
        let by_filter = before.difference(&after).count();
        self.counts.in_other_dialect += usize::from(is_other);
        let count = if is_other { &mut self.counts.by_other_filter } else { &mut self.counts.by_filter };
        *count += by_filter;
    }

    fn write(&mut self) {
        for at in 0..self.participants.len() {
            while self.participants[at].storage.end_one(&mut self.rng) {
                self.participants[at].advance();
                self.hear(at);
            }
        }
    }

    /// Takes note of what a participant told, and broadcasts what it wants to.
    fn hear(&mut self, at: usize) {
        let mut all = self.participants[at].hear();
        if let Some(defect) = self.defect {
            defect.distort(&mut all);
        }
        for told in all {
            self.log.line(&self.participants[at].name, || describe(&told));
            // Sent before it is judged: what is told may be about it.
            if let Some(bytes) = broadcast_of(&told) {
                self.broadcast(at, bytes);
            }
            if let Told::Event(event) = &told {
                self.note(at, event);
            }
            let Participant { model, storage, .. } = &mut self.participants[at];
            model.hear(&told, &self.messages, &storage.disk());
            if let Told::Wrapped(id, Ok(_)) = &told
                && !is_sync(id)
            {
                model.deliver(id, &self.messages);
            }
        }
    }

    fn broadcast(&mut self, from: usize, bytes: &Bytes) {
        let mut message = wire::decode(bytes.clone()).unwrap();
        let mut bytes = bytes.clone();
        if let Some(defect) = self.defect
            && defect.change(from, &mut message)
        {
            bytes = wire::encode(&message);
        }
        let dialect = self.participants[from].dialect;
        self.log.check(dialect == Some(message.dialect), &self.participants[from].name, || {
            format!("sent {:?} in the dialect {:?}, not in its own", message.message_id, message.dialect)
        });
        let known = self.messages.entry(message.message_id.clone()).or_insert_with(|| message.clone());
        self.counts.translated += usize::from(known.dialect != message.dialect);
        let is_same = |a: &Message, b: &Message| {
            (a.lamport_timestamp, &a.content, &a.causal_history)
                == (b.lamport_timestamp, &b.content, &b.causal_history)
        };
        self.log.check(is_same(known, &message), "net", || format!("{:?} changed", message.message_id));
        self.network.broadcast(from, &bytes, self.now, &mut self.rng);
    }

    fn note(&mut self, at: usize, event: &Event<Failure>) {
        match event {
            Event::MessageSent { message_id, acknowledged: true } => {
                self.counts.acknowledged += 1;
                let receivers = self.received.get(message_id);
                let is_true =
                    receivers.is_some_and(|receivers| receivers.iter().any(|receiver| *receiver != at));
                self.log.check(is_true, &format!("p{at}"), || {
                    format!("{message_id} was acknowledged, but nobody has received it")
                });
            }
            Event::MessageResend { .. } => self.counts.resends += 1,
            Event::RepairReady { .. } => self.counts.repairs += 1,
            Event::MessageLost { .. } => self.counts.given_up += 1,
            _ => {}
        }
    }

    fn heal(&mut self) {
        self.log.line("", || "all heals".into());
        self.network.heal();
        for at in 0..self.participants.len() {
            if !self.participants[at].is_running() {
                self.start(at);
            }
            let mut disk = self.participants[at].storage.disk_mut();
            disk.is_down = false;
            disk.faults = StorageFaults::default();
        }
    }

    /// Runs until all is well, and stays so for a while.
    fn settle(&mut self) {
        let deadline = self.now + PATIENCE;
        let mut well_since = self.now;
        while self.now < deadline && self.now - well_since < QUIET && self.log.violations().is_empty() {
            self.step(false);
            if self.wrong().is_some() {
                well_since = self.now;
            }
        }
        if let Some(wrong) = self.wrong() {
            self.log.violation("all", wrong);
        }
    }

    /// Whatever else was going on: who starts again now has the same log.
    fn restart_all(&mut self) {
        for at in 0..self.participants.len() {
            let before = self.participants[at].log_ids();
            self.participants[at].crash(&mut self.rng);
            self.start(at);
            self.write();
            let after = self.participants[at].log_ids();
            self.log.check(before == after, &format!("p{at}"), || format!("{before:?} became {after:?}"));
        }
    }
}

fn broadcast_of(told: &Told) -> Option<&Bytes> {
    match told {
        Told::Wrapped(_, Ok(bytes))
        | Told::Event(Event::MessageResend { bytes, .. } | Event::RepairReady { bytes, .. }) => Some(bytes),
        _ => None,
    }
}

fn describe(told: &Told) -> String {
    match told {
        Told::Event(Event::MessageResend { message_id, attempt, .. }) => {
            format!("resends {message_id}, attempt {attempt}")
        }
        Told::Event(Event::RepairReady { message_id, .. }) => format!("repairs {message_id}"),
        Told::Event(Event::MessageReady { message_id, .. }) => format!("ready: {message_id}"),
        Told::Event(event) => format!("{event:?}"),
        Told::Wrapped(id, result) => format!("wrapped {id}: {}", outcome(result)),
        Told::Unwrapped(Ok(received)) => format!(
            "unwrapped {}: delivered {}, duplicate {}",
            received.message_id, received.delivered, received.duplicate
        ),
        Told::Unwrapped(result) => format!("unwrapped: {}", outcome(result)),
        Told::Done(result) => format!("done: {}", outcome(result)),
    }
}

fn outcome<T, E: std::fmt::Display>(result: &Result<T, E>) -> String {
    result.as_ref().map_or_else(ToString::to_string, |_| "ok".into())
}
