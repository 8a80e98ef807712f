//! The filter alone as a WebAssembly module, for `npm run bench`: the package doesn't hand it out, @waku/sds does. Ids come
//! from JavaScript as text, as they do there.

use std::cell::RefCell;

use sds_wasm::protocol::{BloomFilter, Config, Dialect, IdHash};

const LENGTH: usize = 64;

struct Filter {
    dialect: Dialect,
    bits: BloomFilter,
}

fn empty(dialect: Dialect) -> Filter {
    let config = Config::default();
    Filter { dialect, bits: BloomFilter::new(config.bloom_filter_capacity, config.bloom_filter_error_rate) }
}

thread_local! {
    static FILTER: RefCell<Filter> = RefCell::new(empty(Dialect::NimSds));
    static ID: RefCell<[u8; LENGTH]> = const { RefCell::new([0; LENGTH]) };
}

fn hash(dialect: Dialect) -> IdHash {
    ID.with_borrow(|id| IdHash::of(dialect, std::str::from_utf8(id).unwrap_or_default()))
}

/// Where the next id goes: 64 characters of ASCII.
#[unsafe(no_mangle)]
pub extern "C" fn id() -> *mut u8 {
    ID.with(|id| id.as_ptr().cast())
}

/// Begins with an empty filter, hashed as in nim-sds (0) or as in @waku/sds (1).
#[unsafe(no_mangle)]
pub extern "C" fn clear(rfc: i32) {
    FILTER.set(empty(if rfc == 0 { Dialect::NimSds } else { Dialect::Rfc }));
}

#[unsafe(no_mangle)]
pub extern "C" fn insert() {
    FILTER.with_borrow_mut(|filter| filter.bits.insert(hash(filter.dialect)));
}

#[unsafe(no_mangle)]
pub extern "C" fn contains() -> i32 {
    FILTER.with_borrow(|filter| filter.bits.contains(hash(filter.dialect))).into()
}
