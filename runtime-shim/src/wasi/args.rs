//! Command-line arguments. All of them are passed to the guest.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::guest_memory::{Memory, Ptr};
use core::ffi::CStr;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#args_get):
/// writes the arguments as C strings one after the other from `argv_buf` on,
/// and a pointer to each at `argv`.
///
/// # Errors
/// `EFAULT`.
pub fn args_get(wasi: &mut Wasi, argv: Ptr, argv_buf: Ptr) -> Result<(), Errno> {
    write_strings(&mut wasi.memory, strings(wasi.args), argv, argv_buf)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#args_sizes_get):
/// stores the number of arguments and the bytes that `args_get` writes for
/// them, NULs included.
///
/// # Errors
/// `EFAULT`; `EOVERFLOW` when a number doesn't fit in 32 bits.
pub fn args_sizes_get(wasi: &mut Wasi, argc: Ptr, argv_buf_size: Ptr) -> Result<(), Errno> {
    write_sizes(&mut wasi.memory, strings(wasi.args), argc, argv_buf_size)
}

fn strings(args: &'static [*const core::ffi::c_char]) -> impl Iterator<Item = &'static [u8]> {
    // SAFETY: C strings that live as long as the process, by the field's promise.
    args.iter()
        .map(|&arg| unsafe { CStr::from_ptr(arg) }.to_bytes())
}

/// Writes `strings` with their NULs from `buffer` on, and their addresses from
/// `pointers` on.
pub(super) fn write_strings(
    memory: &mut Memory,
    strings: impl Iterator<Item = &'static [u8]>,
    mut pointers: Ptr,
    mut buffer: Ptr,
) -> Result<(), Errno> {
    for string in strings {
        let len = u32::try_from(string.len()).map_err(|_| Errno::OVERFLOW)?;
        memory.write_u32(pointers, buffer)?;
        memory.write(buffer, string)?;
        let end = buffer.checked_add(len).ok_or(Errno::FAULT)?;
        memory.write(end, &[0])?;
        buffer = end.checked_add(1).ok_or(Errno::FAULT)?;
        pointers = pointers.checked_add(4).ok_or(Errno::FAULT)?;
    }
    Ok(())
}

/// Stores the number of `strings` and of their bytes, NULs included.
pub(super) fn write_sizes(
    memory: &mut Memory,
    strings: impl Iterator<Item = &'static [u8]>,
    count_at: Ptr,
    size_at: Ptr,
) -> Result<(), Errno> {
    let (mut count, mut size) = (0u32, 0usize);
    for string in strings {
        count += 1;
        size += string.len() + 1;
    }
    let size = u32::try_from(size).map_err(|_| Errno::OVERFLOW)?;
    memory.expect_room(size_at, 4)?;
    memory.write_u32(count_at, count)?;
    memory.write_u32(size_at, size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasi::fixture::Guest;

    #[test]
    fn arguments_arrive_in_order() {
        let mut guest = Guest::new();
        guest.wasi.args = std::vec![c"prog".as_ptr(), c"".as_ptr(), c"x y".as_ptr()].leak();
        args_sizes_get(&mut guest.wasi, 0, 4).unwrap();
        assert_eq!((guest.u32(0), guest.u32(4)), (3, 10));
        args_get(&mut guest.wasi, 8, 100).unwrap();
        assert_eq!(guest.bytes(100, 10), b"prog\0\0x y\0");
        assert_eq!(
            [guest.u32(8), guest.u32(12), guest.u32(16)],
            [100, 105, 106]
        );
        let end = guest.size() - 9;
        assert_eq!(args_get(&mut guest.wasi, 8, end), Err(Errno::FAULT));
    }
}
