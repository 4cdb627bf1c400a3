//! The controlling terminal, which is opened before the second fence stands.

use crate::sys;
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags, fstat, openat};

/// The controlling terminal of the process.
pub struct Controlling {
    /// Open for reading and writing. The guest's descriptors are copies of this one, with the same
    /// open file description.
    pub host: OwnedFd,
    /// The terminal's device number.
    pub device: u64,
}

/// Opens the controlling terminal, if the process has one. The open file description has no other
/// user, but the guest's descriptors share it, so its flags stay as they are.
pub fn controlling() -> Option<Controlling> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let host = openat(CWD, c"/dev/tty", flags, Mode::empty()).ok()?;
    // `fstat` has the number of /dev/tty itself, whichever terminal it leads to.
    let device = sys::terminal_device(&host);
    let device = device.or_else(|_| fstat(&host).map(|stat| stat.st_rdev));
    Some(Controlling {
        device: device.ok()?,
        host,
    })
}
