//! From a body's structured operators to its graph, validating on the way.
//!
//! One pass and no recursion: cost is linear in the operators plus the labels of
//! their branches (Go's functions nest over 10,000 blocks, each a target of one
//! `br_table`). The validator is asked for stack heights and types, so nothing
//! here repeats its rules.

use super::{Block, BlockId, Callee, Edge, Graph, NO_OFFSET, Terminator, limits};
use crate::error::Error;
use std::collections::HashSet;
use wasi_aot_contract::module::TrapKind;
use wasmparser::{
    BlockType, FrameKind, FuncToValidate, FuncType, FuncValidator, FuncValidatorAllocations,
    FunctionBody, Operator, OperatorsReader, ValType, ValidatorResources,
};

/// Builds the graph of a body, with `types` the module's types and `name` the
/// function's, for error messages.
///
/// # Errors
/// [`Error::Invalid`] naming function and offset, [`Error::Limit`].
pub fn build<'a>(
    body: &FunctionBody<'a>,
    validation: &FuncToValidate<ValidatorResources>,
    types: &[FuncType],
    allocations: &mut FuncValidatorAllocations,
    name: impl Fn() -> String,
) -> Result<Graph<'a>, Error> {
    let invalid = |e: wasmparser::Error| Error::from_validator_in(Some(name()), &e);
    let validation = FuncToValidate {
        resources: validation.resources.clone(),
        index: validation.index,
        ty: validation.ty,
        features: validation.features,
    };
    let signature = &types[validation.ty as usize];
    let mut builder = Builder::new(
        validation.into_validator(std::mem::take(allocations)),
        types,
        signature,
    );
    let mut reader = body.get_binary_reader();
    builder
        .validator
        .read_locals(&mut reader)
        .map_err(invalid)?;
    let mut reader = OperatorsReader::new(reader);
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset().map_err(invalid)?;
        builder.operator(operator, offset).map_err(invalid)?;
        if builder.operands > limits::MAX_OPERANDS {
            return Err(limits::too_many_operands(&name()));
        }
    }
    reader.finish().map_err(invalid)?;
    let (graph, used) = builder.finish();
    *allocations = used;
    Ok(graph)
}

/// Where branches to the function's own label lead: a block that returns.
const EXIT: BlockId = BlockId(1);

/// What a structured block's labels mean in the graph.
struct Label {
    /// Where a branch to it goes: the block after its end, or a loop's head.
    target: BlockId,
    /// Where the false edge of an `if` goes, until its `else` is seen.
    otherwise: Option<BlockId>,
    /// Where its end continues; differs from `target` for a loop.
    end: BlockId,
    base: u32,
    /// Operands that a branch to it carries.
    branch_arity: u32,
    /// Operands that its end leaves.
    end_arity: u32,
}

struct Builder<'a, 't> {
    validator: FuncValidator<ValidatorResources>,
    types: &'t [FuncType],
    operators: Vec<(Operator<'a>, u32)>,
    blocks: Vec<Block>,
    /// How many operands all blocks begin with.
    operands: usize,
    labels: Vec<Label>,
    /// The block being filled, or `None` where code is unreachable.
    current: Option<BlockId>,
    /// Nested blocks opened in unreachable code; none of them has a label.
    dead_depth: u32,
}

impl<'a, 't> Builder<'a, 't> {
    fn new(
        validator: FuncValidator<ValidatorResources>,
        types: &'t [FuncType],
        signature: &FuncType,
    ) -> Self {
        let mut builder = Self {
            validator,
            types,
            operators: Vec::new(),
            blocks: Vec::new(),
            operands: 0,
            labels: Vec::new(),
            current: None,
            dead_depth: 0,
        };
        let entry = builder.new_block();
        builder.current = Some(entry);
        let exit = builder.new_block();
        assert_eq!(exit, EXIT, "BUG: the exit is not the second block");
        builder.blocks[exit.index()].stack = signature.results().to_vec();
        builder.blocks[exit.index()].terminator = Terminator::Return;
        let arity = u32::try_from(signature.results().len()).expect("BUG: arity over 32 bits");
        builder.labels.push(Label {
            target: exit,
            otherwise: None,
            end: exit,
            base: 0,
            branch_arity: arity,
            end_arity: arity,
        });
        builder
    }

    fn new_block(&mut self) -> BlockId {
        let id = BlockId(u32::try_from(self.blocks.len()).expect("BUG: block count over 32 bits"));
        self.blocks.push(Block {
            stack: Vec::new(),
            operators: 0..0,
            terminator: Terminator::Trap(TrapKind::Unreachable),
            terminator_offset: NO_OFFSET,
            cold: false,
        });
        id
    }

    fn operator(&mut self, operator: Operator<'a>, offset: u64) -> wasmparser::Result<()> {
        let at = u32::try_from(offset).unwrap_or(NO_OFFSET);
        self.validator.op(offset, &operator)?;
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => self.open(at),
            Operator::Else => self.open_else(at),
            Operator::End => self.close(at),
            Operator::Br { .. } | Operator::BrIf { .. } | Operator::BrTable { .. } => {
                self.branch(&operator, at)?;
            }
            Operator::Return => self.terminate(Terminator::Return, at),
            Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. } => {
                self.terminate(Terminator::TailCall(callee(&operator)), at);
            }
            Operator::Unreachable => self.terminate(Terminator::Trap(TrapKind::Unreachable), at),
            _ => {
                if self.current.is_some() {
                    self.operators.push((operator, at));
                }
            }
        }
        Ok(())
    }

    /// Ends the current block, if code is reachable.
    fn terminate(&mut self, terminator: Terminator, offset: u32) {
        if let Some(block) = self.current.take() {
            let block = &mut self.blocks[block.index()];
            block.operators.end = self.operators.len();
            block.terminator = terminator;
            block.terminator_offset = offset;
        }
    }

    /// Continues in `block` with the operand stack that the validator has now.
    fn start(&mut self, block: BlockId) {
        let height = self.validator.operand_stack_height() as usize;
        let types: Option<Vec<ValType>> = (0..height)
            .rev()
            .map(|depth| self.validator.get_operand_type(depth).flatten())
            .collect();
        self.operands += height;
        let here = self.operators.len();
        let filled = &mut self.blocks[block.index()];
        filled.stack = types.expect("BUG: an operand without type where code is reachable");
        filled.operators = here..here;
        self.current = Some(block);
    }

    /// `block`, `loop` or `if`, after the validator has seen it.
    fn open(&mut self, offset: u32) {
        if self.current.is_none() {
            self.dead_depth += 1;
            return;
        }
        let frame = self
            .validator
            .get_control_frame(0)
            .expect("BUG: no frame after a block was opened");
        let (kind, base) = (
            frame.kind,
            u32::try_from(frame.height).expect("BUG: stack height over 32 bits"),
        );
        let (params, results) = self.arity(frame.block_type);
        let end = self.new_block();
        let mut label = Label {
            target: end,
            otherwise: None,
            end,
            base,
            branch_arity: results,
            end_arity: results,
        };
        match kind {
            FrameKind::Loop => {
                let head = self.new_block();
                self.terminate(
                    Terminator::Jump(Edge {
                        target: head,
                        base,
                        arity: params,
                    }),
                    offset,
                );
                self.start(head);
                (label.target, label.branch_arity) = (head, params);
            }
            FrameKind::If => {
                let (then, otherwise) = (self.new_block(), self.new_block());
                let edge = |target| Edge {
                    target,
                    base,
                    arity: params,
                };
                let branch = Terminator::Branch {
                    then: edge(then),
                    otherwise: edge(otherwise),
                };
                self.terminate(branch, offset);
                self.start(then);
                label.otherwise = Some(otherwise);
            }
            _ => {}
        }
        self.labels.push(label);
    }

    fn open_else(&mut self, offset: u32) {
        if self.dead_depth > 0 {
            return;
        }
        self.jump_to_end(offset);
        let label = self.labels.last_mut().expect("BUG: else without label");
        let otherwise = label.otherwise.take().expect("BUG: else without if");
        self.start(otherwise);
    }

    fn close(&mut self, offset: u32) {
        if self.dead_depth > 0 {
            self.dead_depth -= 1;
            return;
        }
        self.jump_to_end(offset);
        let label = self.labels.pop().expect("BUG: end without label");
        if self.labels.is_empty() {
            self.blocks[label.end.index()].terminator_offset = offset;
            return;
        }
        self.start(label.end);
        // An `if` without `else`: the false edge goes on with the parameters,
        // which are also the results.
        if let Some(otherwise) = label.otherwise {
            let stack = self.blocks[label.end.index()].stack.clone();
            self.operands += stack.len();
            let here = self.operators.len();
            self.blocks[otherwise.index()] = Block {
                stack,
                operators: here..here,
                terminator: Terminator::Jump(Edge {
                    target: label.end,
                    base: label.base,
                    arity: label.end_arity,
                }),
                terminator_offset: offset,
                cold: false,
            };
        }
    }

    fn jump_to_end(&mut self, offset: u32) {
        let label = self.labels.last().expect("BUG: end of no block");
        let edge = Edge {
            target: label.end,
            base: label.base,
            arity: label.end_arity,
        };
        self.jump(edge, offset);
    }

    /// Ends the current block with a jump; one to the function's end returns.
    fn jump(&mut self, edge: Edge, offset: u32) {
        let terminator = if edge.target == EXIT {
            Terminator::Return
        } else {
            Terminator::Jump(edge)
        };
        self.terminate(terminator, offset);
    }

    fn branch(&mut self, operator: &Operator<'a>, offset: u32) -> wasmparser::Result<()> {
        if self.current.is_none() {
            return Ok(());
        }
        match operator {
            Operator::Br { relative_depth } => {
                let edge = self.edge(*relative_depth);
                self.jump(edge, offset);
            }
            Operator::BrIf { relative_depth } => {
                let then = self.edge(*relative_depth);
                let next = self.new_block();
                let height = self.validator.operand_stack_height();
                let otherwise = Edge {
                    target: next,
                    base: height,
                    arity: 0,
                };
                self.terminate(Terminator::Branch { then, otherwise }, offset);
                self.start(next);
            }
            Operator::BrTable { targets } => {
                let default = self.edge(targets.default());
                let targets: wasmparser::Result<Vec<Edge>> = targets
                    .targets()
                    .map(|depth| Ok(self.edge(depth?)))
                    .collect();
                self.terminate(
                    Terminator::Table {
                        targets: targets?,
                        default,
                    },
                    offset,
                );
            }
            other => panic!("BUG: {other:?} is no branch"),
        }
        Ok(())
    }

    fn edge(&self, relative_depth: u32) -> Edge {
        let label = &self.labels[self.labels.len() - 1 - relative_depth as usize];
        Edge {
            target: label.target,
            base: label.base,
            arity: label.branch_arity,
        }
    }

    /// Number of parameters and results of a block type.
    fn arity(&self, ty: BlockType) -> (u32, u32) {
        match ty {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(index) => {
                let ty = &self.types[index as usize];
                let len = |types: &[ValType]| {
                    u32::try_from(types.len()).expect("BUG: arity over 32 bits")
                };
                (len(ty.params()), len(ty.results()))
            }
        }
    }

    fn finish(self) -> (Graph<'a>, FuncValidatorAllocations) {
        let locals = (0..self.validator.len_locals())
            .map(|i| {
                self.validator
                    .get_local_type(i)
                    .expect("BUG: a local without type")
            })
            .collect();
        let graph = Graph {
            locals,
            operators: self.operators,
            blocks: self.blocks,
            giving_way: HashSet::new(),
        };
        (graph, self.validator.into_allocations())
    }
}

/// What a tail call calls.
fn callee(operator: &Operator<'_>) -> Callee {
    match *operator {
        Operator::ReturnCall { function_index } => Callee::Function(function_index),
        Operator::ReturnCallIndirect {
            type_index,
            table_index,
        } => Callee::Element {
            type_index,
            table: table_index,
        },
        ref other => panic!("BUG: {other:?} is no tail call"),
    }
}
