//! Compiled functions and a module's data become a relocatable ELF object.
//!
//! Code goes through `cranelift-object` ([`code`], [`veneers`]). Tables, data and the initial
//! memory go through the `object` crate, which `cranelift-object` is built on ([`data`],
//! [`references`], [`info`], [`policy`]). The object defines everything but the shim's functions. It is
//! linked by [`crate::link`] or, with the shim's static library, by any ELF linker.
//!
//! Invariant: functions and tables are emitted in an order that depends on the module alone,
//! so the same input gives the same bytes.

mod code;
mod data;
mod info;
mod policy;
mod references;
mod structure;
mod veneers;

use crate::compile::Unit;
use crate::lower::Env;
use cranelift_codegen::isa::OwnedTargetIsa;
use object::write::{Object, Relocation, SectionId, SymbolId};
use object::{RelocationEncoding, RelocationFlags, RelocationKind};
use wasi_aot_contract::cpu::Features;
use wasi_aot_contract::module::{MemoryLimits, Preemption, TrapKind};
use wasi_aot_contract::target::Target;

/// Everything that an object is made from.
pub struct Input<'i, 'm, 'w> {
    /// The module, and the facts about the module that lowering used.
    pub env: &'i Env<'m, 'w>,
    /// The code generator, which names the object's format.
    pub isa: OwnedTargetIsa,
    /// The module's functions, in order, then the compiler's own units.
    pub units: &'i [Unit],
    /// The manifest's bytes, the descriptor of the ELF note.
    pub manifest: &'i [u8],
    /// Whether the object gets the initial bytes of memory 0. If not, [`crate::link`] takes
    /// them from the module.
    pub with_memory: bool,
    /// Limits of each memory, by index.
    pub memories: &'i [MemoryLimits],
    /// The processor features that the code may use, and so needs.
    pub features: Features,
    /// If goroutines are preempted: the global that holds `g`, and the other facts that the
    /// shim needs (`g_cell` is filled in here).
    pub preemption: Option<(u32, Preemption)>,
}

/// Bytes of an object by kind, for `--verbose`.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Bytes of the text section.
    pub code: u64,
    /// Bytes of tables that the code or the shim reads.
    pub tables: u64,
    /// Initial bytes of memory 0.
    pub memory: u64,
}

/// Writes the object.
///
/// # Errors
/// [`Error::Limit`](crate::error::Error::Limit) if the object's tables are too large.
pub fn object(input: &Input<'_, '_, '_>) -> Result<(Vec<u8>, Sizes), crate::error::Error> {
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

/// An object with a manifest alone, for [`crate::link::with_policy`].
#[must_use]
pub fn policy_object(target: Target, manifest: &[u8]) -> Vec<u8> {
    policy::object(target, manifest)
}

/// Adds a relocation that stores the address of `symbol` plus `addend` in `bits` bits.
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

/// An instruction in the text section that traps by itself.
struct TrapSite {
    code_offset: u64,
    kind: TrapKind,
    wasm_offset: u32,
}
