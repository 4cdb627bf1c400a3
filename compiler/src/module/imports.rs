//! The import section: each import must be a function of preview 1 with its signature.

use crate::error::Error;
use crate::wasm::preview1_function;
use wasi_aot_contract::preview1;
use wasmparser::{FuncType, TypeRef};

/// An imported function.
pub struct Import {
    /// The function that it stands for.
    pub function: &'static preview1::Signature,
    /// Its type, by index in the module's types.
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
    let function = preview1_function(import, types)?;
    match import.ty {
        TypeRef::Func(type_index) | TypeRef::FuncExact(type_index) => Ok(Import {
            function,
            type_index,
        }),
        _ => panic!("BUG: an import of preview 1 that is no function"),
    }
}
