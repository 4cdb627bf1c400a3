//! The runtime of wasi-aot's executables: process start, linear memory, traps
//! and WASI preview 1 on Linux, without libc and without allocation.
//!
//! Everything here runs on the process's only thread: on the kernel's stack
//! until [`arch::enter`], on the native stack ([`stack`]) when the module calls,
//! on the signal stack in [`traps`] and [`preempt`]. State is kept in atomics with relaxed
//! ordering for the language's sake, not for other threads'.
//!
//! Unit tests run on the host's std, which has its own memcpy, panic handler
//! and entry point; what would clash is left out of them.
#![cfg_attr(not(test), no_std)]
// `expect` says which invariant is broken; tests may `unwrap`.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]
#![cfg_attr(
    test,
    allow(
        dead_code,
        reason = "what a process does at its start is not part of tests"
    )
)]

mod abi;
#[cfg(feature = "again")]
mod again;
mod arch;
mod compare_bytes;
#[cfg(feature = "corrupt")]
mod corrupt;
mod cpu_limit;
mod harden;
mod inherited;
mod libc_mem;
mod linear_memory;
mod manifest;
#[cfg(not(test))]
mod panic;
mod pieces;
mod policy;
mod preempt;
mod privileges;
mod process;
mod report;
#[cfg(test)]
mod sandbox_tests;
mod shim_memory;
mod stack;
mod start;
mod sys;
mod tables;
mod traps;
mod wasi;
