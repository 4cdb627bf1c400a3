//! The flags that rustc gets for each target.

use wasi_aot_contract::target::{Arch, Target};

/// Traps' backtraces follow frame pointers; the image is linked at a fixed address;
/// nothing unwinds.
const FLAGS: [&str; 3] = [
    "-Crelocation-model=static",
    "-Cforce-frame-pointers=yes",
    "-Cforce-unwind-tables=no",
];

/// The flags for a target, the same on every machine.
pub fn flags(target: Target) -> impl Iterator<Item = &'static str> {
    let own: &[&str] = match target.arch() {
        Arch::X86_64 => &[],
        // Atomics are instructions of Armv8.0. Out-of-line atomics are calls that choose
        // between these instructions and those of LSE. The calls would need a C library that
        // defines them.
        Arch::Aarch64 => &["-Ctarget-feature=-outline-atomics"],
    };
    FLAGS.into_iter().chain(own.iter().copied())
}
