//! A walk over protobuf bytes. It refuses what nim-sds refuses and protobuf libraries forgive (numbers written longer than
//! needed, groups), what we don't want to guess about (known fields of another type), and too many entries before memory is
//! taken for them. What it finds wrong it names by field. Values are handed on as it goes, so that bytes are read once.

use crate::protocol::Error;

/// What bytes are supposed to be.
pub(super) struct Schema {
    /// How the thing is called in error texts.
    pub name: &'static str,
    pub fields: &'static [Field],
}

/// A field that we know. Others are skipped, as protobuf wants it.
pub(super) struct Field {
    pub number: u32,
    name: &'static str,
    kind: Kind,
    /// How often it may occur.
    limit: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Bytes,
}

/// The value of a field, as far as wire types tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// More fields than any schema has.
const MAX_FIELDS: usize = 16;

/// As many as there are.
const ANY: usize = usize::MAX;

/// What is done with a value: it is given the index of the field in the schema.
type Visit<'v, 'a> = &'v mut dyn FnMut(usize, Value<'a>) -> Result<(), Error>;

/// Hands on the values of the fields that the schema knows, in the order in which they were written.
///
/// # Errors
/// `Deserialization`, with the name of the field and what is wrong with it; and whatever `visit` finds.
pub(super) fn walk<'a>(bytes: &'a [u8], schema: &Schema, visit: Visit<'_, 'a>) -> Result<(), Error> {
    let mut counts = [0_usize; MAX_FIELDS];
    let mut reader = Reader { rest: bytes };
    while !reader.rest.is_empty() {
        let (number, value) = reader.field().map_err(|fault| refuse(schema.name, &fault))?;
        let index = schema.fields.iter().position(|field| field.number == number);
        if let Some(index) = index
            && let (Some(field), Some(count)) = (schema.fields.get(index), counts.get_mut(index))
        {
            *count = count.saturating_add(1);
            let checked = field.check(value, *count);
            checked.map_err(|fault| refuse(&format!("{}.{}", schema.name, field.name), &fault))?;
            visit(index, value)?;
        }
    }
    Ok(())
}

impl Field {
    pub const fn number(number: u32, name: &'static str) -> Self {
        Self { number, name, kind: Kind::Number, limit: ANY }
    }

    pub const fn bytes(number: u32, name: &'static str) -> Self {
        Self { number, name, kind: Kind::Bytes, limit: ANY }
    }

    /// At most `limit` messages.
    pub const fn nested(number: u32, name: &'static str, limit: usize) -> Self {
        Self { number, name, kind: Kind::Bytes, limit }
    }

    /// `count`: how many values the field has so far, this one included.
    fn check(&self, value: Value<'_>, count: usize) -> Result<(), String> {
        match (self.kind, value) {
            (Kind::Number, Value::Number(_)) | (Kind::Bytes, Value::Bytes(_)) if count <= self.limit => {
                Ok(())
            }
            (Kind::Number, Value::Number(_)) | (Kind::Bytes, Value::Bytes(_)) => {
                Err(format!("more than {} entries", self.limit))
            }
            (kind, value) => Err(format!("{}, expected {}", value.describe(), kind.describe())),
        }
    }
}

impl Kind {
    fn describe(self) -> &'static str {
        match self {
            Self::Number => "a varint",
            Self::Bytes => "a length-delimited value",
        }
    }
}

impl Value<'_> {
    fn describe(&self) -> &'static str {
        match self {
            Self::Number(_) => "found a varint",
            Self::Bytes(_) => "found a length-delimited value",
            Self::Fixed => "found a fixed-size value",
        }
    }
}

/// The error for something wrong at a named place.
pub(super) fn refuse(place: &str, what: &str) -> Error {
    Error::Deserialization(format!("{place}: {what}"))
}

/// The fields of a message in the order they were written. Ends after the first error.
pub(super) fn fields(bytes: &[u8]) -> impl Iterator<Item = Result<(u32, Value<'_>), String>> {
    let mut reader = Reader { rest: bytes };
    std::iter::from_fn(move || {
        if reader.rest.is_empty() {
            return None;
        }
        let item = reader.field();
        if item.is_err() {
            reader.rest = &[];
        }
        Some(item)
    })
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn field(&mut self) -> Result<(u32, Value<'a>), String> {
        let key = self.varint()?;
        let (number, wire_type) = (key >> 3, key & 7);
        // The range that protobuf defines.
        let Some(number) = u32::try_from(number).ok().filter(|number| (1..1 << 29).contains(number)) else {
            return Err(format!("field number {number} doesn't exist"));
        };
        let value = match wire_type {
            0 => Value::Number(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => {
                return Err(format!("field {number} has wire type {wire_type}, which is not supported"));
            }
        };
        Ok((number, value))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let split = usize::try_from(length).ok().and_then(|length| self.rest.split_at_checked(length));
        let Some((taken, rest)) = split else {
            return Err(format!("a value of {length} bytes where {} are left", self.rest.len()));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// Reads a number in the shortest form that holds it; other forms are errors.
    #[inline(always)]
    fn varint(&mut self) -> Result<u64, String> {
        // Nearly all are below 128.
        if let [byte @ ..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(u64::from(*byte));
        }
        self.long_varint()
    }

    fn long_varint(&mut self) -> Result<u64, String> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let Some((byte, rest)) = self.rest.split_first() else {
                return Err("ends within a number".into());
            };
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return check_last(*byte, shift).map(|()| value);
            }
        }
        Err("a number of more than 10 bytes".into())
    }
}

/// Whether a number may end with this byte, whose bits count from `shift` on.
fn check_last(byte: u8, shift: u32) -> Result<(), String> {
    if byte == 0 && shift > 0 {
        return Err("a number written longer than needed".into());
    }
    // One bit is left for the tenth byte.
    if byte > 1 && shift == 63 {
        return Err("a number of more than 64 bits".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<(u32, Value<'_>)>, String> {
        fields(bytes).collect()
    }

    #[test]
    fn every_supported_wire_type_is_walked_over() {
        let bytes = [0x08, 0x96, 0x01, 0x12, 2, 7, 8, 0x1d, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0];
        let expected =
            [(1, Value::Number(150)), (2, Value::Bytes(&[7, 8])), (3, Value::Fixed), (4, Value::Fixed)];
        assert_eq!(all(&bytes).unwrap(), expected);
        let largest = [8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(all(&largest).unwrap(), [(1, Value::Number(u64::MAX))]);
    }

    #[test]
    fn what_nim_sds_refuses_is_refused_with_a_reason() {
        let wrong: [(&[u8], &str); 10] = [
            (&[0x08], "ends within a number"),
            (&[0x08, 0x80], "ends within a number"),
            (&[0x08, 0x87, 0x00], "longer than needed"),
            (&[0x88, 0x00, 0x01], "longer than needed"),
            (&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], "64 bits"),
            (&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 1], "10 bytes"),
            (&[0x00, 0x00], "field number 0"),
            (&[0x0b, 0x0c], "wire type 3"),
            (&[0x0e], "wire type 6"),
            (&[0x12, 0xff, 0xff, 0xff, 0xff, 0x0f, 0], "4294967295 bytes where 1"),
        ];
        for (bytes, reason) in wrong {
            let text = all(bytes).unwrap_err();
            assert!(text.contains(reason), "{bytes:x?}: {text}");
        }
    }
}
