//! The plain object of a snapshot that tools get.

use super::value::{Plain, bytes, entry, list, message, texts};
use crate::codec::meta::ChannelMeta;

pub fn channel_meta(meta: &ChannelMeta) -> Plain {
    let outgoing = list(&meta.outgoing_buffer, |sent| {
        Plain::new()
            .with("message", message(&sent.message))
            .with("sendTime", sent.send_time as f64)
            .with("resendAttempts", sent.resend_attempts)
    });
    let incoming = list(&meta.incoming_buffer, |waiting| {
        Plain::new()
            .with("message", message(&waiting.message))
            .with("missingDependencies", texts(&waiting.missing_dependencies))
    });
    let requests = list(&meta.outgoing_repair_buffer, |request| {
        Plain::of(&request.message_id)
            .with("entry", entry(&request.entry))
            .with("requestAt", request.request_at as f64)
    });
    let responses = list(&meta.incoming_repair_buffer, |response| {
        Plain::of(&response.message_id)
            .with("entry", entry(&response.entry))
            .with("cachedMessage", bytes(&response.cached_message))
            .with("respondAt", response.respond_at as f64)
    });
    Plain::new()
        .with_clock(Some(meta.lamport_timestamp))
        .with("schemaVersion", meta.schema_version)
        .with("outgoingBuffer", outgoing)
        .with("incomingBuffer", incoming)
        .with("outgoingRepairBuffer", requests)
        .with("incomingRepairBuffer", responses)
        .with("pendingAppend", list(&meta.pending_append, message))
        .with("pendingEvict", texts(&meta.pending_evict))
}
