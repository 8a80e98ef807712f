//! Scalable Data Sync (SDS) with its repair extension SDS-R: reliable, causally ordered messaging over
//! networks that lose, repeat and reorder messages, with state that survives a restart.
//!
//! The rooms, from the inside out:
//!
//! - [`protocol`]: one channel as a pure state machine. No I/O, no clock, no randomness, no panic.
//! - [`codec`]: the bytes on the wire and at rest, by protobuf. Total on hostile input.
//! - [`persistence`]: the port of five async methods behind which state is kept.
//! - [`manager`]: many channels; runs an operation, persists once, hands out the events.
//! - `wasm`: the thin binding for JavaScript, on wasm32 only.
//!
//! Panics can't happen: what could panic is denied, except in tests.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

pub mod codec;
pub mod manager;
pub mod persistence;
pub mod protocol;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
