//! Catching and ignoring signals. [`crate::signals`] does the work.

use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, HostFd};
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags};
use crate::signals;
use crate::wasi::Wasi;
use wasi_aot_contract::os::Action;

/// What the guest may do with the descriptor: read it and wait for it. A read never waits itself:
/// it would keep all goroutines from running.
const RIGHTS: Rights =
    Rights(Rights::FD_READ.0 | Rights::FD_FILESTAT_GET.0 | Rights::POLL_FD_READWRITE.0);

/// Opens the descriptor that tells caught signals, and stores its number. `fd_read` takes one
/// byte per pending signal from it, the signal's number. Without a pending signal `fd_read`
/// returns `EAGAIN`: the descriptor has NONBLOCK and keeps it.
///
/// # Errors
/// `ENOTCAPABLE` when the policy forbids it (`--no-signals`); `EBUSY` when the descriptor is
/// open; `EMFILE`, `ENFILE`, `ENOMEM`.
pub fn signal_open(wasi: &mut Wasi, opened_fd: Ptr) -> Result<(), Errno> {
    wasi.memory.expect_room(opened_fd, 4)?;
    demand(wasi)?;
    let host = HostFd::Special(signals::open()?, &signals::SPECIAL);
    let opened = wasi.fds.insert(Descriptor {
        rights: RIGHTS,
        flags: fdflags::NONBLOCK,
        ..Descriptor::new(host, FileType::Unknown)
    })?;
    wasi.memory.write_u32(opened_fd, opened)
}

/// Sets what happens on `signal`: 0 the default, 1 the descriptor tells it, 2 nothing. A signal
/// that is pending when its action becomes the default acts at once.
///
/// # Errors
/// `ENOTCAPABLE` when the policy forbids it (`--no-signals`); `EINVAL` for a number that no signal
/// has, or another action; `ENOTSUP` for a signal that can't be caught; `EBADF` for 1 when the
/// descriptor isn't open.
pub fn signal_set(wasi: &mut Wasi, signal: u32, action: u32) -> Result<(), Errno> {
    demand(wasi)?;
    let action = match action {
        0 => Action::Default,
        1 => Action::Caught,
        2 => Action::Ignored,
        _ => return Err(Errno::INVAL),
    };
    signals::set(signals::signal(signal)?, action)
}

/// Stores what happens on `signal`, as [`signal_set`] takes it. Before the guest sets anything,
/// this is what the process has inherited: a signal may be ignored.
///
/// # Errors
/// `EINVAL` for a number that no signal has; `ENOTSUP` for a signal that can't be caught.
pub fn signal_get(wasi: &mut Wasi, signal: u32, found_action: Ptr) -> Result<(), Errno> {
    let action = signals::action(signals::signal(signal)?)?;
    wasi.memory.write_u32(found_action, action as u32)
}

fn demand(wasi: &Wasi) -> Result<(), Errno> {
    if wasi.os_rights.signals {
        Ok(())
    } else {
        Err(Errno::NOTCAPABLE)
    }
}

#[cfg(test)]
#[path = "signal_tests.rs"]
mod tests;
