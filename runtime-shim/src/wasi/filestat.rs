//! Attributes of files: size, type, times.

use super::Wasi;
use super::clock::{nanoseconds, point_in_time};
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, checked_flags, follows};
use crate::policy::control::refuse_control_files;
use crate::policy::cpath::CPath;
use crate::policy::resolver::Base;
use crate::policy::root::{Answers, Outside, Place};
use crate::policy::walk::{self, Destination};
use rustix::fs::{
    AtFlags, Stat, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, fstat, ftruncate, futimens, statat,
    utimensat,
};
use rustix::io::{Errno as Host, retry_on_intr};

/// Size of a `filestat` in bytes.
pub const FILESTAT_SIZE: usize = 64;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_filestat_get):
/// stores the attributes of an open file, 64 bytes.
///
/// # Errors
/// `EIO`.
pub fn fd_filestat_get(wasi: &mut Wasi, fd: u32, stat: Ptr) -> Result<(), Errno> {
    let (found, filetype) = look(wasi, fd)?;
    wasi.memory.write(stat, &filestat(&found, filetype))
}

/// The attributes of an open file, and its type.
///
/// # Errors
/// Those of [`fd_filestat_get`].
pub fn look(wasi: &Wasi, fd: u32) -> Result<(Stat, FileType), Errno> {
    let descriptor = wasi.fds.get(fd)?;
    descriptor.demand(Rights::FD_FILESTAT_GET)?;
    let stat = match descriptor.in_root {
        Some(name) => {
            let outside = Outside::Directory(name);
            (wasi.root.calls().stat)(&wasi.root, &wasi.fds, outside)?
        }
        None => fstat(&descriptor.host)?,
    };
    Ok((stat, descriptor.filetype))
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_filestat_get):
/// stores the attributes of the file at a path. If the path ends in a symbolic link,
/// these are the link's own attributes unless `flags` says to follow the link.
///
/// # Errors
/// Those of looking up a path: `ENOENT`, `ENOTDIR`, `EACCES`, `ELOOP`,
/// `ENAMETOOLONG`, `EPERM` when it leaves the directory, `EINVAL` for a NUL.
pub fn path_filestat_get(
    wasi: &mut Wasi,
    fd: u32,
    flags: u32,
    path: Ptr,
    path_len: u32,
    stat: Ptr,
) -> Result<(), Errno> {
    let found = look_at(wasi, fd, flags, path, path_len)?;
    let record = filestat(&found, FileType::of(&found));
    wasi.memory.write(stat, &record)
}

/// The attributes of the file at a path.
///
/// # Errors
/// Those of [`path_filestat_get`].
pub fn look_at(wasi: &Wasi, fd: u32, flags: u32, path: Ptr, path_len: u32) -> Result<Stat, Errno> {
    let follow = follows(flags)?;
    let at = (path, path_len);
    let mut path = CPath::new();
    let dir = match wasi.place(fd, Rights::PATH_FILESTAT_GET, at, &mut path)? {
        Place::Below(dir) => dir,
        Place::Outside(outside) => return (wasi.root.calls().stat)(&wasi.root, &wasi.fds, outside),
    };
    match stat_directly(dir.base(), &path, follow)? {
        Some(found) => Ok(found),
        None => Ok(fstat(wasi.resolver.locate(
            dir.base(),
            path.as_c_str(),
            follow,
        )?)?),
    }
}

/// The attributes of a file that lies in `base` itself, by one system call instead of three.
/// `None` when a lookup is needed: for a path of several components or a link to follow.
///
/// This can't leave `base`: the path is a single name other than `..`, and no link is followed.
fn stat_directly(base: Base<'_>, path: &CPath, follow: bool) -> Result<Option<Stat>, Errno> {
    let name = path.as_bytes();
    if name.is_empty() || name.contains(&b'/') || name == b".." {
        return Ok(None);
    }
    let found = statat(base.dir, path.as_c_str(), AtFlags::SYMLINK_NOFOLLOW)?;
    let is_link = FileType::of(&found) == FileType::SymbolicLink;
    Ok((!(is_link && follow)).then_some(found))
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_filestat_set_size):
/// cuts a file off, or extends it with zeroes.
///
/// # Errors
/// `EISDIR` for a directory, `EINVAL` when the file isn't open for writing or the
/// size has more than 63 bits, `EFBIG`, `EIO`.
pub fn fd_filestat_set_size(wasi: &mut Wasi, fd: u32, size: u64) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::FD_FILESTAT_SET_SIZE)?;
    Ok(retry_on_intr(|| ftruncate(&descriptor.host, size))?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_filestat_set_times):
/// sets the times of last access and modification, in nanoseconds; `fst_flags`
/// says which: bit 0 access as given, 1 access now, 2 and 3 modification alike.
///
/// # Errors
/// `EINVAL` when `fst_flags` asks for one time both as given and now, or has another bit;
/// `EPERM` or `EACCES` for a file of somebody else, `EACCES` for a file of a control file
/// system ([`crate::policy::control`]).
pub fn fd_filestat_set_times(
    wasi: &mut Wasi,
    fd: u32,
    atim: u64,
    mtim: u64,
    fst_flags: u32,
) -> Result<(), Errno> {
    let times = timestamps(atim, mtim, fst_flags)?;
    let descriptor = wasi.fds.get(fd)?;
    descriptor.demand(Rights::FD_FILESTAT_SET_TIMES)?;
    if descriptor.is_control()? {
        return Err(Errno::ACCES);
    }
    Ok(futimens(&descriptor.host, &times)?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_filestat_set_times):
/// sets the times of the file at a path as [`fd_filestat_set_times`] does. If the path
/// ends in a symbolic link, these are the link's own times unless `flags` says to follow
/// the link.
///
/// # Errors
/// Those of [`fd_filestat_set_times`] and of looking up a path; `EROFS` for the
/// executable ([`crate::policy::own`]).
pub fn path_filestat_set_times(
    wasi: &mut Wasi,
    fd: u32,
    flags: u32,
    path: Ptr,
    path_len: u32,
    atim: u64,
    mtim: u64,
    fst_flags: u32,
) -> Result<(), Errno> {
    let follow = follows(flags)?;
    let times = timestamps(atim, mtim, fst_flags)?;
    let at = (path, path_len);
    let mut path = CPath::new();
    let dir = wasi
        .place(fd, Rights::PATH_FILESTAT_SET_TIMES, at, &mut path)?
        .below(&Answers::CHANGING)?;
    let file = wasi.resolver.locate(dir.base(), path.as_c_str(), follow)?;
    refuse_control_files(&file)?;
    if !wasi.own.is_empty() {
        wasi.own.refuse(&fstat(&file)?)?;
    }
    match utimensat(&file, c"", &times, AtFlags::EMPTY_PATH) {
        // Linux before 5.8 doesn't take a descriptor that is open with O_PATH.
        Err(Host::INVAL) => set_times_at(dir.base(), &path, follow, &times),
        result => Ok(result?),
    }
}

/// Sets times by a name in the directory that a walk ends in, for kernels that don't take a
/// descriptor of the file.
fn set_times_at(
    base: Base<'_>,
    path: &CPath,
    follow: bool,
    times: &Timestamps,
) -> Result<(), Errno> {
    let nofollow = AtFlags::SYMLINK_NOFOLLOW;
    let destination = walk::destination(base, path.as_c_str(), follow)?;
    refuse_control_files(destination.dir())?;
    match destination {
        Destination::Directory(dir) => utimensat(&dir, c".", times, nofollow)?,
        Destination::Name {
            must_be_dir: true, ..
        } => return Err(Errno::NOTDIR),
        Destination::Name { dir, name, .. } => utimensat(&dir, name.as_c_str(), times, nofollow)?,
    }
    Ok(())
}

/// The times that a call sets: `fst_flags` has two bits for each.
fn timestamps(atim: u64, mtim: u64, fst_flags: u32) -> Result<Timestamps, Errno> {
    let flags = checked_flags(fst_flags, 0b1111)?;
    let chosen = |given: u64, bits: u32| match bits & 0b11 {
        0b00 => Ok(special(UTIME_OMIT)),
        0b01 => Ok(point_in_time(given)),
        0b10 => Ok(special(UTIME_NOW)),
        _ => Err(Errno::INVAL),
    };
    Ok(Timestamps {
        last_access: chosen(atim, flags)?,
        last_modification: chosen(mtim, flags >> 2)?,
    })
}

/// A time with one of the special values of `tv_nsec`: UTIME_NOW or UTIME_OMIT.
fn special(tv_nsec: i64) -> Timespec {
    Timespec { tv_sec: 0, tv_nsec }
}

/// The attributes as preview 1 stores them.
pub fn filestat(stat: &Stat, filetype: FileType) -> [u8; FILESTAT_SIZE] {
    let time = |seconds, nanos| {
        nanoseconds(Timespec {
            tv_sec: seconds,
            tv_nsec: nanos as i64,
        })
    };
    #[allow(clippy::useless_conversion, reason = "32 bits wide on aarch64")]
    let nlink = u64::from(stat.st_nlink);
    let mut record = [0; FILESTAT_SIZE];
    for (offset, value) in [
        (0, stat.st_dev),
        (8, stat.st_ino),
        (16, filetype as u64),
        (24, nlink),
        (32, stat.st_size as u64),
        (40, time(stat.st_atime, stat.st_atime_nsec)),
        (48, time(stat.st_mtime, stat.st_mtime_nsec)),
        (56, time(stat.st_ctime, stat.st_ctime_nsec)),
    ] {
        record[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
    }
    record
}

#[cfg(test)]
#[path = "filestat_tests.rs"]
mod tests;
