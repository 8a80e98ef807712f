//! The hashes of @waku/sds.

use sha2::{Digest, Sha256};

/// MurmurHash3 x86 32-bit, seed 0, of one text followed by another. Each code point is one element: its first UTF-16
/// unit. For ASCII these are the bytes; larger elements spill into their neighbours' places, as in @waku/sds.
pub(super) fn murmur(first: &str, second: &str) -> i32 {
    let mut hash = 0_u32;
    let mut length = 0_u32;
    let mut elements = first.chars().chain(second.chars()).map(first_unit);
    loop {
        let mut block = 0_u32;
        let mut shift = 0_u32;
        for element in elements.by_ref().take(4) {
            block |= element << shift;
            shift = shift.wrapping_add(8);
        }
        length = length.wrapping_add(shift / 8);
        let full = shift == 32;
        hash ^= block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
        if !full {
            break;
        }
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    finish(hash ^ length) as i32
}

fn first_unit(character: char) -> u32 {
    let mut units = [0; 2];
    character.encode_utf16(&mut units).first().copied().unwrap_or(0).into()
}

fn finish(mut hash: u32) -> u32 {
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

/// The first 8 bytes of the SHA-256 of one text followed by another, big-endian.
pub(super) fn sha(first: &str, second: &str) -> u64 {
    let digest = Sha256::new_with_prefix(first).chain_update(second).finalize();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
