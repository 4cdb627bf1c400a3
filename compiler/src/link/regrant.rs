//! Gives an executable another policy.
//!
//! The policy's sections and parts lie behind everything else in the file, and at addresses that
//! nothing else depends on ([`super::layout`]). So the file is kept up to the old
//! policy. The new policy's sections and parts of the runtime are placed, relocated and written
//! behind it, as the linker does, and the tables at the end of the file are written again. Tools
//! like `strip` may have moved segments in the file; then the new policy lies behind all of them.
//!
//! Invariant: for a file that this linker wrote, the result is, byte for byte, what a build with
//! the new policy gives. A file with another runtime is refused, and one whose parts lie
//! elsewhere. The module's code isn't looked at: a policy confines any code.

use super::compare::{self, File};
use super::input::{self, LE, Object, Purpose};
use super::layout::{self, Layout, Owner, Placed, Segment};
use super::select;
use super::symbols::{self, Entry};
use super::{fail, relocate, write};
use crate::error::Error;
use object::LittleEndian;
use object::elf::{self, SectionHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};
use std::mem::offset_of;
use wasi_aot_contract::layout::{HEADERS_ROOM, MODULE_INFO_ADDR};
use wasi_aot_contract::module::ModuleInfo;
use wasi_aot_contract::symbols as names;

type Sections<'a> = SectionTable<'a, input::Header>;

/// The sections behind the last mapped byte.
const TABLES: [&[u8]; 3] = [b".symtab", b".strtab", b".shstrtab"];

/// The executable with the policy of `policy`, an object that holds nothing else.
///
/// # Errors
/// [`Error::Link`] if the executable isn't as this linker writes it with this `runtime`.
pub fn with_policy(executable: &[u8], policy: &[u8], runtime: &[u8]) -> Result<Vec<u8>, Error> {
    let file = match File::read(executable) {
        Some(file) if compare::has_runtime(executable, runtime) => file,
        _ => {
            return fail(
                "its runtime isn't the one that this wasi-aot links, so another policy can't be \
                 given to it; build it again",
            );
        }
    };
    let (Some(begin), Some(always), Some(start)) = (file.begin(), file.needed(), file.policy())
    else {
        return fail("BUG: an executable with a known runtime and without a policy");
    };
    let runtime = input::read(runtime, "the runtime")?;
    let policy = input::read(policy, "the policy's object")?;
    let always: Vec<&[u8]> = always.iter().map(String::as_bytes).collect();
    let selection = select::for_policy(&runtime, &always, &policy)?;
    let page = start.address - start.address % policy.target.page_size();
    let kept = kept(&file, begin, start);
    let ends = kept.iter().map(|s| s.offset.saturating_add(s.file_size));
    let end = ends.max().unwrap_or(0);
    if end > executable.len() as u64 || end < HEADERS_ROOM {
        return fail("a segment reaches past the end of the file; copy or build it again");
    }
    let mut layout = layout::of_policy(&policy, &runtime, &selection, begin, (end, page))?;
    let addresses = symbols::resolve(&policy, &runtime, &layout)?;
    let old = Old::read(&file)?;

    let mut bytes = executable[..end as usize].to_vec();
    bytes.resize(layout.mapped_end as usize, 0);
    bytes[..HEADERS_ROOM as usize].fill(0);
    for placed in &layout.placed {
        let object = match placed.owner {
            Owner::Runtime => &runtime,
            Owner::Module => &policy,
        };
        let data = object.sections[placed.position].data;
        bytes[placed.offset as usize..][..data.len()].copy_from_slice(data);
    }
    point_to_policy(&mut bytes, &file, &policy, &layout)?;
    layout.segments.extend(kept);
    layout.segments.sort_by_key(|segment| segment.address);
    let table = match old.symbols(layout.blocks.len())? {
        of_module if of_module.is_empty() => Vec::new(),
        of_module => symbols::with_runtime(&runtime, &addresses, of_module),
    };
    let mut tables = write::Tables::new();
    tables.runtime(&layout);
    old.add_sections(&mut tables, &policy, &layout);
    write::finish(&mut bytes, tables, &policy, &layout, &addresses, &table)?;
    relocate::apply(&mut bytes, &policy, &runtime, &layout, &addresses)?;
    Ok(bytes)
}

/// The executable's segments but for the policy's.
fn kept(file: &File<'_>, begin: layout::Begin, policy: layout::Start) -> Vec<Segment> {
    let room = begin.room();
    let all = file.loads.iter().map(|segment| Segment {
        flags: segment.p_flags(LE),
        offset: segment.p_offset(LE),
        address: segment.p_vaddr(LE),
        file_size: segment.p_filesz(LE),
        memory_size: segment.p_memsz(LE),
    });
    let kept = all.filter(|s| !room.contains(&s.address) && s.address != policy.address);
    kept.collect()
}

/// Writes the address of the policy into the module's information.
fn point_to_policy(
    bytes: &mut [u8],
    file: &File<'_>,
    policy: &Object<'_>,
    layout: &Layout,
) -> Result<(), Error> {
    let is_policy = |placed: &&Placed| {
        placed.owner == Owner::Module && policy.sections[placed.position].purpose == Purpose::Policy
    };
    let placed = layout.placed.iter().find(is_policy);
    let field = file.offset(MODULE_INFO_ADDR + offset_of!(ModuleInfo, policy) as u64);
    let field = field.and_then(|at| bytes.get_mut(at as usize..)?.first_chunk_mut());
    let (Some(placed), Some(field)) = (placed, field) else {
        return fail("BUG: an executable without a policy");
    };
    *field = placed.address.to_le_bytes();
    Ok(())
}

/// The tables at the end of the old file, from which the new file takes over the module's entries.
struct Old<'a> {
    sections: Sections<'a>,
    bytes: &'a [u8],
    /// How many of the runtime's sections come first.
    blocks: usize,
}

impl<'a> Old<'a> {
    /// # Errors
    /// Section headers that can't be read, and sections that this linker doesn't write.
    fn read(file: &File<'a>) -> Result<Self, Error> {
        let unreadable = |error| Error::Link(format!("cannot read its sections: {error}"));
        let header = input::Header::parse(file.bytes).map_err(unreadable)?;
        let sections = header.sections(LE, file.bytes).map_err(unreadable)?;
        let old = Self {
            bytes: file.bytes,
            blocks: 0,
            sections,
        };
        let mut blocks = 0;
        for header in old.sections.iter().skip(1) {
            let name = old.name(header);
            let mapped = header.sh_flags(LE) & u64::from(elf::SHF_ALLOC) != 0;
            if !mapped && !TABLES.contains(&name) {
                return fail(format!(
                    "somebody added the section {}, so another policy can't be given to it; \
                     build it again",
                    super::printable(name)
                ));
            }
            blocks += usize::from(is_runtimes(name));
        }
        Ok(Self { blocks, ..old })
    }

    fn name(&self, header: &SectionHeader64<LittleEndian>) -> &'a [u8] {
        self.sections.section_name(LE, header).unwrap_or_default()
    }

    /// Adds the sections of the module and its memory, and between them the new policy's.
    fn add_sections(
        &self,
        tables: &mut write::Tables,
        policy: &input::Object<'_>,
        layout: &Layout,
    ) {
        for header in self.sections.iter().skip(1) {
            let name = self.name(header);
            if name == names::POLICY_SECTION.as_bytes() {
                tables.module(policy, layout);
            } else if name != names::NOTE_SECTION.as_bytes()
                && !is_runtimes(name)
                && !TABLES.contains(&name)
            {
                tables.add(name, *header);
            }
        }
    }

    /// The module's symbols. The runtime has `blocks` sections in the new file.
    fn symbols(&self, blocks: usize) -> Result<Vec<Entry<'a>>, Error> {
        let symbols = self.sections.symbols(LE, self.bytes, elf::SHT_SYMTAB);
        let symbols =
            symbols.map_err(|error| Error::Link(format!("cannot read its symbols: {error}")))?;
        let of_module = symbols.iter().filter_map(|symbol| {
            let section = usize::from(symbol.st_shndx(LE)).checked_sub(self.blocks)?;
            (section > 0).then(|| Entry {
                name: symbols.symbol_name(LE, symbol).unwrap_or_default(),
                section: (section + blocks) as u32,
                address: symbol.st_value(LE),
                size: symbol.st_size(LE),
                info: symbol.st_info(),
                other: symbol.st_other(),
            })
        });
        Ok(of_module.collect())
    }
}

/// Whether the linker gives a section of this name to the runtime.
fn is_runtimes(name: &[u8]) -> bool {
    name.starts_with(b".shim.")
}
