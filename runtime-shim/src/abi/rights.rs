//! Preview 1's `rights`, with the bits of the specification
//! (<https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#rights>).
//!
//! Which rights a descriptor gets, and what a missing right means, is decided in
//! [`crate::policy::rights`].

use core::ops::{BitAnd, BitOr};

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

    /// Whether all rights of `all` are in this set.
    pub const fn contains(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }

    /// This set without the rights of `these`.
    pub const fn without(self, these: Self) -> Self {
        Self(self.0 & !these.0)
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
