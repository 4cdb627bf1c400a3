//! Arguments with which each import succeeds, and which of them are pointers.
//!
//! The names in the contract's list say which parameters are pointers, so no import can be
//! forgotten: an unknown name fails.

use super::yard::{Snapshot, Yard, snapshot};
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::FileType;
use crate::policy::environment::Environment;
use crate::policy::resolver::Resolver;
use crate::policy::terminal::Controlling;
use crate::wasi::exports::import_table::Import;
use crate::wasi::fixture::{Guest, host_fd, manifest, pseudo_terminal};
use rustix::fd::OwnedFd;
use rustix::fs::{SeekFrom, fstat, seek};
use std::format;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::vec::Vec;
use wasi_aot_contract::manifest::Record;
use wasi_aot_contract::signature::Type;

/// The address that the arguments of a call that succeeds point to.
const FIRST_PATH: Ptr = 0x1000;
const SECOND_PATH: Ptr = 0x2000;
pub const VECTOR: Ptr = 0x3000;
const SUBSCRIPTIONS: Ptr = 0x4000;
/// The address from which on results are stored, each at its own.
pub const RESULTS: Ptr = 0x8000;

/// Length of a buffer for results.
const ROOM: u64 = 300;

/// The meaning of a parameter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    Value,
    /// Points to this many bytes.
    Fixed(u32),
    /// Points to as many bytes as the next parameter says.
    Buffer,
    /// Points to as many records of this size as the next parameter says.
    Records(u32),
    /// Points to as many subscriptions or events as `nsubscriptions` says, of
    /// which there are two.
    PairOf(u32),
    /// Belongs to the parameter before it.
    Length,
}

fn kind(import: &Import, param: &str, ty: Type) -> Kind {
    match (param, import.name, ty) {
        ("argv_buf", ..) => Kind::Fixed(ARGS.len() as u32),
        ("argv", ..) => Kind::Fixed(8),
        ("environ_buf", ..) => Kind::Fixed(VARIABLE.len() as u32 + 1),
        ("environ", ..) => Kind::Fixed(4),
        ("argc" | "argv_buf_size" | "count" | "buf_size", ..) => Kind::Fixed(4),
        ("nread" | "nwritten" | "datalen" | "bufused" | "nevents", ..) => Kind::Fixed(4),
        ("opened_fd" | "accepted_fd", ..) => Kind::Fixed(4),
        ("ro_flags", ..) => Kind::Fixed(2),
        ("resolution" | "time" | "newoffset" | "prestat", ..) => Kind::Fixed(8),
        ("offset", "fd_tell", _) => Kind::Fixed(8),
        ("stat", "fd_fdstat_get", _) => Kind::Fixed(24),
        ("stat", "fd_stat" | "path_stat", _) => Kind::Fixed(80),
        ("found_action" | "pid" | "found_size" | "found_mode", ..) => Kind::Fixed(4),
        ("stat", ..) => Kind::Fixed(64),
        ("path" | "old_path" | "new_path" | "buf", ..) => Kind::Buffer,
        ("iovs", ..) => Kind::Records(8),
        ("subscriptions", ..) => Kind::PairOf(48),
        ("events", ..) => Kind::PairOf(32),
        ("path_len" | "old_path_len" | "new_path_len" | "buf_len" | "iovs_len", ..) => Kind::Length,
        (_, _, Type::I64) => Kind::Value,
        ("id" | "fd" | "old_fd" | "new_fd" | "to" | "advice" | "whence", ..) => Kind::Value,
        ("flags" | "dirflags" | "oflags" | "fdflags" | "old_flags", ..) => Kind::Value,
        ("fst_flags" | "ri_flags" | "si_flags" | "how" | "code" | "signal", ..) => Kind::Value,
        ("nsubscriptions" | "action" | "mode" | "terminal_mode", ..) => Kind::Value,
        _ => panic!("is {param} of {} a pointer?", import.name),
    }
}

/// The guest's arguments as they are stored, and its one variable.
const ARGS: &[u8] = b"prog\0x\0";
const VARIABLE: &str = "K=value";

/// The two paths of a call, or one.
fn paths(function: &str) -> [&'static str; 2] {
    match function {
        "path_readlink" => ["in", ""],
        "path_create_directory" => ["fresh", ""],
        "path_remove_directory" => ["empty", ""],
        "path_rename" | "path_link" | "path_symlink" => ["victim", "free"],
        _ => ["file", ""],
    }
}

/// A guest with a directory (0), a file (1), a connection on which there is
/// something to receive (2), a listener to which somebody has connected (3), and a terminal (4).
pub struct Scene {
    pub guest: Guest,
    pub yard: Yard,
    _peers: (UnixStream, TcpStream, OwnedFd),
}

impl Scene {
    pub fn new() -> Self {
        let yard = Yard::new();
        let mut guest = yard.guest(Resolver::new);
        guest.wasi.args = Vec::from([c"prog".as_ptr(), c"x".as_ptr()]).leak();
        let assignment = VARIABLE.as_bytes();
        let manifest = manifest(&[Record::Env { assignment }]);
        // SAFETY: there are no host strings.
        guest.wasi.environment = unsafe { Environment::new(manifest, &[]) };
        guest.open("file", 0, Rights::FILE).unwrap();
        let (mut peer, own) = UnixStream::pair().unwrap();
        peer.write_all(b"something").unwrap();
        guest.adopt(host_fd(own), FileType::SocketStream, None);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        guest.adopt(host_fd(listener), FileType::SocketStream, None);
        let person = adopt_terminal(&mut guest);
        let peers = (peer, client, person);
        Self {
            guest,
            yard,
            _peers: peers,
        }
    }

    /// Arguments with which the call succeeds, and memory for them.
    pub fn arguments(&mut self, import: &Import) -> Vec<u64> {
        let [first, second] = paths(import.name);
        self.guest.write(FIRST_PATH, first.as_bytes());
        self.guest.write(SECOND_PATH, second.as_bytes());
        self.guest.vector(VECTOR, &[(RESULTS, 3), (RESULTS + 8, 2)]);
        self.guest.write(SUBSCRIPTIONS, &[0; 96]);
        let mut result = RESULTS;
        let mut place = || {
            result += 0x200;
            u64::from(result)
        };
        let value = |&(param, ty): &(&str, Type)| match kind(import, param, ty) {
            Kind::Fixed(_) => place(),
            Kind::Buffer if param == "buf" || import.name == "fd_prestat_dir_name" => place(),
            Kind::Buffer if param == "new_path" => SECOND_PATH.into(),
            Kind::Buffer => FIRST_PATH.into(),
            Kind::Records(_) => VECTOR.into(),
            Kind::PairOf(48) => SUBSCRIPTIONS.into(),
            Kind::PairOf(_) => place(),
            Kind::Length if param == "iovs_len" => 2,
            Kind::Length if param == "new_path_len" => second.len() as u64,
            Kind::Length if param == "buf_len" || import.name == "fd_prestat_dir_name" => ROOM,
            Kind::Length => first.len() as u64,
            Kind::Value => plain(import.name, param),
        };
        import.params.iter().map(value).collect()
    }

    /// Makes the call and checks that a failure for a bad pointer has changed nothing at all.
    pub fn expect_fault(&mut self, import: &Import, args: &[u64], before: &State) {
        let what = format!("{}({args:x?})", import.name);
        let result = (import.call)(&mut self.guest.wasi, args);
        assert_eq!(result, Err(Errno::FAULT), "{what}");
        assert_eq!(self.state(), *before, "{what}");
    }

    /// Everything that a call could change, except linear memory.
    pub fn state(&self) -> State {
        let fds = &self.guest.wasi.fds;
        let file = &fds.get(1).unwrap().host;
        State {
            files: snapshot(self.yard.scratch.path(), &[]),
            position: seek(file, SeekFrom::Current(0)).unwrap(),
            received: rustix::io::ioctl_fionread(&fds.get(2).unwrap().host).unwrap(),
            open: (0..32).filter(|&fd| fds.get(fd).is_ok()).count(),
        }
    }
}

/// Gives the guest a terminal, which is its controlling terminal, too. Returns the other end.
pub fn adopt_terminal(guest: &mut Guest) -> OwnedFd {
    let (person, host) = pseudo_terminal();
    let device = fstat(&host).unwrap().st_rdev;
    guest.wasi.terminal = Some(Controlling {
        host: host.try_clone().unwrap(),
        device,
    });
    guest.adopt(host, FileType::CharacterDevice, None);
    person
}

#[derive(PartialEq, Debug)]
pub struct State {
    files: Snapshot,
    position: u64,
    received: u64,
    open: usize,
}

/// A value that makes the call succeed.
fn plain(function: &str, param: &str) -> u64 {
    match (function, param) {
        ("sock_accept", "fd") => 3,
        (_, "fd") if function.starts_with("sock_") => 2,
        ("fd_readdir" | "fd_prestat_get" | "fd_prestat_dir_name", "fd") => 0,
        (_, "fd") if function.starts_with("fd_") => 1,
        (_, "fd") if function.starts_with("terminal_") => 4,
        ("path_open", "rights_base") => Rights::FD_READ.0,
        (_, "nsubscriptions") => 2,
        ("signal_set" | "signal_get", "signal") => 22,
        ("fd_set_mode" | "path_set_mode", "mode") => 0o640,
        ("sock_shutdown", "how") | ("fd_allocate", "len") => 1,
        // This offset moves the position; a call that fails must not move it.
        ("fd_seek", "offset") => 3,
        _ => 0,
    }
}

/// The pointers among the parameters of `import`: the index of each, and the number of bytes
/// that it points to with `args`.
pub fn pointers(import: &Import, args: &[u64]) -> Vec<(usize, Kind, u32)> {
    let kinds = import
        .params
        .iter()
        .map(|&(param, ty)| kind(import, param, ty));
    let sized = kinds.enumerate().filter_map(|(index, kind)| {
        let size = match kind {
            Kind::Value | Kind::Length => return None,
            Kind::Fixed(size) => size,
            Kind::Buffer => args[index + 1] as u32,
            Kind::Records(size) => size * args[index + 1] as u32,
            Kind::PairOf(size) => 2 * size,
        };
        Some((index, kind, size))
    });
    sized.collect()
}
