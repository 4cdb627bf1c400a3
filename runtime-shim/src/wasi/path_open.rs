//! Opening files: parse the request, ask the policy, open, insert the descriptor.
//!
//! What may be opened, created and emptied is decided in [`crate::policy::opening`], the
//! new descriptor's rights in [`crate::policy::rights`].

use super::{Wasi, fifo};
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, HostFd};
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, checked_flags, fdflags, follows, oflags};
use crate::policy::opening::{Lookup, Request};
use crate::policy::root::Place;
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, fstat};
use rustix::termios::isatty;
use wasi_aot_contract::os::file_mode;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_open):
/// opens the file at a path and stores the lowest free descriptor for it.
///
/// `dirflags` says whether to follow a symbolic link at the end; `oflags` is
/// CREAT 1, DIRECTORY 2, EXCL 4, TRUNC 8; the rights are cut down to what `fd`
/// hands down.
///
/// Preview 1 has no modes: a file that is created has [`file_mode`], less the umask.
///
/// A FIFO opens for reading at once, and the first read waits for a writer. For writing
/// it opens when somebody opens it for reading, as in POSIX, unless `fdflags` has NONBLOCK
/// (`ENXIO` then). [`fifo`] has how the waiting is done.
///
/// # Errors
/// `EROFS` to write, create or truncate below a grant for reading only, once the
/// path is looked up, as on a file system mounted so; also to write or truncate the
/// executable ([`crate::policy::own`]);
/// `EACCES` to write, make or empty a file of procfs, or of another file system by which
/// the kernel is controlled, whichever grant it lies below;
/// `ENOTCAPABLE` when `fd` may not hand down reading or writing; `EISDIR` to write a
/// directory; `ELOOP` for a symbolic link not to be followed; `EEXIST`; `EINVAL`
/// for a flag that the specification doesn't have or DIRECTORY with CREAT;
/// `EINTR` as a request to call again;
/// `EMFILE`, `ENFILE`, `ENXIO`, `ENOSPC`, `ETXTBSY`, and those of looking up a path
/// (see [`path_filestat_get`](super::filestat::path_filestat_get)).
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
    opened_fd: Ptr,
) -> Result<(), Errno> {
    let oflags = checked_flags(oflags, oflags::ALL)?;
    let exclusive = oflags & oflags::EXCL != 0;
    let request = Request {
        follow: follows(dirflags)?,
        oflags,
        base: Rights(rights_base),
        inheriting: Rights(rights_inheriting),
        fdflags: checked_flags(fdflags, fdflags::ALL.into())? as u16,
        mode: Mode::from_raw_mode(file_mode(exclusive)),
    };
    open(wasi, fd, path, path_len, &request, opened_fd)
}

/// Opens the file at a path as `request` says.
///
/// # Errors
/// Those of [`path_open`].
pub fn open(
    wasi: &mut Wasi,
    fd: u32,
    path: Ptr,
    path_len: u32,
    request: &Request,
    opened_fd: Ptr,
) -> Result<(), Errno> {
    // The path may lead from the root to a grant. The root's descriptor hands down no more than
    // it has. A grant does so in any case, but for files that are granted by themselves.
    let from = wasi.fds.directory(fd, Rights::PATH_OPEN)?;
    let inheriting = from.in_root.map_or(Rights(u64::MAX), |_| from.inheriting);
    let mut path = wasi.path(path, path_len)?;
    wasi.memory.expect_room(opened_fd, 4)?;
    let place = (wasi.root).place(&wasi.fds, fd, Rights::PATH_OPEN, &mut path)?;
    let descriptor = match place {
        Place::Outside(outside) => {
            (wasi.root.calls().open)(&wasi.root, &wasi.fds, outside, request, inheriting)?
        }
        Place::Below(dir) => {
            request.check(&dir)?;
            let lookup = Lookup {
                dir: &dir,
                path: &path,
                resolver: &wasi.resolver,
                own: &wasi.own,
            };
            let opened = fifo::open_patiently(request, &lookup, &mut wasi.memory)?;
            let mut descriptor = descriptor(request, &lookup, opened)?;
            descriptor.rights = descriptor.rights & inheriting;
            descriptor.inheriting = descriptor.inheriting & inheriting;
            descriptor
        }
    };
    let opened = wasi.fds.insert(descriptor)?;
    wasi.memory.write_u32(opened_fd, opened)
}

/// The descriptor for the file that was opened.
fn descriptor(
    request: &Request,
    lookup: &Lookup<'_>,
    opened: OwnedFd,
) -> Result<Descriptor, Errno> {
    let stat = fstat(&opened)?;
    let filetype = FileType::of(&stat);
    let never_waits = fifo::settle(request, &opened, &stat)?;
    let is_terminal = filetype == FileType::CharacterDevice && isatty(&opened);
    let given = request.given(lookup, &stat, is_terminal);
    Ok(Descriptor {
        rights: given.rights,
        inheriting: given.inheriting,
        read_only: given.read_only,
        flags: request.fdflags,
        never_waits,
        ..Descriptor::new(HostFd::Owned(opened), filetype)
    })
}

#[cfg(test)]
#[path = "path_open_tests.rs"]
mod tests;
