//! Terminals: opening the controlling terminal, sizes, and modes. [`crate::terminals`] keeps and
//! restores what the modes change.

use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, HostFd};
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, checked_flags};
use crate::policy::stdio::CHANGES;
use crate::terminals;
use crate::wasi::Wasi;
use rustix::fd::AsFd;
use rustix::fs::{fstat, makedev};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::termios::{isatty, tcgetwinsize};
use wasi_aot_contract::os::terminal_mode;

/// The device number of /dev/tty, which stands for the controlling terminal
/// (Documentation/admin-guide/devices.txt).
const DEV_TTY: (u32, u32) = (5, 0);

/// Opens the controlling terminal for reading and writing, and stores the descriptor's number.
/// Descriptors that are opened so behave as 0, 1 and 2 do: NONBLOCK is each one's own, and
/// writing writes everything.
///
/// # Errors
/// `ENOTCAPABLE` without the right (`--tty`); `ENXIO` when the process has no controlling
/// terminal; `EMFILE`, `ENOMEM`.
pub fn terminal_open(wasi: &mut Wasi, opened_fd: Ptr) -> Result<(), Errno> {
    wasi.memory.expect_room(opened_fd, 4)?;
    demand(wasi)?;
    let terminal = wasi.terminal.as_ref().ok_or(Errno::NXIO)?;
    let host = HostFd::Owned(fcntl_dupfd_cloexec(&terminal.host, 3)?);
    let opened = wasi.fds.insert(Descriptor {
        rights: Rights::applicable(FileType::CharacterDevice, true).without(CHANGES),
        // The descriptors share one open file description, so its flags must stay.
        stdio: Some(0),
        ..Descriptor::new(host, FileType::CharacterDevice)
    })?;
    wasi.memory.write_u32(opened_fd, opened)
}

/// Stores the size of the terminal `fd`: columns, then rows, two numbers of 16 bits. A terminal
/// that doesn't know its size has 0 and 0.
///
/// # Errors
/// `ENOTCAPABLE` without the right (`--tty`); `ENOTTY` when `fd` is no terminal.
pub fn terminal_size(wasi: &mut Wasi, fd: u32, found_size: Ptr) -> Result<(), Errno> {
    wasi.memory.expect_room(found_size, 4)?;
    demand(wasi)?;
    let descriptor = terminal(wasi, fd)?;
    let size = tcgetwinsize(&descriptor.host)?;
    let [columns, rows] = [size.ws_col, size.ws_row].map(u32::from);
    wasi.memory.write_u32(found_size, columns | rows << 16)
}

/// Stores the mode that the program has given the terminal `fd`; 0 at first.
///
/// # Errors
/// `ENOTCAPABLE` without the right (`--tty`); `ENOTTY` when `fd` is no terminal.
pub fn terminal_get_mode(wasi: &mut Wasi, fd: u32, found_mode: Ptr) -> Result<(), Errno> {
    wasi.memory.expect_room(found_mode, 4)?;
    demand(wasi)?;
    let device = device(wasi, terminal(wasi, fd)?)?;
    wasi.memory.write_u32(found_mode, terminals::mode(device))
}

/// Gives the terminal `fd` a mode at once: bits of [`terminal_mode`]. 0 restores the attributes
/// that were found at the first change. What isn't restored when the process ends, the runtime
/// restores ([`crate::terminals`]).
///
/// # Errors
/// `ENOTCAPABLE` without the right (`--tty`); `EINVAL` for another bit; `ENOTTY` when `fd` is no
/// terminal; `EROFS` for a terminal below a grant for reading only; `EMFILE` when the modes of
/// too many terminals are changed; `EIO`.
pub fn terminal_set_mode(wasi: &mut Wasi, fd: u32, terminal_mode: u32) -> Result<(), Errno> {
    demand(wasi)?;
    let mode = checked_flags(terminal_mode, terminal_mode::ALL)?;
    let descriptor = terminal(wasi, fd)?;
    if descriptor.read_only {
        return Err(Errno::ROFS);
    }
    terminals::set_mode(descriptor.host.as_fd(), device(wasi, descriptor)?, mode)
}

fn demand(wasi: &Wasi) -> Result<(), Errno> {
    if wasi.os_rights.terminals {
        Ok(())
    } else {
        Err(Errno::NOTCAPABLE)
    }
}

fn terminal(wasi: &Wasi, fd: u32) -> Result<&Descriptor, Errno> {
    let descriptor = wasi.fds.get(fd)?;
    if descriptor.filetype == FileType::CharacterDevice && isatty(&descriptor.host) {
        Ok(descriptor)
    } else {
        Err(Errno::NOTTY)
    }
}

/// The device number of a terminal, the same whichever name the terminal was opened by.
fn device(wasi: &Wasi, terminal: &Descriptor) -> Result<u64, Errno> {
    let found = fstat(&terminal.host)?.st_rdev;
    let controlling = wasi.terminal.as_ref().map(|terminal| terminal.device);
    Ok(if found == makedev(DEV_TTY.0, DEV_TTY.1) {
        controlling.unwrap_or(found)
    } else {
        found
    })
}

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
