//! The text section: functions with their relocations, and the symbols that they refer to.
//!
//! Everything is declared before anything is defined, since functions refer to each other.
//! The module's functions come first, in their order, then the compiler's own; veneers, if
//! there are any, stand among the module's functions ([`super::veneers`]).

use super::veneers::{self, Veneers};
use super::{Input, TrapSite};
use crate::compile::{self, Compiled, Relocation, RelocationTarget, Synthetic, TrapStub};
use crate::module::Module;
use crate::symbol::Symbol;
use cranelift_codegen::ir::Signature;
use cranelift_codegen::isa::CallConv;
use cranelift_module::{DataId, FuncId, Linkage, Module as _, ModuleReloc, ModuleRelocTarget};
use cranelift_object::{ObjectBuilder, ObjectModule};
use object::write::{Object, SectionId, StandardSection, SymbolId};
use std::collections::BTreeMap;
use wasi_aot_contract::{symbol, symbols};

/// An object whose text section is complete.
pub(super) struct Code {
    pub object: Object<'static>,
    pub text: SectionId,
    /// Bytes of the text section.
    pub text_size: u64,
    /// The object's symbol for everything that code or tables refer to.
    pub symbols: BTreeMap<Symbol, SymbolId>,
    pub entry: SymbolId,
    /// Offset in the text section and name of each function, by ascending offset. The
    /// compiler's own functions have empty names.
    pub functions: Vec<(u64, String)>,
    /// By ascending offset.
    pub traps: Vec<TrapSite>,
}

/// A function of the text section.
struct TextFunction<'i> {
    id: FuncId,
    /// The symbol by which calls refer to the function. The entry and the veneers have no
    /// symbol.
    symbol: Option<Symbol>,
    compiled: &'i Compiled,
    /// Empty for the compiler's own functions.
    name: &'i str,
}

/// Declared functions and data, by the symbols that lowering uses.
struct Declared {
    module: ObjectModule,
    functions: BTreeMap<Symbol, FuncId>,
    data: BTreeMap<Symbol, DataId>,
}

/// Emits all functions.
pub(super) fn emit(input: &Input<'_, '_, '_>) -> Code {
    let builder = ObjectBuilder::new(
        input.isa.clone(),
        "module.wasm",
        cranelift_module::default_libcall_names(),
    );
    let module = ObjectModule::new(builder.unwrap_or_else(|e| panic!("BUG: object builder: {e}")));
    let mut declared = Declared {
        module,
        functions: BTreeMap::new(),
        data: BTreeMap::new(),
    };
    let mut all = Vec::new();
    for (index, (compiled, name)) in (0u32..).zip(input.functions.iter().zip(input.env.names)) {
        let symbol = Symbol::Function(index);
        let id = declared.declare_function(symbol, name, Linkage::Local);
        all.push(TextFunction {
            id,
            symbol: Some(symbol),
            compiled,
            name,
        });
    }
    let mut entry = None;
    for (synthetic, compiled) in input.synthetic {
        let (id, symbol) = declared.declare_synthetic(*synthetic);
        if let Synthetic::Entry(_) = synthetic {
            entry = Some(id);
        }
        all.push(TextFunction {
            id,
            symbol,
            compiled,
            name: "",
        });
    }
    for symbol in compile::referenced_symbols(all.iter().map(|function| function.compiled)) {
        declared.declare_referenced(symbol, input.env.module);
    }
    let veneers = veneers::reach(input.env.target.arch()).and_then(|reach| {
        let functions: Vec<_> = all
            .iter()
            .map(|function| (function.symbol, function.compiled))
            .collect();
        Veneers::plan(&functions, reach)
    });
    let veneers = veneers.as_ref().map(|veneers| {
        (
            veneers,
            declared.declare(symbol!("veneers"), Linkage::Local),
        )
    });
    for (index, function) in all.iter().enumerate() {
        match veneers {
            Some((veneers, id)) if veneers.before == index => {
                declared.define(id, &veneers.code, |_| None)
            }
            _ => {}
        }
        declared.define(function.id, function.compiled, |relocation| {
            let (veneers, id) = veneers?;
            Some((id, veneers.of(index, relocation)?))
        });
    }
    all.extend(veneers.map(|(veneers, id)| TextFunction {
        id,
        symbol: None,
        compiled: &veneers.code,
        name: "",
    }));
    finish(declared, entry.expect("BUG: an object without entry"), &all)
}

impl Declared {
    fn declare_function(&mut self, symbol: Symbol, name: &str, linkage: Linkage) -> FuncId {
        let id = self.declare(name, linkage);
        self.functions.insert(symbol, id);
        id
    }

    fn declare(&mut self, name: &str, linkage: Linkage) -> FuncId {
        // `cranelift-module` wants a signature and doesn't use it: functions are defined by
        // their bytes.
        let signature = Signature::new(CallConv::SystemV);
        let id = self.module.declare_function(name, linkage, &signature);
        id.unwrap_or_else(|e| panic!("BUG: declaring {name}: {e}"))
    }

    /// Declares one of the compiler's own functions. Also returns the function's symbol. The
    /// entry has no symbol, since no code refers to the entry.
    fn declare_synthetic(&mut self, synthetic: Synthetic) -> (FuncId, Option<Symbol>) {
        let (symbol, name) = match synthetic {
            Synthetic::Entry(_) => return (self.declare(symbols::ENTRY, Linkage::Local), None),
            Synthetic::ImportThunk(index) => (
                Symbol::ImportThunk(index),
                own_name(format_args!("thunk_{index}")),
            ),
            Synthetic::GivingWay(index) => (
                Symbol::GivingWay(index),
                own_name(format_args!("gives_way_{index}")),
            ),
            Synthetic::Trap(TrapStub::BadSignature) => (
                Symbol::TrapBadSignature,
                symbol!("trap_bad_signature").to_string(),
            ),
            Synthetic::Trap(TrapStub::Null) => (Symbol::TrapNull, symbol!("trap_null").to_string()),
        };
        let id = self.declare_function(symbol, &name, Linkage::Local);
        (id, Some(symbol))
    }

    /// Declares a symbol that the shim or [`super::data`] defines.
    fn declare_referenced(&mut self, symbol: Symbol, module: &Module<'_>) {
        match symbol {
            Symbol::Import(index) => {
                let function = module.imports[index as usize].function;
                self.declare_shim(symbol, &own_name(format_args!("{}", function.name)));
            }
            Symbol::MemoryGrow => self.declare_shim(symbol, symbols::MEMORY_GROW),
            Symbol::MemoryGrowOther => self.declare_shim(symbol, symbols::MEMORY_GROW_OTHER),
            Symbol::Memmove => self.declare_shim(symbol, symbols::MEMMOVE),
            Symbol::Memset => self.declare_shim(symbol, symbols::MEMSET),
            Symbol::BytesEqual => self.declare_shim(symbol, symbols::BYTES_EQUAL),
            Symbol::BytesCompare => self.declare_shim(symbol, symbols::BYTES_COMPARE),
            Symbol::BytesFind => self.declare_shim(symbol, symbols::BYTES_FIND),
            Symbol::MemoryPages => self.declare_data(symbol, symbols::MEMORY_PAGES, false),
            Symbol::Globals => self.declare_data(symbol, symbol!("globals"), true),
            Symbol::TypedTable { table, type_index } => {
                let name = own_name(format_args!("table_{table}_{type_index}"));
                self.declare_data(symbol, &name, false)
            }
            Symbol::GivingWayTable(index) => {
                self.declare_data(symbol, &own_name(format_args!("giving_way_{index}")), false)
            }
            Symbol::Data(index) => {
                self.declare_data(symbol, &own_name(format_args!("data_{index}")), false)
            }
            Symbol::DataLength(index) => {
                self.declare_data(symbol, &own_name(format_args!("data_length_{index}")), true)
            }
            Symbol::TableCells(index) => {
                let written = module.tables[index as usize].written;
                self.declare_data(symbol, &own_name(format_args!("cells_{index}")), written)
            }
            Symbol::TableStart(index) => self.declare_data(
                symbol,
                &own_name(format_args!("cells_start_{index}")),
                false,
            ),
            Symbol::TableSize(index) => {
                self.declare_data(symbol, &own_name(format_args!("table_size_{index}")), true)
            }
            Symbol::Elements(index) => {
                self.declare_data(symbol, &own_name(format_args!("elements_{index}")), false)
            }
            Symbol::ElementsLength(index) => self.declare_data(
                symbol,
                &own_name(format_args!("elements_length_{index}")),
                true,
            ),
            Symbol::Function(_)
            | Symbol::ImportThunk(_)
            | Symbol::GivingWay(_)
            | Symbol::TrapBadSignature
            | Symbol::TrapNull => {
                assert!(
                    self.functions.contains_key(&symbol),
                    "BUG: {symbol:?} was not compiled"
                );
            }
        }
    }

    /// Declares a function that the shim defines.
    fn declare_shim(&mut self, symbol: Symbol, name: &str) {
        self.declare_function(symbol, name, Linkage::Import);
    }

    fn declare_data(&mut self, symbol: Symbol, name: &str, writable: bool) {
        let id = self
            .module
            .declare_data(name, Linkage::Import, writable, false);
        self.data.insert(
            symbol,
            id.unwrap_or_else(|e| panic!("BUG: declaring {name}: {e}")),
        );
    }

    /// Defines a function. A call for which `veneer` gives a function and an offset in it
    /// goes there; all others go to their targets.
    fn define(
        &mut self,
        id: FuncId,
        compiled: &Compiled,
        veneer: impl Fn(&Relocation) -> Option<(FuncId, u32)>,
    ) {
        let relocations = compiled.relocations.iter().map(|relocation| {
            let (name, addend) = match veneer(relocation) {
                Some((veneers, offset)) => (veneers.into(), i64::from(offset)),
                None => (self.target(id, relocation.target), relocation.addend),
            };
            ModuleReloc {
                offset: relocation.offset,
                kind: relocation.kind,
                name,
                addend,
            }
        });
        let relocations: Vec<_> = relocations.collect();
        self.module
            .define_function_bytes(id, compiled.alignment, &compiled.code, &relocations)
            .unwrap_or_else(|e| panic!("BUG: defining a function: {e}"));
    }

    fn target(&self, function: FuncId, target: RelocationTarget) -> ModuleRelocTarget {
        match target {
            RelocationTarget::Within(offset) => ModuleRelocTarget::FunctionOffset(function, offset),
            RelocationTarget::Symbol(symbol) => match self.functions.get(&symbol) {
                Some(&id) => id.into(),
                None => self.data[&symbol].into(),
            },
        }
    }
}

/// The name of a symbol of the object's own.
fn own_name(name: std::fmt::Arguments<'_>) -> String {
    format!("{}{name}", symbols::PREFIX)
}

/// Finishes the text section and collects the facts about it that go into tables.
fn finish(declared: Declared, entry: FuncId, all: &[TextFunction<'_>]) -> Code {
    let product = declared.module.finish();
    let functions = declared
        .functions
        .iter()
        .map(|(&symbol, &id)| (symbol, product.function_symbol(id)));
    let data = declared
        .data
        .iter()
        .map(|(&symbol, &id)| (symbol, product.data_symbol(id)));
    let symbols = functions.chain(data).collect();
    let entry = product.function_symbol(entry);
    // cranelift-object aligns functions, so only the object knows their offsets.
    let mut placed: Vec<(u64, &TextFunction<'_>)> = all
        .iter()
        .map(|function| {
            let symbol = product.function_symbol(function.id);
            (product.object.symbol(symbol).value, function)
        })
        .collect();
    placed.sort_by_key(|&(offset, _)| offset);
    let traps = placed.iter().flat_map(|&(start, function)| {
        let mut sites: Vec<TrapSite> = function
            .compiled
            .traps
            .iter()
            .map(|t| TrapSite {
                code_offset: start + u64::from(t.offset),
                kind: t.kind,
                wasm_offset: t.wasm_offset,
            })
            .collect();
        sites.sort_by_key(|t| t.code_offset);
        sites
    });
    let traps = traps.collect();
    let text_size = placed.last().map_or(0, |&(offset, function)| {
        offset + function.compiled.code.len() as u64
    });
    let functions = placed
        .iter()
        .map(|&(offset, function)| (offset, function.name.to_string()))
        .collect();
    let mut object = product.object;
    let text = object.section_id(StandardSection::Text);
    Code {
        object,
        text,
        text_size,
        symbols,
        entry,
        functions,
        traps,
    }
}
