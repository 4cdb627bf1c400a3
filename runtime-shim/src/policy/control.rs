//! File systems by which the kernel is controlled.
//!
//! Invariant: nothing in such a file system is changed for a guest, whichever grant it lies
//! below. A call that changes something asks this file first, about the directory or the file
//! that it acts on. A file that is opened for writing is opened without crossing a mount; if
//! the way crosses one, the resolver looks first which file system it leads to
//! ([`super::resolver::Resolver::open_to_change`]).
//!
//! These file systems don't store what is written to their files, they obey it: a write
//! kills processes (`cgroup.kill`), loads a policy, switches a device, or has the kernel run
//! a program (`core_pattern`, `binfmt_misc`). Opening such a file with O_TRUNC, and creating
//! or removing a name there, can have an effect as well. procfs also has the runtime's own
//! memory (`/proc/self/mem`).
//!
//! Other special file systems hold data or devices and are not in the list: tmpfs with the
//! devices in `/dev`, devpts (terminals), mqueue (messages), hugetlbfs (memory), and those
//! that a program serves (FUSE, NFS).

use super::resolver::Parent;
use crate::abi::errno::Errno;
use crate::abi::fdtable::Descriptor;
use rustix::fd::AsFd;
use rustix::fs::fstatfs;

/// `f_type` of these file systems, from uapi `linux/magic.h`, and for configfs
/// (fs/configfs/mount.c), fusectl (fs/fuse/control.c), nfsd (fs/nfsd/nfsctl.c) and
/// rpc_pipefs (net/sunrpc/rpc_pipe.c) from the kernel's sources.
const CONTROL: [u32; 23] = [
    0x9fa0,      // procfs
    0x6265_6572, // sysfs
    0x0027_e0eb, // cgroup
    0x6367_7270, // cgroup2
    0x0765_5821, // resctrl
    0x6462_6720, // debugfs
    0x7472_6163, // tracefs
    0xcafe_4a11, // bpf
    0x6265_6570, // configfs
    0x7363_6673, // securityfs
    0xf97c_ff8c, // selinuxfs
    0x4341_5d53, // smackfs
    0x5a3c_69f0, // apparmorfs
    0x6165_676c, // pstore: firmware's storage
    0xde5e_81e4, // efivarfs: firmware's variables
    0x4249_4e4d, // binfmt_misc
    0x6573_5543, // fusectl
    0x6e73_6673, // nsfs: namespaces
    0xabba_1974, // xenfs
    0x6e66_7364, // nfsd
    0x6759_6969, // rpc_pipefs
    0x6c6f_6f70, // binderfs
    0x9fa1,      // openpromfs: firmware's variables
];

/// Refuses a file or directory of a control file system. It may be open with O_PATH.
///
/// # Errors
/// `EACCES` in a control file system, and those of `fstatfs`.
pub fn refuse_control_files(file: impl AsFd) -> Result<(), Errno> {
    if is_control(file)? {
        Err(Errno::ACCES)
    } else {
        Ok(())
    }
}

/// Every call that creates, removes, links or renames a name asks this: it refuses if `parent`,
/// the directory of the name, lies in a control file system. `parent` was looked up from `dir`.
///
/// # Errors
/// As for [`refuse_control_files`].
pub fn refuse_control_names(dir: &Descriptor, parent: &Parent<'_>) -> Result<(), Errno> {
    match parent {
        Parent::Base(_) if dir.is_control()? => Err(Errno::ACCES),
        Parent::Base(_) => Ok(()),
        Parent::Below(parent) => refuse_control_files(parent),
    }
}

fn is_control(file: impl AsFd) -> Result<bool, Errno> {
    // On some architectures the field `f_type` has more than 32 bits.
    let magic = fstatfs(file)?.f_type as u32;
    Ok(CONTROL.contains(&magic))
}

impl Descriptor {
    /// Whether the descriptor's file lies in a control file system. The answer never changes,
    /// so the kernel is asked once, before the first change there.
    ///
    /// # Errors
    /// Those of `fstatfs`.
    pub fn is_control(&self) -> Result<bool, Errno> {
        if let Some(known) = self.is_control.get() {
            return Ok(known);
        }
        let found = is_control(&self.host)?;
        self.is_control.set(Some(found));
        Ok(found)
    }
}
