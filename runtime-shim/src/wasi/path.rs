//! Operations on names in directories.
//!
//! Each operation opens the directory that holds the name, without leaving the granted
//! directory, and passes the last component to the kernel: none of the system calls used here
//! follows a symbolic link of that name. Before the kernel changes something, two rules are
//! asked, which isn't repeated at each call: names on the way to the executable stay as they
//! are (`EROFS`, [`crate::policy::own`]), and nothing is changed in a file system that controls
//! the kernel (`EACCES`, [`crate::policy::control`]).

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::follows;
use crate::policy::control::refuse_control_names;
use crate::policy::cpath::CPath;
use crate::policy::resolver::{Base, Resolver};
use crate::policy::root::Answers;
use rustix::fs::{AtFlags, Mode, linkat, mkdirat, readlinkat_raw, renameat, symlinkat, unlinkat};
use rustix::io::Errno as Host;
use wasi_aot_contract::os::DIRECTORY_MODE;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_create_directory):
/// makes a directory.
///
/// # Errors
/// `EEXIST` when the name is taken, `EROFS`, `ENOSPC`, `EDQUOT`,
/// `EMLINK`, and those of looking up a path (see
/// [`path_filestat_get`](super::filestat::path_filestat_get)).
pub fn path_create_directory(
    wasi: &mut Wasi,
    fd: u32,
    path: Ptr,
    path_len: u32,
) -> Result<(), Errno> {
    create_directory(
        wasi,
        fd,
        path,
        path_len,
        Mode::from_raw_mode(DIRECTORY_MODE),
    )
}

/// Makes a directory with these permissions, less the umask.
///
/// # Errors
/// Those of [`path_create_directory`].
pub fn create_directory(
    wasi: &mut Wasi,
    fd: u32,
    path: Ptr,
    path_len: u32,
    mode: Mode,
) -> Result<(), Errno> {
    let at = (path, path_len);
    let mut path = CPath::new();
    let dir = wasi
        .place(fd, Rights::PATH_CREATE_DIRECTORY, at, &mut path)?
        .below(&Answers::MAKING)?;
    let (parent, name) = wasi.resolver.parent(dir.base(), &mut path)?;
    refuse_control_names(&dir, &parent)?;
    wasi.own.refuse_creation(&parent, name)?;
    Ok(mkdirat(&parent, name, mode)?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_remove_directory):
/// removes an empty directory.
///
/// # Errors
/// `ENOTEMPTY`, `ENOTDIR`, `EINVAL` for `.`, `EBUSY`, `EROFS`, and those of looking
/// up a path.
pub fn path_remove_directory(
    wasi: &mut Wasi,
    fd: u32,
    path: Ptr,
    path_len: u32,
) -> Result<(), Errno> {
    let at = (path, path_len);
    let mut path = CPath::new();
    let dir = wasi
        .place(fd, Rights::PATH_REMOVE_DIRECTORY, at, &mut path)?
        .below(&Answers(Errno::ROFS, Errno::NOTDIR, Errno::NOENT))?;
    let (parent, name) = wasi.resolver.parent(dir.base(), &mut path)?;
    refuse_control_names(&dir, &parent)?;
    wasi.own.refuse_removal(&parent, name)?;
    Ok(unlinkat(&parent, name, AtFlags::REMOVEDIR)?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_unlink_file):
/// removes a name of a file that isn't a directory.
///
/// # Errors
/// `EISDIR` for a directory, `ENOTDIR` when a slash follows the name of a file,
/// `EBUSY`, `EROFS`, and those of looking up a path.
pub fn path_unlink_file(wasi: &mut Wasi, fd: u32, path: Ptr, path_len: u32) -> Result<(), Errno> {
    let at = (path, path_len);
    let mut path = CPath::new();
    let dir = wasi
        .place(fd, Rights::PATH_UNLINK_FILE, at, &mut path)?
        .below(&Answers(Errno::ISDIR, Errno::ROFS, Errno::NOENT))?;
    let (parent, name) = wasi.resolver.parent(dir.base(), &mut path)?;
    refuse_control_names(&dir, &parent)?;
    wasi.own.refuse_removal(&parent, name)?;
    Ok(unlinkat(&parent, name, AtFlags::empty())?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_rename):
/// gives a file another name, which may be in another granted directory; a file that has the
/// new name is replaced.
///
/// # Errors
/// `EXDEV` between file systems; `EISDIR`, `ENOTDIR` or `ENOTEMPTY` when the file can't
/// replace the other one; `EINVAL` to move a directory into itself, `EBUSY` for `.`
/// and `..`, `EROFS`, `ENOSPC`, and those of looking up a path.
pub fn path_rename(
    wasi: &mut Wasi,
    fd: u32,
    old_path: Ptr,
    old_path_len: u32,
    new_fd: u32,
    new_path: Ptr,
    new_path_len: u32,
) -> Result<(), Errno> {
    let (old_at, new_at) = ((old_path, old_path_len), (new_path, new_path_len));
    let (mut old_path, mut new_path) = (CPath::new(), CPath::new());
    let old = wasi.place(fd, Rights::PATH_RENAME_SOURCE, old_at, &mut old_path)?;
    let new = wasi.place(new_fd, Rights::PATH_RENAME_TARGET, new_at, &mut new_path)?;
    let old_dir = old.below(&Answers::CHANGING)?;
    let new_dir = new.below(&Answers(Errno::ROFS, Errno::ROFS, Errno::ROFS))?;
    let (old_parent, old_name) = wasi.resolver.parent(old_dir.base(), &mut old_path)?;
    let (new_parent, new_name) = wasi.resolver.parent(new_dir.base(), &mut new_path)?;
    refuse_control_names(&old_dir, &old_parent)?;
    refuse_control_names(&new_dir, &new_parent)?;
    wasi.own.refuse_removal(&old_parent, old_name)?;
    wasi.own.refuse_removal(&new_parent, new_name)?;
    Ok(renameat(&old_parent, old_name, &new_parent, new_name)?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_link):
/// gives a file that isn't a directory one more name. Of a symbolic link the link itself gets
/// the name.
///
/// # Errors
/// `EINVAL` to follow a symbolic link, which isn't supported; `EPERM` for a
/// directory; `EEXIST`, `EXDEV`, `EMLINK`, `EROFS`, `ENOSPC`, and those of looking
/// up a path.
pub fn path_link(
    wasi: &mut Wasi,
    old_fd: u32,
    old_flags: u32,
    old_path: Ptr,
    old_path_len: u32,
    new_fd: u32,
    new_path: Ptr,
    new_path_len: u32,
) -> Result<(), Errno> {
    if follows(old_flags)? {
        return Err(Errno::INVAL);
    }
    let (old_at, new_at) = ((old_path, old_path_len), (new_path, new_path_len));
    let (mut old_path, mut new_path) = (CPath::new(), CPath::new());
    let old = wasi.place(old_fd, Rights::PATH_LINK_SOURCE, old_at, &mut old_path)?;
    let new = wasi.place(new_fd, Rights::PATH_LINK_TARGET, new_at, &mut new_path)?;
    let old_dir = old.below(&Answers(Errno::PERM, Errno::ROFS, Errno::NOENT))?;
    let new_dir = new.below(&Answers::MAKING)?;
    refuse_directory(&wasi.resolver, old_dir.base(), &old_path)?;
    let (old_parent, old_name) = wasi.resolver.parent(old_dir.base(), &mut old_path)?;
    let (new_parent, new_name) = wasi.resolver.parent(new_dir.base(), &mut new_path)?;
    refuse_control_names(&old_dir, &old_parent)?;
    refuse_control_names(&new_dir, &new_parent)?;
    wasi.own.refuse_at(&old_parent, old_name)?;
    wasi.own.refuse_creation(&new_parent, new_name)?;
    let flags = AtFlags::empty();
    Ok(linkat(&old_parent, old_name, &new_parent, new_name, flags)?)
}

/// `linkat` is the only system call here that looks its old name up as a path. So a name that
/// can only be a directory's is not passed to it. (A directory can't be linked.)
fn refuse_directory(resolver: &Resolver, base: Base<'_>, path: &CPath) -> Result<(), Errno> {
    let path_bytes = path.as_bytes();
    let last = path_bytes.rsplit(|&b| b == b'/').next().unwrap_or(b"");
    match last {
        b"" | b"." | b".." => {
            resolver.locate(base, path.as_c_str(), false)?;
            Err(Errno::PERM)
        }
        _ => Ok(()),
    }
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_symlink):
/// makes a symbolic link with the contents `old_path`.
///
/// # Errors
/// `EPERM` for an absolute target, which no lookup could follow, unless the host's root is
/// granted; `EEXIST`, `EROFS`, `ENOSPC`, and those of looking up a path.
pub fn path_symlink(
    wasi: &mut Wasi,
    old_path: Ptr,
    old_path_len: u32,
    fd: u32,
    new_path: Ptr,
    new_path_len: u32,
) -> Result<(), Errno> {
    let at = (new_path, new_path_len);
    let mut path = CPath::new();
    let dir = wasi
        .place(fd, Rights::PATH_SYMLINK, at, &mut path)?
        .below(&Answers::MAKING)?;
    let target = wasi.path(old_path, old_path_len)?;
    dir.base().refuse_link_to(&target)?;
    let (parent, name) = wasi.resolver.parent(dir.base(), &mut path)?;
    refuse_control_names(&dir, &parent)?;
    wasi.own.refuse_creation(&parent, name)?;
    Ok(symlinkat(target.as_c_str(), &parent, name)?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_readlink):
/// writes the contents of a symbolic link, cut off at `buf_len` and without a
/// NUL, and stores the number of bytes.
///
/// # Errors
/// `EINVAL` when it isn't a symbolic link or `buf_len` is 0, and those of looking up
/// a path.
pub fn path_readlink(
    wasi: &mut Wasi,
    fd: u32,
    path: Ptr,
    path_len: u32,
    buf: Ptr,
    buf_len: u32,
    bufused: Ptr,
) -> Result<(), Errno> {
    let at = (path, path_len);
    let mut path = CPath::new();
    let dir = wasi
        .place(fd, Rights::PATH_READLINK, at, &mut path)?
        .below(&Answers(Errno::INVAL, Errno::INVAL, Errno::NOENT))?;
    wasi.memory.expect_room(bufused, 4)?;
    wasi.memory.expect_room(buf, buf_len)?;
    let link = wasi.resolver.locate(dir.base(), path.as_c_str(), false)?;
    let buffer = wasi.memory.bytes_mut(buf, buf_len)?;
    let count = match readlinkat_raw(&link, c"", buffer) {
        // Linux answers ENOENT if the descriptor isn't that of a symbolic link.
        Err(Host::NOENT) => return Err(Errno::INVAL),
        result => result?,
    };
    wasi.memory.write_u32(bufused, count as u32)
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
