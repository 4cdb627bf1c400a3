//! Functions that the compiler makes itself: the entry, wrappers around imports
//! in the table, and the stubs that trap.

use super::{Env, REFERENCE_SIZE};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{self, InstBuilder, Signature, TrapCode, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use wasi_aot_contract::layout;

/// Lowers `extern "C" fn()`, which gives the tables that are written their first values and
/// SP its first value, has SIGQUIT handled where functions ask for it, and calls the module's start
/// function and then `_start`
/// (function index `main`).
pub fn lower_entry(
    env: &Env<'_, '_>,
    main: u32,
    function: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) {
    function.signature = Signature::new(CallConv::SystemV);
    let mut builder = FunctionBuilder::new(function, context);
    start(&mut builder);
    if env.quitting.is_some() {
        let handled = import(
            &mut builder,
            Symbol::QuitHandled,
            Env::shim_signature(&[], &[]),
        );
        builder.ins().call(handled, &[]);
    }
    for (table, index) in env.module.tables.iter().zip(0..) {
        if table.written && table.elements.iter().any(Option::is_some) {
            fill_table(&mut builder, index, table.elements.len());
        }
    }
    let sp = sp_at_start(env).map(|sp| builder.ins().iconst(types::I64, sp.cast_signed()));
    let mut sp: Vec<ir::Value> = sp.into_iter().collect();
    for index in env.module.start.into_iter().chain([main]) {
        let signature = env.callee_signature(index);
        let callee = import(&mut builder, env.callee_symbol(index), signature);
        let is_import = env.module.defined(index).is_none();
        let args: &[ir::Value] = if is_import { &[] } else { &sp };
        let call = builder.ins().call(callee, args);
        if !is_import {
            sp = builder.inst_results(call).to_vec();
        }
    }
    builder.ins().return_(&[]);
    builder.finalize(env.frontend_config);
}

/// The first value of SP ([`super::sp`]); `None` if functions don't pass it.
fn sp_at_start(env: &Env<'_, '_>) -> Option<u64> {
    let global = env.sp_global?;
    let sp = u64::from(env.module.globals[global as usize].init.as_u32());
    let base = layout::memory_base(env.target, 0);
    Some(if env.sp_is_address() { base + sp } else { sp })
}

/// Copies a table's first elements to where they are written.
fn fill_table(builder: &mut FunctionBuilder<'_>, table: u32, elements: usize) {
    let mut address = |symbol| {
        let data = declare_data(builder, symbol);
        builder.ins().symbol_value(types::I64, data)
    };
    let cells = address(Symbol::TableCells(table));
    let start = address(Symbol::TableStart(table));
    let bytes = elements as i64 * i64::from(REFERENCE_SIZE);
    let bytes = builder.ins().iconst(types::I64, bytes);
    let memmove = import(builder, Symbol::Memmove, Env::memory_function_signature());
    builder.ins().call(memmove, &[cells, start, bytes]);
}

/// Lowers a function of the module's convention that calls import `index` and hands SP
/// through.
pub fn lower_import_thunk(
    env: &Env<'_, '_>,
    index: u32,
    function: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) {
    let type_index = env.module.type_of_function(index);
    function.signature = env.signature(type_index);
    let mut builder = FunctionBuilder::new(function, context);
    let entry = start(&mut builder);
    let mut params = builder.block_params(entry).to_vec();
    let sp = env.sp_global.and_then(|_| params.pop());
    let callee = import(
        &mut builder,
        Symbol::Import(index),
        env.import_signature(type_index),
    );
    let call = builder.ins().call(callee, &params);
    let mut results = builder.inst_results(call).to_vec();
    results.extend(sp);
    builder.ins().return_(&results);
    builder.finalize(env.frontend_config);
}

/// Lowers a function that does nothing but trap. It can stand for a function of
/// any signature, since it never looks at its arguments nor returns.
pub fn lower_trap(
    env: &Env<'_, '_>,
    code: TrapCode,
    function: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) {
    function.signature = Signature::new(CallConv::Tail);
    let mut builder = FunctionBuilder::new(function, context);
    start(&mut builder);
    builder.ins().trap(code);
    builder.finalize(env.frontend_config);
}

pub(super) fn start(builder: &mut FunctionBuilder<'_>) -> ir::Block {
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    builder.seal_block(entry);
    entry
}

/// Declares what is at `symbol` in the function being built.
pub(super) fn declare_data(builder: &mut FunctionBuilder<'_>, symbol: Symbol) -> ir::GlobalValue {
    let name = builder
        .func
        .declare_imported_user_function(symbol.to_user_name());
    builder.create_global_value(ir::GlobalValueData::Symbol {
        name: ir::ExternalName::user(name),
        offset: 0.into(),
        colocated: true,
        tls: false,
    })
}

/// Declares the function behind `symbol` in the function being built.
pub(super) fn import(
    builder: &mut FunctionBuilder<'_>,
    symbol: Symbol,
    signature: Signature,
) -> ir::FuncRef {
    let name = builder
        .func
        .declare_imported_user_function(symbol.to_user_name());
    let signature = builder.import_signature(signature);
    builder.import_function(ir::ExtFuncData {
        name: ir::ExternalName::user(name),
        signature,
        colocated: true,
        patchable: false,
    })
}
