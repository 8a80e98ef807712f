//! One participant: a manager over its disk, the operations it has under way, and what they came to.

use std::{
    cell::RefCell,
    collections::{BTreeSet, VecDeque},
    future::Future,
    rc::Rc,
};

use bytes::Bytes;
use futures::{executor::LocalPool, task::LocalSpawnExt};
use sds_wasm::{
    manager::{Error, Event, Host, Manager},
    protocol::{Channel, ChannelId, Config, Dialect, MessageId, Received},
};

use crate::{
    log::Log,
    model::Model,
    storage::{Failure, Storage},
};

type Result<T> = std::result::Result<T, Error<Failure>>;

/// What the manager says, in the order in which it says it.
#[derive(Debug)]
pub enum Told {
    Event(Event<Failure>),
    Wrapped(MessageId, Result<Bytes>),
    Unwrapped(Result<Received>),
    Done(Result<()>),
}

type Inbox = Rc<RefCell<VecDeque<Told>>>;

/// The application. What it hears is looked at after the operation.
pub struct Application {
    inbox: Inbox,
    /// Messages for which it has given a hint.
    hinted: RefCell<BTreeSet<MessageId>>,
    storage: Storage,
    name: String,
    log: Log,
}

impl Host<Failure> for Application {
    fn event(&self, _: &ChannelId, event: Event<Failure>) {
        let is_writing = self.storage.disk().is_writing();
        self.log.check(!is_writing, &self.name, || format!("{event:?} before its flush has ended"));
        self.inbox.borrow_mut().push_back(Told::Event(event));
    }

    fn retrieval_hint(&self, message: &MessageId, _: &ChannelId) -> Option<Bytes> {
        let id = message.as_str();
        let hint = id.ends_with(['1', '2', '3']).then(|| format!("hint of {id}").into());
        let is_new = hint.is_none() || self.hinted.borrow_mut().insert(message.clone());
        self.log.check(is_new, &self.name, || format!("the hint of {id} was asked for again"));
        hint
    }
}

/// A manager, and its tasks: dropping it drops them.
struct Run {
    manager: Manager<Storage, Application>,
    tasks: LocalPool,
    inbox: Inbox,
    under_way: usize,
    /// The flushes and failures there were when an operation began, as long as it is the only one.
    alone_since: Option<(usize, usize)>,
    flushes_before: usize,
}

pub struct Participant {
    pub name: String,
    pub storage: Storage,
    pub model: Model,
    /// What it speaks, or spoke when it ran the last time.
    pub dialect: Option<Dialect>,
    run: Option<Run>,
    log: Log,
    /// The most operations that were under way together.
    pub most_under_way: usize,
}

pub fn channel() -> ChannelId {
    "c".into()
}

impl Participant {
    pub fn new(name: &str, storage: Storage, config: &Config, log: Log) -> Self {
        Self {
            name: name.to_owned(),
            model: Model::new(name, config, log.clone()),
            storage,
            dialect: None,
            run: None,
            log,
            most_under_way: 0,
        }
    }

    /// Starts with what the disk holds.
    pub fn start(&mut self, config: Config, now: u64) {
        self.log.line(&self.name, || format!("starts as {:?}", config.dialect));
        config.check().unwrap();
        self.dialect = Some(config.dialect);
        let inbox = Inbox::default();
        let application = Application {
            inbox: inbox.clone(),
            hinted: RefCell::default(),
            storage: self.storage.clone(),
            name: self.name.clone(),
            log: self.log.clone(),
        };
        let name = self.name.as_str().into();
        self.run = Some(Run {
            manager: Manager::new(name, config, self.storage.clone(), application),
            tasks: LocalPool::new(),
            inbox,
            under_way: 0,
            alone_since: None,
            flushes_before: self.storage.disk().flushes,
        });
        self.model.restarted(&self.storage.disk());
        self.operate(|manager| async move { Told::Done(manager.ensure_channel(&channel(), now).await) });
    }

    /// The end, at any moment: nothing is told, nothing is waited for.
    pub fn crash(&mut self, rng: &mut fastrand::Rng) {
        self.log.line(&self.name, || "crashes".into());
        self.run = None;
        self.storage.crash(rng);
    }

    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }

    pub fn is_idle(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.under_way == 0)
    }

    pub fn read<T>(&self, read: impl FnOnce(&Channel) -> T) -> Option<T> {
        self.run.as_ref()?.manager.read(&channel(), read)
    }

    pub fn log_ids(&self) -> Vec<(u64, MessageId)> {
        let place = |channel: &Channel| {
            let messages = channel.history();
            messages.map(|message| (message.lamport_timestamp, message.message_id.clone())).collect()
        };
        self.read(place).unwrap_or_default()
    }

    /// Its messages that nobody has acknowledged.
    pub fn unacknowledged(&self) -> BTreeSet<MessageId> {
        let ids = |channel: &Channel| {
            let outgoing = channel.outgoing();
            outgoing.map(|sent| sent.message.message_id.clone()).collect()
        };
        self.read(ids).unwrap_or_default()
    }

    /// What its waiting messages wait for.
    pub fn missing(&self) -> BTreeSet<MessageId> {
        let missing = |channel: &Channel| {
            let waiting = channel.incoming();
            waiting.flat_map(|waiting| waiting.missing.keys().cloned()).collect()
        };
        self.read(missing).unwrap_or_default()
    }

    pub fn send(&mut self, id: MessageId, content: Bytes, now: u64) {
        self.log.line(&self.name, || format!("wraps {id}"));
        self.operate(|manager| async move {
            let wrapped = manager.wrap_outgoing(content, id.clone(), &channel(), now).await;
            Told::Wrapped(id, wrapped)
        });
    }

    pub fn send_sync(&mut self, id: MessageId, now: u64) {
        self.operate(|manager| async move {
            let wrapped = manager.wrap_sync(id.clone(), &channel(), now).await;
            Told::Wrapped(id, wrapped)
        });
    }

    pub fn receive(&mut self, bytes: Bytes, now: u64) {
        self.operate(
            |manager| async move { Told::Unwrapped(manager.unwrap_received(bytes, None, now).await) },
        );
    }

    pub fn sweep(&mut self, now: u64) {
        self.operate(
            |manager| async move { Told::Done(manager.check_unacknowledged(&channel(), now).await) },
        );
    }

    pub fn sweep_repairs(&mut self, now: u64) {
        self.operate(|manager| async move { Told::Done(manager.run_repair_sweep(now).await) });
    }

    fn operate<F: Future<Output = Told> + 'static>(
        &mut self,
        operation: impl FnOnce(Manager<Storage, Application>) -> F,
    ) {
        let Some(run) = &mut self.run else { return };
        run.under_way += 1;
        self.most_under_way = self.most_under_way.max(run.under_way);
        run.alone_since = (run.under_way == 1).then_some(self.storage.disk().counts());
        let (operation, inbox) = (operation(run.manager.clone()), run.inbox.clone());
        let task = async move {
            let told = operation.await;
            inbox.borrow_mut().push_back(told);
        };
        run.tasks.spawner().spawn_local(task).unwrap();
        self.advance();
    }

    /// Lets the operations go on as far as they can without the disk.
    pub fn advance(&mut self) {
        if let Some(run) = &mut self.run {
            run.tasks.run_until_stalled();
            let model = &mut self.model;
            let _ = run.manager.read(&channel(), |channel| model.look(channel));
        }
    }

    /// What was told since the last time.
    pub fn hear(&mut self) -> Vec<Told> {
        let Some(run) = &mut self.run else { return Vec::new() };
        let told: Vec<_> = run.inbox.take().into();
        let ended = told.iter().filter(|told| !matches!(told, Told::Event(_))).count();
        run.under_way -= ended;
        if ended > 0
            && let Some(before) = run.alone_since.take()
        {
            self.ended_alone(before);
        }
        told
    }

    /// An operation that was the only one has ended: it made one flush at most, and all is written that could be.
    fn ended_alone(&self, (flushes, failures): (usize, usize)) {
        let disk = self.storage.disk();
        let (flushes_now, failures_now) = disk.counts();
        self.log.check(flushes_now - flushes <= 1, &self.name, || {
            "one operation alone made more than one flush".into()
        });
        // What a load makes of what it finds need not be written: the next load would do the same.
        let has_written = self.run.as_ref().is_some_and(|run| flushes_now > run.flushes_before);
        if has_written
            && failures_now == failures
            && let Some(Some(lacks)) = self.read(|channel| disk.lacks(channel))
        {
            self.log
                .violation(&self.name, format!("an operation has ended, and not all is written: {lacks}"));
        }
    }
}
