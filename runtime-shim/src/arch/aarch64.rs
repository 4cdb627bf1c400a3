//! aarch64: AAPCS64, Linux system calls by `svc 0`.

use super::Registers;
use core::arch::aarch64::{
    vceqq_u8, vdupq_n_u8, vget_lane_u64, vreinterpret_u64_u8, vreinterpretq_u16_u8, vshrn_n_u16,
};
use core::arch::{asm, naked_asm};
use wasi_aot_contract::cpu::{Features, Words, aarch64};

/// Defines the executable's entry point, which calls `$start` with the initial stack
/// pointer. The kernel passes argc, argv, envp and the auxiliary vector on the stack and
/// nothing in registers.
#[cfg(not(test))]
macro_rules! define_entry_point {
    ($start:path) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start() -> ! {
            core::arch::naked_asm!(
                "mov x29, xzr", // the end of the chain of frames
                "mov x30, xzr",
                "mov x0, sp",
                "bl {start}",
                "udf #0",
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
        "mov sp, x1",
        "mov x29, xzr", // the end of the chain of frames
        "mov x30, xzr",
        "str x2, [sp, #-16]!",
        "blr x0",
        "ldr x8, [sp]",
        "blr x8",
        "udf #0",
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
    // SAFETY: the caller's promise covers memory; the kernel keeps all registers
    // but x0.
    unsafe {
        asm!(
            "svc #0",
            in("x8") number as usize,
            inlateout("x0") args[0] => result,
            in("x1") args[1],
            in("x2") args[2],
            in("x3") args[3],
            in("x4") args[4],
            in("x5") args[5],
            options(nostack),
        );
    }
    result
}

/// The flag of a signal's action that has a restorer, and the restorer. There is none here:
/// the kernel returns from handlers through the vDSO.
pub fn signal_restorer() -> (u64, usize) {
    (0, 0)
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

/// The bytes that the functions for memory move or compare at a time.
pub use core::arch::aarch64::uint8x16_t as Block;

/// A block of bytes that are all `value`.
#[inline(always)]
pub fn splat(value: u8) -> Block {
    // SAFETY: NEON belongs to the architecture.
    unsafe { vdupq_n_u8(value) }
}

/// Bits that [`equals`] has for each byte.
pub const GROUP: usize = 4;

/// Which bytes of two blocks are equal: a group of [`GROUP`] bits for each, in
/// order from the lowest on, all ones or all zeroes.
#[inline(always)]
pub fn equals(x: Block, y: Block) -> u64 {
    // SAFETY: NEON belongs to the architecture. The shift drops four bits at
    // either end of each pair of bytes, which leaves four for each byte.
    unsafe {
        let narrowed = vshrn_n_u16::<4>(vreinterpretq_u16_u8(vceqq_u8(x, y)));
        vget_lane_u64::<0>(vreinterpret_u64_u8(narrowed))
    }
}

/// Copies `n` bytes in ascending order by an instruction for copying, if the architecture has
/// such an instruction, and returns whether it has. On aarch64 none is used: always false.
///
/// # Safety
/// None is needed here; other architectures need what their `copy_string` says.
#[inline(always)]
pub unsafe fn copy_string(_dst: *mut u8, _src: *const u8, _n: usize) -> bool {
    false
}

/// Sets `n` bytes to `value` by an instruction for filling, if the architecture has such an
/// instruction, and returns whether it has. On aarch64 none is used: always false.
///
/// # Safety
/// As for [`copy_string`].
#[inline(always)]
pub unsafe fn fill_string(_dst: *mut u8, _value: u8, _n: usize) -> bool {
    false
}

/// The features that processors of this kind may have.
pub use aarch64::CPU;

/// The machine's feature words. They cover all features, because the kernel has put them into
/// the auxiliary vector.
pub fn processor(_set: Features) -> Words {
    let (hwcap, _) = rustix::param::linux_hwcap();
    let mut words = Words::default();
    words[aarch64::HWCAP] = hwcap as u64;
    words
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
