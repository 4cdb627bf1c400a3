//! From a body's bytes to the IR, validating on the way the first time.
//!
//! One pass and no recursion: cost is linear in the operators plus the labels of their
//! branches and what these carry (Go's functions nest over 10,000 blocks, each a target of
//! one `br_table`); [`limits`] keep that in bounds. Nothing here repeats the
//! validator's rules: an operator is built when the validator has seen it.
//!
//! Structure becomes edges ([`control`]). An operand that is on the stack while a nested block
//! runs is the same value behind the block: nothing inside can change it. So only what a
//! label's branches carry needs block parameters. Code that structure makes unreachable is
//! validated and not built.

mod control;
mod limits;
mod operator;
mod variables;

use super::{BlockId, Func, Op, Origin, Terminator, Type, Value};
use crate::error::Error;
use crate::module::{Function, Module};
use control::Label;
use variables::Known;
use wasmparser::{
    FuncToValidate, FuncValidator, FuncValidatorAllocations, LocalsReader, ValType,
    ValidatorResources,
};

/// Whether a body is validated while it is built.
pub enum Validation<'v> {
    /// By a validator with these allocations.
    Now(&'v mut FuncValidatorAllocations),
    /// The body was built before, with validation.
    Done,
}

/// Builds the body of the defined function `index`. `sp_global` is the global that becomes a
/// value which functions pass on ([`Func::sp`]); `spare` is a function whose allocations may be
/// used; `name` is the function's, for messages.
///
/// # Errors
/// [`Error::Invalid`] and [`Error::Unsupported`], naming function and offset;
/// [`Error::Limit`].
pub fn build(
    module: &Module<'_>,
    index: usize,
    sp_global: Option<u32>,
    validation: Validation<'_>,
    spare: Func,
    name: impl Fn() -> String,
) -> Result<Func, Error> {
    let function = &module.functions[index];
    let invalid = |e: wasmparser::Error| Error::from_validator_in(Some(name()), &e);
    let (mut allocations, mut validator) = match validation {
        Validation::Now(allocations) => {
            let validator = validator(function, std::mem::take(allocations));
            (Some(allocations), Some(validator))
        }
        Validation::Done => (None, None),
    };
    let mut reader = function.body.get_binary_reader();
    if let Some(validator) = &mut validator {
        validator.read_locals(&mut reader).map_err(invalid)?;
    }
    let locals = function.body.get_locals_reader().map_err(invalid)?;
    let mut builder = Builder::new(module, index, sp_global, locals, spare).map_err(invalid)?;
    let mut reader = function.body.get_operators_reader().map_err(invalid)?;
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset().map_err(invalid)?;
        if let Some(validator) = &mut validator {
            validator.op(offset, &operator).map_err(invalid)?;
        }
        builder.origin = Origin::at(offset);
        match builder.operator(&operator) {
            Ok(()) => {}
            Err(Refused::Unreadable(e)) => return Err(invalid(e)),
            Err(Refused::Unsupported(feature)) => {
                return Err(Error::Unsupported {
                    feature,
                    function: Some(name()),
                    offset,
                });
            }
        }
        if builder.carried > limits::MAX_CARRIED {
            return Err(limits::too_many_carried(&name()));
        }
    }
    reader.finish().map_err(invalid)?;
    if let (Some(allocations), Some(validator)) = (&mut allocations, validator) {
        **allocations = validator.into_allocations();
    }
    Ok(builder.func)
}

fn validator(
    function: &Function<'_>,
    allocations: FuncValidatorAllocations,
) -> FuncValidator<ValidatorResources> {
    let validation = FuncToValidate {
        resources: function.validation.resources.clone(),
        index: function.validation.index,
        ty: function.validation.ty,
        features: function.validation.features,
    };
    validation.into_validator(allocations)
}

/// Why an operator isn't built.
enum Refused {
    Unreadable(wasmparser::Error),
    /// The operator and its proposal.
    Unsupported(String),
}

/// Where branches to the function's own label lead: a block that returns.
const EXIT: BlockId = BlockId(1);

struct Builder<'m, 'w> {
    module: &'m Module<'w>,
    sp_global: Option<u32>,
    func: Func,
    /// The operand stack, where code is reachable.
    stack: Vec<Value>,
    labels: Vec<Label>,
    /// The block being filled, or `None` where code is unreachable.
    current: Option<BlockId>,
    known: Known,
    /// Nested blocks opened in unreachable code; none of them has a label.
    dead_depth: u32,
    /// How many values blocks, edges and returns carry so far.
    carried: usize,
    /// Of the operator being built.
    origin: Origin,
}

impl<'m, 'w> Builder<'m, 'w> {
    fn new(
        module: &'m Module<'w>,
        index: usize,
        sp_global: Option<u32>,
        locals: LocalsReader<'_>,
        spare: Func,
    ) -> Result<Self, wasmparser::Error> {
        let signature = &module.types[module.functions[index].type_index as usize];
        let mut func = spare.cleared();
        let variables = &mut func.variables;
        variables.extend(types(signature.params()));
        for local in locals {
            // The validator limits how many there are.
            let (count, ty) = local?;
            variables.resize(variables.len() + count as usize, Type::from(ty));
        }
        func.results.extend(types(signature.results()));
        let sp = sp_global.map(|_| super::Variable::new(variables.len()));
        if sp.is_some() {
            variables.push(Type::Sp);
            func.results.push(Type::Sp);
        }
        func.sp = sp;
        let entry = func.new_block(Origin::NONE);
        for ty in types(signature.params()) {
            func.new_param(entry, ty);
        }
        if sp.is_some() {
            func.new_param(entry, Type::Sp);
        }
        let known = Known::new(func.variables.len());
        let mut builder = Self {
            module,
            known,
            sp_global,
            func,
            stack: Vec::new(),
            labels: Vec::new(),
            current: Some(entry),
            dead_depth: 0,
            carried: 0,
            origin: Origin::NONE,
        };
        builder.open_function(signature);
        Ok(builder)
    }

    /// Adds an instruction with one result, which is pushed.
    fn push(&mut self, op: Op, args: &[Value], ty: Type) {
        let value = self.value(op, args, ty);
        self.stack.push(value);
    }

    /// Adds an instruction with one result.
    fn value(&mut self, op: Op, args: &[Value], ty: Type) -> Value {
        let block = self.block();
        self.func.push(block, op, args, ty, self.origin)
    }

    /// Adds an instruction without result.
    fn effect(&mut self, op: Op, args: &[Value]) {
        let block = self.block();
        self.func.push_effect(block, op, args, self.origin);
    }

    fn block(&self) -> BlockId {
        self.current
            .expect("BUG: an instruction in unreachable code")
    }

    fn pop(&mut self) -> Value {
        let value = self.stack.pop();
        value.expect("BUG: operand stack underflow in validated code")
    }

    /// The `count` topmost operands, deepest first.
    fn pop_many(&mut self, count: usize) -> Vec<Value> {
        self.stack.split_off(self.stack.len() - count)
    }

    /// The `N` topmost operands, deepest first.
    fn pop_array<const N: usize>(&mut self) -> [Value; N] {
        let start = self.stack.len() - N;
        let popped = self.stack[start..].try_into();
        self.stack.truncate(start);
        popped.expect("BUG: operand stack underflow in validated code")
    }

    /// Ends the current block, if code is reachable.
    fn terminate(&mut self, terminator: Terminator) {
        if let Some(block) = self.current.take() {
            let block = self.func.block_mut(block);
            block.terminator = terminator;
            block.origin = self.origin;
        }
    }
}

fn types(types: &[ValType]) -> Vec<Type> {
    types.iter().map(|&ty| Type::from(ty)).collect()
}
