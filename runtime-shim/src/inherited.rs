//! Descriptors that the process inherits from its parent and that nobody has granted.
//!
//! Invariant: once [`close_descriptors`] has returned, 0, 1 and 2 are the only descriptors
//! that may be open, and the sockets that `policy/passed.rs` has found. So the guest inherits three
//! streams, those sockets if they are granted, and nothing else.
//!
//! What else a parent can pass on is dealt with elsewhere: [`crate::traps`] unblocks the
//! signals that must arrive, [`crate::privileges`] drops capabilities, and
//! `policy/privileged.rs` refuses what the caller of a set-user-ID program would choose.

use crate::sys;
use core::mem::MaybeUninit;
use rustix::fd::{AsRawFd, RawFd};
use rustix::fs::{CWD, Mode, OFlags, PROC_SUPER_MAGIC, RawDir, fstatfs, openat};
use rustix::process::{Resource, getrlimit};

/// The lowest number that isn't a standard descriptor.
pub const FIRST: RawFd = 3;

/// Without a list of the open descriptors, numbers below this are tried: Linux's default for
/// the most descriptors of a process (`fs.nr_open`).
const MOST: u64 = 1 << 20;

/// Closes all descriptors but the standard ones, and the `kept` ones that follow them. To be called
/// before anything is opened.
pub fn close_descriptors(kept: u32) {
    let first = FIRST + kept.cast_signed();
    // close_range exists since Linux 5.9, and some containers forbid calls that they don't
    // know.
    if sys::close_from(first.cast_unsigned()) < 0 && close_listed(first).is_none() {
        close_all(first);
    }
}

/// Closes the descriptors from `first` on that procfs lists; `None` where there is no procfs. Linux lists them
/// by number, whichever of them are closed meanwhile (`proc_readfd_common` in fs/proc/fd.c).
fn close_listed(first: RawFd) -> Option<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let list = openat(CWD, c"/proc/self/fd", flags, Mode::empty()).ok()?;
    if fstatfs(&list).ok()?.f_type != PROC_SUPER_MAGIC {
        return None;
    }
    let mut buffer = [MaybeUninit::uninit(); 1024];
    let mut entries = RawDir::new(&list, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry.ok()?;
        let name = str::from_utf8(entry.file_name().to_bytes()).ok();
        // `.` and `..` aren't numbers.
        let number = name.and_then(|name| name.parse::<RawFd>().ok());
        if let Some(number) = number.filter(|&fd| fd >= first && fd != list.as_raw_fd()) {
            close(number);
        }
    }
    Some(())
}

/// Closes all numbers from `first` on that a descriptor of the process may have.
fn close_all(first: RawFd) {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(MOST).min(MOST);
    for number in first..most as RawFd {
        close(number);
    }
}

fn close(number: RawFd) {
    // SAFETY: the runtime has opened nothing yet but what the caller spares, so nobody owns
    // the descriptor. A number that isn't open is no error.
    let _ = unsafe { rustix::io::try_close(number) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;
    use std::vec::Vec;

    /// The test runs itself again in a process of its own, beside which nothing else runs.
    #[test]
    fn each_way_closes_all_but_the_standard_ones_and_those_kept() {
        const WAY: &str = "WASI_AOT_SHIM_CLOSE";
        if let Ok(way) = std::env::var(WAY) {
            let files: Vec<File> = (0..300).map(|_| File::open("/").unwrap()).collect();
            core::mem::forget(files);
            match way.as_str() {
                "listed" => close_listed(FIRST + 2).unwrap(),
                "all" => close_all(FIRST + 2),
                _ => close_descriptors(2),
            }
            let open = (0..1024).filter(|&fd| {
                // SAFETY: the number is only passed to `fcntl`, which fails if it isn't open.
                let fd = unsafe { rustix::fd::BorrowedFd::borrow_raw(fd) };
                rustix::io::fcntl_getfd(fd).is_ok()
            });
            let code = i32::from(!open.eq(0..5));
            // No destructors: they would miss what is closed.
            sys::exit_group(code)
        }
        for way in ["listed", "all", "best"] {
            let mut command = Command::new(std::env::current_exe().unwrap());
            let name = "inherited::tests::each_way_closes_all_but_the_standard_ones_and_those_kept";
            command.args(["--exact", name, "--nocapture"]);
            let ended = command.env(WAY, way).output().unwrap().status;
            assert_eq!((ended.code(), ended.signal()), (Some(0), None), "{way}");
        }
    }
}
