//! Ending the process, and yielding the processor.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::sys;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#proc_exit):
/// ends the process with `code`. Linux keeps the lower 8 bits of `code`.
pub fn proc_exit(_wasi: &mut Wasi, code: u32) {
    sys::exit_group(code as i32)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#proc_raise):
/// signals are not supported.
///
/// # Errors
/// Always `ENOSYS`.
pub fn proc_raise(_wasi: &mut Wasi, _signal: u32) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#sched_yield):
/// lets another process run.
///
/// # Errors
/// None.
pub fn sched_yield(_wasi: &mut Wasi) -> Result<(), Errno> {
    rustix::thread::sched_yield();
    Ok(())
}
