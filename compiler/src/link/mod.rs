//! Object and shim become an executable, without a linker on the machine.
//!
//! The phases, in order; each reads only what the ones before it made:
//!
//! 1. [`input`] reads the module's relocatable object, [`shim`] the shim, which
//!    is linked to its final addresses already;
//! 2. [`layout`] gives every section of the module an address and a place in
//!    the file, and lists the segments;
//! 3. [`symbols`] resolves what the module refers to and collects the symbol
//!    table;
//! 4. [`write`] writes the file, sections still unrelocated;
//! 5. [`relocate`] patches them in place.
//!
//! What holds for every output: no segment is both writable and executable;
//! segments are in order of address and don't share a page of memory, and code no page of
//! the file either; addresses and file offsets are congruent modulo the page size; same input, same bytes.
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

use crate::Error;
use crate::module::Chunk;
use wasi_aot_contract::target::Target;

/// What memory 0 is at start.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    /// Its bytes: as [`crate::module::Image`] has them.
    pub chunks: &'a [Chunk<'a>],
    /// Its size in bytes: a number of WebAssembly pages.
    pub size: u64,
}

/// Links `object` (a relocatable ELF object of the emit phase) and the initial
/// `memory` with `shim` (a fixed-address static ELF executable) into an executable, and
/// returns its bytes. `strip` leaves the symbol table out.
///
/// # Errors
/// [`Error::Link`] when one of the inputs is not what it should be, a symbol is
/// defined by neither, or the image would not fit below linear memory.
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

/// Says which of the two inputs the ELF reader stumbled over.
fn unreadable(input: &'static str) -> impl Fn(object::read::Error) -> Error {
    move |error| Error::Link(format!("cannot read the {input}: {error}"))
}

/// A symbol or section name for a message.
fn printable(name: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(name)
}
