//! Makes a module from a seed by wasm-smith.

use crate::config::Kind;
use anyhow::{Context, Result};
use arbitrary::Unstructured;
use harness::rng::Rng;

/// How many turns of loops and calls one call may make.
pub const FUEL: u32 = 400;

/// A module, and the global with its fuel.
#[derive(Debug)]
pub struct Generated {
    pub wasm: Vec<u8>,
    pub fuel: u32,
}

/// # Errors
/// If the generator can't make a module of the seed's bytes.
pub fn generate(kind: Kind, rng: &mut Rng) -> Result<Generated> {
    let len = 1000 + rng.below(6000);
    let bytes: Vec<u8> = std::iter::repeat_with(|| rng.bits().to_le_bytes())
        .flatten()
        .take(len)
        .collect();
    let config = kind.smith(rng.chance(60));
    let module = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes));
    let mut module = module.context("wasm-smith makes no module of these bytes")?;
    let fuel = (module.ensure_termination(FUEL)).context("no fuel can be put into the module")?;
    Ok(Generated {
        wasm: module.to_bytes(),
        fuel,
    })
}
