//! seccomp: the system calls that the policy can need, and death for any other.

use super::failure::Failure;
use super::filter::Program;
use super::{Needs, calls};
use crate::arch::system_call;
use crate::sys::checked;
use linux_raw_sys::general::{__NR_prctl, __NR_seccomp};
use linux_raw_sys::prctl::PR_SET_SECCOMP;
use linux_raw_sys::ptrace::sock_filter;
use rustix::io::Errno as Host;
use rustix::process::getpid;
use wasi_aot_contract::target::Target;

pub const NAME: &str = "seccomp";

/// The operation of `seccomp`, and the mode of `prctl`, that take a filter (uapi
/// `linux/seccomp.h`).
const SET_MODE_FILTER: usize = 1;
const MODE_FILTER: usize = 2;

/// `struct sock_fprog` (uapi `linux/filter.h`).
#[repr(C)]
struct FilterProgram {
    len: u16,
    filter: *const sock_filter,
}

/// Leaves the process what `needs` say.
///
/// # Errors
/// When the kernel refuses; or has no such filters, or somebody else's filter forbids to
/// add one.
pub fn install(needs: Needs) -> Result<(), Failure> {
    let process = getpid().as_raw_nonzero().get().cast_unsigned();
    let program = Program::new(Target::NATIVE.audit_arch(), calls::allowed(needs, process));
    let step = "installing the filter";
    set_filter(program.instructions()).map_err(|error| {
        if is_absent(error) {
            Failure::absent(NAME, step, error)
        } else {
            Failure::refused(NAME, step, error)
        }
    })
}

/// By `prctl` where there is no `seccomp` (Linux before 3.17), or a container doesn't
/// know it.
fn set_filter(instructions: &[sock_filter]) -> Result<(), Host> {
    let argument = FilterProgram {
        len: instructions.len() as u16,
        filter: instructions.as_ptr(),
    };
    instructions.as_ptr().expose_provenance();
    let at = (&raw const argument).expose_provenance();
    let by_prctl = [PR_SET_SECCOMP as usize, MODE_FILTER, at, 0, 0, 0];
    // SAFETY: the kernel reads the structure, and the instructions that it counts.
    let result = unsafe { system_call(__NR_seccomp, [SET_MODE_FILTER, 0, at, 0, 0, 0]) };
    match checked(result) {
        // SAFETY: as above.
        Err(error) if is_absent(error) => checked(unsafe { system_call(__NR_prctl, by_prctl) }),
        result => result,
    }
    .map(|_| ())
}

/// Whether a kernel says so that has no filters, an emulator, or a container's filter in
/// the kernel's stead: for a process that has given up privileges, as this one, no kernel
/// answers EPERM.
fn is_absent(error: Host) -> bool {
    [Host::NOSYS, Host::INVAL, Host::PERM].contains(&error)
}
