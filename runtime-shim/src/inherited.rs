//! Descriptors that the process inherits from its parent and that nobody has granted.
//!
//! Invariant: once [`close_descriptors`] has returned, 0, 1 and 2 are the only descriptors
//! that may be open. So the guest inherits three streams and nothing else.
//!
//! What else a parent can pass on is dealt with elsewhere: [`crate::traps`] unblocks the
//! signals that must arrive, [`crate::privileges`] drops capabilities, and
//! `policy/privileged.rs` refuses what the caller of a set-user-ID program would choose.

use crate::sys;
use core::mem::MaybeUninit;
use rustix::fd::{AsRawFd, RawFd};
use rustix::fs::{CWD, Mode, OFlags, PROC_SUPER_MAGIC, RawDir, fstatfs, openat};
use rustix::process::{Resource, getrlimit};

/// The lowest number that is closed.
const FIRST: RawFd = 3;

/// Without a list of the open descriptors, numbers below this are tried: Linux's default for
/// the most descriptors of a process (`fs.nr_open`).
const MOST: u64 = 1 << 20;

/// Closes all descriptors but the standard ones. To be called before anything is opened.
pub fn close_descriptors() {
    // close_range exists since Linux 5.9, and some containers forbid calls that they don't
    // know.
    if sys::close_from(FIRST as u32) < 0 && close_listed().is_none() {
        close_all();
    }
}

/// Closes the descriptors that procfs lists; `None` where there is no procfs. Linux lists them
/// by number, whichever of them are closed meanwhile (`proc_readfd_common` in fs/proc/fd.c).
fn close_listed() -> Option<()> {
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
        if let Some(number) = number.filter(|&fd| fd >= FIRST && fd != list.as_raw_fd()) {
            close(number);
        }
    }
    Some(())
}

/// Closes all numbers that a descriptor of the process may have.
fn close_all() {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(MOST).min(MOST);
    for number in FIRST..most as RawFd {
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
    fn each_way_closes_all_but_the_standard_ones() {
        const WAY: &str = "WASI_AOT_SHIM_CLOSE";
        if let Ok(way) = std::env::var(WAY) {
            let files: Vec<File> = (0..300).map(|_| File::open("/").unwrap()).collect();
            core::mem::forget(files);
            match way.as_str() {
                "listed" => close_listed().unwrap(),
                _ => close_all(),
            }
            let open = (0..1024).filter(|&fd| {
                // SAFETY: only asked what it is, which is answered for any number.
                let fd = unsafe { rustix::fd::BorrowedFd::borrow_raw(fd) };
                rustix::io::fcntl_getfd(fd).is_ok()
            });
            let code = i32::from(!open.eq(0..3));
            // No destructors: they would miss what is closed.
            sys::exit_group(code)
        }
        for way in ["listed", "all"] {
            let mut command = Command::new(std::env::current_exe().unwrap());
            let name = "inherited::tests::each_way_closes_all_but_the_standard_ones";
            command.args(["--exact", name, "--nocapture"]);
            let ended = command.env(WAY, way).output().unwrap().status;
            assert_eq!((ended.code(), ended.signal()), (Some(0), None), "{way}");
        }
    }
}
