//! The import section: each import must be a function of the runtime with its signature.

use crate::error::Error;
use crate::wasm::host_function;
use wasi_aot_contract::signature::Signature;
use wasmparser::{FuncType, TypeRef};

/// An imported function.
pub struct Import {
    /// The function that it stands for.
    pub function: &'static Signature,
    /// Its type, by index in the module's types.
    pub type_index: u32,
}

/// Checks one import against the functions of the runtime.
///
/// # Errors
/// [`Error::GoJs`], [`Error::UnknownImport`], [`Error::ImportSignature`].
pub(super) fn resolve(
    import: &wasmparser::Import<'_>,
    types: &[FuncType],
) -> Result<Import, Error> {
    let function = host_function(import, types)?;
    match import.ty {
        TypeRef::Func(type_index) | TypeRef::FuncExact(type_index) => Ok(Import {
            function,
            type_index,
        }),
        _ => panic!("BUG: an import of the runtime that is no function"),
    }
}
