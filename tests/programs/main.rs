//! Do programs that people use do what they do natively, built from their package paths?
//!
//! - [`program`]: a program and its uses, as data;
//! - [`build`]: a program's two executables; [`outcome`]: what a use does with one of them;
//!   [`check`]: compares a use's two outcomes;
//! - each other module is the table of one program.
//!
//! The newest Go builds all programs; `WASI_AOT_TEST_MATRIX=all` adds the older versions, each with
//! the programs that it can build. README.md has the programs that wasip1 keeps from being built.

mod age;
mod asciigraph;
mod build;
mod check;
mod csvq;
mod gojq;
mod gxz;
mod jd;
mod jsonnet;
mod memory;
mod outcome;
mod program;
mod qtc;
mod shfmt;
mod tengo;
mod yq;

use anyhow::{Result, ensure};
use build::Built;
use harness::go::{NEWEST, OLDER, Toolchain};
use harness::suite::test;
use harness::tool::Tool;
use libtest_mimic::Trial;
use program::Program;
use std::collections::HashSet;
use std::sync::Arc;

/// Programs whose builds take long come first, so that two of them are built at once.
const PROGRAMS: [&Program; 12] = [
    &yq::PROGRAM,
    &csvq::PROGRAM,
    &memory::PROGRAM,
    &jd::PROGRAM,
    &jsonnet::PROGRAM,
    &gojq::PROGRAM,
    &age::PROGRAM,
    &gxz::PROGRAM,
    &shfmt::PROGRAM,
    &tengo::PROGRAM,
    &qtc::PROGRAM,
    &asciigraph::PROGRAM,
];

/// How many uses each program has.
const USES: usize = 10;

fn main() -> Result<()> {
    let tool = Arc::new(Tool::new()?);
    let all = std::env::var("WASI_AOT_TEST_MATRIX").is_ok_and(|value| value == "all");
    let older = OLDER.into_iter().filter(|_| all);
    let mut trials = Vec::new();
    for version in [NEWEST].into_iter().chain(older) {
        let toolchain = Toolchain::new(version)?;
        // All first uses come first. Tests run in this order, and two tests of one program would
        // wait for one build.
        for index in 0..USES {
            for program in PROGRAMS.into_iter().filter(|p| p.built_by(version)) {
                trials.push(trial(program, index, &tool, &toolchain));
            }
        }
    }
    let names: HashSet<_> = trials.iter().map(Trial::name).collect();
    ensure!(
        names.len() == trials.len(),
        "BUG: two uses have the same name"
    );
    harness::main(trials)
}

fn trial(
    program: &'static Program,
    index: usize,
    tool: &Arc<Tool>,
    toolchain: &Toolchain,
) -> Trial {
    let r#use = &program.uses[index];
    let name = format!("{}/{} go{}", program.name(), r#use.name, toolchain.version);
    let (tool, toolchain) = (Arc::clone(tool), toolchain.clone());
    test(name, move || {
        let built = Built::new(program, &tool, &toolchain)?;
        check::check(program, r#use, &built)
    })
}
