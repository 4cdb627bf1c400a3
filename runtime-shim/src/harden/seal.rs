//! Seals what never changes: code, read-only data, and the addresses around the memories at
//! which accesses must fault.
//!
//! The kernel has two means, and each is left out where the kernel lacks it: `mseal` (Linux
//! 6.10) keeps mappings from being changed, moved or removed, PR_SET_MDWE (6.3) keeps memory
//! from becoming executable. seccomp forbids the same. Both means hold without seccomp, too.
//!
//! Invariant: sealed mappings don't change as long as the process lives. Writable memory isn't
//! sealed, nor the addresses into which a memory may grow.

use crate::arch::system_call;
use crate::linear_memory;
use crate::process::ProgramHeader;
use crate::sys::checked;
use core::ops::Range;
use linux_raw_sys::general::{__NR_mseal, __NR_prctl};
use linux_raw_sys::prctl::{PR_MDWE_REFUSE_EXEC_GAIN, PR_SET_MDWE};
use rustix::io::Errno as Host;
use rustix::param::page_size;

pub const SEALS: &str = "mseal";
pub const NO_NEW_CODE: &str = "MDWE";

/// Kind and flag of program headers (uapi `linux/elf.h`).
const PT_LOAD: u32 = 1;
const PF_W: u32 = 2;

/// Seals the executable's read-only segments and the guards around the memories.
///
/// # Errors
/// `ENOSYS` where the kernel has no such call; the error of the first range that the kernel
/// refuses to seal.
pub fn seal(headers: &[ProgramHeader]) -> Result<(), Host> {
    let image = Merged(read_only(headers, page_size() as u64).peekable());
    for range in image.chain(linear_memory::unchanging()) {
        let (start, len) = (range.start as usize, (range.end - range.start) as usize);
        // SAFETY: the kernel reads and writes nothing at these addresses.
        checked(unsafe { system_call(__NR_mseal, [start, len, 0, 0, 0, 0]) })?;
    }
    Ok(())
}

/// Has the kernel refuse to make memory executable that wasn't executable when it was mapped.
///
/// # Errors
/// `EINVAL` where the kernel has no PR_SET_MDWE.
pub fn refuse_new_code() -> Result<(), Host> {
    let args = [PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0, 0].map(|word| word as usize);
    // SAFETY: the call takes no pointers.
    checked(unsafe { system_call(__NR_prctl, args) }).map(|_| ())
}

/// Whole pages of the read-only segments, in the order of their addresses.
fn read_only(headers: &[ProgramHeader], page: u64) -> impl Iterator<Item = Range<u64>> {
    let segments = headers
        .iter()
        .filter(|header| header.kind == PT_LOAD && header.flags & PF_W == 0);
    segments
        .filter(|header| header.memory_size != 0)
        .map(move |header| {
            let end = header.address + header.memory_size;
            header.address / page * page..end.next_multiple_of(page)
        })
}

/// Merges each range with the ranges that follow it without a gap.
struct Merged<I>(I);

impl<I: Iterator<Item = Range<u64>>> Iterator for Merged<core::iter::Peekable<I>> {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        let mut range = self.0.next()?;
        while let Some(next) = self.0.next_if(|next| next.start <= range.end) {
            range.end = next.end.max(range.end);
        }
        Some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn header(kind: u32, flags: u32, address: u64, memory_size: u64) -> ProgramHeader {
        ProgramHeader {
            kind,
            flags,
            file_offset: 0,
            address,
            physical: address,
            file_size: memory_size,
            memory_size,
            align: 0x1000,
        }
    }

    #[test]
    fn segments_without_a_gap_are_one_range() {
        let (r, rx, rw) = (4, 5, 6);
        let headers = [
            header(PT_LOAD, r, 0x3f_f000, 0x5568),
            header(PT_LOAD, rx, 0x40_5000, 0x1_bd7e),
            header(PT_LOAD, rw, 0x42_1000, 0x840),
            header(PT_LOAD, r, 0x50_0000, 0x1_83f5),
            header(PT_LOAD, rx, 0x51_9400, 0x1000),
            header(PT_LOAD, rw, 0x51_b2b8, 0x40),
            header(PT_LOAD, r, 0x60_0000, 0),
            header(4, r, 0x50_0100, 0x58),
        ];
        let ranges = |page| Merged(read_only(&headers, page).peekable()).collect::<Vec<_>>();
        assert_eq!(ranges(0x1000), [0x3f_f000..0x42_1000, 0x50_0000..0x51_b000]);
        assert_eq!(ranges(0x1_0000)[0], 0x3f_0000..0x43_0000);
        // There is a gap if pages are smaller than the alignment of the segments.
        let apart = [headers[0], header(PT_LOAD, rx, 0x41_0000, 1)];
        let apart = Merged(read_only(&apart, 0x1000).peekable()).collect::<Vec<_>>();
        assert_eq!(apart, [0x3f_f000..0x40_5000, 0x41_0000..0x41_1000]);
    }
}
