//! x86-64: System V ABI, Linux system calls by `syscall`.

use super::Registers;
use core::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_set1_epi8};
use core::arch::{asm, naked_asm};
use linux_raw_sys::general::__NR_rt_sigreturn;
use wasi_aot_contract::cpu::{Features, Words, x86_64};

/// uapi `asm/signal.h`.
const SA_RESTORER: u64 = 0x0400_0000;

/// Defines the executable's entry point, which calls `$start` with the initial stack
/// pointer. The kernel passes argc, argv, envp and the auxiliary vector on the stack and
/// nothing in registers. rsp is a multiple of 16 there, so that the call leaves it as the
/// ABI has it at a function's start.
#[cfg(not(test))]
macro_rules! define_entry_point {
    ($start:path) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start() -> ! {
            core::arch::naked_asm!(
                "xor ebp, ebp", // the end of the chain of frames
                "mov rdi, rsp",
                "call {start}",
                "ud2",
                start = sym $start,
            )
        }
    };
}
#[cfg(not(test))]
pub(crate) use define_entry_point;

/// Calls `entry` on the stack that ends at `stack_top` (a multiple of 16), and `ended` when it
/// returns. No register is saved: the module may change all of them.
///
/// # Safety
/// `entry` is the module's entry, and the memory below `stack_top` is a stack
/// that nothing else uses.
#[unsafe(naked)]
pub unsafe extern "C" fn enter(entry: u64, stack_top: u64, ended: extern "C" fn() -> !) -> ! {
    naked_asm!(
        "mov rsp, rsi",
        "push rdx", // twice, for the alignment of the stack
        "push rdx",
        "xor ebp, ebp", // the end of the chain of frames
        "call rdi",
        "call [rsp]",
        "ud2",
    )
}

/// Makes the system call `number` and returns what the kernel does: a negative
/// errno for a failure.
///
/// # Safety
/// The kernel may read and write what it reads and writes for this call through pointers among
/// `args`.
pub unsafe fn system_call(number: u32, args: [usize; 6]) -> isize {
    let result;
    // SAFETY: the caller's promise covers memory; `syscall` itself changes only rcx and r11.
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

/// The flag of a signal's action that has a restorer, and the restorer: the function that a
/// handler returns to. On x86-64 the kernel requires a restorer.
pub fn signal_restorer() -> (u64, usize) {
    (SA_RESTORER, sigreturn as *const () as usize)
}

/// Ends a handler.
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

/// The bytes that the functions for memory move or compare at a time.
pub use core::arch::x86_64::__m128i as Block;

/// A block of bytes that are all `value`.
#[inline(always)]
pub fn splat(value: u8) -> Block {
    // SAFETY: SSE2 belongs to the architecture.
    unsafe { _mm_set1_epi8(value.cast_signed()) }
}

/// Bits that [`equals`] has for each byte.
pub const GROUP: usize = 1;

/// Which bytes of two blocks are equal: a group of [`GROUP`] bits for each, in
/// order from the lowest on, all ones or all zeroes.
#[inline(always)]
pub fn equals(x: Block, y: Block) -> u64 {
    // SAFETY: SSE2 belongs to the architecture.
    let mask = unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) };
    u64::from(mask.cast_unsigned())
}

/// Copies `n` bytes in ascending order by an instruction for copying, if the architecture has
/// such an instruction, and returns whether it has. On x86-64 always true: `rep movsb` takes
/// some tens of cycles to get going and then moves a cache line at a time.
///
/// # Safety
/// `src` is readable and `dst` writable for `n` bytes, and copying in ascending order
/// reads no byte that was written before.
#[inline(always)]
pub unsafe fn copy_string(dst: *mut u8, src: *const u8, n: usize) -> bool {
    // SAFETY: the ABI has the direction flag clear, so the order is ascending; the rest is
    // the caller's promise.
    unsafe {
        asm!(
            "rep movsb",
            inout("rcx") n => _,
            inout("rdi") dst => _,
            inout("rsi") src => _,
            options(nostack, preserves_flags),
        );
    }
    true
}

/// Sets `n` bytes to `value` by an instruction for filling, if the architecture has such an
/// instruction, and returns whether it has. On x86-64 always true.
///
/// # Safety
/// `dst` is writable for `n` bytes.
#[inline(always)]
pub unsafe fn fill_string(dst: *mut u8, value: u8, n: usize) -> bool {
    // SAFETY: the ABI has the direction flag clear; the instruction stores n
    // bytes in ascending order.
    unsafe {
        asm!(
            "rep stosb",
            inout("rcx") n => _,
            inout("rdi") dst => _,
            in("al") value,
            options(nostack, preserves_flags),
        );
    }
    true
}

/// The features that processors of this kind may have.
pub use x86_64::CPU;

/// The machine's feature words for the features in `set`.
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
