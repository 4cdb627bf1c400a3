//! Modules that are malformed or invalid: the compiler must refuse them.

use crate::command;
use crate::leaf::Leaves;
use crate::outcome::Outcome;
use wasi_aot_compiler::analysis::Analysis;
use wasi_aot_compiler::{Error, Options, module};
use wasmparser::{Validator, WasmFeatures};

/// What comes of a module that the suite says is invalid. Refused by the name of
/// a feature isn't refused as invalid, and is told apart.
pub fn check(wasm: &[u8], options: &Options) -> Outcome {
    match all_checks(wasm, options) {
        Err(error) => refused(wasm, options, &error),
        Ok(()) => accepted(wasm),
    }
}

/// Everything that a build does before it makes machine code, but for wanting a
/// `_start`.
fn all_checks(wasm: &[u8], options: &Options) -> Result<(), Error> {
    let module = module::parse(wasm)?;
    let analysis = Analysis::new(&module, options);
    let env = analysis.env(&module, options);
    analysis.compiler(&env, options).check().map(|_| ())
}

fn refused(wasm: &[u8], options: &Options, error: &Error) -> Outcome {
    match error {
        Error::Invalid { .. } | Error::Truncated { .. } | Error::NotWasm | Error::Component => {
            Outcome::Passed
        }
        Error::Unsupported { feature, .. } => Outcome::refused(feature),
        Error::Limit(_) => Outcome::refused("a limit of the compiler"),
        Error::UnknownImport { .. } => without_imports(wasm, options),
        other => Outcome::Failed(format!("refused otherwise: {other}")),
    }
}

/// Imports are refused before anything else, so they are replaced; which may
/// have removed what was invalid.
fn without_imports(wasm: &[u8], options: &Options) -> Outcome {
    const HIDDEN: Outcome = Outcome::Skipped("its import is refused first");
    let Ok(command) = command::make(wasm, &Leaves::new(), &[], &[]) else {
        return HIDDEN;
    };
    match wasi_aot_compiler::build(&command, options, &()) {
        Err(Error::Invalid { .. }) => Outcome::Passed,
        Err(Error::Unsupported { feature, .. }) => Outcome::refused(&feature),
        _ => match accepted(wasm) {
            Outcome::Failed(_) => HIDDEN,
            valid => valid,
        },
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
