//! From a function's graph to CLIF, a file per family of operators.
//!
//! Invariants: every value on [`Lowering::stack`] has the CLIF type of its wasm type
//! (i32, i64, f32, f64; a reference is an i64, see [`reference`], and a vector 16 bytes,
//! see [`simd`]); at a block's boundaries operands live in slot variables ([`operands`]),
//! so blocks can be lowered in any order; generated code touches linear memory only
//! through [`address`], which is where the sandbox of generated code is.
//!
//! Every instruction has an origin (Cranelift's `SourceLoc`): the offset in the file of the
//! operator that it was lowered from, which the trap table and `--emit clif` show.
//! [`Lowering::block`] sets it before each operator and before the block's terminator, and
//! nothing else changes it on the way, so that no operator inherits another's. What a block
//! owes at its end (Go's SP, operands that move to their slots) belongs to the terminator.
//! The entry block's own code (parameters, zeroed locals) has no origin, nor has any
//! instruction of a function that the compiler makes itself.

mod address;
mod bulk;
mod byte_loops;
mod call;
mod compare;
mod control;
mod convert;
mod entry;
mod env;
mod float;
mod integer;
mod kept;
mod memory;
mod memory_base;
mod mulhi;
mod narrow;
mod operands;
mod parametric;
mod reference;
mod rounding;
mod simd;
mod sp;
mod spectre;
mod table;
mod tail_call;
mod variable;

pub use call::TABLE_ENTRY_SIZE;
pub use entry::{lower_entry, lower_import_thunk, lower_trap};
pub use env::Env;
pub use kept::Variables;
pub use reference::{REFERENCE_SIZE, type_tag};
pub use sp::SpFacts;

use crate::error::Error;
use crate::flow::{self, BlockId, Graph};
use crate::go::byte_loops::ByteLoop;
use crate::module::feature_of;
use crate::symbol::Symbol;
use cranelift_codegen::ir::{self, FuncRef, GlobalValue, InstBuilder, Signature, SourceLoc};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use kept::Kept;
use operands::Operand;
use std::collections::HashMap;
use wasmparser::{Operator, ValType};

/// What is known of a function beside its graph.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    pub sp: SpFacts,
    /// The body is this loop over bytes ([`crate::go::byte_loops`]).
    pub byte_loop: Option<ByteLoop>,
    /// How variables are kept.
    pub variables: Variables,
}

/// Lowers the defined function `index`, whose body is `graph`, into `function`.
/// `facts` are what is known of it.
///
/// # Errors
/// [`Error::Unsupported`] for an operator that can't be lowered yet.
pub fn lower_function(
    env: &Env<'_, '_>,
    index: usize,
    graph: &Graph<'_>,
    facts: Facts,
    function: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) -> Result<(), Error> {
    let type_index = env.module.functions[index].type_index;
    function.signature = env.signature(type_index);
    // Cranelift keeps origins relative to this one, the least. The function's first origin,
    // which it would take otherwise, may be followed by the offset before it, whose distance
    // of -1 stands for no origin.
    let start = env.module.functions[index].body.range().start;
    let start = u32::try_from(start).unwrap_or(flow::NO_OFFSET);
    function.params.ensure_base_srcloc(SourceLoc::new(start));
    let mut lowering = Lowering::new(env, graph, facts, FunctionBuilder::new(function, context));
    lowering.start_function();
    if let Some(byte_loop) = facts.byte_loop {
        byte_loops::lower(&mut lowering, byte_loop);
    }
    let (order, predecessors) = graph.reverse_postorder();
    lowering.open_predecessors = predecessors;
    for &block in &order {
        let clif =
            *lowering.blocks[block.index()].get_or_insert_with(|| lowering.builder.create_block());
        // The code generator puts cold blocks behind the others, even the one that a
        // call begins with, and the function would begin with something else.
        if graph.blocks[block.index()].cold && block != BlockId::ENTRY {
            lowering.builder.set_cold_block(clif);
        }
    }
    for block in order {
        lowering
            .block(block)
            .map_err(|e| e.in_function(&env.name(index)))?;
    }
    lowering.builder.finalize(env.frontend_config);
    Ok(())
}

/// An operator that can't be lowered yet, at an offset in the file.
struct Refused {
    feature: String,
    offset: u32,
}

impl Refused {
    fn in_function(self, name: &str) -> Error {
        Error::Unsupported {
            feature: self.feature,
            function: Some(name.to_string()),
            offset: u64::from(self.offset),
        }
    }
}

/// The state of lowering one function.
struct Lowering<'f, 'm, 'w> {
    env: &'m Env<'m, 'w>,
    graph: &'m Graph<'w>,
    builder: FunctionBuilder<'f>,
    /// Operand stack of the block being lowered.
    stack: Vec<Operand>,
    /// How [`Kept`] ones are kept.
    variables: Variables,
    /// Where each local is.
    locals: Vec<Kept>,
    /// What carries operands between blocks, by depth and type.
    slots: HashMap<(usize, ir::Type), Kept>,
    /// CLIF block of each reachable block.
    blocks: Vec<Option<ir::Block>>,
    /// Edges to each block that are not lowered yet; a block is sealed at zero.
    open_predecessors: Vec<u32>,
    functions: HashMap<Symbol, FuncRef>,
    signatures: HashMap<u32, ir::SigRef>,
    data: HashMap<Symbol, GlobalValue>,
    regions: address::Regions,
    known: memory::Known,
    /// What each result of [`Lowering::narrow`] is the lower half of.
    narrowed: HashMap<ir::Value, ir::Value>,
    sp_facts: SpFacts,
    sp: sp::StackPointer,
    /// Where vectors are permuted, on a machine without an instruction for it.
    permutation: Option<ir::StackSlot>,
    /// Memory 0's base ([`memory_base`]), where that is no constant.
    base: Option<Variable>,
    /// What the pinned register holds ([`sp`]), where that is kept from block to block.
    pinned: Option<Variable>,
}

impl<'f, 'm, 'w> Lowering<'f, 'm, 'w> {
    fn new(
        env: &'m Env<'m, 'w>,
        graph: &'m Graph<'w>,
        facts: Facts,
        builder: FunctionBuilder<'f>,
    ) -> Self {
        let regions = address::Regions::new(builder.func);
        Self {
            env,
            graph,
            builder,
            stack: Vec::new(),
            variables: facts.variables,
            locals: Vec::new(),
            slots: HashMap::new(),
            blocks: vec![None; graph.blocks.len()],
            open_predecessors: Vec::new(),
            functions: HashMap::new(),
            signatures: HashMap::new(),
            data: HashMap::new(),
            regions,
            known: memory::Known::new(),
            narrowed: HashMap::new(),
            sp_facts: facts.sp,
            sp: sp::StackPointer::default(),
            permutation: None,
            base: None,
            pinned: None,
        }
    }

    /// Makes the entry block: parameters and zeroed locals.
    fn start_function(&mut self) {
        let entry = self.builder.create_block();
        self.builder.append_block_params_for_function_params(entry);
        self.builder.switch_to_block(entry);
        let params = self.builder.block_params(entry).to_vec();
        self.start_locals(&params);
        self.blocks[BlockId::ENTRY.index()] = Some(entry);
        self.start_pinned();
    }

    fn zero(&mut self, ty: ValType) -> ir::Value {
        match ty {
            ValType::F32 => self.builder.ins().f32const(0.0),
            ValType::F64 => self.builder.ins().f64const(0.0),
            ValType::V128 => self.vector_constant(simd::VECTOR, [0; 16]),
            _ => self.builder.ins().iconst(clif_type(ty), 0),
        }
    }

    fn block(&mut self, id: BlockId) -> Result<(), Refused> {
        let graph = self.graph;
        let block = &graph.blocks[id.index()];
        let clif = self.clif_block(id);
        if id == BlockId::ENTRY {
            self.builder.seal_block(clif);
        } else {
            self.builder.switch_to_block(clif);
        }
        self.enter_stack(&block.stack);
        self.known.clear();
        for (operator, offset) in &graph.operators[block.operators.clone()] {
            self.at(*offset);
            self.operator(operator, *offset)?;
        }
        self.at(block.terminator_offset);
        self.settle_sp();
        self.terminator(&block.terminator);
        self.sp = sp::StackPointer::default();
        Ok(())
    }

    fn clif_block(&self, id: BlockId) -> ir::Block {
        self.blocks[id.index()].expect("BUG: an edge into an unreachable block")
    }

    /// Lowers one operator: the first family that knows it does.
    fn operator(&mut self, operator: &Operator<'_>, offset: u32) -> Result<(), Refused> {
        let known = variable::lower(self, operator)
            || parametric::lower(self, operator)
            || memory::lower(self, operator)
            || integer::lower(self, operator)
            || compare::lower(self, operator)
            || call::lower(self, operator, offset)
            || convert::lower(self, operator)
            || float::lower(self, operator)
            || bulk::lower(self, operator)
            || reference::lower(self, operator)
            || table::lower(self, operator)
            || simd::lower(self, operator);
        if known {
            Ok(())
        } else {
            Err(Refused {
                feature: feature_of(operator),
                offset,
            })
        }
    }

    /// Gives the instructions that are made next the origin `offset` in the file, until
    /// the next call. Only the loops over blocks and operators call this, and
    /// [`byte_loops::lower`], which stands for a whole body: a family of operators never does.
    /// [`NO_OFFSET`](crate::flow::NO_OFFSET) is Cranelift's default: no origin.
    fn at(&mut self, offset: u32) {
        self.builder.set_srcloc(SourceLoc::new(offset));
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

/// The CLIF type of a wasm value.
fn clif_type(ty: ValType) -> ir::Type {
    match ty {
        ValType::I32 => ir::types::I32,
        ValType::I64 | ValType::Ref(_) => ir::types::I64,
        ValType::F32 => ir::types::F32,
        ValType::F64 => ir::types::F64,
        ValType::V128 => simd::VECTOR,
    }
}
