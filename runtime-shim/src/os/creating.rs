//! Creating files and directories with permissions.

use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{checked_flags, fdflags, follows, oflags};
use crate::policy::opening::Request;
use crate::wasi::{Wasi, path, path_open as preview1};
use rustix::fs::Mode;
use wasi_aot_contract::os::MODE_BITS;

/// The permissions in `mode`.
///
/// # Errors
/// `EINVAL` for another bit: set-user-ID, set-group-ID and sticky are never set.
pub(super) fn permissions(mode: u32) -> Result<Mode, Errno> {
    Ok(Mode::from_raw_mode(checked_flags(mode, MODE_BITS)?))
}

/// Preview 1's [`path_open`](preview1::path_open). If it creates the file, the file has the
/// permissions `mode`, less the umask.
///
/// # Errors
/// `EINVAL` for a bit of `mode` that isn't a permission, and those of preview 1's function.
pub fn path_open(
    wasi: &mut Wasi,
    fd: u32,
    dirflags: u32,
    path: Ptr,
    path_len: u32,
    oflags: u32,
    rights_base: u64,
    rights_inheriting: u64,
    fdflags: u32,
    mode: u32,
    opened_fd: Ptr,
) -> Result<(), Errno> {
    let request = Request {
        follow: follows(dirflags)?,
        oflags: checked_flags(oflags, oflags::ALL)?,
        base: Rights(rights_base),
        inheriting: Rights(rights_inheriting),
        fdflags: checked_flags(fdflags, fdflags::ALL.into())? as u16,
        mode: permissions(mode)?,
    };
    preview1::open(wasi, fd, path, path_len, &request, opened_fd)
}

/// Preview 1's [`path_create_directory`](path::path_create_directory) with the permissions
/// `mode`, less the umask.
///
/// # Errors
/// `EINVAL` for a bit of `mode` that isn't a permission, and those of preview 1's function.
pub fn path_create_directory(
    wasi: &mut Wasi,
    fd: u32,
    path: Ptr,
    path_len: u32,
    mode: u32,
) -> Result<(), Errno> {
    path::create_directory(wasi, fd, path, path_len, permissions(mode)?)
}
