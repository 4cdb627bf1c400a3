//! The functions that the merge adds: they do the part of instantiation that is deferred to
//! the program's start ([`super::plan`]).
//!
//! A trap in such a function is reported with the function's name, so the name says what
//! failed.

use super::index_spaces::IndexSpaces;
use super::plan::{Deferred, DeferredSegment, Plan};
use super::resolve::{Growable, Instance, Linked, NeededSize};
use wasm_encoder::{BlockType, InstructionSink};

/// A function `() -> ()` with its name.
pub(super) struct OwnFunction {
    pub name: String,
    pub body: wasm_encoder::Function,
}

/// The functions that the merge adds after all others, and the index of the merged module's
/// start function. In the order of instantiation that function does, for each module: checks
/// of imported sizes, deferred segments, the module's own start function.
pub(super) fn functions(
    linked: &Linked<'_>,
    indices: &IndexSpaces,
    plan: &Plan,
) -> (Vec<OwnFunction>, Option<u32>) {
    let (mut own, mut calls) = (Vec::new(), Vec::new());
    let mut add = |function: OwnFunction| {
        own.push(function);
        indices.function_count + super::index_spaces::size(own.len() - 1)
    };
    let modules = linked.instances.iter().zip(&plan.modules).enumerate();
    for (module, (instance, deferred)) in modules {
        for size in &instance.sizes {
            calls.push(add(check(indices, instance, size)));
        }
        for part in parts(deferred) {
            calls.push(add(apply(indices, module, instance, part)));
        }
        if let Some(start) = instance.input.start {
            calls.push(indices.function_index(instance.functions[start as usize]));
        }
    }
    let start = match calls[..] {
        [] => None,
        [only] => Some(only),
        _ => {
            let body = body(|code| {
                for &call in &calls {
                    code.call(call);
                }
            });
            Some(add(OwnFunction {
                name: "instantiation".into(),
                body,
            }))
        }
    };
    (own, start)
}

fn body(fill: impl FnOnce(&mut InstructionSink<'_>)) -> wasm_encoder::Function {
    let mut function = wasm_encoder::Function::new([]);
    let mut code = function.instructions();
    fill(&mut code);
    code.end();
    function
}

/// A function that traps if an imported table or memory hasn't grown to the size that the
/// import asks for.
fn check(indices: &IndexSpaces, instance: &Instance<'_>, size: &NeededSize) -> OwnFunction {
    let body = body(|code| {
        match size.of {
            Growable::Table(definition) => code.table_size(indices.tables.index(definition)),
            Growable::Memory(definition) => code.memory_size(indices.memories.index(definition)),
        };
        // Sizes are below 2^32, since 64-bit tables and memories are refused.
        let least = u32::try_from(size.least).unwrap_or(u32::MAX);
        code.i32_const(least.cast_signed()).i32_lt_u();
        code.if_(BlockType::Empty).unreachable().end();
    });
    let what = match size.of {
        Growable::Table(_) => "elements",
        Growable::Memory(_) => "pages",
    };
    let name = format!(
        "import of {}, which has fewer than {} {what}",
        size.import, size.least
    );
    OwnFunction {
        name: instance.qualified(&name),
        body,
    }
}

/// The most segments that one function applies. A single function that applied very many
/// segments would take very much memory to compile.
const AT_ONCE: usize = 1000;

/// Segments that one function applies, in order.
#[derive(Clone, Copy)]
enum Part<'l> {
    Elements(&'l [DeferredSegment]),
    Data(&'l [DeferredSegment]),
}

fn parts(deferred: &Deferred) -> impl Iterator<Item = Part<'_>> {
    let elements = deferred.elements.chunks(AT_ONCE).map(Part::Elements);
    elements.chain(deferred.data.chunks(AT_ONCE).map(Part::Data))
}

/// A function that applies segments in order, as the core specification says: each is
/// initialised, then dropped.
fn apply(
    indices: &IndexSpaces,
    module: usize,
    instance: &Instance<'_>,
    part: Part<'_>,
) -> OwnFunction {
    let body = body(|code| {
        let operands = |code: &mut InstructionSink<'_>, segment: &DeferredSegment| {
            code.i32_const(segment.offset).i32_const(0);
            code.i32_const(segment.len.cast_signed());
        };
        match part {
            Part::Elements(segments) => segments.iter().for_each(|segment| {
                let index = indices.element_index(module, super::index_spaces::size(segment.index));
                operands(code, segment);
                code.table_init(indices.tables.index(segment.target), index);
                code.elem_drop(index);
            }),
            Part::Data(segments) => segments.iter().for_each(|segment| {
                let index = indices.data_index(module, super::index_spaces::size(segment.index));
                operands(code, segment);
                code.memory_init(indices.memories.index(segment.target), index);
                code.data_drop(index);
            }),
        }
    });
    OwnFunction {
        name: instance.qualified("instantiation"),
        body,
    }
}
