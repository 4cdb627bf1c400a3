//! seccomp: allows the system calls that the policy can need; any other call kills the
//! process. Invariant: the filter is installed last, since it forbids the calls that set up
//! the other layers.

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

/// Leaves the process the system calls for `needs`.
///
/// # Errors
/// When the kernel refuses, has no such filters, or another filter forbids to add one.
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

/// Installs a filter: by `prctl` if the kernel has no `seccomp` (Linux before 3.17), or a
/// container doesn't know that call.
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

/// Whether the answer means that there are no filters. It may come from the kernel, an emulator
/// or a container's filter; no kernel answers EPERM to a process with no_new_privs.
fn is_absent(error: Host) -> bool {
    [Host::NOSYS, Host::INVAL, Host::PERM].contains(&error)
}
