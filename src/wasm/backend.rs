//! The application's persistence object behind the port.

use bytes::Bytes;
use js_sys::{Array, ArrayBuffer, JsString, Promise, Reflect, Symbol, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

use super::{
    failure::{Failure, unusable},
    value,
};
use crate::{
    persistence::{ChannelData, Persistence},
    protocol::{ChannelId, HistoryUpdate, MessageId},
};

#[wasm_bindgen]
extern "C" {
    /// An object with the five methods. They are looked up at each call.
    pub type Backend;

    #[wasm_bindgen(method, catch, js_name = saveChannelMeta)]
    fn save_channel_meta(this: &Backend, channel: &str, meta: Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = updateHistory)]
    fn update_history(this: &Backend, channel: &str, update: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = loadChannel)]
    fn load_channel(this: &Backend, channel: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = dropChannel)]
    fn drop_channel(this: &Backend, channel: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setRetrievalHint)]
    fn set_retrieval_hint(
        this: &Backend,
        id: &str,
        hint: Uint8Array,
        channel: &str,
    ) -> Result<JsValue, JsValue>;

    /// What `loadChannel` gives.
    type Loaded;
    #[wasm_bindgen(method, catch, getter)]
    fn meta(this: &Loaded) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, getter, js_name = messageHistory)]
    fn message_history(this: &Loaded) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, getter, js_name = retrievalHints)]
    fn retrieval_hints(this: &Loaded) -> Result<JsValue, JsValue>;

    // Both run the getters of what they are given, and give arrays that have none.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn items(array: &Array) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn entries(object: &JsValue) -> Result<Array, JsValue>;
}

/// Waits for what a method returned; a method that returns no promise is done.
async fn settled(returned: Result<JsValue, JsValue>) -> Result<JsValue, Failure> {
    Ok(JsFuture::from(Promise::resolve(&returned?)).await?)
}

async fn done(returned: Result<JsValue, JsValue>) -> Result<(), Failure> {
    settled(returned).await.map(drop)
}

impl Persistence for Backend {
    type Error = Failure;

    async fn save_channel_meta(&self, channel: &ChannelId, meta: Bytes) -> Result<(), Failure> {
        done(self.save_channel_meta(channel.as_str(), Uint8Array::from(&*meta))).await
    }

    async fn update_history(&self, channel: &ChannelId, update: HistoryUpdate) -> Result<(), Failure> {
        done(self.update_history(channel.as_str(), value::history_update(&update).into())).await
    }

    async fn load_channel(&self, channel: &ChannelId) -> Result<Option<ChannelData>, Failure> {
        let loaded = settled(self.load_channel(channel.as_str())).await?;
        if loaded.is_undefined() || loaded.is_null() {
            return Ok(None);
        }
        if !loaded.is_object() {
            return Err(unusable("it gave neither an object nor undefined"));
        }
        read(loaded.unchecked_ref()).map(Some)
    }

    async fn drop_channel(&self, channel: &ChannelId) -> Result<(), Failure> {
        done(self.drop_channel(channel.as_str())).await
    }

    async fn set_retrieval_hint(
        &self,
        id: &MessageId,
        hint: Bytes,
        channel: &ChannelId,
    ) -> Result<(), Failure> {
        done(self.set_retrieval_hint(id.as_str(), Uint8Array::from(&*hint), channel.as_str())).await
    }
}

fn read(loaded: &Loaded) -> Result<ChannelData, Failure> {
    let meta = loaded.meta()?;
    let meta = if meta.is_undefined() { None } else { Some(bytes(meta, "meta is not a Uint8Array")?) };
    let history = loaded.message_history()?;
    let history: Array =
        history.dyn_into().map_err(|_| unusable("it gave an object without the array messageHistory"))?;
    let message_history = items(&history)?
        .iter()
        .map(|message| bytes(message, "messageHistory has an element that is not a Uint8Array"))
        .collect::<Result<_, _>>()?;
    Ok(ChannelData { meta, message_history, retrieval_hints: read_hints(loaded.retrieval_hints()?)? })
}

fn read_hints(hints: JsValue) -> Result<Vec<(MessageId, Bytes)>, Failure> {
    if hints.is_undefined() {
        return Ok(Vec::new());
    }
    if !hints.is_object() {
        return Err(unusable("retrievalHints is not an object"));
    }
    let read = |pair: JsValue| {
        let pair: Array = pair.unchecked_into();
        let id: String = pair.get(0).unchecked_into::<JsString>().into();
        Ok((id.into(), bytes(pair.get(1), "retrievalHints has a value that is not a Uint8Array")?))
    };
    // Not checked by class: an object may come from another realm, or have no prototype.
    entries(&hints)?.iter().map(read).collect()
}

fn bytes(value: JsValue, complaint: &str) -> Result<Bytes, Failure> {
    // By its tag, not its class: it may come from another realm.
    let is_bytes = ArrayBuffer::is_view(&value)
        && Reflect::get(&value, &Symbol::to_string_tag().into())? == "Uint8Array";
    if !is_bytes {
        return Err(unusable(complaint));
    }
    Ok(Uint8Array::new(&value).to_vec().into())
}
