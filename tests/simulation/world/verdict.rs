//! What must hold of all participants together.

use std::collections::BTreeSet;

use sds_wasm::protocol::{Message, MessageId};

use super::World;
use crate::participant::Participant;

impl World {
    /// The order of the log is a causal one: whatever a message depends on has a smaller timestamp.
    pub(super) fn check_timestamps(&self) {
        for message in self.messages.values() {
            let named = message.causal_history.iter();
            let dependencies = named.filter_map(|entry| self.messages.get(&entry.message_id));
            for dependency in dependencies {
                let is_later = message.lamport_timestamp > dependency.lamport_timestamp;
                self.log.check(is_later, "all", || {
                    let stamp = |of: &Message| format!("{:?} at {:?}", of.message_id, of.lamport_timestamp);
                    format!("{} is not after {}, which it depends on", stamp(message), stamp(dependency))
                });
            }
        }
    }

    /// The messages that were wrapped, as far as their senders were told so and have not forgotten it in a crash that
    /// came before they were written.
    pub(super) fn promised(&self) -> BTreeSet<MessageId> {
        self.participants.iter().flat_map(|participant| participant.model.resolved.clone()).collect()
    }

    /// What is still wrong, if anything.
    pub(super) fn wrong(&self) -> Option<String> {
        if let Some(busy) = self.participants.iter().find(|participant| !participant.is_idle()) {
            return Some(format!("operations of {} have not ended", busy.name));
        }
        if !self.settings.profile.keeps_all() {
            return None;
        }
        if let Some(stuck) = self.stuck() {
            return Some(stuck);
        }
        if !self.settings.profile.converges() {
            return None;
        }
        let logs: Vec<_> = self.participants.iter().map(Participant::log_ids).collect();
        let all: BTreeSet<_> = logs.concat().into_iter().collect();
        let first = Vec::from_iter(all.clone());
        if let Some(at) = logs.iter().position(|log| *log != first) {
            let lacks: Vec<_> = all.iter().filter(|place| !logs[at].contains(place)).collect();
            return Some(format!("the log of p{at} lacks {lacks:?}, or has another order"));
        }
        let in_log: BTreeSet<_> = first.into_iter().map(|(_, id)| id).collect();
        let lost: Vec<_> = self.promised().difference(&in_log).cloned().collect();
        (!lost.is_empty()).then(|| format!("{lost:?} were promised, but are in no log"))
    }

    /// A message that waits for one that somebody has.
    fn stuck(&self) -> Option<String> {
        let logged = |id: &MessageId| {
            let mut participants = self.participants.iter();
            participants
                .any(|participant| participant.read(|channel| channel.message(id).is_some()) == Some(true))
        };
        self.participants.iter().find_map(|participant| {
            let missing = participant.missing();
            let there = missing.iter().find(|id| logged(id))?;
            Some(format!("a message of {} waits for {there}, which somebody has", participant.name))
        })
    }
}
