//! One run: participants and the network between them, in virtual time, event by event.

use std::{cell::Cell, collections::BTreeMap, rc::Rc, sync::Arc};

use bytes::Bytes;
use fastrand::Rng;
use sds_wasm::{
    codec::wire,
    protocol::{Config, Effects, Event, Kind, Message, MessageId, Millis, ParticipantId},
};

use crate::{
    format::Shared,
    heads::Heads,
    measures::{Cause, Measures, Report},
    participant::Participant,
    plan::Plan,
    rules::Rule,
    scenario::{LATENCY, Scenario},
    sync::Timer,
};

/// The first message is sent after this: all timers have run out once.
const WARM_UP: Millis = 60_000;
const BEGIN: Millis = 1_700_000_000_000;

/// A broadcast under way.
struct Packet {
    message: Message,
    cause: Cause,
    size: u64,
    filter: u64,
    is_useful: Cell<bool>,
}

/// What happens next.
enum Step {
    Send,
    Arrive { to: usize, packet: Rc<Packet> },
    Sweep(usize),
    SweepRepairs(usize),
    PeriodicSync(usize),
    Sync(usize, Timer),
}

pub struct World {
    scenario: Scenario,
    config: Arc<Config>,
    rng: Rng,
    now: Millis,
    participants: Vec<Participant>,
    plan: Plan<Step>,
    /// When each message was sent.
    sent: BTreeMap<MessageId, Millis>,
    last_sent: Millis,
    /// When the last delivery was made.
    last_delivered: Millis,
    measures: Measures,
}

impl World {
    pub fn new(scenario: &Scenario) -> Self {
        Shared::clear();
        let mut rng = Rng::with_seed(scenario.seed);
        let config = Arc::new(scenario.config());
        let participants = (0..scenario.participants).map(|_| {
            let name = ParticipantId::from(random_id(&mut rng));
            Participant::new(&name, &config, scenario.has(Rule::Heads).then(Heads::default))
        });
        Self {
            participants: participants.collect(),
            config,
            rng,
            now: BEGIN,
            plan: Plan::default(),
            sent: BTreeMap::new(),
            last_sent: BEGIN,
            last_delivered: BEGIN,
            measures: Measures::default(),
            scenario: scenario.clone(),
        }
    }

    /// Runs until all logs are equal, or the group's patience ends.
    pub fn run(mut self) -> Report {
        self.start();
        let wanted = self.scenario.messages * (self.scenario.participants - 1);
        while let Some((at, step)) = self.plan.pop() {
            let is_over = self.sent.len() == self.scenario.messages
                && (self.measures.delays.len() == wanted
                    || at > self.last_sent + 1000 * self.scenario.patience);
            if is_over {
                break;
            }
            self.now = at;
            self.take(step);
        }
        let converged = self.measures.delays.len() == wanted;
        assert!(!converged || self.logs_are_equal(), "all is delivered, but the logs differ");
        self.measures.report(self.scenario, self.last_delivered.saturating_sub(self.last_sent))
    }

    /// Everybody's timers are somewhere in their interval.
    fn start(&mut self) {
        let config = self.config.clone();
        for who in 0..self.participants.len() {
            for (interval, step) in [
                (config.buffer_sweep_interval, Step::Sweep(who)),
                (config.repair_sweep_interval, Step::SweepRepairs(who)),
                (config.sync_message_interval, Step::PeriodicSync(who)),
            ] {
                let at = self.now + self.rng.u64(..interval);
                self.plan.push(at, step);
            }
            self.restart_sync(who);
        }
        self.plan.push(self.now + WARM_UP, Step::Send);
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Send => self.send(),
            Step::Arrive { to, packet } => self.arrive(to, &packet),
            Step::Sweep(who) => {
                let effects = self.participants[who].channel.check_unacknowledged(self.now);
                self.heed(who, effects);
                self.plan.push(self.now + self.config.buffer_sweep_interval, Step::Sweep(who));
            }
            Step::SweepRepairs(who) => {
                let participant = &mut self.participants[who];
                self.measures.look(&participant.buffers());
                let effects = participant.channel.sweep_repairs(self.now);
                self.heed(who, effects);
                self.plan.push(self.now + self.config.repair_sweep_interval, Step::SweepRepairs(who));
            }
            Step::PeriodicSync(who) => {
                self.hurry(who);
                self.plan.push(self.now + self.config.sync_message_interval, Step::PeriodicSync(who));
            }
            Step::Sync(who, timer) => self.sync(who, timer),
        }
    }

    fn send(&mut self) {
        let from = self.rng.usize(..self.participants.len());
        let id = MessageId::from(random_id(&mut self.rng));
        let content = Bytes::from(vec![b'x'; self.scenario.content]);
        self.sent.insert(id.clone(), self.now);
        self.last_sent = self.now;
        let (message, effects) = self.participants[from].send(id, content, self.now);
        self.heed(from, effects);
        self.restart_sync(from);
        self.broadcast(from, &wire::encode(&message), Cause::Content);
        if self.sent.len() < self.scenario.messages {
            // Independent of each other, as those of people are.
            let pause = -(1.0 - self.rng.f64()).ln() * 1000.0 / self.scenario.rate;
            self.plan.push(self.now + pause as Millis, Step::Send);
        }
    }

    /// A sync timer has run out, if it was not set anew.
    fn sync(&mut self, who: usize, timer: Timer) {
        if let Err(later) = self.participants[who].sync.runs_out(timer, self.now) {
            return later.into_iter().for_each(|at| self.plan.push(at, Step::Sync(who, timer)));
        }
        self.participants[who].sync.calm();
        let is_due = self.participants[who].earliest_request().is_some_and(|at| at <= self.now);
        if timer == Timer::Early && !is_due && !self.scenario.has(Rule::AskAnyway) {
            return self.hurry(who);
        }
        self.restart_sync(who);
        let id = MessageId::from(random_id(&mut self.rng));
        let mut message = self.participants[who].send_sync(id, self.now);
        if self.scenario.has(Rule::BareSyncs) {
            message.bloom_filter = None;
        }
        self.measures.asking_syncs += u64::from(!message.repair_request.is_empty());
        self.broadcast(who, &wire::encode(&message), Cause::Sync);
        if !self.participants[who].sync.hurries() {
            self.hurry(who);
        }
    }

    fn restart_sync(&mut self, who: usize) {
        if let Some(at) = self.participants[who].sync.restart(self.now, &mut self.rng) {
            self.plan.push(at, Step::Sync(who, Timer::Regular));
        }
    }

    fn hurry(&mut self, who: usize) {
        let participant = &mut self.participants[who];
        if let Some(at) = participant.earliest_request()
            && let Some(at) = participant.sync.hurry(at, self.now, &mut self.rng)
        {
            self.plan.push(at, Step::Sync(who, Timer::Early));
        }
    }

    fn broadcast(&mut self, from: usize, bytes: &Bytes, cause: Cause) {
        let message = wire::decode(bytes.clone()).expect("all messages come from the package");
        self.measures.traffic(cause).broadcasts += 1;
        self.measures.requests += message.repair_request.len() as u64;
        let filter = message.bloom_filter.as_ref().map_or(0, Bytes::len) as u64;
        let size = bytes.len() as u64;
        let packet = Rc::new(Packet { message, cause, size, filter, is_useful: Cell::new(false) });
        for to in (0..self.participants.len()).filter(|to| *to != from) {
            if self.rng.f64() < self.scenario.loss {
                if cause == Cause::Content {
                    self.measures.lost.insert(packet.message.message_id.clone());
                }
                continue;
            }
            let at = self.now + self.rng.u64(LATENCY);
            self.plan.push(at, Step::Arrive { to, packet: packet.clone() });
        }
    }

    fn arrive(&mut self, to: usize, packet: &Packet) {
        let traffic = self.measures.traffic(packet.cause);
        traffic.received += 1;
        traffic.bytes += packet.size;
        self.measures.filter_bytes += packet.filter;
        let (received, effects) = self.participants[to].receive(&packet.message, self.now);
        if packet.cause == Cause::Repair && !received.duplicate && !packet.is_useful.replace(true) {
            self.measures.useful_repairs += 1;
        }
        self.heed(to, effects);
        let is_new_sync = received.kind == Kind::Sync && !received.duplicate;
        if is_new_sync && self.participants[to].is_told_by(&packet.message) {
            self.restart_sync(to);
        }
    }

    /// Does what the application of a participant does with the events.
    fn heed(&mut self, who: usize, effects: Effects) {
        for event in effects.events {
            match event {
                // What a short history has forgotten may be delivered again.
                Event::Ready(message) if self.participants[who].is_new(&message.message_id) => {
                    self.measures.delays.push((self.now - self.sent[&message.message_id]) as u32);
                    self.last_delivered = self.now;
                }
                Event::Resend { bytes, .. } => self.broadcast(who, &bytes, Cause::Resend),
                Event::RepairReady { bytes, .. } => self.broadcast(who, &bytes, Cause::Repair),
                Event::MissingDependencies { .. } if !self.participants[who].sync.hurries() => {
                    self.hurry(who)
                }
                _ => {}
            }
        }
    }

    fn logs_are_equal(&self) -> bool {
        let log = |participant: &Participant| -> Vec<_> {
            participant.channel.history().map(|message| message.message_id.clone()).collect()
        };
        let first = log(&self.participants[0]);
        self.participants.iter().all(|participant| log(participant) == first)
    }
}

/// As js/random.js makes them: 32 hexadecimal digits.
fn random_id(rng: &mut Rng) -> String {
    format!("{:032x}", rng.u128(..))
}
