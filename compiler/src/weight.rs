//! What a function costs the code generator beyond its size, and which functions get
//! the one whose cost is linear.
//!
//! Two things grow with a product of sizes. SSA construction and the allocator look at
//! each variable in each block in which it may be alive: [`liveness`]. And where paths
//! meet with different values, the backtracking allocator wants all values of a branch in
//! the places of one block's parameters, and tries them against each other: [`merging`].
//! Of what was tried (nests of loops, of conditionals, tables of branches, large blocks,
//! calls, many values that are only read) nothing but these two predicts its time. The
//! optimiser, before the allocator, asks for each instruction which of the loops around it
//! may have it: [`loops`].
//!
//! Each has a limit for each byte or instruction, so that a module of many
//! functions costs no more than one of one, and one for all. What Go emits stays far below:
//! `build -v` says how near the heaviest function comes, which is a quarter of the limit at
//! most. A function above keeps its variables, which lowering puts into memory
//! ([`crate::pass`]): there is nothing to merge, and it goes to the allocator with a single
//! pass.

use crate::ir::Func;
use cranelift_codegen::ir::Function;

/// Pairs of a variable and an edge, for each byte of a body.
const LIVENESS_PER_BYTE: u64 = 32;

/// As many are let through in any function, and no more than that in none.
const LIVENESS: (u64, u64) = (1 << 14, 1 << 22);

/// The numbers of values that branches carry for each instruction, times their squares for
/// each instruction. Either by itself is high in some function of Go's.
const MERGING_PER_INSTRUCTION: f64 = 40.0;

/// Squares of the numbers of values that branches carry: as many are let through in any
/// function, and no more than that in none.
const MERGING: (u64, u64) = (1 << 12, 1 << 20);

/// Loops in a function, of which all may be around each instruction.
const LOOPS: f64 = 1024.0;

/// A cost in parts of its limit.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Weight(f64);

impl Weight {
    /// Above every limit.
    pub const HEAVIEST: Self = Self(f64::INFINITY);

    fn new(cost: u64, size: usize, each: u64, (least, most): (u64, u64)) -> Self {
        let limit = (size as u64).saturating_mul(each).clamp(least, most);
        Self(cost as f64 / limit as f64)
    }

    #[must_use]
    pub fn is_too_much(self) -> bool {
        self.0 > 1.0
    }

    /// Of the limit, rounded up.
    #[must_use]
    pub fn percent(self) -> u64 {
        (self.0 * 100.0).ceil() as u64
    }

    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

/// What the pass `values` asks for, and whoever looks at each value in each block in which it
/// is alive; the function's body has so many bytes.
#[must_use]
pub fn liveness(func: &Func, bytes: usize) -> Weight {
    let variables = func.variables.len() + func.operands;
    let mut edges = 1u64;
    for block in &func.blocks {
        block.terminator.for_each_edge(|_| edges += 1);
    }
    let pairs = edges.saturating_mul(variables as u64);
    Weight::new(pairs, bytes, LIVENESS_PER_BYTE, LIVENESS)
}

/// What a function asks of the optimiser, which looks for each instruction at the loops around
/// it (Cranelift's egraph pass, `elaborate.rs`): how many blocks are gone back to.
#[must_use]
pub fn loops(func: &Func) -> Weight {
    let blocks = func.blocks.len();
    if blocks as f64 <= LOOPS {
        // No function of usual size is asked for more.
        return Weight::default();
    }
    let order = func.find_order().blocks;
    let mut position = vec![usize::MAX; blocks];
    for (i, block) in order.iter().enumerate() {
        position[block.index()] = i;
    }
    let mut is_head = vec![false; blocks];
    for block in &order {
        let from = position[block.index()];
        func.block(*block).terminator.for_each_edge(|edge| {
            let target = edge.target.index();
            is_head[target] |= position[target] <= from;
        });
    }
    let heads = is_head.iter().filter(|&&is_head| is_head).count();
    Weight(heads as f64 / LOOPS)
}

/// What a function in SSA form asks of the backtracking allocator.
#[must_use]
pub fn merging(function: &Function) -> Weight {
    let dfg = &function.dfg;
    let ends = function.layout.blocks();
    let ends = ends.filter_map(|block| function.layout.last_inst(block));
    let branches = ends
        .flat_map(|end| dfg.insts[end].branch_destination(&dfg.jump_tables, &dfg.exception_tables));
    let (mut values, mut squares) = (0u64, 0u64);
    for branch in branches {
        let carried = branch.len(&dfg.value_lists) as u64;
        values += carried;
        squares = squares.saturating_add(carried * carried);
    }
    let (least, most) = MERGING;
    let all = Weight(squares as f64 / most as f64);
    if squares <= least {
        return all;
    }
    let instructions = dfg.num_insts() as f64;
    let each = (values as f64 / instructions) * (squares as f64 / instructions);
    all.max(Weight(each / MERGING_PER_INSTRUCTION))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_follow_the_size_between_two_ends() {
        let weight = |cost, size| Weight::new(cost, size, 32, (1000, 100_000)).is_too_much();
        assert!(!weight(1000, 0) && weight(1001, 0));
        assert!(!weight(3200, 100) && weight(3201, 100));
        assert!(!weight(100_000, 1 << 20) && weight(100_001, 1 << 20));
        assert_eq!(Weight::new(5, 1, 32, (1000, 2000)).percent(), 1);
    }
}
