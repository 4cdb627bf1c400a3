//! What a guest can do to a file that is a standard stream, for instance a log with lines of
//! others.

use super::*;
use crate::abi::errno::Errno;
use crate::abi::fdtable::Preopen;
use crate::abi::types::oflags;
use crate::policy::grants;
use crate::policy::resolver::Resolver;
use crate::wasi::fd::{fd_allocate, fd_renumber, fd_seek, fd_tell};
use crate::wasi::fd_io::{fd_pread, fd_pwrite, fd_read, fd_write};
use crate::wasi::fdstat::{fd_fdstat_set_flags, fd_fdstat_set_rights};
use crate::wasi::filestat::{fd_filestat_get, fd_filestat_set_size, fd_filestat_set_times};
use crate::wasi::fixture::{Guest, Scratch, host_fd};
use std::format;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::os::fd::AsRawFd;
use std::time::SystemTime;
use wasi_aot_contract::manifest::Access;

const BEFORE: &str = "a line of others\n";

/// A guest whose standard stream `number` is `file`.
fn with(file: &File, number: u8) -> Guest {
    let mut guest = Guest::new();
    let host = ManuallyDrop::new(host_fd(file.try_clone().unwrap()));
    let stream = standard(host, FileType::RegularFile, number);
    assert_eq!(guest.wasi.fds.insert(stream), Ok(0));
    guest
}

fn log(scratch: &Scratch) -> std::path::PathBuf {
    scratch.write("log", BEFORE);
    scratch.join("log")
}

/// The ways in which a parent has a log open for writing.
fn open_logs(scratch: &Scratch) -> [File; 3] {
    let path = log(scratch);
    let opened = [
        File::options().append(true).open(&path),
        File::options().write(true).open(&path),
        File::options().read(true).write(true).open(&path),
    ];
    opened.map(Result::unwrap)
}

fn write_some(guest: &mut Guest, fd: u32, text: &str) -> Result<(), Errno> {
    guest.write(1000, text.as_bytes());
    guest.vector(0, &[(1000, text.len() as u32)]);
    fd_write(&mut guest.wasi, fd, 0, 1, 64)
}

#[test]
fn a_log_is_only_ever_added_to() {
    for number in 0..3 {
        let scratch = Scratch::new();
        for mut file in open_logs(&scratch) {
            file.seek(SeekFrom::End(0)).unwrap();
            let old = std::fs::read_to_string(scratch.join("log")).unwrap();
            let mut guest = with(&file, number);
            attack(&mut guest, 0);
            write_some(&mut guest, 0, "mine\n").unwrap();
            // The same stream under another number.
            let other = guest.adopt(inert().unwrap(), FileType::Unknown, None);
            fd_renumber(&mut guest.wasi, 0, other).unwrap();
            attack(&mut guest, other);
            write_some(&mut guest, other, "mine\n").unwrap();
            // And under its own number again.
            let own = guest.adopt(inert().unwrap(), FileType::Unknown, None);
            fd_renumber(&mut guest.wasi, other, own).unwrap();
            attack(&mut guest, own);
            let new = std::fs::read_to_string(scratch.join("log")).unwrap();
            assert_eq!(new, old + "mine\nmine\n");
        }
    }
}

/// Everything but writing fails.
fn attack(guest: &mut Guest, fd: u32) {
    guest.write(1000, b"FORGED");
    guest.vector(0, &[(1000, 6)]);
    let wasi = &mut guest.wasi;
    assert_eq!(fd_filestat_set_size(wasi, fd, 0), Err(Errno::NOTCAPABLE));
    assert_eq!(fd_allocate(wasi, fd, 0, 1 << 20), Err(Errno::NOTCAPABLE));
    let times = fd_filestat_set_times(wasi, fd, 1, 1, 0b0101);
    assert_eq!(times, Err(Errno::NOTCAPABLE));
    // The answer is that for a pipe.
    assert_eq!(fd_pwrite(wasi, fd, 0, 1, 0, 64), Err(Errno::SPIPE));
    for (offset, whence) in [(0, 0), (1, 0), (-1, 1), (1, 1), (0, 2)] {
        let sought = fd_seek(wasi, fd, offset as u64, whence, 64);
        assert_eq!(sought, Err(Errno::SPIPE), "{offset} from {whence}");
    }
    // The guest can't drop APPEND and can't gain rights.
    let flags = wasi.fds.get(fd).unwrap().flags;
    if flags & fdflags::APPEND != 0 {
        assert_eq!(fd_fdstat_set_flags(wasi, fd, 0), Err(Errno::NOTSUP));
    }
    let all = fd_fdstat_set_rights(wasi, fd, Rights::FILE.0, 0);
    assert_eq!(all, Err(Errno::NOTCAPABLE));
    let host = fcntl_getfl(&wasi.fds.get(fd).unwrap().host).unwrap();
    let appends = flags & fdflags::APPEND != 0;
    assert_eq!(host.contains(OFlags::APPEND), appends);
    // The guest may know what the file is, and its position.
    fd_filestat_get(wasi, fd, 64).unwrap();
    fd_tell(wasi, fd, 64).unwrap();
    fd_seek(wasi, fd, 0, 1, 64).unwrap();
}

#[test]
fn a_file_to_be_read_is_read_anywhere_and_never_changed() {
    let scratch = Scratch::new();
    let path = log(&scratch);
    let modified = || -> SystemTime { std::fs::metadata(&path).unwrap().modified().unwrap() };
    let before = modified();
    let mut guest = with(&File::open(&path).unwrap(), 0);
    guest.vector(0, &[(1000, 4)]);
    let wasi = &mut guest.wasi;
    fd_seek(wasi, 0, 2, 0, 64).unwrap();
    fd_read(wasi, 0, 0, 1, 64).unwrap();
    assert_eq!(guest.bytes(1000, 4), b"line");
    fd_pread(&mut guest.wasi, 0, 0, 1, 7, 64).unwrap();
    assert_eq!(guest.bytes(1000, 4), b"of o");
    let wasi = &mut guest.wasi;
    fd_tell(wasi, 0, 64).unwrap();
    assert_eq!(guest.u64(64), 6);
    let wasi = &mut guest.wasi;
    assert_eq!(fd_filestat_set_size(wasi, 0, 0), Err(Errno::NOTCAPABLE));
    assert_eq!(fd_allocate(wasi, 0, 0, 1 << 20), Err(Errno::NOTCAPABLE));
    let times = fd_filestat_set_times(wasi, 0, 1, 1, 0b0101);
    assert_eq!(times, Err(Errno::NOTCAPABLE));
    assert_eq!(fd_pwrite(wasi, 0, 0, 1, 0, 64), Err(Errno::BADF));
    assert_eq!(modified(), before);
    assert_eq!(std::fs::read(&path).unwrap(), BEFORE.as_bytes());
}

/// Without FD_TELL wasi-libc would take `/dev/null` for a terminal.
#[test]
fn a_device_that_is_no_terminal_does_not_look_like_one() {
    let null = File::options().read(true).write(true).open("/dev/null");
    let host = ManuallyDrop::new(host_fd(null.unwrap()));
    let stream = standard(host, FileType::CharacterDevice, 1);
    let either = Rights::FD_SEEK | Rights::FD_TELL;
    assert!(stream.rights & either != Rights::NONE);
}

/// Even with the host's root granted, the names of open files in procfs lead nowhere: the kernel
/// doesn't follow such a link, and the walk takes the link's text for a path.
#[test]
fn no_name_leads_to_a_stream() {
    let scratch = Scratch::new();
    let file = File::options().append(true).open(log(&scratch)).unwrap();
    std::fs::remove_file(scratch.join("log")).unwrap();
    let number = file.as_raw_fd();
    for resolver in [Resolver::new(), Resolver::walking()] {
        let mut guest = with(&file, 1);
        guest.wasi.resolver = resolver;
        let root = host_fd(File::open("/").unwrap());
        let name = Preopen::Directory {
            name: b"/",
            root: true,
        };
        let root = grants::preopen(root, Access::ReadWrite, name);
        let root = guest.wasi.fds.insert(root).unwrap();
        for path in [
            format!("proc/self/fd/{number}"),
            format!("dev/fd/{number}"),
            format!("proc/self/task/../fd/{number}"),
        ] {
            for flags in [0, oflags::TRUNC] {
                let opened = guest.open_in(root, &path, flags, Rights::FILE, 0);
                assert!(opened.is_err(), "{path}, {flags}");
            }
        }
    }
    assert_eq!(file.metadata().unwrap().len(), BEFORE.len() as u64);
}
