//! Which form each table has in the executable.
//!
//! A table that no function writes, like Go's, becomes a read-only array of 32-bit code
//! addresses for each signature that `call_indirect` uses ([`crate::lower`]). A table that is
//! written becomes one array of references, with room for its largest size. The form must be
//! known before the first function is compiled. So bodies are searched, in parallel, for the
//! bytes of operators that write or grow a table, and only bodies with such bytes are decoded.
//! Few of Go's bodies have such bytes.
//!
//! Two more kinds of tables get cells, to bound their cost: tables with very many nulls, and
//! tables that `call_indirect` uses with very many signatures ([`types`]).

mod types;

use super::{Function, Module};
use crate::error::Error;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::Range;
use wasmparser::Operator;

/// The size to which a table may grow if it has no maximum, or a maximum for which there is no
/// room. Beyond this size `table.grow` fails, which the specification allows.
const GROWTH_LIMIT: u32 = 1 << 20;

/// The largest maximum for which room is made.
const MAX_ROOM: u32 = 10_000_000;

/// The most null elements at the ends of tables, in all tables together. A table with more
/// gets cells, which take no room in the file.
const MAX_PADDING: usize = 1 << 20;

/// A table.
pub struct Table {
    /// The function index of each of the first elements, `None` for null. All further elements
    /// are null; a table that isn't written has no further elements.
    pub elements: Vec<Option<u32>>,
    /// The initial size, in elements.
    pub initial: u32,
    /// The module's own limit of its size, if it has one.
    pub maximum: Option<u32>,
    /// The largest size that the executable has room for.
    pub room: u32,
    /// Whether the table has cells: an operator writes elements, or cost demands it.
    pub written: bool,
    /// Whether an operator grows it.
    pub grown: bool,
}

impl Table {
    /// A table of nulls that no operator changes.
    #[must_use]
    pub fn new(initial: u32, maximum: Option<u32>) -> Self {
        Self {
            elements: Vec::new(),
            initial,
            maximum,
            room: initial,
            written: false,
            grown: false,
        }
    }

    /// The indices from the first element that isn't null to the last.
    #[must_use]
    pub fn span(&self) -> Range<u32> {
        let index = |i: usize| u32::try_from(i).expect("BUG: a table index over 32 bits");
        let first = self.elements.iter().position(Option::is_some);
        let last = self.elements.iter().rposition(Option::is_some);
        match (first, last) {
            (Some(first), Some(last)) => index(first)..index(last + 1),
            _ => 0..0,
        }
    }

    /// Whether there is less room than the module's own limit asks for.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.grown && self.maximum.is_some_and(|maximum| self.room < maximum)
    }
}

/// A change that an operator makes to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Written(u32),
    Grown(u32),
}

/// The most cells of all tables: they lie in the image, below 252 MiB.
const MAX_CELLS: u64 = 16_000_000;

/// Decides which tables have cells, and how many elements there is room for.
///
/// # Errors
/// [`Error::Limit`] if tables with cells have too many elements.
pub(super) fn mark(module: &mut Module<'_>) -> Result<(), Error> {
    if module.tables.is_empty() {
        return Ok(());
    }
    let tables = module.tables.len();
    let changes = module
        .functions
        .par_iter()
        .filter(|function| may_change(function.body.as_bytes(), tables))
        .map(changes);
    for change in changes.reduce(BTreeSet::new, |a, b| &a | &b) {
        // A body that is invalid may name a table that isn't there.
        match change {
            Change::Written(table) => {
                if let Some(table) = module.tables.get_mut(table as usize) {
                    table.written = true;
                }
            }
            Change::Grown(table) => {
                if let Some(table) = module.tables.get_mut(table as usize) {
                    (table.written, table.grown) = (true, true);
                }
            }
        }
    }
    let cells = give_room(&mut module.tables);
    if cells > MAX_CELLS {
        return Err(Error::Limit(format!(
            "tables that are written have {cells} elements in all, over the limit of {MAX_CELLS}; give them smaller maxima"
        )));
    }
    pad(&mut module.tables);
    types::limit(module);
    Ok(())
}

/// Gives each table that grows room for its own maximum, if there is room for all of them,
/// and less otherwise. Returns the number of cells of all tables.
fn give_room(tables: &mut [Table]) -> u64 {
    let grown = |table: &Table, limit| match table.maximum {
        Some(maximum) if maximum <= limit => maximum,
        Some(maximum) => maximum.min(GROWTH_LIMIT).max(table.initial),
        None => GROWTH_LIMIT.max(table.initial),
    };
    for limit in [MAX_ROOM, GROWTH_LIMIT] {
        for table in tables.iter_mut().filter(|table| table.grown) {
            table.room = grown(table, limit);
        }
        let written = tables.iter().filter(|table| table.written);
        let cells = written.map(|table| u64::from(table.room)).sum();
        if cells <= MAX_CELLS || limit == GROWTH_LIMIT {
            return cells;
        }
    }
    unreachable!("BUG: the last limit is the last")
}

/// Fills up the elements of tables without cells with nulls, or gives a table cells if it
/// needs too many nulls.
fn pad(tables: &mut [Table]) {
    let mut left = MAX_PADDING;
    for table in tables.iter_mut().filter(|table| !table.written) {
        let missing = table.initial as usize - table.elements.len();
        if missing <= left {
            table.elements.resize(table.initial as usize, None);
            left -= missing;
        } else {
            table.written = true;
        }
    }
}

/// Whether a body may have one of the operators below, by their encodings (core
/// specification, "Table Instructions" of the binary format): 0x26 and an index below
/// `tables`, or 0xfc and a number from 12 to 17. Index and number are in LEB128, so the first
/// byte has the lowest seven bits, in an encoding of any length.
fn may_change(body: &[u8], tables: usize) -> bool {
    memchr::memchr2_iter(0x26, 0xfc, body).any(|at| {
        let low = body.get(at + 1).map_or(0, |&byte| byte & 0x7f);
        match body[at] {
            0x26 => usize::from(low) < tables,
            _ => (12..=17).contains(&low),
        }
    })
}

/// The changes that a body makes, up to the first malformed operator. The error is reported
/// when the body is compiled.
fn changes(function: &Function<'_>) -> BTreeSet<Change> {
    let mut changes = BTreeSet::new();
    let Ok(operators) = function.body.get_operators_reader() else {
        return changes;
    };
    for operator in operators.into_iter().map_while(Result::ok) {
        match operator {
            Operator::TableSet { table }
            | Operator::TableFill { table }
            | Operator::TableInit { table, .. }
            | Operator::TableCopy {
                dst_table: table, ..
            } => {
                changes.insert(Change::Written(table));
            }
            Operator::TableGrow { table } => {
                changes.insert(Change::Grown(table));
            }
            _ => {}
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::parse;

    /// Room and whether it is less than the module's maximum, of tables that grow.
    fn room(tables: &[(u32, Option<u32>)]) -> (Vec<(u32, bool)>, u64) {
        let table = |&(initial, maximum): &(u32, Option<u32>)| Table {
            written: true,
            grown: true,
            ..Table::new(initial, maximum)
        };
        let mut tables: Vec<_> = tables.iter().map(table).collect();
        let cells = give_room(&mut tables);
        let room = tables.iter().map(|table| (table.room, table.is_cut()));
        (room.collect(), cells)
    }

    #[test]
    fn a_maximum_gets_its_room_up_to_a_limit() {
        let limit = GROWTH_LIMIT;
        assert_eq!(room(&[(1, None)]).0, [(limit, false)]);
        assert_eq!(room(&[(2_000_000, None)]).0, [(2_000_000, false)]);
        assert_eq!(room(&[(1, Some(5))]).0, [(5, false)]);
        assert_eq!(room(&[(1, Some(MAX_ROOM))]).0, [(MAX_ROOM, false)]);
        assert_eq!(room(&[(1, Some(MAX_ROOM + 1))]).0, [(limit, true)]);
        assert_eq!(room(&[(1, Some(u32::MAX))]).0, [(limit, true)]);
        // Too much for all of them.
        let (two, cells) = room(&[(1, Some(MAX_ROOM)), (7, Some(MAX_ROOM))]);
        assert_eq!((two, cells), (vec![(limit, true); 2], 2 * u64::from(limit)));
    }

    #[test]
    fn a_table_of_many_nulls_has_cells() {
        let module = |elements: u32| {
            let text = format!("(module (table {elements} funcref) (elem (i32.const 1) 0) (func))");
            let wasm = wat::parse_str(text).unwrap();
            let module = parse(&wasm).unwrap();
            (module.tables[0].elements.len(), module.tables[0].written)
        };
        assert_eq!(module(1000), (1000, false));
        assert_eq!(module(5_000_000), (2, true));
    }

    /// Whether the first table of a module is written, and grown.
    fn marks(items: &str) -> (bool, bool) {
        let text = format!(
            "(module (table 2 funcref) (table 2 funcref) (elem $e func 0) (func $f {items}))"
        );
        let wasm = wat::parse_str(text).unwrap();
        let module = parse(&wasm).unwrap();
        (module.tables[0].written, module.tables[0].grown)
    }

    #[test]
    fn every_operator_that_changes_a_table_marks_it() {
        let three = "(i32.const 0) (i32.const 0) (i32.const 0)";
        let null = "(i32.const 0) (ref.null func)";
        assert_eq!(marks(&format!("(table.set 0 {null})")), (true, false));
        assert_eq!(marks(&format!("(table.init 0 $e {three})")), (true, false));
        assert_eq!(marks(&format!("(table.copy 0 1 {three})")), (true, false));
        assert_eq!(
            marks(&format!("(table.fill 0 {null} (i32.const 0))")),
            (true, false)
        );
        let grow = "(drop (table.grow 0 (ref.null func) (i32.const 0)))";
        assert_eq!(marks(grow), (true, true));
        // Of another table, or only read.
        for items in [
            format!("(table.set 1 {null})"),
            format!("(table.copy 1 0 {three})"),
            "(drop (table.get 0 (i32.const 0)))".to_string(),
            "(drop (table.size 0)) (elem.drop $e)".to_string(),
        ] {
            assert_eq!(marks(&items), (false, false), "{items}");
        }
    }

    #[test]
    fn long_encodings_are_found() {
        assert!(may_change(&[0x26, 0x00], 1));
        assert!(may_change(&[0x26, 0x80, 0x80, 0x00], 1));
        assert!(may_change(&[0xfc, 0x8f, 0x80, 0x00, 0x00], 1));
        assert!(!may_change(&[0x26, 0x01], 1));
        assert!(!may_change(&[0xfc, 0x0a, 0x00, 0x00], 1));
    }
}
