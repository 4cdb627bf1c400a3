//! Functions of Go's scheduler that ask first whether SIGQUIT has come ([`crate::go::quitting`]).

use super::Env;
use super::entry::{import, start};
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

/// Lowers a function that stands for the defined function `index` where that is called directly:
/// if SIGQUIT has come, it has the traces of all goroutines printed and ends the process,
/// also where what prints them comes back.
/// Otherwise it jumps to the function.
pub fn lower_quitting(
    env: &Env<'_, '_>,
    index: u32,
    function: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) {
    let type_index = env.module.functions[index as usize].type_index;
    function.signature = env.signature(type_index);
    let mut builder = FunctionBuilder::new(function, context);
    let entry = start(&mut builder);
    let params = builder.block_params(entry).to_vec();
    let begins = Env::shim_signature(&[], &[types::I32]);
    let begins = import(&mut builder, Symbol::QuitBegins, begins);
    let asked = builder.ins().call(begins, &[]);
    let asked = builder.inst_results(asked)[0];
    let (quits, goes_on) = (builder.create_block(), builder.create_block());
    builder.set_cold_block(quits);
    builder.ins().brif(asked, quits, &[], goes_on, &[]);

    builder.switch_to_block(goes_on);
    let own = import(
        &mut builder,
        Symbol::Function(index),
        env.signature(type_index),
    );
    builder.ins().return_call(own, &params);

    builder.switch_to_block(quits);
    let traces = import(&mut builder, Symbol::Traces, env.signature(type_index));
    builder.ins().call(traces, &params);
    let ends = Env::shim_signature(&[], &[]);
    let ends = import(&mut builder, Symbol::QuitEnds, ends);
    builder.ins().call(ends, &[]);
    builder.ins().trap(trap::UNREACHABLE);
    builder.seal_all_blocks();
    builder.finalize(env.frontend_config);
}
