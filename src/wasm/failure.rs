//! Failures of the application's persistence object.

use std::fmt;

use js_sys::{JSON, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = String)]
    fn string(value: &JsValue) -> Result<JsValue, JsValue>;
}

/// What a persistence method threw or rejected with, or what was wrong with what it gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    text: String,
    /// What was thrown; `undefined` if nothing was.
    pub cause: JsValue,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<JsValue> for Failure {
    fn from(cause: JsValue) -> Self {
        Self { text: describe(&cause), cause }
    }
}

/// A text for anything that can be thrown. To look into an object may run its own code, which may throw in turn.
pub fn describe(thrown: &JsValue) -> String {
    if thrown.is_object() {
        let message = Reflect::get(thrown, &"message".into()).ok().and_then(|message| message.as_string());
        let written = || JSON::stringify(thrown).ok().and_then(|text| text.as_string());
        return message.or_else(written).unwrap_or_else(|| "an object".into());
    }
    if thrown.is_function() {
        return "a function".into();
    }
    // A primitive value, which has no code to run.
    string(thrown).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A failure that nothing was thrown for.
pub fn unusable(text: &str) -> Failure {
    Failure { text: text.into(), cause: JsValue::UNDEFINED }
}
