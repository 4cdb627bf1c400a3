//! Does the compiler refuse modules that are malformed or invalid?

use crate::outcome::Outcome;
use wasi_aot_compiler::internals::{Analysis, Gaps, merge, parse};
use wasi_aot_compiler::{Error, Options};
use wasmparser::{Validator, WasmFeatures};

/// The outcome of a module that is invalid. A module that is refused because of a feature isn't
/// refused as invalid, and counts separately.
pub fn check(wasm: &[u8], options: &Options) -> Outcome {
    match all_checks(wasm, options) {
        // No module provides imports here. Missing imports are found after validation.
        Err(Error::UnknownImport { .. }) | Ok(()) => accepted(wasm),
        Err(error) => refused(&error),
    }
}

/// Makes all checks of a build that precede machine code, except the check for a `_start`.
fn all_checks(wasm: &[u8], options: &Options) -> Result<(), Error> {
    let merged = merge(wasm, &[], Gaps::LeftOut)?;
    let module = parse(&merged)?;
    let analysis = Analysis::new(&module, options);
    let env = analysis.env(&module, options);
    analysis.compiler(&env, options).check().map(|_| ())
}

fn refused(error: &Error) -> Outcome {
    match error {
        Error::Invalid { .. }
        | Error::Truncated { .. }
        | Error::NotWasm
        | Error::Empty
        | Error::Elf
        | Error::Component => Outcome::Passed,
        Error::Unsupported { feature, .. } => Outcome::refused(feature),
        Error::Limit(_) => Outcome::refused("a limit of the compiler"),
        other => Outcome::Failed(format!("refused otherwise: {other}")),
    }
}

/// A module may be invalid in one version of WebAssembly and valid in the next.
fn accepted(wasm: &[u8]) -> Outcome {
    let valid = |features| {
        let mut validator = Validator::new_with_features(features);
        validator.validate_all(wasm).is_ok()
    };
    if valid(WasmFeatures::WASM1) {
        Outcome::Failed("accepted".into())
    } else if valid(WasmFeatures::WASM2) {
        Outcome::Skipped("valid since WebAssembly 2.0")
    } else if valid(WasmFeatures::WASM3) {
        Outcome::Skipped("valid since WebAssembly 3.0")
    } else {
        Outcome::Failed("accepted".into())
    }
}
