//! The codec functions for tools. They encode whatever has the right types, also what no participant would accept: tools
//! and tests need that too.

use wasm_bindgen::prelude::*;

use super::{config, error, meta, reading, value};
use crate::{codec::wire, protocol};

/// Encodes a complete, checked message object.
#[wasm_bindgen(js_name = encodeMessage)]
pub fn encode_message(message: JsValue, dialect: JsValue) -> Result<Vec<u8>, JsValue> {
    let dialect = config::dialect(&dialect)?;
    let message = reading::message(&message)?;
    Ok(wire::encode(&protocol::Message { dialect, ..message }).into())
}

/// Decodes a message.
#[wasm_bindgen(js_name = decodeMessage)]
pub fn decode_message(bytes: Vec<u8>) -> Result<JsValue, JsValue> {
    let message = wire::decode(bytes.into()).map_err(|reason| error::from_protocol(&reason))?;
    Ok(value::message(&message).into())
}

/// Encodes a complete, checked snapshot object.
#[wasm_bindgen(js_name = encodeChannelMeta)]
pub fn encode_channel_meta(channel_meta: JsValue) -> Result<Vec<u8>, JsValue> {
    meta::from_object(&channel_meta).map(Vec::from)
}

/// Decodes a snapshot.
#[wasm_bindgen(js_name = decodeChannelMeta)]
pub fn decode_channel_meta(bytes: Vec<u8>) -> Result<JsValue, JsValue> {
    let object = meta::to_object(&bytes.into()).map_err(|reason| error::from_protocol(&reason))?;
    Ok(object.into())
}
