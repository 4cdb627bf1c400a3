//! A module's object like those of the emit phase, and a runtime of a few instructions that
//! calls the module and exits with the module's result.

use crate::module::Chunk;
use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, Signature, types};
use cranelift_codegen::isa::{CallConv, lookup_by_name};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::{Context, control::ControlPlane};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{DataDescription, DataId, FuncId, Linkage, Module, default_libcall_names};
use cranelift_object::{ObjectBuilder, ObjectModule};
use object::elf;
use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{Architecture, RelocationFlags, SectionFlags, SectionKind};
use object::{SymbolFlags, SymbolKind, SymbolScope};
use wasi_aot_contract::layout::memory_base;
use wasi_aot_contract::module::{ModuleInfo, PolicyInfo};
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
    let policy = object.add_section(
        vec![],
        names::POLICY_SECTION.into(),
        SectionKind::ReadOnlyData,
    );
    object.append_section_data(policy, &[0; size_of::<PolicyInfo>()], 8);
    label(&mut object, "note", note);
    label(&mut object, "policy", policy);
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

/// Adds up the numbers, the last addition by the runtime's `shim_add`.
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

/// The properties of the runtime that a test may change.
pub struct Runtime {
    pub architecture: Architecture,
    pub code_flags: u32,
    /// The name of the entry point.
    pub start: &'static str,
}

impl Default for Runtime {
    fn default() -> Self {
        Self {
            architecture: Architecture::X86_64,
            code_flags: elf::SHF_ALLOC | elf::SHF_EXECINSTR,
            start: "_start",
        }
    }
}

/// `call *(wasi_aot_module + 8); mov %eax,%edi; mov $231,%eax; syscall`: `exit_group` with the
/// entry's result.
const START: [u8; 16] = [
    0xff, 0x14, 0x25, 0, 0, 0, 0, 0x89, 0xc7, 0xb8, 0xe7, 0x00, 0x00, 0x00, 0x0f, 0x05,
];
/// `lea (%rdi,%rsi),%eax; ret`.
const ADD: [u8; 4] = [0x8d, 0x04, 0x37, 0xc3];
/// `ret`.
pub const PART: [u8; 4] = [0xc3, 0x90, 0x90, 0x90];

impl Runtime {
    /// The object, with a section for each function: the entry point, `shim_add`, which code
    /// calls, and `shim_unused`, which nothing calls. The root of a policy's part, `shim_part`,
    /// refers to data that nothing else refers to, and to `shim_add`'s data.
    pub fn bytes(&self) -> Vec<u8> {
        let endianness = object::Endianness::Little;
        let mut object = Object::new(object::BinaryFormat::Elf, self.architecture, endianness);
        let zeroed = object.add_section(
            vec![],
            b".bss.shim_state".into(),
            SectionKind::UninitializedData,
        );
        object.append_section_bss(zeroed, 0x3000, 8);
        let state = object.section_symbol(zeroed);
        let own = data_section(&mut object, ".rodata.shim_own", b"data of a part");
        let start = self.function(&mut object, self.start, &START);
        let add = self.function(&mut object, "shim_add", &ADD);
        self.function(&mut object, "shim_unused", &ADD);
        let part = self.function(&mut object, "shim_part", &PART);
        if self.architecture == Architecture::X86_64 {
            let info = undefined(&mut object, names::MODULE);
            refer(&mut object, start, 3, info, 8, elf::R_X86_64_32S);
        }
        let none = elf::R_X86_64_NONE;
        refer(&mut object, add, 0, state, 0, none);
        refer(&mut object, part, 0, state, 0, none);
        refer(&mut object, part, 0, own, 0, none);
        object.write().unwrap()
    }

    fn function(&self, object: &mut Object<'_>, name: &str, code: &[u8]) -> SectionId {
        let section = format!(".text.{name}").into_bytes();
        let section = object.add_section(vec![], section, SectionKind::Text);
        object.section_mut(section).flags = SectionFlags::Elf {
            sh_flags: self.code_flags.into(),
        };
        object.append_section_data(section, code, 16);
        object.add_symbol(Symbol {
            name: name.into(),
            value: 0,
            size: code.len() as u64,
            kind: SymbolKind::Text,
            scope: SymbolScope::Dynamic,
            weak: false,
            section: SymbolSection::Section(section),
            flags: SymbolFlags::None,
        });
        section
    }
}

fn data_section(object: &mut Object<'_>, name: &str, data: &[u8]) -> SymbolId {
    let section = object.add_section(vec![], name.into(), SectionKind::ReadOnlyData);
    object.append_section_data(section, data, 1);
    object.section_symbol(section)
}

/// Names a section for [`section_of`].
fn label(object: &mut Object<'_>, name: &str, section: SectionId) {
    object.add_symbol(Symbol {
        name: name.into(),
        value: 0,
        size: 0,
        kind: SymbolKind::Data,
        scope: SymbolScope::Compilation,
        weak: false,
        section: SymbolSection::Section(section),
        flags: SymbolFlags::None,
    });
}

/// The section of this label.
pub fn section_of(object: &Object<'_>, label: &str) -> SectionId {
    let symbol = object.symbol_id(label.as_bytes()).unwrap();
    object.symbol(symbol).section.id().unwrap()
}

/// Adds a symbol that the other object defines.
pub fn undefined(object: &mut Object<'_>, name: &str) -> SymbolId {
    object.add_symbol(Symbol {
        name: name.into(),
        value: 0,
        size: 0,
        kind: SymbolKind::Text,
        scope: SymbolScope::Unknown,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    })
}

/// Adds a relocation.
pub fn refer(
    object: &mut Object<'_>,
    section: SectionId,
    offset: u64,
    symbol: SymbolId,
    addend: i64,
    r_type: u32,
) {
    let relocation = Relocation {
        offset,
        symbol,
        addend,
        flags: RelocationFlags::Elf { r_type },
    };
    object.add_relocation(section, relocation).unwrap();
}
