//! From a function's CLIF to machine code that is not placed yet.
//!
//! Invariant: nothing here knows an address. Bytes that depend on an address are a [`Relocation`].

use super::{Unit, origins};
use crate::error::Error;
use crate::ir::Origin;
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{self as clif, ExternalName};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CodegenError, Context, Final, FinalizedMachReloc, FinalizedRelocTarget};
use cranelift_codegen::{MachBufferFinalized, settings};
use std::collections::BTreeSet;
use wasi_aot_contract::module::TrapKind;

/// The machine code of one unit.
pub struct Code {
    /// The instructions, and constants that they load.
    pub bytes: Vec<u8>,
    /// Alignment of the address of `bytes`, in bytes: a power of two.
    pub alignment: u64,
    /// The fields of `bytes` that depend on an address.
    pub relocations: Vec<Relocation>,
    /// The instructions that trap by themselves.
    pub traps: Vec<Trap>,
    /// Where the instructions come from, for tables of lines; empty unless asked for.
    pub lines: Vec<Line>,
}

impl Code {
    /// Machine code that didn't come out of Cranelift, without trap sites.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>, alignment: u64, relocations: Vec<Relocation>) -> Self {
        Self {
            bytes,
            alignment,
            relocations,
            traps: Vec::new(),
            lines: Vec::new(),
        }
    }
}

/// A field in a function's code that depends on an address.
pub struct Relocation {
    /// Bytes from the start of [`Code::bytes`] to the field.
    pub offset: u32,
    /// How the field is encoded.
    pub kind: Reloc,
    /// Whose address it depends on.
    pub target: RelocationTarget,
    /// Bytes that are added to the target's address.
    pub addend: i64,
}

/// The target of a relocation.
#[derive(Clone, Copy)]
pub enum RelocationTarget {
    /// Something outside of the function.
    Symbol(Symbol),
    /// Bytes from the start of the function itself.
    Within(u32),
}

/// An instruction that traps by itself.
pub struct Trap {
    /// Bytes from the start of [`Code::bytes`] to the instruction.
    pub offset: u32,
    /// Why it traps.
    pub kind: TrapKind,
    /// The operator's offset in the wasm file, or [`Origin::NO_OFFSET`].
    pub wasm_offset: u32,
}

/// Compiles the CLIF in `context`; `name` is the function's, for messages. Leaves the
/// disassembly in the context, if that is set to make one. With `keep_lines` the code has its
/// lines.
///
/// # Errors
/// [`Error::Limit`] if the function is too large for the code generator.
///
/// # Panics
/// If the code generator fails for any other reason.
pub(super) fn compile(
    context: &mut Context,
    isa: &dyn TargetIsa,
    name: &str,
    keep_lines: bool,
) -> Result<Code, Error> {
    if isa.flags().opt_level() != settings::OptLevel::None {
        origins::prepare(&mut context.func);
    }
    if let Err(e) = context.compile(isa, &mut Default::default()) {
        return Err(too_large(name, &e.inner));
    }
    let code = context.compiled_code().expect("BUG: compiled without code");
    let buffer = &code.buffer;
    let relocations = buffer.relocs().iter();
    let lines = origins::lines(buffer);
    Ok(Code {
        bytes: buffer.data().to_vec(),
        alignment: u64::from(buffer.alignment),
        relocations: relocations.map(|r| relocation(&context.func, r)).collect(),
        traps: traps(buffer, &lines),
        lines: if keep_lines { lines } else { Vec::new() },
    })
}

fn too_large(name: &str, error: &CodegenError) -> Error {
    match error {
        CodegenError::ImplLimitExceeded | CodegenError::CodeTooLarge => Error::Limit(format!(
            "{name} is too large for the code generator; split it, or leave the data in it to a file"
        )),
        other => panic!("BUG: code generator on {name}: {other:?}"),
    }
}

fn relocation(function: &clif::Function, reloc: &FinalizedMachReloc) -> Relocation {
    let target = match &reloc.target {
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
            let name = &function.params.user_named_funcs()[*name];
            RelocationTarget::Symbol(Symbol::from_user_name(name))
        }
        FinalizedRelocTarget::Func(offset) => RelocationTarget::Within(*offset),
        other => panic!("BUG: relocation against {other:?}, which lowering never names"),
    };
    Relocation {
        offset: reloc.offset,
        kind: reloc.kind,
        target,
        addend: reloc.addend,
    }
}

/// The trap sites of a function with their places in the wasm file.
fn traps(buffer: &MachBufferFinalized<Final>, lines: &[Line]) -> Vec<Trap> {
    let sites = buffer.traps().iter();
    let traps = sites.filter_map(|site| {
        Some(Trap {
            offset: site.offset,
            kind: trap::kind(site.code)?,
            wasm_offset: origins::at(lines, site.offset).wasm,
        })
    });
    traps.collect()
}

/// The instructions from an offset up to the next line's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Bytes from the start of [`Code::bytes`].
    pub offset: u32,
    /// The operator that they come from.
    pub origin: Origin,
}

/// The symbols that units refer to, in a fixed order.
#[must_use]
pub fn referenced_symbols(units: &[Unit]) -> BTreeSet<Symbol> {
    let relocations = units.iter().flat_map(|unit| &unit.code.relocations);
    relocations
        .filter_map(|r| match r.target {
            RelocationTarget::Symbol(symbol) => Some(symbol),
            RelocationTarget::Within(_) => None,
        })
        .collect()
}
