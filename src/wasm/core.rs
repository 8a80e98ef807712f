//! The manager as the package's JavaScript uses it. Instants are milliseconds since the unix epoch.

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::{
    backend::Backend,
    config, error,
    failure::Failure,
    host::{Functions, Host},
    reading::{self, millis},
    value::{self, Plain, texts},
};
use crate::{
    manager::{Error, Manager},
    protocol::{self, Channel, ChannelId, MessageId, check_id},
};

type Inner = Manager<Option<Backend>, Host>;

/// One participant's manager.
#[wasm_bindgen]
pub struct Core {
    manager: Inner,
}

#[wasm_bindgen]
impl Core {
    #[wasm_bindgen(constructor)]
    pub fn new(
        participant_id: &str,
        config: JsValue,
        persistence: JsValue,
        functions: Functions,
        retrieval_hint: Option<Function>,
    ) -> Result<Core, JsValue> {
        let persistence = persistence.is_object().then(|| persistence.unchecked_into());
        let host = Host { functions, retrieval_hint };
        let config = config::from_js(&config)?;
        if !participant_id.is_empty() {
            check_id("participantId", participant_id).map_err(|reason| error::from_protocol(&reason))?;
        }
        Ok(Self { manager: Manager::new(participant_id.into(), config, persistence, host) })
    }

    pub fn config(&self) -> Plain {
        config::to_js(self.manager.config())
    }

    #[wasm_bindgen(js_name = ensureChannel)]
    pub fn ensure_channel(&self, channel: &str, now: f64) -> Promise {
        let channel = ChannelId::from(channel);
        self.run(async move |manager| manager.ensure_channel(&channel, millis(now)).await.map(nothing))
    }

    #[wasm_bindgen(js_name = removeChannel)]
    pub fn remove_channel(&self, channel: &str) -> Promise {
        let channel = ChannelId::from(channel);
        self.run(async move |manager| manager.remove_channel(&channel).await.map(nothing))
    }

    pub fn reset(&self) -> Promise {
        self.run(async |manager| manager.reset().await.map(nothing))
    }

    pub fn close(&self) -> Promise {
        self.run(async |manager| {
            manager.close().await;
            Ok(JsValue::UNDEFINED)
        })
    }

    #[wasm_bindgen(js_name = wrapOutgoingMessage)]
    pub fn wrap_outgoing_message(&self, content: Vec<u8>, id: &str, channel: &str, now: f64) -> Promise {
        let (id, channel) = (MessageId::from(id), ChannelId::from(channel));
        self.run(async move |manager| {
            manager.wrap_outgoing(content.into(), id, &channel, millis(now)).await.map(bytes_to_js)
        })
    }

    #[wasm_bindgen(js_name = wrapSyncMessage)]
    pub fn wrap_sync_message(&self, id: &str, channel: &str, now: f64) -> Promise {
        let (id, channel) = (MessageId::from(id), ChannelId::from(channel));
        self.run(async move |manager| manager.wrap_sync(id, &channel, millis(now)).await.map(bytes_to_js))
    }

    #[wasm_bindgen(js_name = wrapEphemeralMessage)]
    pub fn wrap_ephemeral_message(
        &self,
        content: Vec<u8>,
        id: &str,
        channel: &str,
    ) -> Result<JsValue, JsValue> {
        let wrapped = self.manager.wrap_ephemeral(content.into(), id.into(), &channel.into());
        wrapped.map(bytes_to_js).map_err(error::to_js)
    }

    #[wasm_bindgen(js_name = unwrapReceivedMessage)]
    pub fn unwrap_received_message(&self, bytes: Vec<u8>, only: Option<String>, now: f64) -> Promise {
        let only = only.map(ChannelId::from);
        self.run(async move |manager| {
            let received = manager.unwrap_received(bytes.into(), only.as_ref(), millis(now)).await?;
            Ok(manager.host().received(&received))
        })
    }

    #[wasm_bindgen(js_name = markDependenciesMet)]
    pub fn mark_dependencies_met(&self, ids: JsValue, channel: &str) -> Result<Promise, JsValue> {
        let ids = reading::ids(&ids)?;
        let channel = ChannelId::from(channel);
        Ok(self.run(async move |manager| manager.mark_dependencies_met(&ids, &channel).await.map(nothing)))
    }

    #[wasm_bindgen(js_name = checkUnacknowledgedMessages)]
    pub fn check_unacknowledged_messages(&self, channel: &str, now: f64) -> Promise {
        let channel = ChannelId::from(channel);
        self.run(async move |manager| manager.check_unacknowledged(&channel, millis(now)).await.map(nothing))
    }

    #[wasm_bindgen(js_name = sweepRepairs)]
    pub fn sweep_repairs(&self, channel: &str, now: f64) -> Promise {
        let channel = ChannelId::from(channel);
        self.run(async move |manager| manager.sweep_repairs(&channel, millis(now)).await.map(nothing))
    }

    #[wasm_bindgen(js_name = runRepairSweep)]
    pub fn run_repair_sweep(&self, now: f64) -> Promise {
        self.run(async move |manager| manager.run_repair_sweep(millis(now)).await.map(nothing))
    }

    #[wasm_bindgen(js_name = getChannels)]
    pub fn channels(&self) -> Array {
        self.manager.channels().iter().map(|id| JsValue::from(id.as_str())).collect()
    }

    #[wasm_bindgen(js_name = getMessageHistory)]
    pub fn message_history(&self, channel: &str) -> JsValue {
        let ids = |channel: &Channel| texts(&mut channel.history().map(|message| &message.message_id));
        self.view(channel, ids).unwrap_or_else(|| Array::new().into())
    }

    #[wasm_bindgen(js_name = getMessage)]
    pub fn message(&self, channel: &str, id: &str) -> Result<JsValue, JsValue> {
        let stored = self.view(channel, |channel| {
            channel.message(&id.into()).map(|message| value::stored(&message.bytes))
        });
        let message = stored.flatten().transpose().map_err(|reason| error::from_protocol(&reason))?;
        Ok(message.map_or(JsValue::UNDEFINED, Into::into))
    }

    #[wasm_bindgen(js_name = getLamportTimestamp)]
    pub fn lamport_timestamp(&self, channel: &str) -> u64 {
        self.view(channel, Channel::lamport_timestamp).unwrap_or_default()
    }

    #[wasm_bindgen(js_name = getOutgoingBuffer)]
    pub fn outgoing_buffer(&self, channel: &str) -> Result<Array, JsValue> {
        self.list(channel, &|channel, list| {
            channel.outgoing().try_for_each(|sent| value::outgoing(sent).map(|object| _ = list.push(&object)))
        })
    }

    #[wasm_bindgen(js_name = getIncomingBuffer)]
    pub fn incoming_buffer(&self, channel: &str) -> Result<Array, JsValue> {
        self.list(channel, &|channel, list| {
            channel.incoming().try_for_each(|sent| value::incoming(sent).map(|object| _ = list.push(&object)))
        })
    }

    #[wasm_bindgen(js_name = getOutgoingRepairBuffer)]
    pub fn outgoing_repair_buffer(&self, channel: &str) -> Result<Array, JsValue> {
        self.list(channel, &|channel, list| {
            channel.repair_requests().for_each(|request| _ = list.push(&value::outgoing_repair(request)));
            Ok(())
        })
    }

    #[wasm_bindgen(js_name = getIncomingRepairBuffer)]
    pub fn incoming_repair_buffer(&self, channel: &str) -> Result<Array, JsValue> {
        self.list(channel, &|channel, list| {
            channel.repair_responses().for_each(|response| _ = list.push(&value::incoming_repair(response)));
            Ok(())
        })
    }

    #[wasm_bindgen(js_name = getPendingHistory)]
    pub fn pending_history(&self, channel: &str) -> Plain {
        let (pending, _) = self.view(channel, Channel::pending_history).unwrap_or_default();
        let append = texts(&mut pending.append.iter().map(|message| &message.message_id));
        Plain::new().with("append", append).with("evict", texts(&mut pending.evict.iter()))
    }
}

impl Core {
    fn run<F>(&self, operation: impl FnOnce(Inner) -> F + 'static) -> Promise
    where
        F: Future<Output = Result<JsValue, Error<Failure>>> + 'static,
    {
        start(Box::pin(operation(self.manager.clone())))
    }

    fn view<T>(&self, channel: &str, read: impl FnOnce(&Channel) -> T) -> Option<T> {
        self.manager.read(&channel.into(), read)
    }

    /// A view as an array. A channel that is not in memory has none of anything.
    fn list(
        &self,
        channel: &str,
        fill: &dyn Fn(&Channel, &Array) -> Result<(), protocol::Error>,
    ) -> Result<Array, JsValue> {
        let list = Array::new();
        let filled = self.view(channel, |channel| fill(channel, &list)).unwrap_or(Ok(()));
        filled.map(|()| list).map_err(|reason| error::from_protocol(&reason))
    }
}

/// Starts an operation; the promise settles after its events were dispatched.
fn start(operation: Pin<Box<dyn Future<Output = Result<JsValue, Error<Failure>>>>>) -> Promise {
    future_to_promise(async move { operation.await.map_err(error::to_js) })
}

fn nothing((): ()) -> JsValue {
    JsValue::UNDEFINED
}

fn bytes_to_js(bytes: Bytes) -> JsValue {
    value::bytes(&bytes).into()
}
