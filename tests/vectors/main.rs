//! Against data measured on the real implementations.
#![cfg(not(target_arch = "wasm32"))]

mod golden;
mod nim_sds;
mod waku_sds;
