//! Imports: each must be a function of preview 1 with preview 1's signature.

use super::signature;
use crate::error::{Error, printable};
use wasi_aot_contract::preview1;
use wasmparser::{FuncType, TypeRef, ValType};

/// An imported function.
pub struct Import {
    pub function: &'static preview1::Function,
    pub type_index: u32,
}

/// Checks one import against preview 1.
///
/// # Errors
/// [`Error::GoJs`], [`Error::UnknownImport`], [`Error::ImportSignature`].
pub(super) fn resolve(
    import: &wasmparser::Import<'_>,
    types: &[FuncType],
) -> Result<Import, Error> {
    // `go` was the module's name before Go 1.21 (wasm_exec.js).
    if matches!(import.module, "gojs" | "go") {
        return Err(Error::GoJs);
    }
    let unknown = |signature| Error::UnknownImport {
        module: printable(import.module),
        name: printable(import.name),
        signature,
    };
    let type_index = match import.ty {
        TypeRef::Func(index) | TypeRef::FuncExact(index) => index,
        TypeRef::Table(_) => return Err(unknown(" (table)".into())),
        TypeRef::Memory(_) => return Err(unknown(" (memory)".into())),
        TypeRef::Global(_) => return Err(unknown(" (global)".into())),
        TypeRef::Tag(_) => return Err(unknown(" (tag)".into())),
    };
    let ty = &types[type_index as usize];
    if import.module != preview1::MODULE_NAME {
        return Err(unknown(signature(ty)));
    }
    let Some(function) = preview1::function(import.name) else {
        return Err(unknown(signature(ty)));
    };
    let expected = FuncType::new(core_types(function.params), core_types(function.results));
    if *ty != expected {
        return Err(Error::ImportSignature {
            module: printable(import.module),
            name: printable(import.name),
            found: signature(ty),
            expected: signature(&expected),
        });
    }
    Ok(Import {
        function,
        type_index,
    })
}

fn core_types(types: &[preview1::Type]) -> impl Iterator<Item = ValType> + '_ {
    types.iter().map(|ty| match ty {
        preview1::Type::I32 => ValType::I32,
        preview1::Type::I64 => ValType::I64,
    })
}
