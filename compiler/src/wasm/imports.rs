//! The meaning of an import's module name, and the imports of preview 1.

use super::{ItemType, signature};
use crate::error::{Error, printable};
use wasi_aot_contract::preview1;
use wasmparser::{FuncType, Import, TypeRef, ValType};

/// Who provides the imports from a module name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    /// The runtime: WASI preview 1.
    Preview1,
    /// JavaScript, for programs of `GOOS=js`.
    GoJs,
    /// Another module, given with `--preload`.
    Preload,
}

impl Provider {
    /// The only place that compares an import's module name with known ones.
    pub fn of(module: &str) -> Self {
        match module {
            preview1::MODULE_NAME => Self::Preview1,
            // `go` was the name before Go 1.21 (wasm_exec.js).
            "gojs" | "go" => Self::GoJs,
            _ => Self::Preload,
        }
    }
}

/// The function of preview 1 that an import stands for; `types` are the module's.
///
/// # Errors
/// [`Error::GoJs`], [`Error::UnknownImport`], [`Error::ImportSignature`].
pub(crate) fn preview1_function(
    import: &Import<'_>,
    types: &[FuncType],
) -> Result<&'static preview1::Signature, Error> {
    let unknown = |hint: String| Error::UnknownImport {
        module: printable(import.module),
        name: printable(import.name),
        wanted: ItemType::wanted(&import.ty, types).to_string(),
        hint,
    };
    match Provider::of(import.module) {
        Provider::Preview1 => {}
        Provider::GoJs => return Err(Error::GoJs),
        Provider::Preload => {
            let module = printable(import.module);
            return Err(unknown(format!(
                "give the module that exports it: --preload {module}=FILE"
            )));
        }
    }
    let no_function =
        || unknown("preview 1 has no such function; build the module against preview 1".into());
    let (TypeRef::Func(type_index) | TypeRef::FuncExact(type_index)) = import.ty else {
        return Err(no_function());
    };
    let function = preview1::function(import.name).ok_or_else(no_function)?;
    let ty = &types[type_index as usize];
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

/// Types of preview 1 as types of WebAssembly.
pub(crate) fn core_types(types: &[preview1::Type]) -> impl Iterator<Item = ValType> + '_ {
    types.iter().map(|ty| match ty {
        preview1::Type::I32 => ValType::I32,
        preview1::Type::I64 => ValType::I64,
    })
}
