//! Limits the cost of tables that `call_indirect` uses with very many function types.
//!
//! Each type gets an array as long as the table, so their size is a product of two numbers.
//! Where all arrays together would be much larger than the module, the tables with the
//! largest arrays get cells instead, which are one array for all types.

use super::Module;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wasmparser::Operator;

/// The most addresses in all arrays, in addition to one for every two bytes of the file.
const MAX_ADDRESSES: u64 = 1 << 20;

impl Module<'_> {
    /// The most addresses in the arrays of all tables and types. An address takes some 80
    /// bytes of relocations while it is emitted.
    #[must_use]
    pub fn address_limit(&self) -> u64 {
        MAX_ADDRESSES + self.file_size as u64 / 2
    }
}

/// Gives cells to the tables with the most addresses, until the rest have few enough.
pub(super) fn limit(module: &mut Module<'_>) {
    let limit = module.address_limit();
    let distinct: BTreeSet<u32> = module.canonical_types.iter().copied().collect();
    let spans: Vec<u64> = module.tables.iter().map(|t| len(&t.span())).collect();
    let bound = spans.iter().sum::<u64>() * distinct.len() as u64;
    if bound <= limit {
        return;
    }
    let types = called(module);
    let tables = module.tables.iter().zip(0u32..).filter(|(t, _)| !t.written);
    let mut costs: Vec<(u64, u32)> = tables
        .map(|(_, table)| {
            let types = types.get(&table).map_or(0, BTreeSet::len) as u64;
            (spans[table as usize] * types, table)
        })
        .collect();
    costs.sort_unstable();
    let mut sum: u64 = costs.iter().map(|(cost, _)| cost).sum();
    while sum > limit
        && let Some((cost, table)) = costs.pop()
    {
        sum -= cost;
        module.tables[table as usize].written = true;
    }
}

fn len(span: &Range<u32>) -> u64 {
    u64::from(span.end - span.start)
}

/// The types with which `call_indirect` uses each table. A body is read up to its first
/// malformed operator; the error is reported when the body is compiled.
fn called(module: &Module<'_>) -> BTreeMap<u32, BTreeSet<u32>> {
    let in_function = |function: &super::Function<'_>| {
        let mut called = BTreeSet::new();
        let Ok(operators) = function.body.get_operators_reader() else {
            return called;
        };
        for operator in operators.into_iter().map_while(Result::ok) {
            if let Operator::CallIndirect {
                type_index,
                table_index,
            }
            | Operator::ReturnCallIndirect {
                type_index,
                table_index,
            } = operator
                && let Some(&canonical) = module.canonical_types.get(type_index as usize)
            {
                called.insert((table_index, canonical));
            }
        }
        called
    };
    let called = module.functions.par_iter().map(in_function);
    let called = called.reduce(BTreeSet::new, |mut a, mut b| {
        if a.len() < b.len() {
            std::mem::swap(&mut a, &mut b);
        }
        a.append(&mut b);
        a
    });
    let mut types: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for (table, ty) in called {
        types.entry(table).or_default().insert(ty);
    }
    types
}
