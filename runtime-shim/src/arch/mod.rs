//! What differs between processors: the entry point, the switch to the native stack, how
//! the kernel is called and how a signal's handler returns, the registers that a signal
//! saves, the instructions for blocks of bytes, and how features are asked for.
//!
//! Each file has the same items in the same order, and no other file of the runtime depends
//! on `target_arch`.

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod this;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod this;

pub use this::*;

/// Where a signal interrupted the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    pub pc: u64,
    pub frame_pointer: u64,
}
