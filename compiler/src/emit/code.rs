//! The text section: functions with their relocations, and the symbols that they refer to.
//!
//! Everything is declared before anything is defined, since functions refer to each other.
//! The module's functions come first, in their order, then the compiler's own; veneers, if
//! there are any, stand among the module's functions ([`super::veneers`]).

use super::veneers::{self, Veneers};
use super::{Input, TrapSite};
use crate::compile::{self, Code, Relocation, RelocationTarget, Unit, UnitKind};
use crate::lower::Env;
use crate::naming;
use crate::symbol::Symbol;
use cranelift_codegen::ir::Signature;
use cranelift_codegen::isa::CallConv;
use cranelift_module::{DataId, FuncId, Linkage, Module as _, ModuleReloc, ModuleRelocTarget};
use cranelift_object::{ObjectBuilder, ObjectModule};
use object::write::{Object, SectionId, StandardSection, SymbolId};
use std::collections::BTreeMap;

/// An object whose text section is complete.
pub(super) struct Text {
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

/// Declared functions and data, by the symbols that lowering uses.
struct Declared {
    module: ObjectModule,
    functions: BTreeMap<Symbol, FuncId>,
    data: BTreeMap<Symbol, DataId>,
}

/// Emits all functions.
pub(super) fn emit(input: &Input<'_, '_, '_>) -> Text {
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
    let units = input.units;
    let ids: Vec<FuncId> = units
        .iter()
        .map(|unit| declared.declare_unit(unit))
        .collect();
    for symbol in compile::referenced_symbols(units) {
        declared.declare_referenced(symbol, input.env);
    }
    let reach = veneers::reach(input.env.target.arch());
    let veneers = reach.and_then(|reach| Veneers::plan(units, reach));
    let veneers = veneers.as_ref().map(|veneers| {
        let id = declared.declare_unit(&veneers.unit);
        (veneers, id)
    });
    for (index, (unit, &id)) in units.iter().zip(&ids).enumerate() {
        match veneers {
            Some((veneers, id)) if veneers.before == index => {
                declared.define(id, &veneers.unit.code, |_| None)
            }
            _ => {}
        }
        declared.define(id, &unit.code, |relocation| {
            let (veneers, id) = veneers?;
            Some((id, veneers.of(index, relocation)?))
        });
    }
    let entry = units.iter().zip(&ids);
    let entry = entry.filter(|(unit, _)| matches!(unit.kind, UnitKind::Entry(_)));
    let entry = entry.map(|(_, &id)| id).next();
    let mut all: Vec<(FuncId, &Unit)> = ids.into_iter().zip(units).collect();
    all.extend(veneers.map(|(veneers, id)| (id, &veneers.unit)));
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

    fn declare_unit(&mut self, unit: &Unit) -> FuncId {
        match unit.kind.symbol() {
            Some(symbol) => self.declare_function(symbol, &unit.name, Linkage::Local),
            None => self.declare(&unit.name, Linkage::Local),
        }
    }

    /// Declares a symbol that the shim or [`super::data`] defines.
    fn declare_referenced(&mut self, symbol: Symbol, env: &Env<'_, '_>) {
        let module = env.module;
        let name = &naming::of_symbol(symbol, module, env.names);
        match symbol {
            Symbol::Import(_)
            | Symbol::Os(_)
            | Symbol::MemoryGrow
            | Symbol::MemoryGrowOther
            | Symbol::Memmove
            | Symbol::Memset
            | Symbol::BytesEqual
            | Symbol::BytesCompare
            | Symbol::BytesFind
            | Symbol::QuitHandled
            | Symbol::QuitBegins
            | Symbol::QuitEnds => {
                self.declare_function(symbol, name, Linkage::Import);
            }
            Symbol::Globals
            | Symbol::DataLength(_)
            | Symbol::TableSize(_)
            | Symbol::ElementsLength(_) => self.declare_data(symbol, name, true),
            Symbol::MemoryPages
            | Symbol::TypedTable { .. }
            | Symbol::GivingWayTable(_)
            | Symbol::Data(_)
            | Symbol::TableStart(_)
            | Symbol::Elements(_) => self.declare_data(symbol, name, false),
            Symbol::TableCells(index) => {
                let written = module.tables[index as usize].written;
                self.declare_data(symbol, name, written);
            }
            Symbol::Function(_)
            | Symbol::ImportThunk(_)
            | Symbol::GivingWay(_)
            | Symbol::Quitting(_)
            | Symbol::Traces
            | Symbol::TrapBadSignature
            | Symbol::TrapNull => {
                assert!(
                    self.functions.contains_key(&symbol),
                    "BUG: {symbol:?} was not compiled"
                );
            }
        }
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
        code: &Code,
        veneer: impl Fn(&Relocation) -> Option<(FuncId, u32)>,
    ) {
        let relocations = code.relocations.iter().map(|relocation| {
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
            .define_function_bytes(id, code.alignment, &code.bytes, &relocations)
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

/// Finishes the text section and collects the facts about it that go into tables.
fn finish(declared: Declared, entry: FuncId, all: &[(FuncId, &Unit)]) -> Text {
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
    let mut placed: Vec<(u64, &Unit)> = all
        .iter()
        .map(|&(id, unit)| {
            let symbol = product.function_symbol(id);
            (product.object.symbol(symbol).value, unit)
        })
        .collect();
    placed.sort_by_key(|&(offset, _)| offset);
    let traps = placed.iter().flat_map(|&(start, unit)| {
        let mut sites: Vec<TrapSite> = unit
            .code
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
    let text_size = placed
        .last()
        .map_or(0, |&(offset, unit)| offset + unit.code.bytes.len() as u64);
    let functions = placed
        .iter()
        .map(|&(offset, unit)| (offset, unit.shown_name().to_string()))
        .collect();
    let mut object = product.object;
    let text = object.section_id(StandardSection::Text);
    Text {
        object,
        text,
        text_size,
        symbols,
        entry,
        functions,
        traps,
    }
}
