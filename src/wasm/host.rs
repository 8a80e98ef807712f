//! The application's callbacks behind the manager's host.

use bytes::Bytes;
use js_sys::{Function, Object, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, prelude::*};

use super::{
    error,
    failure::Failure,
    value::{self, HistoryEntry, all, texts},
};
use crate::{
    manager::{Event, Host},
    protocol::{ChannelId, LostReason, MessageId},
};

/// The functions of the package's JavaScript. They don't throw.
pub struct Callbacks {
    pub on_event: Function,
    pub retrieval_hint: Option<Function>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Detail {
    MessageReady {
        message_id: String,
        sender_id: String,
        content: Bytes,
        #[serde(skip_serializing_if = "Option::is_none")]
        lamport_timestamp: Option<u64>,
    },
    MessageSent {
        message_id: String,
        acknowledged: bool,
    },
    MissingDependencies {
        message_id: String,
        missing_dependencies: Vec<HistoryEntry>,
    },
    MessageResend {
        message_id: String,
        bytes: Bytes,
        attempt: u32,
    },
    MessageLost {
        message_id: String,
        missing_dependencies: Vec<String>,
        reason: &'static str,
    },
    RepairReady {
        message_id: String,
        bytes: Bytes,
    },
}

impl Host<Failure> for Callbacks {
    fn event(&self, channel: &ChannelId, event: Event<Failure>) {
        let Some((kind, detail)) = describe(event) else { return };
        error::set(&detail, "channelId", &channel.as_str().into());
        let _ = self.on_event.call2(&JsValue::UNDEFINED, &kind.into(), &detail);
    }

    fn retrieval_hint(&self, message: &MessageId, channel: &ChannelId) -> Option<Bytes> {
        let provider = self.retrieval_hint.as_ref()?;
        let hint =
            provider.call2(&JsValue::UNDEFINED, &message.as_str().into(), &channel.as_str().into()).ok()?;
        hint.dyn_ref::<Uint8Array>().map(|hint| hint.to_vec().into())
    }
}

/// The type and the detail of an event. What JavaScript has no event for goes to the console.
fn describe(event: Event<Failure>) -> Option<(&'static str, Object)> {
    let (kind, detail) = match event {
        Event::MessageReady { message_id, sender_id, content, lamport_timestamp } => {
            let (message_id, sender_id) = (message_id.to_string(), sender_id.to_string());
            ("messageReady", Detail::MessageReady { message_id, sender_id, content, lamport_timestamp })
        }
        Event::MessageSent { message_id, acknowledged } => {
            ("messageSent", Detail::MessageSent { message_id: message_id.to_string(), acknowledged })
        }
        Event::MissingDependencies { message_id, missing } => {
            let (message_id, missing_dependencies) = (message_id.to_string(), all(missing));
            ("missingDependencies", Detail::MissingDependencies { message_id, missing_dependencies })
        }
        Event::MessageResend { message_id, bytes, attempt } => {
            ("messageResend", Detail::MessageResend { message_id: message_id.to_string(), bytes, attempt })
        }
        Event::MessageLost { message_id, missing, reason } => {
            let (message_id, missing_dependencies) = (message_id.to_string(), texts(missing));
            let reason = match reason {
                LostReason::Timeout => "timeout",
                LostReason::Overflow => "overflow",
            };
            ("messageLost", Detail::MessageLost { message_id, missing_dependencies, reason })
        }
        Event::RepairReady { message_id, bytes } => {
            ("repairReady", Detail::RepairReady { message_id: message_id.to_string(), bytes })
        }
        Event::PersistenceFailed(failure) => {
            let detail = Object::new();
            error::set(&detail, "operation", &failure.operation.name().into());
            error::set(&detail, "error", &error::from_persistence(failure));
            return Some(("persistenceError", detail));
        }
        Event::FilterIgnored { message_id, reason } => {
            let text = format!("sds-wasm: bloom filter of message {message_id:?} ignored: {reason}");
            web_sys::console::debug_1(&text.into());
            return None;
        }
    };
    Some((kind, value::to_js(&detail).unchecked_into()))
}
