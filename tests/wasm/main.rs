//! The binding as the package's JavaScript meets it: through the generated glue, with backends of every behaviour.
//! In Node and in browsers: no test needs anything that one of these places lacks.
#![cfg(target_arch = "wasm32")]

mod backends;
mod boundary;
mod config;
mod errors;
mod events;
mod loading;
mod support;

/// `wasm-pack test --headless` names no place, it only says "not in Node", and suites that don't ask for a browser are
/// passed over. This one asks for it then, and only then, as `wasm_bindgen_test_configure!(run_in_browser)` does always:
/// `npm test` runs it in Node and in workers as well.
const BY_WASM_PACK: bool = option_env!("WASM_BINDGEN_TEST_ONLY_WEB").is_some();
/// What the macro would make, or a section that is empty and so left out.
#[unsafe(link_section = "__wasm_bindgen_test_unstable")]
pub static RUN_IN_BROWSER: [u8; BY_WASM_PACK as usize] = [1; BY_WASM_PACK as usize];
