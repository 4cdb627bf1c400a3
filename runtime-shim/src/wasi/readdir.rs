//! Listing directories. What a descriptor remembers of its listing is in
//! [`crate::abi::listing`].

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_readdir):
/// writes the entries from `cookie` on (0 is the first entry), `.` and `..` included,
/// and stores the number of bytes used. An entry is a 24-byte record and its name. The
/// last entry may be cut off. When fewer than `buf_len` bytes are used, the directory
/// has ended.
///
/// A cookie is a position of the host, so it stays valid as long as that position does
/// while others change the directory. A listing that continues where the last call ended
/// loses no entry and repeats none. The inode of `..` is that of the directory itself: a
/// guest may not know what lies above a granted directory.
///
/// # Errors
/// `ENOTDIR`, `EINVAL` for a number that isn't a cookie, `EIO`.
pub fn fd_readdir(
    wasi: &mut Wasi,
    fd: u32,
    buf: Ptr,
    buf_len: u32,
    cookie: u64,
    bufused: Ptr,
) -> Result<(), Errno> {
    let name = wasi.fds.directory(fd, Rights::FD_READDIR)?.in_root;
    wasi.memory.expect_room(bufused, 4)?;
    let buffer = wasi.memory.bytes_mut(buf, buf_len)?;
    let used = match name {
        Some(name) => (wasi.root.calls().list)(&wasi.root, name, cookie, buffer),
        None => {
            let dir = wasi.fds.get_mut(fd)?;
            dir.listing.list(&dir.host, cookie, buffer)?
        }
    };
    wasi.memory.write_u32(bufused, used as u32)
}

#[cfg(test)]
#[path = "readdir_tests.rs"]
mod tests;
