//! The runtime of wasi-aot's executables: process start, linear memory, traps
//! and WASI preview 1 on Linux, without libc and without allocation.
#![cfg_attr(not(test), no_std)]

mod memory;
mod report;
mod start;
