//! Making and walking functions: blocks, instructions, values, edges, orders.

use super::op::Bytes;
use super::{
    Args, Block, BlockId, Const, Def, Edge, Func, Inst, InstId, Op, Order, Origin, Terminator,
    Type, Value, ValueData, Variable,
};
use std::rc::Rc;
use wasi_aot_contract::module::TrapKind;

impl Terminator {
    /// Of a block that isn't complete.
    pub const NOT_YET: Self = Self::Trap(TrapKind::Unreachable);

    /// Calls `f` with each edge.
    pub fn for_each_edge<'s>(&'s self, mut f: impl FnMut(&'s Edge)) {
        match self {
            Self::Jump(edge) => f(edge),
            Self::Branch {
                then, otherwise, ..
            } => {
                f(then);
                f(otherwise);
            }
            Self::Table {
                targets, default, ..
            } => {
                targets.iter().for_each(&mut f);
                f(default);
            }
            Self::Switch { cases, default, .. } => {
                cases.iter().for_each(|(_, edge)| f(edge));
                f(default);
            }
            Self::ByteLoop { otherwise, .. } => f(otherwise),
            Self::Return(_) | Self::TailCall(..) | Self::Trap(_) => {}
        }
    }

    /// Calls `f` with each edge, to be changed.
    pub fn for_each_edge_mut(&mut self, mut f: impl FnMut(&mut Edge)) {
        match self {
            Self::Jump(edge) => f(edge),
            Self::Branch {
                then, otherwise, ..
            } => {
                f(then);
                f(otherwise);
            }
            Self::Table {
                targets, default, ..
            } => {
                targets.iter_mut().for_each(&mut f);
                f(default);
            }
            Self::Switch { cases, default, .. } => {
                cases.iter_mut().for_each(|(_, edge)| f(edge));
                f(default);
            }
            Self::ByteLoop { otherwise, .. } => f(otherwise),
            Self::Return(_) | Self::TailCall(..) | Self::Trap(_) => {}
        }
    }

    /// The edge of this number, in the order of [`Self::for_each_edge`].
    #[must_use]
    pub fn edge(&self, number: usize) -> Option<&Edge> {
        match self {
            Self::Jump(edge) => [edge].get(number).copied(),
            Self::Branch {
                then, otherwise, ..
            } => [then, otherwise].get(number).copied(),
            Self::Table {
                targets, default, ..
            } => targets
                .get(number)
                .or_else(|| (number == targets.len()).then_some(default)),
            Self::Switch { cases, default, .. } => match cases.get(number) {
                Some((_, edge)) => Some(edge),
                None => (number == cases.len()).then_some(default),
            },
            Self::ByteLoop { otherwise, .. } => [otherwise].get(number).copied(),
            Self::Return(_) | Self::TailCall(..) | Self::Trap(_) => None,
        }
    }

    /// Calls `f` with each operand, those of the edges last.
    pub fn for_each_value_mut(&mut self, mut f: impl FnMut(&mut Value)) {
        match self {
            Self::Branch { condition, .. } => f(condition),
            Self::Table { index, .. } => f(index),
            Self::Switch { value, .. } => f(value),
            Self::Return(values) | Self::TailCall(_, values) => values.iter_mut().for_each(&mut f),
            Self::ByteLoop { args, sp, .. } => {
                args.iter_mut().for_each(&mut f);
                sp.iter_mut().for_each(&mut f);
            }
            Self::Jump(_) | Self::Trap(_) => {}
        }
        self.for_each_edge_mut(|edge| edge.args.iter_mut().for_each(&mut f));
    }

    /// Calls `f` with each operand, those of the edges last.
    pub fn for_each_value(&self, mut f: impl FnMut(Value)) {
        match self {
            Self::Branch { condition, .. } => f(*condition),
            Self::Table { index, .. } => f(*index),
            Self::Switch { value, .. } => f(*value),
            Self::Return(values) | Self::TailCall(_, values) => {
                values.iter().copied().for_each(&mut f)
            }
            Self::ByteLoop { args, sp, .. } => {
                args.iter().copied().for_each(&mut f);
                sp.iter().copied().for_each(&mut f);
            }
            Self::Jump(_) | Self::Trap(_) => {}
        }
        self.for_each_edge(|edge| edge.args.iter().copied().for_each(&mut f));
    }
}

/// The most values or instructions that a block may have room for to be used again: so spare
/// blocks take no more memory than a few functions do.
const MOST_SPARE: usize = 64;

impl Func {
    /// A function without blocks.
    #[must_use]
    pub fn new(results: Vec<Type>, variables: Vec<Type>) -> Self {
        Self {
            results,
            variables,
            ..Self::default()
        }
    }

    /// A function without anything, in the allocations of this one.
    #[must_use]
    pub fn cleared(mut self) -> Self {
        self.results.clear();
        self.variables.clear();
        self.insts.clear();
        self.values.clear();
        self.bytes.clear();
        for mut block in self.blocks.drain(..) {
            if block.params.capacity().max(block.insts.capacity()) <= MOST_SPARE {
                block.params.clear();
                block.insts.clear();
                block.terminator = Terminator::NOT_YET;
                self.spare.push(block);
            }
        }
        Self {
            sp: None,
            operands: 0,
            dispatch: None,
            order: None,
            ..self
        }
    }

    /// The value that a variable begins with: a parameter, or `None` for zero.
    #[must_use]
    pub fn initial(&self, variable: Variable) -> Option<Value> {
        let params = &self.block(BlockId::ENTRY).params;
        match self.sp {
            Some(sp) if sp == variable => params.last().copied(),
            Some(_) => params[..params.len() - 1].get(variable.index()).copied(),
            None => params.get(variable.index()).copied(),
        }
    }

    /// Adds an empty block.
    pub fn new_block(&mut self, origin: Origin) -> BlockId {
        let id = BlockId::new(self.blocks.len());
        let block = match self.spare.pop() {
            Some(spare) => Block {
                origin,
                cold: false,
                ..spare
            },
            None => Block {
                params: Vec::new(),
                insts: Vec::new(),
                terminator: Terminator::NOT_YET,
                origin,
                cold: false,
            },
        };
        self.blocks.push(block);
        id
    }

    /// Adds a parameter to a block, whose edges have to follow.
    pub fn new_param(&mut self, block: BlockId, ty: Type) -> Value {
        let value = Value::new(self.values.len());
        let params = &mut self.blocks[block.index()].params;
        let number = u32::try_from(params.len()).expect("BUG: parameters over 32 bits");
        params.push(value);
        self.values.push(ValueData {
            ty,
            def: Def::Param(block, number),
        });
        value
    }

    /// Makes an instruction that is in no block yet.
    pub fn new_inst(&mut self, op: Op, args: &[Value], results: &[Type], origin: Origin) -> InstId {
        let id = InstId::new(self.insts.len());
        let first_result = Value::new(self.values.len());
        for (number, &ty) in (0..).zip(results) {
            let def = Def::Inst(id, number);
            self.values.push(ValueData { ty, def });
        }
        self.insts.push(Inst {
            op,
            args: Args::from_slice(args),
            first_result,
            results: u32::try_from(results.len()).expect("BUG: results over 32 bits"),
            origin,
        });
        id
    }

    /// Adds an instruction with one result to the end of a block.
    pub fn push(
        &mut self,
        block: BlockId,
        op: Op,
        args: &[Value],
        ty: Type,
        origin: Origin,
    ) -> Value {
        let id = self.new_inst(op, args, &[ty], origin);
        self.blocks[block.index()].insts.push(id);
        self.insts[id.index()].first_result
    }

    /// Adds an instruction without result to the end of a block.
    pub fn push_effect(&mut self, block: BlockId, op: Op, args: &[Value], origin: Origin) {
        let id = self.new_inst(op, args, &[], origin);
        self.blocks[block.index()].insts.push(id);
    }

    /// Adds sixteen bytes to the pool.
    pub fn new_bytes(&mut self, bytes: [u8; 16]) -> Bytes {
        let place = self.bytes.len();
        self.bytes.push(bytes);
        Bytes(u32::try_from(place).expect("BUG: constants over 32 bits"))
    }

    #[must_use]
    pub fn block(&self, block: BlockId) -> &Block {
        &self.blocks[block.index()]
    }

    pub fn block_mut(&mut self, block: BlockId) -> &mut Block {
        &mut self.blocks[block.index()]
    }

    #[must_use]
    pub fn inst(&self, inst: InstId) -> &Inst {
        &self.insts[inst.index()]
    }

    pub fn inst_mut(&mut self, inst: InstId) -> &mut Inst {
        &mut self.insts[inst.index()]
    }

    /// Makes another operation with one result of an instruction.
    pub fn change(&mut self, inst: InstId, op: Op, ty: Type) {
        let inst = &mut self.insts[inst.index()];
        inst.op = op;
        self.values[inst.first_result.index()].ty = ty;
    }

    /// How often each value is an operand, in all blocks.
    #[must_use]
    pub fn use_counts(&self) -> Vec<u32> {
        let mut counts = vec![0u32; self.values.len()];
        let mut note = |value: Value| counts[self.resolve(value).index()] += 1;
        for block in &self.blocks {
            for &inst in &block.insts {
                self.inst(inst).args.iter().copied().for_each(&mut note);
            }
            block.terminator.for_each_value(&mut note);
        }
        counts
    }

    #[must_use]
    pub fn ty(&self, value: Value) -> Type {
        self.values[value.index()].ty
    }

    /// The value that `value` is another name for, or itself.
    #[must_use]
    pub fn resolve(&self, mut value: Value) -> Value {
        while let Def::Alias(other) = self.values[value.index()].def {
            value = other;
        }
        value
    }

    /// From now on `value` is another name for `other`. Its instruction, if it has one, is
    /// left without use and has to be without effect.
    pub fn alias(&mut self, value: Value, other: Value) {
        let other = find(&mut self.values, other);
        debug_assert_ne!(value, other, "BUG: a value that stands for itself");
        self.values[value.index()].def = Def::Alias(other);
    }

    /// The instruction that defines a value as its only or first result; `None` for
    /// a block's parameter and for other results.
    #[must_use]
    pub fn def(&self, value: Value) -> Option<&Inst> {
        match self.values[self.resolve(value).index()].def {
            Def::Inst(inst, 0) => Some(self.inst(inst)),
            _ => None,
        }
    }

    /// The constant that a value is.
    #[must_use]
    pub fn constant(&self, value: Value) -> Option<Const> {
        match self.def(value)?.op {
            Op::Const(constant) => Some(constant),
            _ => None,
        }
    }

    /// The constant that an i32 is.
    #[must_use]
    pub fn i32_constant(&self, value: Value) -> Option<i32> {
        match self.constant(value)? {
            Const::I32(value) => Some(value),
            _ => None,
        }
    }

    /// The constant that an i64 is.
    #[must_use]
    pub fn i64_constant(&self, value: Value) -> Option<i64> {
        match self.constant(value)? {
            Const::I64(value) => Some(value),
            _ => None,
        }
    }

    /// Replaces each name of a value by the value itself, everywhere. The cost is linear.
    pub fn resolve_all(&mut self) {
        let values = &mut self.values;
        for inst in &mut self.insts {
            for value in &mut inst.args {
                *value = find(values, *value);
            }
        }
        for block in &mut self.blocks {
            let terminator = &mut block.terminator;
            terminator.for_each_value_mut(|value| *value = find(values, *value));
        }
    }

    /// The order of the blocks, which is kept until [`Self::forget_order`].
    #[must_use]
    pub fn order(&mut self) -> Rc<Order> {
        if self.order.is_none() {
            self.order = Some(Rc::new(self.find_order()));
        }
        let kept = self.order.as_ref().expect("BUG: no order");
        debug_assert_eq!(
            **kept,
            self.find_order(),
            "BUG: edges changed, and the order was kept"
        );
        Rc::clone(kept)
    }

    /// Edges have changed.
    pub fn forget_order(&mut self) {
        self.order = None;
    }

    /// As [`Self::order`], without keeping it.
    #[must_use]
    pub fn find_order(&self) -> Order {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut predecessors = vec![0u32; self.blocks.len()];
        let mut seen = vec![false; self.blocks.len()];
        // Explicit stack of (block, edges that were followed): a body may have tens of
        // thousands of blocks in a chain. The last edge is followed first.
        let mut stack = vec![(BlockId::ENTRY, self.edge_count(BlockId::ENTRY))];
        seen[0] = true;
        while let Some((block, left)) = stack.last_mut() {
            if *left == 0 {
                order.push(*block);
                stack.pop();
                continue;
            }
            *left -= 1;
            let edge = self.block(*block).terminator.edge(*left);
            let next = edge.expect("BUG: an edge that was counted").target;
            predecessors[next.index()] += 1;
            if !std::mem::replace(&mut seen[next.index()], true) {
                stack.push((next, self.edge_count(next)));
            }
        }
        order.reverse();
        Order {
            blocks: order,
            predecessors,
        }
    }

    fn edge_count(&self, block: BlockId) -> usize {
        match &self.block(block).terminator {
            Terminator::Jump(_) | Terminator::ByteLoop { .. } => 1,
            Terminator::Branch { .. } => 2,
            Terminator::Table { targets, .. } => targets.len() + 1,
            Terminator::Switch { cases, .. } => cases.len() + 1,
            Terminator::Return(_) | Terminator::TailCall(..) | Terminator::Trap(_) => 0,
        }
    }

    /// Targets of a block's edges, in order, one for each edge.
    #[must_use]
    pub fn successors(&self, block: BlockId) -> Vec<BlockId> {
        let mut successors = Vec::new();
        let terminator = &self.block(block).terminator;
        terminator.for_each_edge(|edge| successors.push(edge.target));
        successors
    }
}

/// The value that `value` is another name for, or itself. Makes the way to that value shorter,
/// so that many searches cost little more than one step each.
fn find(values: &mut [ValueData], mut value: Value) -> Value {
    while let Def::Alias(other) = values[value.index()].def {
        let next = values[other.index()].def;
        if let Def::Alias(_) = next {
            values[value.index()].def = next;
        }
        value = other;
    }
    value
}
