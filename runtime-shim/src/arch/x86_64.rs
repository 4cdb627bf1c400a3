//! x86-64: System V ABI, Linux system calls by `syscall`.

use super::{IntervalTimer, Registers, SignalAction, SignalStack};
use core::arch::{asm, naked_asm};
use wasi_aot_contract::module::CPU_X86_64_V2;

const SYS_RT_SIGACTION: usize = 13;
const SYS_RT_SIGRETURN: usize = 15;
const SYS_SETITIMER: usize = 38;
const SYS_SIGALTSTACK: usize = 131;
const SYS_EXIT_GROUP: usize = 231;

/// uapi `asm/signal.h`: the kernel insists on a restorer on this architecture.
const SA_RESTORER: u64 = 0x0400_0000;

/// The executable's entry point. The kernel passes argc, argv, envp and the
/// auxiliary vector on the stack and nothing in registers; rsp is a multiple of
/// 16, so that the call leaves it as the ABI has it at a function's start.
#[cfg(not(test))]
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    naked_asm!(
        "xor ebp, ebp", // the end of the chain of frames
        "mov rdi, rsp",
        "call {start}",
        "ud2",
        start = sym crate::start::start,
    )
}

/// Calls `entry` on the stack that ends at `stack_top` (a multiple of 16) and
/// exits with code 0 when it returns. Nothing of the caller is kept: the module
/// may destroy every register, the pinned one (r15) among them.
///
/// # Safety
/// `entry` is the module's entry, and the memory below `stack_top` is a stack
/// that nothing else uses.
#[unsafe(naked)]
pub unsafe extern "C" fn enter(entry: u64, stack_top: u64) -> ! {
    naked_asm!(
        "mov rsp, rsi",
        "xor ebp, ebp", // the end of the chain of frames
        "call rdi",
        "xor edi, edi",
        "mov eax, {exit_group}",
        "syscall",
        "ud2",
        exit_group = const SYS_EXIT_GROUP,
    )
}

/// Ends the process with the lower 8 bits of `code`.
pub fn exit_group(code: i32) -> ! {
    // SAFETY: the call takes no pointers and doesn't return.
    unsafe {
        asm!(
            "syscall",
            "ud2",
            in("rax") SYS_EXIT_GROUP,
            in("edi") code,
            options(noreturn, nostack),
        )
    }
}

/// Sets what happens on `signal`; returns 0 or a negative errno. The restorer
/// is filled in.
///
/// # Safety
/// `action.handler` is SIG_DFL, SIG_IGN or a handler as `action.flags` say.
pub unsafe fn rt_sigaction(signal: i32, mut action: SignalAction) -> isize {
    action.flags |= SA_RESTORER;
    action.restorer = sigreturn as *const () as usize;
    let result;
    // SAFETY: the kernel reads one action through the pointer and writes none,
    // as the pointer for the old action is null; rcx and r11 are what `syscall`
    // itself destroys.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") SYS_RT_SIGACTION => result,
            in("rdi") signal as isize,
            in("rsi") &raw const action,
            in("rdx") 0,
            in("r10") size_of::<u64>(), // of the signal mask
            lateout("rcx") _,
            lateout("r11") _,
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
            "syscall",
            inlateout("rax") SYS_SIGALTSTACK => result,
            in("rdi") &raw const stack,
            in("rsi") 0,
            lateout("rcx") _,
            lateout("r11") _,
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
            "syscall",
            inlateout("rax") SYS_SETITIMER => result,
            in("rdi") which,
            in("rsi") &raw const timer,
            in("rdx") 0,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack, readonly),
        );
    }
    result
}

/// Where a handler returns to.
#[unsafe(naked)]
unsafe extern "C" fn sigreturn() {
    naked_asm!(
        "mov eax, {rt_sigreturn}",
        "syscall",
        rt_sigreturn = const SYS_RT_SIGRETURN,
    )
}

/// `ucontext_t` up to the general registers (uapi `asm/ucontext.h` and
/// `asm/sigcontext.h`).
#[repr(C)]
pub struct SignalContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    /// r8 to r15, then rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip.
    registers: [u64; 17],
}

impl SignalContext {
    const RBP: usize = 10;
    const RIP: usize = 16;

    pub fn registers(&self) -> Registers {
        Registers {
            pc: self.registers[Self::RIP],
            frame_pointer: self.registers[Self::RBP],
        }
    }
}

/// Bits of CPUID leaf 1's ecx that make up [`CPU_X86_64_V2`].
const V2_FEATURES: [(u32, &str); 5] = [
    (0, "SSE3"),
    (9, "SSSE3"),
    (19, "SSE4.1"),
    (20, "SSE4.2"),
    (23, "POPCNT"),
];

/// The name of a feature in `needed` (bits of `CPU_*`) that this processor
/// doesn't have.
pub fn missing_cpu_feature(needed: u32) -> Option<&'static str> {
    if needed & !CPU_X86_64_V2 != 0 {
        return Some("a feature that this runtime does not know");
    }
    if needed == 0 {
        return None;
    }
    missing_of_v2(core::arch::x86_64::__cpuid(1).ecx)
}

fn missing_of_v2(ecx: u32) -> Option<&'static str> {
    let missing = V2_FEATURES.iter().find(|(bit, _)| ecx >> bit & 1 == 0);
    missing.map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_where_the_kernel_puts_them() {
        // uc_flags, uc_link and uc_stack take 40 bytes.
        let base = core::mem::offset_of!(SignalContext, registers);
        assert_eq!(base, 40);
        assert_eq!(base + SignalContext::RBP * 8, 120);
        assert_eq!(base + SignalContext::RIP * 8, 168);
    }

    #[test]
    fn the_first_missing_feature_is_named() {
        assert_eq!(missing_of_v2(u32::MAX), None);
        assert_eq!(missing_of_v2(!(1 << 20)), Some("SSE4.2"));
        assert_eq!(missing_of_v2(0), Some("SSE3"));
        assert_eq!(missing_cpu_feature(0), None);
        assert!(missing_cpu_feature(1 << 31).is_some());
    }
}
