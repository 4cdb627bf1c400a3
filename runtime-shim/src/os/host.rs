//! The host's name, and the number of the process.

use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::wasi::Wasi;
use rustix::process::getpid;
use rustix::system::uname;

/// Writes the host's name, without a NUL, and the number of its bytes.
///
/// # Errors
/// `ENOTCAPABLE` unless the policy lets the program ask (`--hostname`); `ERANGE` when the name is
/// longer than `buf_len`.
pub fn host_name(wasi: &mut Wasi, buf: Ptr, buf_len: u32, bufused: Ptr) -> Result<(), Errno> {
    wasi.memory.expect_room(buf, buf_len)?;
    wasi.memory.expect_room(bufused, 4)?;
    if !wasi.os_rights.host_name {
        return Err(Errno::NOTCAPABLE);
    }
    let host = uname();
    let name = host.nodename().to_bytes();
    if name.len() > buf_len as usize {
        return Err(Errno::RANGE);
    }
    wasi.memory.write(buf, name)?;
    wasi.memory.write_u32(bufused, name.len() as u32)
}

/// Stores the number of the process on the host.
///
/// # Errors
/// None but `EFAULT`.
pub fn process_id(wasi: &mut Wasi, pid: Ptr) -> Result<(), Errno> {
    let number = getpid().as_raw_nonzero().get().cast_unsigned();
    wasi.memory.write_u32(pid, number)
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
