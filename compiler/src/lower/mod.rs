//! From the IR to CLIF, a file per family of operations.
//!
//! Nothing is decided here but how an operation is said in CLIF: idioms are passes
//! ([`crate::pass`]). Invariants: every value has the CLIF type of its own type (i32, i64,
//! f32, f64; a reference and SP are an i64, see [`reference`] and [`sp`], and a vector 16
//! bytes, see [`simd`]); one match over all operations, [`Lowering::operation`], and one over
//! each family have an arm for every operation, so that a forgotten one doesn't compile;
//! generated code touches linear memory only through [`address`], which is where the sandbox
//! of generated code is.
//!
//! Every instruction has an origin (Cranelift's `SourceLoc`): the offset in the file of the
//! operator that it was lowered from, which the trap table and `--emit clif` show.
//! [`Lowering::block`] sets it before each instruction and before the block's terminator, and
//! nothing else changes it on the way, so that no operation inherits another's. The entry
//! block's own code (zeroed variables) has no origin, nor has any instruction of a function
//! that the compiler makes itself.

mod address;
mod bulk;
mod byte_loops;
mod call;
mod compare;
mod constant;
mod control;
mod convert;
mod entry;
mod env;
mod float;
mod global;
mod integer;
mod memory;
mod memory_base;
mod operands;
mod quitting;
mod reference;
mod rounding;
mod simd;
mod sp;
mod spectre;
mod table;
mod tail_call;
#[cfg(test)]
mod tests;
mod variable;

pub use call::TABLE_ENTRY_SIZE;
pub use entry::{lower_entry, lower_import_thunk, lower_trap};
pub use env::Env;
pub use quitting::lower_quitting;
pub use reference::{REFERENCE_SIZE, type_tag};

use crate::ir::{BlockId, Func, Inst, Op, Order, Origin, Type, Value};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{self, FuncRef, GlobalValue, InstBuilder, Signature, SourceLoc};
use cranelift_codegen::packed_option::PackedOption;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use std::collections::HashMap;

/// Lowers `func`, the body of a function with this signature, into `function`. `start` is the
/// offset of the body in the file, or [`Origin::NO_OFFSET`].
pub fn lower_function(
    env: &Env<'_, '_>,
    type_index: u32,
    start: u32,
    func: &Func,
    function: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) {
    function.signature = env.signature(type_index);
    // Cranelift keeps origins relative to this one, the least. The function's first origin,
    // which it would take otherwise, may be followed by the offset before it, whose distance
    // of -1 stands for no origin.
    function.params.ensure_base_srcloc(SourceLoc::new(start));
    let Order {
        blocks: order,
        predecessors: edges,
    } = func.find_order();
    let builder = FunctionBuilder::new(function, context);
    let mut lowering = Lowering::new(env, func, builder, edges);
    lowering.make_blocks(&order);
    lowering.start_memory_base();
    for block in order {
        lowering.block(block);
    }
    lowering.builder.seal_all_blocks();
    lowering.builder.finalize(env.frontend_config);
}

/// The state of lowering one function.
struct Lowering<'f, 'm, 'w> {
    env: &'m Env<'m, 'w>,
    func: &'m Func,
    builder: FunctionBuilder<'f>,
    /// The CLIF value of each value that is defined yet.
    values: Vec<PackedOption<ir::Value>>,
    /// CLIF block of each reachable block.
    blocks: Vec<PackedOption<ir::Block>>,
    /// Operands of the instruction being lowered.
    args: &'m [Value],
    /// The CLIF values of `args` that are not popped yet: the first ones.
    operands: Vec<ir::Value>,
    /// Results of the instruction being lowered, as far as there are any yet.
    results: Vec<ir::Value>,
    /// Where each variable is, if the function has kept its variables.
    variables: Vec<PackedOption<ir::StackSlot>>,
    functions: HashMap<Symbol, FuncRef>,
    signatures: HashMap<u32, ir::SigRef>,
    data: HashMap<Symbol, GlobalValue>,
    regions: address::Regions,
    /// Where vectors are permuted, on a machine without an instruction for it.
    permutation: Option<ir::StackSlot>,
    /// Memory 0's base, where that is no constant ([`memory_base`]).
    base: Option<Variable>,
    /// Edges to each block that are not lowered yet; a block is sealed at zero.
    open_edges: Vec<u32>,
}

impl<'f, 'm, 'w> Lowering<'f, 'm, 'w> {
    fn new(
        env: &'m Env<'m, 'w>,
        func: &'m Func,
        builder: FunctionBuilder<'f>,
        open_edges: Vec<u32>,
    ) -> Self {
        let regions = address::Regions::new(builder.func);
        Self {
            env,
            func,
            builder,
            values: vec![PackedOption::default(); func.values.len()],
            blocks: vec![PackedOption::default(); func.blocks.len()],
            args: &[],
            operands: Vec::new(),
            results: Vec::new(),
            variables: Vec::new(),
            functions: HashMap::new(),
            signatures: HashMap::new(),
            data: HashMap::new(),
            regions,
            permutation: None,
            base: None,
            open_edges,
        }
    }

    /// Makes a CLIF block for each block, with its parameters, and begins the entry.
    fn make_blocks(&mut self, order: &[BlockId]) {
        for &id in order {
            let block = self.builder.create_block();
            self.blocks[id.index()] = block.into();
            for &param in &self.func.block(id).params {
                let ty = clif_type(self.func.ty(param));
                let value = self.builder.append_block_param(block, ty);
                self.values[param.index()] = value.into();
            }
            // The code generator puts cold blocks behind the others, even the one that a
            // call begins with, and the function would begin with something else.
            if self.func.block(id).cold && id != BlockId::ENTRY {
                self.builder.set_cold_block(block);
            }
        }
        let entry = self.clif_block(BlockId::ENTRY);
        self.builder.switch_to_block(entry);
        self.builder.seal_block(entry);
        self.start_variables(order);
    }

    fn block(&mut self, id: BlockId) {
        let func = self.func;
        let block = func.block(id);
        if id != BlockId::ENTRY {
            let clif = self.clif_block(id);
            self.builder.switch_to_block(clif);
        }
        for &inst in &block.insts {
            self.instruction(func.inst(inst));
        }
        self.at(block.origin);
        self.terminator(&block.terminator);
        block
            .terminator
            .for_each_edge(|edge| self.edge_lowered(edge));
    }

    fn instruction(&mut self, inst: &'m Inst) {
        self.at(inst.origin);
        self.args = &inst.args;
        self.operands.clear();
        for &arg in &inst.args {
            let operand = self.value(arg);
            self.operands.push(operand);
        }
        self.results.clear();
        self.operation(inst.op);
        debug_assert!(
            self.operands.is_empty(),
            "BUG: operands left by {:?}",
            inst.op
        );
        assert_eq!(
            self.results.len(),
            inst.results as usize,
            "BUG: results of {:?}",
            inst.op
        );
        for (number, value) in inst.all_results().enumerate() {
            let result = self.results[number];
            self.values[value.index()] = result.into();
            if matches!(inst.op, Op::Call(..)) && self.func.ty(value) == Type::Sp {
                self.find_memory_base(result);
            }
        }
    }

    /// Lowers an operation: pops its operands and pushes its results.
    fn operation(&mut self, op: Op) {
        match op {
            Op::Const(constant) => constant::lower(self, constant),
            Op::Get(variable) => variable::get(self, variable),
            Op::Set(variable) => variable::set(self, variable),
            Op::Select(_) => constant::select(self),
            Op::Integer(op) => integer::lower(self, op),
            Op::Compare(op) => compare::lower(self, op),
            Op::Float(op) => float::lower(self, op),
            Op::Convert(op) => convert::lower(self, op),
            Op::ProductHigh => integer::product_high(self),
            Op::Bitwise(op) => simd::bitwise::lower(self, op),
            Op::LaneCompare(op) => simd::compare::lower(self, op),
            Op::LaneConvert(op) => simd::convert::lower(self, op),
            Op::LaneFloat(op) => simd::float::lower(self, op),
            Op::LaneInteger(op) => simd::integer::lower(self, op),
            Op::LaneShift(op) => simd::shift::lower(self, op),
            Op::Product(op) => simd::product::lower(self, op),
            Op::Reduce(op) => simd::reduce::lower(self, op),
            Op::Relaxed(op) => simd::relaxed::lower(self, op),
            Op::Splat(op) => simd::lanes::splat(self, op),
            Op::Swizzle(op) => simd::permute::swizzle(self, op),
            Op::Shuffle(bytes) => simd::permute::shuffle(self, bytes),
            Op::ExtractLane(op, lane) => simd::lanes::extract(self, op, lane),
            Op::ReplaceLane(op, lane) => simd::lanes::replace(self, op, lane),
            Op::SpFrom => sp::from(self),
            Op::SpLow => sp::low(self),
            Op::SpAdd(constant) => sp::add(self, constant),
            Op::SpPush(constant) => sp::push(self, constant),
            Op::Load(op, at) => memory::load(self, op, at),
            Op::Store(op, at) => memory::store(self, op, at),
            Op::VectorLoad(op, at) => simd::memory::load(self, op, at),
            Op::LoadLane(op, lane, at) => simd::memory::load_lane(self, op, lane, at),
            Op::StoreLane(op, lane, at) => simd::memory::store_lane(self, op, lane, at),
            Op::CopyShort(short, to, from) => bulk::copy_short(self, short, to, from),
            Op::FillShort(short, byte, at) => bulk::fill_short(self, short, byte, at),
            Op::MemorySize(memory) => memory::size(self, memory),
            Op::MemoryGrow(memory) => memory::grow(self, memory),
            Op::MemoryCopy { to, from } => bulk::copy(self, to, from),
            Op::MemoryFill(memory) => bulk::fill(self, memory),
            Op::MemoryInit { memory, segment } => bulk::init(self, memory, segment),
            Op::DataDrop(segment) => bulk::drop(self, segment),
            Op::GlobalGet(index) => global::get(self, index),
            Op::GlobalSet(index) => global::set(self, index),
            Op::TableGet(table) => table::get(self, table),
            Op::TableSet(table) => table::set(self, table),
            Op::TableSize(table) => table::size(self, table),
            Op::TableGrow(table) => self.table_grow(table),
            Op::TableFill(table) => self.table_fill(table),
            Op::TableCopy { to, from } => self.table_copy(to, from),
            Op::TableInit { table, segment } => self.table_init(table, segment),
            Op::ElemDrop(segment) => table::drop(self, segment),
            Op::RefIsNull => reference::is_null(self),
            Op::RefFunc(function) => reference::function(self, function),
            Op::Call(callee, _) => call::lower(self, callee),
        }
    }

    /// The CLIF value of a value.
    fn value(&self, value: Value) -> ir::Value {
        let clif = self.values[self.func.resolve(value).index()].expand();
        clif.unwrap_or_else(|| panic!("BUG: {value:?} is used before its definition"))
    }

    fn clif_block(&self, id: BlockId) -> ir::Block {
        let block = self.blocks[id.index()].expand();
        block.expect("BUG: an edge into an unreachable block")
    }

    /// Gives the instructions that are made next an origin, until the next call. Only the
    /// loops over blocks and instructions call this: a family of operations never does.
    /// [`Origin::NO_OFFSET`] is Cranelift's default: no origin.
    fn at(&mut self, origin: Origin) {
        self.builder.set_srcloc(SourceLoc::new(origin.wasm));
    }

    fn function_ref(&mut self, symbol: Symbol, signature: impl FnOnce() -> Signature) -> FuncRef {
        if let Some(&function) = self.functions.get(&symbol) {
            return function;
        }
        let function = entry::import(&mut self.builder, symbol, signature());
        self.functions.insert(symbol, function);
        function
    }

    /// The address of `symbol`.
    fn symbol_address(&mut self, symbol: Symbol) -> ir::Value {
        let data = match self.data.get(&symbol) {
            Some(&data) => data,
            None => {
                let data = entry::declare_data(&mut self.builder, symbol);
                self.data.insert(symbol, data);
                data
            }
        };
        self.builder.ins().symbol_value(ir::types::I64, data)
    }
}

/// The CLIF type of a value.
fn clif_type(ty: Type) -> ir::Type {
    match ty {
        Type::I32 => ir::types::I32,
        Type::I64 | Type::Ref | Type::Sp => ir::types::I64,
        Type::F32 => ir::types::F32,
        Type::F64 => ir::types::F64,
        Type::V128 => simd::VECTOR,
    }
}
