//! How the bytes of a module are read: the features that are accepted, and the encodings that
//! depend on a feature.

use crate::error::Error;
use wasmparser::{ImportSectionReader, Parser, Payload, TypeRef, WasmFeatures};

/// Checks the magic and the version (core specification, "Modules" of the binary format). A
/// component has layer 1 in the version's upper half.
///
/// # Errors
/// [`Error::Truncated`], [`Error::NotWasm`], [`Error::Empty`], [`Error::Elf`], [`Error::Component`].
pub(crate) fn check_header(wasm: &[u8]) -> Result<(), Error> {
    const MAGIC: &[u8; 4] = b"\0asm";
    if !wasm.starts_with(MAGIC) {
        return Err(match wasm {
            [] => Error::Empty,
            [0x7f, b'E', b'L', b'F', ..] => Error::Elf,
            _ if MAGIC.starts_with(wasm) => Error::Truncated {
                offset: wasm.len() as u64,
            },
            _ => Error::NotWasm,
        });
    }
    match wasm.get(4..8) {
        None => Err(Error::Truncated {
            offset: wasm.len() as u64,
        }),
        Some([_, _, 1, 0]) => Err(Error::Component),
        Some(_) => Ok(()),
    }
}

/// The features that the validator accepts. Some of these features can't be compiled. They are
/// accepted here so that a message can name the unsupported feature instead of calling the
/// module invalid.
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::MEMORY64
        | WasmFeatures::THREADS
}

/// The features that the bytes are read with. Multi-memory and memory64 change which bytes
/// are well-formed in any module: a memory's index, in any encoding, may stand where 2.0 has
/// one zero byte, and offsets may be longer. WebAssembly 2.0 calls such modules malformed. So
/// only a module with several memories, which 2.0 doesn't have, is read with indices of
/// memories, and no module with longer offsets.
pub(crate) fn binary_format(wasm: &[u8]) -> WasmFeatures {
    let format = features() - WasmFeatures::MEMORY64;
    if memories(wasm) > 1 {
        format
    } else {
        format - WasmFeatures::MULTI_MEMORY
    }
}

/// How many memories the sections before the code have, up to the first malformed one.
fn memories(wasm: &[u8]) -> u32 {
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    let sections =
        payloads.take_while(|payload| !matches!(payload, Payload::CodeSectionStart { .. }));
    let memories = sections.map(|payload| match payload {
        Payload::MemorySection(section) => section.count(),
        Payload::ImportSection(section) => imported_memories(section),
        _ => 0,
    });
    memories.fold(0, u32::saturating_add)
}

fn imported_memories(section: ImportSectionReader<'_>) -> u32 {
    let imports = section.into_imports().map_while(Result::ok);
    let memories = imports.filter(|import| matches!(import.ty, TypeRef::Memory(_)));
    u32::try_from(memories.count()).unwrap_or(u32::MAX)
}
