//! seccomp: the system calls that the policy can need, and death for any other.

use super::filter::Program;
use super::{Failure, Needs, calls};
use crate::arch::{AUDIT_ARCH, system_call};
use crate::sys::checked;
use linux_raw_sys::general::__NR_seccomp;
use linux_raw_sys::ptrace::sock_filter;
use rustix::io::Errno as Host;
use rustix::process::getpid;

pub const NAME: &str = "seccomp";

/// The operation that takes a filter (uapi `linux/seccomp.h`).
const SET_MODE_FILTER: usize = 1;

/// `struct sock_fprog` (uapi `linux/filter.h`).
#[repr(C)]
struct FilterProgram {
    len: u16,
    filter: *const sock_filter,
}

/// Leaves the process what `needs` say. Does nothing where the kernel has no such
/// filters.
///
/// # Errors
/// When the kernel refuses.
pub fn install(needs: Needs) -> Result<(), Failure> {
    let process = getpid().as_raw_nonzero().get().cast_unsigned();
    let program = Program::new(AUDIT_ARCH, calls::allowed(needs, process));
    let instructions = program.instructions();
    let argument = FilterProgram {
        len: instructions.len() as u16,
        filter: instructions.as_ptr(),
    };
    instructions.as_ptr().expose_provenance();
    let at = (&raw const argument).expose_provenance();
    // SAFETY: the kernel reads the structure, and the instructions that it counts.
    let result = unsafe { system_call(__NR_seccomp, [SET_MODE_FILTER, 0, at, 0, 0, 0]) };
    match checked(result) {
        Ok(_) => Ok(()),
        // A kernel before 3.17, or built without; emulators.
        Err(Host::NOSYS | Host::INVAL) => Ok(()),
        Err(error) => Err(Failure {
            layer: NAME,
            step: "installing the filter",
            error,
        }),
    }
}
