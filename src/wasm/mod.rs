//! The binding for JavaScript: conversions only. The package's JavaScript gives it its final shape; nothing of this
//! module is handed to users as it is.

mod backend;
mod codec;
mod config;
mod core;
mod error;
mod failure;
mod host;
mod meta;
mod reading;
mod value;

pub use self::core::Core;
pub use codec::{decode_channel_meta, decode_message, encode_channel_meta, encode_message};
pub use error::on_panic;
