//! Settings as JavaScript gives and gets them.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{error, failure::describe, value::Plain};
use crate::protocol::{Config, Dialect};

/// The default settings with those that are given.
///
/// # Errors
/// An `InvalidArgument` object that names the setting and what it may be.
pub fn from_js(given: &JsValue) -> Result<Config, JsValue> {
    let Some(given) = Object::try_from(given) else {
        return Ok(Config::default());
    };
    let mut config = Config::of(dialect(&Reflect::get(given, &"dialect".into())?)?);
    for pair in Object::entries(given).iter() {
        let pair = Array::from(&pair);
        let name = pair.get(0).as_string().unwrap_or_default();
        let value = pair.get(1);
        if value.is_undefined() || name == "dialect" {
            continue;
        }
        // Names that don't exist are reported as such, whatever their value.
        if config.get(&name).is_none() {
            return Err(error::invalid_argument(&format!("config.{name} is not a setting")));
        }
        let refused =
            |reason: String| error::invalid_argument(&format!("{reason}, got {}", describe(&value)));
        let number = value.as_f64().ok_or_else(|| refused(format!("config.{name} must be a number")))?;
        config.set(&name, number).map_err(|reason| refused(reason.to_string()))?;
    }
    config.check().map_err(|reason| error::from_protocol(&reason))?;
    Ok(config)
}

/// All settings in force.
pub fn to_js(config: &Config) -> Plain {
    let object = Plain::new().with("dialect", name_of(config.dialect));
    let settings = Config::NAMES.iter().filter_map(|name| Some((name, config.get(name)?)));
    settings.fold(object, |object, (name, value)| object.with(name, value))
}

const NIM_SDS: &str = "nim-sds";
const RFC: &str = "rfc";

fn name_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::NimSds => NIM_SDS,
        Dialect::Rfc => RFC,
    }
}

/// The dialect with this name; the default if it is undefined.
///
/// # Errors
/// An `InvalidArgument` object for any other name.
pub fn dialect(value: &JsValue) -> Result<Dialect, JsValue> {
    match value.as_string().as_deref() {
        None if value.is_undefined() => Ok(Dialect::default()),
        Some(NIM_SDS) => Ok(Dialect::NimSds),
        Some(RFC) => Ok(Dialect::Rfc),
        _ => Err(error::invalid_argument(&format!(
            "config.dialect must be \"{NIM_SDS}\" or \"{RFC}\", got {}",
            describe(value)
        ))),
    }
}
