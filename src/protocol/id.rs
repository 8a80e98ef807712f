//! The three names of the protocol, kept apart by type. Cheap to clone: the text is shared.

use std::{borrow::Borrow, fmt, sync::Arc};

/// Writes an id that may be a stranger's: in quotes, and nothing that controls what shows it. (The standard library's way
/// needs tables of all of Unicode.)
fn quote(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            _ if character.is_control() => write!(f, "\\u{{{:x}}}", u32::from(character))?,
            _ => write!(f, "{character}")?,
        }
    }
    f.write_str("\"")
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text of the id.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the id is the empty string.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::from("")
            }
        }

        // Maps keyed by the id can be searched with a `&str`.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                quote(f, &self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id!(
    /// Names a message; unique in its channel, chosen by the sender.
    MessageId
);
id!(
    /// Names one group conversation.
    ChannelId
);
id!(
    /// Names a member of a channel. Empty: anonymous, which disables SDS-R.
    ParticipantId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_in_quotes_without_control_characters() {
        let id = MessageId::from("a\"b\\c\nd\u{9b}é");
        assert_eq!(format!("{id:?} {id}"), "\"a\\\"b\\\\c\\u{a}d\\u{9b}é\" a\"b\\c\nd\u{9b}é");
    }
}
