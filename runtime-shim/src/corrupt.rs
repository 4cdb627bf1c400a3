//! A hole in the first fence: lets the guest make any system call of the host, for the tests
//! that show that the second fence holds. Only the feature `corrupt` has this, and wasi-aot
//! itself is never built with `corrupt`.

use crate::abi::errno::Errno;
use crate::abi::guest_memory::{Memory, Ptr};
use crate::arch;
use core::ffi::{CStr, c_char};
use wasi_aot_contract::layout::native::MEMORY_BASE;

/// The `clockid` of `clock_res_get` that stands for a system call.
pub const CLOCK: u32 = 0xbad;

/// Makes the system call that is described at `at`, in words of 64 bits: number, six
/// arguments, and a bit for each argument that is an address in linear memory. The result
/// replaces the number.
pub fn system_call(memory: &mut Memory, at: Ptr) -> Result<(), Errno> {
    let record: [u8; 64] = memory.array(at)?;
    let word = |index: usize| {
        let bytes = record[8 * index..].first_chunk().expect("BUG: 8 words");
        u64::from_le_bytes(*bytes)
    };
    let args = [1, 2, 3, 4, 5, 6].map(|index| {
        let is_address = word(7) >> (index - 1) & 1 != 0;
        word(index) as usize + if is_address { MEMORY_BASE as usize } else { 0 }
    });
    // SAFETY: there is none; this is the purpose.
    let result = unsafe { arch::system_call(word(0) as u32, args) };
    memory.write_u64(at, result as u64)
}

/// Whether the host's environment says to leave `layer` out
/// (`WASI_AOT_WITHOUT=Landlock,mseal`), to show that each layer holds without the others.
pub fn leaves_out(env: &[*const c_char], layer: &str) -> bool {
    let mut layers =
        variables(env, b"WASI_AOT_WITHOUT=").flat_map(|list| list.split(|&b| b == b','));
    layers.any(|name| name == layer.as_bytes())
}

/// The version of Landlock that a test pretends the kernel to have: `WASI_AOT_LANDLOCK=2`.
pub fn landlock_version(env: &[*const c_char]) -> Option<u32> {
    let version = variables(env, b"WASI_AOT_LANDLOCK=").next()?;
    core::str::from_utf8(version).ok()?.parse().ok()
}

/// The values of the variables that begin with `prefix`, name and `=`.
fn variables(env: &[*const c_char], prefix: &[u8]) -> impl Iterator<Item = &'static [u8]> {
    env.iter().filter_map(move |&variable| {
        // SAFETY: the kernel's environment consists of C strings, which stay.
        let variable: &'static CStr = unsafe { CStr::from_ptr(variable) };
        variable.to_bytes().strip_prefix(prefix)
    })
}
