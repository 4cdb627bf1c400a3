//! Checks that a function is valid: the invariants of [`super`].
//!
//! For debug builds and tests, between passes. [`verify`] needs the function alone;
//! [`verify_in`] also looks at what the function has to do with its module. The cost is linear,
//! but for what dominance takes ([`Dominators`]).

mod call;
mod module;
mod operation;
mod origins;
mod push;
#[cfg(test)]
mod tests;
mod values;

use super::{BlockId, ByteLoop, Dominators, Edge, Func, Inst, InstId, Terminator, Type, Value};
use crate::module::Module;
use std::rc::Rc;
use values::Homes;

/// Checks the blocks that are reached.
///
/// # Errors
/// The first rule that is broken, naming the block.
pub fn verify(func: &Func) -> Result<(), String> {
    // Dominance needs edges that lead to blocks.
    targets(func)?;
    values::aliases(func)?;
    let dominators = Dominators::of(func, Rc::new(func.find_order()));
    let homes = Homes::of(func, dominators.order())?;
    let verifier = Verifier {
        func,
        dominators: &dominators,
        homes,
    };
    verifier.entry()?;
    verifier.dispatch()?;
    for &block in dominators.order() {
        verifier
            .block(block)
            .map_err(|why| format!("b{}: {why}", block.0))?;
    }
    origins::check(func, dominators.order())
}

/// Checks the blocks that are reached, of the defined function `index` of a module.
///
/// # Errors
/// The first rule that is broken, naming the block.
pub fn verify_in(func: &Func, module: &Module<'_>, index: usize) -> Result<(), String> {
    verify(func)?;
    module::check(func, module, index)
}

/// Checks that there is a block wherever an edge leads.
fn targets(func: &Func) -> Result<(), String> {
    if func.blocks.is_empty() {
        return Err("there is no entry".into());
    }
    for (index, block) in func.blocks.iter().enumerate() {
        let mut missing = None;
        block.terminator.for_each_edge(|edge| {
            if edge.target.index() >= func.blocks.len() {
                missing = Some(edge.target);
            }
        });
        if let Some(target) = missing {
            return Err(format!("b{index}: there is no b{}", target.0));
        }
    }
    Ok(())
}

struct Verifier<'f> {
    func: &'f Func,
    dominators: &'f Dominators,
    homes: Homes,
}

impl Verifier<'_> {
    /// The entry has the function's parameters, and variables begin with those of their types.
    fn entry(&self) -> Result<(), String> {
        let func = self.func;
        let (mut params, mut results) = (self.entry_types(), func.results.clone());
        if let Some(sp) = func.sp {
            let is_sp = |ty: Option<Type>| ty == Some(Type::Sp);
            let variable = func.variables.get(sp.index()).copied();
            if !is_sp(params.pop()) || !is_sp(results.pop()) || !is_sp(variable) {
                return Err("SP isn't the last parameter, the last result and a variable".into());
            }
        }
        let others = (0..).zip(&func.variables);
        let mut others = others.filter(|(index, _)| func.sp.is_none_or(|sp| sp.0 != *index));
        if params.contains(&Type::Sp)
            || results.contains(&Type::Sp)
            || others.any(|(_, ty)| *ty == Type::Sp)
        {
            return Err("a second SP".into());
        }
        match func.variables.starts_with(&params) {
            true => Ok(()),
            false => Err(format!(
                "parameters {params:?} that aren't the first variables"
            )),
        }
    }

    fn entry_types(&self) -> Vec<Type> {
        let params = self.func.block(BlockId::ENTRY).params.iter();
        params.map(|&param| self.func.ty(param)).collect()
    }

    /// Nothing but the function's beginning leads to a dispatch that was recognised.
    fn dispatch(&self) -> Result<(), String> {
        let Some(dispatch) = self.func.dispatch else {
            return Ok(());
        };
        if dispatch.index() >= self.func.blocks.len() {
            return Err(format!("there is no dispatch b{}", dispatch.0));
        }
        for &block in self.dominators.order() {
            let jumps = self.func.successors(block).contains(&dispatch);
            if jumps && block != BlockId::ENTRY {
                return Err(format!("b{} leads to the dispatch", block.0));
            }
        }
        Ok(())
    }

    fn block(&self, id: BlockId) -> Result<(), String> {
        let block = self.func.block(id);
        for (place, &inst) in block.insts.iter().enumerate() {
            self.inst(inst, (id, place + 1))
                .map_err(|why| format!("{:?}: {why}", self.func.inst(inst).op))?;
        }
        push::check(self.func, &block.insts)?;
        let end = (id, usize::MAX);
        let mut unusable = Ok(());
        block.terminator.for_each_value(|value| {
            if unusable.is_ok() {
                unusable = self.usable(value, end);
            }
        });
        unusable?;
        let mut edges = Ok(());
        block.terminator.for_each_edge(|edge| {
            if edges.is_ok() {
                edges = self.edge(edge);
            }
        });
        edges?;
        self.terminator(&block.terminator)
    }

    /// A use is behind the definition, or in a block that the definition's dominates.
    fn usable(&self, value: Value, at: (BlockId, usize)) -> Result<(), String> {
        if value.index() >= self.func.values.len() {
            return Err(format!("there is no v{}", value.0));
        }
        let value = self.func.resolve(value);
        let Some((block, place)) = self.homes.of_value(value) else {
            return Err(format!("v{} has no definition", value.0));
        };
        let before = if block == at.0 {
            place < at.1
        } else {
            self.dominators.dominates(block, at.0)
        };
        match before {
            true => Ok(()),
            false => Err(format!("v{} is used before its definition", value.0)),
        }
    }

    fn edge(&self, edge: &Edge) -> Result<(), String> {
        if edge.target == BlockId::ENTRY {
            return Err("an edge leads to the entry".into());
        }
        let target = self.func.block(edge.target);
        let params: Vec<Type> = target.params.iter().map(|&p| self.func.ty(p)).collect();
        self.types(&edge.args, &params)
            .map_err(|why| format!("edge to b{}: {why}", edge.target.0))
    }

    fn terminator(&self, terminator: &Terminator) -> Result<(), String> {
        match terminator {
            Terminator::Branch { condition, .. } => self.types(&[*condition], &[Type::I32]),
            Terminator::Table { index, .. } => self.types(&[*index], &[Type::I32]),
            Terminator::Switch { value, cases, .. } => {
                if !cases.is_sorted_by(|a, b| a.0 < b.0) {
                    return Err("cases that don't ascend".into());
                }
                self.types(&[*value], &[Type::I32])
            }
            Terminator::Return(values) => self.types(values, &self.func.results),
            Terminator::TailCall(callee, args) => call::tail(self.func, *callee, args),
            Terminator::ByteLoop { kind, args, sp, .. } => self.byte_loop(*kind, args, *sp),
            Terminator::Jump(_) | Terminator::Trap(_) => Ok(()),
        }
    }

    /// A loop's operands and result have one type, which is its kind's.
    fn byte_loop(&self, kind: ByteLoop, args: &[Value], sp: Option<Value>) -> Result<(), String> {
        let ty = match kind {
            ByteLoop::Equal => Type::I64,
            ByteLoop::Compare | ByteLoop::Find => Type::I32,
        };
        self.types(args, &[ty; 3])?;
        let sp = sp.map(|sp| self.func.ty(self.func.resolve(sp)));
        let returned: Vec<Type> = [ty].into_iter().chain(sp).collect();
        match returned == self.func.results {
            true => Ok(()),
            false => Err(format!(
                "returns {returned:?} instead of {:?}",
                self.func.results
            )),
        }
    }

    fn inst(&self, id: InstId, at: (BlockId, usize)) -> Result<(), String> {
        let inst = self.func.inst(id);
        for &arg in &inst.args {
            self.usable(arg, at)?;
        }
        operation::immediates(self.func, inst.op)?;
        let (params, results) = operation::signature(self.func, inst)?;
        self.types(&inst.args, &params)?;
        self.results(inst, &results)
    }

    fn results(&self, inst: &Inst, types: &[Type]) -> Result<(), String> {
        let found: Vec<Type> = inst.all_results().map(|v| self.func.ty(v)).collect();
        match found == types {
            true => Ok(()),
            false => Err(format!("results {found:?} instead of {types:?}")),
        }
    }

    fn types(&self, values: &[Value], types: &[Type]) -> Result<(), String> {
        let found: Vec<Type> = values
            .iter()
            .map(|&value| self.func.ty(self.func.resolve(value)))
            .collect();
        match found == types {
            true => Ok(()),
            false => Err(format!("{found:?} instead of {types:?}")),
        }
    }
}
