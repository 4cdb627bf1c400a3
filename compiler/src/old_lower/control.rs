//! Terminators and edges.

use super::Lowering;
use crate::flow::{Edge, Terminator};
use crate::trap;
use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir::{self, InstBuilder, JumpTableData};
use cranelift_frontend::Switch;
use std::collections::{BTreeMap, HashMap};

impl Lowering<'_, '_, '_> {
    /// Ends the current CLIF block.
    pub(super) fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Jump(edge) => {
                self.flush();
                self.drop_operands(*edge);
                let target = self.clif_block(edge.target);
                self.builder.ins().jump(target, &[]);
                self.edge_lowered(*edge);
            }
            Terminator::Branch { then, otherwise } => self.branch(*then, *otherwise),
            Terminator::Table { targets, default } => self.table(targets, *default),
            Terminator::Return => {
                let results = self.builder.func.signature.returns.len();
                let values = self.pop_many(results);
                self.builder.ins().return_(&values);
            }
            Terminator::TailCall(callee) => self.tail_call(*callee),
            Terminator::Switch { cases, default } => self.switch(cases, *default),
            Terminator::Trap(kind) => {
                self.builder.ins().trap(trap::code(*kind));
            }
        }
    }

    fn branch(&mut self, then: Edge, otherwise: Edge) {
        let condition = self.pop();
        // Before the branch, so that operands are in their slots on either way.
        self.flush();
        let then_block = self.edge_block(then);
        let otherwise_block = self.edge_block(otherwise);
        self.builder
            .ins()
            .brif(condition, then_block, &[], otherwise_block, &[]);
        for (edge, block) in [(then, then_block), (otherwise, otherwise_block)] {
            self.fill_edge_block(edge, block);
            self.edge_lowered(edge);
        }
    }

    fn table(&mut self, targets: &[Edge], default: Edge) {
        let index = self.pop();
        self.flush();
        // Go's tables name the same targets over and over, so equal edges share a block.
        // Edges to one target may differ: each carries its own operands, which move in the
        // block of the edge.
        let mut blocks: HashMap<Edge, ir::Block> = HashMap::new();
        let mut distinct = Vec::new();
        let mut calls = Vec::with_capacity(targets.len() + 1);
        for &edge in [&default].into_iter().chain(targets) {
            let block = *blocks.entry(edge).or_insert_with(|| {
                let block = self.edge_block(edge);
                distinct.push((edge, block));
                block
            });
            calls.push(self.builder.func.dfg.block_call(block, &[]));
        }
        let table = self
            .builder
            .create_jump_table(JumpTableData::new(calls[0], &calls[1..]));
        self.builder.ins().br_table(index, table);
        for (edge, block) in distinct {
            self.fill_edge_block(edge, block);
        }
        // `open_predecessors` counts edges, not blocks: each of equal edges is one.
        for &edge in [&default].into_iter().chain(targets) {
            self.edge_lowered(edge);
        }
    }

    /// A sparse table; only made by passes, for cold blocks and without edges that
    /// drop operands.
    fn switch(&mut self, cases: &BTreeMap<u32, Edge>, default: Edge) {
        let value = self.pop();
        self.flush();
        let mut switch = Switch::new();
        for (&case, edge) in cases {
            assert!(
                !edge.drops(self.stack.len()),
                "BUG: a switch that drops operands"
            );
            switch.set_entry(u128::from(case), self.clif_block(edge.target));
        }
        let default_block = self.clif_block(default.target);
        let own = self.builder.func.dfg.num_blocks();
        switch.emit(&mut self.builder, value, default_block);
        // The comparisons are as cold as the block they are for.
        for index in own..self.builder.func.dfg.num_blocks() {
            self.builder.set_cold_block(ir::Block::new(index));
        }
        for &edge in cases.values().chain([&default]) {
            self.edge_lowered(edge);
        }
    }

    /// The block that a conditional edge goes to: its target, or a block of its
    /// own where operands must move on the way.
    fn edge_block(&mut self, edge: Edge) -> ir::Block {
        if edge.drops(self.stack.len()) {
            self.builder.create_block()
        } else {
            self.clif_block(edge.target)
        }
    }

    /// Completes what [`Self::edge_block`] began, after the branch.
    fn fill_edge_block(&mut self, edge: Edge, block: ir::Block) {
        if edge.drops(self.stack.len()) {
            self.builder.switch_to_block(block);
            self.builder.seal_block(block);
            self.drop_operands(edge);
            let target = self.clif_block(edge.target);
            self.builder.ins().jump(target, &[]);
        }
    }

    /// Moves the topmost operands of an edge into the slots where its target
    /// expects them.
    fn drop_operands(&mut self, edge: Edge) {
        let height = self.stack.len();
        if !edge.drops(height) {
            return;
        }
        let (base, arity) = (edge.base as usize, edge.arity as usize);
        // All are read before any is written: source and target slots overlap.
        let values: Vec<ir::Value> = (height - arity..height)
            .map(|depth| self.operand(depth))
            .collect();
        for (i, value) in values.into_iter().enumerate() {
            self.write_slot(base + i, value);
        }
    }

    /// Counts an edge whose branch is in place; the last one seals its target.
    fn edge_lowered(&mut self, edge: Edge) {
        let open = &mut self.open_predecessors[edge.target.index()];
        *open -= 1;
        if *open == 0 {
            self.builder.seal_block(self.clif_block(edge.target));
        }
    }
}
