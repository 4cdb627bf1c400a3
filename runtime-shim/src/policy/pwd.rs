//! Where the guest starts: the variable `PWD`, which Go takes for its working directory, and the
//! preopen `.`, below which wasi-libc looks up relative names.
//!
//! Invariants: relative names mean what they mean to the starter, where a grant has them; and the
//! guest learns no path of the host but those that grants show. So `PWD` is, in this order:
//!
//! 1. The name inside, if a grant holds the current directory.
//! 2. The current directory itself, if a grant shows its path: a grant without GUEST whose HOST is
//!    relative, or lies below the current directory; and with single files whose names are relative
//!    to it.
//! 3. `/`, in a module that has a root ([`super::root`]).

use super::cpath::CPath;
use super::grants::{self, Current, Grant, identity};
use super::{Refusal, cpath};
use crate::abi::fdtable::{Descriptor, FdTable, Preopen};
use crate::manifest::Manifest;
use crate::shim_memory::Keeper;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use wasi_aot_contract::manifest::{Access, Record};
use wasi_aot_contract::place::Host;

/// What the grants say of the current directory.
pub struct Search<'c> {
    current: Option<&'c CPath>,
    /// The grant that holds the current directory.
    innermost: Option<Holder<'c>>,
    /// A grant shows the current directory's path.
    is_shown: bool,
}

struct Holder<'c> {
    fd: u32,
    /// Length of the grant's host path: the longest is the innermost.
    depth: usize,
    name: &'static [u8],
    /// The current directory below the grant (see [`cpath::below`]).
    rest: &'c [u8],
}

impl<'c> Search<'c> {
    pub fn new(current: &'c Current, manifest: &Manifest) -> Self {
        let is_file = |record: Record<'_>| match record {
            Record::ArgFiles { .. } => true,
            Record::File { host, .. } => {
                let host = Host::parse(host).filter(|host| host.place.is_none());
                host.is_some_and(|host| !host.path.starts_with(b"/"))
            }
            _ => false,
        };
        Self {
            current: current.0.as_ref(),
            innermost: None,
            is_shown: manifest.records().any(is_file),
        }
    }

    /// Takes into account that `grant`, with the name `name` and the absolute path `host`, has the
    /// number `fd`.
    pub fn consider(&mut self, grant: Grant, fd: u32, name: &'static [u8], host: &CPath) {
        let Some(current) = self.current.map(CPath::as_bytes) else {
            return;
        };
        let host = host.as_bytes();
        let depth = host.len();
        let deeper = self.innermost.as_ref().is_none_or(|old| depth > old.depth);
        if let Some(rest) = cpath::below(host, current)
            && deeper
        {
            self.innermost = Some(Holder {
                fd,
                depth,
                name,
                rest,
            });
        }
        if grant.guest.is_empty() {
            let is_relative = !grant.host.starts_with(b"/");
            self.is_shown |= is_relative || cpath::below(current, host).is_some();
        }
    }

    /// `PWD=...`, if a grant says what it is.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn pwd(&self, keeper: &mut Keeper) -> Result<Option<&'static [u8]>, Refusal> {
        let (name, rest) = match (&self.innermost, self.current) {
            (Some(holder), _) if holder.name.starts_with(b"/") => (holder.name, holder.rest),
            (_, Some(current)) if self.is_shown => (current.as_bytes(), &b""[..]),
            _ => return Ok(None),
        };
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let slash: &[u8] = if name.is_empty() && rest.is_empty() {
            b"/"
        } else {
            b""
        };
        let assignment = keeper.keep(&[b"PWD=", name, rest, slash]);
        assignment.map(Some).map_err(|_| Refusal::NoMemory)
    }

    /// Adds the current directory as `.`, with the rights of the grant that holds it. wasi-libc
    /// looks up absolute names below `.` and `/` alike, so with a grant `/` there is no `.`.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn add_dot(&self, fds: &mut FdTable) -> Result<(), Refusal> {
        let stands_in =
            |descriptor: &Descriptor| matches!(descriptor.preopen_name(), Some(b"/" | b"."));
        let Some(holder) = &self.innermost else {
            return Ok(());
        };
        if fds.iter().any(stands_in) {
            return Ok(());
        }
        let granted = fds.get(holder.fd).expect("BUG: a grant has no descriptor");
        let Some(dir) = open_below(granted, holder.rest) else {
            return Ok(());
        };
        let dot = Preopen::Directory {
            name: b".",
            root: holder.rest.is_empty() && granted.base().root,
        };
        let access = if granted.read_only {
            Access::ReadOnly
        } else {
            Access::ReadWrite
        };
        let dot = grants::preopen(dir, access, dot);
        fds.insert(dot).map(drop).map_err(|_| Refusal::NoMemory)
    }
}

/// The current directory, if it lies `rest` below `granted`, as the kernel sees it.
fn open_below(granted: &Descriptor, rest: &[u8]) -> Option<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let open = |flags| openat(CWD, c".", flags, Mode::empty());
    let dir = open(flags | OFlags::RDONLY).or_else(|_| open(flags | OFlags::PATH));
    let dir = dir.ok()?;
    let mut above: Option<OwnedFd> = None;
    for _ in rest.iter().filter(|&&b| b == b'/') {
        let below = above.as_ref().map_or(dir.as_fd(), |fd| fd.as_fd());
        above = Some(openat(below, c"..", flags | OFlags::PATH, Mode::empty()).ok()?);
    }
    let reached = above.as_ref().map_or(dir.as_fd(), |fd| fd.as_fd());
    (identity(reached).ok()? == identity(&granted.host).ok()?).then_some(dir)
}
