//! The single files that are granted: those of `--file`, and with `--arg-files` those that arguments
//! name.
//!
//! Invariants: whoever starts the program names the files, or whoever built it; what the program has
//! made in an earlier run decides nothing, so a name that leads through a link in a writable grant
//! isn't granted. A file is known by its name in one directory, which is known by device and inode:
//! each use opens that directory anew and compares, and follows no link from there. So siblings
//! stay invisible, and ten thousand names take no descriptor. A directory that an argument names is
//! granted as a whole.
//!
//! FreeBSD's cap_fileargs(3) is the precedent.

use super::cpath::{self, CPath, PATH_MAX};
use super::environment::Environment;
use super::grants::{Granted, Identity, identity, writable_around};
use super::rights::Given;
use super::walk::MAX_LINKS;
use super::{Refusal, places, route};
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, HostFd};
use crate::abi::rights::Rights;
use crate::abi::types::FileType;
use crate::manifest::Manifest;
use crate::shim_memory::{Keeper, PageArray};
use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, openat, readlinkat_raw, statat};
use wasi_aot_contract::manifest::{Access, Record};
use wasi_aot_contract::place::Host;

/// A file or directory that is granted by itself.
#[derive(Clone, Copy)]
pub struct File {
    /// Its absolute and plain name in the guest.
    pub guest: &'static [u8],
    pub kind: Kind,
    pub access: Access,
    /// The directory that holds the file, or the directory itself: its path on the host, relative to
    /// the current directory or absolute.
    dir: &'static CStr,
    /// The file's name there; empty for a directory.
    pub name: &'static [u8],
    identity: Identity,
}

/// The files of a program, and what the second fence asks of them. The function is behind a
/// pointer, so that an executable without such files lacks it.
#[derive(Clone, Copy)]
pub struct Files {
    pub list: &'static [File],
    /// Opens what the kernel's fence is to hold: the file itself; for a free name its directory.
    pub open_for_fence: fn(&File) -> Result<OwnedFd, Errno>,
}

impl Files {
    pub const NONE: Self = Self {
        list: &[],
        open_for_fence: |_| Err(Errno::NOENT),
    };
}

/// What an argument names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file that was there at the start.
    Existing,
    /// A free name in a directory that was there at the start.
    New,
    Directory,
}

/// The rights to a file by its name. Its name can't be given to another file, nor be taken away:
/// that would be a change of the directory, which isn't granted.
const BY_NAME: Rights = Rights(
    Rights::PATH_OPEN.0
        | Rights::PATH_CREATE_FILE.0
        | Rights::PATH_FILESTAT_GET.0
        | Rights::PATH_FILESTAT_SET_SIZE.0
        | Rights::PATH_FILESTAT_SET_TIMES.0
        | Rights::PATH_READLINK.0,
);

impl File {
    /// Opens the directory of the file, or the directory itself, and checks that no other
    /// directory has taken its place.
    ///
    /// # Errors
    /// `ESTALE` for another directory, and those of opening one.
    pub fn open_dir(&self) -> Result<OwnedFd, Errno> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = openat(CWD, self.dir, flags, Mode::empty())?;
        if identity(&dir)? == self.identity {
            Ok(dir)
        } else {
            Err(Errno::STALE)
        }
    }

    /// The directory as a descriptor for one call.
    ///
    /// # Errors
    /// Those of [`File::open_dir`].
    pub fn place(&self) -> Result<Descriptor, Errno> {
        let dir = self.open_dir()?;
        let given = Given::to_grant(self.access);
        let rights = match self.kind {
            Kind::Directory => given.rights,
            Kind::Existing => given.rights & BY_NAME,
            // What the program has made there, it may remove.
            Kind::New => given.rights & (BY_NAME | Rights::PATH_UNLINK_FILE),
        };
        Ok(Descriptor {
            rights,
            inheriting: given.inheriting,
            read_only: given.read_only,
            single: self.kind != Kind::Directory,
            ..Descriptor::new(HostFd::Owned(dir), FileType::Directory)
        })
    }

    /// Whether something has the name.
    pub fn exists(&self) -> bool {
        let stat = |dir: OwnedFd| {
            let name = CPath::from_bytes(self.name)?;
            Ok::<_, Errno>(statat(dir, name.as_c_str(), AtFlags::SYMLINK_NOFOLLOW)?)
        };
        self.kind != Kind::New || self.open_dir().and_then(stat).is_ok()
    }

    /// [`Files::open_for_fence`].
    fn open_for_fence(&self) -> Result<OwnedFd, Errno> {
        let dir = self.open_dir()?;
        if self.kind != Kind::Existing {
            return Ok(dir);
        }
        let name = CPath::from_bytes(self.name)?;
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(dir, name.as_c_str(), flags, Mode::empty())?)
    }
}

/// Finds the files that the manifest and the arguments `args` name. The guest's working directory
/// in `environment` is what relative names of arguments are relative to. Nothing in the directory
/// `hole` is granted.
///
/// # Errors
/// The reason why the program can't start: a file of `--file` that isn't there, or no memory.
pub fn find(
    manifest: &Manifest,
    args: &[*const c_char],
    environment: &Environment,
    granted: Granted<'_>,
    hole: Option<Identity>,
) -> Result<Files, Refusal> {
    let mut search = Search {
        granted,
        pwd: environment.working_directory(),
        hole,
        keeper: Keeper::new(),
        files: PageArray::new(),
        count: 0,
    };
    for record in manifest.records() {
        match record {
            Record::File {
                access,
                host,
                guest,
            } => {
                search.add_file(access, host, guest, environment)?;
            }
            Record::ArgFiles { access } => search.add_args(access, args)?,
            _ => {}
        }
    }
    let count = search.count;
    let (slots, _) = search.files.leak().split_at_mut(count);
    // SAFETY: `add` has written the first `count` slots.
    let files = unsafe { slots.assume_init_mut() };
    let count = without_covered(files);
    Ok(Files {
        list: &files[..count],
        open_for_fence: File::open_for_fence,
    })
}

/// Moves the files to the front that lie in no directory which is granted with the same rights, and
/// returns how many these are.
fn without_covered(files: &mut [File]) -> usize {
    let covers = |dir: &File, file: &File| {
        dir.kind == Kind::Directory
            && (dir.access == Access::ReadWrite || file.access == Access::ReadOnly)
            && dir.guest != file.guest
            && cpath::below(dir.guest, file.guest).is_some()
    };
    if !files.iter().any(|file| file.kind == Kind::Directory) {
        return files.len();
    }
    let mut kept = 0;
    for index in 0..files.len() {
        let file = files[index];
        // Directories stay in front of what they cover, or come later.
        if !files.iter().any(|dir| covers(dir, &file)) {
            files.swap(kept, index);
            kept += 1;
        }
    }
    kept
}

/// Why a name isn't granted.
enum Why {
    NoMemory,
    Error(Errno),
    /// A link on the way lies where the program could change it.
    Redirected,
}

impl From<Errno> for Why {
    fn from(error: Errno) -> Self {
        Self::Error(error)
    }
}

impl From<rustix::io::Errno> for Why {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Error(error.into())
    }
}

impl Why {
    fn refusal(self, access: Access, host: &'static [u8]) -> Refusal {
        match self {
            Self::NoMemory => Refusal::NoMemory,
            Self::Error(error) => Refusal::CannotFind(access, host, error),
            Self::Redirected => Refusal::FileRedirected(access, host),
        }
    }
}

struct Search<'a> {
    granted: Granted<'a>,
    pwd: &'a [u8],
    hole: Option<Identity>,
    keeper: Keeper,
    files: PageArray<File>,
    count: usize,
}

impl Search<'_> {
    /// Adds the file of a record, whose HOST is `written`. An optional one may be missing.
    fn add_file(
        &mut self,
        access: Access,
        written: &'static [u8],
        guest: &'static [u8],
        environment: &Environment,
    ) -> Result<(), Refusal> {
        let host = Host::parse(written).ok_or(Refusal::Malformed)?;
        let path = match places::find(host, environment, &mut self.keeper) {
            Ok(found) => found.path,
            Err(places::Lack::Home | places::Lack::Executable) if host.optional => return Ok(()),
            Err(lack) => return Err(lack.refusal(written)),
        };
        match self.add(access, path, guest) {
            Err(Why::Error(Errno::NOENT | Errno::NOTDIR)) if host.optional => Ok(()),
            added => added.map_err(|why| why.refusal(access, written)),
        }
    }

    /// Adds what the arguments name: each as a whole, and what follows its first `=`. An argument that
    /// begins with `-` is a flag. A name that can't be granted is left out.
    fn add_args(&mut self, access: Access, args: &[*const c_char]) -> Result<(), Refusal> {
        for &arg in args.iter().skip(1) {
            // SAFETY: an argument of the process is a C string that stays.
            let arg: &'static [u8] = unsafe { CStr::from_ptr(arg) }.to_bytes();
            let after = arg.iter().position(|&b| b == b'=').map(|at| &arg[at + 1..]);
            let whole = (!arg.starts_with(b"-")).then_some(arg);
            for name in [whole, after].into_iter().flatten() {
                match self.add(access, name, b"") {
                    Err(Why::NoMemory) => return Err(Refusal::NoMemory),
                    Err(Why::Error(_) | Why::Redirected) | Ok(()) => {}
                }
            }
        }
        Ok(())
    }

    /// Adds the file or directory `host` under the name `guest`; with an empty `guest` under its
    /// own. It is left out if a grant that holds the name gives the same rights.
    fn add(
        &mut self,
        access: Access,
        host: &'static [u8],
        guest: &'static [u8],
    ) -> Result<(), Why> {
        let named = cpath::absolute(self.pwd, if guest.is_empty() { host } else { guest })?;
        if self.is_granted(access, named.as_bytes()) {
            return Ok(());
        }
        let Found {
            dir,
            name,
            kind,
            identity,
        } = look_up(host)?;
        if kind == Kind::New && access == Access::ReadOnly {
            return Err(Errno::NOENT.into());
        }
        if self.hole == Some(identity) {
            return Err(Errno::ACCES.into());
        }
        self.refuse_redirected(host)?;
        let mut keep = |bytes: &[u8]| {
            let kept = self.keeper.keep(&[bytes, b"\0"]);
            kept.map_err(|_| Why::NoMemory)
        };
        let dir = CStr::from_bytes_with_nul(keep(dir.as_bytes())?).expect("BUG: a path has a NUL");
        let name = keep(name.as_bytes())?;
        let guest = keep(named.as_bytes())?;
        let file = File {
            guest: guest.strip_suffix(b"\0").unwrap_or(guest),
            kind,
            access,
            dir,
            name: name.strip_suffix(b"\0").unwrap_or(name),
            identity,
        };
        if self.count == self.files.capacity() {
            let more = (2 * self.count).max(64);
            self.files.reserve(more).map_err(|_| Why::NoMemory)?;
        }
        self.files.as_mut_slice()[self.count].write(file);
        self.count += 1;
        Ok(())
    }

    /// Whether a grant of a directory holds the guest's name `named` and gives `access`.
    fn is_granted(&self, access: Access, named: &[u8]) -> bool {
        let mut grants = self.granted.iter();
        grants.any(|(grant, descriptor)| {
            let name = descriptor.preopen_name().unwrap_or_default();
            let name = name.strip_suffix(b"/").filter(|name| !name.is_empty());
            let name = name.or(descriptor.preopen_name()).unwrap_or_default();
            (grant.access == Access::ReadWrite || access == Access::ReadOnly)
                && cpath::below(name, named).is_some()
        })
    }

    /// Refuses a name whose way leads through a link in a writable grant.
    fn refuse_redirected(&self, host: &[u8]) -> Result<(), Why> {
        if !self.granted.any_writable() {
            return Ok(());
        }
        let link_in = |dir: rustix::fd::BorrowedFd<'_>| match writable_around(dir, self.granted)? {
            None => Ok(()),
            Some(_) => Err(Why::Redirected),
        };
        match route::follow(host, link_in, Why::Error) {
            // A free name.
            Err(Why::Error(Errno::NOENT)) | Ok(_) => Ok(()),
            Err(why) => Err(why),
        }
    }
}

/// Where a name leads.
struct Found {
    dir: CPath,
    name: CPath,
    kind: Kind,
    identity: Identity,
}

/// Follows `host` on the host, and the links at its end.
fn look_up(host: &[u8]) -> Result<Found, Why> {
    let mut path = CPath::from_bytes(host)?;
    for _ in 0..=MAX_LINKS {
        let (dir, name) = split(&path)?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = openat(CWD, dir.as_c_str(), flags, Mode::empty())?;
        let found = |dir, name, kind, opened: &OwnedFd| {
            Ok(Found {
                dir,
                name,
                kind,
                identity: identity(opened)?,
            })
        };
        if name.as_bytes().is_empty() {
            return found(dir, name, Kind::Directory, &opened);
        }
        let stat = match statat(&opened, name.as_c_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => return found(dir, name, Kind::New, &opened),
            stat => stat?,
        };
        match FileType::of(&stat) {
            FileType::SymbolicLink => {
                let mut buffer = [MaybeUninit::uninit(); PATH_MAX];
                let (target, _) = readlinkat_raw(&opened, name.as_c_str(), &mut buffer[..])?;
                path = if target.starts_with(b"/") {
                    CPath::new()
                } else {
                    dir
                };
                if !target.starts_with(b"/") {
                    path.push(b"/")?;
                }
                path.push(target)?;
            }
            FileType::Directory => {
                let dir = openat(&opened, name.as_c_str(), flags, Mode::empty())?;
                return found(path, CPath::new(), Kind::Directory, &dir);
            }
            _ => return found(dir, name, Kind::Existing, &opened),
        }
    }
    Err(Errno::LOOP.into())
}

/// The directory of a path, and the name in it; the name is empty where the path can only be a
/// directory's.
fn split(path: &CPath) -> Result<(CPath, CPath), Errno> {
    let bytes = path.as_bytes();
    let end = bytes
        .iter()
        .rposition(|&b| b != b'/')
        .map_or(0, |at| at + 1);
    let start = bytes[..end]
        .iter()
        .rposition(|&b| b == b'/')
        .map_or(0, |at| at + 1);
    let name = &bytes[start..];
    if name.is_empty() || name.ends_with(b"/") || name == b"." || name == b".." {
        return Ok((CPath::from_bytes(bytes)?, CPath::new()));
    }
    let dir = if start == 0 { b"." } else { &bytes[..start] };
    Ok((CPath::from_bytes(dir)?, CPath::from_bytes(name)?))
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
