//! Imports: each must be a function of preview 1 with preview 1's signature.

use super::signature;
use crate::error::{Error, printable};
use crate::merge::ItemType;
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
    let function = resolve_preview1(import, types)?;
    match import.ty {
        TypeRef::Func(type_index) | TypeRef::FuncExact(type_index) => Ok(Import {
            function,
            type_index,
        }),
        _ => panic!("BUG: an import of preview 1 that is no function"),
    }
}

/// The function of preview 1 that an import is.
///
/// # Errors
/// As [`resolve`].
pub(crate) fn resolve_preview1(
    import: &wasmparser::Import<'_>,
    types: &[FuncType],
) -> Result<&'static preview1::Function, Error> {
    // `go` was the module's name before Go 1.21 (wasm_exec.js).
    if matches!(import.module, "gojs" | "go") {
        return Err(Error::GoJs);
    }
    let unknown = || Error::UnknownImport {
        module: printable(import.module),
        name: printable(import.name),
        wanted: ItemType::wanted(&import.ty, types).to_string(),
    };
    let (TypeRef::Func(type_index) | TypeRef::FuncExact(type_index)) = import.ty else {
        return Err(unknown());
    };
    let ty = &types[type_index as usize];
    if import.module != preview1::MODULE_NAME {
        return Err(unknown());
    }
    let function = preview1::function(import.name).ok_or_else(unknown)?;
    let expected = FuncType::new(core_types(function.params), core_types(function.results));
    if *ty != expected {
        return Err(Error::ImportSignature {
            module: printable(import.module),
            name: printable(import.name),
            found: signature(ty),
            expected: signature(&expected),
        });
    }
    Ok(function)
}

/// Types of preview 1 as wasm's.
pub(crate) fn core_types(types: &[preview1::Type]) -> impl Iterator<Item = ValType> + '_ {
    types.iter().map(|ty| match ty {
        preview1::Type::I32 => ValType::I32,
        preview1::Type::I64 => ValType::I64,
    })
}
