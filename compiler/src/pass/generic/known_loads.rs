//! Loads of what is known already.
//!
//! A load of what the same way here has loaded or stored, with nothing in between that may
//! have changed it, isn't made again. Facts go from block to block: at a block's begin those
//! hold that hold at the ends of all blocks before it, and none where a loop comes back. Exact
//! for any module: such a load can't trap, since the access before it didn't.
//!
//! Cranelift finds some of it, too, but takes any store for one that may change everything. Here
//! two places off one base are known to be different. The number of facts has a limit, so the
//! cost is linear.

use crate::ir::op::{Addr, Load, Op, Store};
use crate::ir::{BlockId, Effect, Func, InstId, Value};
use crate::pass::Cx;

/// Facts at a time; the oldest is forgotten first.
const MOST: usize = 24;

/// A place in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    base: Value,
    at: Addr,
    bytes: u32,
}

impl Place {
    fn of(func: &Func, base: Value, at: Addr, bytes: u32) -> Self {
        let base = func.resolve(base);
        Self { base, at, bytes }
    }

    /// Whether the two have no byte in common, whatever the bases are.
    fn is_apart(self, other: Self) -> bool {
        let starts = match (self.at, other.at) {
            (
                Addr::Linear { memory, offset },
                Addr::Linear {
                    memory: other_memory,
                    offset: other_offset,
                },
            ) => {
                if memory != other_memory {
                    return true;
                }
                (i64::from(offset), i64::from(other_offset))
            }
            (Addr::Frame { slot }, Addr::Frame { slot: other_slot }) => {
                (i64::from(slot), i64::from(other_slot))
            }
            (Addr::Frame { .. }, Addr::Linear { memory, .. })
            | (Addr::Linear { memory, .. }, Addr::Frame { .. }) => return memory != 0,
        };
        let (start, other_start) = starts;
        self.base == other.base
            && (start + i64::from(self.bytes) <= other_start
                || other_start + i64::from(other.bytes) <= start)
    }
}

/// A load from a place would have this value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fact {
    place: Place,
    load: Load,
    value: Value,
}

/// Drops loads of known values; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let order = func.order();
    let mut states = States::new(func, &order.blocks);
    let mut dropped = 0;
    for &block in &order.blocks {
        let mut facts = states.enter(block);
        let mut insts = std::mem::take(&mut func.block_mut(block).insts);
        insts.retain(|&inst| {
            let is_known = step(func, inst, &mut facts);
            dropped += usize::from(is_known);
            !is_known
        });
        func.block_mut(block).insts = insts;
        states.leave(func, block, facts);
    }
    dropped
}

/// What an instruction makes of the facts; `true` if it is a load of a known value.
fn step(func: &mut Func, id: InstId, facts: &mut Vec<Fact>) -> bool {
    let inst = func.inst(id);
    match inst.op {
        Op::Load(load, at) => {
            let place = Place::of(func, inst.args[0], at, load.bytes());
            let known = facts.iter().find(|f| f.place == place && f.load == load);
            let result = inst.first_result;
            if let Some(fact) = known {
                let value = fact.value;
                func.alias(result, value);
                return true;
            }
            remember(facts, place, load, result);
        }
        Op::Store(store, at) => {
            let place = Place::of(func, inst.args[0], at, store.bytes());
            facts.retain(|fact| fact.place.is_apart(place));
            if let Some(load) = reads_back(store) {
                remember(facts, place, load, func.resolve(inst.args[1]));
            }
        }
        Op::StoreLane(store, _, at) => {
            let place = Place::of(func, inst.args[0], at, store.bytes());
            facts.retain(|fact| fact.place.is_apart(place));
        }
        Op::CopyShort(short, to, _) => {
            let place = Place::of(func, inst.args[0], to, u32::from(short.bytes));
            facts.retain(|fact| fact.place.is_apart(place));
        }
        Op::FillShort(short, _, at) => {
            let place = Place::of(func, inst.args[0], at, u32::from(short.bytes));
            facts.retain(|fact| fact.place.is_apart(place));
        }
        // Neither writes memory.
        Op::GlobalSet(_) | Op::Set(_) => {}
        op => match op.effect() {
            Effect::Pure | Effect::Traps | Effect::Reads => {}
            Effect::Writes | Effect::Calls => facts.clear(),
        },
    }
    false
}

fn remember(facts: &mut Vec<Fact>, place: Place, load: Load, value: Value) {
    if facts.len() == MOST {
        facts.remove(0);
    }
    facts.push(Fact { place, load, value });
}

/// The load that gives exactly what a store has stored.
fn reads_back(store: Store) -> Option<Load> {
    match store {
        Store::I32Store => Some(Load::I32Load),
        Store::I64Store => Some(Load::I64Load),
        Store::F32Store => Some(Load::F32Load),
        Store::F64Store => Some(Load::F64Load),
        Store::I32Store8
        | Store::I32Store16
        | Store::I64Store8
        | Store::I64Store16
        | Store::I64Store32
        | Store::V128Store => None,
    }
}

/// The facts at the begins of blocks that were not gone through yet.
struct States {
    /// `None`: no block before it was gone through.
    known: Vec<Option<Vec<Fact>>>,
    /// Whether a block comes after one that it leads to: a loop comes back there.
    is_head: Vec<bool>,
}

impl States {
    fn new(func: &Func, order: &[BlockId]) -> Self {
        let mut seen = vec![false; func.blocks.len()];
        let mut is_head = vec![false; func.blocks.len()];
        for &block in order {
            seen[block.index()] = true;
            let terminator = &func.block(block).terminator;
            terminator
                .for_each_edge(|edge| is_head[edge.target.index()] |= seen[edge.target.index()]);
        }
        Self {
            known: vec![None; func.blocks.len()],
            is_head,
        }
    }

    fn enter(&mut self, block: BlockId) -> Vec<Fact> {
        let facts = self.known[block.index()].take();
        if self.is_head[block.index()] {
            return Vec::new();
        }
        facts.unwrap_or_default()
    }

    fn leave(&mut self, func: &Func, block: BlockId, facts: Vec<Fact>) {
        let terminator = &func.block(block).terminator;
        terminator.for_each_edge(|edge| match &mut self.known[edge.target.index()] {
            Some(known) => known.retain(|fact| facts.contains(fact)),
            known => *known = Some(facts.clone()),
        });
    }
}
