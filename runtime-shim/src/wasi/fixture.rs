//! What the tests of the calls start from: linear memory at its address, a
//! scratch directory, and shorthands for passing things to a call.

use super::Wasi;
use super::path_open::path_open;
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, HostFd, Preopen};
use crate::abi::rights::Rights;
use crate::abi::types::FileType;
use crate::linear_memory::wasi_aot_memory_pages;
use crate::manifest::Manifest;
use crate::policy::grants;
use crate::policy::os_rights::OsRights;
use rustix::fd::{AsFd, FromRawFd, OwnedFd};
use rustix::fs::OFlags;
use std::boxed::Box;
use std::fs;
use std::os::fd::IntoRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::string::String;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::vec::Vec;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasi_aot_contract::layout::native::MEMORY_BASE;
use wasi_aot_contract::manifest::{Access, MAGIC, Record};

/// Pages of linear memory in a test.
const PAGES: u32 = 32;

/// Bytes on either side of linear memory that no call may touch. Unlike in an executable they
/// are accessible: a write there doesn't fault but is found when the guest is dropped.
const CANARY_SIZE: u64 = WASM_PAGE_SIZE;
const CANARY: u8 = 0xa5;

/// Linear memory is at one address, so tests that use it take turns.
static TURN: Mutex<()> = Mutex::new(());

/// A guest with fresh memory and an empty descriptor table.
pub struct Guest {
    pub wasi: Wasi,
    _turn: MutexGuard<'static, ()>,
}

impl Guest {
    pub fn new() -> Self {
        // A test that failed while it held the lock has left nothing that matters.
        let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        map_memory();
        // SAFETY: mapped just now, and this is the only guest while the lock is held.
        let mut wasi = unsafe { Wasi::new() };
        wasi.os_rights = OsRights {
            signals: true,
            modes: true,
            host_name: true,
            terminals: true,
            opens_terminal: true,
            sets_terminals: true,
            x_bits: true,
        };
        Self { wasi, _turn: turn }
    }

    /// With `dir` granted under the number 0.
    pub fn with_dir(dir: &Path, access: Access) -> Self {
        let mut guest = Self::new();
        guest.grant(dir, access);
        guest
    }

    pub fn grant(&mut self, dir: &Path, access: Access) -> u32 {
        let host = host_fd(fs::File::open(dir).unwrap());
        let preopen = Preopen::Directory {
            name: b"/scratch",
            root: false,
        };
        let descriptor = grants::preopen(host, access, preopen);
        self.wasi.fds.insert(descriptor).unwrap()
    }

    /// Opens a host descriptor in the guest, with every right that applies.
    pub fn adopt(&mut self, host: OwnedFd, filetype: FileType, stdio: Option<u8>) -> u32 {
        let descriptor = Descriptor {
            rights: Rights::applicable(filetype, false),
            stdio,
            ..Descriptor::new(HostFd::Owned(host), filetype)
        };
        self.wasi.fds.insert(descriptor).unwrap()
    }

    /// Bytes of linear memory.
    pub fn size(&self) -> u32 {
        PAGES * WASM_PAGE_SIZE as u32
    }

    pub fn bytes(&self, at: u32, len: u32) -> Vec<u8> {
        self.wasi.memory.bytes(at, len).unwrap().to_vec()
    }

    pub fn u16(&self, at: u32) -> u16 {
        u16::from_le_bytes(self.wasi.memory.array(at).unwrap())
    }

    pub fn u32(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.wasi.memory.array(at).unwrap())
    }

    pub fn u64(&self, at: u32) -> u64 {
        u64::from_le_bytes(self.wasi.memory.array(at).unwrap())
    }

    pub fn write(&mut self, at: u32, bytes: &[u8]) {
        self.wasi.memory.write(at, bytes).unwrap();
    }

    /// Stores a string near the end of linear memory. Returns its address and length. `slot`
    /// tells two strings of one call apart.
    pub fn string(&mut self, slot: u32, string: impl AsRef<[u8]>) -> (u32, u32) {
        let at = self.size() - 0x1_0000 + slot * 0x4000;
        self.write(at, string.as_ref());
        (at, string.as_ref().len() as u32)
    }

    /// Stores a vector of `(address, length)` at `at`.
    pub fn vector(&mut self, at: u32, buffers: &[(u32, u32)]) {
        for (index, (start, len)) in buffers.iter().enumerate() {
            let at = at + 8 * index as u32;
            self.write(at, &start.to_le_bytes());
            self.write(at + 4, &len.to_le_bytes());
        }
    }

    /// `path_open` in directory 0 with these `oflags` and rights, following.
    pub fn open(&mut self, path: &str, oflags: u32, rights: Rights) -> Result<u32, Errno> {
        self.open_in(0, path, oflags, rights, 0)
    }

    pub fn open_in(
        &mut self,
        dir: u32,
        path: &str,
        oflags: u32,
        rights: Rights,
        fdflags: u32,
    ) -> Result<u32, Errno> {
        let (at, len) = self.string(0, path);
        let (wasi, inheriting) = (&mut self.wasi, Rights::INHERITED.0);
        path_open(
            wasi, dir, 1, at, len, oflags, rights.0, inheriting, fdflags, 0,
        )?;
        Ok(self.u32(0))
    }
}

/// A manifest that is never freed. (The contract's own writer needs std, and cargo would then
/// build the runtime's library with it as well.)
pub fn manifest(records: &[Record<'_>]) -> &'static Manifest {
    let mut fields = Vec::from([MAGIC.as_bytes()]);
    for record in records {
        match *record {
            Record::Dir {
                access,
                host,
                guest,
            } => fields.extend([&b"dir"[..], access.field(), host, guest]),
            Record::Env { assignment } => fields.extend([&b"env"[..], assignment]),
            Record::EnvPass { name } => fields.extend([&b"env-pass"[..], name]),
            Record::EnvInherit => fields.push(b"env-inherit"),
            Record::ListenReport { path } => fields.extend([&b"listen-report"[..], path]),
            Record::Listen { address } => fields.extend([&b"listen"[..], address]),
            Record::RefuseOwnDirectory => fields.push(b"refuse-own-directory"),
            Record::NoSignals => fields.push(b"no-signals"),
            Record::HostName => fields.push(b"host-name"),
            Record::Tty => fields.push(b"tty"),
            Record::Root { joins } => {
                fields.extend([&b"root"[..], if joins { b"joined" } else { b"plain" }]);
            }
            Record::ArgFiles { access } => fields.extend([&b"arg-files"[..], access.field()]),
            Record::File {
                access,
                host,
                guest,
            } => fields.extend([&b"file"[..], access.field(), host, guest]),
            Record::Hole { path } => fields.extend([&b"hole"[..], path]),
            other => unreachable!("BUG: no fixture has {other:?}"),
        }
    }
    fields.push(b"");
    let manifest = Manifest::read(fields.join(&0).leak()).expect("BUG: a malformed manifest");
    Box::leak(Box::new(manifest))
}

/// A pseudo-terminal: the end that a person would have, and the end that a program has.
pub fn pseudo_terminal() -> (OwnedFd, OwnedFd) {
    const TIOCSPTLCK: u32 = 0x4004_5431;
    const TIOCGPTPEER: u32 = 0x5441;
    let nonblock = OFlags::NONBLOCK.bits() as i32;
    let opened = fs::File::options()
        .read(true)
        .write(true)
        .custom_flags(nonblock)
        .open("/dev/ptmx");
    let master = host_fd(opened.unwrap());
    let unlocked = 0i32;
    let at = (&raw const unlocked).expose_provenance();
    let flags = (OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC).bits() as usize;
    // SAFETY: TIOCSPTLCK reads a number of 32 bits, TIOCGPTPEER takes flags and opens the other
    // end, whose descriptor nobody else has.
    let peer = unsafe {
        crate::sys::ioctl(master.as_fd(), TIOCSPTLCK, at).unwrap();
        let peer = crate::sys::ioctl(master.as_fd(), TIOCGPTPEER, flags).unwrap();
        OwnedFd::from_raw_fd(peer as i32)
    };
    (master, peer)
}

/// A file of std as a descriptor of rustix; without rustix's feature `std` these are different
/// types.
pub fn host_fd(file: impl IntoRawFd) -> OwnedFd {
    // SAFETY: owned by `file`, which gives it away.
    unsafe { OwnedFd::from_raw_fd(file.into_raw_fd()) }
}

impl Drop for Guest {
    fn drop(&mut self) {
        crate::terminals::forget();
        if !std::thread::panicking() {
            for canary in canaries() {
                // One comparison: byte by byte it takes long without optimisation.
                let intact = canary[..] == [CANARY; CANARY_SIZE as usize];
                assert!(intact, "bytes beside linear memory were written");
            }
        }
    }
}

/// Maps zeroes over whatever an earlier test has left, between two canaries.
fn map_memory() {
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
    let at = (MEMORY_BASE - CANARY_SIZE) as usize as *mut _;
    let size = (u64::from(PAGES) * WASM_PAGE_SIZE + 2 * CANARY_SIZE) as usize;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    let flags = MapFlags::PRIVATE | MapFlags::FIXED;
    // SAFETY: the test binary is position-independent, so nothing of it is
    // this low; nothing refers to an earlier test's memory any more.
    let mapped = unsafe { mmap_anonymous(at, size, access, flags) }.unwrap();
    mapped.expose_provenance();
    for canary in canaries() {
        canary.fill(CANARY);
    }
    wasi_aot_memory_pages[0].store(PAGES, Ordering::Relaxed);
}

/// What lies below and above linear memory. Only for the holder of [`TURN`].
fn canaries() -> [&'static mut [u8]; 2] {
    let end = MEMORY_BASE + u64::from(PAGES) * WASM_PAGE_SIZE;
    [MEMORY_BASE - CANARY_SIZE, end].map(|start| {
        let start = std::ptr::with_exposed_provenance_mut(start as usize);
        // SAFETY: mapped by `map_memory`; no other reference exists, because
        // there is one guest at a time and its memory lies between the two.
        unsafe { std::slice::from_raw_parts_mut(start, CANARY_SIZE as usize) }
    })
}

/// A new directory, removed with all that is in it when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        Self::below(&std::env::temp_dir())
    }

    /// In memory where there is a file system for that: for tests that make and
    /// remove many.
    pub fn quick() -> Self {
        let memory = Path::new("/dev/shm");
        let made = memory.is_dir().then(|| Self::below(memory));
        made.unwrap_or_else(Self::new)
    }

    fn below(dir: &Path) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = std::format!("wasi-aot-shim-{}-{number}", std::process::id());
        let path = dir.join(name);
        fs::create_dir(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, contents: &str) {
        fs::write(self.join(name), contents).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.join(name)).unwrap()
    }

    pub fn mkdir(&self, name: &str) {
        fs::create_dir_all(self.join(name)).unwrap();
    }

    pub fn symlink(&self, target: &str, name: &str) {
        std::os::unix::fs::symlink(target, self.join(name)).unwrap();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
