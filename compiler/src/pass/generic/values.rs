//! Variables become values.
//!
//! A read of a variable becomes the value that the variable has there. Where ways meet that
//! bring different values of a variable that is read later, the block gets a parameter (the
//! minimal, pruned SSA form of Cytron et al., "Efficiently Computing Static Single Assignment
//! Form", 1991). Exact for any function.
//!
//! Each variable is looked at by itself: where is it alive, which of those blocks need a
//! parameter, and which value do its reads see. The cost is linear in the instructions plus,
//! for each variable, the edges into the blocks where it is alive: what
//! [`crate::weight::liveness`] limits. Functions above the limit keep their variables.

use crate::ir::{BlockId, Const, Dominators, Func, InstId, Op, Type, Value, Variable};
use crate::pass::Cx;

/// How often the blocks where a variable is alive are gone through, at most, to find the
/// fewest parameters. Each time is one more nest of loops.
const SWEEPS: usize = 16;

/// No variable, or no place.
const NONE: u32 = u32::MAX;

/// Makes values of all variables; returns the number of parameters that blocks got.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    promote(func)
}

/// As [`run`].
pub fn promote(func: &mut Func) -> usize {
    let order = func.order();
    let dominators = Dominators::of(func, order);
    let accesses = Accesses::take(func, dominators.order());
    let edges = Edges::of(func, dominators.order());
    let mut search = Search {
        dominators: &dominators,
        edges: &edges,
        alive: vec![NONE; func.blocks.len()],
        defined: vec![(NONE, Value(NONE)); func.blocks.len()],
        owner: vec![NONE; func.blocks.len()],
        entry_value: vec![Value(NONE); func.blocks.len()],
        region: Vec::new(),
        zeroes: Vec::new(),
        arguments: Vec::new(),
        params: 0,
    };
    for index in 0..func.variables.len() {
        let variable = Variable::new(index);
        if !accesses.reads(variable).is_empty() {
            search.variable(func, variable, &accesses);
        }
    }
    let Search {
        zeroes,
        arguments,
        params,
        ..
    } = search;
    func.block_mut(BlockId::ENTRY).insts.splice(0..0, zeroes);
    edges.append(func, dominators.order(), arguments);
    func.resolve_all();
    params
}

/// What blocks do with variables, by variable.
struct Accesses {
    /// The first read in a block that doesn't write the variable before, and its result.
    reads: Sorted,
    /// The last value that a block writes.
    writes: Sorted,
}

impl Accesses {
    /// Takes all accesses out of the function. Reads behind an access in the same block are
    /// other names of its value.
    fn take(func: &mut Func, order: &[BlockId]) -> Self {
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        // Each variable's value in the block at hand, and whether the block wrote it.
        let mut current = vec![(NONE, Value(NONE), false); func.variables.len()];
        let mut touched: Vec<Variable> = Vec::new();
        for &block in order {
            let mut insts = std::mem::take(&mut func.block_mut(block).insts);
            insts.retain(|&id| {
                let inst = func.inst(id);
                match inst.op {
                    Op::Get(variable) => {
                        let result = inst.first_result;
                        let seen = &mut current[variable.index()];
                        if seen.0 == block.0 {
                            let value = seen.1;
                            func.alias(result, value);
                        } else {
                            *seen = (block.0, result, false);
                            reads.push((variable, block, result));
                        }
                        false
                    }
                    Op::Set(variable) => {
                        let value = inst.args[0];
                        let seen = &mut current[variable.index()];
                        if seen.0 != block.0 || !seen.2 {
                            touched.push(variable);
                        }
                        *seen = (block.0, value, true);
                        false
                    }
                    _ => true,
                }
            });
            func.block_mut(block).insts = insts;
            for variable in touched.drain(..) {
                writes.push((variable, block, current[variable.index()].1));
            }
        }
        let count = func.variables.len();
        Self {
            reads: Sorted::new(reads, count),
            writes: Sorted::new(writes, count),
        }
    }

    fn reads(&self, variable: Variable) -> &[(BlockId, Value)] {
        self.reads.of(variable.index())
    }

    fn writes(&self, variable: Variable) -> &[(BlockId, Value)] {
        self.writes.of(variable.index())
    }
}

/// Accesses, sorted by variable.
struct Sorted {
    starts: Vec<u32>,
    entries: Vec<(BlockId, Value)>,
}

impl Sorted {
    fn new(accesses: Vec<(Variable, BlockId, Value)>, variables: usize) -> Self {
        let keys = accesses.iter().map(|access| access.0.0);
        let (starts, places) = counting_sort(keys, variables);
        let mut entries = vec![(BlockId::ENTRY, Value(NONE)); accesses.len()];
        for (place, (_, block, value)) in places.into_iter().zip(accesses) {
            entries[place as usize] = (block, value);
        }
        Self { starts, entries }
    }

    fn of(&self, variable: usize) -> &[(BlockId, Value)] {
        &self.entries[self.starts[variable] as usize..self.starts[variable + 1] as usize]
    }
}

/// Where each key's entries begin, and the place of each entry; stable.
fn counting_sort(
    keys: impl ExactSizeIterator<Item = u32> + Clone,
    count: usize,
) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; count + 1];
    for key in keys.clone() {
        starts[key as usize + 1] += 1;
    }
    for key in 0..count {
        starts[key + 1] += starts[key];
    }
    let mut next = starts.clone();
    let places = keys.map(|key| {
        let place = next[key as usize];
        next[key as usize] += 1;
        place
    });
    let places = places.collect();
    (starts, places)
}

/// The edges between reachable blocks, numbered in order of the blocks they leave.
struct Edges {
    /// The block that each edge leaves.
    sources: Vec<BlockId>,
    /// The numbers of the edges into each block, and where each block's begin.
    into: Vec<u32>,
    starts: Vec<u32>,
}

impl Edges {
    fn of(func: &Func, order: &[BlockId]) -> Self {
        let (mut sources, mut targets) = (Vec::new(), Vec::new());
        for &block in order {
            func.block(block).terminator.for_each_edge(|edge| {
                sources.push(block);
                targets.push(edge.target.0);
            });
        }
        let (starts, places) = counting_sort(targets.iter().copied(), func.blocks.len());
        let mut into = vec![0; sources.len()];
        for (number, place) in (0..).zip(places) {
            into[place as usize] = number;
        }
        Self {
            sources,
            into,
            starts,
        }
    }

    /// The numbers of the edges into a block.
    fn into(&self, block: BlockId) -> &[u32] {
        let index = block.index();
        &self.into[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    /// Appends arguments, pairs of an edge's number and a value, in their order.
    fn append(&self, func: &mut Func, order: &[BlockId], arguments: Vec<(u32, Value)>) {
        if arguments.is_empty() {
            return;
        }
        let keys = arguments.iter().map(|argument| argument.0);
        let (starts, places) = counting_sort(keys, self.sources.len());
        let mut values = vec![Value(NONE); arguments.len()];
        for (place, (_, value)) in places.into_iter().zip(arguments) {
            values[place as usize] = value;
        }
        let mut number = 0;
        for &block in order {
            func.block_mut(block).terminator.for_each_edge_mut(|edge| {
                let own = starts[number] as usize..starts[number + 1] as usize;
                edge.args.extend_from_slice(&values[own]);
                number += 1;
            });
        }
    }
}

/// Scratch that is used for one variable after the other. Entries are valid if they name the
/// variable at hand.
struct Search<'s> {
    dominators: &'s Dominators,
    edges: &'s Edges,
    /// The variable that is alive at each block's begin.
    alive: Vec<u32>,
    /// The variable that each block writes, and the last value.
    defined: Vec<(u32, Value)>,
    /// The block that the value at each block's begin is from.
    owner: Vec<u32>,
    /// The value at each block's begin.
    entry_value: Vec<Value>,
    /// The blocks at whose begin the variable is alive.
    region: Vec<BlockId>,
    /// Instructions for variables that begin with zero.
    zeroes: Vec<InstId>,
    /// What edges carry for the parameters made so far.
    arguments: Vec<(u32, Value)>,
    params: usize,
}

impl Search<'_> {
    fn variable(&mut self, func: &mut Func, variable: Variable, accesses: &Accesses) {
        for &(block, value) in accesses.writes(variable) {
            self.defined[block.index()] = (variable.0, value);
        }
        self.find_region(variable, accesses.reads(variable));
        if self.region.first() == Some(&BlockId::ENTRY) {
            let value = initial(func, variable, &mut self.zeroes);
            self.entry_value[BlockId::ENTRY.index()] = value;
        }
        self.own(BlockId::ENTRY);
        self.find_owners(variable);
        self.find_values(func, variable);
        for &(block, result) in accesses.reads(variable) {
            let value = self.entry_value[block.index()];
            func.alias(result, value);
        }
    }

    fn own(&mut self, block: BlockId) {
        self.owner[block.index()] = block.0;
    }

    /// Finds the blocks at whose begin the variable is alive, in reverse postorder.
    fn find_region(&mut self, variable: Variable, reads: &[(BlockId, Value)]) {
        self.region.clear();
        for &(block, _) in reads {
            if self.alive[block.index()] != variable.0 {
                self.alive[block.index()] = variable.0;
                self.region.push(block);
            }
        }
        let mut next = 0;
        while let Some(&block) = self.region.get(next) {
            next += 1;
            for &edge in self.edges.into(block) {
                let source = self.edges.sources[edge as usize];
                let known = self.alive[source.index()] == variable.0
                    || self.defined[source.index()].0 == variable.0;
                if !known {
                    self.alive[source.index()] = variable.0;
                    self.region.push(source);
                }
            }
        }
        let place = |block: &BlockId| self.dominators.place(*block);
        self.region.sort_unstable_by_key(place);
    }

    /// Finds the blocks that need a parameter: they own the variable's value. The others have
    /// the value of the block that dominates them immediately.
    fn find_owners(&mut self, variable: Variable) {
        for sweep in 0.. {
            let mut changed = false;
            for i in 0..self.region.len() {
                let block = self.region[i];
                let Some(dominator) = self.dominators.immediate(block) else {
                    continue;
                };
                if sweep > 0 && self.owner[block.index()] == block.0 {
                    continue;
                }
                let from_dominator = self.owner_behind(dominator, variable);
                let edges = self.edges.into(block);
                // In the first sweep nothing is known of what comes later.
                let differs = edges.iter().any(|&edge| {
                    let source = self.edges.sources[edge as usize];
                    let known =
                        sweep > 0 || self.dominators.place(source) < self.dominators.place(block);
                    known && self.owner_behind(source, variable) != from_dominator
                });
                let owner = if differs || sweep == SWEEPS && edges.len() > 1 {
                    block.0
                } else {
                    from_dominator
                };
                changed |= sweep == 0 || owner != self.owner[block.index()];
                self.owner[block.index()] = owner;
            }
            if !changed || sweep == SWEEPS {
                break;
            }
        }
    }

    /// The block that the value at a block's end is from; none if it is read nowhere from
    /// there.
    fn owner_behind(&self, block: BlockId, variable: Variable) -> u32 {
        if self.defined[block.index()].0 == variable.0 {
            block.0
        } else if self.alive[block.index()] == variable.0 {
            self.owner[block.index()]
        } else {
            NONE
        }
    }

    /// Makes the parameters, and finds the values at the begins of the region's blocks and
    /// what the edges into the parameters' blocks carry.
    fn find_values(&mut self, func: &mut Func, variable: Variable) {
        let ty = func.variables[variable.index()];
        for i in 0..self.region.len() {
            let block = self.region[i];
            let Some(dominator) = self.dominators.immediate(block) else {
                continue;
            };
            self.entry_value[block.index()] = if self.owner[block.index()] == block.0 {
                self.params += 1;
                func.new_param(block, ty)
            } else {
                self.value_behind(dominator, variable)
            };
        }
        for i in 0..self.region.len() {
            let block = self.region[i];
            if block == BlockId::ENTRY || self.owner[block.index()] != block.0 {
                continue;
            }
            for &edge in self.edges.into(block) {
                let source = self.edges.sources[edge as usize];
                let value = self.value_behind(source, variable);
                self.arguments.push((edge, value));
            }
        }
    }

    /// The value at a block's end.
    fn value_behind(&self, block: BlockId, variable: Variable) -> Value {
        match self.defined[block.index()] {
            (defined, value) if defined == variable.0 => value,
            _ => self.entry_value[block.index()],
        }
    }
}

/// The value that a variable begins with.
fn initial(func: &mut Func, variable: Variable, zeroes: &mut Vec<InstId>) -> Value {
    if let Some(param) = func.initial(variable) {
        return param;
    }
    let ty = func.variables[variable.index()];
    let zero = match ty {
        Type::I32 => Const::I32(0),
        Type::I64 => Const::I64(0),
        Type::F32 => Const::F32(0),
        Type::F64 => Const::F64(0),
        Type::V128 => Const::V128(func.new_bytes([0; 16])),
        Type::Ref => Const::Null,
        Type::Sp => panic!("BUG: SP begins with a parameter"),
    };
    let origin = crate::ir::Origin::NONE;
    let inst = func.new_inst(Op::Const(zero), &[], &[ty], origin);
    zeroes.push(inst);
    func.inst(inst).result()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Edge, Origin, Terminator};

    /// A function with one i32 parameter, which is variable 0, and another variable, whose
    /// blocks are filled by `fill`.
    fn function(blocks: u32, fill: impl Fn(&mut Func)) -> Func {
        let mut func = Func::new(vec![Type::I32], vec![Type::I32; 2]);
        for _ in 0..blocks {
            func.new_block(Origin::NONE);
        }
        func.new_param(BlockId::ENTRY, Type::I32);
        fill(&mut func);
        func
    }

    fn get(func: &mut Func, block: u32, variable: u32) -> Value {
        let op = Op::Get(Variable(variable));
        func.push(BlockId(block), op, &[], Type::I32, Origin::NONE)
    }

    fn set(func: &mut Func, block: u32, variable: u32, constant: i32) -> Value {
        let op = Op::Const(Const::I32(constant));
        let value = func.push(BlockId(block), op, &[], Type::I32, Origin::NONE);
        let op = Op::Set(Variable(variable));
        func.push_effect(BlockId(block), op, &[value], Origin::NONE);
        value
    }

    fn end(func: &mut Func, block: u32, terminator: Terminator) {
        func.block_mut(BlockId(block)).terminator = terminator;
    }

    fn branch(func: &mut Func, block: u32, then: u32, otherwise: u32) {
        let condition = get(func, block, 0);
        let terminator = Terminator::Branch {
            condition,
            then: Edge::to(BlockId(then)),
            otherwise: Edge::to(BlockId(otherwise)),
        };
        end(func, block, terminator);
    }

    fn jump(func: &mut Func, block: u32, to: u32) {
        end(func, block, Terminator::Jump(Edge::to(BlockId(to))));
    }

    fn give_back(func: &mut Func, block: u32, variable: u32) {
        let value = get(func, block, variable);
        end(func, block, Terminator::Return(vec![value]));
    }

    fn returned(func: &Func, block: u32) -> Value {
        match &func.block(BlockId(block)).terminator {
            Terminator::Return(values) => values[0],
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_variable_that_is_never_written_is_its_parameter_or_zero() {
        let mut func = function(1, |func| give_back(func, 0, 0));
        assert_eq!(promote(&mut func), 0);
        assert_eq!(returned(&func, 0), func.block(BlockId::ENTRY).params[0]);
        let mut func = function(1, |func| give_back(func, 0, 1));
        promote(&mut func);
        assert_eq!(func.i32_constant(returned(&func, 0)), Some(0));
    }

    #[test]
    fn a_block_where_values_meet_gets_a_parameter() {
        let mut func = function(4, |func| {
            branch(func, 0, 1, 2);
            set(func, 1, 1, 10);
            jump(func, 1, 3);
            set(func, 2, 1, 20);
            jump(func, 2, 3);
            give_back(func, 3, 1);
        });
        assert_eq!(promote(&mut func), 1);
        assert_eq!(returned(&func, 3), func.block(BlockId(3)).params[0]);
        let argument = |block: u32| match &func.block(BlockId(block)).terminator {
            Terminator::Jump(edge) => func.i32_constant(edge.args[0]),
            other => panic!("{other:?}"),
        };
        assert_eq!((argument(1), argument(2)), (Some(10), Some(20)));
    }

    #[test]
    fn a_value_that_nobody_reads_behind_a_meeting_needs_no_parameter() {
        let mut func = function(4, |func| {
            branch(func, 0, 1, 2);
            set(func, 1, 1, 10);
            jump(func, 1, 3);
            jump(func, 2, 3);
            give_back(func, 3, 0);
        });
        assert_eq!(promote(&mut func), 0);
    }

    #[test]
    fn a_loop_that_writes_gets_a_parameter_and_one_that_reads_gets_none() {
        let looping = |write: bool| {
            let mut func = function(4, |func| {
                jump(func, 0, 1);
                branch(func, 1, 2, 3);
                get(func, 2, 1);
                if write {
                    set(func, 2, 1, 5);
                }
                jump(func, 2, 1);
                give_back(func, 3, 1);
            });
            promote(&mut func)
        };
        assert_eq!((looping(true), looping(false)), (1, 0));
    }

    #[test]
    fn a_loop_with_two_entries_gets_parameters_where_both_enter() {
        let mut func = function(4, |func| {
            branch(func, 0, 1, 2);
            set(func, 1, 1, 10);
            jump(func, 1, 2);
            branch(func, 2, 1, 3);
            give_back(func, 3, 1);
        });
        // Block 2 alone: block 1 writes before anybody reads.
        assert_eq!(promote(&mut func), 1);
        assert_eq!(func.block(BlockId(2)).params.len(), 1);
    }

    #[test]
    fn parameters_of_nested_loops_are_found_however_deep() {
        // Each of the heads may go on inside or leave; the innermost block writes and goes
        // back to every head.
        let depth = 3 * SWEEPS as u32;
        let mut func = function(depth + 2, |func| {
            for block in 0..depth {
                branch(func, block, block + 1, depth + 1);
            }
            set(func, depth, 1, 7);
            let index = get(func, depth, 0);
            let targets = (1..depth).map(|head| Edge::to(BlockId(head))).collect();
            let default = Edge::to(BlockId(depth + 1));
            let terminator = Terminator::Table {
                index,
                targets,
                default,
            };
            end(func, depth, terminator);
            give_back(func, depth + 1, 1);
        });
        promote(&mut func);
        assert_eq!(func.block(BlockId(depth + 1)).params.len(), 1);
        for block in &func.blocks {
            block.terminator.for_each_edge(|edge| {
                let params = &func.block(edge.target).params;
                let expected = params.len();
                assert_eq!(edge.args.len(), expected);
            });
        }
    }
}
