//! Enumerations and flag sets of preview 1 that several families share, with
//! the numbers of the specification
//! (<https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#types>).

use super::errno::Errno;
use core::ops::{BitAnd, BitOr};
use rustix::fs::{FileType as HostType, Stat};

/// `filetype`: a FIFO has none and is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FileType {
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SocketDgram = 5,
    SocketStream = 6,
    SymbolicLink = 7,
}

impl FileType {
    /// Of the file a `stat` is about. A socket's kind isn't in there: stream is
    /// taken for granted.
    pub fn of(stat: &Stat) -> Self {
        HostType::from_raw_mode(stat.st_mode).into()
    }

    /// Reads and writes never wait for anybody.
    pub fn never_blocks(self) -> bool {
        matches!(
            self,
            Self::RegularFile | Self::Directory | Self::BlockDevice
        )
    }
}

impl From<HostType> for FileType {
    fn from(host: HostType) -> Self {
        match host {
            HostType::RegularFile => Self::RegularFile,
            HostType::Directory => Self::Directory,
            HostType::Symlink => Self::SymbolicLink,
            HostType::CharacterDevice => Self::CharacterDevice,
            HostType::BlockDevice => Self::BlockDevice,
            HostType::Socket => Self::SocketStream,
            HostType::Fifo | HostType::Unknown => Self::Unknown,
        }
    }
}

/// `fdflags`.
pub mod fdflags {
    pub const APPEND: u16 = 1 << 0;
    pub const DSYNC: u16 = 1 << 1;
    pub const NONBLOCK: u16 = 1 << 2;
    pub const RSYNC: u16 = 1 << 3;
    pub const SYNC: u16 = 1 << 4;
    pub const ALL: u16 = APPEND | DSYNC | NONBLOCK | RSYNC | SYNC;
}

/// `oflags`.
pub mod oflags {
    pub const CREAT: u32 = 1 << 0;
    pub const DIRECTORY: u32 = 1 << 1;
    pub const EXCL: u32 = 1 << 2;
    pub const TRUNC: u32 = 1 << 3;
    pub const ALL: u32 = CREAT | DIRECTORY | EXCL | TRUNC;
}

/// `flags` as a set out of `all`.
///
/// # Errors
/// `EINVAL` when it has a bit that `all` doesn't have.
pub fn checked_flags(flags: u32, all: u32) -> Result<u32, Errno> {
    if flags & !all == 0 {
        Ok(flags)
    } else {
        Err(Errno::INVAL)
    }
}

/// `lookupflags`: whether a symbolic link at the end of the path is followed.
///
/// # Errors
/// `EINVAL` for a bit that the specification doesn't have.
pub fn follows(lookupflags: u32) -> Result<bool, Errno> {
    Ok(checked_flags(lookupflags, 1)? == 1)
}

/// `rights`: what may be done through a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rights(pub u64);

impl Rights {
    pub const FD_DATASYNC: Self = Self(1 << 0);
    pub const FD_READ: Self = Self(1 << 1);
    pub const FD_SEEK: Self = Self(1 << 2);
    pub const FD_FDSTAT_SET_FLAGS: Self = Self(1 << 3);
    pub const FD_SYNC: Self = Self(1 << 4);
    pub const FD_TELL: Self = Self(1 << 5);
    pub const FD_WRITE: Self = Self(1 << 6);
    pub const FD_ADVISE: Self = Self(1 << 7);
    pub const FD_ALLOCATE: Self = Self(1 << 8);
    pub const PATH_CREATE_DIRECTORY: Self = Self(1 << 9);
    pub const PATH_CREATE_FILE: Self = Self(1 << 10);
    pub const PATH_LINK_SOURCE: Self = Self(1 << 11);
    pub const PATH_LINK_TARGET: Self = Self(1 << 12);
    pub const PATH_OPEN: Self = Self(1 << 13);
    pub const FD_READDIR: Self = Self(1 << 14);
    pub const PATH_READLINK: Self = Self(1 << 15);
    pub const PATH_RENAME_SOURCE: Self = Self(1 << 16);
    pub const PATH_RENAME_TARGET: Self = Self(1 << 17);
    pub const PATH_FILESTAT_GET: Self = Self(1 << 18);
    pub const PATH_FILESTAT_SET_SIZE: Self = Self(1 << 19);
    pub const PATH_FILESTAT_SET_TIMES: Self = Self(1 << 20);
    pub const FD_FILESTAT_GET: Self = Self(1 << 21);
    pub const FD_FILESTAT_SET_SIZE: Self = Self(1 << 22);
    pub const FD_FILESTAT_SET_TIMES: Self = Self(1 << 23);
    pub const PATH_SYMLINK: Self = Self(1 << 24);
    pub const PATH_REMOVE_DIRECTORY: Self = Self(1 << 25);
    pub const PATH_UNLINK_FILE: Self = Self(1 << 26);
    pub const POLL_FD_READWRITE: Self = Self(1 << 27);
    pub const SOCK_SHUTDOWN: Self = Self(1 << 28);
    pub const SOCK_ACCEPT: Self = Self(1 << 29);

    pub const NONE: Self = Self(0);

    /// Changes something that other processes see.
    pub const WRITING: Self = Self(
        Self::FD_WRITE.0
            | Self::FD_ALLOCATE.0
            | Self::PATH_CREATE_DIRECTORY.0
            | Self::PATH_CREATE_FILE.0
            | Self::PATH_LINK_SOURCE.0
            | Self::PATH_LINK_TARGET.0
            | Self::PATH_RENAME_SOURCE.0
            | Self::PATH_RENAME_TARGET.0
            | Self::PATH_FILESTAT_SET_SIZE.0
            | Self::PATH_FILESTAT_SET_TIMES.0
            | Self::FD_FILESTAT_SET_SIZE.0
            | Self::FD_FILESTAT_SET_TIMES.0
            | Self::PATH_SYMLINK.0
            | Self::PATH_REMOVE_DIRECTORY.0
            | Self::PATH_UNLINK_FILE.0,
    );

    /// Applies to every kind of stream: pipes, terminals.
    pub const STREAM: Self = Self(
        Self::FD_READ.0
            | Self::FD_WRITE.0
            | Self::FD_FDSTAT_SET_FLAGS.0
            | Self::FD_FILESTAT_GET.0
            | Self::POLL_FD_READWRITE.0,
    );

    pub const SOCKET: Self = Self(Self::STREAM.0 | Self::SOCK_SHUTDOWN.0 | Self::SOCK_ACCEPT.0);

    /// What a listening socket is for: waiting is covered by reading.
    pub const LISTENER: Self = Self(
        Self::FD_READ.0
            | Self::FD_FDSTAT_SET_FLAGS.0
            | Self::FD_FILESTAT_GET.0
            | Self::POLL_FD_READWRITE.0
            | Self::SOCK_ACCEPT.0,
    );

    /// Applies to regular files and block devices.
    pub const FILE: Self = Self(
        Self::STREAM.0
            | Self::FD_DATASYNC.0
            | Self::FD_SEEK.0
            | Self::FD_SYNC.0
            | Self::FD_TELL.0
            | Self::FD_ADVISE.0
            | Self::FD_ALLOCATE.0
            | Self::FD_FILESTAT_SET_SIZE.0
            | Self::FD_FILESTAT_SET_TIMES.0,
    );

    /// Applies to directories themselves; no `FD_SEEK`, which the test suite
    /// of preview 1 forbids them.
    pub const DIRECTORY: Self = Self(
        Self::FD_FDSTAT_SET_FLAGS.0
            | Self::FD_SYNC.0
            | Self::FD_READDIR.0
            | Self::FD_FILESTAT_GET.0
            | Self::FD_FILESTAT_SET_TIMES.0
            | Self::PATH_CREATE_DIRECTORY.0
            | Self::PATH_CREATE_FILE.0
            | Self::PATH_LINK_SOURCE.0
            | Self::PATH_LINK_TARGET.0
            | Self::PATH_OPEN.0
            | Self::PATH_READLINK.0
            | Self::PATH_RENAME_SOURCE.0
            | Self::PATH_RENAME_TARGET.0
            | Self::PATH_FILESTAT_GET.0
            | Self::PATH_FILESTAT_SET_SIZE.0
            | Self::PATH_FILESTAT_SET_TIMES.0
            | Self::PATH_SYMLINK.0
            | Self::PATH_REMOVE_DIRECTORY.0
            | Self::PATH_UNLINK_FILE.0,
    );

    /// What a granted directory hands down to what is opened below it.
    pub const INHERITED: Self = Self(Self::DIRECTORY.0 | Self::FILE.0);

    pub const fn contains(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }

    pub const fn without(self, these: Self) -> Self {
        Self(self.0 & !these.0)
    }

    /// What makes sense for a file of this type. A terminal's lack of
    /// `FD_SEEK` and `FD_TELL` is how wasi-libc's `isatty` knows it from other
    /// character devices.
    pub const fn applicable(filetype: FileType, is_terminal: bool) -> Self {
        match filetype {
            FileType::Directory => Self::DIRECTORY,
            FileType::RegularFile | FileType::BlockDevice => Self::FILE,
            FileType::CharacterDevice if !is_terminal => Self::FILE,
            FileType::SocketDgram | FileType::SocketStream => Self::SOCKET,
            _ => Self::STREAM,
        }
    }
}

impl BitOr for Rights {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Rights {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
