//! What functions do to tables.
//!
//! A table that no function writes keeps the form that Go's table has, a read-only
//! array of code addresses for each signature ([`crate::lower`]); only one that
//! is written has cells that change. Which it is has to be known before the first
//! function is compiled, so bodies are read once, in parallel: those in which the
//! bytes of such an operator are found at all, which few of Go's are.

use super::{Function, Module};
use crate::error::Error;
use rayon::prelude::*;
use std::collections::BTreeSet;
use wasmparser::Operator;

/// Elements that a table without a maximum of its own may grow to. `table.grow`
/// fails beyond, as the specification lets it.
const GROWTH_LIMIT: u32 = 1 << 20;

/// A table.
pub struct Table {
    /// One function index for each element of the initial size, `None` for null.
    pub elements: Vec<Option<u32>>,
    /// The most elements that the module allows.
    pub maximum: u32,
    /// Whether an operator writes elements.
    pub written: bool,
    /// Whether an operator makes it larger.
    pub grown: bool,
}

impl Table {
    /// The elements at the start.
    #[must_use]
    pub fn initial(&self) -> u32 {
        u32::try_from(self.elements.len()).expect("BUG: a table length over 32 bits")
    }

    /// The elements that there ever may be.
    #[must_use]
    pub fn capacity(&self) -> u32 {
        if self.grown {
            self.maximum.min(GROWTH_LIMIT).max(self.initial())
        } else {
            self.initial()
        }
    }
}

/// What an operator does to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Written(u32),
    Grown(u32),
}

/// Most elements of all tables that are written: their cells lie in the image.
const MAX_CELLS: u64 = 16_000_000;

/// Marks the tables that functions write or grow.
///
/// # Errors
/// [`Error::Limit`] if those have too many elements.
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
    let written = module.tables.iter().filter(|table| table.written);
    let cells: u64 = written.map(|table| u64::from(table.capacity())).sum();
    if cells > MAX_CELLS {
        return Err(Error::Limit(format!(
            "tables that are written have {cells} elements in all, over the limit of {MAX_CELLS}; give them smaller maxima"
        )));
    }
    Ok(())
}

/// Whether a body may have one of the operators below, by their encodings (core
/// specification, "Table Instructions" of the binary format): 0x26 and the index of
/// one of so many tables, or 0xfc and 12 to 17. Either number is in LEB128, so its
/// lowest seven bits are in its first byte, however long it is.
fn may_change(body: &[u8], tables: usize) -> bool {
    memchr::memchr2_iter(0x26, 0xfc, body).any(|at| {
        let low = body.get(at + 1).map_or(0, |&byte| byte & 0x7f);
        match body[at] {
            0x26 => usize::from(low) < tables,
            _ => (12..=17).contains(&low),
        }
    })
}

/// The changes that a body makes, up to the first operator that is malformed: its
/// compilation says what is wrong with it.
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
