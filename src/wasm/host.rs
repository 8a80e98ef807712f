//! The package's JavaScript behind the manager's host.

use bytes::Bytes;
use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};

use super::{
    error,
    failure::Failure,
    value::{entries, texts},
};
use crate::{
    manager::{self, Event},
    protocol::{ChannelId, Kind, LostReason, MessageId, Received},
};

#[wasm_bindgen]
extern "C" {
    /// An object of functions: one for each event, and one that makes the result of receiving. They get plain values, which
    /// is several times as fast as to make objects from here; bytes are views of our memory, valid during the call. They
    /// don't throw.
    pub type Functions;

    #[wasm_bindgen(method, js_name = messageReady)]
    fn message_ready(
        this: &Functions,
        channel: &str,
        id: &str,
        sender: &str,
        content: &[u8],
        clock: Option<u64>,
    );
    #[wasm_bindgen(method, js_name = messageSent)]
    fn message_sent(this: &Functions, channel: &str, id: &str, acknowledged: bool);
    #[wasm_bindgen(method, js_name = missingDependencies)]
    fn missing_dependencies(this: &Functions, channel: &str, id: &str, missing: Array);
    #[wasm_bindgen(method, js_name = messageResend)]
    fn message_resend(this: &Functions, channel: &str, id: &str, bytes: &[u8], attempt: u32);
    #[wasm_bindgen(method, js_name = messageLost)]
    fn message_lost(this: &Functions, channel: &str, id: &str, missing: JsValue, reason: &str);
    #[wasm_bindgen(method, js_name = repairReady)]
    fn repair_ready(this: &Functions, channel: &str, id: &str, bytes: &[u8]);
    #[wasm_bindgen(method, js_name = persistenceError)]
    fn persistence_error(this: &Functions, channel: &str, operation: &str, error: JsValue);

    /// `missing` is undefined if there is nothing.
    #[wasm_bindgen(method)]
    fn received(
        this: &Functions,
        channel: &str,
        id: &str,
        sender: &str,
        content: &[u8],
        kind: u32,
        delivered: bool,
        duplicate: bool,
        missing: Option<Array>,
    ) -> JsValue;
}

/// What the package gives a core to call.
pub struct Host {
    pub functions: Functions,
    pub retrieval_hint: Option<Function>,
}

impl Host {
    /// The result of receiving.
    pub fn received(&self, received: &Received) -> JsValue {
        let missing = (!received.missing.is_empty()).then(|| entries(&received.missing));
        // As KINDS in js/host.js.
        let kind = match received.kind {
            Kind::Content => 0,
            Kind::Sync => 1,
            Kind::Ephemeral => 2,
        };
        self.functions.received(
            received.channel_id.as_str(),
            received.message_id.as_str(),
            received.sender_id.as_str(),
            &received.content,
            kind,
            received.delivered,
            received.duplicate,
            missing,
        )
    }
}

impl manager::Host<Failure> for Host {
    fn event(&self, channel: &ChannelId, event: Event<Failure>) {
        let (tell, channel) = (&self.functions, channel.as_str());
        match event {
            Event::MessageReady { message_id, sender_id, content, lamport_timestamp } => tell.message_ready(
                channel,
                message_id.as_str(),
                sender_id.as_str(),
                &content,
                lamport_timestamp,
            ),
            Event::MessageSent { message_id, acknowledged } => {
                tell.message_sent(channel, message_id.as_str(), acknowledged);
            }
            Event::MissingDependencies { message_id, missing } => {
                tell.missing_dependencies(channel, message_id.as_str(), entries(&missing));
            }
            Event::MessageResend { message_id, bytes, attempt } => {
                tell.message_resend(channel, message_id.as_str(), &bytes, attempt);
            }
            Event::MessageLost { message_id, missing, reason } => {
                let reason = match reason {
                    LostReason::Timeout => "timeout",
                    LostReason::Overflow => "overflow",
                };
                tell.message_lost(channel, message_id.as_str(), texts(&mut missing.iter()), reason);
            }
            Event::RepairReady { message_id, bytes } => {
                tell.repair_ready(channel, message_id.as_str(), &bytes);
            }
            Event::PersistenceFailed(failure) => {
                let operation = failure.operation.name();
                tell.persistence_error(channel, operation, error::from_persistence(failure));
            }
            // There is no event for it.
            Event::FilterIgnored { message_id, reason } => {
                let text = format!("sds-wasm: bloom filter of message {message_id:?} ignored: {reason}");
                web_sys::console::debug_1(&text.into());
            }
        }
    }

    fn gives_hints(&self) -> bool {
        self.retrieval_hint.is_some()
    }

    fn retrieval_hint(&self, message: &MessageId, channel: &ChannelId) -> Option<Bytes> {
        let provider = self.retrieval_hint.as_ref()?;
        let hint =
            provider.call2(&JsValue::UNDEFINED, &message.as_str().into(), &channel.as_str().into()).ok()?;
        hint.dyn_ref::<Uint8Array>().map(|hint| hint.to_vec().into())
    }
}
