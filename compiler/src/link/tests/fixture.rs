//! A module's object like those of the emit phase, and a shim of a few instructions that calls
//! the module and exits with the module's result.

use crate::link::input::LE;
use crate::module::Chunk;
use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, Signature, types};
use cranelift_codegen::isa::{CallConv, lookup_by_name};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{Context, control::ControlPlane};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{DataDescription, DataId, FuncId, Linkage, Module, default_libcall_names};
use cranelift_object::{ObjectBuilder, ObjectModule};
use object::LittleEndian;
use object::elf::{self, FileHeader64, Ident, ProgramHeader64, SectionHeader64, Sym64};
use object::endian::{U16, U32, U64};
use object::pod::bytes_of;
use object::write::Object;
use object::{SectionFlags, SectionKind};
use wasi_aot_contract::layout::{IMAGE_BASE, MODULE_INFO_ADDR, memory_base};
use wasi_aot_contract::module::ModuleInfo;
use wasi_aot_contract::symbols as names;
use wasi_aot_contract::target::Target;

/// The exit code of the fixture's program: 5 (read-only data) + 7 (data) + 11 (memory) + 0
/// (zeroed data and the end of memory) + 19 (through a table of function addresses).
pub const EXIT_CODE: i32 = 42;

/// The address at which the entry reads memory. It is x86-64's, since objects for another
/// machine aren't run.
pub const MEMORY_BASE: u64 = memory_base(Target::LinuxAmd64, 0);

/// Bytes of initial memory at its start, and its size.
pub const MEMORY_IMAGE: usize = 5000;
pub const MEMORY_SIZE: usize = FAR as usize + 0x1_0000;

/// The address of the memory's second chunk, which has one byte.
pub const FAR: u64 = 1 << 30;

pub fn chunks() -> [Chunk<'static>; 2] {
    let mut image = vec![0; MEMORY_IMAGE];
    image[..4].copy_from_slice(&11_u32.to_le_bytes());
    image[MEMORY_IMAGE - 1] = 1;
    let chunk = |start, bytes| Chunk { start, bytes };
    [chunk(0, image.into()), chunk(FAR, vec![77].into())]
}

pub const MANIFEST: &[u8] = b"wasi-aot manifest 1\0env-inherit\0";

/// The object, and a hook to change it before it is written.
pub fn object(triple: &str, change: impl FnOnce(&mut Object<'static>)) -> Vec<u8> {
    let mut flags = settings::builder();
    flags.set("is_pic", "false").unwrap();
    let isa = lookup_by_name(triple).unwrap();
    let isa = isa.finish(settings::Flags::new(flags)).unwrap();
    let builder = ObjectBuilder::new(isa, "module", default_libcall_names()).unwrap();
    let mut module = ObjectModule::new(builder);
    define(&mut module);
    let mut object = module.finish().object;
    let note = object.add_section(vec![], names::NOTE_SECTION.into(), SectionKind::Note);
    object.section_mut(note).flags = SectionFlags::Elf {
        sh_flags: elf::SHF_ALLOC.into(),
    };
    object.append_section_data(note, &note_bytes(), 4);
    change(&mut object);
    object.write().unwrap()
}

fn note_bytes() -> Vec<u8> {
    let name = [names::NOTE_NAME.as_bytes(), b"\0"].concat();
    let word = |value: usize| (value as u32).to_le_bytes();
    let padding = vec![0; name.len().next_multiple_of(4) - name.len()];
    [
        &word(name.len()),
        &word(MANIFEST.len()),
        &names::NOTE_TYPE_MANIFEST.to_le_bytes()[..],
        &name,
        &padding,
        MANIFEST,
    ]
    .concat()
}

fn define(module: &mut ObjectModule) {
    let numbers = Data {
        five: data(module, "five", None, false, &5_u32.to_le_bytes()),
        seven: data(module, "seven", None, true, &7_u32.to_le_bytes()),
        zero: zeroed(module, "zero", 64),
        table: module
            .declare_data("table", Linkage::Local, false, false)
            .unwrap(),
    };
    let nineteen = define_nineteen(module);
    let entry = define_entry(module, &numbers);
    addresses(module, numbers.table, None, 8, &[(0, nineteen)]);
    let info = module
        .declare_data(names::MODULE, Linkage::Export, false, false)
        .unwrap();
    let size = size_of::<ModuleInfo>();
    addresses(
        module,
        info,
        Some(names::MODULE_SECTION),
        size,
        &[(8, entry)],
    );
}

struct Data {
    five: DataId,
    seven: DataId,
    zero: DataId,
    table: DataId,
}

fn data(
    module: &mut ObjectModule,
    name: &str,
    section: Option<&str>,
    writable: bool,
    bytes: &[u8],
) -> DataId {
    let id = module
        .declare_data(name, Linkage::Local, writable, false)
        .unwrap();
    let mut description = DataDescription::new();
    description.define(bytes.into());
    if let Some(section) = section {
        description.set_custom_section(section);
    }
    module.define_data(id, &description).unwrap();
    id
}

fn zeroed(module: &mut ObjectModule, name: &str, size: usize) -> DataId {
    let id = module
        .declare_data(name, Linkage::Local, true, false)
        .unwrap();
    let mut description = DataDescription::new();
    description.define_zeroinit(size);
    module.define_data(id, &description).unwrap();
    id
}

/// Data of `size` bytes: the addresses of functions at the given offsets, else zeroes.
fn addresses(
    module: &mut ObjectModule,
    id: DataId,
    section: Option<&str>,
    size: usize,
    functions: &[(u32, FuncId)],
) {
    let mut description = DataDescription::new();
    description.define(vec![0; size].into());
    if let Some(section) = section {
        description.set_custom_section(section);
    }
    for &(offset, function) in functions {
        let function = module.declare_func_in_data(function, &mut description);
        description.write_function_addr(offset, function);
    }
    module.define_data(id, &description).unwrap();
}

fn signature(params: usize, results: usize) -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params = vec![AbiParam::new(types::I32); params];
    signature.returns = vec![AbiParam::new(types::I32); results];
    signature
}

fn define_nineteen(module: &mut ObjectModule) -> FuncId {
    function(module, "main.nineteen", signature(0, 1), |_, builder| {
        let value = builder.ins().iconst(types::I32, 19);
        builder.ins().return_(&[value]);
    })
}

/// Adds up the numbers, the last addition by the shim's `shim_add`.
fn define_entry(module: &mut ObjectModule, data: &Data) -> FuncId {
    let signature_of_entry = signature(0, 1);
    function(
        module,
        names::ENTRY,
        signature_of_entry,
        |module, builder| {
            let trusted = MemFlagsData::trusted();
            let mut sum = builder.ins().iconst(types::I32, 0);
            for id in [data.five, data.seven, data.zero] {
                let global = module.declare_data_in_func(id, builder.func);
                let address = builder.ins().symbol_value(types::I64, global);
                let number = builder.ins().load(types::I32, trusted, address, 0);
                if id != data.five {
                    // Faults unless the segment is writable.
                    builder.ins().store(trusted, number, address, 0);
                }
                sum = builder.ins().iadd(sum, number);
            }
            for offset in [0, MEMORY_SIZE as i64 - 4] {
                let address = MEMORY_BASE as i64 + offset;
                let address = builder.ins().iconst(types::I64, address);
                let number = builder.ins().load(types::I32, trusted, address, 0);
                builder.ins().store(trusted, number, address, 0);
                sum = builder.ins().iadd(sum, number);
            }
            let table = module.declare_data_in_func(data.table, builder.func);
            let table = builder.ins().symbol_value(types::I64, table);
            let callee = builder.ins().load(types::I64, trusted, table, 0);
            let indirect = builder.import_signature(signature(0, 1));
            let call = builder.ins().call_indirect(indirect, callee, &[]);
            let nineteen = builder.inst_results(call)[0];

            let add = module
                .declare_function("shim_add", Linkage::Import, &signature(2, 1))
                .unwrap();
            let add = module.declare_func_in_func(add, builder.func);
            builder.func.dfg.ext_funcs[add].colocated = true;
            let call = builder.ins().call(add, &[sum, nineteen]);
            let sum = builder.inst_results(call)[0];
            builder.ins().return_(&[sum]);
        },
    )
}

fn function(
    module: &mut ObjectModule,
    name: &str,
    signature: Signature,
    body: impl FnOnce(&mut ObjectModule, &mut FunctionBuilder<'_>),
) -> FuncId {
    let id = module
        .declare_function(name, Linkage::Local, &signature)
        .unwrap();
    let mut context = Context::new();
    context.func.signature = signature;
    let mut scratch = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut scratch);
    let block = builder.create_block();
    builder.switch_to_block(block);
    body(module, &mut builder);
    builder.seal_all_blocks();
    builder.finalize(module.target_config());
    module
        .define_function_with_control_plane(id, &mut context, &mut ControlPlane::default())
        .unwrap();
    id
}

/// The properties of the shim that a test may change.
pub struct Shim {
    pub machine: u16,
    /// Value of the symbol that a real shim gets by `--defsym`.
    pub module_info: u64,
    pub code_flags: u32,
    pub kind: u16,
    /// The distance between the shim's segments.
    pub page: u64,
}

impl Default for Shim {
    fn default() -> Self {
        Self {
            machine: elf::EM_X86_64,
            module_info: MODULE_INFO_ADDR,
            code_flags: elf::PF_R | elf::PF_X,
            kind: elf::ET_EXEC,
            page: 0x1000,
        }
    }
}

/// `call *(MODULE_INFO_ADDR + 8); mov %eax,%edi; mov $231,%eax; syscall`:
/// `exit_group` with the entry's result.
const START: [u8; 16] = [
    0xff, 0x14, 0x25, 0x08, 0x00, 0x50, 0x00, 0x89, 0xc7, 0xb8, 0xe7, 0x00, 0x00, 0x00, 0x0f, 0x05,
];
/// `lea (%rdi,%rsi),%eax; ret`.
const ADD: [u8; 4] = [0x8d, 0x04, 0x37, 0xc3];

const STRINGS: &[u8] = b"\0_start\0shim_add\0wasi_aot_module\0.text\0";

impl Shim {
    /// The file: headers in a read-only segment, code at 0x200 in a second, and
    /// zeroed data only in a third.
    pub fn bytes(&self) -> Vec<u8> {
        let code = [&START[..], &ADD].concat();
        let start = self.start();
        let data = IMAGE_BASE + 2 * self.page + 0x214;
        let symbols: Vec<u8> = [
            symbol(0, 0, 0, 0),
            symbol(1, 0x12, 1, start),
            symbol(8, 0x12, 1, start + START.len() as u64),
            symbol(17, 0x10, elf::SHN_ABS, self.module_info),
        ]
        .concat();
        let (symtab, strtab, headers) = (0x300, 0x400, 0x500);
        let mut file = vec![0; headers];
        let segments = [
            segment(elf::PF_R, 0, IMAGE_BASE, 0x200, 0x200),
            segment(self.code_flags, 0x200, start, 0x14, 0x14),
            segment(elf::PF_R | elf::PF_W, 0x214, data, 0, 0x3000),
        ];
        let header = self.header(segments.len() as u16, headers as u64);
        let front = [bytes_of(&header), &segments.concat()].concat();
        file[..front.len()].copy_from_slice(&front);
        file[0x200..][..code.len()].copy_from_slice(&code);
        file[symtab..][..symbols.len()].copy_from_slice(&symbols);
        file[strtab..][..STRINGS.len()].copy_from_slice(STRINGS);
        let flags = elf::SHF_ALLOC | elf::SHF_EXECINSTR;
        file.extend(section_header(0, 0, 0, 0, 0, 0, 0));
        file.extend(section_header(
            33,
            elf::SHT_PROGBITS,
            flags,
            start,
            0x200,
            0x14,
            0,
        ));
        file.extend(section_header(
            0,
            elf::SHT_SYMTAB,
            0,
            0,
            symtab,
            symbols.len(),
            3,
        ));
        file.extend(section_header(
            0,
            elf::SHT_STRTAB,
            0,
            0,
            strtab,
            STRINGS.len(),
            0,
        ));
        file
    }

    /// Address of its code.
    pub fn start(&self) -> u64 {
        IMAGE_BASE + self.page + 0x200
    }

    fn header(&self, segments: u16, sections_offset: u64) -> FileHeader64<LittleEndian> {
        FileHeader64 {
            e_ident: Ident {
                magic: elf::ELFMAG,
                class: elf::ELFCLASS64,
                data: elf::ELFDATA2LSB,
                version: elf::EV_CURRENT,
                os_abi: elf::ELFOSABI_NONE,
                abi_version: 0,
                padding: [0; 7],
            },
            e_type: U16::new(LE, self.kind),
            e_machine: U16::new(LE, self.machine),
            e_version: U32::new(LE, 1),
            e_entry: U64::new(LE, self.start()),
            e_phoff: U64::new(LE, 64),
            e_shoff: U64::new(LE, sections_offset),
            e_flags: U32::new(LE, 0),
            e_ehsize: U16::new(LE, 64),
            e_phentsize: U16::new(LE, 56),
            e_phnum: U16::new(LE, segments),
            e_shentsize: U16::new(LE, 64),
            e_shnum: U16::new(LE, 4),
            e_shstrndx: U16::new(LE, 3),
        }
    }
}

fn symbol(name: u32, info: u8, section: u16, value: u64) -> Vec<u8> {
    let symbol = Sym64::<LittleEndian> {
        st_name: U32::new(LE, name),
        st_info: info,
        st_other: 0,
        st_shndx: U16::new(LE, section),
        st_value: U64::new(LE, value),
        st_size: U64::new(LE, 0),
    };
    bytes_of(&symbol).to_vec()
}

fn segment(flags: u32, offset: u64, address: u64, file_size: u64, memory_size: u64) -> Vec<u8> {
    let segment = ProgramHeader64::<LittleEndian> {
        p_type: U32::new(LE, elf::PT_LOAD),
        p_flags: U32::new(LE, flags),
        p_offset: U64::new(LE, offset),
        p_vaddr: U64::new(LE, address),
        p_paddr: U64::new(LE, address),
        p_filesz: U64::new(LE, file_size),
        p_memsz: U64::new(LE, memory_size),
        p_align: U64::new(LE, 0x1000),
    };
    bytes_of(&segment).to_vec()
}

fn section_header(
    name: u32,
    kind: u32,
    flags: u32,
    address: u64,
    offset: usize,
    size: usize,
    link: u32,
) -> Vec<u8> {
    let header = SectionHeader64::<LittleEndian> {
        sh_name: U32::new(LE, name),
        sh_type: U32::new(LE, kind),
        sh_flags: U64::new(LE, flags.into()),
        sh_addr: U64::new(LE, address),
        sh_offset: U64::new(LE, offset as u64),
        sh_size: U64::new(LE, size as u64),
        sh_link: U32::new(LE, link),
        sh_info: U32::new(LE, 0),
        sh_addralign: U64::new(LE, 16),
        sh_entsize: U64::new(LE, 0),
    };
    bytes_of(&header).to_vec()
}
