//! Attempts to change mappings: code, read-only data and the guards around linear memory.

use super::{Attempt, CODE, DENIED, attempt};
use anyhow::{Context, Result};
use harness::fences::Outcome::{self, Fails, Killed, Works};
use object::elf;
use object::read::elf::{ElfFile64, ProgramHeader};
use std::path::Path;

/// Addresses on x86-64 (`contract/src/layout.rs`): of read-only data, of the guard below linear
/// memory, and beyond the largest memory.
const READ_ONLY: &str = "0x400000";
const GUARD: &str = "0xfff0000";
const BEYOND: &str = "0x110000000";

/// Attempts that change mappings. Landlock doesn't see them.
pub fn attempts() -> Vec<Attempt> {
    let (map, protect) = (libc::SYS_mmap, libc::SYS_mprotect);
    let (unmap, remap) = (libc::SYS_munmap, libc::SYS_mremap);
    let anonymous = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let fixed = anonymous | libc::MAP_FIXED;
    let call = |name, calls: String, seccomp| attempt(name, &calls, Works, seccomp);
    let sealed = |name, calls: String, seccomp| call(name, calls, seccomp).memory(sealed());
    vec![
        // This made data executable when a page of code had room after it.
        call(
            "grow a mapping by mremap",
            format!("{map} 0 4096 3 {anonymous} -1 0 -- {remap} = 4096 65536 1"),
            Killed,
        ),
        sealed(
            "ask mremap for code",
            format!("{remap} {CODE} 4096 4096 1"),
            Killed,
        ),
        sealed(
            "change how code is protected",
            format!("{protect} {CODE} 4096 5"),
            Killed,
        ),
        call(
            "make code writable",
            format!("{protect} {CODE} 4096 7"),
            Killed,
        )
        .memory(no_new_code()),
        sealed(
            "make read-only data writable",
            format!("{protect} {READ_ONLY} 4096 3"),
            Works,
        ),
        sealed(
            "map over the guard below the memory",
            format!("{map} {GUARD} 65536 3 {fixed} -1 0"),
            Killed,
        ),
        sealed(
            "remove the guard below the memory",
            format!("{unmap} {GUARD} 65536"),
            Works,
        ),
        sealed(
            "open the guard below the memory",
            format!("{protect} {GUARD} 65536 3"),
            Works,
        ),
        sealed(
            "open what lies beyond the memory",
            format!("{protect} {BEYOND} 65536 3"),
            Works,
        ),
        sealed(
            "remove what lies beyond the memory",
            format!("{unmap} {BEYOND} 65536"),
            Works,
        ),
    ]
}

/// The outcome of a change behind mseal, if the kernel has mseal.
fn sealed() -> Outcome {
    if can_seal() {
        Fails(libc::EPERM)
    } else {
        Works
    }
}

/// Whether the kernel has mseal. A call for no bytes succeeds then.
pub fn can_seal() -> bool {
    const MSEAL: libc::c_long = 462;
    // SAFETY: a range of no bytes seals nothing.
    unsafe { libc::syscall(MSEAL, 0usize, 0usize, 0usize) == 0 }
}

/// The outcome of making new code behind PR_SET_MDWE, if the kernel has it.
pub fn no_new_code() -> Outcome {
    // SAFETY: the call takes no pointers.
    let can = unsafe { libc::prctl(libc::PR_GET_MDWE, 0, 0, 0, 0) >= 0 };
    if can { DENIED } else { Works }
}

/// The first whole page of code in an executable.
pub fn code(program: &Path) -> Result<u64> {
    let bytes = std::fs::read(program)?;
    let file = ElfFile64::<object::Endianness>::parse(&*bytes)?;
    let endian = file.endian();
    let mut headers = file.elf_program_headers().iter();
    let code = headers
        .find(|header| {
            header.p_type(endian) == elf::PT_LOAD && header.p_flags(endian) & elf::PF_X != 0
        })
        .context("the executable has no code")?;
    Ok(code.p_vaddr(endian).next_multiple_of(4096))
}
