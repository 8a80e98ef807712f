//! What to ask the group for, and what to answer (SDS-R).

use super::{MessageId, Millis, RepairRequest, RepairResponse, timeline::Timeline};

/// Something to be done about a message at an instant.
pub(super) trait Scheduled {
    fn id(&self) -> &MessageId;
    fn at(&mut self) -> &mut Millis;
}

impl Scheduled for RepairRequest {
    fn id(&self) -> &MessageId {
        &self.entry.message_id
    }
    fn at(&mut self) -> &mut Millis {
        &mut self.request_at
    }
}

impl Scheduled for RepairResponse {
    fn id(&self) -> &MessageId {
        &self.entry.message_id
    }
    fn at(&mut self) -> &mut Millis {
        &mut self.respond_at
    }
}

/// Items by message id and by time.
#[derive(Debug)]
pub(super) struct Schedule<T>(Timeline<T>);

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self(Timeline::default())
    }
}

impl<T: Scheduled> Schedule<T> {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn contains(&self, id: &MessageId) -> bool {
        self.0.contains(id)
    }

    /// Adds an item; one with the same id is replaced.
    pub fn insert(&mut self, mut item: T) {
        self.0.insert(item.id().clone(), *item.at(), item);
    }

    pub fn remove(&mut self, id: &MessageId) -> Option<T> {
        self.0.remove(id)
    }

    /// Takes the earliest item if it was due at `latest` or before.
    pub fn pop_due(&mut self, latest: Millis) -> Option<T> {
        if self.0.first()? > latest {
            return None;
        }
        self.0.pop_first().map(|(_, item)| item)
    }

    /// Brings what is due later than `latest` forward to it. Returns whether there was any.
    fn bring_forward(&mut self, latest: Millis) -> bool {
        let mut any = false;
        while self.0.last().is_some_and(|at| at > latest)
            && let Some((_, mut item)) = self.0.pop_last()
        {
            *item.at() = latest;
            self.insert(item);
            any = true;
        }
        any
    }

    /// The items in the order of their message ids.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.values_by_id()
    }
}

/// The repair buffers of a channel.
#[derive(Debug, Default)]
pub(super) struct Repair {
    /// The outgoing repair buffer: dependencies to ask for, due at T_req.
    pub requests: Schedule<RepairRequest>,
    /// The incoming repair buffer: messages to send again, due at T_resp.
    pub responses: Schedule<RepairResponse>,
    /// Dependencies asked for once, to be asked for again if they are still missing when due. Memory only.
    pub asked: Schedule<RepairRequest>,
}

impl Repair {
    /// What is due later than `latest` is due then: the clock was set back, or the delays are shorter than when it was saved. All of
    /// one participant's fall together for once. Returns whether a buffer changed.
    pub fn bring_forward(&mut self, latest: Millis) -> bool {
        self.asked.bring_forward(latest);
        let requests = self.requests.bring_forward(latest);
        let responses = self.responses.bring_forward(latest);
        requests || responses
    }

    /// Nothing needs to be asked or answered about this id any more. Returns whether a buffer changed.
    pub fn forget(&mut self, id: &MessageId) -> bool {
        self.asked.remove(id);
        let requested = self.requests.remove(id).is_some();
        let responding = self.responses.remove(id).is_some();
        requested || responding
    }
}
