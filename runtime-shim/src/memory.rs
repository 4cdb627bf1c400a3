//! Linear memory: its current size, and `memory.grow`.

use core::sync::atomic::{AtomicU32, Ordering};
use wasi_aot_contract::layout::WASM_PAGE_SIZE;

/// Current size in pages; `symbols::MEMORY_PAGES`, read by generated code.
#[unsafe(no_mangle)]
pub static wasi_aot_memory_pages: AtomicU32 = AtomicU32::new(0);

/// Current size in bytes; every guest pointer is checked against it.
pub fn size_bytes() -> u64 {
    u64::from(wasi_aot_memory_pages.load(Ordering::Relaxed)) * WASM_PAGE_SIZE
}
