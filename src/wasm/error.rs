//! Errors as JavaScript gets them: plain objects with `code`, `message` and maybe `cause`, which the package turns
//! into `SdsError`.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::{failure::Failure, value::Plain};
use crate::{
    manager::{Error, PersistenceError},
    protocol,
};

/// An error object for JavaScript.
pub fn to_js(error: Error<Failure>) -> JsValue {
    match error {
        Error::Protocol(error) => from_protocol(&error),
        Error::Persistence(error) => from_persistence(error),
    }
}

/// An error object for a refused operation.
pub fn from_protocol(error: &protocol::Error) -> JsValue {
    let code = match error {
        protocol::Error::InvalidArgument(_) => "InvalidArgument",
        protocol::Error::InvalidState(_) => "InvalidState",
        protocol::Error::MessageTooLarge { .. } => "MessageTooLarge",
        protocol::Error::Deserialization(_) => "DeserializationError",
    };
    object(code, &error.to_string(), JsValue::UNDEFINED)
}

/// An error object for a persistence method that failed, with what it threw as `cause`.
pub fn from_persistence(error: PersistenceError<Failure>) -> JsValue {
    let text = error.to_string();
    object("PersistenceError", &text, error.cause.map_or(JsValue::UNDEFINED, |failure| failure.cause))
}

/// An error object for an argument that the package's JavaScript should have refused.
pub fn invalid_argument(text: &str) -> JsValue {
    object("InvalidArgument", text, JsValue::UNDEFINED)
}

fn object(code: &str, message: &str, cause: JsValue) -> JsValue {
    let error = Plain::new().with("code", code).with("message", message);
    if cause.is_undefined() { error.into() } else { error.with("cause", cause).into() }
}

/// Calls back with the text if the module panics, which means that it is broken and must not be used any more.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(callback: Function) {
    struct SingleThreaded(Function);
    // SAFETY: this module has no threads; the standard library asks for Send and Sync all the same.
    unsafe impl Send for SingleThreaded {}
    unsafe impl Sync for SingleThreaded {}

    let callback = SingleThreaded(callback);
    std::panic::set_hook(Box::new(move |info| {
        let SingleThreaded(callback) = &callback;
        let _ = callback.call1(&JsValue::UNDEFINED, &info.to_string().into());
    }));
}
