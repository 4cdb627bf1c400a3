//! Modules that are malformed or invalid: the compiler must refuse them.

use crate::outcome::Outcome;
use wasi_aot_compiler::internals::{Analysis, Gaps, merge, parse};
use wasi_aot_compiler::{Error, Options};
use wasmparser::{Validator, WasmFeatures};

/// What comes of a module that the suite says is invalid. Refused by the name of
/// a feature isn't refused as invalid, and is told apart.
pub fn check(wasm: &[u8], options: &Options) -> Outcome {
    match all_checks(wasm, options) {
        // Nobody provides imports here; they are looked for once a module is valid.
        Err(Error::UnknownImport { .. }) | Ok(()) => accepted(wasm),
        Err(error) => refused(&error),
    }
}

/// Everything that a build does before it makes machine code, but for wanting a
/// `_start`.
fn all_checks(wasm: &[u8], options: &Options) -> Result<(), Error> {
    let merged = merge(wasm, &[], Gaps::LeftOut)?;
    let module = parse(&merged)?;
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
