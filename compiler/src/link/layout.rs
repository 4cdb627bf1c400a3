//! Gives every section its address and its place in the file.
//!
//! ```text
//! file                         memory
//! headers, module information, IMAGE_BASE ..              R
//!   read-only data
//!                              POLICY_ROOM bytes, for the policy's parts
//! code, on pages of its own    next page ..               RX
//! data                         next page ..               RW, then zeroed data
//! each chunk of memory         the memory's base + ..     RW, zeroes up to the next chunk
//! the policy with its manifest the page behind the data   R
//! the policy's parts           in the room for them       RX, R, RW
//! ```
//!
//! In each segment the runtime's sections come before the module's.
//!
//! Invariants:
//!
//! - **Nothing but code can be executed.** The pages of the file that are mapped executable,
//!   the first and the last one included, hold code and zeroes: code begins on a new page of
//!   the file, and so does what follows.
//! - No page of *memory* belongs to two segments, since rights hold for whole pages.
//! - Segments without code may share a page of the *file*: the page in which one segment
//!   ends and the next begins is mapped twice, at two addresses, with each segment's rights.
//!   That saves padding.
//! - The kernel loads linear memory. Each chunk of memory 0 is a segment with the chunk's
//!   bytes, whose zeroes reach up to the next chunk or the memory's initial size. Pages are
//!   copied when they are written; nothing is copied at the start.
//! - **Another policy moves nothing.** What depends on the policy lies behind everything else
//!   in the file, and at addresses where nothing else depends on its size. The policy's parts
//!   lie near the runtime's code, which they call (`BL` of aarch64 reaches 128 MiB).
//! - The runtime's own sections depend on the selection and on where code and data begin, on
//!   nothing else. [`super::compare`] relies on that.

use super::input::{Object, Purpose};
pub(super) use super::place::{Layout, Owner, Placed, Segment};
use super::place::{Planner, READ_EXECUTE, READ_WRITE};
use super::select::Selection;
use super::{Memory, fail};
use crate::error::Error;
use object::elf;
use std::ops::Range;
use wasi_aot_contract::layout::{MAX_PAGES, POLICY_ROOM, WASM_PAGE_SIZE, memory_base};
use wasi_aot_contract::module::ModuleInfo;
use wasi_aot_contract::symbols::MODULE_SECTION;

/// Plans the executable.
///
/// # Errors
/// A module without exactly one information section, and one that is too large.
pub(super) fn plan(
    module: &Object<'_>,
    memory: &Memory<'_>,
    runtime: &Object<'_>,
    selection: &Selection,
) -> Result<Layout, Error> {
    use Purpose::*;
    check_unique(module)?;
    check_memory(memory.size)?;
    let mut planner = Planner::new(module, runtime);
    planner.headers();
    planner.module(&[ModuleInfo])?;
    planner.read_only(selection)?;
    planner.module(&[ReadOnly])?;
    planner.segment(elf::PF_R);
    planner.own_page();
    let room = planner.address;

    planner.at(room + POLICY_ROOM);
    planner.code(selection)?;
    planner.module(&[Code])?;
    planner.segment(READ_EXECUTE);
    planner.own_page();
    planner.data(selection)?;
    planner.module(&[Data])?;
    planner.module(&[Zeroed])?;
    planner.segment(READ_WRITE);
    let end = planner.next_page();

    let segments = planner.segments.len();
    planner.memory(memory_base(module.target, 0), memory);
    let memory = planner.segments[segments..].to_vec();
    planner.policy(end, room, &selection.policy)?;
    Ok(planner.finish(memory))
}

/// Where code and data begin in an executable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begin {
    pub code: Start,
    pub data: Start,
}

/// Where something begins in memory and in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub address: u64,
    pub offset: u64,
}

impl Begin {
    /// The addresses that are kept for the policy's parts.
    pub(super) fn room(self) -> Range<u64> {
        let end = self.code.address;
        end - POLICY_ROOM..end
    }
}

/// Plans the runtime's sections alone, where they are in an executable whose code and data begin
/// there; the policy's parts lie behind them.
///
/// # Errors
/// A runtime with a section that can't be placed.
pub(super) fn of_runtime(
    runtime: &Object<'_>,
    selection: &Selection,
    begin: Begin,
) -> Result<Layout, Error> {
    let mut planner = Planner::new(runtime, runtime);
    always(&mut planner, selection, begin)?;
    if !selection.policy.is_empty() {
        planner.parts(begin.room().start, &selection.policy)?;
    }
    Ok(planner.finish(Vec::new()))
}

/// As [`of_runtime`], with another policy behind this offset of the file, on this page of memory:
/// the sections of the object `policy`.
///
/// # Errors
/// A policy that doesn't fit below linear memory.
pub(super) fn of_policy(
    policy: &Object<'_>,
    runtime: &Object<'_>,
    selection: &Selection,
    begin: Begin,
    (offset, page): (u64, u64),
) -> Result<Layout, Error> {
    let mut planner = Planner::new(policy, runtime);
    always(&mut planner, selection, begin)?;
    planner.behind(offset);
    planner.segments.clear();
    planner.policy(page, begin.room().start, &selection.policy)?;
    Ok(planner.finish(Vec::new()))
}

/// Places what every policy needs of the runtime.
fn always(planner: &mut Planner<'_, '_>, selection: &Selection, begin: Begin) -> Result<(), Error> {
    planner.headers();
    planner.skip(size_of::<ModuleInfo>() as u64);
    planner.read_only(selection)?;
    planner.segment(elf::PF_R);
    planner.behind(begin.code.offset);
    planner.at(begin.code.address);
    planner.code(selection)?;
    planner.segment(READ_EXECUTE);
    planner.behind(begin.data.offset);
    planner.at(begin.data.address);
    planner.data(selection)?;
    planner.segment(READ_WRITE);
    Ok(())
}

fn check_unique(module: &Object<'_>) -> Result<(), Error> {
    let infos = module.sections.iter();
    let infos = infos.filter(|s| s.purpose == Purpose::ModuleInfo);
    if infos.count() != 1 {
        return fail(format!(
            "the module's object must have exactly one section {MODULE_SECTION}"
        ));
    }
    Ok(())
}

fn check_memory(size: u64) -> Result<(), Error> {
    if size > u64::from(MAX_PAGES) * WASM_PAGE_SIZE || !size.is_multiple_of(WASM_PAGE_SIZE) {
        return fail(format!(
            "initial memory of {size} bytes is not a whole number of WebAssembly pages"
        ));
    }
    Ok(())
}
