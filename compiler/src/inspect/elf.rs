//! Reads the executables and objects that wasi-aot makes, with or without section headers
//! and symbols.
//!
//! An executable is read as the kernel and the shim read it: by its segments, and by the
//! [`ModuleInfo`] in them, whose [`PolicyInfo`] points to the manifest that counts. wasi-aot
//! links the [`ModuleInfo`] at a fixed address. In an executable linked by `ld` it is found by
//! its pointer to the [`PolicyInfo`]. The note that people see must be the manifest that the
//! shim reads.

use super::InspectError;
use memchr::memmem;
use object::LittleEndian;
use object::elf::{self, FileHeader64, ProgramHeader64, SectionHeader64};
use object::read::elf::{FileHeader, NoteIterator, ProgramHeader, SectionHeader, SectionTable};
use std::mem::{offset_of, size_of};
use wasi_aot_contract::layout::{self, MAX_MEMORIES, MAX_PAGES, MODULE_INFO_ADDR, WASM_PAGE_SIZE};
use wasi_aot_contract::module::{
    CONTRACT_VERSION, MemoryLimits, ModuleInfo, PolicyInfo, Preemption,
};
use wasi_aot_contract::signature::HostModule;
use wasi_aot_contract::symbols;
use wasi_aot_contract::target::Target;

const LE: LittleEndian = LittleEndian;
type Header = FileHeader64<LittleEndian>;
type Segments<'a> = &'a [ProgramHeader64<LittleEndian>];
type Sections<'a> = SectionTable<'a, Header>;

// The manifest's address and length, as they are searched for, begin the policy.
const _: () = assert!(offset_of!(PolicyInfo, manifest) == 0);
const _: () = assert!(offset_of!(PolicyInfo, manifest_len) == 8);

/// The most segments that are read, since each is searched. No linker gives our executables so
/// many.
const MAX_SEGMENTS: usize = 64;

const FOREIGN: InspectError = InspectError::Foreign("an ELF file that wasi-aot didn't make");

/// The parts of a file that a description needs.
pub(crate) struct Parts<'a> {
    /// Whether it is an object, still to be linked.
    pub is_object: bool,
    pub target: Target,
    pub manifest: &'a [u8],
    pub cpu_features: u32,
    /// Limits of each memory, by index; at least one.
    pub memories: Vec<MemoryLimits>,
    pub preempts: bool,
    /// Names of the functions of `wasi_aot_os_1` that the module calls.
    pub os_functions: Vec<&'static str>,
    /// Bytes of code made from the module.
    pub code_size: u64,
    /// The initial bytes of linear memory, as pieces with the addresses of their first bytes.
    pub image: Vec<(u64, &'a [u8])>,
    /// Whether there is a symbol table.
    pub has_symbols: bool,
}

/// Reads the file.
///
/// # Errors
/// [`InspectError`]. Every offset and length in the file is checked.
pub(super) fn parts(bytes: &[u8]) -> Result<Parts<'_>, InspectError> {
    if bytes.get(4) != Some(&elf::ELFCLASS64) || bytes.get(5) != Some(&elf::ELFDATA2LSB) {
        return Err(FOREIGN);
    }
    let header = Header::parse(bytes).map_err(|e| damaged(&e))?;
    let sections = header.sections(LE, bytes).map_err(|e| damaged(&e))?;
    match header.e_type(LE) {
        elf::ET_EXEC => executable(bytes, header, &sections),
        elf::ET_REL => object(bytes, header, &sections),
        _ => Err(FOREIGN),
    }
}

fn target(header: &Header) -> Result<Target, InspectError> {
    let target = Target::with_elf_machine(header.e_machine(LE));
    target.ok_or_else(|| unfit("its processor is unknown"))
}

fn damaged(error: &object::read::Error) -> InspectError {
    InspectError::Damaged(format!("the ELF file can't be read ({error})"))
}

fn unfit(what: &str) -> InspectError {
    InspectError::Damaged(what.into())
}

fn has_symbols(sections: &Sections<'_>) -> bool {
    sections.iter().any(|s| s.sh_type(LE) == elf::SHT_SYMTAB)
}

/// The manifest, if one of the notes is ours.
fn manifest_in<'a>(mut notes: NoteIterator<'a, Header>) -> Result<Option<&'a [u8]>, InspectError> {
    while let Some(note) = notes.next().map_err(|e| damaged(&e))? {
        let ours = note.name() == symbols::NOTE_NAME.as_bytes();
        if ours && note.n_type(LE) == symbols::NOTE_TYPE_MANIFEST {
            return Ok(Some(note.desc()));
        }
    }
    Ok(None)
}

fn executable<'a>(
    bytes: &'a [u8],
    header: &Header,
    sections: &Sections<'a>,
) -> Result<Parts<'a>, InspectError> {
    let segments = header.program_headers(LE, bytes).map_err(|e| damaged(&e))?;
    if segments.len() > MAX_SEGMENTS {
        return Err(FOREIGN);
    }
    let (address, manifest) = noted_manifest(bytes, segments)?.ok_or(FOREIGN)?;
    let info = module_info(bytes, segments, address, manifest.len() as u64)?
        .ok_or_else(|| unfit("the module's information is missing or names another manifest"))?;
    check_version(info)?;
    let target = target(header)?;
    let memory_base = layout::memory_base(target, 0);
    let memory = memory_base..memory_base + u64::from(MAX_PAGES) * WASM_PAGE_SIZE;
    let mut image = Vec::new();
    for segment in segments {
        if segment.p_type(LE) == elf::PT_LOAD {
            let data = data(segment, bytes)?;
            if memory.contains(&segment.p_vaddr(LE)) {
                image.push((segment.p_vaddr(LE) - memory_base, data));
            }
        }
    }
    Ok(Parts {
        is_object: false,
        target,
        manifest,
        cpu_features: info.word(offset_of!(ModuleInfo, cpu_features)),
        memories: info.memories(),
        preempts: info.long(offset_of!(ModuleInfo, preemption) + offset_of!(Preemption, g_cell))
            != 0,
        os_functions: info.os_functions(),
        code_size: info
            .long(offset_of!(ModuleInfo, text_end))
            .saturating_sub(info.long(offset_of!(ModuleInfo, text_start))),
        image,
        has_symbols: has_symbols(sections),
    })
}

fn data<'a>(
    segment: &ProgramHeader64<LittleEndian>,
    bytes: &'a [u8],
) -> Result<&'a [u8], InspectError> {
    let outside = |()| unfit("a segment reaches past the end of the file");
    segment.data(LE, bytes).map_err(outside)
}

/// The manifest and its address, if one of the segments' notes is ours.
fn noted_manifest<'a>(
    bytes: &'a [u8],
    segments: Segments<'_>,
) -> Result<Option<(u64, &'a [u8])>, InspectError> {
    for segment in segments {
        let Some(notes) = segment.notes(LE, bytes).map_err(|e| damaged(&e))? else {
            continue;
        };
        if let Some(manifest) = manifest_in(notes)? {
            let start = data(segment, bytes)?.as_ptr().addr();
            let within = (manifest.as_ptr().addr() - start) as u64;
            return Ok(Some((segment.p_vaddr(LE).wrapping_add(within), manifest)));
        }
    }
    Ok(None)
}

/// The module information whose policy points to the manifest of `len` bytes at `manifest`:
/// first at the fixed address, then anywhere in read-only segments.
fn module_info<'a>(
    bytes: &'a [u8],
    segments: Segments<'_>,
    manifest: u64,
    len: u64,
) -> Result<Option<Info<'a>>, InspectError> {
    let mut read_only = Vec::new();
    for segment in segments {
        if segment.p_type(LE) == elf::PT_LOAD && segment.p_flags(LE) == elf::PF_R {
            read_only.push((segment.p_vaddr(LE), data(segment, bytes)?));
        }
    }
    let at = |address: u64| {
        read_only.iter().find_map(|&(start, data)| {
            let within = usize::try_from(address.checked_sub(start)?).ok()?;
            data.get(within..)
        })
    };
    let names = [manifest.to_le_bytes(), len.to_le_bytes()].concat();
    let policy = offset_of!(ModuleInfo, policy);
    let names_manifest = |address| at(address).is_some_and(|policy| policy.starts_with(&names));
    let fixed = at(MODULE_INFO_ADDR).and_then(Info::new);
    if let Some(info) = fixed.filter(|info| names_manifest(info.long(policy))) {
        return Ok(Some(info));
    }
    let found = read_only.iter().find_map(|&(start, data)| {
        let within = memmem::find(data, &names)?;
        Some(start.wrapping_add(within as u64).to_le_bytes())
    });
    let Some(address) = found else {
        return Ok(None);
    };
    let info = |data: &'a [u8]| {
        let mut starts = memmem::find_iter(data, &address).filter_map(|at| at.checked_sub(policy));
        starts.find_map(|start| data.get(start..).and_then(Info::new))
    };
    Ok(read_only.iter().find_map(|&(_, data)| info(data)))
}

fn object<'a>(
    bytes: &'a [u8],
    header: &Header,
    sections: &Sections<'a>,
) -> Result<Parts<'a>, InspectError> {
    let named = |name: &str| sections.section_by_name(LE, name.as_bytes());
    let (Some((_, note)), Some((_, info))) =
        (named(symbols::NOTE_SECTION), named(symbols::MODULE_SECTION))
    else {
        return Err(FOREIGN);
    };
    let data =
        |section: &SectionHeader64<LittleEndian>| section.data(LE, bytes).map_err(|e| damaged(&e));
    let notes = note.notes(LE, bytes).map_err(|e| damaged(&e))?;
    let manifest = notes.map(manifest_in).transpose()?.flatten();
    let manifest = manifest.ok_or_else(|| unfit("the note is not a manifest"))?;
    let info = Info::new(data(info)?).ok_or_else(|| unfit("the module's information is cut"))?;
    check_version(info)?;
    let code =
        |s: &&SectionHeader64<LittleEndian>| s.sh_flags(LE) & u64::from(elf::SHF_EXECINSTR) != 0;
    let code = sections.iter().filter(code).map(|s| s.sh_size(LE));
    let image = named(symbols::MEMORY_SECTION).map(|(_, section)| data(section));
    let interval = offset_of!(ModuleInfo, preemption) + offset_of!(Preemption, interval);
    Ok(Parts {
        is_object: true,
        target: target(header)?,
        manifest,
        cpu_features: info.word(offset_of!(ModuleInfo, cpu_features)),
        memories: info.memories(),
        // The address of g's cell is a relocation, so the object has a zero there.
        preempts: info.word(interval) != 0,
        os_functions: info.os_functions(),
        code_size: code.fold(0, u64::saturating_add),
        image: image
            .transpose()?
            .map(|image| (0, image))
            .into_iter()
            .collect(),
        has_symbols: has_symbols(sections),
    })
}

/// The bytes of a [`ModuleInfo`], which have no alignment in the file.
#[derive(Clone, Copy)]
struct Info<'a>(&'a [u8; size_of::<ModuleInfo>()]);

impl<'a> Info<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        bytes.first_chunk().map(Self)
    }

    fn memories(self) -> Vec<MemoryLimits> {
        let count = self.word(offset_of!(ModuleInfo, memory_count)) as usize;
        let start = offset_of!(ModuleInfo, memories);
        (start..)
            .step_by(size_of::<MemoryLimits>())
            .take(count.clamp(1, MAX_MEMORIES))
            .map(|at| MemoryLimits {
                initial_pages: self.word(at + offset_of!(MemoryLimits, initial_pages)),
                maximum_pages: self.word(at + offset_of!(MemoryLimits, maximum_pages)),
            })
            .collect()
    }

    fn os_functions(self) -> Vec<&'static str> {
        let start = offset_of!(ModuleInfo, runtime_symbols);
        let os = symbols::prefix(HostModule::Os);
        let symbols = symbols::runtime_symbols().enumerate();
        let called = symbols.filter(|&(index, (prefix, _))| {
            prefix == os && self.long(start + index / 64 * 8) >> (index % 64) & 1 != 0
        });
        called.map(|(_, (_, name))| name).collect()
    }

    fn word(self, offset: usize) -> u32 {
        let bytes = self.0[offset..].first_chunk();
        u32::from_le_bytes(*bytes.expect("BUG: a field outside its structure"))
    }

    fn long(self, offset: usize) -> u64 {
        let bytes = self.0[offset..].first_chunk();
        u64::from_le_bytes(*bytes.expect("BUG: a field outside its structure"))
    }
}

fn check_version(info: Info<'_>) -> Result<(), InspectError> {
    match info.word(offset_of!(ModuleInfo, version)) {
        CONTRACT_VERSION => Ok(()),
        found => Err(InspectError::OtherVersion {
            found,
            ours: CONTRACT_VERSION,
        }),
    }
}
