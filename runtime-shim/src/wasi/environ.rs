//! The environment variables that [`crate::policy::environment`] lets through.

use super::Wasi;
use super::args::{write_sizes, write_strings};
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#environ_get):
/// writes the variables as C strings `K=V` one after the other from
/// `environ_buf` on, and a pointer to each at `environ`.
///
/// # Errors
/// `EFAULT`.
pub fn environ_get(wasi: &mut Wasi, environ: Ptr, environ_buf: Ptr) -> Result<(), Errno> {
    let variables = wasi.environment.variables();
    write_strings(&mut wasi.memory, variables, environ, environ_buf)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#environ_sizes_get):
/// stores the number of variables and the bytes that `environ_get` writes for
/// them, NULs included.
///
/// # Errors
/// `EFAULT`; `EOVERFLOW` when a number doesn't fit in 32 bits.
pub fn environ_sizes_get(wasi: &mut Wasi, count: Ptr, buf_size: Ptr) -> Result<(), Errno> {
    write_sizes(
        &mut wasi.memory,
        wasi.environment.variables(),
        count,
        buf_size,
    )
}
