//! The binding as the package's JavaScript meets it: through the generated glue, with backends of every behaviour.
#![cfg(target_arch = "wasm32")]

mod backends;
mod boundary;
mod config;
mod errors;
mod events;
mod loading;
mod support;
