//! Modes of terminals that the program changes, and the end of these changes.
//!
//! A terminal outlives the process, and a shell or a person uses the terminal afterwards. So the
//! runtime keeps the attributes that it found at the first change, and restores them when the
//! process ends: at an exit, a trap, a limit, and at a signal that kills. Only SIGKILL, and a kill
//! of the second fence, leave no moment for that.
//!
//! Invariants:
//!
//! * A terminal has a [`Slot`] from the first change until the program sets mode 0, which restores
//!   the attributes. The slot has a descriptor of its own, since the program may close all of its
//!   own.
//! * A slot is written only while it is free, so a handler of a signal finds whole slots.
//! * From the first change on, signals that kill restore the terminals first ([`deaths`]).
//! * Where the process is in the background, the terminal isn't restored: whoever is in the
//!   foreground has set its own modes.

use crate::abi::errno::Errno;
use crate::{deaths, sys};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};
use linux_raw_sys::general::{
    BRKINT, CS8, CSIZE, ECHO, ECHONL, ICANON, ICRNL, IEXTEN, IGNBRK, IGNCR, INLCR, ISIG, ISTRIP,
    IXON, OPOST, PARENB, PARMRK, VMIN, VTIME, termios,
};
use rustix::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::getpgid;
use rustix::termios::tcgetpgrp;
use wasi_aot_contract::os::terminal_mode;

/// Terminals whose modes a program can have changed at one time.
const SLOTS: usize = 4;

/// A changed terminal.
struct Slot {
    /// The descriptor by which the terminal is restored, or -1 for a free slot.
    fd: AtomicI32,
    device: AtomicU64,
    mode: AtomicU32,
    /// The attributes as they were found.
    found: UnsafeCell<termios>,
}

// SAFETY: the process has one thread, and `found` is written only while the slot is free, when no
// handler of a signal reads it.
unsafe impl Sync for Slot {}

static CHANGED: [Slot; SLOTS] = [const { Slot::free() }; SLOTS];

impl Slot {
    const fn free() -> Self {
        Self {
            fd: AtomicI32::new(-1),
            device: AtomicU64::new(0),
            mode: AtomicU32::new(0),
            found: UnsafeCell::new(termios {
                c_iflag: 0,
                c_oflag: 0,
                c_cflag: 0,
                c_lflag: 0,
                c_line: 0,
                c_cc: [0; 19],
            }),
        }
    }

    /// The slot's descriptor and the attributes that were found; `None` for a free slot.
    fn taken(&self) -> Option<(BorrowedFd<'_>, &termios)> {
        let fd = self.fd.load(Ordering::Acquire);
        // SAFETY: the slot owns the descriptor, and its attributes aren't written meanwhile.
        (fd >= 0).then(|| unsafe { (BorrowedFd::borrow_raw(fd), &*self.found.get()) })
    }

    fn take(&self, fd: OwnedFd, device: u64, found: termios) {
        // SAFETY: the slot is free, so nobody reads the attributes.
        unsafe { *self.found.get() = found };
        self.device.store(device, Ordering::Relaxed);
        self.mode.store(0, Ordering::Relaxed);
        self.fd.store(fd.into_raw_fd(), Ordering::Release);
    }

    fn give_back(&self) {
        let fd = self.fd.swap(-1, Ordering::AcqRel);
        if fd >= 0 {
            // SAFETY: the slot owned the descriptor.
            drop(unsafe { OwnedFd::from_raw_fd(fd) });
        }
    }
}

fn slot_of(device: u64) -> Option<&'static Slot> {
    let is_it =
        |slot: &&Slot| slot.taken().is_some() && slot.device.load(Ordering::Relaxed) == device;
    CHANGED.iter().find(is_it)
}

/// The mode that the program has given the terminal: bits of [`terminal_mode`].
pub fn mode(device: u64) -> u32 {
    slot_of(device).map_or(0, |slot| slot.mode.load(Ordering::Relaxed))
}

/// Gives the terminal behind `fd` a mode, of bits of [`terminal_mode`]. 0 restores what was found
/// at the first change.
///
/// # Errors
/// `EMFILE` when the modes of [`SLOTS`] other terminals are changed; what the kernel says, as
/// `EIO` for a process in the background that has no shell any more.
pub fn set_mode(fd: BorrowedFd<'_>, device: u64, mode: u32) -> Result<(), Errno> {
    let slot = match slot_of(device) {
        Some(slot) => slot,
        None if mode == 0 => return Ok(()),
        None => keep(fd, device)?,
    };
    let Some((_, found)) = slot.taken() else {
        unreachable!("BUG: a free slot")
    };
    let set = sys::set_terminal_attributes(fd, &with_mode(*found, mode));
    match set {
        Ok(()) => slot.mode.store(mode, Ordering::Relaxed),
        // Nothing has been changed yet.
        Err(_) if slot.mode.load(Ordering::Relaxed) == 0 => {}
        Err(_) => return Ok(set?),
    }
    if slot.mode.load(Ordering::Relaxed) == 0 {
        slot.give_back();
    }
    Ok(set?)
}

/// Keeps the attributes of a terminal that is about to be changed, and prepares for the end.
fn keep(fd: BorrowedFd<'_>, device: u64) -> Result<&'static Slot, Errno> {
    let free = |slot: &&Slot| slot.taken().is_none();
    let slot = CHANGED.iter().find(free).ok_or(Errno::MFILE)?;
    let found = sys::terminal_attributes(fd)?;
    slot.take(fcntl_dupfd_cloexec(fd, 3)?, device, found);
    deaths::prepare(restore);
    Ok(slot)
}

/// Attributes with a mode. The flags are those of C's `cfmakeraw`, which `golang.org/x/term`
/// sets as well, and of that package's `ReadPassword` (term_unix.go).
fn with_mode(mut found: termios, mode: u32) -> termios {
    if mode & terminal_mode::RAW != 0 {
        found.c_iflag &= !(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        found.c_oflag &= !OPOST;
        found.c_lflag &= !(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        found.c_cflag = found.c_cflag & !(CSIZE | PARENB) | CS8;
        found.c_cc[VMIN as usize] = 1;
        found.c_cc[VTIME as usize] = 0;
    }
    if mode & terminal_mode::NO_ECHO != 0 {
        found.c_lflag = found.c_lflag & !ECHO | ICANON | ISIG;
        found.c_iflag |= ICRNL;
    }
    found
}

/// Restores all terminals, if the process is in the foreground. May run in a handler, and twice.
fn restore() {
    for slot in &CHANGED {
        if let Some((fd, found)) = slot.taken()
            && !is_in_background(fd)
        {
            let _ = sys::set_terminal_attributes(fd, found);
        }
    }
}

/// Whether another process group has the terminal. A terminal that isn't the process's controlling
/// terminal has no foreground.
fn is_in_background(fd: BorrowedFd<'_>) -> bool {
    match (tcgetpgrp(fd), getpgid(None)) {
        (Ok(foreground), Ok(own)) => foreground != own,
        _ => false,
    }
}

/// Forgets all changes, for the next test.
#[cfg(test)]
pub fn forget() {
    CHANGED.iter().for_each(Slot::give_back);
}

#[cfg(test)]
#[path = "terminals_tests.rs"]
mod tests;
