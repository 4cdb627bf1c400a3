//! A trap of an access is told as always, and then the module is entered again, with its
//! memories, tables and globals as they are, for tests that try tens of thousands of
//! accesses of which most trap. Only with the feature `again`, which wasi-aot itself is
//! never built with.

use crate::{arch, stack};
use wasi_aot_contract::module::ModuleInfo;

/// `SA_NODEFER`: the handler is left without a return, so its signal must not be blocked.
pub const HANDLER_FLAGS: u64 = 0x4000_0000;

/// Enters the module at the top of its stack.
///
/// # Safety
/// Called by the handler of a fault in `module`'s code, which has come to its end.
pub unsafe fn enter(module: &ModuleInfo) -> ! {
    let top = stack::current().usable.end;
    // SAFETY: the compiler wrote the entry. What was on the stack is given up, and the
    // signal stack is free for the next handler as soon as this leaves it.
    unsafe { arch::enter(module.entry, top) }
}
