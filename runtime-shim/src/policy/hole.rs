//! The hole: a directory that no lookup enters, whatever is granted.
//!
//! Invariant: with a hole ([`Resolver::hole`]) no lookup ends in that directory or at a name in
//! it. The directory that holds the last component of a path is opened first and compared with
//! the hole, so that nothing in the hole is opened, created or even looked at. Only
//! `wasi-aot run` writes a hole into a manifest: the directory with its executables.

use super::cpath::{CPath, PATH_MAX};
use super::grants::{Identity, identity};
use super::resolver::{Base, Purpose, Resolver};
use super::walk::MAX_LINKS;
use crate::abi::errno::Errno;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, readlinkat_raw};

impl Resolver {
    /// [`Resolver::open`] around the hole. Opens the directory that holds the last component
    /// first, and refuses it if it is the hole. The last component is then a single name, and
    /// if it is a link to follow, the link's text takes its place.
    pub(super) fn open_around(
        &self,
        hole: Identity,
        purpose: Purpose,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        let mut path = CPath::from_bytes(path.to_bytes())?;
        let exclusive = OFlags::CREATE | OFlags::EXCL;
        let follow = !flags.contains(OFlags::NOFOLLOW) && !flags.contains(exclusive);
        for _ in 0..=MAX_LINKS {
            let (dir, name, must_be_dir) = split(path.as_bytes());
            if matches!(name, b"" | b"." | b"..") {
                // This can only be a directory, so what is opened may be the hole itself.
                let opened = self.open_anywhere(purpose, base, path.as_c_str(), flags, mode)?;
                return outside(hole, opened, flags);
            }
            let parent = self.open_parent(hole, base, dir)?;
            if must_be_dir && flags.contains(OFlags::CREATE) {
                // As in Linux: creat("name/") is an error whatever is there.
                return Err(Errno::ISDIR);
            }
            let parent = parent.as_ref().map_or(base.dir, AsFd::as_fd);
            let name = CPath::from_bytes(name)?;
            if follow || must_be_dir {
                let mut buffer = [MaybeUninit::uninit(); PATH_MAX];
                if let Ok((target, _)) = readlinkat_raw(parent, name.as_c_str(), &mut buffer[..]) {
                    if !base.links {
                        return Err(Errno::LOOP);
                    }
                    path = substituted(base, dir, target, must_be_dir)?;
                    continue;
                }
            }
            let mut flags = flags | OFlags::NOFOLLOW;
            flags.set(
                OFlags::DIRECTORY,
                must_be_dir || flags.contains(OFlags::DIRECTORY),
            );
            let parent = Base {
                dir: parent,
                root: false,
                links: base.links,
            };
            let purpose = if dir.is_empty() {
                purpose
            } else {
                purpose.elsewhere()
            };
            let opened = self.open_anywhere(purpose, parent, name.as_c_str(), flags, mode)?;
            return outside(hole, opened, flags);
        }
        Err(Errno::LOOP)
    }

    /// The directory `dir` below `base`, unless it is the hole. `None` for `base` itself,
    /// which is never the hole.
    fn open_parent(
        &self,
        hole: Identity,
        base: Base<'_>,
        dir: &[u8],
    ) -> Result<Option<OwnedFd>, Errno> {
        if dir.is_empty() {
            return Ok(None);
        }
        let dir = CPath::from_bytes(dir)?;
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let parent =
            self.open_anywhere(Purpose::Use, base, dir.as_c_str(), flags, Mode::empty())?;
        outside(hole, parent, flags).map(Some)
    }
}

/// A path's directory with the slash that follows it, the path's last component, and whether
/// a slash follows that component.
fn split(path: &[u8]) -> (&[u8], &[u8], bool) {
    let end = path.iter().rposition(|&b| b != b'/').map_or(0, |i| i + 1);
    let start = path[..end].iter().rposition(|&b| b == b'/');
    let start = start.map_or(0, |slash| slash + 1);
    (&path[..start], &path[start..end], end < path.len())
}

/// The path `dir` plus a link whose text is `target`, with the text in place of the link.
fn substituted(
    base: Base<'_>,
    dir: &[u8],
    target: &[u8],
    must_be_dir: bool,
) -> Result<CPath, Errno> {
    let mut path = CPath::new();
    if target.starts_with(b"/") {
        if !base.root {
            return Err(Errno::PERM);
        }
        // `base` is the root.
        path.push(b".")?;
    } else {
        path.push(dir)?;
    }
    path.push(target)?;
    if must_be_dir {
        path.push(b"/")?;
    }
    Ok(path)
}

/// `opened`, unless it is the hole and could be used for more than to ask for its attributes.
fn outside(hole: Identity, opened: OwnedFd, flags: OFlags) -> Result<OwnedFd, Errno> {
    let looks = flags.contains(OFlags::PATH) && !flags.contains(OFlags::DIRECTORY);
    if !looks && identity(&opened)? == hole {
        return Err(Errno::ACCES);
    }
    Ok(opened)
}
