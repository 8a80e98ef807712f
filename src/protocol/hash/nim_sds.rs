//! The string hash of nim-sds: FarmHash NA 64, also known as Fingerprint64, unseeded, over the UTF-8 bytes.

/// Texts up to this length are joined on the stack.
const STACK: usize = 256;

/// The hash of one text followed by another, as the signed integer that nim-sds computes with.
pub fn hash(first: &str, second: &str) -> i64 {
    let mut stack = [0; STACK];
    let Some(joined) = stack.get_mut(..first.len().saturating_add(second.len())) else {
        return hash_bytes(&[first.as_bytes(), second.as_bytes()].concat());
    };
    if let Some((head, tail)) = joined.split_at_mut_checked(first.len()) {
        head.copy_from_slice(first.as_bytes());
        tail.copy_from_slice(second.as_bytes());
    }
    hash_bytes(joined)
}

fn hash_bytes(bytes: &[u8]) -> i64 {
    farmhash::fingerprint64(bytes) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_on_the_stack_and_on_the_heap_agree_with_joining_first() {
        for length in [0, 1, STACK - 3, STACK - 2, STACK - 1, STACK, 1000] {
            let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(hash(&text, " b"), hash(&format!("{text} b"), ""), "{length}");
        }
    }
}
