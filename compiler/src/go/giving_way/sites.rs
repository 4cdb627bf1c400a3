//! Calls that may cut a loop.

use super::super::pclntab::FUNC_VALUE_OFFSET;
use super::super::sp::{SP_GLOBAL, SP_LOCAL};
use super::Facts;
use super::entries::Entry;
use crate::flow::{Block, Edge, Graph, Terminator};
use crate::module::Module;
use wasmparser::{
    BlockType, ContType, FrameKind, FuncType, ModuleArity, Operator, RefType, SubType,
};

/// `UnsafePointUnsafe` in `internal/abi/symtab.go`.
const UNSAFE: i32 = -2;

/// A call at the end of a block.
#[derive(Debug, Clone, Copy)]
pub enum Site {
    /// Gives way before the operator at `at`, which pushes PC_B for the call, and
    /// goes on at the beginning of the defined function `resume`.
    Before {
        at: usize,
        resume: usize,
        closure: bool,
    },
    /// Gives way after the call has returned, and goes on at `pc_b`.
    After { pc_b: u32 },
    /// Goes through the table, by the operator at this offset in the file.
    Table { offset: u32 },
}

impl Facts {
    /// The call that a block of the defined function `caller` ends with, if it may cut a
    /// loop. `points` is the caller's.
    pub(super) fn site(
        &self,
        graph: &Graph<'_>,
        block: &Block,
        caller: usize,
        points: &[(u32, i32)],
    ) -> Option<Site> {
        let Terminator::Branch { otherwise, .. } = block.terminator else {
            return None;
        };
        let operators = &graph.operators[block.operators.clone()];
        let ((call, offset), before) = without_reload(operators).split_last()?;
        let pc_b = return_address(before, caller)?;
        if !is_safe(points, pc_b.checked_sub(1)?) {
            return None;
        }
        let function = match call {
            Operator::CallIndirect { table_index: 0, .. } => {
                return Some(Site::Table { offset: *offset });
            }
            Operator::Call { function_index } => *function_index,
            _ => return None,
        };
        let ((Operator::I32Const { value: 0 }, _), before) = before.split_last()? else {
            return None;
        };
        // Nothing is on the operand stack of a Go function that calls another.
        if self.height(block.stack.len(), before)? != 0 {
            return None;
        }
        match self.entries[function.checked_sub(self.imports)? as usize] {
            Entry::GivesWay { resume, closure } => Some(Site::Before {
                at: block.operators.start + before.len(),
                resume,
                closure,
            }),
            Entry::Returns if carries_nothing(graph, otherwise) => Some(Site::After { pc_b }),
            Entry::Returns | Entry::Polls | Entry::Unknown => None,
        }
    }

    /// The operand stack's height after straight-line operators that begin with
    /// `start`; `None` if there are calls through tables among them.
    fn height(&self, start: usize, operators: &[(Operator<'_>, u32)]) -> Option<usize> {
        operators.iter().try_fold(start, |height, (operator, _)| {
            let (pops, pushes) = match operator {
                Operator::Call { function_index } => self.arities[*function_index as usize],
                other => other.operator_arity(&NoModule)?,
            };
            Some(height.checked_sub(pops as usize)? + pushes as usize)
        })
    }
}

/// Operators without those that read SP back into local 1 after a call.
fn without_reload<'g, 'a>(operators: &'g [(Operator<'a>, u32)]) -> &'g [(Operator<'a>, u32)] {
    match operators {
        [
            before @ ..,
            (
                Operator::GlobalGet {
                    global_index: SP_GLOBAL,
                },
                _,
            ),
            (
                Operator::LocalSet {
                    local_index: SP_LOCAL,
                },
                _,
            ),
        ] => before,
        all => all,
    }
}

fn carries_nothing(graph: &Graph<'_>, edge: Edge) -> bool {
    edge.base + edge.arity == 0 && graph.blocks[edge.target.index()].stack.is_empty()
}

/// The PC_B of the return address that is stored last, if it is one in `caller`.
fn return_address(operators: &[(Operator<'_>, u32)], caller: usize) -> Option<u32> {
    let stored = |pair: &[(Operator<'_>, u32)]| match pair {
        [
            (Operator::I64Const { value }, _),
            (Operator::I64Store { memarg }, _),
        ] if memarg.offset == 0 => Some(*value),
        _ => None,
    };
    let address = operators.windows(2).rev().find_map(stored)?;
    let pc_f = usize::try_from(address >> 16).ok()?;
    (pc_f == FUNC_VALUE_OFFSET + caller).then_some((address & 0xffff) as u32)
}

/// Whether `pc_b` is no unsafe point. A function without values has none.
fn is_safe(points: &[(u32, i32)], pc_b: u32) -> bool {
    let next = points.partition_point(|&(end, _)| end <= pc_b);
    points.is_empty() || points.get(next).is_some_and(|&(_, value)| value != UNSAFE)
}

/// How many parameters and results each function has, by index.
pub fn arities(module: &Module<'_>) -> Vec<(u32, u32)> {
    let arity = |function| {
        let ty = &module.types[module.type_of_function(function) as usize];
        let count = |len| u32::try_from(len).expect("BUG: arity over 32 bits");
        (count(ty.params().len()), count(ty.results().len()))
    };
    let count = module.function_index(module.functions.len());
    (0..count).map(arity).collect()
}

/// For the arity of operators that doesn't depend on the module.
struct NoModule;

impl ModuleArity for NoModule {
    fn sub_type_at(&self, _: u32) -> Option<&SubType> {
        None
    }

    fn tag_type_arity(&self, _: u32) -> Option<(u32, u32)> {
        None
    }

    fn type_index_of_function(&self, _: u32) -> Option<u32> {
        None
    }

    fn func_type_of_cont_type(&self, _: &ContType) -> Option<&FuncType> {
        None
    }

    fn sub_type_of_ref_type(&self, _: &RefType) -> Option<&SubType> {
        None
    }

    fn control_stack_height(&self) -> u32 {
        0
    }

    fn label_block(&self, _: u32) -> Option<(BlockType, FrameKind)> {
        None
    }
}
