//! Writes the parts of pclntab that the compiler reads (`compiler/src/go/pclntab.rs` names the
//! sources).

use super::FIRST_ELEMENT;

/// The offsets of the names and of the function list.
const NAMES: usize = 72;

/// The table of functions with these `deferreturn`s. Up to Go 1.25 entries are `shifted`.
pub fn table(deferreturns: &[u32], shifted: bool) -> Vec<u8> {
    let mut names = Vec::new();
    let mut name_offsets = Vec::new();
    for index in 0..deferreturns.len() {
        name_offsets.push(u32::try_from(names.len()).expect("BUG: long names"));
        names.extend(format!("main.f{index}\0").bytes());
    }
    names.resize(names.len().next_multiple_of(8), 0);
    let lists = NAMES + names.len();
    let mut table = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
    let words = [deferreturns.len(), 0, 0, NAMES, 0, 0, 0, lists];
    for word in words {
        table.extend((word as u64).to_le_bytes());
    }
    table.extend(names);
    let entry = |index: u32| (FIRST_ELEMENT + index) << if shifted { 16 } else { 0 };
    let count = u32::try_from(deferreturns.len()).expect("BUG: many functions");
    // Pairs of entry and offset, and one for the end. A function's record has 16 bytes.
    let functions = 8 * count + 8;
    for index in 0..count {
        table.extend(entry(index).to_le_bytes());
        table.extend((functions + 16 * index).to_le_bytes());
    }
    table.extend([0; 8]);
    for (index, (name, deferreturn)) in (0..).zip(name_offsets.iter().zip(deferreturns)) {
        for half in [entry(index), *name, 0, *deferreturn] {
            table.extend(half.to_le_bytes());
        }
    }
    // The compiler ignores tables that are only a header.
    table.extend([0; 72]);
    table
}
