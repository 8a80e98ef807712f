//! The plain object of a snapshot that tools get.

use bytes::Bytes;
use serde::Serialize;

use super::value::{HistoryEntry, Incoming, Message, Outgoing, all, texts};
use crate::codec::meta;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelMeta {
    schema_version: u32,
    lamport_timestamp: u64,
    outgoing_buffer: Vec<Outgoing>,
    incoming_buffer: Vec<Incoming>,
    outgoing_repair_buffer: Vec<MetaOutgoingRepair>,
    incoming_repair_buffer: Vec<MetaIncomingRepair>,
    pending_append: Vec<Message>,
    pending_evict: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetaOutgoingRepair {
    message_id: String,
    entry: HistoryEntry,
    request_at: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetaIncomingRepair {
    message_id: String,
    entry: HistoryEntry,
    cached_message: Bytes,
    respond_at: f64,
}

impl From<meta::ChannelMeta> for ChannelMeta {
    fn from(meta: meta::ChannelMeta) -> Self {
        let outgoing = meta.outgoing_buffer.into_iter().map(|sent| Outgoing {
            message: sent.message.into(),
            send_time: sent.send_time as f64,
            resend_attempts: sent.resend_attempts,
        });
        let incoming = meta.incoming_buffer.into_iter().map(|waiting| Incoming {
            message: waiting.message.into(),
            missing_dependencies: texts(waiting.missing_dependencies),
        });
        let requests = meta.outgoing_repair_buffer.into_iter().map(|request| MetaOutgoingRepair {
            message_id: request.message_id.to_string(),
            entry: request.entry.into(),
            request_at: request.request_at as f64,
        });
        let responses = meta.incoming_repair_buffer.into_iter().map(|response| MetaIncomingRepair {
            message_id: response.message_id.to_string(),
            entry: response.entry.into(),
            cached_message: response.cached_message,
            respond_at: response.respond_at as f64,
        });
        Self {
            schema_version: meta.schema_version,
            lamport_timestamp: meta.lamport_timestamp,
            outgoing_buffer: outgoing.collect(),
            incoming_buffer: incoming.collect(),
            outgoing_repair_buffer: requests.collect(),
            incoming_repair_buffer: responses.collect(),
            pending_append: all(meta.pending_append),
            pending_evict: texts(meta.pending_evict),
        }
    }
}
