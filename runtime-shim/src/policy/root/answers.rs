//! What is opened, looked at and listed in the root.

use super::tree::{Device, What};
use super::{Answers, Outside, Root};
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, FdTable, HostFd};
use crate::abi::listing;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags, oflags};
use crate::policy::opening::Request;
use rustix::fs::{Stat, fstat, major, minor};
use rustix::io::fcntl_dupfd_cloexec;

/// Rights that a directory of the root lacks: there is nothing on a disk to be synchronised or
/// to have times.
const LACKING: Rights = Rights(Rights::FD_FILESTAT_SET_TIMES.0 | Rights::FD_SYNC.0);

/// The descriptor of the directory `name`, with those of the rights that a directory here can
/// have: its own, and those that it hands down.
pub fn directory(root: &Root, name: &'static [u8], rights: (Rights, Rights)) -> Descriptor {
    Descriptor {
        rights: rights.0 & Rights::DIRECTORY.without(LACKING),
        inheriting: rights.1,
        read_only: true,
        in_root: Some(name),
        ..Descriptor::new(HostFd::Kept(root.null), FileType::Directory)
    }
}

/// Opens what a path leads to. `inheriting` are the rights that the directory hands down which
/// the path starts in.
///
/// # Errors
/// `EINVAL` for DIRECTORY with CREAT; `ENOENT`, or `EROFS` to create; `EEXIST` with EXCL; `EISDIR` to write a directory, `ENOTDIR` for a
/// device as a directory; `EACCES` to read what is open for writing only, or the other way round.
pub fn open(
    root: &Root,
    fds: &FdTable,
    outside: Outside,
    request: &Request,
    inheriting: Rights,
) -> Result<Descriptor, Errno> {
    if request.has(oflags::CREAT | oflags::DIRECTORY) {
        return Err(Errno::INVAL);
    }
    let exclusive = request.has(oflags::CREAT | oflags::EXCL);
    let rights = (request.base & inheriting, request.inheriting & inheriting);
    match outside {
        Outside::Missing if request.has(oflags::CREAT) => Err(Answers::MAKING.2),
        Outside::Missing => Err(Errno::NOENT),
        _ if exclusive => Err(Errno::EXIST),
        Outside::Directory(_) if request.has(oflags::CREAT) || request.writes() => {
            Err(Errno::ISDIR)
        }
        Outside::Directory(name) => Ok(Descriptor {
            flags: request.fdflags,
            ..directory(root, name, rights)
        }),
        Outside::Device(_) if request.has(oflags::DIRECTORY) => Err(Errno::NOTDIR),
        Outside::Device(Device::Null) => null(root, request, rights.0),
        Outside::Device(Device::Standard(number)) => standard(fds, number, request, rights.0),
    }
}

/// The descriptor of /dev/null.
fn null(root: &Root, request: &Request, rights: Rights) -> Result<Descriptor, Errno> {
    look_at_null(root)?;
    Ok(Descriptor {
        rights: rights & Rights::FILE.without(Rights::FD_FILESTAT_SET_TIMES),
        flags: request.fdflags,
        ..Descriptor::new(HostFd::Kept(root.null), FileType::CharacterDevice)
    })
}

/// The attributes of /dev/null.
///
/// # Errors
/// `ENOENT` where the host has no such device, or has something else under the name.
fn look_at_null(root: &Root) -> Result<Stat, Errno> {
    let stat = fstat(root.null)?;
    // Linux's Documentation/admin-guide/devices.txt.
    let is_null = (major(stat.st_rdev), minor(stat.st_rdev)) == (1, 3);
    if FileType::of(&stat) == FileType::CharacterDevice && is_null {
        Ok(stat)
    } else {
        Err(Errno::NOENT)
    }
}

/// A copy of the standard stream `number`, with its rights. Unlike Linux's /dev/stdin, a copy of
/// a file shares its position.
fn standard(
    fds: &FdTable,
    number: u32,
    request: &Request,
    rights: Rights,
) -> Result<Descriptor, Errno> {
    let stream = fds.get(number).map_err(|_| Errno::NOENT)?;
    if matches!(stream.host, HostFd::Special(..)) || stream.filetype == FileType::Directory {
        return Err(Errno::ACCES);
    }
    let wanted = rights & (Rights::FD_READ | Rights::FD_WRITE);
    if !stream.rights.contains(wanted) {
        return Err(Errno::ACCES);
    }
    let host = fcntl_dupfd_cloexec(&stream.host, 3)?;
    let nonblock = (request.fdflags | stream.flags) & fdflags::NONBLOCK;
    Ok(Descriptor {
        rights: rights & stream.rights,
        flags: stream.flags | nonblock,
        stdio: stream.stdio,
        read_only: stream.read_only,
        never_waits: stream.never_waits,
        ..Descriptor::new(HostFd::Owned(host), stream.filetype)
    })
}

/// The attributes of what a path leads to.
///
/// # Errors
/// `ENOENT`.
pub fn stat(root: &Root, fds: &FdTable, outside: Outside) -> Result<Stat, Errno> {
    match outside {
        Outside::Missing => Err(Errno::NOENT),
        Outside::Directory(name) => Ok(attributes(name)),
        Outside::Device(Device::Null) => look_at_null(root),
        Outside::Device(Device::Standard(number)) => {
            let stream = fds.get(number).map_err(|_| Errno::NOENT)?;
            Ok(fstat(&stream.host)?)
        }
    }
}

/// The attributes of the directory `name`: everybody may read it, and it has never changed.
fn attributes(name: &[u8]) -> Stat {
    // SAFETY: the structure has nothing but numbers.
    let mut stat: Stat = unsafe { core::mem::zeroed() };
    stat.st_mode = 0o40555;
    stat.st_nlink = 1;
    stat.st_ino = inode(name);
    stat
}

/// A number that tells directories apart: the FNV-1a hash of the name.
/// <http://www.isthe.com/chongo/tech/comp/fnv/> has the constants.
fn inode(name: &[u8]) -> u64 {
    let step = |hash: u64, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    name.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Writes the entries of the directory `name` from `cookie` on to `bytes`, the last one perhaps
/// cut off, and returns the number of bytes written. A cookie is the number of entries before.
pub fn list(root: &Root, name: &'static [u8], cookie: u64, bytes: &mut [u8]) -> usize {
    let itself = [b".", &b".."[..]].map(|entry| (entry, What::Directory));
    let entries = itself.into_iter().chain(root.tree.entries(name));
    let entries = (1..).zip(entries).skip(cookie as usize);
    let exists = |what| match what {
        What::File(file) => root.files.list[file as usize].exists(),
        _ => true,
    };
    let entries = entries.filter(|(_, (_, what))| exists(*what));
    listing::write(
        bytes,
        entries.map(|(next, (entry, what))| listing::Record {
            cookie: next,
            ino: inode(entry),
            filetype: filetype(what) as u8,
            name: entry,
        }),
    )
}

/// The type of an entry.
fn filetype(what: What) -> FileType {
    match what {
        What::Grant(_) | What::Directory => FileType::Directory,
        What::Device(Device::Null) => FileType::CharacterDevice,
        What::File(_) | What::Device(Device::Standard(_)) => FileType::Unknown,
    }
}
