//! The settings of a manager, their defaults and their ranges.

use std::fmt;

use super::{Dialect, Error, Millis};

/// The type of a setting, as far as range checks and plain numbers go.
trait Setting: Sized {
    fn from_number(number: f64) -> Self;
    fn to_number(&self) -> f64;
    const WHOLE: bool;
}

macro_rules! whole_setting {
    ($($type:ty),*) => {$(
        impl Setting for $type {
            // In range and whole: checked before.
            fn from_number(number: f64) -> Self {
                number as $type
            }
            fn to_number(&self) -> f64 {
                *self as f64
            }
            const WHOLE: bool = true;
        }
    )*};
}
whole_setting!(usize, u32, u64);

impl Setting for f64 {
    fn from_number(number: f64) -> Self {
        number
    }
    fn to_number(&self) -> f64 {
        *self
    }
    const WHOLE: bool = false;
}

macro_rules! settings {
    ($($(#[$doc:meta])* $field:ident, $name:literal: $type:ty = $default:expr, $min:expr => $max:expr;)*) => {
        /// The settings of a manager. Durations are milliseconds.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config {
            /// Whose rules are followed, and in whose form messages are written.
            pub dialect: Dialect,
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Self { dialect: Dialect::default(), $($field: $default,)* }
            }
        }

        impl Config {
            /// The defaults of a dialect.
            pub fn of(dialect: Dialect) -> Self {
                let config = Self { dialect, ..Self::default() };
                match dialect {
                    Dialect::NimSds => config,
                    Dialect::Rfc => Self { repair_t_max: 120_000, possible_acks_threshold: 2, ..config },
                }
            }

            /// Whether the settings agree with each other.
            ///
            /// # Errors
            /// `InvalidArgument` for another filter than the dialect `"rfc"` agrees on: its messages don't say which
            /// they have, and @waku/sds can't read others.
            pub fn check(&self) -> Result<(), Error> {
                let agreed = Self::default();
                let filter = |config: &Self| (config.bloom_filter_capacity, config.bloom_filter_error_rate);
                if self.dialect == Dialect::NimSds || filter(self) == filter(&agreed) {
                    return Ok(());
                }
                let (capacity, rate) = filter(&agreed);
                Err(Error::InvalidArgument(format!(
                    "with config.dialect \"rfc\", bloomFilterCapacity must be {capacity} and bloomFilterErrorRate {}",
                    Decimal(rate)
                )))
            }

            /// How many ids that have left the history are remembered, each for itself: as known, and as to be evicted from
            /// storage.
            pub(super) fn remembered_ids(&self) -> usize {
                self.max_message_history.saturating_mul(4)
            }

            /// The names of all numeric settings, in the order of the documentation.
            pub const NAMES: &[&str] = &[$($name),*];

            /// Sets the field with this (camel case) name.
            ///
            /// # Errors
            /// `InvalidArgument` for a name that doesn't exist or a number that is out of the field's range.
            pub fn set(&mut self, name: &str, number: f64) -> Result<(), Error> {
                match name {
                    $($name => {
                        check(name, number, $min, $max, <$type>::WHOLE)?;
                        self.$field = Setting::from_number(number);
                    })*
                    _ => return Err(Error::InvalidArgument(format!("config.{name} is not a setting"))),
                }
                Ok(())
            }

            /// The value of the field with this (camel case) name.
            pub fn get(&self, name: &str) -> Option<f64> {
                match name {
                    $($name => Some(self.$field.to_number()),)*
                    _ => None,
                }
            }
        }
    };
}

/// The longest interval that a timer can wait.
const MAX_INTERVAL: f64 = i32::MAX as f64;

settings! {
    /// Message ids the bloom filter is sized for.
    bloom_filter_capacity, "bloomFilterCapacity": usize = 10_000, 1.0 => 1_000_000.0;
    /// The rate of false positives at capacity.
    bloom_filter_error_rate, "bloomFilterErrorRate": f64 = 0.001, 0.000_001 => 0.999_999;
    /// Delivered messages kept per channel.
    max_message_history, "maxMessageHistory": usize = 1000, 1.0 => 1_000_000.0;
    /// History entries sent with each message.
    max_causal_history, "maxCausalHistory": usize = 10, 1.0 => 1000.0;
    /// How long a message waits for an acknowledgement before it is sent again.
    resend_interval, "resendInterval": Millis = 60_000, 1.0 => MAX_INTERVAL;
    /// How often a message is sent again before it is given up.
    max_resend_attempts, "maxResendAttempts": u32 = 5, 0.0 => 1_000_000.0;
    /// How often the application is asked to send a sync message.
    sync_message_interval, "syncMessageInterval": Millis = 30_000, 1.0 => MAX_INTERVAL;
    /// How often unacknowledged messages are looked at.
    buffer_sweep_interval, "bufferSweepInterval": Millis = 60_000, 1.0 => MAX_INTERVAL;
    /// The least time before a missing dependency is asked for.
    repair_t_min, "repairTMin": Millis = 30_000, 0.0 => MAX_INTERVAL;
    /// The range over which repair requests and responses are spread.
    repair_t_max, "repairTMax": Millis = 300_000, 0.0 => MAX_INTERVAL;
    /// Into how many groups participants are split to answer repair requests.
    num_response_groups, "numResponseGroups": u32 = 1, 1.0 => 1_000_000.0;
    /// Repair requests attached to one message.
    max_repair_requests, "maxRepairRequests": usize = 3, 0.0 => 1000.0;
    /// How often the repair buffers are looked at.
    repair_sweep_interval, "repairSweepInterval": Millis = 5000, 1.0 => MAX_INTERVAL;
    /// Messages whose filter must hold an id before it counts as acknowledged.
    possible_acks_threshold, "possibleAcksThreshold": u32 = 1, 1.0 => 1000.0;
    /// Messages that may wait for dependencies, per channel.
    max_incoming_buffer, "maxIncomingBuffer": usize = 1000, 1.0 => 1_000_000.0;
    /// Entries in each of the two repair buffers, per channel.
    max_repair_buffer, "maxRepairBuffer": usize = 1000, 1.0 => 1_000_000.0;
    /// How long a message may wait for its dependencies before it is given up; 0: for ever.
    lost_message_timeout, "lostMessageTimeout": Millis = 0, 0.0 => 9_007_199_254_740_991.0;
}

fn check(name: &str, number: f64, min: f64, max: f64, whole: bool) -> Result<(), Error> {
    // NaN is in no range.
    let in_range = (min..=max).contains(&number) && (!whole || number.fract() == 0.0);
    if in_range {
        return Ok(());
    }
    let kind = if whole { "a whole number" } else { "a number" };
    let (min, max) = (Decimal(min), Decimal(max));
    Err(Error::InvalidArgument(format!("config.{name} must be {kind} from {min} to {max}")))
}

/// A bound or default in writing: a whole number, or millionths. The standard library's way of writing floats would make
/// the WebAssembly file a tenth larger.
struct Decimal(f64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.fract() == 0.0 {
            return write!(f, "{}", self.0 as u64);
        }
        let millionths = format!("{:06}", (self.0 * 1e6).round() as u64);
        write!(f, "0.{}", millionths.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_back_as_it_was_set_and_keeps_its_range() {
        for name in Config::NAMES {
            let mut config = Config::default();
            let default = config.get(name).unwrap();
            config.set(name, default).unwrap();
            assert_eq!(config, Config::default(), "{name}");
            for bad in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
                let Err(Error::InvalidArgument(text)) = config.set(name, bad) else {
                    panic!("{name} took {bad}");
                };
                assert!(text.contains(name) && text.contains("from"), "{text}");
            }
            assert_eq!(config, Config::default(), "{name}: an error changes nothing");
        }
    }

    #[test]
    fn ranges_are_told() {
        let refusal = |name| Config::default().set(name, -1.0).unwrap_err().to_string();
        let number = "config.bloomFilterErrorRate must be a number from 0.000001 to 0.999999";
        assert!(refusal("bloomFilterErrorRate").ends_with(number));
        let whole = "config.lostMessageTimeout must be a whole number from 0 to 9007199254740991";
        assert!(refusal("lostMessageTimeout").ends_with(whole));
        assert_eq!(Decimal(0.001).to_string(), "0.001");
    }

    #[test]
    fn whole_settings_take_no_fractions_and_unknown_names_are_refused() {
        let mut config = Config::default();
        assert!(config.set("maxCausalHistory", 1.5).is_err());
        assert!(config.set("bloomFilterErrorRate", 0.5).is_ok());
        assert_eq!(
            config.set("maxHistory", 1.0),
            Err(Error::InvalidArgument("config.maxHistory is not a setting".into()))
        );
        assert_eq!(config.get("maxHistory"), None);
    }
}
