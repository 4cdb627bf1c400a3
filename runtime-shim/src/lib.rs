//! The runtime of wasi-aot's executables: process start, linear memory, traps
//! and WASI preview 1 on Linux, without libc and without allocation.
//!
//! The modules form layers. A module uses only modules of its own line and of the lines above,
//! and no two modules use each other:
//!
//! | layer | modules |
//! |---|---|
//! | processor and kernel | [`arch`], [`sys`], [`process`], [`manifest`], `tables`, `shim_memory` |
//! | functions for bytes, called by compiled code | `pieces`, `compare_bytes`, `libc_mem` |
//! | messages and the end | [`report`], `panic` |
//! | memory and stack | [`linear_memory`], [`stack`], `inherited` |
//! | what guest and runtime exchange | [`abi`] |
//! | faults, timers, signals | [`traps`], [`preempt`], `cpu_limit`, [`quit`], [`signals`] (for tests `again`) |
//! | the two fences | [`policy`], [`harden`], `privileges` (for tests `corrupt`) |
//! | the calls of preview 1, then those of `wasi_aot_os_1` | [`wasi`], [`os`] |
//! | what only some policies need | `parts` |
//! | the order of the start | [`start`] |
//!
//! Everything runs on the process's only thread: on the kernel's stack until
//! [`arch::enter`], on the native stack ([`stack`]) when the module calls, on the signal
//! stack in [`traps`], [`preempt`] and `cpu_limit`. State is kept in atomics with relaxed
//! ordering because the language asks for it; there is no other thread.
//!
//! Unit tests run with the host's std, which has its own memcpy, panic handler and entry
//! point. The items that would clash with these are left out of tests.
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
mod deaths;
mod ending;
mod harden;
mod inherited;
mod libc_mem;
mod linear_memory;
mod manifest;
mod os;
#[cfg(not(test))]
mod panic;
mod parts;
mod pieces;
mod policy;
mod preempt;
mod privileges;
mod process;
mod quit;
mod report;
#[cfg(test)]
mod sandbox_tests;
mod shim_memory;
mod signals;
mod stack;
mod start;
mod sys;
mod tables;
mod terminals;
mod traps;
mod wasi;
