//! What the parent process leaves behind and the policy doesn't grant.
//!
//! Invariant: once [`close_descriptors`] has returned, 0, 1 and 2 are the only descriptors
//! that may be open.

use crate::sys;
use core::mem::MaybeUninit;
use rustix::fd::{AsRawFd, RawFd};
use rustix::fs::{CWD, Mode, OFlags, PROC_SUPER_MAGIC, RawDir, fstatfs, openat};
use rustix::process::{Resource, getrlimit};

/// The lowest that is closed.
const FIRST: RawFd = 3;

/// Without a list of what is open, numbers up to this are tried: Linux's default for the
/// most that a process may have (`fs.nr_open`).
const MOST: u64 = 1 << 20;

/// Closes all descriptors but the standard ones. Before anything is opened.
pub fn close_descriptors() {
    // Since Linux 5.9; some containers forbid what they don't know.
    if sys::close_from(FIRST as u32) < 0 && close_listed().is_none() {
        close_all();
    }
}

/// Closes those that procfs lists; `None` where there is no procfs. Linux lists them by
/// number, whichever are closed meanwhile (`proc_readfd_common` in fs/proc/fd.c).
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
        // `.` and `..` are no numbers.
        let number = name.and_then(|name| name.parse::<RawFd>().ok());
        if let Some(number) = number.filter(|&fd| fd >= FIRST && fd != list.as_raw_fd()) {
            close(number);
        }
    }
    Some(())
}

/// Closes all numbers that the process may have given out.
fn close_all() {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(MOST).min(MOST);
    for number in FIRST..most as RawFd {
        close(number);
    }
}

fn close(number: RawFd) {
    // SAFETY: nothing has been opened yet but what the caller spares, so nobody owns it.
    // That it isn't open is no error.
    let _ = unsafe { rustix::io::try_close(number) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;
    use std::vec::Vec;

    /// In a process of its own, this test again, which nothing else runs beside.
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
