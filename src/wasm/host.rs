//! The application's callbacks behind the manager's host.

use bytes::Bytes;
use js_sys::{Function, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};

use super::{
    error,
    failure::Failure,
    value::{Plain, texts},
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

impl Host<Failure> for Callbacks {
    fn event(&self, channel: &ChannelId, event: Event<Failure>) {
        let Some((kind, detail)) = describe(event) else { return };
        detail.set_channel_id(channel.as_str());
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
fn describe(event: Event<Failure>) -> Option<(&'static str, Plain)> {
    Some(match event {
        Event::MessageReady { message_id, sender_id, content, lamport_timestamp } => {
            let detail = Plain::of(&message_id).with_sender(sender_id.as_str());
            ("messageReady", detail.with_content(&content).with_clock(lamport_timestamp))
        }
        Event::MessageSent { message_id, acknowledged } => {
            ("messageSent", Plain::of(&message_id).with("acknowledged", acknowledged))
        }
        Event::MissingDependencies { message_id, missing } => {
            ("missingDependencies", Plain::of(&message_id).with_missing(&missing))
        }
        Event::MessageResend { message_id, bytes, attempt } => {
            ("messageResend", Plain::of(&message_id).with_bytes(&bytes).with("attempt", attempt))
        }
        Event::MessageLost { message_id, missing, reason } => {
            let reason = match reason {
                LostReason::Timeout => "timeout",
                LostReason::Overflow => "overflow",
            };
            let detail = Plain::of(&message_id).with("missingDependencies", texts(&mut missing.iter()));
            ("messageLost", detail.with("reason", reason))
        }
        Event::RepairReady { message_id, bytes } => {
            ("repairReady", Plain::of(&message_id).with_bytes(&bytes))
        }
        Event::PersistenceFailed(failure) => {
            let detail = Plain::new().with("operation", failure.operation.name());
            ("persistenceError", detail.with("error", error::from_persistence(failure)))
        }
        Event::FilterIgnored { message_id, reason } => {
            let text = format!("sds-wasm: bloom filter of message {message_id:?} ignored: {reason}");
            web_sys::console::debug_1(&text.into());
            return None;
        }
    })
}
