//! Checks that a function is valid: the invariants of [`super`].
//!
//! For debug builds and tests, between passes. The cost is linear, but for what dominance
//! takes ([`Dominators`]). Whether a call has its callee's operands is the one thing that isn't
//! checked: that needs the module.

use super::op::{Addr, Callee, Op};
use super::{BlockId, Def, Dominators, Edge, Func, Inst, Terminator, Type, Value};
use std::rc::Rc;

/// Checks the blocks that are reached.
///
/// # Errors
/// The first rule that is broken, naming the block.
pub fn verify(func: &Func) -> Result<(), String> {
    let dominators = Dominators::of(func, Rc::new(func.find_order()));
    let mut verifier = Verifier {
        func,
        dominators: &dominators,
        home: vec![None; func.values.len()],
    };
    verifier.definitions()?;
    for &block in dominators.order() {
        verifier
            .block(block)
            .map_err(|why| format!("b{}: {why}", block.0))?;
    }
    Ok(())
}

struct Verifier<'f> {
    func: &'f Func,
    dominators: &'f Dominators,
    /// The block that defines each value, and the place: 0 for its parameters.
    home: Vec<Option<(BlockId, usize)>>,
}

impl Verifier<'_> {
    /// Notes where each value is defined: at one place, as its data say.
    fn definitions(&mut self) -> Result<(), String> {
        for &id in self.dominators.order() {
            let block = self.func.block(id);
            for (number, &param) in (0..).zip(&block.params) {
                self.define(param, Def::Param(id, number), (id, 0))?;
            }
            for (place, &inst) in block.insts.iter().enumerate() {
                for (number, value) in (0..).zip(self.func.inst(inst).all_results()) {
                    let def = Def::Inst(inst, number);
                    // A pass may have given the result's value another name.
                    if !matches!(self.func.values[value.index()].def, Def::Alias(_)) {
                        self.define(value, def, (id, place + 1))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn define(&mut self, value: Value, def: Def, home: (BlockId, usize)) -> Result<(), String> {
        if self.func.values[value.index()].def != def {
            return Err(format!(
                "v{} is defined in b{}, elsewhere by its data",
                value.0, home.0.0
            ));
        }
        match self.home[value.index()].replace(home) {
            None => Ok(()),
            Some(_) => Err(format!("v{} is defined twice", value.0)),
        }
    }

    fn block(&self, id: BlockId) -> Result<(), String> {
        let block = self.func.block(id);
        for (place, &inst) in block.insts.iter().enumerate() {
            let inst = self.func.inst(inst);
            self.inst(inst, (id, place + 1))
                .map_err(|why| format!("{:?}: {why}", inst.op))?;
        }
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
        let value = self.func.resolve(value);
        let Some((block, place)) = self.home[value.index()] else {
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
        let Some(target) = self.func.blocks.get(edge.target.index()) else {
            return Err(format!("there is no b{}", edge.target.0));
        };
        if edge.target == BlockId::ENTRY {
            return Err("an edge leads to the entry".into());
        }
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
            Terminator::ByteLoop { sp, .. } if sp.is_some() != self.func.sp.is_some() => {
                Err("SP is missing, or too much".into())
            }
            Terminator::Jump(_)
            | Terminator::TailCall(..)
            | Terminator::Trap(_)
            | Terminator::ByteLoop { .. } => Ok(()),
        }
    }

    fn inst(&self, inst: &Inst, at: (BlockId, usize)) -> Result<(), String> {
        for &arg in &inst.args {
            self.usable(arg, at)?;
        }
        for (number, value) in (0..).zip(inst.all_results()) {
            let data = self.func.values.get(value.index());
            let is_own = data.is_some_and(|data| match data.def {
                Def::Inst(id, own) => {
                    self.func.inst(id).first_result == inst.first_result && own == number
                }
                Def::Alias(_) => true,
                Def::Param(..) => false,
            });
            if !is_own {
                return Err(format!("v{} isn't its result", value.0));
            }
        }
        if let Op::Call(callee, _) = inst.op {
            let least = usize::from(matches!(callee, Callee::Element { .. }));
            return match inst.args.len() >= least {
                true => Ok(()),
                false => Err("a call through a table without an index".into()),
            };
        }
        let (params, results) = self.signature(inst)?;
        self.types(&inst.args, &params)?;
        let types: Vec<Type> = inst
            .all_results()
            .map(|value| self.func.ty(value))
            .collect();
        match types == results {
            true => Ok(()),
            false => Err(format!("results {types:?} instead of {results:?}")),
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

    /// The types of the operands and results of an operation that is no call.
    fn signature(&self, inst: &Inst) -> Result<(Vec<Type>, Vec<Type>), String> {
        use Type::{I32, I64, Ref, Sp, V128};
        macro_rules! family {
            ($op:expr) => {
                ($op.params().to_vec(), $op.result().into_iter().collect())
            };
        }
        let variable = |index: u32| {
            let ty = self.func.variables.get(index as usize).copied();
            ty.ok_or_else(|| format!("there is no x{index}"))
        };
        let one = |ty: Type| vec![ty];
        Ok(match inst.op {
            Op::Const(constant) => (Vec::new(), one(constant.ty())),
            Op::Get(x) => (Vec::new(), one(variable(x.0)?)),
            Op::Set(x) => (one(variable(x.0)?), Vec::new()),
            Op::Select(ty) => (vec![ty, ty, I32], one(ty)),
            Op::Integer(op) => family!(op),
            Op::Compare(op) => family!(op),
            Op::Float(op) => family!(op),
            Op::Convert(op) => family!(op),
            Op::ProductHigh => (vec![I64; 2], one(I64)),
            Op::Bitwise(op) => family!(op),
            Op::LaneCompare(op) => family!(op),
            Op::LaneConvert(op) => family!(op),
            Op::LaneFloat(op) => family!(op),
            Op::LaneInteger(op) => family!(op),
            Op::LaneShift(op) => family!(op),
            Op::Product(op) => family!(op),
            Op::Reduce(op) => family!(op),
            Op::Relaxed(op) => family!(op),
            Op::Splat(op) => family!(op),
            Op::Swizzle(op) => family!(op),
            Op::Shuffle(_) => (vec![V128; 2], one(V128)),
            Op::ExtractLane(op, _) => family!(op),
            Op::ReplaceLane(op, _) => family!(op),
            Op::SpFrom => (one(I32), one(Sp)),
            Op::SpLow => (one(Sp), one(I32)),
            Op::SpAdd(_) => (one(Sp), one(Sp)),
            Op::Load(op, at) => based(family!(op), &[at]),
            Op::Store(op, at) => based(family!(op), &[at]),
            Op::VectorLoad(op, at) => based(family!(op), &[at]),
            Op::LoadLane(op, _, at) => based(family!(op), &[at]),
            Op::StoreLane(op, _, at) => based(family!(op), &[at]),
            Op::CopyShort(_, to, from) => based((Vec::new(), Vec::new()), &[to, from]),
            Op::FillShort(_, _, at) => based((Vec::new(), Vec::new()), &[at]),
            Op::MemorySize(_) | Op::TableSize(_) => (Vec::new(), one(I32)),
            Op::MemoryGrow(_) => (one(I32), one(I32)),
            Op::MemoryCopy { .. }
            | Op::MemoryFill(_)
            | Op::MemoryInit { .. }
            | Op::TableCopy { .. }
            | Op::TableInit { .. } => (vec![I32; 3], Vec::new()),
            Op::DataDrop(_) | Op::ElemDrop(_) => (Vec::new(), Vec::new()),
            // Of the module's type, which isn't known here.
            Op::GlobalGet(_) => (Vec::new(), one(self.func.ty(inst.first_result))),
            Op::GlobalSet(_) => (
                inst.args
                    .iter()
                    .map(|&arg| self.func.ty(self.func.resolve(arg)))
                    .collect(),
                Vec::new(),
            ),
            Op::TableGet(_) => (one(I32), one(Ref)),
            Op::TableSet(_) => (vec![I32, Ref], Vec::new()),
            Op::TableGrow(_) => (vec![Ref, I32], one(I32)),
            Op::TableFill(_) => (vec![I32, Ref, I32], Vec::new()),
            Op::RefIsNull => (one(Ref), one(I32)),
            Op::RefFunc(_) => (Vec::new(), one(Ref)),
            Op::Call(..) => return Err("a call has no signature here".into()),
        })
    }
}

/// With a base in front of the operands for each address.
fn based((mut params, results): (Vec<Type>, Vec<Type>), at: &[Addr]) -> (Vec<Type>, Vec<Type>) {
    let bases = at.iter().map(|at| match at {
        Addr::Linear { .. } => Type::I32,
        Addr::Frame { .. } => Type::Sp,
    });
    params.splice(0..0, bases);
    (params, results)
}
