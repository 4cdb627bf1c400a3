//! aarch64: AAPCS64, Linux system calls by `svc 0`.

use super::{IntervalTimer, Registers, SignalAction, SignalStack};
use core::arch::{asm, naked_asm};

const SYS_EXIT_GROUP: usize = 94;
const SYS_SETITIMER: usize = 103;
const SYS_SIGALTSTACK: usize = 132;
const SYS_RT_SIGACTION: usize = 134;

/// The executable's entry point. The kernel passes argc, argv, envp and the
/// auxiliary vector on the stack and nothing in registers.
#[cfg(not(test))]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    naked_asm!(
        "mov x29, xzr", // the end of the chain of frames
        "mov x30, xzr",
        "mov x0, sp",
        "bl {start}",
        "udf #0",
        start = sym crate::start::start,
    )
}

/// Calls `entry` on the stack that ends at `stack_top` (a multiple of 16) and
/// exits with code 0 when it returns. Nothing of the caller is kept: the module
/// may destroy every register, the pinned one (x21) among them.
///
/// # Safety
/// `entry` is the module's entry, and the memory below `stack_top` is a stack
/// that nothing else uses.
#[unsafe(naked)]
pub unsafe extern "C" fn enter(entry: u64, stack_top: u64) -> ! {
    naked_asm!(
        "mov sp, x1",
        "mov x29, xzr", // the end of the chain of frames
        "mov x30, xzr",
        "blr x0",
        "mov x0, xzr",
        "mov x8, {exit_group}",
        "svc #0",
        "udf #0",
        exit_group = const SYS_EXIT_GROUP,
    )
}

/// Ends the process with the lower 8 bits of `code`.
pub fn exit_group(code: i32) -> ! {
    // SAFETY: the call takes no pointers and doesn't return.
    unsafe {
        asm!(
            "svc #0",
            "udf #0",
            in("x8") SYS_EXIT_GROUP,
            in("w0") code,
            options(noreturn, nostack),
        )
    }
}

/// Sets what happens on `signal`; returns 0 or a negative errno. The kernel
/// returns from handlers through the vDSO, so there is no restorer.
///
/// # Safety
/// `action.handler` is SIG_DFL, SIG_IGN or a handler as `action.flags` say.
pub unsafe fn rt_sigaction(signal: i32, action: SignalAction) -> isize {
    let result;
    // SAFETY: the kernel reads one action through the pointer and writes none,
    // as the pointer for the old action is null.
    unsafe {
        asm!(
            "svc #0",
            in("x8") SYS_RT_SIGACTION,
            inlateout("x0") signal as isize => result,
            in("x1") &raw const action,
            in("x2") 0,
            in("x3") size_of::<u64>(), // of the signal mask
            options(nostack, readonly),
        );
    }
    result
}

/// Sets the stack that signal handlers run on; returns 0 or a negative errno.
///
/// # Safety
/// The stack is writable memory that is used for nothing else from now on.
pub unsafe fn sigaltstack(stack: SignalStack) -> isize {
    let result;
    // SAFETY: the kernel reads one description through the pointer and writes
    // none, as the pointer for the old one is null.
    unsafe {
        asm!(
            "svc #0",
            in("x8") SYS_SIGALTSTACK,
            inlateout("x0") &raw const stack => result,
            in("x1") 0,
            options(nostack, readonly),
        );
    }
    result
}

/// Has a signal sent again and again, as setitimer(2) says; returns 0 or a
/// negative errno.
pub fn setitimer(which: usize, timer: IntervalTimer) -> isize {
    let result;
    // SAFETY: the kernel reads one timer through the pointer and writes none, as
    // the pointer for the old one is null.
    unsafe {
        asm!(
            "svc #0",
            in("x8") SYS_SETITIMER,
            inlateout("x0") which as isize => result,
            in("x1") &raw const timer,
            in("x2") 0,
            options(nostack, readonly),
        );
    }
    result
}

/// `ucontext_t` up to the program counter (uapi `asm/ucontext.h` and
/// `asm/sigcontext.h`): the signal mask is padded to 128 bytes, and the machine
/// context is aligned to 16.
#[repr(C)]
pub struct SignalContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    mask: [u64; 16],
    padding: u64,
    fault_address: u64,
    x: [u64; 31],
    sp: u64,
    pc: u64,
}

impl SignalContext {
    pub fn registers(&self) -> Registers {
        Registers {
            pc: self.pc,
            frame_pointer: self.x[29],
        }
    }
}

/// The name of a feature in `needed` (bits of `CPU_*`) that this processor
/// doesn't have. No bits are defined for aarch64.
pub fn missing_cpu_feature(needed: u32) -> Option<&'static str> {
    (needed != 0).then_some("a feature that this runtime does not know")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_where_the_kernel_puts_them() {
        assert_eq!(core::mem::offset_of!(SignalContext, fault_address), 176);
        assert_eq!(core::mem::offset_of!(SignalContext, x), 184);
    }
}
