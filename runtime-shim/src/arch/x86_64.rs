//! x86-64: System V ABI, Linux system calls by `syscall`.

use super::Registers;
use crate::sys::SignalAction;
use core::arch::{asm, naked_asm};
use linux_raw_sys::general::{__NR_exit_group, __NR_rt_sigreturn};
use wasi_aot_contract::cpu::{Features, Words, x86_64};

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
        exit_group = const __NR_exit_group,
    )
}

/// Makes the system call `number` and returns what the kernel does: a negative
/// errno for a failure.
///
/// # Safety
/// What the kernel reads and writes for this call through pointers among `args`
/// may be read and written.
pub unsafe fn system_call(number: u32, args: [usize; 6]) -> isize {
    let result;
    // SAFETY: the caller's promise covers memory; rcx and r11 are what `syscall`
    // itself destroys.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as usize => result,
            in("rdi") args[0],
            in("rsi") args[1],
            in("rdx") args[2],
            in("r10") args[3],
            in("r8") args[4],
            in("r9") args[5],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// `action` with what the kernel insists on here, a restorer.
pub fn completed(mut action: SignalAction) -> SignalAction {
    action.flags |= SA_RESTORER;
    action.restorer = sigreturn as *const () as usize;
    action
}

/// Where a handler returns to.
#[unsafe(naked)]
unsafe extern "C" fn sigreturn() {
    naked_asm!(
        "mov eax, {rt_sigreturn}",
        "syscall",
        rt_sigreturn = const __NR_rt_sigreturn,
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

/// What processors of this kind may have.
pub use x86_64::CPU;

/// What the machine says about features in `set`.
pub fn processor(set: Features) -> Words {
    x86_64::read(set)
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
}
