//! The linker: object and shim become an executable. No linker is needed on the machine.
//!
//! The phases, in order. Each reads only what the phases before it made:
//!
//! 1. [`input`] reads the module's relocatable object. [`shim`] reads the shim, which is
//!    already linked to its final addresses.
//! 2. [`layout`] gives every section of the module an address and a place in the file,
//!    and lists the segments.
//! 3. [`symbols`] resolves the module's symbols and collects the symbol table.
//! 4. [`mod@write`] writes the file, its sections not relocated yet.
//! 5. [`relocate`] patches the sections in place; [`site`] is one relocation, and a file
//!    for each architecture has the encodings.
//!
//! These hold for every output:
//!
//! - No segment is both writable and executable.
//! - Segments are in order of address. No two share a page of memory, and code shares no
//!   page of the file either.
//! - An address and its file offset are congruent modulo the page size, as the gABI demands
//!   ("Program Header").
//! - The same input gives the same bytes.
//!
//! Input that breaks a rule is an [`Error::Link`], never a panic.

mod aarch64;
mod input;
mod layout;
mod relocate;
mod shim;
mod site;
mod symbols;
#[cfg(test)]
mod tests;
mod write;
mod x86_64;

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
/// with `shim` (a static ELF executable at a fixed address). Returns the executable's bytes.
/// `strip` leaves the symbol table out.
///
/// # Errors
/// [`Error::Link`] if an input breaks a rule, if neither input defines a symbol, or if the
/// image doesn't fit below linear memory.
pub fn executable(
    object: &[u8],
    memory: &Memory<'_>,
    shim: &[u8],
    strip: bool,
) -> Result<Vec<u8>, Error> {
    let shim = shim::read(shim)?;
    let module = input::read(object)?;
    if module.target != shim.target {
        return fail("object and shim are for different machines");
    }
    let layout = layout::plan(&module, memory, &shim)?;
    let addresses = symbols::resolve(&module, &shim, &layout)?;
    let table = if strip {
        Vec::new()
    } else {
        symbols::table(&module, &shim, &layout, &addresses)?
    };
    let mut file = write::file(&module, memory, &shim, &layout, &table)?;
    relocate::apply(&mut file, &module, &layout, &addresses)?;
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

/// Adds the input's name to an error of the ELF reader.
fn unreadable(input: &'static str) -> impl Fn(object::read::Error) -> Error {
    move |error| Error::Link(format!("cannot read the {input}: {error}"))
}

/// A symbol or section name for a message.
fn printable(name: &[u8]) -> String {
    crate::error::printable(&String::from_utf8_lossy(name))
}
