//! Enumerations and flag sets of preview 1 that several families share, with
//! the numbers of the specification
//! (<https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#types>).

use super::errno::Errno;
use rustix::fs::{FileType as HostType, Stat};

/// `filetype`. The specification has no type for a FIFO: a FIFO's type is `Unknown`.
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
    /// The type of the file that has the attributes `stat`. The attributes don't say a socket's
    /// kind, so every socket counts as a stream socket.
    pub fn of(stat: &Stat) -> Self {
        HostType::from_raw_mode(stat.st_mode).into()
    }

    /// Whether reads and writes never wait for another process.
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

/// `flags`, if all of them are in `all`.
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

/// Whether `lookupflags` says to follow a symbolic link at the end of the path.
///
/// # Errors
/// `EINVAL` for a bit that the specification doesn't have.
pub fn follows(lookupflags: u32) -> Result<bool, Errno> {
    Ok(checked_flags(lookupflags, 1)? == 1)
}
