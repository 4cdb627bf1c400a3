//! Ways to build that must make no difference to what a program does.

use crate::target;
use wasi_aot_compiler::Target;
use wasi_aot_compiler::cpu::{self, Features};

/// Processors at the ends of what there is: the least that the target has, and all that
/// the machine has which runs the tests.
#[must_use]
pub fn processors(target: Target) -> [Features; 2] {
    let native = cpu::native(target).unwrap_or(target.cpu().default.features);
    [Features::NONE, native]
}

/// Flags of `wasi-aot build` for each: levels of optimisation, use of what is known of
/// Go, and processors. The last ones optimise as by default; under an emulator they are
/// left out.
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
