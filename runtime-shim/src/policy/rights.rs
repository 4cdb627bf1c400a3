//! What may be done through a descriptor: the rights that each kind of descriptor gets,
//! and the answer to a call that lacks one.
//!
//! Invariants:
//!
//! * A descriptor gets the rights that make sense for its kind and that its origin allows:
//!   a grant for reading only hands down no right of [`Rights::WRITING`], and
//!   a file opened below a directory gets no right that the directory doesn't hand down.
//! * The rights of a descriptor only ever shrink ([`Descriptor::give_up`]).
//! * A call gets a descriptor that it uses by [`FdTable::file`], [`FdTable::directory`] or
//!   [`Descriptor::demand`], which name the rights that the call needs.
//!
//! The rights of the descriptors 0 to 2 are in [`super::stdio`].

use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, FdTable};
use crate::abi::rights::Rights;
use crate::abi::types::FileType;
use wasi_aot_contract::manifest::Access;

/// Sets of rights.
impl Rights {
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

    /// Applies to sockets.
    pub const SOCKET: Self = Self(Self::STREAM.0 | Self::SOCK_SHUTDOWN.0 | Self::SOCK_ACCEPT.0);

    /// A socket that `--listen` opens or `--listen-fds` takes. To wait for a connection takes the right to read.
    pub const LISTENER: Self = Self(
        Self::FD_READ.0
            | Self::FD_FDSTAT_SET_FLAGS.0
            | Self::FD_FILESTAT_GET.0
            | Self::POLL_FD_READWRITE.0
            | Self::SOCK_ACCEPT.0,
    );

    /// A connection that a listener has accepted. It doesn't listen itself.
    pub const CONNECTION: Self = Self::SOCKET.without(Self::SOCK_ACCEPT);

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

    /// Applies to directories. `FD_SEEK` isn't among them: the test suite of preview 1
    /// expects that a directory lacks that right.
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

    /// What a granted directory hands down to the files that are opened below it.
    pub const INHERITED: Self = Self(Self::DIRECTORY.0 | Self::FILE.0);

    /// The rights that make sense for a file of this type. wasi-libc's `isatty` takes a
    /// character device for a terminal if the device lacks `FD_SEEK` and `FD_TELL`.
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

/// The rights that a new descriptor gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The descriptor's own rights.
    pub rights: Rights,
    /// The rights that it hands down to files that are opened with it.
    pub inheriting: Rights,
    /// Whether to answer `EROFS` where a right of [`Rights::WRITING`] is missing.
    pub read_only: bool,
}

impl Given {
    /// The rights of a directory that the manifest grants.
    pub fn to_grant(access: Access) -> Self {
        let read_only = access == Access::ReadOnly;
        let withheld = if read_only {
            Rights::WRITING
        } else {
            Rights::NONE
        };
        Self {
            rights: Rights::DIRECTORY.without(withheld),
            inheriting: Rights::INHERITED.without(withheld),
            read_only,
        }
    }

    /// The rights of a file of this type that was opened below `dir` with a request for
    /// `asked`: its own rights, and those that it hands down. `is_kept`: the file is the
    /// executable or a link on the way to it ([`super::own`]).
    pub fn to_opened(
        dir: &Descriptor,
        asked: (Rights, Rights),
        filetype: FileType,
        is_terminal: bool,
        is_kept: bool,
    ) -> Self {
        let (mut base, inheriting) = asked;
        // Go opens directories without the right to set a size, and then creates files
        // in them with TRUNC (os.Root). So the right to create includes it.
        if base.contains(Rights::PATH_CREATE_FILE) {
            base = base | Rights::PATH_FILESTAT_SET_SIZE;
        }
        let mut applicable = Rights::applicable(filetype, is_terminal);
        if is_kept {
            // Linux lets the owner of a file set its times through a descriptor for
            // reading.
            applicable = applicable.without(Rights::WRITING);
        }
        Self {
            rights: base & dir.inheriting & applicable,
            inheriting: inheriting & dir.inheriting,
            read_only: dir.read_only || is_kept,
        }
    }
}

impl Descriptor {
    /// Checks that the descriptor has all of `rights`.
    ///
    /// # Errors
    /// `EBADF` if a right to read or write is missing, as in POSIX for a descriptor that isn't
    /// open for the operation; `EROFS` if a right is missing because of a grant for reading
    /// only; `ENOTCAPABLE` if another right is missing.
    pub fn demand(&self, rights: Rights) -> Result<(), Errno> {
        let missing = rights.without(self.rights);
        if missing == Rights::NONE {
            Ok(())
        } else if missing & (Rights::FD_READ | Rights::FD_WRITE) != Rights::NONE {
            Err(Errno::BADF)
        } else if self.read_only && missing & Rights::WRITING != Rights::NONE {
            Err(Errno::ROFS)
        } else {
            Err(Errno::NOTCAPABLE)
        }
    }

    /// Reading or writing at an offset takes the right to seek. A stream has no offsets,
    /// whatever its rights.
    ///
    /// # Errors
    /// `ESPIPE` for a stream, and those of [`Descriptor::demand`].
    pub fn demand_offset(&self) -> Result<(), Errno> {
        let seekable = Rights::applicable(self.filetype, false).contains(Rights::FD_SEEK);
        if seekable && !self.is_stream() {
            self.demand(Rights::FD_SEEK)
        } else {
            Err(Errno::SPIPE)
        }
    }

    /// Moving the position takes `FD_SEEK`; asking for the position takes `FD_TELL` or
    /// `FD_SEEK`. `right` is `FD_SEEK` or `FD_TELL`.
    ///
    /// # Errors
    /// Without the right, `ENOTCAPABLE` if the file has a position that a descriptor can move,
    /// else `ESPIPE`.
    pub fn demand_position(&self, right: Rights) -> Result<(), Errno> {
        if self.demand(right).is_ok() || self.demand(Rights::FD_SEEK).is_ok() {
            return Ok(());
        }
        Err(match self.filetype {
            FileType::RegularFile | FileType::BlockDevice if !self.is_stream() => Errno::NOTCAPABLE,
            _ => Errno::SPIPE,
        })
    }

    /// Whether the process was started with this descriptor, and the position can't be moved.
    fn is_stream(&self) -> bool {
        self.stdio.is_some() && !self.rights.contains(Rights::FD_SEEK)
    }

    /// Takes from the descriptor all rights but these.
    ///
    /// # Errors
    /// `ENOTCAPABLE` when the descriptor lacks one of these rights; it keeps its rights then.
    pub fn give_up(&mut self, rights: Rights, inheriting: Rights) -> Result<(), Errno> {
        if !self.rights.contains(rights) || !self.inheriting.contains(inheriting) {
            return Err(Errno::NOTCAPABLE);
        }
        self.rights = rights;
        self.inheriting = inheriting;
        Ok(())
    }
}

impl FdTable {
    /// `fd` if it has `rights` and isn't a directory.
    ///
    /// # Errors
    /// `EBADF` when `fd` isn't open, `EISDIR` for a directory, and those of
    /// [`Descriptor::demand`].
    pub fn file(&self, fd: u32, rights: Rights) -> Result<&Descriptor, Errno> {
        let descriptor = self.get(fd)?;
        if descriptor.filetype == FileType::Directory {
            return Err(Errno::ISDIR);
        }
        descriptor.demand(rights)?;
        Ok(descriptor)
    }

    /// `fd` if it has `rights` and is a directory.
    ///
    /// # Errors
    /// `EBADF` when `fd` isn't open, `ENOTDIR` when it isn't a directory, and those of
    /// [`Descriptor::demand`].
    pub fn directory(&self, fd: u32, rights: Rights) -> Result<&Descriptor, Errno> {
        let descriptor = self.get(fd)?;
        if descriptor.filetype != FileType::Directory {
            return Err(Errno::NOTDIR);
        }
        descriptor.demand(rights)?;
        Ok(descriptor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::fdtable::{HostFd, inert};

    #[test]
    fn a_denial_says_why() {
        let host = HostFd::Owned(inert().unwrap());
        let mut d = Descriptor::new(host, FileType::Unknown);
        d.rights = Rights::FD_SEEK;
        assert_eq!(d.demand(Rights::FD_SEEK), Ok(()));
        assert_eq!(d.demand(Rights::FD_READ), Err(Errno::BADF));
        assert_eq!(d.demand(Rights::PATH_SYMLINK), Err(Errno::NOTCAPABLE));
        d.read_only = true;
        assert_eq!(d.demand(Rights::PATH_SYMLINK), Err(Errno::ROFS));
        assert_eq!(d.demand(Rights::FD_ADVISE), Err(Errno::NOTCAPABLE));
    }
}
