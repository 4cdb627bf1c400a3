//! Modules that are malformed or invalid: the compiler must refuse them.

use crate::outcome::Outcome;
use wasi_aot_compiler::analysis::Analysis;
use wasi_aot_compiler::{Error, Options, merge, module};
use wasmparser::{Validator, WasmFeatures};

/// What comes of a module that the suite says is invalid. Refused by the name of
/// a feature isn't refused as invalid, and is told apart.
pub fn check(wasm: &[u8], options: &Options) -> Outcome {
    match all_checks(wasm, options) {
        // Imports are looked at once all else is valid.
        Err(Error::UnknownImport { .. }) => accepted(wasm),
        Err(error) => refused(&error),
        Ok(()) => accepted(wasm),
    }
}

/// Everything that a build does before it makes machine code, but for wanting a
/// `_start`.
fn all_checks(wasm: &[u8], options: &Options) -> Result<(), Error> {
    let merged = merge::merge(wasm, &[])?;
    let module = module::parse(&merged)?;
    let analysis = Analysis::new(&module, options);
    let env = analysis.env(&module, options);
    analysis.compiler(&env, options).check().map(|_| ())
}

fn refused(error: &Error) -> Outcome {
    match error {
        Error::Invalid { .. } | Error::Truncated { .. } | Error::NotWasm | Error::Component => {
            Outcome::Passed
        }
        Error::Unsupported { feature, .. } => Outcome::refused(feature),
        Error::Limit(_) => Outcome::refused("a limit of the compiler"),
        other => Outcome::Failed(format!("refused otherwise: {other}")),
    }
}

/// The suite of one version may call invalid what the next one allows.
fn accepted(wasm: &[u8]) -> Outcome {
    let valid = |features| {
        let mut validator = Validator::new_with_features(features);
        validator.validate_all(wasm).is_ok()
    };
    if !valid(WasmFeatures::WASM2) && valid(WasmFeatures::WASM2 | WasmFeatures::MULTI_MEMORY) {
        Outcome::refused("multi-memory")
    } else if !valid(WasmFeatures::WASM1) && valid(WasmFeatures::WASM2) {
        Outcome::Skipped("valid since WebAssembly 2.0")
    } else {
        Outcome::Failed("accepted".into())
    }
}
