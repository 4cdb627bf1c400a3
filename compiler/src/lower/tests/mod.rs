//! Functions made by hand are lowered for each target, and Cranelift's verifier accepts the
//! CLIF. What code does is for the suites that run it.

mod addresses;
mod control;
mod operations;

use super::{Env, lower_function};
use crate::analysis::Analysis;
use crate::ir::{BlockId, Func, InstId, Op, Origin, Terminator, Type, Value};
use crate::merge;
use crate::module::{self, Gaps};
use crate::options::{Options, Target};
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::FunctionBuilderContext;

/// Where the bodies of the tests' functions begin in the file.
const START: u32 = 1000;

/// Calls `check` for the module with this text, on each target, with and without `--spectre
/// on`, for the oldest processor and one with every feature.
fn everywhere(text: &str, mut check: impl FnMut(&Env<'_, '_>, &dyn TargetIsa)) {
    let wasm = wat::parse_str(text).unwrap_or_else(|e| panic!("{e}:\n{text}"));
    let merged = merge::merge(&wasm, &[], Gaps::Filled).unwrap();
    let module = module::parse(&merged).unwrap();
    for target in Target::ALL {
        for spectre in [false, true] {
            for cpu in [target.cpu().levels[0].features, target.cpu().all()] {
                let options = Options {
                    target,
                    spectre,
                    cpu: Some(cpu),
                    ..Options::default()
                };
                let analysis = Analysis::new(&module, &options);
                check(&analysis.env(&module, &options), &*analysis.isa);
            }
        }
    }
}

/// The CLIF of a function of the type with this index, which is valid.
fn lowered(env: &Env<'_, '_>, isa: &dyn TargetIsa, type_index: u32, func: &Func) -> Function {
    let mut clif = Function::new();
    let mut context = FunctionBuilderContext::new();
    lower_function(env, type_index, START, func, &mut clif, &mut context);
    verify(isa, &clif);
    clif
}

fn verify(isa: &dyn TargetIsa, clif: &Function) {
    let verified = cranelift_codegen::verify_function(clif, isa);
    verified.unwrap_or_else(|e| panic!("{e}\n{clif}"));
}

/// A function whose entry has parameters of these types, and those.
fn begun(params: &[Type], results: &[Type]) -> (Func, Vec<Value>) {
    let mut func = Func::new(results.to_vec(), Vec::new());
    let entry = func.new_block(origin(9));
    let values = params.iter().map(|&ty| func.new_param(entry, ty));
    let values = values.collect();
    (func, values)
}

/// The origin at this distance from the body's begin.
fn origin(distance: u32) -> Origin {
    Origin::at(u64::from(START + distance))
}

/// Adds an instruction to a block; gives its results.
fn add(func: &mut Func, block: BlockId, op: Op, args: &[Value], results: &[Type]) -> Vec<Value> {
    let inst: InstId = func.new_inst(op, args, results, origin(1));
    func.block_mut(block).insts.push(inst);
    func.inst(inst).all_results().collect()
}

/// Ends a block.
fn end(func: &mut Func, block: BlockId, terminator: Terminator) {
    func.block_mut(block).terminator = terminator;
}
