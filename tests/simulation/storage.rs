//! A disk that fails, takes its time, and loses one of a pair; and that checks how it is used. What is on it outlives
//! the managers that use it.

use std::{
    cell::{Ref, RefCell, RefMut},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use bytes::Bytes;
use fastrand::Rng;
use futures::channel::oneshot;
use sds_wasm::{
    codec::{snapshot, wire},
    persistence::{ChannelData, Persistence},
    protocol::{Channel, ChannelId, HistoryUpdate, MessageId, Snapshot},
};

use crate::{log::Log, settings::StorageFaults};

#[derive(Debug, Clone, thiserror::Error)]
#[error("the disk failed")]
pub struct Failure;

#[derive(Debug)]
enum Work {
    Load,
    Meta(Bytes),
    History(HistoryUpdate),
    Hint(MessageId, Bytes),
}

/// A call under way.
struct Call {
    work: Work,
    done: oneshot::Sender<Result<ChannelData, Failure>>,
}

/// The calls of one flush.
#[derive(Debug, Default)]
struct Flush {
    clock: u64,
    appended: Vec<MessageId>,
    newest_appended: u64,
}

#[derive(Default)]
pub struct Disk {
    meta: Option<Bytes>,
    history: BTreeMap<MessageId, Bytes>,
    hints: BTreeMap<MessageId, Bytes>,
    calls: Vec<Call>,
    flush: Flush,
    pub faults: StorageFaults,
    /// Every call fails.
    pub is_down: bool,
    /// Says that all is written, and writes nothing.
    pub lies: bool,
    /// Never answers.
    pub hangs: bool,
    pub flushes: usize,
    /// Writes that were reported as failed to the manager that runs now.
    pub failed_writes: usize,
    pub failed_loads: usize,
    pub all_failed_writes: usize,
    /// Messages that an update which has ended was about, since the last restart.
    pub tried: BTreeSet<MessageId>,
    /// Messages that must survive, and the clock that must: one call that had them was reported as done.
    pub promised: BTreeSet<MessageId>,
    pub promised_clock: u64,
    pub torn: usize,
}

/// The backend of one participant. Clones share the disk.
#[derive(Clone)]
pub struct Storage {
    name: String,
    disk: Rc<RefCell<Disk>>,
    log: Log,
}

impl Disk {
    pub fn snapshot(&self) -> Snapshot {
        let meta = self.meta.clone();
        meta.map(|meta| snapshot::decode(&meta).unwrap()).unwrap_or_default()
    }

    /// The messages that a load must find: those of the history, as the snapshot's pending changes leave it.
    pub fn messages(&self) -> BTreeSet<MessageId> {
        let pending = self.snapshot().pending;
        let mut messages: BTreeSet<_> = self.history.keys().cloned().collect();
        messages.extend(pending.append.into_iter().map(|message| message.message_id));
        for id in &pending.evict {
            messages.remove(id);
        }
        messages
    }

    /// What these messages depend on.
    pub fn dependencies(&self) -> BTreeSet<MessageId> {
        let pending = self.snapshot().pending.append;
        let kept = self.history.values().cloned().chain(pending.into_iter().map(|message| message.bytes));
        let named = kept.flat_map(|bytes| wire::decode(bytes).unwrap().causal_history);
        named.map(|entry| entry.message_id).collect()
    }

    /// Flushes begun, and calls failed.
    pub fn counts(&self) -> (usize, usize) {
        (self.flushes, self.failed_writes + self.failed_loads)
    }

    /// What is in memory and not here, if anything. (More may be here: only so many evicts are remembered.)
    pub fn lacks(&self, channel: &Channel) -> Option<String> {
        let memory = snapshot::decode(&snapshot::encode(channel, &HistoryUpdate::default())).unwrap();
        let disk = Snapshot { pending: HistoryUpdate::default(), ..self.snapshot() };
        if disk != memory {
            return Some(format!("the disk has {disk:?}, memory {memory:?}"));
        }
        let history: BTreeSet<_> = channel.history().map(|message| &message.message_id).collect();
        let kept = self.history.keys().collect();
        (!history.is_subset(&kept)).then(|| format!("the disk has {kept:?}, memory {history:?}"))
    }

    pub fn is_busy(&self) -> bool {
        !self.calls.is_empty()
    }

    pub fn is_writing(&self) -> bool {
        self.calls.iter().any(|call| !matches!(call.work, Work::Load))
    }

    fn write(&mut self, work: &Work) {
        match work {
            Work::Load => {}
            Work::Meta(meta) => self.meta = Some(meta.clone()),
            Work::Hint(id, hint) => drop(self.hints.insert(id.clone(), hint.clone())),
            Work::History(update) => {
                let appended = update.append.iter();
                self.history
                    .extend(appended.map(|message| (message.message_id.clone(), message.bytes.clone())));
                update.evict.iter().for_each(|id| drop(self.history.remove(id)));
            }
        }
    }

    fn read(&self) -> ChannelData {
        ChannelData {
            meta: self.meta.clone(),
            // In the order of ids, which is not that of the history.
            message_history: self.history.values().cloned().collect(),
            retrieval_hints: self.hints.clone().into_iter().collect(),
        }
    }

    /// The manager was told that this is written.
    fn promise(&mut self, work: &Work) {
        match work {
            Work::Meta(_) => self.promised_clock = self.promised_clock.max(self.flush.clock),
            Work::History(_) => self.promised_clock = self.promised_clock.max(self.flush.newest_appended),
            Work::Load | Work::Hint(..) => return,
        }
        self.promised.extend(self.flush.appended.iter().cloned());
    }

    /// Ends one of the calls that are under way.
    fn end(&mut self, at: usize, rng: &mut Rng) {
        let Call { work, done } = self.calls.swap_remove(at);
        let is_write = !matches!(work, Work::Load);
        let fails = self.is_down || rng.f64() < self.faults.failure;
        if !self.lies && (!fails || rng.f64() < self.faults.failed_but_written) {
            self.write(&work);
        }
        if let Work::History(update) = &work {
            let appended = update.append.iter();
            self.tried.extend(appended.map(|message| message.message_id.clone()));
        }
        let result = if fails {
            if is_write {
                self.failed_writes += 1;
                self.all_failed_writes += 1;
            } else {
                self.failed_loads += 1;
            }
            Err(Failure)
        } else {
            self.promise(&work);
            Ok(self.read())
        };
        drop(done.send(result));
    }
}

impl Storage {
    pub fn new(name: &str, faults: StorageFaults, log: Log) -> Self {
        let disk = Disk { faults, ..Disk::default() };
        Self { name: name.to_owned(), disk: Rc::new(RefCell::new(disk)), log }
    }

    pub fn disk(&self) -> Ref<'_, Disk> {
        self.disk.borrow()
    }

    pub fn disk_mut(&self) -> RefMut<'_, Disk> {
        self.disk.borrow_mut()
    }

    /// Ends one call, any, or none if it takes longer. Returns whether one was ended.
    pub fn end_one(&self, rng: &mut Rng) -> bool {
        let mut disk = self.disk_mut();
        if disk.calls.is_empty() || disk.hangs || rng.f64() < disk.faults.delay {
            return false;
        }
        let at = rng.usize(..disk.calls.len());
        disk.end(at, rng);
        true
    }

    /// The process dies: of what is under way, any part is written.
    pub fn crash(&self, rng: &mut Rng) {
        let mut disk = self.disk_mut();
        let calls = std::mem::take(&mut disk.calls);
        let mut written = 0;
        for call in &calls {
            if rng.bool() {
                written += 1;
                disk.write(&call.work);
            }
        }
        disk.torn += usize::from(written != 0 && written != calls.len());
        disk.failed_writes = 0;
        disk.failed_loads = 0;
        disk.tried.clear();
    }

    /// What must hold of every call.
    fn check(&self, disk: &Disk, work: &Work) {
        let check = |holds, text: &str| self.log.check(holds, &self.name, || text.to_owned());
        match work {
            Work::Load => check(!disk.is_busy(), "a load while other calls are under way"),
            Work::Meta(_) => check(!disk.is_busy(), "a flush while other calls are under way"),
            Work::History(update) => {
                check(!update.is_empty(), "an empty update");
                let is_after_save = matches!(&disk.calls[..], [Call { work: Work::Meta(_), .. }]);
                check(is_after_save, "updateHistory not right after its saveChannelMeta");
            }
            Work::Hint(..) => check(disk.is_writing(), "a hint outside of a flush"),
        }
    }

    async fn call(&self, work: Work) -> Result<ChannelData, Failure> {
        let (done, result) = oneshot::channel();
        {
            let mut disk = self.disk_mut();
            self.check(&disk, &work);
            disk.begin(&work);
            disk.calls.push(Call { work, done });
        }
        result.await.unwrap_or(Err(Failure))
    }
}

impl Disk {
    fn begin(&mut self, work: &Work) {
        match work {
            Work::Meta(meta) => {
                self.flushes += 1;
                self.flush = Flush {
                    clock: snapshot::decode(&meta.clone()).unwrap().lamport_timestamp,
                    ..Flush::default()
                };
            }
            Work::History(update) => {
                let appended = update.append.iter();
                self.flush.newest_appended =
                    appended.clone().map(|message| message.lamport_timestamp).max().unwrap_or(0);
                self.flush.appended = appended.map(|message| message.message_id.clone()).collect();
                for id in &update.evict {
                    self.promised.remove(id);
                }
            }
            Work::Load | Work::Hint(..) => {}
        }
    }
}

impl Persistence for Storage {
    type Error = Failure;

    async fn save_channel_meta(&self, _: &ChannelId, meta: Bytes) -> Result<(), Failure> {
        self.call(Work::Meta(meta)).await.map(drop)
    }

    async fn update_history(&self, _: &ChannelId, update: HistoryUpdate) -> Result<(), Failure> {
        self.call(Work::History(update)).await.map(drop)
    }

    async fn load_channel(&self, _: &ChannelId) -> Result<Option<ChannelData>, Failure> {
        self.call(Work::Load).await.map(Some)
    }

    async fn drop_channel(&self, _: &ChannelId) -> Result<(), Failure> {
        unreachable!("no channel is removed")
    }

    async fn set_retrieval_hint(&self, id: &MessageId, hint: Bytes, _: &ChannelId) -> Result<(), Failure> {
        self.call(Work::Hint(id.clone(), hint)).await.map(drop)
    }
}
