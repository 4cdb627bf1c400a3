//! The facts that a build knows of Go's code, as data. `build -v` prints them for people.

use anyhow::{Context, Result};
use std::sync::{Mutex, PoisonError};
use wasi_aot_compiler::{Emit, Facts, Observer, Options, Preload, build_with};

/// Keeps the facts of a build.
#[derive(Debug, Default)]
pub struct Observed(Mutex<Option<Facts>>);

impl Observed {
    /// The facts, once functions have been compiled.
    ///
    /// # Errors
    /// If no functions have been compiled.
    pub fn get(&self) -> Result<Facts> {
        let facts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        facts.context("the build gave no facts")
    }
}

impl Observer for Observed {
    fn facts(&self, facts: &Facts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(*facts);
    }
}

/// The facts of a build of `wasm`, as an object, with `preloads`.
///
/// # Errors
/// Those of the build.
pub fn of(wasm: &[u8], preloads: &[Preload<'_>], options: Options) -> Result<Facts> {
    let options = Options {
        emit: Emit::Obj,
        ..options
    };
    let observed = Observed::default();
    build_with(wasm, preloads, &options, &observed)?;
    observed.get()
}
