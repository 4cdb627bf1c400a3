//! Terminators and edges.

use super::Lowering;
use crate::ir::{Edge, Terminator, Value};
use crate::trap;
use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, JumpTableData};
use cranelift_frontend::Switch;
use smallvec::SmallVec;
use std::collections::HashMap;

impl Lowering<'_, '_, '_> {
    /// Ends the current CLIF block.
    pub(super) fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Jump(edge) => self.jump(edge),
            Terminator::Branch {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.value(*condition);
                let ((then, then_args), (otherwise, otherwise_args)) =
                    (self.edge(then), self.edge(otherwise));
                let ins = self.builder.ins();
                ins.brif(condition, then, &then_args, otherwise, &otherwise_args);
            }
            Terminator::Table {
                index,
                targets,
                default,
            } => self.table(*index, targets, default),
            Terminator::Switch {
                value,
                cases,
                default,
            } => self.switch(*value, cases, default),
            Terminator::Return(values) => {
                let values: Vec<_> = values.iter().map(|&value| self.value(value)).collect();
                self.builder.ins().return_(&values);
            }
            Terminator::TailCall(callee, operands) => self.tail_call(*callee, operands),
            Terminator::Trap(kind) => {
                self.builder.ins().trap(trap::code(*kind));
            }
            Terminator::ByteLoop {
                kind,
                args,
                sp,
                otherwise,
            } => {
                let (body, is_own) = self.plain_block(otherwise);
                self.byte_loop(*kind, *args, *sp, body);
                if is_own {
                    self.builder.set_cold_block(body);
                    self.builder.switch_to_block(body);
                    self.jump(otherwise);
                }
            }
        }
    }

    /// Counts an edge whose branch is in place; the last one seals its target.
    pub(super) fn edge_lowered(&mut self, edge: &Edge) {
        let open = &mut self.open_edges[edge.target.index()];
        *open -= 1;
        if *open == 0 {
            let target = self.clif_block(edge.target);
            self.builder.seal_block(target);
        }
    }

    fn jump(&mut self, edge: &Edge) {
        let (target, args) = self.edge(edge);
        self.builder.ins().jump(target, &args);
    }

    /// The CLIF block that an edge leads to, with its arguments.
    fn edge(&self, edge: &Edge) -> (ir::Block, SmallVec<[BlockArg; 8]>) {
        let args = edge.args.iter().map(|&arg| self.value(arg).into());
        (self.clif_block(edge.target), args.collect())
    }

    fn table(&mut self, index: Value, targets: &[Edge], default: &Edge) {
        let index = self.value(index);
        // Go's tables name the same targets over and over. The code generator moves the
        // arguments of each edge in code of the edge's own, so equal edges with arguments
        // share a block that moves them.
        let mut shared: HashMap<&Edge, Option<ir::Block>> = HashMap::new();
        for edge in targets.iter().chain([default]) {
            if !edge.args.is_empty() {
                shared
                    .entry(edge)
                    .and_modify(|block| {
                        block.get_or_insert_with(|| self.builder.create_block());
                    })
                    .or_default();
            }
        }
        let mut call = |edge| {
            let (target, args) = match shared.get(edge) {
                Some(&Some(block)) => (block, SmallVec::new()),
                _ => self.edge(edge),
            };
            self.builder.func.dfg.block_call(target, &args)
        };
        let default_call = call(default);
        let calls: Vec<_> = targets.iter().map(call).collect();
        let table = self
            .builder
            .create_jump_table(JumpTableData::new(default_call, &calls));
        self.builder.ins().br_table(index, table);
        // In the order of the table: the output must not depend on a hash.
        for edge in targets.iter().chain([default]) {
            if let Some(block) = shared.remove(edge).flatten() {
                self.builder.switch_to_block(block);
                self.jump(edge);
            }
        }
    }

    /// A sparse table; only made by passes, for cold blocks.
    fn switch(&mut self, value: Value, cases: &[(u32, Edge)], default: &Edge) {
        let value = self.value(value);
        let own = self.builder.func.dfg.num_blocks();
        let mut switch = Switch::new();
        let mut carrying = Vec::new();
        let mut target = |l: &mut Self, edge| {
            let block = l.plain_block(edge);
            carrying.extend(block.1.then_some((block.0, edge)));
            block.0
        };
        for (case, edge) in cases {
            let target = target(self, edge);
            switch.set_entry(u128::from(*case), target);
        }
        let default = target(self, default);
        switch.emit(&mut self.builder, value, default);
        for (block, edge) in carrying {
            self.builder.switch_to_block(block);
            self.jump(edge);
        }
        // The comparisons are as cold as the block they are for.
        for index in own..self.builder.func.dfg.num_blocks() {
            self.builder.set_cold_block(ir::Block::new(index));
        }
    }

    /// A block without parameters that an edge leads to: its target, or a block of its own,
    /// which is still empty (`true`).
    fn plain_block(&mut self, edge: &Edge) -> (ir::Block, bool) {
        if edge.args.is_empty() {
            (self.clif_block(edge.target), false)
        } else {
            (self.builder.create_block(), true)
        }
    }
}
