//! Flags of `wasi-aot build` that must not change what a program does.

use crate::target;
use wasi_aot_compiler::Target;
use wasi_aot_compiler::cpu::{self, Features};

/// Two processors: one with no optional feature of the target, and one with all features of
/// this machine.
#[must_use]
pub fn processors(target: Target) -> [Features; 2] {
    let native = cpu::native(target).unwrap_or(target.cpu().default.features);
    [Features::NONE, native]
}

/// All ways to build: levels of optimisation, with and without knowledge of Go, and for both
/// [`processors`]. Under an emulator the ways with a processor are left out.
#[must_use]
pub fn ways() -> Vec<Vec<String>> {
    let target = target::tested();
    let flags: [&[&str]; 4] = [&["-O0"], &["-O1"], &["-O2"], &["-O2", "--no-go-opt"]];
    let flags = flags.map(|flags| flags.iter().map(ToString::to_string).collect());
    let processors = processors(target).map(|features| {
        let spec = target.cpu().spec(features);
        vec!["--cpu".to_owned(), spec.to_string()]
    });
    let [least, _] = &processors;
    let unoptimised = [&["-O0".to_owned()], &least[..]].concat();
    if target::is_emulated() {
        return flags.into();
    }
    flags
        .into_iter()
        .chain([unoptimised])
        .chain(processors)
        .collect()
}
