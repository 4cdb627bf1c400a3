//! Names of the symbols and sections that cross between module and shim.

use crate::signature::{HostModule, Signature};
use crate::{os, preview1};

/// The name of a symbol of ours, as a literal: `symbol!("entry")` is `"wasi_aot_entry"`. The
/// shim's function for an import of `wasi_snapshot_preview1` has the import's name:
/// `symbol!("fd_read")`; for an import of `wasi_aot_os_1` it has [`os_symbol!`]'s.
#[macro_export]
macro_rules! symbol {
    ($name:expr) => {
        concat!("wasi_aot_", $name)
    };
}

/// The name of the symbol of a function of `wasi_aot_os_1`: `os_symbol!("path_open")` is
/// `"wasi_aot_os_path_open"`. Both modules have a function called `path_open`.
#[macro_export]
macro_rules! os_symbol {
    ($name:expr) => {
        concat!("wasi_aot_os_", $name)
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

/// `extern "C" fn()`: has SIGQUIT show where the goroutines are, unless the parent ignores
/// SIGQUIT. The entry calls this first, once. Defined by the shim.
pub const QUIT_HANDLED: &str = symbol!("quit_handled");
/// `extern "C" fn() -> u32`: 1 if SIGQUIT has come and the code that asks runs on the scheduler's
/// stack, else 0. Gives 1 at most once, and says so on standard error. Defined by the shim.
pub const QUIT_BEGINS: &str = symbol!("quit_begins");
/// `extern "C" fn() -> !`: ends the process with 2, where the traces haven't ended it. Defined
/// by the shim.
pub const QUIT_ENDS: &str = symbol!("quit_ends");

/// Everything that the shim defines for generated code, except functions for imports.
pub const HELPERS: [&str; 11] = [
    MEMORY_GROW,
    MEMORY_GROW_OTHER,
    MEMORY_PAGES,
    MEMMOVE,
    MEMSET,
    BYTES_EQUAL,
    BYTES_COMPARE,
    BYTES_FIND,
    QUIT_HANDLED,
    QUIT_BEGINS,
    QUIT_ENDS,
];

/// The prefix of the symbols of a module's functions.
#[must_use]
pub const fn prefix(module: HostModule) -> &'static str {
    match module {
        HostModule::Preview1 => PREFIX,
        HostModule::Os => os_symbol!(""),
    }
}

/// The symbol that the shim defines for a function that modules import, as prefix and rest.
#[must_use]
pub const fn of_function(function: &Signature) -> (&'static str, &'static str) {
    (prefix(function.module), function.name)
}

const PREVIEW1: &[Signature] = preview1::FUNCTIONS;
const OS: &[Signature] = os::FUNCTIONS;

/// The number of [`runtime_symbols`].
pub const RUNTIME_SYMBOLS: usize = HELPERS.len() + PREVIEW1.len() + OS.len();

/// A bit for each of [`runtime_symbols`], in this order.
pub type SymbolSet = [u64; RUNTIME_SYMBOLS.div_ceil(64)];

/// The names of all symbols of the runtime that a module's code may refer to: each name is the
/// prefix of the first string and the second string. A module's
/// [`ModuleInfo`](crate::module::ModuleInfo) has a bit for each, in this order.
pub fn runtime_symbols() -> impl Iterator<Item = (&'static str, &'static str)> {
    let helpers = HELPERS.into_iter().map(|name| ("", name));
    let functions = PREVIEW1.iter().chain(OS).map(of_function);
    helpers.chain(functions)
}

/// A bit for each function of `wasi_aot_os_1`, in the order of its list.
pub type OsSet = u32;

/// The functions that have the process catch or ignore signals. The runtime lets a module's process
/// do so only if the module imports one of them.
pub const CATCHES_SIGNALS: OsSet = os_set(&["signal_open", "signal_set"]);
/// The functions that change the mode of a file that exists.
pub const SETS_MODES: OsSet = os_set(&["path_set_mode", "fd_set_mode"]);
/// The function that creates a file with a mode.
pub const CREATES_WITH_MODE: OsSet = os_set(&["path_open"]);
/// The functions that ask for the host's name.
pub const ASKS_HOST_NAME: OsSet = os_set(&["host_name"]);
/// The functions for terminals.
pub const USES_TERMINALS: OsSet = os_set(&[
    "terminal_open",
    "terminal_size",
    "terminal_get_mode",
    "terminal_set_mode",
]);
/// The function that opens the controlling terminal.
pub const OPENS_TERMINAL: OsSet = os_set(&["terminal_open"]);
/// The function that changes a terminal's mode.
pub const SETS_TERMINALS: OsSet = os_set(&["terminal_set_mode"]);

/// Whether [`QUIT_HANDLED`] is among `symbols`.
#[must_use]
pub const fn handles_quit(symbols: &SymbolSet) -> bool {
    const PLACE: usize = {
        let mut place = 0;
        while !is_same(HELPERS[place].as_bytes(), QUIT_HANDLED.as_bytes()) {
            place += 1;
        }
        place
    };
    symbols[PLACE / 64] >> (PLACE % 64) & 1 == 1
}

/// The functions of `wasi_aot_os_1` among `symbols`. They are the last of all symbols.
#[must_use]
pub const fn os_functions(symbols: &SymbolSet) -> OsSet {
    const FIRST: usize = HELPERS.len() + PREVIEW1.len();
    const { assert!(OS.len() <= 32 && RUNTIME_SYMBOLS > 64 && FIRST < 64) };
    let all = symbols[0] as u128 | (symbols[1] as u128) << 64;
    (all >> FIRST) as u32
}

/// The functions of `wasi_aot_os_1` with these names.
///
/// # Panics
/// If the module has no function with one of the names.
const fn os_set(names: &[&str]) -> OsSet {
    let (mut set, mut next) = (0, 0);
    while next < names.len() {
        let mut function = 0;
        while !is_same(OS[function].name.as_bytes(), names[next].as_bytes()) {
            function += 1;
        }
        set |= 1 << function;
        next += 1;
    }
    set
}

/// `==`, which constants can't use yet.
const fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
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

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::vec::Vec;

    #[test]
    fn sets_hold_the_functions_that_they_name() {
        let names = |set: OsSet| {
            let functions = OS.iter().enumerate();
            let held = functions.filter(|(index, _)| set >> index & 1 == 1);
            held.map(|(_, function)| function.name).collect::<Vec<_>>()
        };
        assert_eq!(names(CATCHES_SIGNALS), ["signal_open", "signal_set"]);
        assert_eq!(names(SETS_MODES), ["path_set_mode", "fd_set_mode"]);
        assert_eq!(names(CREATES_WITH_MODE), ["path_open"]);
        assert_eq!(names(ASKS_HOST_NAME), ["host_name"]);
        assert_eq!(names(USES_TERMINALS).len(), 4);
        assert_eq!(names(OPENS_TERMINAL), ["terminal_open"]);
        assert_eq!(names(SETS_TERMINALS), ["terminal_set_mode"]);
    }

    #[test]
    fn functions_are_found_among_the_symbols() {
        for (index, symbol) in runtime_symbols().enumerate() {
            let mut symbols = SymbolSet::default();
            symbols[index / 64] |= 1 << (index % 64);
            let position = OS
                .iter()
                .position(|function| of_function(function) == symbol);
            let expected = position.map_or(0, |position| 1 << position);
            assert_eq!(os_functions(&symbols), expected, "{symbol:?}");
            assert_eq!(handles_quit(&symbols), symbol == ("", QUIT_HANDLED));
        }
    }
}
