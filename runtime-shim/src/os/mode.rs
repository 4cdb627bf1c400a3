//! Setting the permissions of files.
//!
//! Invariant: the only system call here is `fchmod`, on a descriptor that was opened with access
//! to the file's contents. Landlock doesn't see modes, but it sees what is opened; so the second
//! fence allows `fchmod` alone. A file is opened for reading, or for writing if it can't be read.
//! The price: a file that its owner may neither read nor write can't get another mode.

use super::creating::permissions;
use crate::abi::errno::Errno;
use crate::abi::fdtable::Descriptor;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, follows};
use crate::policy::control::refuse_control_files;
use crate::policy::cpath::CPath;
use crate::policy::opening::identified;
use crate::policy::root::Answers;
use crate::wasi::Wasi;
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, fchmod, fstat};
use rustix::io::retry_on_intr;

/// Sets the permissions of an open file or directory.
///
/// # Errors
/// `EINVAL` for a bit of `mode` that isn't a permission; `ENOTCAPABLE` without the right to set
/// times, for which preview 1 has a right; `EROFS` below a grant for reading only, and for the
/// executable and the directories on the way to it; `EACCES` for a file of a control file system; `EPERM` for a file of somebody else;
/// `EBADF` for a granted directory that may be searched but not listed.
pub fn fd_set_mode(wasi: &mut Wasi, fd: u32, mode: u32) -> Result<(), Errno> {
    let mode = permissions(mode)?;
    let descriptor = wasi.fds.get(fd)?;
    descriptor.demand(Rights::FD_FILESTAT_SET_TIMES)?;
    if descriptor.is_control()? {
        return Err(Errno::ACCES);
    }
    if !wasi.own.is_empty() {
        wasi.own.refuse_mode(&fstat(&descriptor.host)?)?;
    }
    Ok(retry_on_intr(|| fchmod(&descriptor.host, mode))?)
}

/// Sets the permissions of the file or directory at a path. `flags` says whether to follow a
/// symbolic link at the end.
///
/// # Errors
/// Those of [`fd_set_mode`] and of looking up a path; `ENOTSUP` for a symbolic link not to be
/// followed, which has no permissions, and for what is neither a regular file nor a directory;
/// `EACCES` for a file that can be opened neither for reading nor for writing; `EAGAIN` when
/// somebody has put another file there meanwhile.
pub fn path_set_mode(
    wasi: &mut Wasi,
    fd: u32,
    flags: u32,
    path: Ptr,
    path_len: u32,
    mode: u32,
) -> Result<(), Errno> {
    let follow = follows(flags)?;
    let mode = permissions(mode)?;
    let at = (path, path_len);
    let mut path = CPath::new();
    let dir = wasi
        .place(fd, Rights::PATH_FILESTAT_SET_TIMES, at, &mut path)?
        .below(&Answers::CHANGING)?;
    let file = open(wasi, &dir, &path, follow)?;
    Ok(retry_on_intr(|| fchmod(&file, mode))?)
}

/// Opens the file at a path, once it is known which file it is and that it may be changed. A
/// device or FIFO isn't opened, since opening one can have an effect.
fn open(wasi: &Wasi, dir: &Descriptor, path: &CPath, follow: bool) -> Result<OwnedFd, Errno> {
    let (base, resolver) = (dir.base(), &wasi.resolver);
    let located = resolver.locate(base, path.as_c_str(), follow)?;
    refuse_control_files(&located)?;
    let found = fstat(&located)?;
    wasi.own.refuse_mode(&found)?;
    if !matches!(
        FileType::of(&found),
        FileType::RegularFile | FileType::Directory
    ) {
        return Err(Errno::NOTSUP);
    }
    let (path, none) = (path.as_c_str(), Mode::empty());
    // Somebody may put a FIFO there meanwhile.
    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    flags.set(OFlags::NOFOLLOW, !follow);
    let opened = match resolver.open(base, path, flags | OFlags::RDONLY, none) {
        Err(Errno::ACCES) if FileType::of(&found) == FileType::RegularFile => {
            let (flags, ordinary) = (flags | OFlags::WRONLY, !dir.is_control()?);
            resolver.open_to_change(base, ordinary, path, flags, none)?
        }
        opened => opened?,
    };
    identified(opened, &found)
}
