//! Landlock: leaves the process the files in the granted directories, and no TCP.
//!
//! Invariants: every right that this kernel knows is handled, so the kernel denies what no
//! rule allows; and a rule allows no more than its grant, reading or writing, and with `@tmp` the
//! removal of empty directories of other `@tmp`s of the user (`policy/temporary.rs`). In all versions
//! so far Landlock doesn't cover: looking at metadata, changing owner, mode and times, opening
//! with O_PATH, and descriptors that were opened before.
//!
//! The interface: <https://docs.kernel.org/userspace-api/landlock.html>.

use super::failure::Failure;
use super::{Guest, Needs};
use crate::arch::system_call;
use crate::policy::files::Kind;
use crate::policy::temporary;
use crate::sys::checked;
use linux_raw_sys::general::{
    __NR_landlock_add_rule, __NR_landlock_create_ruleset, __NR_landlock_restrict_self,
};
use linux_raw_sys::landlock::{
    LANDLOCK_ACCESS_FS_EXECUTE, LANDLOCK_ACCESS_FS_IOCTL_DEV, LANDLOCK_ACCESS_FS_MAKE_REG,
    LANDLOCK_ACCESS_FS_READ_DIR, LANDLOCK_ACCESS_FS_READ_FILE, LANDLOCK_ACCESS_FS_REFER,
    LANDLOCK_ACCESS_FS_REMOVE_DIR, LANDLOCK_ACCESS_FS_REMOVE_FILE, LANDLOCK_ACCESS_FS_TRUNCATE,
    LANDLOCK_ACCESS_FS_WRITE_FILE, LANDLOCK_ACCESS_NET_BIND_TCP, LANDLOCK_ACCESS_NET_CONNECT_TCP,
    LANDLOCK_CREATE_RULESET_VERSION, LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, LANDLOCK_SCOPE_SIGNAL,
    landlock_path_beneath_attr, landlock_rule_type, landlock_ruleset_attr,
};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use rustix::io::Errno as Host;
use wasi_aot_contract::manifest::Access;

pub const NAME: &str = "Landlock";

/// The first version that lets a process rename and link between directories; under version 1
/// no process can.
const REFER_SINCE: u32 = 2;
const TRUNCATE_SINCE: u32 = 3;
const TCP_SINCE: u32 = 4;
const IOCTL_DEV_SINCE: u32 = 5;
const SCOPES_SINCE: u32 = 6;

/// What each version adds, in words for people.
pub const COVERS: [(u32, &str); 5] = [
    (1, "files"),
    (TRUNCATE_SINCE, "emptying them"),
    (TCP_SINCE, "TCP"),
    (IOCTL_DEV_SINCE, "ioctl of devices"),
    (SCOPES_SINCE, "signals and abstract Unix sockets"),
];

/// The rights that version 1 has: all bits below REFER, which version 2 added.
const FIRST_RIGHTS: u64 = LANDLOCK_ACCESS_FS_REFER as u64 - 1;

/// Leaves the process only the directories and files that are granted to `guest`, whose needs are
/// `needs`. Returns `version`, the kernel's version of Landlock.
///
/// # Errors
/// When the kernel refuses a step, has no Landlock, or has Landlock without REFER and a
/// directory is granted for writing: files could not be renamed between its directories.
pub fn restrict(
    guest: Guest<'_>,
    needs: Needs,
    version: Result<u32, Host>,
) -> Result<u32, Failure> {
    let version =
        version.map_err(|error| Failure::absent(NAME, "asking for its version", error))?;
    if needs.writing && version < REFER_SINCE {
        return Err(Failure::too_old(NAME));
    }
    let failed = |step| move |error| Failure::refused(NAME, step, error);
    let handled = handled(version);
    let ruleset = create_ruleset(&handled).map_err(failed("creating a ruleset"))?;
    for descriptor in (guest.fds)
        .iter()
        .filter(|descriptor| descriptor.preopen_name().is_some())
    {
        let rights = handled.handled_access_fs & allowed(descriptor.read_only);
        add_rule(&ruleset, descriptor.host.as_fd(), rights).map_err(failed("adding a rule"))?;
    }
    let files = guest.files;
    for file in files.list {
        let rights = handled.handled_access_fs & allowed_by_name(file.kind, file.access);
        // A file that has gone meanwhile can't be used.
        if let Ok(opened) = (files.open_for_fence)(file) {
            add_rule(&ruleset, opened.as_fd(), rights).map_err(failed("adding a rule"))?;
        }
    }
    if let Some(all) = temporary::all() {
        let rights = handled.handled_access_fs & u64::from(LANDLOCK_ACCESS_FS_REMOVE_DIR);
        add_rule(&ruleset, all, rights).map_err(failed("adding a rule"))?;
    }
    restrict_self(&ruleset).map_err(failed("enforcing the ruleset"))?;
    Ok(version)
}

/// Whether this version sees that a file is emptied when it is opened.
pub fn sees_emptying(version: u32) -> bool {
    version >= TRUNCATE_SINCE
}

/// All rights that a kernel with this version can deny.
fn handled(version: u32) -> landlock_ruleset_attr {
    let since = |first, rights: u32| {
        if version >= first {
            u64::from(rights)
        } else {
            0
        }
    };
    let tcp = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
    let scopes = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
    landlock_ruleset_attr {
        handled_access_fs: FIRST_RIGHTS
            | since(REFER_SINCE, LANDLOCK_ACCESS_FS_REFER)
            | since(TRUNCATE_SINCE, LANDLOCK_ACCESS_FS_TRUNCATE)
            | since(IOCTL_DEV_SINCE, LANDLOCK_ACCESS_FS_IOCTL_DEV),
        handled_access_net: since(TCP_SINCE, tcp),
        scoped: since(SCOPES_SINCE, scopes),
    }
}

/// The rights of a grant. A writable grant lacks only the right to execute. It has the rights to
/// make devices and FIFOs, because renaming a device or FIFO takes the same right; the guest has
/// no call to create a device or FIFO. IOCTL_DEV lets the runtime ask a device what it is;
/// seccomp limits what may be asked.
fn allowed(read_only: bool) -> u64 {
    if read_only {
        let reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
        (reading | LANDLOCK_ACCESS_FS_IOCTL_DEV).into()
    } else {
        !u64::from(LANDLOCK_ACCESS_FS_EXECUTE)
    }
}

/// The rights to a file that is granted by itself, or to the directory in which it may be made. The
/// kernel knows no names, so a free name takes the rights to make and remove every file of that
/// directory; the first fence holds the name.
fn allowed_by_name(kind: Kind, access: Access) -> u64 {
    let reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_IOCTL_DEV;
    let writing = reading | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;
    let making = writing | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
    match (kind, access) {
        (Kind::Directory, _) => allowed(access == Access::ReadOnly),
        (_, Access::ReadOnly) => reading.into(),
        (Kind::Existing, Access::ReadWrite) => writing.into(),
        (Kind::New, Access::ReadWrite) => making.into(),
    }
}

/// The version of the interface.
///
/// # Errors
/// `ENOSYS` where the kernel has no Landlock, `EOPNOTSUPP` where it is switched off. A
/// container may forbid the call, with an errno of its choice.
pub fn version() -> Result<u32, Host> {
    let flags = LANDLOCK_CREATE_RULESET_VERSION as usize;
    // SAFETY: without attributes the kernel reads and writes nothing.
    let version = unsafe { system_call(__NR_landlock_create_ruleset, [0, 0, flags, 0, 0, 0]) };
    checked(version).map(|version| version as u32)
}

/// Makes a ruleset. A kernel takes a structure that is longer than its own if the rest is zero,
/// as it is in what [`handled`] returns.
fn create_ruleset(attributes: &landlock_ruleset_attr) -> Result<OwnedFd, Host> {
    let size = size_of::<landlock_ruleset_attr>();
    let at = (&raw const *attributes).expose_provenance();
    // SAFETY: the kernel reads `size` bytes, those of the structure.
    let fd = unsafe { system_call(__NR_landlock_create_ruleset, [at, size, 0, 0, 0, 0]) };
    let fd = checked(fd)?;
    // SAFETY: the kernel has just opened the descriptor, with O_CLOEXEC, and nobody else has
    // it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Allows `rights` below `directory`.
fn add_rule(ruleset: &OwnedFd, directory: BorrowedFd<'_>, rights: u64) -> Result<(), Host> {
    let rule = landlock_path_beneath_attr {
        allowed_access: rights,
        parent_fd: directory.as_raw_fd(),
    };
    let kind = landlock_rule_type::LANDLOCK_RULE_PATH_BENEATH as usize;
    let at = (&raw const rule).expose_provenance();
    let fd = ruleset.as_raw_fd() as usize;
    // SAFETY: the kernel reads a structure of this kind.
    checked(unsafe { system_call(__NR_landlock_add_rule, [fd, kind, at, 0, 0, 0]) })?;
    Ok(())
}

fn restrict_self(ruleset: &OwnedFd) -> Result<(), Host> {
    let fd = ruleset.as_raw_fd() as usize;
    // SAFETY: the call takes no pointers.
    checked(unsafe { system_call(__NR_landlock_restrict_self, [fd, 0, 0, 0, 0, 0]) })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_kernels_are_asked_for_what_they_know() {
        // Bit 13 is REFER, 14 TRUNCATE, 15 IOCTL_DEV.
        let rights = [0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff, 0xffff];
        for (version, rights) in (1..).zip(rights) {
            let handled = handled(version);
            assert_eq!(handled.handled_access_fs, rights, "version {version}");
            assert_eq!(handled.handled_access_net != 0, version >= 4);
            assert_eq!(handled.scoped != 0, version >= 6);
        }
    }

    #[test]
    fn grants_for_reading_change_nothing() {
        let changes = LANDLOCK_ACCESS_FS_WRITE_FILE
            | LANDLOCK_ACCESS_FS_TRUNCATE
            | LANDLOCK_ACCESS_FS_MAKE_REG
            | LANDLOCK_ACCESS_FS_REMOVE_FILE
            | LANDLOCK_ACCESS_FS_REFER;
        assert_eq!(allowed(true) & u64::from(changes), 0);
        assert_eq!(allowed(false) & u64::from(changes), changes.into());
        for read_only in [true, false] {
            assert_eq!(
                allowed(read_only) & u64::from(LANDLOCK_ACCESS_FS_EXECUTE),
                0
            );
        }
    }
}
