//! Names of the symbols and sections that cross between module and shim.

use crate::preview1;

/// The name of a symbol of ours, as a literal: `symbol!("entry")` is `"wasi_aot_entry"`. The
/// shim's function for an import of `wasi_snapshot_preview1` has the import's name:
/// `symbol!("fd_read")`.
#[macro_export]
macro_rules! symbol {
    ($name:expr) => {
        concat!("wasi_aot_", $name)
    };
}

/// The prefix of every symbol's name that [`symbol!`] makes.
pub const PREFIX: &str = symbol!("");

/// The [`ModuleInfo`](crate::module::ModuleInfo), defined by the module.
pub const MODULE: &str = symbol!("module");
/// `extern "C" fn()`: runs the module's start function, then `_start`.
pub const ENTRY: &str = symbol!("entry");

/// `extern "C" fn(delta_pages: u32) -> u32`: grows memory 0 and returns its previous size in
/// pages, or `u32::MAX` if it can't grow. Defined by the shim.
pub const MEMORY_GROW: &str = symbol!("memory_grow");
/// `extern "C" fn(delta_pages: u32, memory: u32) -> u32`: as [`MEMORY_GROW`], for any memory.
pub const MEMORY_GROW_OTHER: &str = symbol!("memory_grow_other");
/// `[u32; MAX_MEMORIES]`: the current sizes of the memories in pages. Defined by the shim;
/// only the shim writes it.
pub const MEMORY_PAGES: &str = symbol!("memory_pages");
/// C's `memmove` on host addresses. Defined by the shim.
pub const MEMMOVE: &str = "memmove";
/// C's `memset` on a host address. Defined by the shim.
pub const MEMSET: &str = "memset";

/// `extern "C" fn(a: *const u8, b: *const u8, len: usize) -> u64`: 1 if both ranges hold the
/// same bytes, else 0. Defined by the shim.
pub const BYTES_EQUAL: &str = symbol!("bytes_equal");
/// `extern "C" fn(a: *const u8, b: *const u8, len: usize) -> i32`: the difference `a - b`,
/// as unsigned bytes, of the first two bytes that differ, or 0 if none do. Defined by the
/// shim.
pub const BYTES_COMPARE: &str = symbol!("bytes_compare");
/// `extern "C" fn(start: *const u8, byte: u32, len: usize) -> *const u8`: the address of the
/// first byte that equals the lowest eight bits of `byte`, or null. Defined by the shim.
pub const BYTES_FIND: &str = symbol!("bytes_find");

/// Everything that the shim defines for generated code, except functions for imports.
pub const HELPERS: [&str; 8] = [
    MEMORY_GROW,
    MEMORY_GROW_OTHER,
    MEMORY_PAGES,
    MEMMOVE,
    MEMSET,
    BYTES_EQUAL,
    BYTES_COMPARE,
    BYTES_FIND,
];

/// The number of [`runtime_symbols`].
pub const RUNTIME_SYMBOLS: usize = HELPERS.len() + preview1::FUNCTIONS.len();

/// The names of all symbols of the runtime that a module's code may refer to: each name is the
/// prefix of the first string and the second string. A module's
/// [`ModuleInfo`](crate::module::ModuleInfo) has a bit for each, in this order.
pub fn runtime_symbols() -> impl Iterator<Item = (&'static str, &'static str)> {
    let helpers = HELPERS.into_iter().map(|name| ("", name));
    let functions = preview1::FUNCTIONS.iter();
    helpers.chain(functions.map(|function| (PREFIX, function.name)))
}

/// Section of the [`MODULE`] symbol, placed at
/// [`MODULE_INFO_ADDR`](crate::layout::MODULE_INFO_ADDR).
pub const MODULE_SECTION: &str = ".wasi_aot.module";
/// Section of the [`PolicyInfo`](crate::module::PolicyInfo), which the linker keeps, together
/// with the manifest's note, in a segment of its own.
pub const POLICY_SECTION: &str = ".wasi_aot.policy";
/// Section of the initial bytes of memory 0, placed at
/// [`layout::memory_base`](crate::layout::memory_base).
pub const MEMORY_SECTION: &str = ".wasi_aot.memory";
/// `SHT_NOBITS` section from the end of [`MEMORY_SECTION`] up to the initial size.
pub const MEMORY_ZERO_SECTION: &str = ".wasi_aot.memory_zero";
/// Section of the ELF note whose descriptor is the manifest.
pub const NOTE_SECTION: &str = ".note.wasi_aot";
/// Name of the manifest's note.
pub const NOTE_NAME: &str = "wasi-aot";
/// Type of the manifest's note.
pub const NOTE_TYPE_MANIFEST: u32 = 1;
