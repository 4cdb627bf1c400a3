//! Waiting for clocks, pipes and both.

use super::*;
use crate::abi::types::FileType;
use crate::wasi::fixture::{self, Guest, Scratch};
use rustix::pipe::pipe;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::vec::Vec;
use wasi_aot_contract::manifest::Access;

const SUBSCRIPTIONS: u32 = 0x1000;
const EVENTS: u32 = 0x8_0000;
const MS: u64 = 1_000_000;

/// The fields of an event that tests look at.
#[derive(Debug, PartialEq)]
struct Seen {
    userdata: u64,
    error: u16,
    kind: u8,
    nbytes: u64,
    flags: u16,
}

fn seen(userdata: u64, kind: u8) -> Seen {
    Seen {
        userdata,
        error: 0,
        kind,
        nbytes: 0,
        flags: 0,
    }
}

/// Subscriptions as a guest writes them.
#[derive(Default)]
struct Call(Vec<[u8; 48]>);

impl Call {
    fn clock(mut self, id: u32, timeout: u64, flags: u16) -> Self {
        let mut record = self.record(0);
        record[16..20].copy_from_slice(&id.to_le_bytes());
        record[24..32].copy_from_slice(&timeout.to_le_bytes());
        record[40..42].copy_from_slice(&flags.to_le_bytes());
        self.0.push(record);
        self
    }

    fn read(self, fd: u32) -> Self {
        self.fd(1, fd)
    }

    fn write(self, fd: u32) -> Self {
        self.fd(2, fd)
    }

    fn fd(mut self, kind: u8, fd: u32) -> Self {
        let mut record = self.record(kind);
        record[16..20].copy_from_slice(&fd.to_le_bytes());
        self.0.push(record);
        self
    }

    /// Its userdata is its index.
    fn record(&self, kind: u8) -> [u8; 48] {
        let mut record = [0; 48];
        record[0] = self.0.len() as u8;
        record[8] = kind;
        record
    }

    fn run(self, guest: &mut Guest) -> Result<Vec<Seen>, Errno> {
        guest.write(SUBSCRIPTIONS, self.0.as_flattened());
        let count = self.0.len() as u32;
        poll_oneoff(&mut guest.wasi, SUBSCRIPTIONS, EVENTS, count, 64)?;
        let events = (0..guest.u32(64)).map(|i| EVENTS + 32 * i);
        Ok(events
            .map(|at| Seen {
                userdata: guest.u64(at),
                error: guest.u16(at + 8),
                kind: guest.bytes(at + 10, 1)[0],
                nbytes: guest.u64(at + 16),
                flags: guest.u16(at + 24),
            })
            .collect())
    }
}

fn call() -> Call {
    Call::default()
}

#[test]
fn sleeping() {
    let mut guest = Guest::new();
    for id in [0, 1] {
        let start = Instant::now();
        let events = call().clock(id, 20 * MS, 0).run(&mut guest).unwrap();
        assert_eq!(events, [seen(0, 0)]);
        assert!(start.elapsed() >= Duration::from_millis(20));
    }
}

#[test]
fn until_a_point_in_time() {
    let mut guest = Guest::new();
    let start = Instant::now();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    for (id, now) in [(0, wall.as_nanos() as u64), (1, now())] {
        let absolute = call().clock(id, now + 20 * MS, 1);
        assert_eq!(absolute.run(&mut guest), Ok(Vec::from([seen(0, 0)])));
    }
    assert!(start.elapsed() >= Duration::from_millis(20));
    // This time is long past.
    assert_eq!(call().clock(1, 1, 1).run(&mut guest).unwrap().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn the_earliest_clock_fires() {
    let mut guest = Guest::new();
    let clocks = call()
        .clock(1, u64::MAX, 0)
        .clock(1, 10 * MS, 0)
        .clock(0, 3_600_000 * MS, 0);
    assert_eq!(clocks.run(&mut guest), Ok(Vec::from([seen(1, 0)])));
    let both = call().clock(1, 0, 0).clock(1, 0, 0);
    assert_eq!(
        both.run(&mut guest),
        Ok(Vec::from([seen(0, 0), seen(1, 0)]))
    );
}

#[test]
fn a_pipe_and_a_clock() {
    let mut guest = Guest::new();
    let (reader, writer) = pipe().unwrap();
    let fd = guest.adopt(reader, FileType::Unknown, Some(0));
    let go = |timeout| call().clock(1, timeout, 0).read(fd);
    assert_eq!(go(5 * MS).run(&mut guest), Ok(Vec::from([seen(0, 0)])));
    let late = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        rustix::io::write(&writer, b"abc").unwrap();
        writer
    });
    let three = Seen {
        nbytes: 3,
        ..seen(1, 1)
    };
    let start = Instant::now();
    assert_eq!(go(60_000 * MS).run(&mut guest), Ok(Vec::from([three])));
    assert!(start.elapsed() < Duration::from_secs(30));
    drop(late.join().unwrap());
    let gone = Seen {
        nbytes: 3,
        flags: HANGUP,
        ..seen(0, 1)
    };
    assert_eq!(call().read(fd).run(&mut guest), Ok(Vec::from([gone])));
}

#[test]
fn several_at_once() {
    let scratch = Scratch::new();
    scratch.write("f", "1234567");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let file = guest.open("f", 0, Rights::FILE).unwrap();
    let (reader, writer) = pipe().unwrap();
    let writer = guest.adopt(writer, FileType::Unknown, Some(1));
    let silent = guest.adopt(pipe().unwrap().0, FileType::Unknown, None);
    let events = call()
        .clock(1, 60_000 * MS, 0)
        .read(file)
        .write(writer)
        .write(file)
        .run(&mut guest);
    let nbytes = |nbytes, seen| Seen { nbytes, ..seen };
    let expected = [
        nbytes(7, seen(1, 1)),
        nbytes(1, seen(2, 2)),
        nbytes(1, seen(3, 2)),
    ];
    assert_eq!(events.unwrap(), expected);
    drop(reader);
    let broken = call().write(writer).run(&mut guest).unwrap();
    assert_eq!((broken[0].error, broken[0].flags), (0, HANGUP));
    // The other end of this pipe was closed at once.
    assert_eq!(
        call().read(silent).run(&mut guest).unwrap()[0].flags,
        HANGUP
    );
}

/// An error of one subscription is an event, for which the call doesn't wait.
#[test]
fn what_is_wrong_with_one_is_its_event() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let (reader, _writer) = pipe().unwrap();
    let fd = guest.adopt(reader, FileType::Unknown, Some(0));
    let events = call()
        .clock(1, 60_000 * MS, 0)
        .read(fd)
        .read(77)
        .read(0)
        .clock(2, 0, 0)
        .clock(9, 0, 0)
        .run(&mut guest)
        .unwrap();
    let errors: Vec<_> = events.iter().map(|e| (e.userdata, e.error)).collect();
    let (badf, inval) = (Errno::BADF.number(), Errno::INVAL.number());
    assert_eq!(errors, [(2, badf), (3, badf), (4, inval), (5, inval)]);
    guest.wasi.fds.get_mut(fd).unwrap().rights = Rights::FD_READ;
    let denied = call().read(fd).run(&mut guest).unwrap();
    assert_eq!(denied[0].error, Errno::NOTCAPABLE.number());
}

#[test]
fn more_than_fit_on_the_stack() {
    let mut guest = Guest::new();
    let (reader, writer) = pipe().unwrap();
    let fd = guest.adopt(reader, FileType::Unknown, None);
    rustix::io::write(&writer, b"x").unwrap();
    let many = (0..200).fold(call(), |call, _| call.read(fd));
    let events = many.run(&mut guest).unwrap();
    assert_eq!(events.len(), 200);
    assert!(
        events
            .iter()
            .enumerate()
            .all(|(i, e)| e.userdata == i as u64)
    );
}

#[test]
fn calls_that_make_no_sense() {
    let mut guest = Guest::new();
    assert_eq!(call().run(&mut guest), Err(Errno::INVAL));
    assert_eq!(call().fd(3, 0).run(&mut guest), Err(Errno::INVAL));
    assert_eq!(
        call().clock(1, 0, 0).fd(7, 0).run(&mut guest),
        Err(Errno::INVAL)
    );
    let end = guest.size();
    let mut poll =
        |at, events, count, nevents| poll_oneoff(&mut guest.wasi, at, events, count, nevents);
    assert_eq!(poll(end - 47, EVENTS, 1, 0), Err(Errno::FAULT));
    assert_eq!(poll(0x1000, end - 31, 1, 0), Err(Errno::FAULT));
    assert_eq!(poll(0x1000, EVENTS, 1, end - 3), Err(Errno::FAULT));
    assert_eq!(poll(0x1000, EVENTS, u32::MAX, 0), Err(Errno::FAULT));
    assert_eq!(poll(0x1000, EVENTS, 1 << 28, 0), Err(Errno::FAULT));
}

/// Go subscribes to a connection for reading and for writing, and Linux takes no more entries
/// than the process may have descriptors.
#[test]
fn a_descriptor_for_reading_and_writing_is_one_entry() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut guest = Guest::new();
    let (reader, _writer) = pipe().unwrap();
    let pipe = guest.adopt(reader, FileType::Unknown, None);
    let socket = guest.adopt(fixture::host_fd(ours), FileType::SocketStream, None);
    let both = || call().read(pipe).read(socket).write(socket).read(socket);
    let mut room = [const { MaybeUninit::uninit() }; 2];
    let mut set = PollSet::new(&mut room);
    for (fd, what) in [
        (pipe, PollFlags::IN),
        (socket, PollFlags::IN),
        (socket, PollFlags::OUT),
    ] {
        // A third entry would have no room.
        set.add(guest.wasi.fds.get(fd).unwrap(), what);
    }
    let writable = || Seen {
        nbytes: 1,
        ..seen(2, 2)
    };
    assert_eq!(both().run(&mut guest).unwrap(), [writable()]);
    // The guest waits only for reading, although the descriptor could be written.
    let reads = call().read(socket).clock(1, 5 * MS, 0).run(&mut guest);
    assert_eq!(reads.unwrap(), [seen(1, 0)]);
    rustix::io::write(fixture::host_fd(theirs.try_clone().unwrap()), b"abc").unwrap();
    let three = |index| Seen {
        nbytes: 3,
        ..seen(index, 1)
    };
    let all = [three(1), writable(), three(3)];
    assert_eq!(both().run(&mut guest).unwrap(), all);
}
