//! Enters the module again after the trap of an access was reported as usual. The module's
//! memories, tables and globals keep their contents. This is for tests that try tens of
//! thousands of accesses, most of which trap. Only the feature `again` has this, and wasi-aot
//! itself is never built with `again`.

use crate::{arch, ending, stack};
use wasi_aot_contract::module::ModuleInfo;

/// `SA_NODEFER`: the handler never returns, so its signal must not be blocked while it runs.
pub const HANDLER_FLAGS: u64 = 0x4000_0000;

/// Enters the module at the top of its stack.
///
/// # Safety
/// Called at the end of the handler of a fault in `module`'s code.
pub unsafe fn enter(module: &ModuleInfo) -> ! {
    let top = stack::current().usable.end;
    // SAFETY: the compiler wrote the entry. Nothing uses the frames on the stack any more, and
    // the signal stack is free for the next handler as soon as this function leaves it.
    unsafe { arch::enter(module.entry, top, ending::ended) }
}
