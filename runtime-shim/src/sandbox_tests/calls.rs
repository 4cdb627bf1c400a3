//! Every call that takes a path, in each way it can be used.

use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{fdflags, oflags};
use crate::os::creating::{self, path_open as os_path_open};
use crate::os::mode::path_set_mode;
use crate::os::stat::path_stat;
use crate::wasi::Wasi;
use crate::wasi::filestat::{path_filestat_get, path_filestat_set_times};
use crate::wasi::fixture::Guest;
use crate::wasi::path::{
    path_create_directory, path_link, path_readlink, path_remove_directory, path_rename,
    path_symlink, path_unlink_file,
};
use crate::wasi::path_open::path_open;
use std::collections::BTreeSet;
use std::vec::Vec;
use wasi_aot_contract::imports;
use wasi_aot_contract::signature::HostModule;

/// What the guest has learned from a call that succeeded.
#[derive(Debug)]
pub enum Told {
    Nothing,
    /// The guest has this descriptor now.
    Opened(u32),
    /// Device and inode.
    Identity(u64, u64),
    /// The contents of a link.
    Text(Vec<u8>),
}

/// A way of using a call on one path.
pub struct Call {
    pub module: HostModule,
    pub function: &'static str,
    /// What is special about this way.
    pub manner: &'static str,
    /// The call changes something when it succeeds.
    pub writes: bool,
    run: fn(&mut Guest, u32, Ptr, u32) -> Result<Told, Errno>,
}

impl Call {
    /// Makes the call with the directory `fd` and `path`.
    pub fn run(&self, guest: &mut Guest, fd: u32, path: &[u8]) -> Result<Told, Errno> {
        let (at, len) = guest.string(0, path);
        (self.run)(guest, fd, at, len)
    }
}

/// A file in directory 0: the existing path of calls that take two paths.
pub const VICTIM: &str = "victim";
/// A free name in directory 0: the new path of calls that take two paths.
pub const FREE: &str = "free";

/// The address for results.
const RESULT: Ptr = 512;
const ROOM: u32 = 4096;

pub const CALLS: &[Call] = &[
    open("for reading", false, |g, fd, at, len| {
        opening(g, fd, at, len, 1, 0, READ, 0)
    }),
    open("for reading, no link", false, |g, fd, at, len| {
        opening(g, fd, at, len, 0, 0, READ, 0)
    }),
    open("for writing", true, |g, fd, at, len| {
        opening(g, fd, at, len, 1, 0, WRITE, 0)
    }),
    open("for both", true, |g, fd, at, len| {
        opening(g, fd, at, len, 1, 0, READ | WRITE, 0)
    }),
    open("to append", true, |g, fd, at, len| {
        let append = fdflags::APPEND.into();
        opening(g, fd, at, len, 1, 0, WRITE, append)
    }),
    open("with every right", true, |g, fd, at, len| {
        opening(g, fd, at, len, 1, 0, Rights(u64::MAX), 0)
    }),
    open("CREAT", true, |g, fd, at, len| {
        opening(g, fd, at, len, 1, oflags::CREAT, WRITE, 0)
    }),
    open("CREAT, no link", true, |g, fd, at, len| {
        opening(g, fd, at, len, 0, oflags::CREAT, WRITE, 0)
    }),
    open("CREAT and EXCL", true, |g, fd, at, len| {
        let exclusive = oflags::CREAT | oflags::EXCL;
        opening(g, fd, at, len, 1, exclusive, READ, 0)
    }),
    open("TRUNC", true, |g, fd, at, len| {
        opening(g, fd, at, len, 1, oflags::TRUNC, WRITE, 0)
    }),
    open("TRUNC for reading", true, |g, fd, at, len| {
        opening(g, fd, at, len, 1, oflags::TRUNC, READ, 0)
    }),
    open("CREAT and TRUNC", true, |g, fd, at, len| {
        let flags = oflags::CREAT | oflags::TRUNC;
        opening(g, fd, at, len, 1, flags, READ | WRITE, 0)
    }),
    open("DIRECTORY", false, |g, fd, at, len| {
        opening(g, fd, at, len, 1, oflags::DIRECTORY, Rights::FD_READDIR, 0)
    }),
    os("path_open", "CREAT with a mode", true, |g, fd, at, len| {
        let (wasi, create) = (&mut g.wasi, oflags::CREAT);
        let (rights, inheriting) = (WRITE.0, u64::MAX);
        os_path_open(
            wasi, fd, 1, at, len, create, rights, inheriting, 0, 0o750, RESULT,
        )?;
        Ok(Told::Opened(g.u32(RESULT)))
    }),
    os(
        "path_create_directory",
        "with a mode",
        true,
        |g, fd, at, len| {
            nothing(creating::path_create_directory(
                &mut g.wasi,
                fd,
                at,
                len,
                0o700,
            ))
        },
    ),
    os("path_set_mode", "following", true, |g, fd, at, len| {
        nothing(path_set_mode(&mut g.wasi, fd, 1, at, len, 0o711))
    }),
    os("path_set_mode", "", true, |g, fd, at, len| {
        nothing(path_set_mode(&mut g.wasi, fd, 0, at, len, 0o711))
    }),
    os("path_stat", "following", false, |g, fd, at, len| {
        path_stat(&mut g.wasi, fd, 1, at, len, RESULT)?;
        Ok(Told::Identity(g.u64(RESULT), g.u64(RESULT + 8)))
    }),
    os("path_stat", "", false, |g, fd, at, len| {
        path_stat(&mut g.wasi, fd, 0, at, len, RESULT)?;
        Ok(Told::Identity(g.u64(RESULT), g.u64(RESULT + 8)))
    }),
    call("path_create_directory", "", true, |g, fd, at, len| {
        nothing(path_create_directory(&mut g.wasi, fd, at, len))
    }),
    call("path_remove_directory", "", true, |g, fd, at, len| {
        nothing(path_remove_directory(&mut g.wasi, fd, at, len))
    }),
    call("path_unlink_file", "", true, |g, fd, at, len| {
        nothing(path_unlink_file(&mut g.wasi, fd, at, len))
    }),
    call("path_rename", "from", true, |g, fd, at, len| {
        let (new, new_len) = g.string(1, FREE);
        nothing(path_rename(&mut g.wasi, fd, at, len, 0, new, new_len))
    }),
    call("path_rename", "to", true, |g, fd, at, len| {
        let (old, old_len) = g.string(1, VICTIM);
        nothing(path_rename(&mut g.wasi, 0, old, old_len, fd, at, len))
    }),
    call("path_link", "from", true, |g, fd, at, len| {
        let (new, new_len) = g.string(1, FREE);
        nothing(path_link(&mut g.wasi, fd, 0, at, len, 0, new, new_len))
    }),
    call("path_link", "from, following", true, |g, fd, at, len| {
        let (new, new_len) = g.string(1, FREE);
        nothing(path_link(&mut g.wasi, fd, 1, at, len, 0, new, new_len))
    }),
    call("path_link", "to", true, |g, fd, at, len| {
        let (old, old_len) = g.string(1, VICTIM);
        nothing(path_link(&mut g.wasi, 0, 0, old, old_len, fd, at, len))
    }),
    call("path_symlink", "", true, |g, fd, at, len| {
        let (target, target_len) = g.string(1, VICTIM);
        nothing(path_symlink(&mut g.wasi, target, target_len, fd, at, len))
    }),
    call("path_readlink", "", false, |g, fd, at, len| {
        path_readlink(&mut g.wasi, fd, at, len, RESULT + 8, ROOM, RESULT)?;
        Ok(Told::Text(g.bytes(RESULT + 8, g.u32(RESULT))))
    }),
    call("path_filestat_get", "following", false, |g, fd, at, len| {
        stat(g, fd, 1, at, len)
    }),
    call("path_filestat_get", "", false, |g, fd, at, len| {
        stat(g, fd, 0, at, len)
    }),
    call(
        "path_filestat_set_times",
        "following",
        true,
        |g, fd, at, len| {
            nothing(path_filestat_set_times(
                &mut g.wasi,
                fd,
                1,
                at,
                len,
                1,
                1,
                5,
            ))
        },
    ),
    call("path_filestat_set_times", "", true, |g, fd, at, len| {
        nothing(path_filestat_set_times(
            &mut g.wasi,
            fd,
            0,
            at,
            len,
            1,
            1,
            5,
        ))
    }),
];

const READ: Rights = Rights::FD_READ;
const WRITE: Rights = Rights::FD_WRITE;

const fn open(
    manner: &'static str,
    writes: bool,
    run: fn(&mut Guest, u32, Ptr, u32) -> Result<Told, Errno>,
) -> Call {
    call("path_open", manner, writes, run)
}

const fn call(
    function: &'static str,
    manner: &'static str,
    writes: bool,
    run: fn(&mut Guest, u32, Ptr, u32) -> Result<Told, Errno>,
) -> Call {
    Call {
        module: HostModule::Preview1,
        function,
        manner,
        writes,
        run,
    }
}

/// A call of `wasi_aot_os_1`.
const fn os(
    function: &'static str,
    manner: &'static str,
    writes: bool,
    run: fn(&mut Guest, u32, Ptr, u32) -> Result<Told, Errno>,
) -> Call {
    Call {
        module: HostModule::Os,
        ..call(function, manner, writes, run)
    }
}

#[expect(clippy::too_many_arguments, reason = "path_open has even more")]
fn opening(
    guest: &mut Guest,
    fd: u32,
    at: Ptr,
    len: u32,
    dirflags: u32,
    oflags: u32,
    rights: Rights,
    fdflags: u32,
) -> Result<Told, Errno> {
    let (wasi, inheriting): (&mut Wasi, _) = (&mut guest.wasi, u64::MAX);
    path_open(
        wasi, fd, dirflags, at, len, oflags, rights.0, inheriting, fdflags, RESULT,
    )?;
    Ok(Told::Opened(guest.u32(RESULT)))
}

fn stat(guest: &mut Guest, fd: u32, flags: u32, at: Ptr, len: u32) -> Result<Told, Errno> {
    path_filestat_get(&mut guest.wasi, fd, flags, at, len, RESULT)?;
    Ok(Told::Identity(guest.u64(RESULT), guest.u64(RESULT + 8)))
}

fn nothing(result: Result<(), Errno>) -> Result<Told, Errno> {
    result.map(|()| Told::Nothing)
}

#[test]
fn no_call_that_takes_a_path_is_missing() {
    let names = imports::all().map(|function| (function.module.name(), function.name));
    let expected = BTreeSet::from_iter(names.filter(|(_, name)| name.starts_with("path_")));
    let tried = CALLS.iter().map(|call| (call.module.name(), call.function));
    let tried = BTreeSet::from_iter(tried);
    assert_eq!(tried, expected);
}
