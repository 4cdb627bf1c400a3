//! The linker: object and runtime become an executable. No linker is needed on the machine.
//!
//! The phases, in order. Each reads only what the phases before it made:
//!
//! 1. [`input`] reads two relocatable objects, the module's and the runtime's.
//! 2. [`select`] chooses the sections of the runtime that this module and its policy need.
//! 3. [`layout`] gives every section an address and a place in the file, and lists the
//!    segments; [`place`] counts.
//! 4. [`symbols`] resolves the symbols of both objects and collects the symbol table.
//! 5. [`mod@write`] writes the file, its sections not relocated yet.
//! 6. [`relocate`] patches the sections in place; [`site`] is one relocation, and a file
//!    for each architecture has the encodings.
//!
//! [`compare`] goes the other way: it says whether an executable has the runtime. [`regrant`]
//! links another policy to what is there.
//!
//! These hold for every output:
//!
//! - No segment is both writable and executable.
//! - Segments are in order of address. No two share a page of memory, and code shares no
//!   page of the file either.
//! - An address and its file offset are congruent modulo the page size, as the gABI demands
//!   ("Program Header").
//! - The same input gives the same bytes, and another policy gives the same bytes but for
//!   headers and what lies in the policy's segments.
//!
//! Input that breaks a rule is an [`Error::Link`], never a panic.

mod aarch64;
mod compare;
mod input;
mod layout;
mod place;
mod regrant;
mod relocate;
mod select;
mod site;
mod symbols;
#[cfg(test)]
mod tests;
mod write;
mod x86_64;

pub use compare::has_runtime;
pub use regrant::with_policy;

use crate::error::Error;
use crate::module::Chunk;
use wasi_aot_contract::target::Target;

/// Memory 0 at the start.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    /// Its bytes, as [`crate::module::Image`] holds them: chunks are in order, and don't reach
    /// the next chunk.
    pub chunks: &'a [Chunk<'a>],
    /// Its size in bytes, a multiple of WebAssembly's page size.
    pub size: u64,
}

/// Links `object` (a relocatable ELF object of the emit phase) and the initial `memory`
/// with what they need of the `runtime` (another relocatable object). Returns the executable's
/// bytes. `strip` leaves the symbol table out.
///
/// # Errors
/// [`Error::Link`] if an input breaks a rule, if neither input defines a symbol, or if the
/// image doesn't fit below linear memory.
pub fn executable(
    object: &[u8],
    memory: &Memory<'_>,
    runtime: &[u8],
    strip: bool,
) -> Result<Vec<u8>, Error> {
    let runtime = input::read(runtime, "the runtime")?;
    let module = input::read(object, "the module's object")?;
    if module.target != runtime.target {
        return fail("object and runtime are for different machines");
    }
    let selection = select::select(&runtime, &module)?;
    let layout = layout::plan(&module, memory, &runtime, &selection)?;
    let addresses = symbols::resolve(&module, &runtime, &layout)?;
    let table = if strip {
        Vec::new()
    } else {
        symbols::table(&module, &runtime, &addresses)
    };
    let mut file = write::file(&module, memory, &runtime, &layout, &addresses, &table)?;
    relocate::apply(&mut file, &module, &runtime, &layout, &addresses)?;
    Ok(file)
}

/// An [`Error::Link`] as a result.
fn fail<T>(message: impl Into<String>) -> Result<T, Error> {
    Err(Error::Link(message.into()))
}

/// The target of an ELF file with this `e_machine`.
fn target(machine: u16) -> Result<Target, Error> {
    match Target::with_elf_machine(machine) {
        Some(target) => Ok(target),
        None => fail(format!("cannot link for ELF machine {machine}")),
    }
}

/// A symbol or section name for a message.
fn printable(name: &[u8]) -> String {
    crate::error::printable(&String::from_utf8_lossy(name))
}
