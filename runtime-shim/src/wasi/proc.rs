//! Ending the process, raising a signal, and yielding the processor.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::{ending, signals};

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#proc_exit):
/// ends the process with `code`. Linux keeps the lower 8 bits of `code`.
pub fn proc_exit(_wasi: &mut Wasi, code: u32) {
    ending::exit(code as i32)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#proc_raise):
/// sends the process a signal, if the module may catch signals ([`crate::signals`] has which
/// ones). Without another action the signal does what it does by default, which may be to end
/// the process.
///
/// # Errors
/// `ENOSYS` if the module may not catch signals; `EINVAL` for a number that no signal has;
/// `ENOTSUP` for a signal that no program can catch here.
pub fn proc_raise(wasi: &mut Wasi, signal: u32) -> Result<(), Errno> {
    if !wasi.os_rights.signals {
        return Err(Errno::NOSYS);
    }
    signals::raise(signals::signal(signal)?)
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
