//! Changes parts of a module.

use anyhow::Context;
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{AbstractHeapType, DataSection, ElementSection, Module, RawSection};
use wasmparser::{DataKind, ElementKind, Parser, Payload};

type Result<T> = std::result::Result<T, reencode::Error<Infallible>>;

/// The module with `funcref` for each `externref`.
///
/// # Errors
/// If it can't be read.
pub fn functions_for_externs(wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
    struct Functions;
    impl Reencode for Functions {
        type Error = Infallible;

        fn abstract_heap_type(
            &mut self,
            ty: wasmparser::AbstractHeapType,
        ) -> Result<AbstractHeapType> {
            Ok(match ty {
                wasmparser::AbstractHeapType::Extern => AbstractHeapType::Func,
                other => other.into(),
            })
        }
    }
    let mut module = Module::new();
    Functions
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(unwritten)?;
    Ok(module.finish())
}

/// The module with only the first `steps` of its instantiation, and the number of all steps.
/// The steps are active element segments, active data segments, and the start function. Later
/// segments become passive. The start function is left out if `steps` are fewer than all.
///
/// # Errors
/// If it can't be read.
pub fn cut(wasm: &[u8], steps: usize) -> anyhow::Result<(Vec<u8>, usize)> {
    let mut module = Module::new();
    let (mut step, mut start) = (0, None);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
        let data = wasm.get(range).context("a section outside of its module")?;
        match payload {
            Payload::ElementSection(section) => {
                let mut elements = ElementSection::new();
                for element in section {
                    let mut element = element?;
                    if let ElementKind::Active { .. } = element.kind {
                        if step >= steps {
                            element.kind = ElementKind::Passive;
                        }
                        step += 1;
                    }
                    let written = utils::parse_element(&mut Same, &mut elements, element);
                    written.map_err(unwritten)?;
                }
                module.section(&elements);
            }
            Payload::DataSection(section) => {
                let mut segments = DataSection::new();
                for segment in section {
                    let mut segment = segment?;
                    if let DataKind::Active { .. } = segment.kind {
                        if step >= steps {
                            segment.kind = DataKind::Passive;
                        }
                        step += 1;
                    }
                    let written = utils::parse_data(&mut Same, &mut segments, segment);
                    written.map_err(unwritten)?;
                }
                module.section(&segments);
            }
            Payload::StartSection { func, .. } => start = Some(func),
            _ => {
                module.section(&RawSection { id, data });
            }
        }
    }
    Ok((module.finish(), step + usize::from(start.is_some())))
}

fn unwritten(error: reencode::Error<Infallible>) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

struct Same;

impl Reencode for Same {
    type Error = Infallible;
}
