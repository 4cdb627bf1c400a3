//! Whether the runtime in an executable is the one that this wasi-aot links.
//!
//! The linker copies the runtime's image into the file without changes, at the addresses
//! that it was linked for ([`crate::link`]). So everything that is mapped below the module's
//! information is compared: the same segments with the same rights and bytes, and the same
//! entry. This says nothing about the module's code, which lies above.

use crate::options::Target;
use crate::shim_image;
use object::LittleEndian;
use object::elf::{self, FileHeader64, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};
use wasi_aot_contract::layout::MODULE_INFO_ADDR;

const LE: LittleEndian = LittleEndian;
type Segment = ProgramHeader64<LittleEndian>;

/// Whether the executable in `bytes` begins with the runtime of `target`.
pub(super) fn is_known(bytes: &[u8], target: Target) -> bool {
    compare(bytes, shim_image::of(target)).unwrap_or(false)
}

fn compare(executable: &[u8], shim: &[u8]) -> object::read::Result<bool> {
    let read = |bytes| {
        let header = FileHeader64::<LittleEndian>::parse(bytes)?;
        Ok::<_, object::read::Error>((header.e_entry(LE), header.program_headers(LE, bytes)?))
    };
    let (entry, segments) = read(executable)?;
    let (expected_entry, expected) = read(shim)?;
    // A program interpreter would run before the runtime.
    let foreign = [elf::PT_INTERP, elf::PT_DYNAMIC];
    if entry != expected_entry || segments.iter().any(|s| foreign.contains(&s.p_type(LE))) {
        return Ok(false);
    }
    let loaded = |s: &&Segment| s.p_type(LE) == elf::PT_LOAD;
    let below = |s: &&Segment| s.p_vaddr(LE) < MODULE_INFO_ADDR;
    let found: Vec<_> = segments.iter().filter(loaded).filter(below).collect();
    let expected: Vec<_> = expected.iter().filter(loaded).collect();
    let same = |(found, expected): (&&Segment, &&Segment)| {
        let address = expected.p_vaddr(LE);
        let ours = mapped(expected, shim, address);
        ours.is_some() && ours == mapped(found, executable, address)
    };
    Ok(found.len() == expected.len() && found.iter().zip(&expected).all(same))
}

/// Rights, end, and bytes of a segment from `address` on. `None` if the segment ends before.
fn mapped<'a>(segment: &Segment, file: &'a [u8], address: u64) -> Option<(u32, u64, &'a [u8])> {
    let skipped = address.checked_sub(segment.p_vaddr(LE))?;
    let bytes = segment.data(LE, file).ok()?;
    let bytes = bytes.get(usize::try_from(skipped).ok()?..)?;
    let end = segment.p_vaddr(LE).checked_add(segment.p_memsz(LE))?;
    Some((segment.p_flags(LE), end, bytes))
}
