//! The meaning of an import's module name, and the imports that the runtime provides.

use super::{ItemType, signature};
use crate::error::{Error, printable};
use wasi_aot_contract::signature::{HostModule, Signature, Type};
use wasmparser::{FuncType, Import, TypeRef, ValType};

/// Who provides the imports from a module name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    /// The runtime: WASI preview 1, and `wasi_aot_os_1`.
    Runtime(HostModule),
    /// JavaScript, for programs of `GOOS=js`.
    GoJs,
    /// Another module, given with `--preload`.
    Preload,
}

impl Provider {
    /// The only place that compares an import's module name with known ones.
    pub fn of(module: &str) -> Self {
        if let Some(module) = HostModule::named(module) {
            return Self::Runtime(module);
        }
        match module {
            // `go` was the name before Go 1.21 (wasm_exec.js).
            "gojs" | "go" => Self::GoJs,
            _ => Self::Preload,
        }
    }
}

/// The function of the runtime that an import stands for; `types` are the module's.
///
/// # Errors
/// [`Error::GoJs`], [`Error::UnknownImport`], [`Error::ImportSignature`].
pub(crate) fn host_function(
    import: &Import<'_>,
    types: &[FuncType],
) -> Result<&'static Signature, Error> {
    let unknown = |hint: String| Error::UnknownImport {
        module: printable(import.module),
        name: printable(import.name),
        wanted: ItemType::wanted(&import.ty, types).to_string(),
        hint,
    };
    let from = match Provider::of(import.module) {
        Provider::Runtime(from) => from,
        Provider::GoJs => return Err(Error::GoJs),
        Provider::Preload => {
            let module = printable(import.module);
            return Err(unknown(format!(
                "give the module that exports it: --preload {module}=FILE"
            )));
        }
    };
    let no_function = || {
        unknown(match from {
            HostModule::Preview1 => {
                "preview 1 has no such function; build the module against preview 1".into()
            }
            HostModule::Os => format!(
                "this wasi-aot has no such function in {}; build with the wasi-aot that the \
                 module was made for",
                from.name()
            ),
        })
    };
    let (TypeRef::Func(type_index) | TypeRef::FuncExact(type_index)) = import.ty else {
        return Err(no_function());
    };
    let function = from.function(import.name).ok_or_else(no_function)?;
    let ty = &types[type_index as usize];
    let expected = host_type(function);
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

/// The type of a function of the runtime.
pub(crate) fn host_type(function: &Signature) -> FuncType {
    FuncType::new(core_types(function.params), core_types(function.results))
}

/// Types of a signature as types of WebAssembly.
pub(crate) fn core_types(types: &[Type]) -> impl Iterator<Item = ValType> + '_ {
    types.iter().map(|ty| match ty {
        Type::I32 => ValType::I32,
        Type::I64 => ValType::I64,
    })
}
