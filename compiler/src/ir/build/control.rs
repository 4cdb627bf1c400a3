//! Structured control becomes blocks and edges.

use super::super::{BlockId, Callee, Edge, Op, Terminator, Type, Value};
use super::{Builder, EXIT, Refused, types};
use wasi_aot_contract::module::TrapKind;
use wasmparser::{BlockType, FuncType, Operator};

/// What a structured block's labels mean.
pub(super) struct Label {
    /// Where a branch to it goes: the block behind its end, or a loop's head.
    target: BlockId,
    /// Where its end continues; differs from `target` for a loop.
    end: BlockId,
    /// The block that an `if` ends, until its `else` is seen, with the operands that the false
    /// edge begins with.
    otherwise: Option<(BlockId, Vec<Value>)>,
    /// Height of the operand stack below the block.
    base: usize,
    /// Operands that a branch to it carries.
    branch_arity: usize,
    /// Operands that its end leaves.
    end_arity: usize,
}

impl Builder<'_, '_> {
    /// Makes the function's own label and the block that returns.
    pub(super) fn open_function(&mut self, signature: &FuncType) {
        let exit = self.func.new_block(self.origin);
        assert_eq!(exit, EXIT, "BUG: the exit is not the second block");
        let mut results: Vec<Value> = types(signature.results())
            .into_iter()
            .map(|ty| self.func.new_param(exit, ty))
            .collect();
        let arity = results.len();
        if let Some(sp) = self.func.sp {
            let origin = self.origin;
            results.push(self.func.push(exit, Op::Get(sp), &[], Type::Sp, origin));
        }
        self.func.block_mut(exit).terminator = Terminator::Return(results);
        self.labels.push(Label {
            target: exit,
            end: exit,
            otherwise: None,
            base: 0,
            branch_arity: arity,
            end_arity: arity,
        });
    }

    /// A control operator; `false` for every other operator.
    pub(super) fn control(&mut self, operator: &Operator<'_>) -> Result<bool, Refused> {
        match operator {
            Operator::Block { blockty } => self.open(Kind::Block, *blockty),
            Operator::Loop { blockty } => self.open(Kind::Loop, *blockty),
            Operator::If { blockty } => self.open(Kind::If, *blockty),
            Operator::Else => self.open_else(),
            Operator::End => self.close(),
            _ if self.current.is_none() => {}
            Operator::Br { relative_depth } => {
                let edge = self.edge(*relative_depth);
                self.jump(edge);
            }
            Operator::BrIf { relative_depth } => self.branch(*relative_depth),
            Operator::BrTable { targets } => self.table(targets)?,
            Operator::Return => {
                let edge = self.edge_to_function();
                self.jump(edge);
            }
            Operator::ReturnCall { function_index } => {
                self.tail_call(Callee::Function(*function_index));
            }
            Operator::ReturnCallIndirect {
                type_index,
                table_index,
            } => self.tail_call(Callee::Element {
                type_index: *type_index,
                table: *table_index,
                gives_way: false,
            }),
            Operator::Unreachable => self.terminate(Terminator::Trap(TrapKind::Unreachable)),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn open(&mut self, kind: Kind, ty: BlockType) {
        if self.current.is_none() {
            self.dead_depth += 1;
            return;
        }
        let condition = (kind == Kind::If).then(|| self.pop());
        let (params, results) = self.signature(ty);
        let base = self.stack.len() - params.len();
        let end = self.new_block(&results);
        let mut label = Label {
            target: end,
            end,
            otherwise: None,
            base,
            branch_arity: results.len(),
            end_arity: results.len(),
        };
        match (kind, condition) {
            (Kind::Loop, _) => {
                let head = self.new_block(&params);
                let edge = self.edge_with(head, params.len());
                self.terminate(Terminator::Jump(edge));
                self.continue_in(head, base);
                (label.target, label.branch_arity) = (head, params.len());
            }
            (Kind::If, Some(condition)) => {
                let branches = self.block();
                let then = self.new_block(&[]);
                self.terminate(Terminator::Branch {
                    condition,
                    then: Edge::to(then),
                    // Until `else` or `end` is seen.
                    otherwise: Edge::to(end),
                });
                self.start(then);
                self.carried += params.len();
                label.otherwise = Some((branches, self.stack[base..].to_vec()));
            }
            _ => {}
        }
        self.labels.push(label);
    }

    fn open_else(&mut self) {
        // The `if` was opened in unreachable code, and its `else` is as unreachable.
        if self.dead_depth > 0 {
            return;
        }
        self.jump_to_end();
        let label = self.labels.last_mut().expect("BUG: else without label");
        let (branches, operands) = label.otherwise.take().expect("BUG: else without if");
        self.stack.truncate(label.base);
        self.stack.extend(operands);
        let block = self.new_block(&[]);
        self.set_otherwise(branches, Edge::to(block));
        self.start(block);
    }

    fn close(&mut self) {
        if self.dead_depth > 0 {
            self.dead_depth -= 1;
            return;
        }
        self.jump_to_end();
        let label = self.labels.pop().expect("BUG: end without label");
        if self.labels.is_empty() {
            let origin = self.origin;
            for &inst in &self.func.blocks[label.end.index()].insts {
                self.func.insts[inst.index()].origin = origin;
            }
            self.func.block_mut(label.end).origin = origin;
            return;
        }
        // An `if` without `else`: the false edge goes on with the parameters, which are
        // also the results.
        if let Some((branches, args)) = label.otherwise {
            let target = label.end;
            self.set_otherwise(branches, Edge { target, args });
        }
        // Even if no branch leads to the end: nobody looks at a block that nothing reaches.
        self.continue_in(label.end, label.base);
    }

    /// Gives an `if`, which ends the block `branches`, its false edge.
    fn set_otherwise(&mut self, branches: BlockId, edge: Edge) {
        match &mut self.func.block_mut(branches).terminator {
            Terminator::Branch { otherwise, .. } => *otherwise = edge,
            other => panic!("BUG: an if became {other:?}"),
        }
    }

    /// Goes on in `block`, with its parameters on `base` operands.
    fn continue_in(&mut self, block: BlockId, base: usize) {
        self.stack.truncate(base);
        self.stack.extend(&self.func.blocks[block.index()].params);
        self.start(block);
    }

    fn start(&mut self, block: BlockId) {
        self.func.operands = self.func.operands.max(self.stack.len());
        self.current = Some(block);
    }

    fn jump_to_end(&mut self) {
        if self.current.is_some() {
            let label = self.labels.last().expect("BUG: end of no block");
            let edge = self.edge_with(label.end, label.end_arity);
            self.jump(edge);
        }
    }

    /// Ends the current block with a jump; one to the function's end returns.
    fn jump(&mut self, edge: Edge) {
        if edge.target != EXIT {
            return self.terminate(Terminator::Jump(edge));
        }
        let mut results = edge.args;
        if let Some(sp) = self.func.sp {
            results.push(self.read(sp));
        }
        self.terminate(Terminator::Return(results));
    }

    fn branch(&mut self, relative_depth: u32) {
        let condition = self.pop();
        let then = self.edge(relative_depth);
        let next = self.new_block(&[]);
        let otherwise = Edge::to(next);
        self.terminate(Terminator::Branch {
            condition,
            then,
            otherwise,
        });
        self.start(next);
    }

    fn table(&mut self, table: &wasmparser::BrTable<'_>) -> Result<(), Refused> {
        let index = self.pop();
        let default = self.edge(table.default());
        let mut targets = Vec::with_capacity(table.len() as usize);
        for depth in table.targets() {
            targets.push(self.edge(depth.map_err(Refused::Unreadable)?));
            if self.carried > super::limits::MAX_CARRIED {
                // Refused by the caller.
                break;
            }
        }
        self.terminate(Terminator::Table {
            index,
            targets,
            default,
        });
        Ok(())
    }

    /// A function of the module takes the frame over. An import, a C function of the shim,
    /// can't: it is called, and its results are returned.
    fn tail_call(&mut self, callee: Callee) {
        if let Callee::Function(index) = callee
            && self.module.defined(index).is_none()
        {
            self.call(callee);
            let edge = self.edge_to_function();
            return self.jump(edge);
        }
        let (args, _) = self.pop_call(callee);
        self.terminate(Terminator::TailCall(callee, args));
    }

    fn edge(&mut self, relative_depth: u32) -> Edge {
        let label = &self.labels[self.labels.len() - 1 - relative_depth as usize];
        let (target, arity) = (label.target, label.branch_arity);
        self.edge_with(target, arity)
    }

    fn edge_to_function(&mut self) -> Edge {
        let arity = self.labels[0].branch_arity;
        self.edge_with(EXIT, arity)
    }

    /// To `target` with the topmost `arity` operands.
    fn edge_with(&mut self, target: BlockId, arity: usize) -> Edge {
        self.carried += arity;
        let args = self.stack[self.stack.len() - arity..].to_vec();
        Edge { target, args }
    }

    fn new_block(&mut self, params: &[Type]) -> BlockId {
        let block = self.func.new_block(self.origin);
        self.carried += params.len();
        for &ty in params {
            self.func.new_param(block, ty);
        }
        block
    }

    /// Parameters and results of a block type.
    fn signature(&self, ty: BlockType) -> (Vec<Type>, Vec<Type>) {
        match ty {
            BlockType::Empty => (Vec::new(), Vec::new()),
            BlockType::Type(ty) => (Vec::new(), vec![ty.into()]),
            BlockType::FuncType(index) => {
                let ty = &self.module.types[index as usize];
                (types(ty.params()), types(ty.results()))
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Block,
    Loop,
    If,
}
