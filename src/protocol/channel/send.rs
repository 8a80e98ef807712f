//! Own messages.

use bytes::Bytes;

use super::Channel;
use crate::protocol::{
    Effects, Error, Event, HistoryEntry, MAX_CONTENT, MAX_ID, Message, MessageId, Millis, Unacknowledged,
    hash::IdHashes, known::Reason, message::fitting,
};

/// Checks what every message with content must satisfy.
///
/// # Errors
/// `InvalidArgument` if the content or the id is empty, `MessageTooLarge` if the content is over [`MAX_CONTENT`].
pub fn check_outgoing(content: &Bytes, id: &MessageId) -> Result<(), Error> {
    check_id("messageId", id.as_str())?;
    if content.is_empty() {
        return Err(Error::InvalidArgument("content must not be empty".into()));
    }
    if content.len() > MAX_CONTENT {
        return Err(Error::MessageTooLarge { size: content.len(), limit: MAX_CONTENT });
    }
    Ok(())
}

/// Checks an id that is to be sent.
///
/// # Errors
/// `InvalidArgument` if it is empty or longer than [`MAX_ID`]; the text calls it `name`.
pub fn check_id(name: &str, id: &str) -> Result<(), Error> {
    if id.is_empty() || id.len() > MAX_ID {
        let reason = format!("{name} must be 1 to {MAX_ID} bytes of UTF-8, got {}", id.len());
        return Err(Error::InvalidArgument(reason));
    }
    Ok(())
}

impl Channel {
    /// Makes a message to broadcast: with the newest history as its dependencies, our filter as it was before, and
    /// the repair requests that are due. It stands in the history at once, and in the outgoing buffer until somebody
    /// acknowledges it.
    ///
    /// # Errors
    /// As [`check_outgoing`]; `InvalidArgument` also for an id that is used in this channel already. (nim-sds
    /// overwrites silently, and what was sent first is lost.)
    pub fn wrap(&mut self, content: Bytes, id: MessageId, now: Millis) -> Result<(Message, Effects), Error> {
        check_outgoing(&content, &id)?;
        if self.history.contains(&id) || self.incoming.contains(&id) || self.known.contains_evicted(&id) {
            let reason = format!("messageId {id:?} is already used in channel {:?}", self.id);
            return Err(Error::InvalidArgument(reason));
        }
        let mut effects = Effects { changed: true, ..Effects::default() };
        self.repair.forget(&id);
        let message = self.compose(content, id, now);
        let stored = self.format.store(&message);
        let hashes = IdHashes::of(message.message_id.as_str());
        self.filter.add(hashes.in_dialect(self.config.dialect));
        let sent = Unacknowledged { message: stored.clone(), send_time: now, resend_attempts: 0 };
        if let Some(given_up) = self.outgoing.insert(sent, hashes) {
            effects.events.push(Event::Sent { message_id: given_up, acknowledged: false });
        }
        self.log(stored);
        self.release(std::slice::from_ref(&message.message_id), &mut effects);
        Ok((message, effects))
    }

    /// Makes a sync message: clock, history, filter and repair requests without content. It enters no buffer.
    ///
    /// # Errors
    /// `InvalidArgument` for an empty id.
    pub fn wrap_sync(&mut self, id: MessageId, now: Millis) -> Result<(Message, Effects), Error> {
        check_id("messageId", id.as_str())?;
        let message = self.compose(Bytes::new(), id, now);
        self.known.insert(message.message_id.clone(), Reason::Sync);
        Ok((message, Effects { changed: true, ..Effects::default() }))
    }

    fn compose(&mut self, content: Bytes, id: MessageId, now: Millis) -> Message {
        self.clock = self.config.dialect.next_clock(self.clock, now);
        Message {
            dialect: self.config.dialect,
            message_id: id,
            channel_id: self.id.clone(),
            sender_id: self.me.clone(),
            lamport_timestamp: Some(self.clock),
            causal_history: self.history.causal_history(self.config.max_causal_history),
            content,
            bloom_filter: Some(self.format.write_filter(self.config.dialect, self.filter.filter())),
            repair_request: self.take_due_requests(now),
        }
    }

    /// The repair requests whose T_req has passed, the earliest first, as many as one message carries.
    fn take_due_requests(&mut self, now: Millis) -> Vec<HistoryEntry> {
        let (mut due, mut size) = (Vec::new(), 0);
        while due.len() < self.config.max_repair_requests
            && let Some(request) = self.repair.requests.pop_due(now)
        {
            if !fitting(&mut size, &request.entry) {
                self.repair.requests.insert(request);
                break;
            }
            due.push(request.entry.clone());
            self.ask_again_later(request.entry, now);
        }
        due
    }
}
