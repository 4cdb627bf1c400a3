//! Whether an executable has the runtime that this linker links.
//!
//! The module's information says which symbols of the runtime the module refers to, and the
//! policy's which parts it has. From them and from where code and data begin follows every byte
//! of the runtime in the executable ([`super::layout`]). So the runtime is laid out and
//! relocated again, and compared. This says nothing about the module's code.

use super::input::{self, Header, LE, Object};
use super::layout::{self, Begin, Layout, Start};
use super::select::{self, START};
use super::{relocate, symbols};
use crate::error::Error;
use object::LittleEndian;
use object::elf::{self, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};
use std::mem::offset_of;
use wasi_aot_contract::layout::{IMAGE_LIMIT, MODULE_INFO_ADDR, POLICY_ROOM};
use wasi_aot_contract::module::{ModuleInfo, PolicyInfo};
use wasi_aot_contract::parts::Part;
use wasi_aot_contract::symbols::runtime_symbols;

/// Whether `executable` has what its module and its policy need of `runtime`, unchanged and with
/// the rights that this linker gives it, and executes nothing else but the module's code.
#[must_use]
pub fn has_runtime(executable: &[u8], runtime: &[u8]) -> bool {
    let Some(file) = File::read(executable) else {
        return false;
    };
    let expected = input::read(runtime, "the runtime").and_then(|runtime| link(&file, &runtime));
    expected.is_ok_and(|expected| expected.is_some_and(|expected| expected.is_in(&file)))
}

/// The runtime as it must be in an executable.
struct Expected {
    layout: Layout,
    /// The bytes at the layout's offsets.
    bytes: Vec<u8>,
    start: u64,
}

/// Lays out and relocates what the file's module and policy need. `None` if the file isn't one
/// of this linker.
fn link(file: &File<'_>, runtime: &Object<'_>) -> Result<Option<Expected>, Error> {
    let (Some(begin), Some(always), Some(policy)) =
        (file.begin(), file.needed(), file.needed_by_policy())
    else {
        return Ok(None);
    };
    let always: Vec<&[u8]> = always.iter().map(String::as_bytes).chain([START]).collect();
    let selection = select::reached_by(runtime, &always, &policy)?;
    let layout = layout::of_runtime(runtime, &selection, begin)?;
    let addresses = symbols::resolve_runtime(runtime, &layout, MODULE_INFO_ADDR)?;
    let mut bytes = vec![0; layout.mapped_end as usize];
    for placed in &layout.placed {
        let data = runtime.sections[placed.position].data;
        bytes[placed.offset as usize..][..data.len()].copy_from_slice(data);
    }
    relocate::apply(&mut bytes, runtime, runtime, &layout, &addresses)?;
    Ok(Some(Expected {
        layout,
        bytes,
        start: addresses.start,
    }))
}

impl Expected {
    fn is_in(&self, file: &File<'_>) -> bool {
        let executable = |flags: u32| flags & elf::PF_X != 0;
        let ours = self.layout.segments.iter().filter(|s| executable(s.flags));
        let found = file.loads.iter().filter(|s| executable(s.p_flags(LE)));
        let blocks = self.layout.blocks.iter();
        let mut same = blocks.map(|block| {
            let (at, size) = (block.offset as usize, block.size as usize);
            let ours = &self.bytes[at..at + size];
            file.mapped(block.address, size, rights(block.flags)) == Some(ours)
        });
        file.entry == self.start && ours.count() == found.count() && same.all(|same| same)
    }
}

/// The rights of a segment (`PF_*`) for sections with these flags (`SHF_*`).
fn rights(flags: u32) -> u32 {
    elf::PF_R
        | match flags {
            elf::SHF_EXECINSTR => elf::PF_X,
            elf::SHF_WRITE => elf::PF_W,
            _ => 0,
        }
}

/// An executable, as far as it is compared.
pub(super) struct File<'a> {
    pub bytes: &'a [u8],
    entry: u64,
    pub loads: Vec<&'a ProgramHeader64<LittleEndian>>,
    page: u64,
}

impl<'a> File<'a> {
    /// `None` if the file isn't a static executable.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let header = Header::parse(bytes).ok()?;
        let segments = header.program_headers(LE, bytes).ok()?;
        // A program interpreter would run before the runtime.
        let foreign = [elf::PT_INTERP, elf::PT_DYNAMIC];
        if segments.iter().any(|s| foreign.contains(&s.p_type(LE))) {
            return None;
        }
        let loads = segments.iter().filter(|s| s.p_type(LE) == elf::PT_LOAD);
        Some(Self {
            bytes,
            entry: header.e_entry(LE),
            loads: loads.collect(),
            page: super::target(header.e_machine(LE)).ok()?.page_size(),
        })
    }

    /// `len` bytes that are mapped from the file to this address with exactly these rights.
    fn mapped(&self, address: u64, len: usize, rights: u32) -> Option<&'a [u8]> {
        let mut loads = self.loads.iter().filter(|s| s.p_flags(LE) == rights);
        loads.find_map(|segment| {
            let skipped = address.checked_sub(segment.p_vaddr(LE))?;
            let data = segment.data(LE, self.bytes).ok()?;
            data.get(usize::try_from(skipped).ok()?..)?.get(..len)
        })
    }

    fn word(&self, address: u64) -> Option<u64> {
        let bytes = self.mapped(address, 8, elf::PF_R)?;
        Some(u64::from_le_bytes(*bytes.first_chunk()?))
    }

    /// Where the byte at a read-only address is in the file.
    pub(super) fn offset(&self, address: u64) -> Option<u64> {
        let data = self.mapped(address, 1, elf::PF_R)?;
        Some((data.as_ptr().addr() - self.bytes.as_ptr().addr()) as u64)
    }

    /// Where code and data of the executable begin.
    pub(super) fn begin(&self) -> Option<Begin> {
        let with = |rights, behind| {
            let loads = self.loads.iter().filter(move |s| s.p_flags(LE) == rights);
            let mut starts = loads.map(|s| self.start(s));
            starts.find(move |start| start.is_none_or(|start| start.address >= behind))?
        };
        // The policy's parts lie below.
        let code = with(elf::PF_R | elf::PF_X, MODULE_INFO_ADDR + POLICY_ROOM)?;
        let data = with(elf::PF_R | elf::PF_W, code.address)?;
        let whole = |start: Start| {
            let multiples = [start.address, start.offset].map(|at| at.is_multiple_of(self.page));
            multiples == [true; 2] && start.address < IMAGE_LIMIT
        };
        (whole(code) && whole(data)).then_some(Begin { code, data })
    }

    /// Where a segment begins. `None` if that is outside of the file.
    fn start(&self, segment: &ProgramHeader64<LittleEndian>) -> Option<Start> {
        let offset = segment.p_offset(LE);
        (offset <= self.bytes.len() as u64).then_some(Start {
            address: segment.p_vaddr(LE),
            offset,
        })
    }

    /// The runtime's symbols that the module refers to.
    pub(super) fn needed(&self) -> Option<Vec<String>> {
        let start = MODULE_INFO_ADDR + offset_of!(ModuleInfo, runtime_symbols) as u64;
        let mut needed = Vec::new();
        for (index, (prefix, name)) in (0..).zip(runtime_symbols()) {
            if self.word(start + index / 64 * 8)? >> (index % 64) & 1 != 0 {
                needed.push(format!("{prefix}{name}"));
            }
        }
        Some(needed)
    }

    /// Where what depends on the policy begins: a segment that begins with the [`PolicyInfo`].
    pub(super) fn policy(&self) -> Option<Start> {
        let address = self.word(MODULE_INFO_ADDR + offset_of!(ModuleInfo, policy) as u64)?;
        let mut loads = self.loads.iter();
        self.start(loads.find(|segment| segment.p_vaddr(LE) == address)?)
    }

    /// The roots of the parts that the policy has.
    fn needed_by_policy(&self) -> Option<Vec<&'static [u8]>> {
        let policy = self.word(MODULE_INFO_ADDR + offset_of!(ModuleInfo, policy) as u64)?;
        let parts = policy.checked_add(offset_of!(PolicyInfo, parts) as u64)?;
        let mut needed = Vec::new();
        for (part, at) in Part::ALL.into_iter().zip((0..).step_by(8)) {
            if self.word(parts.checked_add(at)?)? != 0 {
                needed.push(part.root().as_bytes());
            }
        }
        Some(needed)
    }
}
