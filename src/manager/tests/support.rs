//! A backend that the test settles by hand, and a host that keeps a diary.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use bytes::Bytes;
use futures::{
    channel::oneshot,
    executor::LocalPool,
    task::{LocalSpawnExt, noop_waker_ref},
};

use crate::{
    codec::{meta, wire},
    manager::{Error, Event, Host, Manager},
    persistence::{ChannelData, Memory, Persistence},
    protocol::{ChannelId, Config, HistoryEntry, HistoryUpdate, Message, MessageId},
};

pub const NOW: u64 = 1_700_000_000_000;

/// What happened, in order: calls of the backend, events, and operations that ended.
pub type Diary = Rc<RefCell<Vec<String>>>;

/// Keeps things in [`Memory`], fails the methods it is told to, and settles only when the gate is open.
#[derive(Clone, Default)]
pub struct Backend {
    pub memory: Memory,
    pub diary: Diary,
    pub failing: Rc<RefCell<BTreeSet<&'static str>>>,
    pub slow: Rc<Cell<bool>>,
    waiting: Rc<RefCell<Vec<oneshot::Sender<()>>>>,
}

impl Backend {
    /// Lets the calls under way settle.
    pub fn settle(&self) {
        self.waiting.take().into_iter().for_each(|sender| sender.send(()).unwrap());
    }

    pub fn fail(&self, methods: &[&'static str]) {
        *self.failing.borrow_mut() = methods.iter().copied().collect();
    }

    pub fn log(&self) -> Vec<String> {
        let data = self.memory.data(&"c".into()).unwrap_or_default();
        let ids = data.message_history.into_iter().map(|bytes| wire::decode(bytes).unwrap().message_id);
        ids.map(|id| id.to_string()).collect()
    }

    async fn call(&self, method: &'static str, argument: String) -> Result<(), String> {
        self.diary.borrow_mut().push(format!("{method}{argument}"));
        if self.slow.get() {
            let (sender, settled) = oneshot::channel();
            self.waiting.borrow_mut().push(sender);
            settled.await.map_err(|_| "dropped".to_string())?;
        }
        if self.failing.borrow().contains(method) { Err("disk on fire".into()) } else { Ok(()) }
    }
}

fn names<'a>(ids: impl Iterator<Item = &'a MessageId>) -> String {
    ids.map(MessageId::as_str).collect::<Vec<_>>().join(",")
}

impl Persistence for Backend {
    type Error = String;

    async fn save_channel_meta(&self, channel: &ChannelId, meta: Bytes) -> Result<(), String> {
        self.call("save", String::new()).await?;
        self.memory.save_channel_meta(channel, meta).await.map_err(|never| match never {})
    }

    async fn update_history(&self, channel: &ChannelId, update: HistoryUpdate) -> Result<(), String> {
        assert!(!update.is_empty());
        let append = names(update.append.iter().map(|message| &message.message_id));
        let evict = names(update.evict.iter());
        self.call("update", format!(" +{append} -{evict}")).await?;
        self.memory.update_history(channel, update).await.map_err(|never| match never {})
    }

    async fn load_channel(&self, channel: &ChannelId) -> Result<Option<ChannelData>, String> {
        self.call("load", String::new()).await?;
        Ok(self.memory.data(channel))
    }

    async fn drop_channel(&self, channel: &ChannelId) -> Result<(), String> {
        self.call("drop", String::new()).await?;
        self.memory.drop_channel(channel).await.map_err(|never| match never {})
    }

    async fn set_retrieval_hint(
        &self,
        id: &MessageId,
        hint: Bytes,
        channel: &ChannelId,
    ) -> Result<(), String> {
        self.call("hint", format!(" {id}")).await?;
        self.memory.set_retrieval_hint(id, hint, channel).await.map_err(|never| match never {})
    }
}

#[derive(Default)]
pub struct Application {
    diary: Diary,
    pub hints: RefCell<BTreeMap<MessageId, Bytes>>,
}

impl Host<String> for Rc<Application> {
    fn event(&self, _: &ChannelId, event: Event<String>) {
        self.diary.borrow_mut().push(match event {
            Event::MessageReady { message_id, .. } => format!("ready {message_id}"),
            Event::MessageSent { message_id, acknowledged } => format!("sent {message_id} {acknowledged}"),
            Event::MissingDependencies { message_id, .. } => format!("missing {message_id}"),
            Event::PersistenceFailed(failure) => format!("failed {}", failure.operation.name()),
            other => format!("{other:?}"),
        });
    }

    fn retrieval_hint(&self, message: &MessageId, _: &ChannelId) -> Option<Bytes> {
        let hints = self.hints.borrow();
        // An application without hints has nothing to say about them.
        if !hints.is_empty() {
            self.diary.borrow_mut().push(format!("hint for {message}?"));
        }
        hints.get(message).cloned()
    }
}

pub type Tested = Manager<Backend, Rc<Application>>;

/// A manager of "alice" with one channel "c", its backend, and the executor that runs its operations.
pub struct Setup {
    pub manager: Tested,
    pub backend: Backend,
    pub application: Rc<Application>,
    pub pool: LocalPool,
}

impl Setup {
    pub fn new() -> Self {
        Self::over(Backend::default())
    }

    /// A new process over the same storage.
    pub fn over(backend: Backend) -> Self {
        Self::with(backend, Config { bloom_filter_capacity: 50, ..Config::default() })
    }

    pub fn with(backend: Backend, config: Config) -> Self {
        let application = Rc::new(Application { diary: backend.diary.clone(), ..Application::default() });
        let manager = Manager::new("alice".into(), config, backend.clone(), application.clone());
        Self { manager, backend, application, pool: LocalPool::new() }
    }

    /// Starts an operation; its end is written into the diary.
    pub fn start<F, T>(&mut self, name: &'static str, operation: impl FnOnce(Tested) -> F)
    where
        F: Future<Output = Result<T, Error<String>>> + 'static,
    {
        let (future, diary) = (operation(self.manager.clone()), self.backend.diary.clone());
        let noted = async move {
            let result = future.await;
            diary.borrow_mut().push(match result {
                Ok(_) => format!("{name} done"),
                Err(error) => format!("{name}: {error}"),
            });
        };
        self.pool.spawner().spawn_local(noted).unwrap();
        self.pool.run_until_stalled();
    }

    pub fn send(&mut self, id: &'static str) {
        self.start(id, |manager| async move {
            manager.wrap_outgoing(Bytes::from_static(b"x"), id.into(), &"c".into(), NOW).await
        });
    }

    pub fn receive(&mut self, id: &'static str, lamport: u64, dependencies: &[&str]) {
        let bytes = wire::encode(&message(id, lamport, dependencies));
        self.start(id, |manager| async move { manager.unwrap_received(bytes, None, NOW).await });
    }

    /// Settles all that is under way, and what follows from it, once.
    pub fn settle(&mut self) {
        self.backend.settle();
        self.pool.run_until_stalled();
    }

    /// What happened since it was read last.
    pub fn diary(&self) -> Vec<String> {
        self.backend.diary.take()
    }

    pub fn history(&self) -> Vec<String> {
        let ids = |channel: &crate::protocol::Channel| {
            channel.history().map(|message| message.message_id.to_string()).collect()
        };
        self.manager.read(&"c".into(), ids).unwrap_or_default()
    }
}

pub fn message(id: &str, lamport: u64, dependencies: &[&str]) -> Message {
    let entry = |id: &&str| HistoryEntry { message_id: (*id).into(), ..HistoryEntry::default() };
    Message {
        message_id: id.into(),
        channel_id: "c".into(),
        sender_id: "bob".into(),
        lamport_timestamp: Some(lamport),
        causal_history: dependencies.iter().map(entry).collect(),
        content: Bytes::copy_from_slice(id.as_bytes()),
        ..Message::default()
    }
}

/// Polls a future once and drops it, like an application that loses interest.
pub fn poll_once(future: impl Future) {
    let mut context = std::task::Context::from_waker(noop_waker_ref());
    let _ = std::pin::pin!(future).poll(&mut context);
}

/// A snapshot in which a message waits for "a".
pub fn meta_of_one_that_waits(id: &str) -> Bytes {
    let waiting =
        meta::IncomingMessage { message: message(id, 2, &["a"]), missing_dependencies: vec!["a".into()] };
    let incoming_buffer = vec![waiting];
    meta::encode_meta(&meta::ChannelMeta { schema_version: 1, incoming_buffer, ..Default::default() })
}
