//! Loops that call only functions without a stack check give way, too
//! ([`crate::go::giving_way`] has what is known of the functions, and what is trusted).
//!
//! - *Direct calls* get the comparison in front of them, as few as cut each loop
//!   ([`cycles`]).
//! - *Calls through the table* in loops go through a second table, whose entries for
//!   functions without a stack check compare first and then jump to the function. So they
//!   cost nothing where the callee has a check.
//! - Two functions that compare strings have no map of their arguments; a loop
//!   that calls nothing else gives way after they have returned.

mod cycles;
mod polls;
mod sites;
#[cfg(test)]
mod tests;

pub use polls::entry;

use crate::go::giving_way::{Entry, Facts};
use crate::ir::op::Callee;
use crate::ir::{BlockId, Func, Op};
use crate::pass::Cx;
use cycles::Part;
use sites::Site;

/// Puts polls into a function whose jumps are direct; returns how many.
pub fn run(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    let facts = cx.go.and_then(|go| go.giving_way.as_ref());
    let facts = facts.filter(|_| cx.preempted && func.dispatch.is_some());
    facts.map_or(0, |facts| insert(func, cx.function, facts))
}

fn insert(func: &mut Func, index: usize, facts: &Facts) -> usize {
    let (Some(points), Some(sp)) = (facts.points_of(index), func.sp) else {
        return 0;
    };
    let blocks: Vec<BlockId> = (0..func.blocks.len()).map(BlockId::new).collect();
    let site = |&block: &BlockId| sites::site(func, block, facts, points);
    let sites: Vec<Option<Site>> = blocks.iter().map(site).collect();
    if sites.iter().all(Option::is_none) {
        return 0;
    }
    let parts = blocks.iter().zip(&sites);
    let parts: Vec<Part> = parts
        .map(|(&block, &site)| part(func, block, site, facts))
        .collect();
    let cuts = cycles::cuts(func, &parts);
    for &block in &cuts {
        let site = sites[block.index()].expect("BUG: a cut that is no call");
        polls::insert(func, sp, block, site, index, facts.morestack);
    }
    cuts.len()
}

/// What a block, whose last call may be a site, does to loops.
fn part(func: &Func, block: BlockId, site: Option<Site>, facts: &Facts) -> Part {
    let polls = |op: Op| match op {
        Op::Call(Callee::Function(function), _) => facts.entry_of(function) == Some(Entry::Polls),
        _ => false,
    };
    let mut insts = func.block(block).insts.iter();
    if insts.any(|&inst| polls(func.inst(inst).op)) {
        return Part::Cuts;
    }
    match site {
        Some(Site::Table { .. }) => Part::MayCutFreely,
        Some(Site::Before { .. } | Site::After { .. }) => Part::MayCut,
        None => Part::Nothing,
    }
}
