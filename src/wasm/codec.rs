//! The codec functions for tools.

use wasm_bindgen::prelude::*;

use super::{config, error, meta::ChannelMeta, value};
use crate::{
    codec::{meta, wire},
    protocol::{Error, Message, check_size},
};

/// Encodes a complete, checked message object.
#[wasm_bindgen(js_name = encodeMessage)]
pub fn encode_message(message: JsValue, dialect: JsValue) -> Result<Vec<u8>, JsValue> {
    config::dialect(&dialect)?;
    let message: Message = value::from_js::<value::Message>(message)?.into();
    check(&message)?;
    let bytes = wire::encode(&message);
    decodable(wire::decode(bytes.clone()))?;
    Ok(bytes.into())
}

/// Decodes a message in any dialect.
#[wasm_bindgen(js_name = decodeMessage)]
pub fn decode_message(bytes: Vec<u8>) -> Result<JsValue, JsValue> {
    let message = wire::decode(bytes.into()).map_err(|reason| error::from_protocol(&reason))?;
    Ok(value::to_js(&value::Message::from(message)))
}

/// Encodes a complete, checked snapshot object.
#[wasm_bindgen(js_name = encodeChannelMeta)]
pub fn encode_channel_meta(channel_meta: JsValue) -> Result<Vec<u8>, JsValue> {
    let channel_meta: meta::ChannelMeta = value::from_js::<ChannelMeta>(channel_meta)?.into();
    let sent = channel_meta.outgoing_buffer.iter().map(|sent| &sent.message);
    let waiting = channel_meta.incoming_buffer.iter().map(|waiting| &waiting.message);
    sent.chain(waiting).chain(&channel_meta.pending_append).try_for_each(check)?;
    let bytes = meta::encode_meta(&channel_meta);
    decodable(meta::decode_meta(bytes.clone()))?;
    Ok(bytes.into())
}

/// Decodes a snapshot.
#[wasm_bindgen(js_name = decodeChannelMeta)]
pub fn decode_channel_meta(bytes: Vec<u8>) -> Result<JsValue, JsValue> {
    let channel_meta = meta::decode_meta(bytes.into()).map_err(|reason| error::from_protocol(&reason))?;
    Ok(value::to_js(&ChannelMeta::from(channel_meta)))
}

fn check(message: &Message) -> Result<(), JsValue> {
    check_size(&message.content).map_err(|reason| error::from_protocol(&reason))
}

/// What is encoded must be decodable: what nobody would accept is refused here.
fn decodable<T>(decoded: Result<T, Error>) -> Result<(), JsValue> {
    decoded.map(drop).map_err(|reason| error::from_protocol(&Error::Serialization(reason.to_string())))
}
