//! Random bytes.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use rustix::io::Errno as Host;
use rustix::rand::{GetRandomFlags, getrandom};

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#random_get):
/// fills `buf_len` bytes at `buf` from the kernel's generator, in as many system calls as
/// are needed.
///
/// # Errors
/// `EFAULT`; `ENOSYS` on a kernel before 3.17.
pub fn random_get(wasi: &mut Wasi, buf: Ptr, buf_len: u32) -> Result<(), Errno> {
    let mut rest = wasi.memory.bytes_mut(buf, buf_len)?;
    while !rest.is_empty() {
        match getrandom(&mut *rest, GetRandomFlags::empty()) {
            Ok(count) => rest = &mut rest[count..],
            Err(Host::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasi::fixture::Guest;

    #[test]
    fn all_of_a_large_buffer_is_filled() {
        let mut guest = Guest::new();
        let len = 300_000;
        random_get(&mut guest.wasi, 5, len).unwrap();
        let bytes = guest.bytes(5, len);
        for part in bytes.chunks(1000) {
            assert!(part.iter().any(|&b| b != 0));
        }
        assert_eq!(guest.bytes(5 + len, 100), [0; 100]);
        random_get(&mut guest.wasi, 0, 0).unwrap();
        let outside = guest.size() - 9;
        assert_eq!(random_get(&mut guest.wasi, outside, 10), Err(Errno::FAULT));
    }
}
