//! Settings as JavaScript gives and gets them.

use sds_wasm::wasm::Core;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Participant, get, js, show, text};

fn refusal(config: &str) -> JsValue {
    let functions = js("{}").unchecked_into();
    let created = Core::new("alice", js(config), JsValue::UNDEFINED, functions, None);
    created.err().unwrap_or_else(|| panic!("{config} was taken"))
}

#[wasm_bindgen_test]
fn settings_out_of_range_are_refused_by_name() {
    for (config, words) in [
        (
            "{ maxMessageHistory: 0 }",
            "config.maxMessageHistory must be a whole number from 1 to 1000000, got 0",
        ),
        (
            "{ maxCausalHistory: 1.5 }",
            "config.maxCausalHistory must be a whole number from 1 to 1000, got 1.5",
        ),
        (
            "{ bloomFilterErrorRate: 1 }",
            "config.bloomFilterErrorRate must be a number from 0.000001 to 0.999999, got 1",
        ),
        (
            "{ resendInterval: NaN }",
            "config.resendInterval must be a whole number from 1 to 2147483647, got NaN",
        ),
        ("{ repairTMax: -1 }", "config.repairTMax must be a whole number from 0 to 2147483647, got -1"),
        ("{ repairTMin: '5' }", "config.repairTMin must be a number"),
        ("{ repairTMin: 5n }", "config.repairTMin must be a number"),
        ("{ repairTMin: null }", "config.repairTMin must be a number"),
        ("{ noSuchSetting: 1 }", "config.noSuchSetting is not a setting"),
        ("{ noSuchSetting: 'x' }", "config.noSuchSetting is not a setting"),
        ("{ dialect: 5 }", "config.dialect must be \"nim-sds\" or \"rfc\""),
        (
            "{ dialect: 'rfc', bloomFilterCapacity: 5 }",
            "with config.dialect \"rfc\", bloomFilterCapacity must be 10000",
        ),
    ] {
        let error = refusal(config);
        assert_eq!(text(&error, "code"), "InvalidArgument", "{config}");
        assert!(text(&error, "message").starts_with(words), "{}", show(&error));
    }
}

#[wasm_bindgen_test]
fn settings_given_are_in_force_and_the_rest_are_the_defaults() {
    let config = |given| Participant::with("alice", given, JsValue::UNDEFINED, None).call("config", &[]);
    let defaults = config(JsValue::UNDEFINED);
    assert_eq!(js_sys::Object::keys(&defaults.clone().into()).length(), 18);
    for (name, value) in [
        ("bloomFilterCapacity", 10_000.0),
        ("bloomFilterErrorRate", 0.001),
        ("maxMessageHistory", 1000.0),
        ("repairTMax", 300_000.0),
        ("possibleAcksThreshold", 1.0),
        ("lostMessageTimeout", 0.0),
    ] {
        assert_eq!(get(&defaults, name).as_f64(), Some(value), "{name}");
    }
    assert_eq!(text(&defaults, "dialect"), "nim-sds");
    let given = config(js("{ dialect: 'nim-sds', repairTMax: 7, repairTMin: undefined }"));
    assert_eq!(get(&given, "repairTMax").as_f64(), Some(7.0));
    assert_eq!(get(&given, "repairTMin").as_f64(), Some(30_000.0));
    assert_eq!(show(&config(js("{}"))), show(&defaults));
}
