//! Compiled functions and a module's data become a relocatable ELF object.
//!
//! Code goes through `cranelift-object` ([`code`], [`veneers`]), read-only tables and the
//! initial memory through the `object` crate it is built on ([`data`], [`references`],
//! [`info`]).
//! The object defines everything but the shim's functions, and can be linked by
//! [`crate::link`] or, with the shim's static library, by any ELF linker.

mod code;
mod data;
mod info;
mod references;
mod veneers;

use crate::compile::{Compiled, Synthetic};
use crate::lower::Env;
use cranelift_codegen::isa::OwnedTargetIsa;
use object::write::{Object, Relocation, SectionId, SymbolId};
use object::{RelocationEncoding, RelocationFlags, RelocationKind};
use wasi_aot_contract::cpu::Features;
use wasi_aot_contract::module::{MemoryLimits, Preemption, TrapKind};

/// All that an object is made from.
pub struct Input<'i, 'm, 'w> {
    pub env: &'i Env<'m, 'w>,
    pub isa: OwnedTargetIsa,
    /// The module's functions, in order.
    pub functions: &'i [Compiled],
    pub synthetic: &'i [(Synthetic, Compiled)],
    /// Descriptor of the manifest note.
    pub manifest: &'i [u8],
    /// Whether the initial bytes of memory 0 belong into the object.
    pub with_memory: bool,
    /// Of each memory, by index.
    pub memories: &'i [MemoryLimits],
    /// What the code may use, and so needs.
    pub features: Features,
    /// If goroutines are preempted: the global that holds `g`, and the rest of what the shim
    /// must know (`g_cell` is filled in here).
    pub preemption: Option<(u32, Preemption)>,
}

/// How many bytes an object has of each kind, for `--verbose`.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    pub code: u64,
    pub tables: u64,
    pub memory: u64,
}

/// Writes the object.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) if its tables are too large.
pub fn object(input: &Input<'_, '_, '_>) -> Result<(Vec<u8>, Sizes), crate::Error> {
    references::check(input)?;
    let mut code = code::emit(input);
    let tables = data::emit(input, &mut code);
    let read_only = info::emit(input, &mut code);
    let sizes = Sizes {
        code: code.text_size,
        tables: tables + read_only,
        memory: input.env.module.image.size(),
    };
    let bytes = code
        .object
        .write()
        .unwrap_or_else(|e| panic!("BUG: object writer: {e}"));
    Ok((bytes, sizes))
}

/// A relocation that stores the address of `symbol` + `addend` in `bits` bits.
fn absolute(
    object: &mut Object<'_>,
    section: SectionId,
    offset: u64,
    symbol: SymbolId,
    addend: i64,
    bits: u8,
) {
    let flags = RelocationFlags::Generic {
        kind: RelocationKind::Absolute,
        encoding: RelocationEncoding::Generic,
        size: bits,
    };
    object
        .add_relocation(
            section,
            Relocation {
                offset,
                symbol,
                addend,
                flags,
            },
        )
        .unwrap_or_else(|e| panic!("BUG: object writer: {e}"));
}

/// A trap site in the text section.
struct TrapSite {
    code_offset: u64,
    kind: TrapKind,
    wasm_offset: u32,
}
