//! Reading and writing: waiting, vectors, and what is special about 0, 1 and 2.

use super::*;
use crate::abi::types::{FileType, fdflags, oflags};
use crate::wasi::fd::{fd_close, fd_seek};
use crate::wasi::fdstat::fd_fdstat_set_flags;
use crate::wasi::fixture::{Guest, Scratch, host_fd};
use rustix::fd::OwnedFd;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::pipe::pipe;
use std::thread;
use std::time::{Duration, Instant};
use std::vec;
use wasi_aot_contract::manifest::Access;

const NONBLOCK: u32 = fdflags::NONBLOCK as u32;
const READ_WRITE: Rights = Rights(Rights::FILE.0);

/// Reads up to `len` bytes to address 1000.
fn read_some(guest: &mut Guest, fd: u32, len: u32) -> Result<u32, Errno> {
    guest.vector(0, &[(1000, len)]);
    fd_read(&mut guest.wasi, fd, 0, 1, 64)?;
    Ok(guest.u32(64))
}

fn write_some(guest: &mut Guest, fd: u32, bytes: &[u8]) -> Result<u32, Errno> {
    guest.write(1000, bytes);
    guest.vector(0, &[(1000, bytes.len() as u32)]);
    fd_write(&mut guest.wasi, fd, 0, 1, 64)?;
    Ok(guest.u32(64))
}

/// A guest whose descriptor 0 is the reading end of a pipe from its parent.
fn with_stdin() -> (Guest, OwnedFd) {
    let mut guest = Guest::new();
    let (reader, writer) = pipe().unwrap();
    guest.adopt(reader, FileType::Unknown, Some(0));
    (guest, writer)
}

#[test]
fn nonblocking_stdin_is_emulated() {
    let (mut guest, writer) = with_stdin();
    fd_fdstat_set_flags(&mut guest.wasi, 0, NONBLOCK).unwrap();
    assert_eq!(read_some(&mut guest, 0, 10), Err(Errno::AGAIN));
    rustix::io::write(&writer, b"abc").unwrap();
    assert_eq!(read_some(&mut guest, 0, 2), Ok(2));
    assert_eq!(read_some(&mut guest, 0, 2), Ok(1));
    assert_eq!(read_some(&mut guest, 0, 2), Err(Errno::AGAIN));
    let host = fcntl_getfl(&guest.wasi.fds.get(0).unwrap().host).unwrap();
    assert!(!host.contains(OFlags::NONBLOCK));
    drop(writer);
    assert_eq!(read_some(&mut guest, 0, 2), Ok(0));
}

#[test]
fn stdin_waits_whatever_the_parent_has_set() {
    let (mut guest, writer) = with_stdin();
    let host = &guest.wasi.fds.get(0).unwrap().host;
    fcntl_setfl(host, OFlags::NONBLOCK).unwrap();
    let start = Instant::now();
    let late = thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        rustix::io::write(&writer, b"x").unwrap();
    });
    assert_eq!(read_some(&mut guest, 0, 5), Ok(1));
    assert!(start.elapsed() >= Duration::from_millis(50));
    late.join().unwrap();
}

#[test]
fn stdin_from_a_file_never_waits() {
    let scratch = Scratch::new();
    scratch.write("f", "data");
    let mut guest = Guest::new();
    let file = host_fd(std::fs::File::open(scratch.join("f")).unwrap());
    guest.adopt(file, FileType::RegularFile, Some(0));
    fd_fdstat_set_flags(&mut guest.wasi, 0, NONBLOCK).unwrap();
    assert_eq!(read_some(&mut guest, 0, 10), Ok(4));
    assert_eq!(read_some(&mut guest, 0, 10), Ok(0));
}

/// A megabyte is written to a pipe that holds 64 KiB and is read slowly, with O_NONBLOCK as a
/// parent might have left it.
#[test]
fn stdout_takes_everything() {
    let mut guest = Guest::new();
    let (reader, writer) = pipe().unwrap();
    fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
    let fd = guest.adopt(writer, FileType::Unknown, Some(1));
    fd_fdstat_set_flags(&mut guest.wasi, fd, NONBLOCK).unwrap();
    let slow = thread::spawn(move || {
        let (mut total, mut buffer) = (0, vec![0; 30_000]);
        loop {
            thread::sleep(Duration::from_millis(1));
            match rustix::io::read(&reader, &mut buffer[..]).unwrap() {
                0 => return total,
                count => total += count,
            }
        }
    });
    // 300 buffers are more than one system call takes.
    let buffers = vec![(5000, 3500); 300];
    guest.vector(100_000, &buffers);
    fd_write(&mut guest.wasi, fd, 100_000, 300, 64).unwrap();
    assert_eq!(guest.u32(64), 3500 * 300);
    fd_close(&mut guest.wasi, fd).unwrap();
    assert_eq!(slow.join().unwrap(), 3500 * 300);
}

#[test]
fn a_pipe_of_the_guest_s_own_has_an_epipe_and_eagain() {
    let mut guest = Guest::new();
    let (reader, writer) = pipe().unwrap();
    let fd = guest.adopt(writer, FileType::Unknown, None);
    fd_fdstat_set_flags(&mut guest.wasi, fd, NONBLOCK).unwrap();
    guest.vector(0, &[(1000, 1_000_000)]);
    fd_write(&mut guest.wasi, fd, 0, 1, 64).unwrap();
    assert!(guest.u32(64) < 1_000_000);
    let again = fd_write(&mut guest.wasi, fd, 0, 1, 64);
    assert_eq!(again, Err(Errno::AGAIN));
    // std's test harness ignores SIGPIPE, as the runtime does.
    drop(reader);
    assert_eq!(write_some(&mut guest, fd, b"x"), Err(Errno::PIPE));
}

#[test]
fn vectors_scatter_and_gather() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let fd = guest.open("f", oflags::CREAT, READ_WRITE).unwrap();
    guest.write(1000, b"hello, world");
    guest.vector(8, &[(1007, 5), (9999, 0), (1005, 2), (1000, 5)]);
    fd_write(&mut guest.wasi, fd, 8, 4, 64).unwrap();
    assert_eq!(guest.u32(64), 12);
    assert_eq!(scratch.read("f"), "world, hello");
    guest.vector(8, &[(2000, 3), (2100, 0), (2200, 100)]);
    fd_pread(&mut guest.wasi, fd, 8, 3, 1, 64).unwrap();
    assert_eq!(guest.u32(64), 11);
    assert_eq!(guest.bytes(2000, 3), b"orl");
    assert_eq!(guest.bytes(2200, 8), b"d, hello");
    // Two buffers with the same bytes: the later wins.
    guest.vector(8, &[(2000, 6), (2003, 6)]);
    fd_pread(&mut guest.wasi, fd, 8, 2, 0, 64).unwrap();
    assert_eq!(guest.bytes(2000, 9), b"wor hello");
    // The buffer covers the vector itself, which has been read before.
    guest.vector(8, &[(8, 6), (16, 6)]);
    fd_pread(&mut guest.wasi, fd, 8, 2, 0, 64).unwrap();
    assert_eq!(guest.bytes(8, 6), b"world,");
    assert_eq!(guest.bytes(16, 6), b" hello");
    // No buffers at all.
    fd_read(&mut guest.wasi, fd, 0, 0, 64).unwrap();
    assert_eq!(guest.u32(64), 0);
}

#[test]
fn positions_are_kept_apart() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let fd = guest.open("f", oflags::CREAT, READ_WRITE).unwrap();
    assert_eq!(write_some(&mut guest, fd, b"0123456789"), Ok(10));
    guest.write(1000, b"XY");
    guest.vector(0, &[(1000, 2)]);
    fd_pwrite(&mut guest.wasi, fd, 0, 1, 3, 64).unwrap();
    assert_eq!(scratch.read("f"), "012XY56789");
    assert_eq!(read_some(&mut guest, fd, 5), Ok(0));
    let huge = 1 << 63;
    assert_eq!(
        fd_pread(&mut guest.wasi, fd, 0, 1, huge, 64),
        Err(Errno::INVAL)
    );
    fd_seek(&mut guest.wasi, fd, (-4i64) as u64, 2, 72).unwrap();
    assert_eq!((guest.u64(72), read_some(&mut guest, fd, 9)), (6, Ok(4)));
    let back = (-11i64) as u64;
    assert_eq!(fd_seek(&mut guest.wasi, fd, back, 1, 72), Err(Errno::INVAL));
    assert_eq!(fd_seek(&mut guest.wasi, fd, 0, 3, 72), Err(Errno::INVAL));
}

#[test]
fn a_result_that_has_no_place_stops_the_call() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let fd = guest.open("f", oflags::CREAT, READ_WRITE).unwrap();
    guest.vector(0, &[(1000, 5)]);
    let outside = guest.size() - 3;
    assert_eq!(
        fd_write(&mut guest.wasi, fd, 0, 1, outside),
        Err(Errno::FAULT)
    );
    assert_eq!(scratch.read("f"), "");
}

#[test]
fn what_is_not_open_for_it() {
    let scratch = Scratch::new();
    scratch.write("f", "");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    assert_eq!(read_some(&mut guest, 0, 1), Err(Errno::ISDIR));
    assert_eq!(write_some(&mut guest, 0, b"x"), Err(Errno::ISDIR));
    assert_eq!(read_some(&mut guest, 77, 1), Err(Errno::BADF));
    let reading = guest.open("f", 0, Rights::FD_READ).unwrap();
    assert_eq!(write_some(&mut guest, reading, b"x"), Err(Errno::BADF));
    let writing = guest.open("f", 0, Rights::FD_WRITE).unwrap();
    assert_eq!(read_some(&mut guest, writing, 1), Err(Errno::BADF));
    let (reader, _writer) = pipe().unwrap();
    let pipe = guest.adopt(reader, FileType::Unknown, None);
    assert_eq!(fd_seek(&mut guest.wasi, pipe, 0, 0, 72), Err(Errno::SPIPE));
    assert_eq!(
        fd_pread(&mut guest.wasi, pipe, 0, 1, 0, 64),
        Err(Errno::SPIPE)
    );
}
