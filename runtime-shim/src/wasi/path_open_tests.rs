//! What an opened file may do, and what opening refuses.

use super::*;
use crate::policy::resolver::Resolver;
use crate::wasi::fd::fd_close;
use crate::wasi::fd_io::{fd_read, fd_write};
use crate::wasi::fdstat::{fd_fdstat_get, fd_fdstat_set_flags, fd_fdstat_set_rights};
use crate::wasi::filestat::{fd_filestat_set_size, fd_filestat_set_times};
use crate::wasi::fixture::{Guest, Scratch};
use rustix::fd::{AsRawFd, FromRawFd};
use rustix::fs::{Mode, OFlags};
use std::os::unix::fs::PermissionsExt;
use std::string::String;
use wasi_aot_contract::manifest::Access;

/// The rights that Go asks for with O_RDONLY (`fileRights &^ writeRights`) and O_RDWR.
const GO_READ: Rights = Rights(0xfff_ffff & !(1 | 1 << 6 | 1 << 8 | 1 << 19));
const GO_READ_WRITE: Rights = Rights(0xfff_ffff);

fn rights(guest: &mut Guest, fd: u32) -> (Rights, Rights) {
    fd_fdstat_get(&mut guest.wasi, fd, 128).unwrap();
    (Rights(guest.u64(136)), Rights(guest.u64(144)))
}

#[test]
fn rights_are_cut_down_to_what_applies() {
    let scratch = Scratch::new();
    scratch.write("f", "");
    scratch.mkdir("d");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let file = guest.open("f", 0, GO_READ_WRITE).unwrap();
    assert_eq!(rights(&mut guest, file), (Rights::FILE, Rights::INHERITED));
    let dir = guest.open("d", 0, GO_READ).unwrap();
    assert_eq!(
        rights(&mut guest, dir),
        (Rights::DIRECTORY, Rights::INHERITED)
    );
    let little = guest.open("f", 0, Rights::FD_READ).unwrap();
    assert_eq!(rights(&mut guest, little).0, Rights::FD_READ);
}

#[test]
fn a_file_that_is_created_exclusively_is_its_owner_s_alone() {
    let scratch = Scratch::new();
    scratch.write("of std", "");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    for (name, oflags) in [("f", 0), ("secret", oflags::EXCL)] {
        guest
            .open(name, oflags::CREAT | oflags, GO_READ_WRITE)
            .unwrap();
    }
    let mode = |name: &str| {
        let metadata = std::fs::metadata(scratch.path().join(name)).unwrap();
        metadata.permissions().mode() & 0o7777
    };
    // Whatever the umask is of whoever tests.
    assert_eq!(mode("f"), mode("of std"));
    assert_eq!(mode("secret"), mode("of std") & 0o600);
}

#[test]
fn what_a_directory_may_not_hand_on() {
    let scratch = Scratch::new();
    scratch.write("f", "text");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let (base, inheriting) = rights(&mut guest, 0);
    let kept = inheriting.without(Rights::FD_WRITE | Rights::FD_ADVISE);
    fd_fdstat_set_rights(&mut guest.wasi, 0, base.0, kept.0).unwrap();
    assert_eq!(guest.open("f", 0, GO_READ_WRITE), Err(Errno::NOTCAPABLE));
    let file = guest.open("f", 0, GO_READ).unwrap();
    assert!(!rights(&mut guest, file).0.contains(Rights::FD_ADVISE));
    // Rights that were given up don't come back.
    let back = fd_fdstat_set_rights(&mut guest.wasi, 0, base.0, inheriting.0);
    assert_eq!(back, Err(Errno::NOTCAPABLE));
    let fewer = base.without(Rights::PATH_OPEN | Rights::PATH_CREATE_FILE);
    fd_fdstat_set_rights(&mut guest.wasi, 0, fewer.0, kept.0).unwrap();
    assert_eq!(guest.open("f", 0, GO_READ), Err(Errno::NOTCAPABLE));
}

#[test]
fn below_a_grant_for_reading() {
    let scratch = Scratch::new();
    scratch.mkdir("d");
    scratch.write("d/f", "text");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadOnly);
    let dir = guest.open("d", oflags::DIRECTORY, GO_READ).unwrap();
    for (fd, path) in [(0, "d/f"), (dir, "f")] {
        let mut open = |oflags, rights| guest.open_in(fd, path, oflags, rights, 0);
        assert!(open(0, GO_READ).is_ok());
        assert!(open(oflags::CREAT, GO_READ).is_ok());
        assert_eq!(open(0, GO_READ_WRITE), Err(Errno::ROFS));
        assert_eq!(open(0, Rights::FD_WRITE), Err(Errno::ROFS));
        assert_eq!(open(oflags::TRUNC, GO_READ), Err(Errno::ROFS));
        let exclusive = oflags::CREAT | oflags::EXCL;
        assert_eq!(open(exclusive, GO_READ), Err(Errno::EXIST));
    }
    assert_eq!(guest.open("new", oflags::CREAT, GO_READ), Err(Errno::ROFS));
    let new = guest.open("new", oflags::CREAT | oflags::EXCL, GO_READ);
    assert_eq!(new, Err(Errno::ROFS));
    // Linux itself would allow these with a descriptor for reading.
    let file = guest.open("d/f", 0, GO_READ).unwrap();
    let wasi = &mut guest.wasi;
    assert_eq!(fd_filestat_set_times(wasi, file, 0, 0, 5), Err(Errno::ROFS));
    assert_eq!(fd_filestat_set_times(wasi, dir, 0, 0, 5), Err(Errno::ROFS));
    assert_eq!(fd_filestat_set_size(wasi, file, 0), Err(Errno::ROFS));
    assert_eq!(fd_write(wasi, file, 0, 0, 64), Err(Errno::BADF));
    assert_eq!(scratch.read("d/f"), "text");
}

/// procfs has the process's own memory as a file.
#[test]
fn procfs_is_not_written() {
    let mut guest = Guest::with_dir("/proc".as_ref(), Access::ReadWrite);
    let task = std::format!("self/task/{}/mem", std::process::id());
    for path in ["self/mem", &task, "self/oom_score_adj", "self/../self/comm"] {
        for rights in [Rights::FD_WRITE, GO_READ_WRITE] {
            let written = guest.open(path, 0, rights);
            assert_eq!(written, Err(Errno::ACCES), "{path}");
        }
        guest.open(path, 0, GO_READ).unwrap();
    }
}

/// On a read-only mount of Linux, an error of the lookup comes before `EROFS`.
#[test]
fn writing_below_a_grant_for_reading_is_refused_like_on_a_read_only_mount() {
    for resolver in [Resolver::new(), Resolver::walking()] {
        refuses_like_a_read_only_mount(resolver);
    }
}

fn refuses_like_a_read_only_mount(resolver: Resolver) {
    let scratch = Scratch::new();
    scratch.mkdir("d");
    scratch.write("f", "text");
    scratch.symlink("f", "l");
    scratch.symlink("missing", "dangling");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadOnly);
    guest.wasi.resolver = resolver;
    let exclusive = oflags::CREAT | oflags::EXCL;
    for (path, oflags, refusal) in [
        ("f", 0, Errno::ROFS),
        ("l", 0, Errno::ROFS),
        ("d", 0, Errno::ISDIR),
        ("d", oflags::CREAT, Errno::ISDIR),
        ("d", oflags::TRUNC, Errno::ISDIR),
        ("d", oflags::DIRECTORY, Errno::ISDIR),
        ("d", exclusive, Errno::EXIST),
        ("f", oflags::DIRECTORY, Errno::NOTDIR),
        ("f", exclusive | oflags::TRUNC, Errno::EXIST),
        ("f/x", 0, Errno::NOTDIR),
        ("missing", 0, Errno::NOENT),
        ("missing", oflags::TRUNC, Errno::NOENT),
        ("missing", oflags::CREAT, Errno::ROFS),
        ("dangling", oflags::CREAT, Errno::ROFS),
        ("dangling", exclusive, Errno::EXIST),
        ("../f", 0, Errno::PERM),
    ] {
        for rights in [Rights::FD_WRITE, GO_READ_WRITE] {
            let opened = guest.open(path, oflags, rights);
            assert_eq!(opened, Err(refusal), "{path} {oflags}");
        }
    }
    assert_eq!(
        guest.open("d", oflags::TRUNC, GO_READ),
        Err(Errno::ISDIR),
        "truncating is writing"
    );
    let (at, len) = guest.string(0, "l");
    let write = Rights::FD_WRITE.0;
    let unfollowed = path_open(&mut guest.wasi, 0, 0, at, len, 0, write, 0, 0, 0);
    assert_eq!(unfollowed, Err(Errno::LOOP));
    assert_eq!(scratch.read("f"), "text");
    assert!(!scratch.join("missing").exists());
}

/// Locating a FIFO doesn't wait for its other end, and it isn't opened.
#[test]
fn a_fifo_below_a_grant_for_reading_is_not_written_to() {
    let scratch = Scratch::new();
    let made = std::process::Command::new("mkfifo")
        .arg(scratch.join("p"))
        .status();
    assert!(made.unwrap().success());
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadOnly);
    assert_eq!(guest.open("p", 0, Rights::FD_WRITE), Err(Errno::ROFS));
}

#[test]
fn creating_and_truncating() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    assert_eq!(guest.open("f", 0, GO_READ), Err(Errno::NOENT));
    guest.open("f", oflags::CREAT, GO_READ_WRITE).unwrap();
    scratch.write("f", "text");
    let exclusive = oflags::CREAT | oflags::EXCL;
    assert_eq!(guest.open("f", exclusive, GO_READ), Err(Errno::EXIST));
    guest.open("f", oflags::CREAT, GO_READ_WRITE).unwrap();
    assert_eq!(scratch.read("f"), "text");
    guest.open("f", oflags::TRUNC, Rights::FD_WRITE).unwrap();
    assert_eq!(scratch.read("f"), "");
    // Go's os.Root opens through a directory that is open for reading.
    scratch.mkdir("d");
    scratch.write("d/f", "text");
    let dir = guest.open("d", oflags::DIRECTORY, GO_READ).unwrap();
    let flags = oflags::CREAT | oflags::TRUNC;
    guest.open_in(dir, "f", flags, GO_READ_WRITE, 0).unwrap();
    assert_eq!(scratch.read("d/f"), "");
}

#[test]
fn refusals() {
    let scratch = Scratch::new();
    scratch.write("f", "");
    scratch.mkdir("d");
    scratch.symlink("f", "l");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let file = guest.open("f", 0, GO_READ).unwrap();
    let mut open =
        |dir, path, oflags, rights, fdflags| guest.open_in(dir, path, oflags, rights, fdflags);
    assert_eq!(open(0, "d", 0, GO_READ_WRITE, 0), Err(Errno::ISDIR));
    assert_eq!(
        open(0, "f", oflags::DIRECTORY, GO_READ, 0),
        Err(Errno::NOTDIR)
    );
    assert_eq!(open(file, "x", 0, GO_READ, 0), Err(Errno::NOTDIR));
    assert_eq!(open(50, "x", 0, GO_READ, 0), Err(Errno::BADF));
    assert_eq!(open(0, "../x", 0, GO_READ, 0), Err(Errno::PERM));
    assert_eq!(open(0, "/f", 0, GO_READ, 0), Err(Errno::PERM));
    assert_eq!(open(0, "f\0", 0, GO_READ, 0), Err(Errno::INVAL));
    assert_eq!(open(0, "", 0, GO_READ, 0), Err(Errno::NOENT));
    assert_eq!(open(0, "f", 16, GO_READ, 0), Err(Errno::INVAL));
    assert_eq!(open(0, "f", 0, GO_READ, 32), Err(Errno::INVAL));
    let both = oflags::CREAT | oflags::DIRECTORY;
    assert_eq!(open(0, "d", both, GO_READ, 0), Err(Errno::INVAL));
    let (at, len) = guest.string(0, "l");
    let mut nofollow = |dirflags| path_open(&mut guest.wasi, 0, dirflags, at, len, 0, 2, 0, 0, 0);
    assert_eq!(nofollow(0), Err(Errno::LOOP));
    assert_eq!(nofollow(2), Err(Errno::INVAL));
    assert_eq!(nofollow(1), Ok(()));
    let outside = guest.size() - 3;
    let nowhere = path_open(&mut guest.wasi, 0, 1, at, len, 0, 2, 0, 0, outside);
    assert_eq!(nowhere, Err(Errno::FAULT));
}

#[test]
fn flags_are_set_and_told() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let append = u32::from(fdflags::APPEND);
    let fd = guest
        .open_in(0, "f", oflags::CREAT, GO_READ_WRITE, append)
        .unwrap();
    scratch.write("f", "abc");
    guest.vector(0, &[(200, 3)]);
    guest.write(200, b"xyz");
    fd_write(&mut guest.wasi, fd, 0, 1, 64).unwrap();
    assert_eq!(scratch.read("f"), "abcxyz");
    fd_fdstat_get(&mut guest.wasi, fd, 128).unwrap();
    assert_eq!(
        (guest.bytes(128, 1)[0], guest.u16(130)),
        (4, fdflags::APPEND)
    );
    fd_fdstat_set_flags(&mut guest.wasi, fd, fdflags::NONBLOCK.into()).unwrap();
    fd_fdstat_get(&mut guest.wasi, fd, 128).unwrap();
    assert_eq!(guest.u16(130), fdflags::NONBLOCK);
    scratch.write("f", "");
    fd_write(&mut guest.wasi, fd, 0, 1, 64).unwrap();
    assert_eq!(scratch.read("f"), "\0\0\0\0\0\0xyz");
    let sync = fd_fdstat_set_flags(&mut guest.wasi, fd, fdflags::SYNC.into());
    assert_eq!(sync, Err(Errno::NOTSUP));
    let unknown = fd_fdstat_set_flags(&mut guest.wasi, fd, 32);
    assert_eq!(unknown, Err(Errno::INVAL));
}

/// Go sets NONBLOCK on files that it has opened. Then a FIFO doesn't make it wait.
#[test]
fn a_fifo_is_nonblocking_for_real() {
    let scratch = Scratch::new();
    let fifo = scratch.join("fifo").to_str().unwrap().to_owned();
    rustix::fs::mkfifoat(rustix::fs::CWD, &*fifo, Mode::RUSR | Mode::WUSR).unwrap();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let nonblock = u32::from(fdflags::NONBLOCK);
    let reader = guest.open_in(0, "fifo", 0, GO_READ, nonblock).unwrap();
    let writer = guest.open("fifo", 0, Rights::STREAM).unwrap();
    guest.vector(0, &[(200, 3)]);
    let empty = fd_read(&mut guest.wasi, reader, 0, 1, 64);
    assert_eq!(empty, Err(Errno::AGAIN));
    fd_write(&mut guest.wasi, writer, 0, 1, 64).unwrap();
    fd_read(&mut guest.wasi, reader, 0, 1, 64).unwrap();
    assert_eq!(guest.u32(64), 3);
    // The writer was opened for reading and writing, so it can read, and it blocks.
    fd_fdstat_set_flags(&mut guest.wasi, writer, nonblock).unwrap();
    let empty = fd_read(&mut guest.wasi, writer, 0, 1, 64);
    assert_eq!(empty, Err(Errno::AGAIN));
    fd_fdstat_get(&mut guest.wasi, writer, 128).unwrap();
    assert_eq!(guest.bytes(128, 1), [0]);
}

/// An empty FIFO and a guest that may use it.
fn with_fifo() -> (Scratch, String, Guest) {
    let scratch = Scratch::new();
    let fifo = scratch.join("fifo").to_str().unwrap().to_owned();
    rustix::fs::mkfifoat(rustix::fs::CWD, &*fifo, Mode::RUSR | Mode::WUSR).unwrap();
    let guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    (scratch, fifo, guest)
}

fn read_three(guest: &mut Guest, fd: u32) -> Result<u32, Errno> {
    guest.vector(0, &[(200, 3)]);
    fd_read(&mut guest.wasi, fd, 0, 1, 64)?;
    Ok(guest.u32(64))
}

/// A FIFO that nobody has opened for writing yet isn't at its end.
#[test]
fn a_fifo_opens_for_reading_at_once_and_reads_wait() {
    use std::io::Write;
    let (_scratch, fifo, mut guest) = with_fifo();
    let reader = guest.open("fifo", 0, GO_READ).unwrap();
    let nonblock = u32::from(fdflags::NONBLOCK);
    fd_fdstat_set_flags(&mut guest.wasi, reader, nonblock).unwrap();
    assert_eq!(read_three(&mut guest, reader), Err(Errno::AGAIN));
    for word in [b"abc", b"def"] {
        // A writer opens the FIFO and closes it.
        let mut writer = std::fs::File::create(&fifo).unwrap();
        assert_eq!(read_three(&mut guest, reader), Err(Errno::AGAIN));
        writer.write_all(word).unwrap();
        drop(writer);
        assert_eq!(read_three(&mut guest, reader), Ok(3));
        assert_eq!(guest.bytes(200, 3), word);
        assert_eq!(read_three(&mut guest, reader), Ok(0));
    }
}

#[test]
fn a_fifo_without_nonblock_waits_in_the_read() {
    use std::io::Write;
    let (_scratch, fifo, mut guest) = with_fifo();
    let reader = guest.open("fifo", 0, GO_READ).unwrap();
    let writer = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        let mut writer = std::fs::File::create(&fifo).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
        writer.write_all(b"abc").unwrap();
    });
    assert_eq!(read_three(&mut guest, reader), Ok(3));
    assert_eq!(read_three(&mut guest, reader), Ok(0));
    writer.join().unwrap();
}

#[test]
fn a_fifo_opens_for_writing_when_there_is_a_reader() {
    use std::io::Read;
    let (_scratch, fifo, mut guest) = with_fifo();
    let nonblock = u32::from(fdflags::NONBLOCK);
    let nobody = guest.open_in(0, "fifo", 0, Rights::FD_WRITE, nonblock);
    assert_eq!(nobody, Err(Errno::NXIO));
    let reader = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        let mut text = String::new();
        std::fs::File::open(&fifo)?.read_to_string(&mut text)?;
        std::io::Result::Ok(text)
    });
    let fd = guest.open("fifo", 0, Rights::FD_WRITE).unwrap();
    let host = &guest.wasi.fds.get(fd).unwrap().host;
    let flags = rustix::fs::fcntl_getfl(host).unwrap();
    assert!(!flags.contains(OFlags::NONBLOCK));
    guest.write(200, b"abc");
    guest.vector(0, &[(200, 3)]);
    fd_write(&mut guest.wasi, fd, 0, 1, 64).unwrap();
    fd_close(&mut guest.wasi, fd).unwrap();
    assert_eq!(reader.join().unwrap().unwrap(), "abc");
}

/// A device is opened without waiting, and a read of it waits as the guest asks.
#[test]
fn a_device_keeps_the_flags_asked_for() {
    let mut guest = Guest::with_dir(std::path::Path::new("/dev"), Access::ReadWrite);
    for (fdflags, expected) in [(0, false), (u32::from(fdflags::NONBLOCK), true)] {
        let fd = guest.open_in(0, "null", 0, GO_READ, fdflags).unwrap();
        let host = &guest.wasi.fds.get(fd).unwrap().host;
        let flags = rustix::fs::fcntl_getfl(host).unwrap();
        assert_eq!(flags.contains(OFlags::NONBLOCK), expected);
    }
}

/// Some file systems report lost data only when a file is closed. Closing frees the descriptor's
/// number even if it returns such an error.
#[test]
fn closing_says_what_the_host_says() {
    let scratch = Scratch::new();
    scratch.write("f", "");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let fd = guest.open("f", 0, GO_READ).unwrap();
    // Closes the host descriptor behind the guest's. Its number, 900 or more, isn't taken again.
    let host = &guest.wasi.fds.get(fd).unwrap().host;
    let stolen = rustix::io::fcntl_dupfd_cloexec(host, 900).unwrap();
    // SAFETY: owned by the file only, which forgets it below.
    let thief = unsafe { OwnedFd::from_raw_fd(stolen.as_raw_fd()) };
    guest.wasi.fds.get_mut(fd).unwrap().host = HostFd::Owned(stolen);
    drop(thief);
    assert_eq!(fd_close(&mut guest.wasi, fd), Err(Errno::BADF));
    assert_eq!(fd_close(&mut guest.wasi, fd), Err(Errno::BADF));
    assert_eq!(guest.open("f", 0, GO_READ), Ok(fd));
}
